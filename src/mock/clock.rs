//! The mock's clock, and timestamps as they are written on the wire.

use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::json::{Kind, Node};
use crate::sink::TimeEncoding;

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
pub(super) fn read(encoding: TimeEncoding, node: &Node) -> Result<i64, String> {
    let (expected, value) = match encoding {
        TimeEncoding::UnixS => ("whole seconds since 1970", whole(node, SECOND)),
        TimeEncoding::UnixMs => ("whole milliseconds since 1970", whole(node, 1_000_000)),
        TimeEncoding::UnixMsFloat => (
            "milliseconds since 1970 with at most three decimals",
            decimal(node, 1_000_000),
        ),
        TimeEncoding::UnixUs => ("whole microseconds since 1970", whole(node, 1_000)),
        TimeEncoding::UnixNs => ("whole nanoseconds since 1970", whole(node, 1)),
        TimeEncoding::UnixNsText => ("nanoseconds since 1970 as a text", unix_ns_text(node)),
        TimeEncoding::UnixSeconds => (
            "seconds since 1970 with at most three decimals",
            decimal(node, SECOND),
        ),
        TimeEncoding::Rfc3339Ms => ("RFC 3339 in UTC with three decimals", rfc3339(node, 3)),
        TimeEncoding::Rfc3339Us => ("RFC 3339 in UTC with six decimals", rfc3339(node, 6)),
        TimeEncoding::Rfc3339Ns => ("RFC 3339 in UTC with nine decimals", rfc3339(node, 9)),
        TimeEncoding::SpacedMs => ("`2026-01-02 03:04:05.678`", spaced(node, 3)),
        TimeEncoding::SpacedNs => ("`2026-01-02 03:04:05.678901234`", spaced(node, 9)),
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

/// A whole number of units.
fn whole(node: &Node, unit: i64) -> Option<i64> {
    let Kind::Number(number) = &node.kind else {
        return None;
    };
    number.as_i64()?.checked_mul(unit)
}

fn unix_ns_text(node: &Node) -> Option<i64> {
    let text = node.as_text()?;
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

/// A number of units with at most three decimals.
fn decimal(node: &Node, unit: i64) -> Option<i64> {
    let Kind::Number(number) = &node.kind else {
        return None;
    };
    let text = number.to_string();
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths: i64 = format!("{decimals:0<3}").parse().ok()?;
    whole
        .parse::<i64>()
        .ok()?
        .checked_mul(unit)?
        .checked_add(thousandths * (unit / 1_000))
}

fn rfc3339(node: &Node, decimals: usize) -> Option<i64> {
    calendar(node.as_text()?, b'T', "Z", decimals)
}

fn spaced(node: &Node, decimals: usize) -> Option<i64> {
    calendar(node.as_text()?, b' ', "", decimals)
}

fn calendar(text: &str, between: u8, end: &str, decimals: usize) -> Option<i64> {
    let shape = text.len() == "2026-01-02T03:04:05.".len() + decimals + end.len()
        && text.ends_with(end)
        && text.as_bytes().get(10) == Some(&between)
        && text.as_bytes().get(19) == Some(&b'.');
    let normal = format!("{}Z", text.strip_suffix(end)?.replacen(' ', "T", 1));
    let parsed = shape.then(|| OffsetDateTime::parse(&normal, &Rfc3339).ok())??;
    i64::try_from(parsed.unix_timestamp_nanos()).ok()
}

#[cfg(test)]
mod tests {
    use super::super::json::parse;
    use super::*;

    fn read_text(encoding: TimeEncoding, text: &str) -> Result<i64, String> {
        read(encoding, &parse(text).unwrap())
    }

    #[test]
    fn each_encoding_reads_its_own_form_only() {
        use TimeEncoding::{Rfc3339Ms, Rfc3339Ns, UnixMs, UnixNsText, UnixSeconds};
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
            assert!(read_text(TimeEncoding::Rfc3339Ms, text).is_err(), "{text}");
        }
    }
}
