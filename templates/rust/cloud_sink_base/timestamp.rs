//! A moment, to the nanosecond, and the ways providers write it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Number;

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
