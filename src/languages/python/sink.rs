//! The sink module of one provider: its limits, what fapilog reads about it, the sink itself.

use minijinja::{Value, context};

use super::layout::{Expr, exports, import, statement};
use super::names::plugin;
use super::project;
use super::settings::{self, grouped};
use super::text::{comment, docstring, literal};
use super::{Place, config};
use crate::languages::common::framing::sizing;
use crate::spec::model::{
    Framing, Ordering, OversizePolicy, Spec, TimeLimit, Transport, VendorBehaviour,
};
use crate::text::{plain, sentence};

/// What the sink's template needs.
#[must_use]
pub fn context(spec: &Spec, place: &Place) -> Value {
    let prefix = spec.type_prefix();
    let is_http = spec.transport == Transport::Http;
    let delivery = format!(
        "Delivery is at-least-once while the process lives: an attempt whose answer is lost is repeated, so {} \
         may store an event twice.",
        plain(&spec.title)
    );
    let summary = format!("The {} sink for fapilog.", plain(&spec.title));
    let docs = [summary.clone(), sentence(&spec.summary), delivery];
    let mut public = vec!["LIMITS".to_owned(), "PLUGIN_METADATA".to_owned()];
    public.extend([format!("{prefix}Sink"), format!("{prefix}SinkConfig")]);
    public.extend(config::enums(spec));
    let public: Vec<&str> = public.iter().map(String::as_str).collect();
    context! {
        title => docstring(0, &docs),
        prefix => prefix.as_str(),
        id => spec.id.as_str(),
        docs => docstring(4, &[sentence(&spec.summary).replace('`', "``")]),
        uses => uses(spec),
        exports => exports(&public),
        limits => limits(spec),
        metadata => metadata(spec, place),
        name => literal(&plugin(spec)),
        needs => needs(spec, place),
        counts_action => matches!(spec.payload.framing, Framing::ActionLines { .. }),
        transport => if is_http { http(&prefix, &spec.id) } else { sdk(spec) },
    }
}

fn uses(spec: &Spec) -> Vec<String> {
    let prefix = spec.type_prefix();
    let mut lines = vec!["from collections.abc import Mapping".to_owned()];
    let counts_action = matches!(spec.payload.framing, Framing::ActionLines { .. });
    if counts_action {
        lines.push("from dataclasses import replace".to_owned());
    }
    lines.push("from typing import Any, ClassVar".to_owned());
    lines.push(String::new());
    let mut names = config::enums(spec);
    names.push(format!("{prefix}SinkConfig"));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    lines.push(import(&format!("._{}_config", spec.id), &names));
    lines.push(import(
        &format!("._{}_encoder", spec.id),
        &[&format!("{prefix}Encoder")],
    ));
    let names = [
        "CloudSinkBase",
        "Limits",
        "Order",
        "Oversize",
        "Sizing",
        "Transport",
    ];
    lines.push(import(".cloud_sink_base", &names));
    lines
}

/// The limits, each below the source of its number.
fn limits(spec: &Spec) -> String {
    let limits = &spec.limits;
    let sizing = sizing(spec);
    let oversize = match limits.max_event_bytes.policy {
        OversizePolicy::Truncate => "TRUNCATE",
        OversizePolicy::DeadLetter => "DEAD_LETTER",
    };
    let order = match limits.ordering {
        Ordering::None => "ANY",
        Ordering::WithinBatch => "WITHIN_BATCH",
        Ordering::AcrossBatches => "ACROSS_BATCHES",
    };
    let mut lines: Vec<String> = Vec::new();
    if let Some(limit) = &limits.max_batch_events {
        lines.push(cited(spec, &limit.source));
        lines.push(format!("    max_batch_events={},", grouped(limit.value)));
    } else {
        let why = "No limit is known; this one bounds the work of one request.";
        lines.push(comment(4, why));
        lines.push("    max_batch_events=1_000_000,".to_owned());
    }
    lines.push(cited(spec, &limits.max_batch_bytes.source));
    lines.push(format!(
        "    max_batch_bytes={},",
        grouped(limits.max_batch_bytes.value)
    ));
    lines.push(cited(spec, &limits.max_event_bytes.source));
    lines.push(format!(
        "    max_event_bytes={},",
        grouped(limits.max_event_bytes.value)
    ));
    lines.push(format!("    oversize=Oversize.{oversize},"));
    let is_silent = |limit: &&TimeLimit| limit.vendor == VendorBehaviour::Discards;
    lines.extend(
        time(
            spec,
            "max_age_seconds",
            limits.max_age.as_ref().filter(is_silent),
        )
        .unwrap_or_default(),
    );
    lines.extend(
        time(
            spec,
            "max_ahead_seconds",
            limits.max_ahead.as_ref().filter(is_silent),
        )
        .unwrap_or_default(),
    );
    lines.extend(time(spec, "max_span_seconds", limits.max_span.as_ref()).unwrap_or_default());
    lines.push(format!("    order=Order.{order},"));
    let group = if sizing.group == 0 {
        String::new()
    } else {
        format!(", group={}", sizing.group)
    };
    lines.push(format!(
        "    sizing=Sizing(batch={}, record={}{group}),",
        sizing.batch, sizing.record
    ));
    without_repeated_comments(lines).join("\n")
}

