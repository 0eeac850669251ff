//! `id`, `names`, `sources`.

use time::Date;
use time::macros::format_description;

use super::{At, Validator, names};

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
    if let Some(plugin) = &v.spec.names.python_plugin {
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
        let format = format_description!("[year]-[month]-[day]");
        if Date::parse(&source.checked, format).is_err() {
            let message = format!("`{}` is not a date", source.checked);
            v.report_hint(&at.key("checked"), message, "write it as `YYYY-MM-DD`");
        }
    }
}

fn check_url(v: &mut Validator<'_>, at: &At<'_>, url: &str) {
    if let Some(why) = names::bad_url(url) {
        v.report(at, format!("not a web address: {why}"));
    }
}
