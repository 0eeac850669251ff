//! The sink module of one provider: its limits, what fapilog reads about it, the sink itself.

use minijinja::{Value, context};

use super::layout::{Expr, exports, statement};
use super::module::Module;
use super::settings::field;
use super::text::{comment, docstring, literal};
use super::{Place, config, project};
use crate::sink::{
    BatchBasis, Cited, EventBasis, Form, Ordering, OversizePolicy, Sink, SourceId, TimeLimit,
    TimePolicy,
};
use crate::text::{number, plain, sentence};

/// Longest first line of a class's docstring, within a line's width and its quotes.
const LONGEST_SUMMARY: usize = 86;

/// What the sink's template needs.
#[must_use]
pub fn context(sink: &Sink, place: &Place) -> Value {
    let prefix = sink.type_prefix.as_str();
    let title = plain(&sink.title);
    let delivery = format!(
        "Delivery is at-least-once while the process lives: an attempt whose answer is lost is repeated, so {title} \
         may store an event twice."
    );
    let summary = format!("The {title} sink for fapilog.");
    let docs = [summary, sentence(&sink.summary), delivery];
    let mut public = vec!["LIMITS".to_owned(), "PLUGIN_METADATA".to_owned()];
    public.extend([format!("{prefix}Sink"), format!("{prefix}SinkConfig")]);
    public.extend(config::enums(sink));
    let public: Vec<&str> = public.iter().map(String::as_str).collect();
    let module = module(sink);
    context! {
        title => docstring(0, &docs),
        prefix,
        id => sink.id.as_str(),
        docs => docstring(4, &class_docs(sink)),
        uses => module.lines(),
        exports => exports(&public),
        limits => limits(sink),
        metadata => metadata(sink, place),
        name => literal(&sink.python_plugin),
        needs => needs(sink, place),
        is_http => sink.is_http(),
        options => options(sink),
        measures => measures(sink),
    }
}

/// What the length of a body depends on besides its records, known only with the settings.
fn measures(sink: &Sink) -> &'static str {
    let is_counted = !matches!(sink.limits.batch_basis, BatchBasis::Records { .. });
    match &sink.payload.form {
        Form::Lines {
            before: Some(_), ..
        } if is_counted => "record",
        Form::Envelope { envelope, .. } if is_counted && !super::encoder::is_written(envelope) => {
            "batch"
        }
        Form::OtlpProtobuf { .. } if is_counted => "message",
        _ => "",
    }
}

fn module(sink: &Sink) -> Module {
    let prefix = &sink.type_prefix;
    let mut module = Module::default();
    module.from("collections.abc", "Mapping");
    module.from("typing", "Any");
    module.from("typing", "ClassVar");
    let own = format!("._{}_config", sink.id);
    for name in config::enums(sink) {
        module.from(&own, &name);
    }
    module.from(&own, &format!("{prefix}SinkConfig"));
    module.from(
        &format!("._{}_encoder", sink.id),
        &format!("{prefix}Encoder"),
    );
    for name in [
        "CloudSinkBase",
        "Limits",
        "Order",
        "Oversize",
        "Sizing",
        "Transport",
    ] {
        module.base(name);
    }
    let measures = measures(sink);
    if !measures.is_empty() {
        module.from("dataclasses", "replace");
        module.base("Records");
    }
    if measures == "record" {
        module.base("Record");
    }
    if measures == "message" {
        module.part("_otlp_protobuf", "GROWTH");
    }
    module
}

/// The limits, each below the source of its number.
fn limits(sink: &Sink) -> String {
    let limits = &sink.limits;
    let oversize = match limits.oversize {
        OversizePolicy::Truncate => "TRUNCATE",
        OversizePolicy::DeadLetter => "DEAD_LETTER",
    };
    let order = match limits.ordering {
        Ordering::None => "ANY",
        Ordering::WithinBatch => "WITHIN_BATCH",
        Ordering::AcrossBatches => "ACROSS_BATCHES",
    };
    let mut lines = Lines {
        sink,
        last: None,
        out: Vec::new(),
    };
    match (&sink.payload.form, limits.max_batch_events) {
        (Form::Single, _) => {
            lines.out.push(comment(4, "A request carries one event."));
            lines.plain("max_batch_events=1");
        }
        (_, Some(limit)) => lines.cited("max_batch_events", limit),
        (_, None) => {
            let why = "No limit is known; this one bounds the work of one request.";
            lines.out.push(comment(4, why));
            lines.plain("max_batch_events=1_000_000");
        }
    }
    lines.cited("max_batch_bytes", limits.max_batch_bytes);
    lines.cited("max_event_bytes", limits.max_event_bytes);
    if limits.event_basis == EventBasis::Line {
        lines.plain("counts_line=True");
    }
    lines.plain(&format!("oversize=Oversize.{oversize}"));
    lines.time("max_age_seconds", limits.max_age, TimePolicy::DeadLetter);
    lines.time(
        "max_ahead_seconds",
        limits.max_ahead,
        TimePolicy::DeadLetter,
    );
    lines.time("clamp_age_seconds", limits.max_age, TimePolicy::Clamp);
    lines.time("clamp_ahead_seconds", limits.max_ahead, TimePolicy::Clamp);
    if let Some(span) = limits.max_span {
        lines.cited("max_span_seconds", span);
    }
    lines.plain(&format!("order=Order.{order}"));
    if sink.is_partitioned() {
        lines.plain("partitioned=True");
    }
    let sizing = limits.sizing;
    let group = if sizing.group == 0 {
        String::new()
    } else {
        format!(", group={}", sizing.group)
    };
    lines.plain(&format!(
        "sizing=Sizing(batch={}, record={}{group})",
        sizing.batch, sizing.record
    ));
    lines.out.join("\n")
}

