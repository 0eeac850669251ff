//! Spec text as Markdown that cannot leave its place: no HTML, no block, no link of its own.

use super::super::common::text::plain;

/// One line of Markdown: the spec's inline markup stays, HTML and block markup do not.
pub fn line(text: &str) -> String {
    let text = plain(text).replace("```", "'''").replace("~~~", "---");
    let mut out = String::new();
    let mut in_code = false;
    let balanced = text.matches('`').count().is_multiple_of(2);
    for character in text.chars() {
        in_code ^= character == '`' && balanced;
        match character {
            '<' if !in_code => out.push_str("&lt;"),
            // No links or images but those of the template.
            '[' | ']' if !in_code => out.extend(['\\', character]),
            '`' if !balanced => out.push('\''),
            _ => out.push(character),
        }
    }
    let opens_block = |c: char| matches!(c, '#' | '>' | '-' | '+' | '=' | '|' | '~');
    if out.starts_with(opens_block) || (out.starts_with('*') && out[1..].starts_with(' ')) {
        out.insert(0, '\\');
    }
    out
}

/// [`line`] of each.
pub fn lines(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| line(text)).collect()
}

/// Text in a table cell.
pub fn cell(text: &str) -> String {
    line(text).replace('|', "\\|")
}

/// Text in a code span, in or out of a table.
pub fn code(text: &str) -> String {
    format!("`{}`", plain(text).replace('`', "'").replace('|', "\\|"))
}

/// Text that may stand between `<` and `>` as an address.
pub fn url(text: &str) -> String {
    let safe = |c: &char| c.is_ascii_graphic() && !"<>()[]\\`\"'|{}".contains(*c);
    text.chars().filter(safe).collect()
}
