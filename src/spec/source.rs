//! The text of a provider file, places in it, and the problems found there.

use std::collections::HashSet;

use serde_yaml::granit_parser;

use crate::diagnostics::{Code, Diagnostic, Excerpt, is_unprintable};

/// Problems shown of one file: more help nobody.
const MAX_SHOWN: usize = 200;

/// Bytes of a line that an excerpt is cut from: a file on one line must not be walked again for every
/// problem in it.
const MAX_SHOWN_LINE: usize = 16 * 1024;

/// Problems looked for; those after it are counted.
const MAX_FOUND: usize = 1_000;

/// Characters of a message or hint.
const MAX_MESSAGE: usize = 400;

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Characters, on this line.
    pub length: usize,
}

impl Span {
    /// The start of a file.
    pub const START: Self = Self::new(1, 1, 1);

    /// `length` characters at a line and column.
    pub const fn new(line: usize, column: usize, length: usize) -> Self {
        Self {
            line,
            column,
            length,
        }
    }

    /// The first line of what the parser marked.
    pub fn from_parser(span: &granit_parser::Span, source: &Source) -> Self {
        let (line, column) = (span.start.line(), span.start.col() + 1);
        let end = if span.end.line() == line {
            span.end.col() + 1
        } else {
            source.line(line).trim_end().chars().count() + 1
        };
        let length = end.saturating_sub(column);
        Self::new(line, column, length.max(1))
    }
}

/// The text of one provider file.
#[derive(Debug)]
pub struct Source {
    /// Path as the user knows it.
    pub origin: String,
    /// The whole text, without a byte order mark.
    pub text: String,
    line_starts: Vec<usize>,
}

impl Source {
    /// Takes the text of a file.
    pub fn new(origin: &str, text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self {
            origin: origin.to_owned(),
            text,
            line_starts,
        }
    }

    /// A line by its number from 1, without its end; empty when there is none.
    pub fn line(&self, number: usize) -> &str {
        let Some(&start) = self.line_starts.get(number.wrapping_sub(1)) else {
            return "";
        };
        let end = self.line_starts.get(number).copied();
        self.text[start..end.unwrap_or(self.text.len())].trim_end_matches(['\n', '\r'])
    }

    /// Where `part` stands within the first line of `span`; `span` itself when it does not.
    pub fn within(&self, span: Span, part: &str) -> Span {
        let line = self.line(span.line);
        let from = line
            .char_indices()
            .nth(span.column - 1)
            .map_or(line.len(), |(at, _)| at);
        match line[from..].find(part) {
            Some(at) => Span::new(
                span.line,
                span.column + line[from..from + at].chars().count(),
                part.chars().count().max(1),
            ),
            None => span,
        }
    }
}

/// A problem before it is shown: the excerpt is cut when all are known.
#[derive(Debug)]
pub struct Problem {
    code: Code,
    span: Span,
    message: String,
    hint: Option<String>,
}

impl Problem {
    /// Says what kind of problem it is, where that is not what the checks are about.
    pub fn code(&mut self, code: Code) -> &mut Self {
        self.code = code;
        self
    }

    /// Adds the remedy.
    pub fn hint(&mut self, hint: impl Into<String>) {
        self.hint = Some(hint.into());
    }
}

/// The problems of one file.
#[derive(Debug)]
pub struct Problems {
    about: Code,
    found: Vec<Problem>,
    left_out: usize,
    secrets: Vec<Span>,
    broken: HashSet<(usize, usize)>,
}

impl Problems {
    /// None yet; the next ones are about `code`.
    pub fn about(code: Code) -> Self {
        Self {
            about: code,
            found: Vec::new(),
            left_out: 0,
            secrets: Vec::new(),
            broken: HashSet::new(),
        }
    }

    /// The next ones are about `code`.
    pub fn turn_to(&mut self, code: Code) {
        self.about = code;
    }

    /// Adds a problem; what it returns takes the hint.
    pub fn add(&mut self, span: Span, message: impl Into<String>) -> &mut Problem {
        if self.found.len() >= MAX_FOUND {
            self.found.pop();
            self.left_out += 1;
        }
        self.found.push(Problem {
            code: self.about,
            span,
            message: message.into(),
            hint: None,
        });
        self.found.last_mut().expect("one was just added")
    }

    /// Keeps the text at `span` out of every excerpt.
    pub fn conceal(&mut self, span: Span) {
        self.secrets.push(span);
    }

    /// Marks an object whose structure is wrong: what is missing in it may be there, misspelled.
    pub fn mark_broken(&mut self, object: Span) {
        self.broken.insert((object.line, object.column));
    }

    /// Whether the object that starts here was marked.
    pub fn is_broken(&self, object: Span) -> bool {
        self.broken.contains(&(object.line, object.column))
    }

    /// Whether none were found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Refuses characters that no text editor shows.
    pub fn check_raw(&mut self, source: &Source) {
        for (index, line) in source.text.split('\n').enumerate() {
            let line = line.strip_suffix('\r').unwrap_or(line);
            let hidden = line
                .chars()
                .enumerate()
                .find(|&(_, c)| c != '\t' && is_unprintable(c));
            if let Some((column, character)) = hidden {
                self.refuse_character(character, Span::new(index + 1, column + 1, 1));
            }
        }
    }

    /// Refuses one character.
    pub fn refuse_character(&mut self, character: char, span: Span) {
        let message = format!("character U+{:04X} is not allowed", u32::from(character));
        self.add(span, message)
            .code(Code::HiddenCharacter)
            .hint("remove it: it is invisible or changes how text is shown");
    }

    /// The problems with their excerpts.
    pub fn into_diagnostics(self, source: &Source) -> Vec<Diagnostic> {
        let Self {
            mut found,
            mut left_out,
            secrets,
            ..
        } = self;
        found.sort_by_key(|problem| (problem.span.line, problem.span.column));
        left_out += found.len().saturating_sub(MAX_SHOWN);
        found.truncate(MAX_SHOWN);
        if left_out > 0
            && let Some(last) = found.last_mut()
        {
            last.hint = Some(format!("{left_out} more problems are not shown"));
        }
        let show = |span: Span| {
            let line = source.line(span.line);
            if line.len() > MAX_SHOWN_LINE {
                return None;
            }
            let line = conceal(line, span.line, &secrets);
            (!line.trim().is_empty()).then(|| Excerpt::new(&line, span.column, span.length))
        };
        found
            .into_iter()
            .map(|problem| Diagnostic {
                code: problem.code,
                origin: source.origin.clone(),
                line: problem.span.line,
                column: problem.span.column,
                length: problem.span.length,
                excerpt: show(problem.span),
                message: shorten(problem.message),
                hint: problem.hint.map(shorten),
                unreadable: false,
            })
            .collect()
    }
}

/// A message repeats what it found, which can be a whole file.
fn shorten(text: String) -> String {
    match text.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The line with every secret on it overwritten, length and all positions kept.
fn conceal(line: &str, number: usize, secrets: &[Span]) -> String {
    let mut hidden: Vec<char> = line.chars().collect();
    for span in secrets.iter().filter(|span| span.line == number) {
        let from = (span.column - 1).min(hidden.len());
        let to = (from + span.length).min(hidden.len());
        hidden[from..to].fill('*');
    }
    hidden.into_iter().collect()
}
