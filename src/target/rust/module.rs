//! The module file of one provider: its limits and how the sink is put together.

use minijinja::{Value, context};

use super::config::title;
use super::fields::{find, number};
use super::framing::sizing;
use super::layout::use_names;
use super::mentions::mentions;
use super::names::type_prefix;
use super::text::{block, comment, doc, plain, sentence};
use crate::provider::model::{
    Framing, Ordering, OversizePolicy, Spec, TimeLimit, Transport, VendorBehaviour,
};

/// What the module's template needs.
#[must_use]
pub fn context(spec: &Spec) -> Value {
    let is_http = spec.transport == Transport::Http;
    let limits = limits(spec);
    context! {
        summary => doc(0, "//!", &sentence(&spec.summary)),
        title_doc => title(spec),
        modules => if is_http { vec!["transport"] } else { Vec::new() },
        uses => uses(spec, &limits),
        config_use => config_use(spec),
        exports => exports(spec),
        limits => limits,
        parts => block(if is_http { http_parts(spec) } else { sdk_parts(spec) }),
        prefix => type_prefix(spec),
    }
}

fn uses(spec: &Spec, limits: &str) -> Vec<String> {
    let mut lines = vec![
        "use std::ops::Deref;".to_owned(),
        "use std::sync::Arc;".to_owned(),
    ];
    if mentions(limits, "Duration") {
        lines.push("use std::time::Duration;".to_owned());
    }
    lines.push(String::new());
    let names = [
        "CloudSink",
        "Limits",
        "Order",
        "Oversize",
        "SinkParts",
        "Sizing",
        "StartError",
    ];
    lines.push(use_names("super::cloud_sink_base", &names));
    if spec.transport == Transport::AwsCloudwatchLogs {
        let names = ["CloudWatchOptions", "CloudWatchTransport"];
        lines.push(use_names(
            "super::cloud_sink_parts::aws_cloudwatch_logs",
            &names,
        ));
    }
    lines
}

/// The names the config module exports.
fn config_use(spec: &Spec) -> String {
    let mut names = vec![format!("{}SinkConfig", type_prefix(spec))];
    names.extend(
        super::fields::fields(spec)
            .into_iter()
            .filter_map(|field| field.choice),
    );
    if spec.compression.offered.len() > 1 {
        names.push("Compression".to_owned());
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    format!("pub {}", use_names("config", &names))
}

fn exports(spec: &Spec) -> Vec<String> {
    match spec.transport {
        Transport::Http => vec![format!(
            "pub use transport::{{{}Transport, classify}};",
            type_prefix(spec)
        )],
        Transport::AwsCloudwatchLogs => Vec::new(),
    }
}

/// The fields of `LIMITS`, each below the source of its number.
fn limits(spec: &Spec) -> String {
    let limits = &spec.limits;
    let sizing = sizing(spec);
    let oversize = match limits.max_event_bytes.policy {
        OversizePolicy::Truncate => "Truncate",
        OversizePolicy::DeadLetter => "DeadLetter",
    };
    let order = match limits.ordering {
        Ordering::None => "Any",
        Ordering::WithinBatch => "WithinBatch",
        Ordering::AcrossBatches => "AcrossBatches",
    };
    let mut lines = Vec::new();
    match &limits.max_batch_events {
        Some(limit) => {
            lines.push(cited(spec, &limit.source));
            lines.push(format!("    max_batch_events: {},", number(limit.value)));
        }
        None => lines.push("    max_batch_events: usize::MAX,".to_owned()),
    }
    lines.push(cited(spec, &limits.max_batch_bytes.source));
    lines.push(format!(
        "    max_batch_bytes: {},",
        number(limits.max_batch_bytes.value)
    ));
    lines.push(cited(spec, &limits.max_event_bytes.source));
    lines.push(format!(
        "    max_event_bytes: {},",
        number(limits.max_event_bytes.value)
    ));
    lines.push(format!("    oversize: Oversize::{oversize},"));
    lines.extend(time(
        spec,
        "max_age",
        limits.max_age.as_ref().filter(|limit| is_silent(limit)),
    ));
    lines.extend(time(
        spec,
        "max_ahead",
        limits.max_ahead.as_ref().filter(|limit| is_silent(limit)),
    ));
    lines.extend(time(spec, "max_span", limits.max_span.as_ref()));
    lines.push(format!("    order: Order::{order},"));
    lines.push("    sizing: Sizing {".to_owned());
    lines.push(format!("        batch: {},", number(sizing.batch)));
    lines.push(format!("        record: {},", number(sizing.record)));
    lines.push(format!("        group: {},", number(sizing.group)));
    lines.push("    },".to_owned());
    without_repeated_sources(&lines)
}

/// A source stands above the first of the numbers that follow from it.
fn without_repeated_sources(lines: &[String]) -> String {
    let mut last = "";
    let mut out: Vec<&str> = Vec::new();
    for line in lines {
        let is_source = line.starts_with("    //");
        if !is_source || line != last {
            out.push(line);
        }
        if is_source {
            last = line;
        }
    }
    out.join("\n")
}

/// Only what the provider discards without a word must be kept back; the rest it refuses itself.
fn is_silent(limit: &TimeLimit) -> bool {
    limit.vendor == VendorBehaviour::Discards
}

fn time(spec: &Spec, name: &str, limit: Option<&TimeLimit>) -> Vec<String> {
    let Some(limit) = limit else {
        return vec![format!("    {name}: None,")];
    };
    let seconds = number(limit.seconds);
    let field = format!("    {name}: Some(Duration::from_secs({seconds})),");
    vec![cited(spec, &limit.source), field]
}

/// Where a number comes from, as a comment.
fn cited(spec: &Spec, source: &str) -> String {
    match spec.sources.get(source) {
        Some(source) => comment(
            4,
            &format!("{}, read {}.", plain(&source.title), plain(&source.checked)),
        ),
        None => comment(4, &plain(source)),
    }
}

/// The limits as an expression: an action line is counted once its settings are known.
fn limits_expression(spec: &Spec) -> &'static str {
    if matches!(spec.payload.framing, Framing::ActionLines { .. }) {
        "limits"
    } else {
        "LIMITS"
    }
}

