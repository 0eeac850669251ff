//! The delays that answers ask for, read from text.

use std::time::{Duration, SystemTime};

/// The delay that `text` asks for, seconds or an HTTP date; zero for a date that has passed.
///
/// `None` when it is neither.
#[must_use]
pub fn delay(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    seconds(text).or_else(|| {
        let date = httpdate::parse_http_date(text).ok()?;
        Some(date.duration_since(now).unwrap_or_default())
    })
}

/// A number of milliseconds.
#[must_use]
pub fn milliseconds(text: &str) -> Option<Duration> {
    seconds(text.trim()).map(|asked| asked / 1_000)
}

/// From now to a moment in seconds since 1970.
#[must_use]
pub fn until(text: &str, now: SystemTime) -> Option<Duration> {
    let now = now.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(seconds(text.trim())?.saturating_sub(now))
}

/// The parameter `reset`, under any of the names it has had: `limit=100, reset=30`, `"x";r=0;t=30`.
#[must_use]
pub fn reset(text: &str) -> Option<Duration> {
    let mut parameters = text
        .split([',', ';'])
        .filter_map(|part| part.trim().split_once('='));
    let (_, value) = parameters.find(|(name, _)| matches!(name.trim(), "reset" | "t" | "w"))?;
    seconds(value.trim())
}

/// Only digits and a point: `inf`, `nan`, signs and exponents are no delay.
fn seconds(text: &str) -> Option<Duration> {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !is_number {
        return None;
    }
    let seconds: f64 = text.parse().ok()?;
    // More than there is room for is more than anybody waits.
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}
