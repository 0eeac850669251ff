//! Spec text on its way into Python source: literals, docstrings, comments.
//!
//! Everything a spec's author can type passes through here, so that no text can end the literal,
//! docstring or comment it stands in.

use std::fmt::Write as _;

use crate::text::{is_visible, plain, width as columns};

/// Columns of a line.
pub const WIDTH: usize = 100;

/// A Python string literal that reads back as `text`, with the quotes ruff's formatter chooses.
#[must_use]
pub fn literal(text: &str) -> String {
    let doubles = text.matches('"').count();
    let singles = text.matches('\'').count();
    let quote = if doubles > singles { '\'' } else { '"' };
    let raw = text.contains('\\')
        && text.chars().all(is_visible)
        && !text.contains(quote)
        && !text.ends_with('\\');
    if raw {
        return format!("r{quote}{text}{quote}");
    }
    let mut out = String::from(quote);
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if character == quote => out.extend(['\\', character]),
            _ if is_visible(character) => out.push(character),
            _ => push_escape(&mut out, character),
        }
    }
    out.push(quote);
    out
}

/// A Python bytes literal that reads back as the UTF-8 bytes of `text`.
#[must_use]
pub fn bytes_literal(text: &str) -> String {
    if text.is_ascii() {
        return format!("b{}", literal(text));
    }
    format!("{}.encode()", literal(text))
}

/// The inside of an f-string in double quotes: braces doubled, quotes escaped.
#[must_use]
pub fn f_string_text(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '{' => out.push_str("{{"),
            '}' => out.push_str("}}"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            _ if is_visible(character) => out.push(character),
            _ => push_escape(&mut out, character),
        }
    }
    out
}

fn push_escape(out: &mut String, character: char) {
    let code = u32::from(character);
    let written = match code {
        0..=0xff => write!(out, "\\x{code:02x}"),
        0x100..=0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
    written.expect("writing to a String never fails");
}

/// A docstring of one paragraph, or of a summary line and further paragraphs.
#[must_use]
pub fn docstring(indent: usize, paragraphs: &[String]) -> String {
    let space = " ".repeat(indent);
    let texts: Vec<String> = paragraphs.iter().map(|text| inside(text)).collect();
    let raw = if texts.iter().any(|text| text.contains('\\')) {
        "r"
    } else {
        ""
    };
    if let [only] = texts.as_slice() {
        let one_line = format!("{space}{raw}\"\"\"{}\"\"\"", harmless(only));
        if columns(&one_line) <= WIDTH && !only.ends_with('"') {
            return one_line;
        }
    }
    let blocks: Vec<String> = texts.iter().map(|text| wrapped(&space, text)).collect();
    format!("{space}{raw}\"\"\"\n{}\n{space}\"\"\"", blocks.join("\n\n"))
}

/// A line comment.
#[must_use]
pub fn comment(indent: usize, text: &str) -> String {
    wrapped(&format!("{:indent$}# ", ""), &plain(text))
}

/// Text that can stand in a docstring.
fn inside(text: &str) -> String {
    plain(text)
        .replace("\"\"\"", "'''")
        .trim_end_matches('\\')
        .to_owned()
}

/// Words by which tools take a comment for an instruction.
const PRAGMAS: [&str; 14] = [
    "coding", "flake8", "fmt", "isort", "mypy", "noqa", "nosec", "pragma", "pylint", "pyright",
    "ruff", "type", "yapf", "-*-",
];

/// A line that no tool takes for an instruction: at its start, and after a `#` in it, such a word
/// stands in quotes.
fn harmless(line: &str) -> String {
    let is_pragma = |text: &str| {
        let text = text.trim_start().to_ascii_lowercase();
        PRAGMAS.iter().any(|word| {
            let is_whole = matches!(*word, "noqa" | "nosec" | "-*-");
            text.strip_prefix(word)
                .is_some_and(|rest| is_whole || rest.trim_start().starts_with([':', '=']))
        })
    };
    let mut out = String::new();
    for (index, part) in line.split('#').enumerate() {
        if index > 0 {
            out.push('#');
        }
        if is_pragma(part) {
            out.push('\'');
        }
        out.push_str(part);
    }
    out
}

fn wrapped(prefix: &str, text: &str) -> String {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let width = columns(prefix) + columns(&line) + 1 + columns(word);
        if !line.is_empty() && width > WIDTH {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
        .iter()
        .map(|line| format!("{prefix}{}", harmless(line)))
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_those_that_need_fewer_escapes() {
        assert_eq!("\"it's\"", literal("it's"));
        assert_eq!("'say \"hi\"'", literal("say \"hi\""));
        assert_eq!("\"'\\\"\"", literal("'\""));
    }

    #[test]
    fn backslashes_are_raw_where_they_can_be() {
        assert_eq!("r'{\"a\":\"\\n\"}'", literal("{\"a\":\"\\n\"}"));
        assert_eq!("\"\\n\"", literal("\n"));
        assert_eq!("\"\\\\\"", literal("\\"));
        assert_eq!("\"\\u200b\"", literal("\u{200b}"));
    }

    #[test]
    fn no_comment_is_an_instruction() {
        assert_eq!("# 'ruff: noqa", comment(0, "ruff: noqa"));
        assert_eq!("# a #' noqa: E501", comment(0, "a # noqa: E501"));
        assert_eq!("# types of events", comment(0, "types of events"));
    }

    #[test]
    fn no_text_ends_its_docstring() {
        assert_eq!(
            "\"\"\"a ''' b.\"\"\"",
            docstring(0, &["a \"\"\" b.".to_owned()])
        );
        assert_eq!(
            "r\"\"\"a \\d b.\"\"\"",
            docstring(0, &["a \\d b.".to_owned()])
        );
    }
}
