//! Spec text on its way into Rust source: literals, doc comments, line comments.
//!
//! Everything a spec's author can type passes through here, so that no text can end the literal or
//! comment it stands in, and none can become an example that `cargo test --doc` would run.

use std::fmt::Write as _;

/// Columns of a line, as rustfmt counts them.
pub const WIDTH: usize = 100;

/// Acronyms and names that clippy accepts without backticks.
const PLAIN_WORDS: [&str; 12] = [
    "KiB",
    "MiB",
    "GiB",
    "TiB",
    "GitHub",
    "GitLab",
    "IPv4",
    "IPv6",
    "JavaScript",
    "OAuth",
    "OpenTelemetry",
    "TypeScript",
];

/// A Rust string literal that reads back as `text`, whatever it holds.
#[must_use]
pub fn literal(text: &str) -> String {
    format!("{text:?}")
}

/// A Rust byte string literal that reads back as the bytes of `text`.
#[must_use]
pub fn byte_literal(text: &str) -> String {
    let mut out = String::from("b\"");
    for byte in text.bytes() {
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b' '..=b'~' => out.push(char::from(byte)),
            other => write!(out, "\\x{other:02x}").expect("writing to a String never fails"),
        }
    }
    out.push('"');
    out
}

/// The most readable literal for a JSON text: raw where it has quotes, escaped where it has
/// characters an editor would not show.
#[must_use]
pub fn json_literal(text: &str) -> String {
    let escaped = literal(text);
    let shown_as_is = text.chars().all(is_visible);
    if !shown_as_is || escaped.len() == text.len() + 2 {
        return escaped;
    }
    let mut hashes = String::new();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
        // Rust takes 255 of them; a reader much fewer.
        if hashes.len() > 8 {
            return escaped;
        }
    }
    format!("r{hashes}\"{text}\"{hashes}")
}

/// Characters that may stand unescaped in generated source.
fn is_visible(character: char) -> bool {
    let mut escaped = character.escape_debug();
    escaped.len() == 1 || (matches!(character, '"' | '\'' | '\\') && escaped.next() == Some('\\'))
}

/// Statements without the line break after the last.
#[must_use]
pub fn block(text: impl AsRef<str>) -> String {
    text.as_ref().trim_end_matches('\n').to_owned()
}

/// One paragraph of doc comment, `marker` being `///` or `//!`.
#[must_use]
pub fn doc(indent: usize, marker: &str, text: &str) -> String {
    wrapped(indent, marker, &markdown_words(text))
}

/// Words within a line of doc comment, however long.
#[must_use]
pub fn doc_words(text: &str) -> String {
    markdown_words(text).join(" ")
}

/// A line comment.
#[must_use]
pub fn comment(indent: usize, text: &str) -> String {
    let words = plain(text)
        .split(' ')
        .map(str::to_owned)
        .collect::<Vec<_>>();
    wrapped(indent, "//", &words)
}

/// One line: white space collapsed, characters that do not print replaced.
#[must_use]
pub fn plain(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|character| match character {
            _ if character.is_whitespace() => ' ',
            _ if is_visible(character) => character,
            _ => '\u{fffd}',
        })
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text that ends like a sentence.
#[must_use]
pub fn sentence(text: &str) -> String {
    let text = plain(text);
    if text.is_empty() || text.ends_with(['.', '!', '?']) {
        text
    } else {
        text + "."
    }
}

fn wrapped(indent: usize, marker: &str, words: &[String]) -> String {
    let prefix = format!("{:indent$}{marker}", "");
    let mut lines = Vec::new();
    let mut line = prefix.clone();
    for word in words {
        let is_empty = line.len() == prefix.len();
        let fits = line.chars().count() + 1 + word.chars().count() <= WIDTH;
        if !is_empty && !fits && may_start_a_line(word) {
            lines.push(std::mem::replace(&mut line, prefix.clone()));
        }
        line.push(' ');
        line.push_str(word);
    }
    lines.push(line);
    lines.join("\n")
}

/// Whether Markdown takes `word` for text at the start of a line: not for a list item, a heading, a
/// fence, a quotation or an underline.
fn may_start_a_line(word: &str) -> bool {
    let is_numbered = word
        .trim_end_matches(['.', ')'])
        .chars()
        .all(|c| c.is_ascii_digit());
    let starts_as_text =
        word.starts_with(|c: char| c.is_alphanumeric() || "`(\"'/$\\<".contains(c));
    starts_as_text && !is_numbered && !word.starts_with("```")
}

