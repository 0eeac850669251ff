//! Problems found in provider files, and how they look on a screen.
//!
//! A diagnostic says where (file, line, column), what was found and expected, shows the line, and
//! ends with the remedy. Text from a file is hostile until escaped: nothing printed here can move
//! the cursor, set a title or reverse the reading direction.

mod code;
mod explanations;

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

pub use code::{Code, Explanation};

/// Longest part of a source line shown.
const EXCERPT_WIDTH: usize = 100;

/// Characters kept before the marked place when a line is cut.
const EXCERPT_LEAD: usize = 30;

/// One problem in one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// What kind of problem it is.
    pub code: Code,
    /// Path as the user knows it.
    pub origin: String,
    /// Line, from 1; 0 when the problem is the file as a whole.
    pub line: usize,
    /// Column in characters, from 1; 0 when the problem is the file as a whole.
    pub column: usize,
    /// Characters it is about, on that line.
    #[serde(skip)]
    pub length: usize,
    /// What failed, then what was found.
    pub message: String,
    /// The line it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<Excerpt>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The file could not be looked at: that says nothing about the spec.
    #[serde(skip)]
    pub unreadable: bool,
}

/// A source line, escaped, with the place that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Excerpt {
    /// The line, at most about 100 characters of it.
    pub text: String,
    /// Characters of `text` before the marked place.
    pub start: usize,
    /// Characters marked, at least 1.
    pub length: usize,
}

impl Excerpt {
    /// Cuts and escapes `line` around the `length` characters at `column` (from 1).
    #[must_use]
    pub fn new(line: &str, column: usize, length: usize) -> Self {
        let characters: Vec<char> = line.chars().collect();
        let marked = column.saturating_sub(1).min(characters.len());
        let from = if characters.len() > EXCERPT_WIDTH {
            // A place near the end of the line leaves more room before it.
            let last = characters.len() - EXCERPT_WIDTH;
            marked.saturating_sub(EXCERPT_LEAD).min(last)
        } else {
            0
        };
        let to = characters.len().min(from + EXCERPT_WIDTH);
        let marked_end = to.min(marked + length);

        let mut text = String::from(if from > 0 { "…" } else { "" });
        push_visible(&mut text, &characters[from..marked]);
        let start = text.chars().count();
        push_visible(&mut text, &characters[marked..marked_end]);
        let length = (text.chars().count() - start).max(1);
        push_visible(&mut text, &characters[marked_end..to]);
        if to < characters.len() {
            text.push('…');
        }
        Self {
            text,
            start,
            length,
        }
    }
}

impl Diagnostic {
    /// A problem of the file as a whole.
    #[must_use]
    pub fn file(origin: &str, message: impl Into<String>) -> Self {
        Self {
            code: Code::File,
            origin: origin.to_owned(),
            line: 0,
            column: 0,
            length: 0,
            message: message.into(),
            excerpt: None,
            hint: None,
            unreadable: false,
        }
    }

    /// The system does not let us read the file.
    #[must_use]
    pub fn unreadable(origin: &str, error: &std::io::Error) -> Self {
        Self {
            unreadable: true,
            ..Self::file(origin, format!("cannot be read: {error}"))
        }
    }

    /// The same problem with a remedy.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    fn render_into(&self, out: &mut String, paint: &Paint) {
        let Paint { error, accent, .. } = paint;
        let _ = write!(
            out,
            "{error}error[{}]:{error:#} {}",
            self.code.word(),
            escape(&self.origin)
        );
        if self.line > 0 {
            let _ = write!(out, ":{}:{}", self.line, self.column);
        }
        let _ = writeln!(out, ": {}", escape(&self.message));
        if let Some(excerpt) = &self.excerpt {
            let number = self.line.to_string();
            let gutter = " ".repeat(number.len());
            let blank = " ".repeat(excerpt.start);
            let carets = "^".repeat(excerpt.length);
            let _ = writeln!(out, "{accent}{gutter} |{accent:#}");
            let _ = writeln!(
                out,
                "{accent}{number} |{accent:#} {}",
                excerpt.text.trim_end()
            );
            let _ = writeln!(
                out,
                "{accent}{gutter} |{accent:#} {blank}{error}{carets}{error:#}"
            );
        }
        if let Some(hint) = &self.hint {
            let style = paint.hint;
            let _ = writeln!(out, "{style}hint:{style:#} {}", escape(hint));
        }
    }
}

