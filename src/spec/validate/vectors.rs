//! `vectors`: worked examples that can run.

use indexmap::IndexMap;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::config::check_value;
use super::endpoint::check_headers;
use super::{At, Validator, names};
use crate::spec::model::{LimitVector, RequestVector, ResponseVector, Transport, VectorOutcome};
use crate::spec::suggest::{closest, closest_hint};

/// Keys of an event as fapilog writes it.
const EVENT_KEYS: [&str; 7] = [
    "timestamp",
    "level",
    "message",
    "logger",
    "context",
    "diagnostics",
    "data",
];

/// Keys of `limits` that a vector can pin.
const LIMITS: [&str; 6] = [
    "max_batch_events",
    "max_batch_bytes",
    "max_event_bytes",
    "max_age",
    "max_ahead",
    "max_span",
];

pub fn check(v: &mut Validator<'_>) {
    let vectors = &v.spec.vectors;
    let at = At::root("vectors");
    check_names(
        v,
        &at.key("requests"),
        vectors.requests.iter().map(|vector| &vector.name),
    );
    check_names(
        v,
        &at.key("responses"),
        vectors.responses.iter().map(|vector| &vector.name),
    );
    check_names(
        v,
        &at.key("limits"),
        vectors.limits.iter().map(|vector| &vector.name),
    );
    for (index, vector) in vectors.requests.iter().enumerate() {
        check_request(v, &at.key("requests").index(index), vector);
    }
    for (index, vector) in vectors.responses.iter().enumerate() {
        check_response(v, &at.key("responses").index(index), vector);
    }
    for (index, vector) in vectors.limits.iter().enumerate() {
        check_limit(v, &at.key("limits").index(index), vector);
    }
    check_settings(v, &at.key("settings"));
}

fn check_names<'s>(v: &mut Validator<'_>, at: &At<'_>, given: impl Iterator<Item = &'s String>) {
    let mut seen: Vec<&String> = Vec::new();
    for (index, name) in given.enumerate() {
        let at = at.index(index).key("name");
        if let Some(why) = names::bad_identifier(name) {
            v.report(&at, format!("`{name}` cannot name a test: {why}"));
        } else if seen.contains(&name) {
            v.report(&at, format!("two vectors are named `{name}`"));
        }
        seen.push(name);
    }
}

fn check_request(v: &mut Validator<'_>, at: &At<'_>, vector: &RequestVector) {
    for (name, value) in &vector.config {
        if let Some(field) = v.config_field(name)
            // As it stands in a variable.
            && !(field.spaced && value.is_string())
        {
            check_value(v, &at.key("config").key(name), name, field, value);
        }
    }
    check_given(v, at, &vector.config);
    if vector.events.is_empty() {
        v.report(&at.key("events"), "a request has at least one event");
    }
    for (index, event) in vector.events.iter().enumerate() {
        check_event(v, &at.key("events").index(index), event);
    }
    check_url(v, at, vector);
    check_headers(v, &at.key("headers"), &vector.headers);
}

/// Every setting given is known, and every required one is given.
fn check_given(v: &mut Validator<'_>, at: &At<'_>, given: &IndexMap<String, Value>) {
    let at = at.key("config");
    for name in given.keys() {
        if v.config_field(name).is_none() {
            let known: Vec<&String> = v.spec.config.keys().collect();
            let hint = closest_hint(name, &known, "config fields are");
            v.report_key_hint(&at.key(name), format!("no config field `{name}`"), hint);
        }
    }
    for (name, field) in &v.spec.config {
        if field.required && field.default.is_none() && !given.contains_key(name) {
            let message = format!("the required config field `{name}` is not set");
            v.report_key(&at, message);
        }
    }
}

/// Values are not looked at: they are there to be refused, by the sink.
fn check_settings(v: &mut Validator<'_>, at: &At<'_>) {
    let vectors = &v.spec.vectors.settings;
    if !vectors.is_empty() {
        check_names(v, at, vectors.iter().map(|vector| &vector.name));
    }
    for (index, vector) in vectors.iter().enumerate() {
        let at = at.index(index);
        check_given(v, &at, &vector.config);
        if v.config_field(&vector.refused).is_none() {
            let known: Vec<&String> = v.spec.config.keys().collect();
            let hint = closest_hint(&vector.refused, &known, "config fields are");
            let message = format!("no config field `{}`", vector.refused);
            v.report_hint(&at.key("refused"), message, hint);
        }
    }
}

fn check_url(v: &mut Validator<'_>, at: &At<'_>, vector: &RequestVector) {
    match &vector.url {
        Some(url) => {
            if let Some(why) = names::bad_url(url) {
                v.report(&at.key("url"), format!("not a web address: {why}"));
            }
        }
        None if v.spec.transport == Transport::Http => {
            v.report(
                &at.key("url"),
                format!("the vector `{}` has no `url`", vector.name),
            );
        }
        None => {}
    }
    let Some(url) = &vector.health_url else {
        return;
    };
    let endpoint = v.spec.endpoint.as_ref();
    if let Some(why) = names::bad_url(url) {
        v.report(&at.key("health_url"), format!("not a web address: {why}"));
    } else if endpoint.is_none_or(|endpoint| endpoint.health.is_none()) {
        let message = "`health_url` without `endpoint.health`";
        v.report_key(&at.key("health_url"), message);
    }
}

