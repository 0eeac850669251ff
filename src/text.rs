//! Spec text as any language may print it.

use unicode_width::UnicodeWidthStr;

/// One line: white space collapsed, characters that do not print replaced.
#[must_use]
pub fn plain(text: &str) -> String {
    // What nearly all of it is.
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if is_plain && !text.contains("  ") && text.trim() == text {
        return text.to_owned();
    }
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

/// Columns, as formatters and terminals count them: ideographs and pictures have two.
#[must_use]
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        UnicodeWidthStr::width(text)
    }
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

/// The first sentence, whole where a code span would be cut.
#[must_use]
pub fn first_sentence(text: &str) -> String {
    let text = sentence(text);
    let end = text
        .match_indices(". ")
        .map(|(at, _)| at + 1)
        .find(|end| text[..*end].matches('`').count().is_multiple_of(2));
    end.map_or_else(|| text.clone(), |end| text[..end].to_owned())
}

/// Characters that may stand unescaped in generated source.
#[must_use]
pub fn is_visible(character: char) -> bool {
    if character.is_ascii() {
        return matches!(character, ' '..='~');
    }
    character.escape_debug().len() == 1
}

/// `1000000` → `1_000_000`, which Rust and Python read alike.
#[must_use]
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// Bytes in hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves
        .filter_map(|half| char::from_digit(half.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups_of_three() {
        let grouped = [0, 999, 1_000, 1_048_576].map(number);

        assert_eq!(grouped, ["0", "999", "1_000", "1_048_576"]);
    }

    #[test]
    fn a_line_has_single_spaces_and_nothing_hidden() {
        let lines = ["a b", " a  b\n", "a\tb", "a\u{200b}b", "größe  ", "\"'\\"].map(plain);

        assert_eq!(lines, ["a b", "a b", "a b", "a\u{fffd}b", "größe", "\"'\\"]);
    }

    #[test]
    fn the_first_sentence_ends_outside_of_code() {
        let first = ["Site of the account", "Say `a. b` or c. Not d."].map(first_sentence);

        assert_eq!(first, ["Site of the account.", "Say `a. b` or c."]);
    }
}
