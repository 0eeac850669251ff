//! The module file of one provider, for `provider/mod.rs.j2`: its limits and how the sink is put
//! together.

mod limits;
mod parts;

use minijinja::{Value, context};

use super::fields::fields;
use super::layout::{pub_use_names, use_names};
use super::text::{block, doc, title};
use crate::spec::model::{Spec, Transport};
use crate::text::sentence;

/// What the module's template needs.
#[must_use]
pub fn context(spec: &Spec) -> Value {
    let is_http = spec.transport == Transport::Http;
    let limits = limits::fields(spec);
    context! {
        summary => doc(0, "//!", &sentence(&spec.summary)),
        title_doc => title(spec),
        modules => if is_http { vec!["transport"] } else { Vec::new() },
        uses => uses(spec),
        config_use => config_use(spec),
        exports => exports(spec),
        limits => limits,
        parts => block(if is_http { parts::http(spec) } else { parts::sdk(spec) }),
        prefix => spec.type_prefix(),
    }
}

fn uses(spec: &Spec) -> Vec<String> {
    let mut lines = vec![
        "use std::sync::Arc;".to_owned(),
        "use std::time::Duration;".to_owned(),
        String::new(),
    ];
    let names = [
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
    let mut names = vec![format!("{}SinkConfig", spec.type_prefix())];
    names.extend(fields(spec).into_iter().filter_map(|field| field.choice));
    if spec.compression.offered.len() > 1 {
        names.push("Compression".to_owned());
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    pub_use_names("config", &names)
}

fn exports(spec: &Spec) -> Vec<String> {
    match spec.transport {
        Transport::Http => vec![format!(
            "pub use transport::{{{}Transport, classify}};",
            spec.type_prefix()
        )],
        Transport::AwsCloudwatchLogs => Vec::new(),
    }
}
