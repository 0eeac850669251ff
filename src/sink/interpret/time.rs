//! The ways a moment is written.

use time::OffsetDateTime;

use super::super::model::TimeEncoding;

/// Appends `nanos`, nanoseconds since 1970, as a JSON value.
pub fn push_json(encoding: TimeEncoding, nanos: i64, out: &mut String) {
    let text = text(encoding, nanos);
    if encoding.is_number() {
        out.push_str(&text);
    } else {
        out.push('"');
        out.push_str(&text);
        out.push('"');
    }
}

/// `nanos`, nanoseconds since 1970, as text.
pub fn text(encoding: TimeEncoding, nanos: i64) -> String {
    let millis = nanos.div_euclid(1_000_000);
    match encoding {
        TimeEncoding::UnixS => nanos.div_euclid(1_000_000_000).to_string(),
        TimeEncoding::UnixMs => millis.to_string(),
        TimeEncoding::UnixMsFloat => {
            let micros = nanos.div_euclid(1_000);
            decimals(micros)
        }
        TimeEncoding::UnixUs => nanos.div_euclid(1_000).to_string(),
        TimeEncoding::UnixNs | TimeEncoding::UnixNsText => nanos.to_string(),
        TimeEncoding::UnixSeconds => decimals(millis),
        TimeEncoding::Rfc3339Ms => calendar(nanos, 'T', 3, "Z"),
        TimeEncoding::Rfc3339Us => calendar(nanos, 'T', 6, "Z"),
        TimeEncoding::Rfc3339Ns => calendar(nanos, 'T', 9, "Z"),
        TimeEncoding::SpacedMs => calendar(nanos, ' ', 3, ""),
        TimeEncoding::SpacedNs => calendar(nanos, ' ', 9, ""),
    }
}

/// A number of thousandths with three decimals.
fn decimals(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "-" } else { "" };
    let absolute = thousandths.unsigned_abs();
    format!("{sign}{}.{:03}", absolute / 1_000, absolute % 1_000)
}

fn calendar(nanos: i64, between: char, digits: usize, end: &str) -> String {
    let seconds = nanos.div_euclid(1_000_000_000);
    let moment = OffsetDateTime::from_unix_timestamp(seconds)
        .expect("nanoseconds in 64 bits are years from 1677 to 2262");
    let fraction = format!("{:09}", nanos.rem_euclid(1_000_000_000));
    format!(
        "{:04}-{:02}-{:02}{between}{:02}:{:02}:{:02}.{}{end}",
        moment.year(),
        u8::from(moment.month()),
        moment.day(),
        moment.hour(),
        moment.minute(),
        moment.second(),
        &fraction[..digits],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_has_its_form() {
        let nanos = 1_767_323_045_678_901_234;
        let cases = [
            (TimeEncoding::UnixS, "1767323045"),
            (TimeEncoding::UnixMs, "1767323045678"),
            (TimeEncoding::UnixMsFloat, "1767323045678.901"),
            (TimeEncoding::UnixUs, "1767323045678901"),
            (TimeEncoding::UnixNs, "1767323045678901234"),
            (TimeEncoding::UnixNsText, "\"1767323045678901234\""),
            (TimeEncoding::UnixSeconds, "1767323045.678"),
            (TimeEncoding::Rfc3339Ms, "\"2026-01-02T03:04:05.678Z\""),
            (TimeEncoding::Rfc3339Us, "\"2026-01-02T03:04:05.678901Z\""),
            (
                TimeEncoding::Rfc3339Ns,
                "\"2026-01-02T03:04:05.678901234Z\"",
            ),
            (TimeEncoding::SpacedMs, "\"2026-01-02 03:04:05.678\""),
            (TimeEncoding::SpacedNs, "\"2026-01-02 03:04:05.678901234\""),
        ];
        for (encoding, expected) in cases {
            let mut out = String::new();
            push_json(encoding, nanos, &mut out);
            assert_eq!(out, expected, "{encoding:?}");
        }
    }

    #[test]
    fn times_before_1970_are_rounded_down() {
        assert_eq!(text(TimeEncoding::UnixMs, -1), "-1");
        assert_eq!(text(TimeEncoding::UnixSeconds, -1), "-0.001");
        assert_eq!(
            text(TimeEncoding::Rfc3339Ns, -1),
            "1969-12-31T23:59:59.999999999Z"
        );
    }
}