/// Lines of a call; a source that stands above the line before is not named again.
struct Lines<'a> {
    sink: &'a Sink,
    last: Option<SourceId>,
    out: Vec<String>,
}

impl Lines<'_> {
    fn plain(&mut self, argument: &str) {
        self.out.push(format!("    {argument},"));
    }

    fn cited(&mut self, name: &str, limit: Cited<u64>) {
        if self.last != Some(limit.source) {
            let source = self.sink.source(limit.source);
            let (title, checked) = (plain(&source.title), plain(&source.checked));
            self.out
                .push(comment(4, &format!("{title}, read {checked}.")));
            self.last = Some(limit.source);
        }
        self.plain(&format!("{name}={}", number(limit.value)));
    }

    fn time(&mut self, name: &str, limit: Option<TimeLimit>, policy: TimePolicy) {
        if let Some(limit) = limit.filter(|limit| limit.policy == policy) {
            self.cited(name, limit.seconds);
        }
    }
}

/// What fapilog and its validators read about the plugin.
fn metadata(sink: &Sink, place: &Place) -> String {
    let prefix = &sink.type_prefix;
    let text = |text: &str| Expr::text(literal(text));
    let dependencies = project::requirements(sink);
    let items = [
        ("name", text(&sink.python_plugin)),
        ("version", text("1.0.0")),
        ("plugin_type", text("sink")),
        (
            "entry_point",
            text(&format!("{}.{}_sink:{prefix}Sink", place.package, sink.id)),
        ),
        (
            "description",
            text(&format!("Ships events to {}.", plain(&sink.title))),
        ),
        ("author", text("fapilog-gen")),
        (
            "compatibility",
            Expr::dict([(literal("min_fapilog_version"), text("0.18.0"))]),
        ),
        ("api_version", text("1.0")),
        (
            "dependencies",
            Expr::list(dependencies.iter().map(|each| text(each))),
        ),
    ];
    let items = items.into_iter().map(|(key, value)| (literal(key), value));
    statement(
        0,
        "PLUGIN_METADATA: dict[str, Any] = ",
        &Expr::dict(items),
        "",
    )
}

/// The modules the transport imports and what installs them.
fn needs(sink: &Sink, place: &Place) -> String {
    let installs = literal(&place.installs(sink));
    let modules = project::modules(sink).into_iter();
    let items = modules.map(|module| (literal(module), Expr::text(&installs)));
    statement(
        4,
        "needs: ClassVar[Mapping[str, str]] = ",
        &Expr::dict(items),
        "",
    )
}

/// The AWS SDK's transport takes its options by name; a setting the spec does not have stays at
/// its default.
fn options(sink: &Sink) -> String {
    let known = [
        "log_group",
        "log_stream",
        "region",
        "endpoint_url",
        "create_log_group",
        "create_log_stream",
        "retention_days",
    ];
    let settings = known.into_iter().filter_map(|option| {
        let field = field(sink, sink.setting_named(option)?);
        let is_text = matches!(option, "log_group" | "log_stream");
        let absent = if is_text && field.may_be_none() {
            " or \"\""
        } else {
            ""
        };
        Some(format!("            {option}={}{absent},", field.value()))
    });
    settings.collect::<Vec<_>>().join("\n")
}

/// What the class does; the vendor's own words after a short line where they are long.
fn class_docs(sink: &Sink) -> Vec<String> {
    let whole = sentence(&sink.summary).replace('`', "``");
    if whole.chars().count() <= LONGEST_SUMMARY {
        return vec![whole];
    }
    vec![format!("Ships events to {}.", plain(&sink.title)), whole]
}
