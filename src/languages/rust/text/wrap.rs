//! Comments of several lines.

use super::WIDTH;
use crate::text::width;

/// `words` as comment lines that begin with `marker`.
pub(super) fn wrapped(indent: usize, marker: &str, words: &[String]) -> String {
    let prefix = format!("{:indent$}{marker}", "");
    let mut lines = Vec::new();
    let mut line = prefix.clone();
    for word in words {
        let is_empty = line.len() == prefix.len();
        let fits = width(&line) + 1 + width(word) <= WIDTH;
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
pub(super) fn may_start_a_line(word: &str) -> bool {
    let is_numbered = word
        .trim_end_matches(['.', ')'])
        .chars()
        .all(|c| c.is_ascii_digit());
    let starts_as_text =
        word.starts_with(|c: char| c.is_alphanumeric() || "`(\"'/$\\<".contains(c));
    starts_as_text && !is_numbered && !word.starts_with("```")
}