/// All problems of all files looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// The given problems, by file in order of first appearance, then by position.
    #[must_use]
    pub fn sorted(problems: Vec<Diagnostic>) -> Self {
        let mut origins: Vec<String> = Vec::new();
        for problem in &problems {
            if !origins.contains(&problem.origin) {
                origins.push(problem.origin.clone());
            }
        }
        let mut sorted = problems;
        sorted.sort_by_cached_key(|problem| {
            let file = origins.iter().position(|o| *o == problem.origin);
            (file, problem.line, problem.column)
        });
        sorted.dedup();
        Self(sorted)
    }

    /// Adds the problems of another file.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All problems as text, a summary last; with ANSI colours when `color` is set.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let paint = if color {
            Paint::colored()
        } else {
            Paint::plain()
        };
        let mut out = String::new();
        for problem in &self.0 {
            problem.render_into(&mut out, &paint);
            out.push('\n');
        }
        out.push_str(&self.summary());
        out.push('\n');
        out
    }

    /// All problems as a JSON array of objects.
    ///
    /// # Panics
    ///
    /// Never: the fields are text and numbers.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(&self.0).expect("text and numbers are JSON")
    }

    fn summary(&self) -> String {
        let mut files: Vec<&str> = self.0.iter().map(|p| p.origin.as_str()).collect();
        files.sort_unstable();
        files.dedup();
        format!(
            "{} in {}",
            counted(self.0.len(), "problem"),
            counted(files.len(), "file")
        )
    }
}

impl std::fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}

impl From<Diagnostic> for Diagnostics {
    fn from(problem: Diagnostic) -> Self {
        Self(vec![problem])
    }
}

/// Makes every character visible that could change how a terminal shows the rest.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        push_escaped(&mut out, character);
    }
    out
}

/// [`escape`] of each line; line breaks stay.
#[must_use]
pub fn escape_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(escape).collect();
    lines.join("\n")
}

/// Whether a character is invisible or changes how its neighbours are shown.
#[must_use]
pub fn is_unprintable(character: char) -> bool {
    let code = u32::from(character);
    character.is_control()
        || matches!(code,
            0x061C | 0x200B | 0x200E | 0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF
            | 0xFDD0..=0xFDEF | 0xFFF9..=0xFFFB)
        || code & 0xFFFE == 0xFFFE
}

fn push_escaped(out: &mut String, character: char) {
    if character == '\n' {
        out.push_str("\\n");
    } else if is_unprintable(character) {
        let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
    } else {
        out.push(character);
    }
}

/// A tab becomes one space: columns count characters, and so do carets.
fn push_visible(out: &mut String, characters: &[char]) {
    for &character in characters {
        push_escaped(out, if character == '\t' { ' ' } else { character });
    }
}

fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

struct Paint {
    error: Style,
    accent: Style,
    hint: Style,
}

impl Paint {
    fn plain() -> Self {
        Self {
            error: Style::new(),
            accent: Style::new(),
            hint: Style::new(),
        }
    }

    fn colored() -> Self {
        Self {
            error: AnsiColor::Red.on_default().bold(),
            accent: AnsiColor::Blue.on_default().bold(),
            hint: AnsiColor::Cyan.on_default().bold(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_controls_are_shown_not_sent() {
        let shown = escape("a\u{1b}]0;title\u{7}\u{202e}b\u{9b}");

        assert_eq!(shown, "a\\u{1b}]0;title\\u{7}\\u{202e}b\\u{9b}");
    }

    #[test]
    fn long_lines_are_cut_around_the_marked_place() {
        let line = format!("{}HERE{}", "a".repeat(500), "b".repeat(500));

        let excerpt = Excerpt::new(&line, 501, 4);

        assert!(excerpt.text.starts_with('…') && excerpt.text.ends_with('…'));
        let marked: String = excerpt.text.chars().skip(excerpt.start).take(4).collect();
        assert_eq!(marked, "HERE");
    }

    #[test]
    fn a_place_past_the_end_of_the_line_is_still_marked() {
        assert_eq!(Excerpt::new("abc", 9, 5).length, 1);
    }

    #[test]
    fn problems_are_sorted_within_their_file() {
        let at = |origin: &str, line| Diagnostic {
            line,
            column: 1,
            ..Diagnostic::file(origin, "x")
        };

        let sorted = Diagnostics::sorted(vec![at("b", 9), at("a", 2), at("b", 1)]);

        let order: Vec<_> = sorted
            .0
            .iter()
            .map(|p| (p.origin.as_str(), p.line))
            .collect();
        assert_eq!(order, [("b", 1), ("b", 9), ("a", 2)]);
    }

    #[test]
    fn colours_change_nothing_but_colours() {
        let problem = Diagnostic::file("x.yaml", "cannot be read").with_hint("check the path");

        let plain = Diagnostics::from(problem.clone()).render(false);
        let colored = Diagnostics::from(problem).render(true);

        assert!(!plain.contains('\u{1b}') && colored.contains('\u{1b}'));
        assert_eq!(plain, anstream::adapter::strip_str(&colored).to_string());
    }
}