fn check_event(v: &mut Validator<'_>, at: &At<'_>, event: &Value) {
    let Some(event) = event.as_object() else {
        v.report(at, "an event is a map with `timestamp`, `level`, `message`");
        return;
    };
    // An event that fapilog serialized itself is wrapped.
    if let Some(Value::Object(inner)) = event.get("log") {
        check_event_keys(v, &at.key("log"), inner);
    } else {
        check_event_keys(v, at, event);
    }
}

fn check_event_keys(v: &mut Validator<'_>, at: &At<'_>, event: &Map<String, Value>) {
    for key in event
        .keys()
        .filter(|key| !EVENT_KEYS.contains(&key.as_str()))
    {
        let hint = match closest(key, &EVENT_KEYS) {
            Some(word) => format!("did you mean `{word}`?"),
            None => "what an application logs besides the message stands in `data`".to_owned(),
        };
        v.report_key_hint(
            &at.key(key),
            format!("unknown key `{key}` in an event"),
            hint,
        );
    }
    for key in ["timestamp", "level", "message"] {
        match event.get(key) {
            Some(Value::String(_)) => {}
            Some(_) => v.report(&at.key(key), format!("`{key}` of an event is text")),
            None => v.report(at, format!("the event has no `{key}`")),
        }
    }
    if let Some(Value::String(timestamp)) = event.get("timestamp")
        && OffsetDateTime::parse(timestamp, &Rfc3339).is_err()
    {
        let hint = "write it like `2026-01-02T03:04:05.678Z`";
        v.report_hint(
            &at.key("timestamp"),
            format!("`{timestamp}` is not an RFC 3339 time"),
            hint,
        );
    }
    for key in ["context", "diagnostics", "data"] {
        if event.get(key).is_some_and(|part| !part.is_object()) {
            v.report(&at.key(key), format!("`{key}` of an event is a map"));
        }
    }
}

fn check_response(v: &mut Validator<'_>, at: &At<'_>, vector: &ResponseVector) {
    check_headers(v, &at.key("headers"), &vector.headers);
    if matches!(vector.status, 204 | 304) && !vector.body.is_empty() {
        let message = format!("an answer with the status {} has no body", vector.status);
        v.report(&at.key("body"), message);
    }
    let events = vector.events.unwrap_or(1);
    if events == 0 {
        v.report(&at.key("events"), "a request has at least one event");
    }
    for (key, indices) in [("rejected", &vector.rejected), ("retry", &vector.retry)] {
        if !indices.is_empty() && vector.outcome != VectorOutcome::Partial {
            v.report_key(
                &at.key(key),
                format!("`{key}` without the outcome `partial`"),
            );
        }
        for (index, event) in indices
            .iter()
            .enumerate()
            .filter(|(_, event)| **event >= events)
        {
            let message = format!("the request has no event {event}, indices start at 0");
            v.report(&at.key(key).index(index), message);
        }
    }
    for (index, event) in vector.retry.iter().enumerate() {
        if vector.rejected.contains(event) {
            v.report(
                &at.key("retry").index(index),
                format!("event {event} is rejected and sent again"),
            );
        }
    }
    let delayed = matches!(
        vector.outcome,
        VectorOutcome::Throttled | VectorOutcome::Transient
    );
    if vector.retry_after_seconds.is_some() && !delayed {
        let message = "a delay belongs to the outcomes `throttled` and `transient`";
        v.report_key(&at.key("retry_after_seconds"), message);
    }
    if vector.reason.is_some()
        && matches!(
            vector.outcome,
            VectorOutcome::Delivered | VectorOutcome::Partial
        )
    {
        let message = "the outcomes `delivered` and `partial` have no reason";
        v.report_key(&at.key("reason"), message);
    }
}

fn check_limit(v: &mut Validator<'_>, at: &At<'_>, vector: &LimitVector) {
    let known: Vec<&str> = LIMITS
        .into_iter()
        .filter(|limit| v.is_written("limits", limit))
        .collect();
    if !known.contains(&vector.limit.as_str()) && v.is_sound("limits") {
        let hint = closest_hint(&vector.limit, &known, "limits are");
        v.report_hint(
            &at.key("limit"),
            format!("no limit `{}`", vector.limit),
            hint,
        );
    }
    if vector.events == 0 {
        v.report(&at.key("events"), "at least one event is written");
    }
    if vector.dead_lettered > vector.events {
        let message = format!(
            "{} of {} events cannot be dead-lettered",
            vector.dead_lettered, vector.events
        );
        v.report(&at.key("dead_lettered"), message);
    }
    if vector.age_seconds != 0 && !matches!(vector.limit.as_str(), "max_age" | "max_ahead") {
        let message = "`age_seconds` pins `max_age` and `max_ahead` only";
        v.report_key(&at.key("age_seconds"), message);
    }
    if vector.requests == 0 && vector.dead_lettered < vector.events {
        v.report(
            &at.key("requests"),
            "no request leaves, but not all events are dead-lettered",
        );
    }
}
