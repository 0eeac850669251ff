//! The mock's clock, and timestamps as they are written on the wire.

use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::json::{Kind, Node};
use crate::spec::model::ValueEncoding;

/// Nanoseconds in a second.
pub(super) const SECOND: i64 = 1_000_000_000;

/// What the stand-in takes for "now" when it judges the age of an event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// Always this many nanoseconds since 1970.
    Fixed(i64),
}

impl Clock {
    /// Nanoseconds since 1970.
    #[must_use]
    pub fn now(self) -> i64 {
        match self {
            Self::Fixed(nanos) => nanos,
            Self::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .ok()
                .and_then(|since| i64::try_from(since.as_nanos()).ok())
                .unwrap_or(0),
        }
    }
}

/// Reads a timestamp written with `encoding`, as nanoseconds since 1970.
pub(super) fn read(encoding: Option<ValueEncoding>, node: &Node) -> Result<i64, String> {
    let (expected, value) = match encoding {
        Some(ValueEncoding::UnixMs) => ("whole milliseconds since 1970", unix_ms(node)),
        Some(ValueEncoding::UnixNsText) => ("nanoseconds since 1970 as a text", unix_ns_text(node)),
        Some(ValueEncoding::UnixSeconds) => (
            "seconds since 1970 with at most three decimals",
            unix_seconds(node),
        ),
        Some(ValueEncoding::Rfc3339Ms) => ("RFC 3339 in UTC with three decimals", rfc3339(node, 3)),
        Some(ValueEncoding::Rfc3339Ns) => ("RFC 3339 in UTC with nine decimals", rfc3339(node, 9)),
        _ => ("a timestamp encoding in the spec", None),
    };
    value.ok_or_else(|| format!("expected {expected}, found {}", describe(node)))
}

/// A value in a message: short ones as they are, others by kind.
pub(super) fn describe(node: &Node) -> String {
    match &node.kind {
        Kind::Text(text) if text.len() <= 40 => format!("the text `{}`", text.escape_debug()),
        Kind::Number(number) => format!("the number {number}"),
        _ => node.kind_name().to_owned(),
    }
}

fn unix_ms(node: &Node) -> Option<i64> {
    let Kind::Number(number) = &node.kind else {
        return None;
    };
    number.as_i64()?.checked_mul(1_000_000)
}

fn unix_ns_text(node: &Node) -> Option<i64> {
    let text = node.as_text()?;
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

fn unix_seconds(node: &Node) -> Option<i64> {
    let Kind::Number(number) = &node.kind else {
        return None;
    };
    let text = number.to_string();
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let millis: i64 = format!("{decimals:0<3}").parse().ok()?;
    whole
        .parse::<i64>()
        .ok()?
        .checked_mul(SECOND)?
        .checked_add(millis * 1_000_000)
}

fn rfc3339(node: &Node, decimals: usize) -> Option<i64> {
    let text = node.as_text()?;
    let shape = text.len() == "2026-01-02T03:04:05.Z".len() + decimals
        && text.ends_with('Z')
        && text.as_bytes().get(10) == Some(&b'T')
        && text.as_bytes().get(19) == Some(&b'.');
    let parsed = shape.then(|| OffsetDateTime::parse(text, &Rfc3339).ok())??;
    i64::try_from(parsed.unix_timestamp_nanos()).ok()
}

#[cfg(test)]
mod tests {
    use super::super::json::parse;
    use super::*;

    fn read_text(encoding: ValueEncoding, text: &str) -> Result<i64, String> {
        read(Some(encoding), &parse(text).unwrap())
    }

    #[test]
    fn each_encoding_reads_its_own_form_only() {
        use ValueEncoding::{Rfc3339Ms, Rfc3339Ns, UnixMs, UnixNsText, UnixSeconds};
        let forms = [
            (UnixMs, "1767323045678"),
            (UnixNsText, "\"1767323045678000000\""),
            (UnixSeconds, "1767323045.678"),
            (Rfc3339Ms, "\"2026-01-02T03:04:05.678Z\""),
            (Rfc3339Ns, "\"2026-01-02T03:04:05.678000000Z\""),
        ];

        for (encoding, own) in forms {
            assert_eq!(
                Ok(1_767_323_045_678_000_000),
                read_text(encoding, own),
                "{own}"
            );
            for (other, form) in forms {
                // A whole number of seconds and of milliseconds look alike.
                if other != encoding && (encoding, other) != (UnixSeconds, UnixMs) {
                    assert!(
                        read_text(encoding, form).is_err(),
                        "{encoding:?} read {form}"
                    );
                }
            }
        }
    }

    #[test]
    fn other_zones_and_precisions_are_refused() {
        for text in [
            "\"2026-01-02T03:04:05Z\"",
            "\"2026-01-02T03:04:05.6780+0000\"",
            "\"2026-13-02T03:04:05.678Z\"",
        ] {
            assert!(read_text(ValueEncoding::Rfc3339Ms, text).is_err(), "{text}");
        }
    }
}
