//! What a provider accepts, with where the numbers come from: the fields of `LIMITS`.

use super::super::text::comment;
use crate::languages::common::framing::sizing;
use crate::spec::model::{Ordering, OversizePolicy, Spec, TimeLimit, VendorBehaviour};
use crate::text::{number, plain};

/// The fields, each number below its source.
pub fn fields(spec: &Spec) -> String {
    let limits = &spec.limits;
    let oversize = match limits.max_event_bytes.policy {
        OversizePolicy::Truncate => "Truncate",
        OversizePolicy::DeadLetter => "DeadLetter",
    };
    let order = match limits.ordering {
        Ordering::None => "Any",
        Ordering::WithinBatch => "WithinBatch",
        Ordering::AcrossBatches => "AcrossBatches",
    };
    let (bytes, event) = (&limits.max_batch_bytes, &limits.max_event_bytes);
    let mut out = Fields::new(spec);
    if let Some(limit) = &limits.max_batch_events {
        out.cited("max_batch_events", &number(limit.value), &limit.source);
    } else {
        let why = comment(4, "No limit is known; bytes bound a request.");
        out.lines.push(why);
        out.field("max_batch_events", "Limits::UNLIMITED_EVENTS");
    }
    out.cited("max_batch_bytes", &number(bytes.value), &bytes.source);
    out.cited("max_event_bytes", &number(event.value), &event.source);
    out.field("oversize", &format!("Oversize::{oversize}"));
    out.time(
        "max_age",
        limits.max_age.as_ref().filter(|limit| is_silent(limit)),
    );
    out.time(
        "max_ahead",
        limits.max_ahead.as_ref().filter(|limit| is_silent(limit)),
    );
    out.time("max_span", limits.max_span.as_ref());
    out.field("order", &format!("Order::{order}"));
    let sizing = sizing(spec);
    out.lines.push(format!(
        "    sizing: Sizing {{\n        batch: {},\n        record: {},\n        group: {},\n    }},",
        number(sizing.batch),
        number(sizing.record),
        number(sizing.group)
    ));
    out.lines.join("\n")
}

/// Only what the provider discards without a word must be kept back; the rest it refuses itself.
fn is_silent(limit: &TimeLimit) -> bool {
    limit.vendor == VendorBehaviour::Discards
}

/// Lines of a struct's fields.
struct Fields<'s> {
    spec: &'s Spec,
    lines: Vec<String>,
    last_source: String,
}

impl<'s> Fields<'s> {
    fn new(spec: &'s Spec) -> Self {
        Self {
            spec,
            lines: Vec::new(),
            last_source: String::new(),
        }
    }

    fn field(&mut self, name: &str, value: &str) {
        self.lines.push(format!("    {name}: {value},"));
    }

    /// A number and its source, which stands above the first of the numbers that follow from it.
    fn cited(&mut self, name: &str, value: &str, source: &str) {
        let source = match self.spec.sources.get(source) {
            Some(source) => format!("{}, read {}.", plain(&source.title), plain(&source.checked)),
            None => source.to_owned(),
        };
        let source = comment(4, &source);
        if source != self.last_source {
            self.lines.push(source.clone());
            self.last_source = source;
        }
        self.field(name, value);
    }

    fn time(&mut self, name: &str, limit: Option<&TimeLimit>) {
        match limit {
            Some(limit) => {
                let value = format!("Some(Duration::from_secs({}))", number(limit.seconds));
                self.cited(name, &value, &limit.source);
            }
            None => self.field(name, "None"),
        }
    }
}
