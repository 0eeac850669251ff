//! The ways a moment is written.

use std::time::SystemTime;

use time::OffsetDateTime;

use super::Timestamp;

const NANOS_PER_SECOND: i64 = 1_000_000_000;

#[cfg(test)]
thread_local! {
    /// What `now` is in a test that stopped the clock.
    static STOPPED: std::cell::Cell<Option<Timestamp>> = const { std::cell::Cell::new(None) };
}

/// How a moment is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeFormat {
    /// Whole seconds since 1970, `1795439551`.
    UnixSeconds,
    /// Seconds since 1970 with three decimals, `1795439551.559`.
    UnixSecondsMillis,
    /// Whole milliseconds since 1970.
    UnixMillis,
    /// Milliseconds since 1970 with three decimals.
    UnixMillisMicros,
    /// Whole microseconds since 1970.
    UnixMicros,
    /// Whole nanoseconds since 1970.
    UnixNanos,
    /// Whole nanoseconds since 1970, in JSON a text: more digits than a double holds.
    UnixNanosText,
    /// `2026-11-23T13:12:31.559Z`.
    Rfc3339Millis,
    /// `2026-11-23T13:12:31.559000Z`.
    Rfc3339Micros,
    /// `2026-11-23T13:12:31.559000000Z`.
    Rfc3339Nanos,
    /// `2026-11-23 13:12:31.559`.
    SpacedMillis,
    /// `2026-11-23 13:12:31.559000000`.
    SpacedNanos,
}

impl TimeFormat {
    /// Whether JSON has it as a number.
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(
            self,
            Self::UnixSeconds
                | Self::UnixSecondsMillis
                | Self::UnixMillis
                | Self::UnixMillisMicros
                | Self::UnixMicros
                | Self::UnixNanos
        )
    }
}

impl Timestamp {
    /// This moment.
    #[must_use]
    pub fn now() -> Self {
        #[cfg(test)]
        if let Some(stopped) = STOPPED.get() {
            return stopped;
        }
        Self::from_system_time(SystemTime::now())
    }

    /// Makes `now` this moment on this thread.
    #[cfg(test)]
    pub fn stop_clock(now: Self) {
        STOPPED.set(Some(now));
    }

    /// Appends it, without quotes.
    pub fn push(self, format: TimeFormat, out: &mut Vec<u8>) {
        let nanos = self.as_unix_nanos();
        match format {
            TimeFormat::UnixSeconds => push_number(out, nanos.div_euclid(NANOS_PER_SECOND)),
            TimeFormat::UnixSecondsMillis => push_thousandths(out, self.as_unix_millis()),
            TimeFormat::UnixMillis => push_number(out, self.as_unix_millis()),
            TimeFormat::UnixMillisMicros => push_thousandths(out, nanos.div_euclid(1_000)),
            TimeFormat::UnixMicros => push_number(out, nanos.div_euclid(1_000)),
            TimeFormat::UnixNanos | TimeFormat::UnixNanosText => push_number(out, nanos),
            TimeFormat::Rfc3339Millis => push_calendar(out, nanos, b'T', 3, b"Z"),
            TimeFormat::Rfc3339Micros => push_calendar(out, nanos, b'T', 6, b"Z"),
            TimeFormat::Rfc3339Nanos => push_calendar(out, nanos, b'T', 9, b"Z"),
            TimeFormat::SpacedMillis => push_calendar(out, nanos, b' ', 3, b""),
            TimeFormat::SpacedNanos => push_calendar(out, nanos, b' ', 9, b""),
        }
    }

    /// Appends it as a JSON value.
    pub fn push_json(self, format: TimeFormat, out: &mut Vec<u8>) {
        if format.is_number() {
            return self.push(format, out);
        }
        out.push(b'"');
        self.push(format, out);
        out.push(b'"');
    }

    /// The moment as text.
    #[must_use]
    pub fn written(self, format: TimeFormat) -> String {
        let mut text = Vec::new();
        self.push(format, &mut text);
        text.into_iter().map(char::from).collect()
    }
}

/// Appends `YYYY-MM-DD`, `between`, `hh:mm:ss` and `digits` of the fraction.
fn push_calendar(out: &mut Vec<u8>, nanos: i64, between: u8, digits: u32, end: &[u8]) {
    let time = OffsetDateTime::from_unix_timestamp(nanos.div_euclid(NANOS_PER_SECOND))
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    push_digits(out, u64::from(time.year().unsigned_abs()), 4);
    out.push(b'-');
    push_digits(out, u64::from(u8::from(time.month())), 2);
    out.push(b'-');
    push_digits(out, u64::from(time.day()), 2);
    out.push(between);
    push_digits(out, u64::from(time.hour()), 2);
    out.push(b':');
    push_digits(out, u64::from(time.minute()), 2);
    out.push(b':');
    push_digits(out, u64::from(time.second()), 2);
    out.push(b'.');
    let fraction = nanos.rem_euclid(NANOS_PER_SECOND).unsigned_abs();
    push_digits(out, fraction / 10_u64.pow(9 - digits), digits as usize);
    out.extend_from_slice(end);
}

/// Appends a number of thousandths with three decimals.
fn push_thousandths(out: &mut Vec<u8>, thousandths: i64) {
    if thousandths < 0 {
        out.push(b'-');
    }
    let thousandths = thousandths.unsigned_abs();
    push_unsigned(out, thousandths / 1_000);
    out.push(b'.');
    push_digits(out, thousandths % 1_000, 3);
}

fn push_number(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        out.push(b'-');
    }
    push_unsigned(out, number.unsigned_abs());
}

fn push_unsigned(out: &mut Vec<u8>, number: u64) {
    let width = number.checked_ilog10().map_or(1, |log| log as usize + 1);
    push_digits(out, number, width);
}

/// Appends the last `width` decimal digits of `number`.
fn push_digits(out: &mut Vec<u8>, mut number: u64, width: usize) {
    let start = out.len();
    out.resize(start + width, b'0');
    for digit in out[start..].iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
    }
}
