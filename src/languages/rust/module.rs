//! The module of one provider: what it accepts, and how its sink is put together.

use minijinja::context;

use super::Sheet;
use super::config::choice_names;
use super::encoder;
use super::pretty::{Expr, import, signature, statement};
use super::settings::Fields;
use super::text::{block, comment, doc, literal, title};
use super::uses::{Depth, Uses};
use crate::sink::{
    BatchBasis, Cited, EventBasis, Form, Ordering, OversizePolicy, Sink, SourceId, TimeLimit,
    TimePolicy, Transport, Value,
};
use crate::text::{number, plain, sentence};

/// The names of the runtime that the template uses in any case.
const RUNTIME: [&str; 14] = [
    "CloudSink",
    "Event",
    "FlushError",
    "HealthError",
    "Limits",
    "Order",
    "Oversize",
    "Report",
    "SinkHandle",
    "SinkParts",
    "Sizing",
    "StartError",
    "Stats",
    "WriteError",
];

/// The file.
#[must_use]
pub fn sheet(sink: &Sink, fields: &Fields) -> Sheet {
    let uses = Uses::new(Depth::Provider);
    for name in RUNTIME {
        uses.base(name);
    }
    uses.of("std::sync", "Arc");
    uses.of("std::time", "Duration");
    let prefix = &sink.type_prefix;
    let is_http = sink.is_http();
    let limits = limits(sink, &uses);
    let parts = match &sink.transport {
        Transport::Http(_) => http(sink),
        Transport::AwsCloudwatchLogs(_) => sdk(sink, fields, &uses),
    };
    let config = format!("{prefix}SinkConfig");
    let mut names = choice_names(sink, fields);
    names.push(&config);
    let mut exports = format!("{}\n", import("pub use", "config", &names));
    exports += &format!("pub use encoder::{prefix}Encoder;");
    if is_http {
        let transport = format!("{prefix}Transport");
        exports += &format!(
            "\n{}",
            import(
                "pub use",
                "transport",
                &[&*transport, "classify", "transport"]
            )
        );
    }
    Sheet {
        name: "mod".to_owned(),
        template: "mod",
        context: context! {
            summary => doc(0, "//!", &sentence(&sink.summary)),
            title_doc => title(sink),
            prefix,
            modules => if is_http { "mod transport;\n" } else { "" },
            uses => uses.lines().join("\n"),
            exports,
            limits => block(limits),
            start => signature(4, "pub fn start", &[format!("config: {config}")], "Result<Self, StartError>"),
            parts_line => signature(0, "fn parts", &[format!("config: {config}")], "Result<SinkParts, StartError>"),
            parts => block(parts),
        },
        parts: uses.parts(),
        asks_now: false,
    }
}

/// A sink over the runtime's HTTP client. What settings add to a body is counted once they are
/// known.
fn http(sink: &Sink) -> String {
    let prefix = &sink.type_prefix;
    let name = statement(8, "name: ", &Expr::from(literal(&sink.id)), ",");
    let (adjust, limits) = match encoder::sizing(sink) {
        Some(adjust) => (format!("    let mut limits = LIMITS;\n{adjust}"), "limits"),
        None => (String::new(), "limits: LIMITS"),
    };
    format!(
        "    let encoder = Arc::new({prefix}Encoder::new(&config));
{adjust}    Ok(SinkParts {{
{name}        encoder: encoder.clone(),
        {limits},
        delivery: config.delivery.clone(),
        transport: Box::new(move || {{
            let transport = transport(&config, encoder)?;
            Ok(Arc::new(transport))
        }}),
    }})\n"
    )
}

/// A sink over the AWS SDK. Its transport takes its options by name; a setting the provider does not
/// have is unset.
fn sdk(sink: &Sink, fields: &Fields, uses: &Uses) -> String {
    for name in ["CloudWatchOptions", "CloudWatchTransport"] {
        uses.part("aws_cloudwatch_logs", name);
    }
    let find = |key: &str| sink.setting_named(key).map(|id| fields.get(id));
    let given = |key: &str, absent: &str| {
        let value = find(key).map(|field| format!("config.{}", field.name));
        format!("        {key}: {},\n", value.as_deref().unwrap_or(absent))
    };
    let optional = |key: &str| {
        let value = match find(key) {
            None => "None".to_owned(),
            Some(field) if field.setting.is_optional() => format!("config.{}", field.name),
            Some(field) => format!("Some(config.{})", field.name),
        };
        format!("        {key}: {value},\n")
    };
    let options = [
        given("log_group", "String::new()"),
        given("log_stream", "String::new()"),
        optional("region"),
        optional("endpoint_url"),
        given("create_log_group", "true"),
        given("create_log_stream", "true"),
    ];
    let retention = match find("retention_days") {
        Some(_) => {
            "config
            .retention_days
            .and_then(|days| i32::try_from(days).ok())"
        }
        None => "None",
    };
    let (options, prefix) = (options.concat(), &sink.type_prefix);
    let name = statement(8, "name: ", &Expr::from(literal(&sink.id)), ",");
    format!(
        "    let delivery = config.delivery.clone();
    let encoder = Arc::new({prefix}Encoder::new(&config));
    let options = CloudWatchOptions {{
{options}        retention_days: {retention},
        attempt_timeout: delivery.attempt_timeout,
    }};
    Ok(SinkParts {{
{name}        encoder,
        limits: LIMITS,
        delivery,
        transport: Box::new(move || Ok(Arc::new(CloudWatchTransport::new(options)))),
    }})\n"
    )
}