fn http_parts(spec: &Spec) -> String {
    let prefix = type_prefix(spec);
    let mut out = format!("    let encoder = Arc::new({prefix}Encoder::new(&config));\n");
    if limits_expression(spec) == "limits" {
        out += "    let mut limits = LIMITS;\n    limits.sizing.record += encoder.action_len();\n";
    }
    out += "    Ok(SinkParts {\n";
    out += &format!("        name: {},\n", super::text::literal(&spec.id));
    out += "        encoder: encoder.clone(),\n";
    out += match limits_expression(spec) {
        "limits" => "        limits,\n",
        _ => "        limits: LIMITS,\n",
    };
    out += "        delivery: config.delivery.clone(),\n";
    out += "        transport: Box::new(move || {\n";
    out += &format!("            let transport = {prefix}Transport::new(&config, encoder)?;\n");
    out + "            Ok(Arc::new(transport))\n        }),\n    })\n"
}

/// The AWS SDK's transport takes its options by name; a setting the spec does not have is unset.
fn sdk_parts(spec: &Spec) -> String {
    let prefix = type_prefix(spec);
    let option = |name: &str, absent: &str| match find(spec, name) {
        Some(field) => (field.name.clone(), field.is_optional()),
        None => (absent.to_owned(), false),
    };
    let field = |option_name: &str, key: &str, optional_type: bool, absent: &str| {
        let (name, is_optional) = option(key, "");
        let value = match (name.is_empty(), optional_type, is_optional) {
            (true, ..) => absent.to_owned(),
            (false, true, false) => format!("Some(config.{name})"),
            _ => format!("config.{name}"),
        };
        format!("        {option_name}: {value},\n")
    };
    let mut out = "    let delivery = config.delivery.clone();\n".to_owned();
    out += &format!("    let encoder = Arc::new({prefix}Encoder::new(&config));\n");
    out += "    let options = CloudWatchOptions {\n";
    out += &field("log_group", "log_group", false, "String::new()");
    out += &field("log_stream", "log_stream", false, "String::new()");
    out += &field("region", "region", true, "None");
    out += &field("endpoint_url", "endpoint_url", true, "None");
    out += &field("create_log_group", "create_log_group", false, "true");
    out += &field("create_log_stream", "create_log_stream", false, "true");
    out += match find(spec, "retention_days") {
        Some(_) => {
            "        retention_days: config
            .retention_days
            .and_then(|days| i32::try_from(days).ok()),\n"
        }
        None => "        retention_days: None,\n",
    };
    out += "        attempt_timeout: delivery.attempt_timeout,\n    };\n";
    out += "    Ok(SinkParts {\n";
    out += &format!("        name: {},\n", super::text::literal(&spec.id));
    out += "        encoder,\n        limits: LIMITS,\n        delivery,\n";
    out +=
        "        transport: Box::new(move || Ok(Arc::new(CloudWatchTransport::new(options)))),\n";
    out + "    })\n"
}
