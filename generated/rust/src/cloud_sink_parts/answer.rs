//! Reads what an answer says in its status, headers and body.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use serde_json::Value;

use super::http::HttpResponse;

/// Longest delay taken from an answer. A larger one would be a mistake or an attack.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(300);

/// Characters of an answer that are quoted in a reason.
const EXCERPT_CHARS: usize = 200;

/// Status and the start of the body, for a log line: `HTTP 400 Bad Request: TEXT`.
#[must_use]
pub fn reason(response: &HttpResponse) -> String {
    reason_with(response.status, &response.body)
}

/// Status and the text at a JSON pointer, or the start of the body where there is none.
#[must_use]
pub fn reason_at(response: &HttpResponse, pointer: &str) -> String {
    match text_at(&response.body, pointer) {
        Some(text) => reason_with(response.status, text.as_bytes()),
        None => reason(response),
    }
}

/// The text, or the number as text, at a JSON pointer into the body.
#[must_use]
pub fn text_at(body: &[u8], pointer: &str) -> Option<String> {
    let root: Value = serde_json::from_slice(body).ok()?;
    match root.pointer(pointer)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The delay a header asks for, cut to what is reasonable. `None` when the header is absent or
/// says no delay.
#[must_use]
pub fn retry_after(response: &HttpResponse, header: &str) -> Option<Duration> {
    let text = response.headers.get(header)?.to_str().ok()?;
    delay(text, SystemTime::now())
}

/// The delay that `text` asks for, seconds or an HTTP date, cut to five minutes.
///
/// `None` when it is neither; zero for a date that has passed.
#[must_use]
pub fn delay(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    let asked = match text.as_bytes() {
        // Only digits and a point: `inf`, `nan`, signs and exponents are no delay.
        [b'0'..=b'9', ..]
            if text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.') =>
        {
            let seconds: f64 = text.parse().ok()?;
            Duration::try_from_secs_f64(seconds).unwrap_or(MAX_RETRY_AFTER)
        }
        _ => httpdate::parse_http_date(text)
            .ok()?
            .duration_since(now)
            .unwrap_or_default(),
    };
    Some(asked.min(MAX_RETRY_AFTER))
}

/// The start of an answer's text on one line, without control characters.
#[must_use]
pub fn excerpt(text: &[u8]) -> String {
    let start = &text[..text.len().min(EXCERPT_CHARS * 4)];
    let printable: String = String::from_utf8_lossy(start)
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(EXCERPT_CHARS)
        .collect();
    printable.trim().to_owned()
}

fn reason_with(status: u16, text: &[u8]) -> String {
    let text = excerpt(text);
    let name = StatusCode::from_u16(status)
        .ok()
        .and_then(|code| code.canonical_reason())
        .unwrap_or_default();
    let separator = if name.is_empty() { "" } else { " " };
    if text.is_empty() {
        return format!("HTTP {status}{separator}{name}");
    }
    format!("HTTP {status}{separator}{name}: {text}")
}