/// The fields of `LIMITS`, each number below its source.
fn limits(sink: &Sink, uses: &Uses) -> String {
    let limits = &sink.limits;
    let mut out = Lines::new(sink);
    match limits.max_batch_events {
        _ if matches!(sink.payload.form, Form::Single) => out.field("max_batch_events", "1"),
        Some(limit) => out.cited("max_batch_events", limit),
        None => {
            out.text += &(comment(4, "No limit is known; bytes bound a request.") + "\n");
            out.field("max_batch_events", "Limits::UNLIMITED_EVENTS");
        }
    }
    out.cited("max_batch_bytes", limits.max_batch_bytes);
    out.cited("max_event_bytes", limits.max_event_bytes);
    if limits.event_basis == EventBasis::Line {
        let length = format!("{}::line_length", uses.module("streams"));
        out.field("event_length", &length);
    }
    out.field(
        "oversize",
        match limits.oversize {
            OversizePolicy::Truncate => "Oversize::Truncate",
            OversizePolicy::DeadLetter => "Oversize::DeadLetter",
        },
    );
    for (kept, clamped, limit) in [
        ("max_age", "clamp_age", &limits.max_age),
        ("max_ahead", "clamp_ahead", &limits.max_ahead),
    ] {
        match limit {
            // Only what the provider discards without a word must be kept back.
            Some(TimeLimit {
                seconds,
                policy: TimePolicy::DeadLetter,
            }) => out.time(kept, *seconds),
            Some(TimeLimit {
                seconds,
                policy: TimePolicy::Clamp,
            }) => out.time(clamped, *seconds),
            Some(TimeLimit {
                policy: TimePolicy::Send,
                ..
            })
            | None => {}
        }
    }
    if let Some(span) = limits.max_span {
        out.time("max_span", span);
    }
    out.field(
        "order",
        match limits.ordering {
            Ordering::None => "Order::Any",
            Ordering::WithinBatch => "Order::WithinBatch",
            Ordering::AcrossBatches => "Order::AcrossBatches",
        },
    );
    if !sink.payload.partition.is_empty() {
        out.field("partitioned", "true");
    }
    let sizing = limits.sizing;
    out.text += &format!(
        "    sizing: Sizing {{\n        batch: {},\n        record: {},\n        group: {},\n    }},\n    ..Limits::UNLIMITED\n",
        number(sizing.batch),
        number(sizing.record + line_before(sink)),
        number(sizing.group)
    );
    out.text
}

/// Bytes of a line before each record that no setting and no event decides about.
fn line_before(sink: &Sink) -> u64 {
    let is_counted = !matches!(sink.limits.batch_basis, BatchBasis::Records { .. });
    match &sink.payload.form {
        Form::Lines {
            before: Some(before),
            ..
        } if is_counted => {
            let fixed: Option<&Value> = Some(before);
            fixed
                .and_then(encoder::fixed)
                .map_or(0, |text| text.len() as u64)
        }
        _ => 0,
    }
}

/// Fields of a struct, and the source above the first number read there.
struct Lines<'s> {
    sink: &'s Sink,
    text: String,
    last_source: Option<SourceId>,
}

impl<'s> Lines<'s> {
    fn new(sink: &'s Sink) -> Self {
        Self {
            sink,
            text: String::new(),
            last_source: None,
        }
    }

    fn field(&mut self, name: &str, value: &str) {
        self.text += &format!("    {name}: {value},\n");
    }

    fn cited(&mut self, name: &str, limit: Cited<u64>) {
        self.cite(limit.source);
        self.field(name, &number(limit.value));
    }

    fn time(&mut self, name: &str, seconds: Cited<u64>) {
        self.cite(seconds.source);
        let value = format!("Some(Duration::from_secs({}))", number(seconds.value));
        self.field(name, &value);
    }

    fn cite(&mut self, source: SourceId) {
        if self.last_source == Some(source) {
            return;
        }
        self.last_source = Some(source);
        let source = self.sink.source(source);
        let text = format!("{}, read {}.", plain(&source.title), plain(&source.checked));
        self.text += &(comment(4, &text) + "\n");
    }
}
