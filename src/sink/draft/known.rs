//! Keys that vendors have for what every event has.

use serde_json::{Map, Value as Json};

use super::words::snake;

/// Keys of a message.
pub const MESSAGE: [&str; 9] = [
    "message",
    "msg",
    "text",
    "body",
    "log",
    "line",
    "short_message",
    "content",
    "raw",
];
/// Keys of a level.
pub const LEVEL: [&str; 9] = [
    "level",
    "severity",
    "lvl",
    "loglevel",
    "log_level",
    "status",
    "priority",
    "severity_text",
    "severity_number",
];
/// Keys under which what an application logs stands.
pub const REST: [&str; 12] = [
    "data",
    "fields",
    "attributes",
    "attrs",
    "properties",
    "extra",
    "metadata",
    "meta",
    "labels",
    "context",
    "tags",
    "details",
];

/// Where the value of a well-known key comes from.
pub fn source(name: &str) -> Option<&'static str> {
    Some(match name {
        "logger" | "logger_name" | "category" => "logger",
        "host" | "hostname" | "host_name" => "diagnostics.host",
        "service" | "service_name" | "application" | "app" | "application_name" => {
            "diagnostics.service"
        }
        "trace_id" | "traceid" | "trace" => "context.trace_id",
        "span_id" | "spanid" | "span" => "context.span_id",
        _ => return None,
    })
}

/// Whether an object has members that come from an event's own places.
pub fn holds_known(members: &Map<String, Json>) -> bool {
    members.iter().any(|(key, value)| {
        let name = snake(key);
        time_form(&name, value).is_some()
            || MESSAGE.contains(&name.as_str())
            || LEVEL.contains(&name.as_str())
    })
}

/// How a time is written, when it is one by its name and its looks.
pub fn time_form(name: &str, value: &Json) -> Option<&'static str> {
    const NAMES: [&str; 14] = [
        "timestamp",
        "time",
        "ts",
        "date",
        "datetime",
        "at",
        "t",
        "event_time",
        "time_unix_nano",
        "created_at",
        "created",
        "dt",
        "logged_at",
        "eventtime",
    ];
    if !NAMES.contains(&name) {
        return None;
    }
    match value {
        Json::Number(number) if number.is_f64() => {
            let seconds = number.as_f64().unwrap_or_default();
            Some(if seconds > 1e11 {
                "unix_ms_float"
            } else {
                "unix_seconds"
            })
        }
        Json::Number(number) => Some(match number.to_string().len() {
            0..=10 => "unix_s",
            11..=13 => "unix_ms",
            14..=16 => "unix_us",
            _ => "unix_ns",
        }),
        Json::String(text) => text_form(text),
        _ => None,
    }
}

fn text_form(text: &str) -> Option<&'static str> {
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).count();
    if digits(text) == text.len() && text.len() > 10 {
        return Some("unix_ns_text");
    }
    let is_date = text.len() >= 19 && digits(text) == 4 && text.as_bytes()[4] == b'-';
    if !is_date {
        return None;
    }
    let decimals = text.split_once('.').map_or(0, |(_, rest)| digits(rest));
    Some(match (text.as_bytes()[10], decimals) {
        (b' ', 0..=3) => "spaced_ms",
        (b' ', _) => "spaced_ns",
        (_, 0..=3) => "rfc3339_ms",
        (_, 4..=6) => "rfc3339_us",
        _ => "rfc3339_ns",
    })
}
