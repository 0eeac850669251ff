//! A `tracing` layer that turns what an application traces into a sink's events.
//!
//! Event and span fields become `data` (an event's own field wins over a span's, an inner span's
//! over an outer's), except those that identify a request or a trace, which become `context`. The
//! target becomes `logger`, the spans' names `context.span`, outermost first. It never blocks: a full
//! queue that would make a writer wait refuses, and the sink counts it. What is traced on a delivery
//! thread is ignored, so a sink never logs itself.

use std::fmt;
use std::time::SystemTime;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::{LookupSpan, Scope};

use super::super::cloud_sink_base::{Event, Level, SinkHandle, Timestamp, on_delivery_thread};

/// Prefix of the fields in which the `log` crate's bridge hands over a record's own metadata.
const LOG_PREFIX: &str = "log.";

/// Fields that become `context`, where a sink looks for them.
const IDENTIFIERS: [&str; 6] = [
    "correlation_id",
    "request_id",
    "span_id",
    "tenant_id",
    "trace_id",
    "user_id",
];

/// Sends traced events to a sink.
#[derive(Debug)]
pub struct SinkLayer {
    sink: SinkHandle,
}

impl SinkLayer {
    /// A layer over one sink; combine several with tracing's own means.
    #[must_use]
    pub fn new(sink: SinkHandle) -> Self {
        Self { sink }
    }
}

/// Fields of a span, kept with it until it closes.
struct SpanFields(Map<String, Value>);

impl<S> Layer<S> for SinkLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().insert(SpanFields(fields.data));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut extensions = span.extensions_mut();
        if let Some(known) = extensions.get_mut::<SpanFields>() {
            let mut fields = Fields::default();
            values.record(&mut fields);
            known.0.extend(fields.data);
        }
    }

    fn on_event(&self, traced: &tracing::Event<'_>, context: Context<'_, S>) {
        if on_delivery_thread() {
            return;
        }
        let mut fields = Fields::default();
        traced.record(&mut fields);
        let now = Timestamp::from_system_time(SystemTime::now());
        let mut event = Event::new(now, level(traced.metadata()), fields.message);
        event.logger = fields
            .log_target
            .unwrap_or_else(|| traced.metadata().target().to_owned());
        add_spans(&mut event, traced, &context);
        event.data.extend(fields.data);
        for name in IDENTIFIERS {
            if let Some(id) = event.data.shift_remove(name) {
                event.context.insert(name.to_owned(), id);
            }
        }
        // A refusal is counted by the sink; there is nobody here to tell.
        let _ = self.sink.try_write(&event);
    }
}

/// Adds the fields and names of the spans around an event, outermost first.
fn add_spans<S>(event: &mut Event, traced: &tracing::Event<'_>, context: &Context<'_, S>)
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let mut names: Vec<&str> = Vec::new();
    let scope = context.event_scope(traced).into_iter();
    for span in scope.flat_map(Scope::from_root) {
        names.push(span.name());
        if let Some(fields) = span.extensions().get::<SpanFields>() {
            event.data.extend(
                fields
                    .0
                    .iter()
                    .map(|(name, value)| (name.clone(), value.clone())),
            );
        }
    }
    if !names.is_empty() {
        event
            .context
            .insert("span".to_owned(), Value::String(names.join(":")));
    }
}

fn level(metadata: &Metadata<'_>) -> Level {
    match *metadata.level() {
        tracing::Level::ERROR => Level::Error,
        tracing::Level::WARN => Level::Warning,
        tracing::Level::INFO => Level::Info,
        tracing::Level::DEBUG => Level::Debug,
        tracing::Level::TRACE => Level::Trace,
    }
}

/// Collects fields as JSON values; the one called `message` apart.
#[derive(Default)]
struct Fields {
    message: String,
    log_target: Option<String>,
    data: Map<String, Value>,
}

impl Fields {
    fn add(&mut self, field: &Field, value: Value) {
        self.data.insert(field.name().to_owned(), value);
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        } else if !field.name().starts_with(LOG_PREFIX) {
            self.add(field, Value::String(format!("{value:?}")));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => value.clone_into(&mut self.message),
            "log.target" => self.log_target = Some(value.to_owned()),
            name if name.starts_with(LOG_PREFIX) => {}
            _ => self.add(field, Value::String(value.to_owned())),
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if !field.name().starts_with(LOG_PREFIX) {
            self.add(field, value.into());
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value.into());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.add(field, Value::String(value.to_string()));
    }
}
