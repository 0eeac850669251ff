//! Spec text on its way into Rust source: literals, doc comments, line comments.
//!
//! Everything a spec's author can type passes through here, so that no text can end the literal or
//! comment it stands in.

mod literal;
mod markdown;
mod wrap;

pub use literal::{byte_literal, json_literal, literal};

use crate::sink::Sink;
use crate::text::plain;

/// Columns of a line, as rustfmt counts them.
pub const WIDTH: usize = 100;

/// Statements without the line break after the last.
#[must_use]
pub fn block(text: impl AsRef<str>) -> String {
    text.as_ref().trim_end_matches('\n').to_owned()
}

/// One paragraph of doc comment, `marker` being `///` or `//!`.
#[must_use]
pub fn doc(indent: usize, marker: &str, text: &str) -> String {
    wrap::wrapped(indent, marker, &markdown::words(text))
}

/// The provider's title within a line of doc comment, however long.
#[must_use]
pub fn title(sink: &Sink) -> String {
    markdown::words(&sink.title).join(" ")
}

/// Text that stands in a code span.
#[must_use]
pub fn plain_code(text: &str) -> String {
    plain(text).replace('`', "'")
}

/// A line comment.
#[must_use]
pub fn comment(indent: usize, text: &str) -> String {
    let words = plain(text)
        .split(' ')
        .map(str::to_owned)
        .collect::<Vec<_>>();
    wrap::wrapped(indent, "//", &words)
}

#[cfg(test)]
mod tests {
    use super::*;

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
