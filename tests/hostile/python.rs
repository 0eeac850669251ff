//! What holds for every generated Python file, whatever the spec says.

use fapilog_gen::languages::PlannedFile;
use fapilog_gen::languages::python::Place;
use fapilog_gen::project::plan::plan;
use fapilog_gen::sink::Sink;

use super::{File, Planted, Tongue, reads_back};

pub const TONGUE: Tongue = Tongue {
    plan: planned,
    is_copied: |path| path.contains("/cloud_sink_") || path.ends_with("/py.typed"),
    differences,
};

fn planned(sink: &Sink) -> Vec<PlannedFile> {
    plan(&[sink], &Place::package("hostile-sink"))
}

/// One token as far as its kind goes, and the text of a literal.
#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name,
    Number,
    Sign(char),
    Text(String),
    /// A statement of its own; wrapped by its width, so its text is another one.
    Docstring,
}

/// Words by which a tool takes a comment for an instruction.
const PRAGMAS: [&str; 14] = [
    "-*-", "coding", "flake8", "fmt", "isort", "mypy", "noqa", "nosec", "pragma", "pylint",
    "pyright", "ruff", "type", "yapf",
];

/// The first token that the twin does not have there, or instructions in comments.
fn differences(file: &File, planted: &[Planted]) -> Vec<String> {
    let path = file.path;
    let (found, expected) = match (read(file.source), read(file.twin)) {
        (Ok(found), Ok(expected)) => (found, expected),
        (found, _) => return vec![format!("{path}: {:?}", found.err())],
    };
    if found.pragmas != expected.pragmas {
        let (found, expected) = (found.pragmas, expected.pragmas);
        return vec![format!(
            "{path}: instructions {found:?}, the twin has {expected:?}"
        )];
    }
    let differs = |(_, (a, b)): &(usize, (&Token, &Token))| match (a, b) {
        (Token::Text(found), Token::Text(twin)) => {
            planted.iter().any(|p| twin.contains(&p.twin)) && !reads_back(twin, found, planted)
        }
        (a, b) => a != b,
    };
    let mut pairs = found.tokens.iter().zip(&expected.tokens).enumerate();
    if let Some((index, (a, b))) = pairs.find(differs) {
        let near = &found.tokens[index.saturating_sub(12)..index];
        return vec![format!(
            "{path}: token {a:?} where the twin has {b:?}, after {near:?}"
        )];
    }
    if found.tokens.len() == expected.tokens.len() {
        return Vec::new();
    }
    vec![format!(
        "{path}: {} tokens, the twin has {}",
        found.tokens.len(),
        expected.tokens.len()
    )]
}

/// What a file holds. Left out is what only line breaks decide: commas, and the parentheses around
/// what is longer than a line.
#[derive(Debug, Default)]
struct Source {
    tokens: Vec<Token>,
    pragmas: Vec<String>,
}

fn read(source: &str) -> Result<Source, String> {
    let mut read = Source::default();
    let mut rest = source;
    let mut starts_statement = true;
    let mut depth = 0_usize;
    while let Some(first) = rest.chars().next() {
        let starts = std::mem::take(&mut starts_statement);
        if let Some(literal) = Literal::at(rest) {
            let literal = literal?;
            rest = &rest[literal.length..];
            let is_statement = starts && depth == 0 && rest.starts_with('\n');
            read.push_text(literal.text, is_statement);
            continue;
        }
        let length = match first {
            '#' => {
                let end = rest.find('\n').unwrap_or(rest.len());
                read.push_comment(&rest[..end]);
                starts_statement = starts;
                end
            }
            c if c.is_alphabetic() || c == '_' => {
                let length = word(rest);
                if rest[..length] == *"encode" && read.ends_in_method() {
                    // Bytes beyond ASCII are written as the text they encode.
                    read.tokens.pop();
                } else {
                    read.tokens.push(Token::Name);
                }
                length
            }
            c if c.is_ascii_digit() => {
                read.tokens.push(Token::Number);
                word(rest)
            }
            c => {
                match c {
                    '(' | '[' | '{' => depth += 1,
                    ')' | ']' | '}' => depth = depth.checked_sub(1).ok_or("a closer alone")?,
                    _ => {}
                }
                starts_statement = c == '\n' && depth == 0 || c == ' ' && starts;
                if !matches!(c, ',' | '(' | ')' | ' ' | '\n') {
                    read.tokens.push(Token::Sign(c));
                }
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    (depth == 0).then_some(read).ok_or("an opener alone".into())
}

/// Bytes of the word or number at the start of a text.
fn word(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len())
}

impl Source {
    /// Literals that follow each other are one.
    fn push_text(&mut self, text: String, is_statement: bool) {
        match self.tokens.last_mut() {
            _ if is_statement => self.tokens.push(Token::Docstring),
            Some(Token::Text(before)) => before.push_str(&text),
            _ => self.tokens.push(Token::Text(text)),
        }
    }

    /// A tool finds its word after any `#`.
    fn push_comment(&mut self, comment: &str) {
        for piece in comment.split('#').skip(1) {
            let piece = piece.trim_start().to_lowercase();
            if PRAGMAS.iter().any(|word| piece.starts_with(word)) {
                self.pragmas.push(piece);
            }
        }
    }

    fn ends_in_method(&self) -> bool {
        matches!(
            self.tokens.as_slice(),
            [.., Token::Text(_), Token::Sign('.')]
        )
    }
}

/// A literal and the text it reads back as; of an f-string its braces stay.
struct Literal {
    text: String,
    length: usize,
}

impl Literal {
    fn at(source: &str) -> Option<Result<Self, String>> {
        let open = source.find(['"', '\''])?;
        let prefix = &source[..open];
        ["", "r", "b", "f", "br", "rb", "rf", "fr"]
            .contains(&prefix)
            .then(|| Self::read(source, open))
    }

    fn read(source: &str, open: usize) -> Result<Self, String> {
        let body = &source[open..];
        let quote = if body.starts_with("\"\"\"") || body.starts_with("'''") {
            &body[..3]
        } else {
            &body[..1]
        };
        let is_raw = source[..open].contains('r');
        let mut text = String::new();
        let mut rest = &body[quote.len()..];
        while !rest.starts_with(quote) {
            let character = rest.chars().next().ok_or("a literal without an end")?;
            if character == '\n' && quote.len() == 1 {
                return Err(format!("a literal that ends with its line: {text:?}"));
            }
            rest = &rest[character.len_utf8()..];
            if character != '\\' {
                text.push(character);
                continue;
            }
            let next = rest.chars().next().ok_or("a literal without an end")?;
            rest = &rest[next.len_utf8()..];
            if is_raw {
                text.extend(['\\', next]);
                continue;
            }
            let digits = match next {
                'x' => 2,
                'u' => 4,
                'U' => 8,
                'n' => {
                    text.push('\n');
                    continue;
                }
                'r' => {
                    text.push('\r');
                    continue;
                }
                't' => {
                    text.push('\t');
                    continue;
                }
                '\\' | '"' | '\'' => {
                    text.push(next);
                    continue;
                }
                other => return Err(format!("no escape of ours: \\{other}")),
            };
            let code = rest.get(..digits).ok_or("a short escape")?;
            let code = u32::from_str_radix(code, 16).map_err(|error| error.to_string())?;
            text.push(char::from_u32(code).ok_or("no character")?);
            rest = &rest[digits..];
        }
        Ok(Self {
            text,
            length: source.len() - rest.len() + quote.len(),
        })
    }
}