/// A source that stands above the line before is not named again.
fn without_repeated_comments(lines: Vec<String>) -> Vec<String> {
    let mut last = String::new();
    let mut out = Vec::new();
    for line in lines {
        if line.trim_start().starts_with('#') && !line.contains('=') {
            if line == last {
                continue;
            }
            last.clone_from(&line);
        }
        out.push(line);
    }
    out
}

fn time(spec: &Spec, name: &str, limit: Option<&TimeLimit>) -> Option<Vec<String>> {
    limit.map(|limit| {
        vec![
            cited(spec, &limit.source),
            format!("    {name}={},", grouped(limit.seconds)),
        ]
    })
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

/// What fapilog and its validators read about the plugin.
fn metadata(spec: &Spec, place: &Place) -> String {
    let prefix = spec.type_prefix();
    let text = |text: &str| Expr::text(literal(text));
    let dependencies = project::requirements(spec)
        .iter()
        .map(|each| text(each))
        .collect::<Vec<_>>();
    let items = [
        ("name", text(&plugin(spec))),
        ("version", text("1.0.0")),
        ("plugin_type", text("sink")),
        (
            "entry_point",
            text(&format!("{}.{}_sink:{prefix}Sink", place.package, spec.id)),
        ),
        (
            "description",
            text(&format!("Ships events to {}.", plain(&spec.title))),
        ),
        ("author", text("fapilog-gen")),
        (
            "compatibility",
            Expr::dict([(literal("min_fapilog_version"), text("0.18.0"))]),
        ),
        ("api_version", text("1.0")),
        ("dependencies", Expr::list(dependencies)),
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
fn needs(spec: &Spec, place: &Place) -> String {
    let installs = literal(&place.installs(spec));
    let items = project::modules(spec)
        .into_iter()
        .map(|module| (literal(module), Expr::text(&installs)));
    statement(
        4,
        "needs: ClassVar[Mapping[str, str]] = ",
        &Expr::dict(items),
        "",
    )
}

fn http(prefix: &str, id: &str) -> String {
    format!(
        "        # Imported here, so that this module can be imported without its extra.
        from ._{id}_transport import {prefix}Transport  # noqa: PLC0415

        return {prefix}Transport(self.config, self._encoder)"
    )
}

/// The AWS SDK's transport takes its options by name; a setting the spec does not have stays at
/// its default.
fn sdk(spec: &Spec) -> String {
    let mut arguments = Vec::new();
    for (option, is_text) in [
        ("log_group", true),
        ("log_stream", true),
        ("region", false),
        ("endpoint_url", false),
        ("create_log_group", false),
        ("create_log_stream", false),
        ("retention_days", false),
    ] {
        if let Some(setting) = settings::find(spec, option) {
            let absent = if is_text && setting.is_optional() {
                " or \"\""
            } else {
                ""
            };
            arguments.push(Expr::keyword(
                option,
                Expr::text(format!("config.{option}{absent}")),
            ));
        }
    }
    arguments.push(Expr::keyword(
        "timeout_seconds",
        Expr::text("config.timeout_seconds"),
    ));
    arguments.push(Expr::keyword(
        "max_connections",
        Expr::text("config.max_in_flight"),
    ));
    let options = statement(
        8,
        "options = ",
        &Expr::call("CloudWatchOptions", arguments),
        "",
    );
    format!(
        "        # Imported here, so that this module can be imported without its extra.
        from .cloud_sink_parts._aws_cloudwatch_logs import (  # noqa: PLC0415
            CloudWatchOptions,
            CloudWatchTransport,
        )

        config = self.config
{options}
        return CloudWatchTransport(options)"
    )
}
