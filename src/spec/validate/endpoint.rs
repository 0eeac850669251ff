//! `endpoint`: addresses whose holes can be filled, headers that are headers.

use indexmap::IndexMap;

use super::auth::check_header_name;
use super::{At, Validator, names};
use crate::spec::model::{Endpoint, FieldType, Health, Method, Transport};
use crate::spec::resolve::holes;

/// Headers that other sections decide.
const DECIDED_ELSEWHERE: [(&str, &str); 5] = [
    ("content-type", "`payload.content_type`"),
    ("content-encoding", "`compression`"),
    ("content-length", "the HTTP client"),
    ("host", "the HTTP client"),
    ("authorization", "`auth`"),
];

pub fn check(v: &mut Validator<'_>) {
    let Some(endpoint) = &v.spec.endpoint else {
        if v.spec.transport == Transport::Http {
            v.report_key(
                &At::root("endpoint"),
                "the transport `http` needs an `endpoint`",
            );
        }
        check_has_url(v);
        return;
    };
    let at = At::root("endpoint");
    check_base(v, &at.key("base"), &endpoint.base);
    check_path(v, &at.key("path"), &endpoint.path);
    check_override(v, &at, endpoint);
    if matches!(
        endpoint.method,
        Method::Get | Method::Head | Method::Options
    ) {
        v.report(&at.key("method"), "events are sent with POST or PUT");
    }
    for (name, value) in &endpoint.query {
        v.check_holes(&at.key("query").key(name), value);
    }
    for (name, value) in &endpoint.headers {
        let at = at.key("headers").key(name);
        let lower = name.to_ascii_lowercase();
        if let Some((_, owner)) = DECIDED_ELSEWHERE.iter().find(|(taken, _)| *taken == lower) {
            v.report_key(&at, format!("the header `{name}` is set by {owner}"));
        }
        v.check_holes(&at, value);
    }
    check_headers(v, &at.key("headers"), &endpoint.headers);
    if let Some(health) = &endpoint.health {
        check_health(v, &at.key("health"), health);
    }
}

/// Without a way to point the sink elsewhere it cannot be tried or tested.
fn check_has_url(v: &mut Validator<'_>) {
    if !v
        .spec
        .config
        .values()
        .any(|field| field.kind == FieldType::Url)
    {
        v.report_key_hint(
            &At::root("config"),
            "no config field of type `url`",
            "add one that replaces the endpoint, for proxies and tests",
        );
    }
}

fn check_override(v: &mut Validator<'_>, at: &At<'_>, endpoint: &Endpoint) {
    if let Some(name) = &endpoint.override_field {
        let at = at.key("override");
        let field = v.check_setting(&at, name, &[FieldType::Url]);
        if field.is_some_and(|field| field.env.is_empty()) {
            let message = format!("`{name}` replaces the endpoint but has no `env`");
            v.report_hint(
                &at,
                message,
                "give it one: the mock and tests work by environment",
            );
        }
        return;
    }
    let base_is_a_setting = holes(&endpoint.base).any(|hole| {
        let field = hole.ok().and_then(|name| v.config_field(name));
        field.is_some_and(|field| field.kind == FieldType::Url)
    });
    if !base_is_a_setting && v.spec.transport == Transport::Http {
        v.report_key_hint(
            at,
            "`endpoint` has no `override`",
            "name a config field of type `url`, for proxies and tests",
        );
    }
}

fn check_base(v: &mut Validator<'_>, at: &At<'_>, base: &str) {
    v.check_holes(at, base);
    let whole = base.starts_with('{') && base.find('}') == Some(base.len() - 1);
    if whole {
        let name = base.trim_matches(['{', '}']);
        if v.config_field(name).is_some() {
            v.check_setting(at, name, &[FieldType::Url]);
        }
        return;
    }
    let filled = base.replace(['{', '}'], "");
    if let Some(why) = names::bad_url(&filled) {
        v.report(at, format!("not a web address: {why}"));
    } else if base.splitn(4, '/').nth(3).is_some() {
        v.report_hint(at, "the base has a path", "it belongs in `path`");
    }
}

fn check_path(v: &mut Validator<'_>, at: &At<'_>, path: &str) {
    v.check_holes(at, path);
    if !path.starts_with('/') {
        v.report(at, format!("the path `{path}` does not start with `/`"));
    }
    if path.contains(|c: char| c.is_whitespace() || "?#\\".contains(c)) {
        let hint = "parameters stand in `query`";
        v.report_hint(
            at,
            format!("the path `{path}` has a character a path cannot have"),
            hint,
        );
    }
}

fn check_health(v: &mut Validator<'_>, at: &At<'_>, health: &Health) {
    if let Some(base) = &health.base {
        check_base(v, &at.key("base"), base);
    }
    check_path(v, &at.key("path"), &health.path);
    let has_body = matches!(health.method, Some(Method::Post | Method::Put));
    if health.body.is_some() && !has_body {
        v.report_hint(
            &at.key("body"),
            "a body needs the method POST or PUT",
            "set `method`",
        );
    }
    if health.healthy.is_empty() {
        v.report(&at.key("healthy"), "no status means healthy");
    }
    super::responses::check_statuses(v, &at.key("healthy"), &health.healthy);
}

pub fn check_headers(v: &mut Validator<'_>, at: &At<'_>, headers: &IndexMap<String, String>) {
    for (index, (name, value)) in headers.iter().enumerate() {
        let at = at.key(name);
        if !names::is_token(name) {
            check_header_name(v, &at, name);
        }
        if headers
            .keys()
            .take(index)
            .any(|other| other.eq_ignore_ascii_case(name))
        {
            v.report_key(&at, format!("the header `{name}` is given twice"));
        }
        if !value.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            v.report(
                &at,
                format!("the value of the header `{name}` is not plain ASCII"),
            );
        }
    }
}
