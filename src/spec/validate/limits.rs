//! `limits`, `delivery`, `compression`: sources that exist, numbers that agree.

use super::{At, Validator};
use crate::spec::model::{Delivery, EventBasis, Limits, Ordering, SizeBasis, TimeLimit};

pub fn check(v: &mut Validator<'_>) {
    let spec = v.spec;
    check_limits(v, &spec.limits);
    check_agreement(v, &spec.limits);
    check_delivery(v, &spec.delivery);
    check_delivery_against_limits(v);
    check_compression(v);
}

/// Bytes of the shortest request that could hold an event.
const LEAST_REQUEST: u64 = 64;

/// A hundred years.
const LONGEST: u64 = 100 * 365 * 24 * 3600;

fn check_limits(v: &mut Validator<'_>, limits: &Limits) {
    let at = At::root("limits");
    if let Some(limit) = &limits.max_batch_events {
        check_limit(
            v,
            &at.key("max_batch_events"),
            "value",
            limit.value,
            &limit.source,
        );
    }
    let bytes = &limits.max_batch_bytes;
    check_limit(
        v,
        &at.key("max_batch_bytes"),
        "value",
        bytes.value,
        &bytes.source,
    );
    if let Some(event) = &limits.max_event_bytes {
        let at = at.key("max_event_bytes");
        check_limit(v, &at, "value", event.value, &event.source);
        if event.basis == EventBasis::Line && v.spec.payload.streams.is_none() {
            let hint = "it is for `payload.streams`; remove it";
            v.report_hint(&at.key("basis"), "the basis `line` without streams", hint);
        }
    }
    let times = [
        ("max_age", &limits.max_age),
        ("max_ahead", &limits.max_ahead),
        ("max_span", &limits.max_span),
    ];
    for (key, limit) in times {
        if let Some(TimeLimit {
            seconds,
            source,
            clamp,
            ..
        }) = limit
        {
            check_limit(v, &at.key(key), "seconds", *seconds, source);
            if *seconds > LONGEST {
                let hint = "leave out what has no limit; the unit is seconds";
                v.report_hint(
                    &at.key(key).key("seconds"),
                    "a limit of more than a hundred years",
                    hint,
                );
            }
            if *clamp && key == "max_span" {
                v.report_key(
                    &at.key(key).key("clamp"),
                    "`clamp` is for `max_age` and `max_ahead`",
                );
            }
        }
    }
}

pub fn check_limit(v: &mut Validator<'_>, at: &At<'_>, key: &str, value: u64, source: &str) {
    if value == 0 {
        v.report_hint(
            &at.key(key),
            "a limit of 0 lets nothing through",
            "leave out what has no limit",
        );
    }
    v.check_source(&at.key("source"), source);
}

fn check_agreement(v: &mut Validator<'_>, limits: &Limits) {
    let at = At::root("limits");
    let batch = &limits.max_batch_bytes;
    if batch.value < LEAST_REQUEST && batch.value > 0 {
        let message = format!("no event fits into a request of {} bytes", batch.value);
        v.report_hint(
            &at.key("max_batch_bytes").key("value"),
            message,
            "write bytes, not megabytes",
        );
    }
    if batch.overhead_per_event > 0 && batch.basis != SizeBasis::Records {
        v.report_hint(
            &at.key("max_batch_bytes").key("overhead_per_event"),
            "an overhead per event is counted with the basis `records` only",
            "set `basis: records`",
        );
    }
    let Some(event) = &limits.max_event_bytes else {
        return;
    };
    let counted = event.value.saturating_add(batch.overhead_per_event);
    if counted > batch.value {
        let mut message = format!("an event may have {} bytes", event.value);
        if batch.overhead_per_event > 0 {
            message = format!("{message}, counted as {counted},");
        }
        message = format!("{message} but a request only {}", batch.value);
        let hint = "write what fits, or leave `max_event_bytes` out: then it is what fits";
        v.report_hint(&at.key("max_event_bytes").key("value"), message, hint);
    }
}

fn check_delivery(v: &mut Validator<'_>, delivery: &Delivery) {
    let at = At::root("delivery");
    let counts = [
        ("batch_size", delivery.batch_size),
        ("batch_bytes", delivery.batch_bytes),
        ("max_in_flight", delivery.max_in_flight),
    ];
    for (key, value) in counts {
        if value == Some(0) {
            v.report(
                &at.key(key),
                format!("`{key}` is 0, at least 1 is expected"),
            );
        }
    }
    let seconds = [
        ("batch_timeout_seconds", delivery.batch_timeout_seconds),
        ("retry_base_delay", delivery.retry_base_delay),
        ("retry_max_delay", delivery.retry_max_delay),
        ("timeout_seconds", delivery.timeout_seconds),
    ];
    for (key, value) in seconds {
        if value.is_some_and(|value| value <= 0.0) {
            v.report(&at.key(key), format!("`{key}` is not above 0"));
        }
    }
    if let (Some(base), Some(max)) = (delivery.retry_base_delay, delivery.retry_max_delay)
        && base > max
    {
        let message = format!("`retry_base_delay` of {base} is above `retry_max_delay` of {max}");
        v.report(&at.key("retry_base_delay"), message);
    }
}

fn check_delivery_against_limits(v: &mut Validator<'_>) {
    let (limits, delivery) = (&v.spec.limits, &v.spec.delivery);
    let at = At::root("delivery");
    let most_events = limits.max_batch_events.as_ref().map(|limit| limit.value);
    let pairs = [
        (
            "batch_size",
            delivery.batch_size,
            "max_batch_events",
            most_events,
        ),
        (
            "batch_bytes",
            delivery.batch_bytes,
            "max_batch_bytes",
            Some(limits.max_batch_bytes.value),
        ),
    ];
    for (key, aim, limit, most) in pairs {
        if let (Some(aim), Some(most)) = (aim, most)
            && aim > most
            && most > 0
        {
            v.report(
                &at.key(key),
                format!("`{key}` of {aim} is above the limit `{limit}` of {most}"),
            );
        }
    }
    if limits.ordering == Ordering::AcrossBatches && delivery.max_in_flight.is_some_and(|n| n > 1) {
        let hint = "leave it out or set it to 1";
        let message = "requests in flight together break the ordering `across_batches`";
        v.report_hint(&at.key("max_in_flight"), message, hint);
    }
}

fn check_compression(v: &mut Validator<'_>) {
    let compression = &v.spec.compression;
    let at = At::root("compression");
    if let Some(source) = &compression.source {
        v.check_source(&at.key("source"), source);
    }
    for (index, encoding) in compression.offered.iter().enumerate() {
        if compression.offered[..index].contains(encoding) {
            v.report(
                &at.key("offered").index(index),
                "this encoding is offered twice",
            );
        }
    }
}