/// The words of a paragraph with Markdown's special characters made harmless outside code spans.
fn markdown_words(text: &str) -> Vec<String> {
    let text = plain(text)
        .replace("```", "'''")
        .replace("~~~", "---")
        .replace("``", "''");
    let balanced = text.matches('`').count().is_multiple_of(2);
    let mut words: Vec<String> = Vec::new();
    let mut in_code = false;
    for word in text.split(' ') {
        let ticks = word.matches('`').count();
        let escaped = match (balanced, in_code || ticks > 0) {
            (false, _) => escape(&word.replace('`', "'")),
            (true, true) => spans(word, in_code),
            (true, false) => prose(word),
        };
        // A code span stays on one line: its text is then copied as typed.
        match words.last_mut() {
            Some(last) if in_code && balanced => {
                last.push(' ');
                last.push_str(&escaped);
            }
            _ => words.push(escaped),
        }
        in_code ^= ticks % 2 == 1;
    }
    if let Some(first) = words.first_mut()
        && !may_start_a_line(first)
        && first.starts_with(['-', '+', '*', '#', '>', '=', '~', '|'])
    {
        first.insert(0, '\\');
    } else if let Some(first) = words.first_mut()
        && first.trim_end_matches(['.', ')']).parse::<u64>().is_ok()
        && let Some(end) = first.find(['.', ')'])
    {
        first.insert(end, '\\');
    }
    words
}

/// A word that holds code spans: what is outside them is escaped.
fn spans(word: &str, mut in_code: bool) -> String {
    let mut out = String::new();
    for (index, piece) in word.split('`').enumerate() {
        if index > 0 {
            out.push('`');
            in_code = !in_code;
        }
        if in_code {
            out.push_str(piece);
        } else {
            out.push_str(&escape(piece));
        }
    }
    out
}

/// A word outside code spans, put into one where clippy asks for it.
fn prose(word: &str) -> String {
    if word.starts_with("http://") || word.starts_with("https://") {
        let url = word.trim_end_matches(['.', ',', ')', ';', ':']);
        return format!("<{}>{}", url.replace(['<', '>'], ""), &word[url.len()..]);
    }
    let core = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
    if core.is_empty() || !looks_like_code(core) {
        return escape(word);
    }
    let (before, after) = word.split_once(core).unwrap_or(("", ""));
    format!("{}`{core}`{}", escape(before), escape(after))
}

/// What `clippy::doc_markdown` takes for an identifier.
fn looks_like_code(word: &str) -> bool {
    let stem = word.strip_suffix('s').unwrap_or(word);
    let is_camel_case = word.starts_with(char::is_uppercase)
        && stem.chars().all(char::is_alphanumeric)
        && stem.chars().filter(|c| c.is_uppercase()).count() > 1
        && stem.chars().any(char::is_lowercase);
    let is_known = PLAIN_WORDS.contains(&word);
    (is_camel_case && !is_known) || word.contains('_') || word.contains("::")
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '[' | ']' | '<' | '>' | '*' | '\\' | '|' | '&') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_never_end_early() {
        assert_eq!(r#""a\"; evil(); \"""#, literal(r#"a"; evil(); ""#));
        assert_eq!(r#""\u{202e}x\n""#, literal("\u{202e}x\n"));
        assert_eq!(r##"r#"{"a":1}"#"##, json_literal(r#"{"a":1}"#));
        assert_eq!(r###"r##"{"a":"#"}"##"###, json_literal(r##"{"a":"#"}"##));
        assert_eq!(r#""\"\u{200f}\"""#, json_literal("\"\u{200f}\""));
        assert_eq!("\"plain\"", json_literal("plain"));
    }

    #[test]
    fn doc_text_is_one_paragraph_and_never_code() {
        let hostile = "    let x = 1;\n\n```\npanic!()\n```\r//! x [a](javascript:b)";

        let doc = doc(4, "///", hostile);

        assert_eq!(1, doc.lines().count());
        assert!(doc.starts_with("    /// let x = 1; ''' panic!() ''' //! x \\[a\\](javascript:b)"));
    }

    #[test]
    fn words_clippy_takes_for_identifiers_stand_in_code_spans() {
        assert_eq!(
            "/// `CloudWatch` and `dd_source`, in KiB.",
            doc(0, "///", "CloudWatch and dd_source, in KiB.")
        );
        assert_eq!(
            "/// See <https://x.example/a>.",
            doc(0, "///", "See https://x.example/a.")
        );
        assert_eq!(
            "/// A `code span` stays.",
            doc(0, "///", "A `code span` stays.")
        );
    }

    #[test]
    fn long_text_is_wrapped_and_no_line_starts_like_a_list() {
        let text = format!(
            "{} - and {} 1. end",
            "word ".repeat(19).trim(),
            "word ".repeat(17).trim()
        );

        let doc = doc(0, "///", &text);

        assert!(
            doc.lines().all(|line| line.chars().count() <= WIDTH + 3),
            "{doc}"
        );
        assert!(!doc.contains("/// -") && !doc.contains("/// 1."), "{doc}");
    }
}
