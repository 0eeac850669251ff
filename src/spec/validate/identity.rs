//! `id`, `names`, `sources`.

use time::Date;
use time::macros::format_description;

use super::{At, Validator, names};

/// Names under which fapilog 0.18 has sinks of its own, aliases included: an entry point with such a
/// name is never loaded.
const FAPILOG_SINKS: [&str; 13] = [
    "cloud_watch",
    "cloudwatch",
    "grafana_loki",
    "http",
    "loki",
    "mmap_persistence",
    "postgres",
    "postgresql",
    "rotating_file",
    "routing",
    "stdout_json",
    "stdout_pretty",
    "webhook",
];

pub fn check(v: &mut Validator<'_>) {
    let spec = v.spec;
    if let Some(why) = names::bad_module(&spec.id) {
        v.report(
            &At::root("id"),
            format!("`{}` cannot be an id: {why}", spec.id),
        );
    }
    v.require_text(&At::root("title"), &spec.title, "`title`");
    v.require_text(&At::root("summary"), &spec.summary, "`summary`");
    check_url(v, &At::root("docs_url"), &spec.docs_url);
    check_names(v);
    check_sources(v);
}

fn check_names(v: &mut Validator<'_>) {
    let at = At::root("names");
    if let Some(prefix) = &v.spec.names.type_prefix
        && !names::is_type_name(prefix)
    {
        let message = format!("`{prefix}` cannot start a type name");
        v.report_hint(
            &at.key("type_prefix"),
            message,
            "write it like `CloudWatch`",
        );
    }
    if v.spec.type_prefix() == "Cloud" {
        let given = v.spec.names.type_prefix.is_some();
        let at = if given {
            at.key("type_prefix")
        } else {
            At::root("id")
        };
        let hint = "choose another `names.type_prefix`";
        v.report_hint(&at, "the runtime already has a type `CloudSink`", hint);
    }
    let plugin = v.spec.names.python_plugin.as_ref();
    let name = plugin.unwrap_or(&v.spec.id).replace('-', "_");
    if FAPILOG_SINKS.contains(&name.as_str()) {
        let at = if plugin.is_some() {
            at.key("python_plugin")
        } else {
            At::root("id")
        };
        let message =
            format!("`{name}` is a sink of fapilog itself, which would be loaded instead");
        v.report_hint(
            &at,
            message,
            format!(
                "give the Python plugin another name: `names: {{ python_plugin: cloud_{name} }}`"
            ),
        );
    }
    if let Some(plugin) = plugin {
        let plain = plugin.replace('-', "_");
        if let Some(why) = names::bad_identifier(&plain) {
            v.report(
                &at.key("python_plugin"),
                format!("`{plugin}` cannot name a plugin: {why}"),
            );
        }
    }
}

fn check_sources(v: &mut Validator<'_>) {
    let spec = v.spec;
    for (key, source) in &spec.sources {
        let at = At::root("sources").key(key);
        if let Some(why) = names::bad_identifier(key) {
            v.report_key(&at, format!("`{key}` cannot name a source: {why}"));
        }
        v.require_text(&at.key("title"), &source.title, "`title`");
        if let Some(url) = &source.url {
            check_url(v, &at.key("url"), url);
        }
        require_date(v, &at.key("checked"), &source.checked);
    }
}

/// Reports what is no day.
pub fn require_date(v: &mut Validator<'_>, at: &At<'_>, text: &str) {
    let format = format_description!("[year]-[month]-[day]");
    if Date::parse(text, format).is_err() {
        let message = format!("`{text}` is not a date");
        v.report_hint(at, message, "write it as `YYYY-MM-DD`");
    }
}

fn check_url(v: &mut Validator<'_>, at: &At<'_>, url: &str) {
    if let Some(why) = names::bad_url(url) {
        v.report(at, format!("not a web address: {why}"));
    }
}
