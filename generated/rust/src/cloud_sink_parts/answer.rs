//! Reads what an answer says in its headers and body.

use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::http::{self, HttpResponse};

/// Status and the start of the body, for a log line.
#[must_use]
pub fn reason(response: &HttpResponse) -> String {
    http::reason(response.status, &http::body_excerpt(&response.body))
}

/// Status and the text at a JSON pointer, or the start of the body where there is none.
#[must_use]
pub fn reason_at(response: &HttpResponse, pointer: &str) -> String {
    match text_at(&response.body, pointer) {
        Some(text) => http::reason(response.status, &http::body_excerpt(text.as_bytes())),
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

/// The delay a header asks for, cut to what is reasonable.
#[must_use]
pub fn retry_after(response: &HttpResponse, header: &str) -> Option<Duration> {
    http::retry_after(&response.headers, header, SystemTime::now())
}
