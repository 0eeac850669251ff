//! Spec text as the Markdown of a doc comment: code spans stay, nothing else is markup, and none of
//! it becomes an example that `cargo test --doc` would run.

use super::wrap::may_start_a_line;
use crate::text::plain;

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

/// The words of a paragraph with Markdown's special characters made harmless outside code spans.
pub(super) fn words(text: &str) -> Vec<String> {
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
