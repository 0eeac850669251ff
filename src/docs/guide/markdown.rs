//! Spec text as Markdown that cannot leave its place: no HTML, no block, no link of its own.

use crate::text::plain;

/// One line of Markdown: the spec's inline markup stays, HTML and block markup do not.
#[must_use]
pub fn line(text: &str) -> String {
    // Runs of backticks would open other code spans than single ones do.
    let text = plain(text)
        .replace("```", "'''")
        .replace("~~~", "---")
        .replace("``", "''");
    let mut out = String::new();
    let mut in_code = false;
    let balanced = text.matches('`').count().is_multiple_of(2);
    for character in text.chars() {
        in_code ^= character == '`' && balanced;
        match character {
            '<' if !in_code => out.push_str("&lt;"),
            // No links or images but those of the template, and no escaped backtick.
            '[' | ']' | '\\' if !in_code => out.extend(['\\', character]),
            '`' if !balanced => out.push('\''),
            _ => out.push(character),
        }
    }
    if let Some(at) = block_marker(&out) {
        match out[at..].chars().next() {
            // Not every reader of Markdown knows a backslash before these.
            Some(marker @ ('=' | '|' | '~')) => {
                out.replace_range(at..=at, &format!("&#{};", u32::from(marker)));
            }
            _ => out.insert(at, '\\'),
        }
    }
    out
}

/// Where a backslash keeps a paragraph from becoming a heading, list, quotation, rule or row.
fn block_marker(text: &str) -> Option<usize> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        return text[digits..].starts_with(['.', ')']).then_some(digits);
    }
    let is_rule = || text.chars().all(|c| matches!(c, '*' | '_' | ' '));
    let opens = match text.chars().next()? {
        '#' | '>' | '-' | '+' | '=' | '|' | '~' => true,
        '*' => text[1..].starts_with(' ') || is_rule(),
        '_' => is_rule(),
        _ => false,
    };
    opens.then_some(0)
}

/// [`line`] of each.
pub fn lines(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| line(text)).collect()
}

/// Text in a table cell.
#[must_use]
pub fn cell(text: &str) -> String {
    line(text).replace('|', "\\|")
}

/// Text in a code span, in or out of a table.
pub fn code(text: &str) -> String {
    let text = plain(text).replace('`', "'").replace('|', "\\|");
    if text.is_empty() {
        return "empty".to_owned();
    }
    format!("`{text}`")
}

/// Text that may stand between `<` and `>` as an address.
pub fn url(text: &str) -> String {
    let safe = |c: &char| c.is_ascii_graphic() && !"<>()[]\\`\"'|{}".contains(*c);
    text.chars().filter(safe).collect()
}
