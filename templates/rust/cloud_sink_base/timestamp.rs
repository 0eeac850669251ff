//! A moment, to the nanosecond, and the ways providers write it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Number;
use time::OffsetDateTime;

use super::time_text::{nanos_of_number, nanos_of_text};

const NANOS_PER_MILLI: i64 = 1_000_000;

/// When something happened: nanoseconds since 1970-01-01T00:00:00Z, from 1677 to 2262.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From nanoseconds since 1970.
    #[must_use]
    pub const fn from_unix_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// From the system's clock; a clock outside the range is cut to it.
    #[must_use]
    pub fn from_system_time(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self(i64::try_from(after.as_nanos()).unwrap_or(i64::MAX)),
            Err(before) => {
                Self(i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |n| -n))
            }
        }
    }

    /// From text in any of the forms programs write: RFC 3339 and its relatives, asctime, numbers.
    ///
    /// # Errors
    ///
    /// [`TimestampError`] when the text is in none of the forms, or outside the range.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        within(nanos_of_text(text.trim_matches([' ', '\t', '\r', '\n'])))
    }

    /// From a number since 1970, whose size tells the unit: seconds up to 11 digits before the
    /// decimal point, milliseconds up to 14, microseconds up to 17, nanoseconds beyond. A double
    /// is the decimal number it prints as.
    ///
    /// # Errors
    ///
    /// [`TimestampError`] when it is outside the range.
    pub fn from_number(number: &Number) -> Result<Self, TimestampError> {
        match number.as_f64().filter(|_| number.is_f64()) {
            Some(double) => within(nanos_of_number(&format!("{double:e}"))),
            None => within(nanos_of_number(&number.to_string())),
        }
    }

    /// Nanoseconds since 1970.
    #[must_use]
    pub const fn as_unix_nanos(self) -> i64 {
        self.0
    }

    /// Whole milliseconds since 1970, rounded down.
    #[must_use]
    pub const fn as_unix_millis(self) -> i64 {
        self.0.div_euclid(NANOS_PER_MILLI)
    }

    /// This moment less `duration`, cut to the range.
    #[must_use]
    pub fn saturating_sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(nanos(duration)))
    }

    /// This moment plus `duration`, cut to the range.
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(nanos(duration)))
    }

    /// Appends `2026-11-23T13:12:31.559Z`.
    pub fn push_rfc3339_millis(self, out: &mut Vec<u8>) {
        let nanos = self.push_seconds_of_calendar(out);
        push_digits(out, nanos / 1_000_000, 3);
        out.push(b'Z');
    }

    /// Appends `2026-11-23T13:12:31.559000000Z`.
    pub fn push_rfc3339_nanos(self, out: &mut Vec<u8>) {
        let nanos = self.push_seconds_of_calendar(out);
        push_digits(out, nanos, 9);
        out.push(b'Z');
    }

    /// Appends seconds since 1970 with three decimals, `1795439551.559`.
    pub fn push_unix_seconds(self, out: &mut Vec<u8>) {
        let millis = self.as_unix_millis();
        if millis < 0 {
            out.push(b'-');
        }
        let millis = millis.unsigned_abs();
        push_number(out, millis / 1_000);
        out.push(b'.');
        push_digits(out, u32::try_from(millis % 1_000).unwrap_or(0), 3);
    }

    /// Appends nanoseconds since 1970, `1795439551559000000`.
    pub fn push_unix_nanos(self, out: &mut Vec<u8>) {
        if self.0 < 0 {
            out.push(b'-');
        }
        push_number(out, self.0.unsigned_abs());
    }

    /// Appends `2026-11-23T13:12:31.` and returns the nanoseconds that follow.
    fn push_seconds_of_calendar(self, out: &mut Vec<u8>) -> u32 {
        let nanos = self.0.rem_euclid(1_000_000_000);
        let time = OffsetDateTime::from_unix_timestamp(self.0.div_euclid(1_000_000_000))
            .unwrap_or(OffsetDateTime::UNIX_EPOCH);
        push_digits(out, time.year().unsigned_abs(), 4);
        out.push(b'-');
        push_digits(out, u32::from(u8::from(time.month())), 2);
        out.push(b'-');
        push_digits(out, u32::from(time.day()), 2);
        out.push(b'T');
        push_digits(out, u32::from(time.hour()), 2);
        out.push(b':');
        push_digits(out, u32::from(time.minute()), 2);
        out.push(b':');
        push_digits(out, u32::from(time.second()), 2);
        out.push(b'.');
        u32::try_from(nanos).unwrap_or(0)
    }
}

/// No time between 1677 and 2262.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimestampError;

impl std::fmt::Display for TimestampError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a time between 1677 and 2262")
    }
}

impl std::error::Error for TimestampError {}

fn within(nanos: Option<i128>) -> Result<Timestamp, TimestampError> {
    nanos
        .and_then(|nanos| i64::try_from(nanos).ok())
        .map(Timestamp)
        .ok_or(TimestampError)
}

fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

/// Appends the last `width` decimal digits of `value`.
fn push_digits(out: &mut Vec<u8>, value: u32, width: usize) {
    let start = out.len();
    out.resize(start + width, b'0');
    fill_digits(&mut out[start..], u64::from(value));
}

/// Appends `value` in decimal.
fn push_number(out: &mut Vec<u8>, value: u64) {
    let width = value.checked_ilog10().map_or(1, |log| log as usize + 1);
    let start = out.len();
    out.resize(start + width, b'0');
    fill_digits(&mut out[start..], value);
}

fn fill_digits(digits: &mut [u8], mut value: u64) {
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + u8::try_from(value % 10).unwrap_or(0);
        value /= 10;
    }
}
