//! `endpoint`: addresses whose holes can be filled, headers that are headers.

use indexmap::IndexMap;

use super::auth::check_header_name;
use super::{At, Holes, Validator, names};
use crate::spec::model::{Endpoint, FieldType, Health, Method, Transport};
use crate::spec::template::{self, Piece};

/// Headers that other sections decide.
pub const DECIDED_ELSEWHERE: [(&str, &str); 12] = [
    ("content-type", "`payload.content_type`"),
    ("content-encoding", "`compression`"),
    ("content-length", "the HTTP client"),
    ("host", "the HTTP client"),
    ("transfer-encoding", "the HTTP client"),
    ("connection", "the HTTP client"),
    ("keep-alive", "the HTTP client"),
    ("te", "the HTTP client"),
    ("trailer", "the HTTP client"),
    ("upgrade", "the HTTP client"),
    ("expect", "the HTTP client"),
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
    check_path(v, &at.key("path"), &endpoint.path, Holes::PATH);
    check_override(v, &at, endpoint);
    check_whole(v, &at, endpoint);
    if matches!(
        endpoint.method,
        Method::Get | Method::Head | Method::Options
    ) {
        v.report(&at.key("method"), "events are sent with POST or PUT");
    }
    for (name, value) in &endpoint.query {
        let at = at.key("query").key(name);
        v.check_holes(&at, value, Holes::QUERY);
        check_each(v, &at, name, value);
    }
    for (name, value) in &endpoint.headers {
        let at = at.key("headers").key(name);
        let lower = name.to_ascii_lowercase();
        if let Some((_, owner)) = DECIDED_ELSEWHERE.iter().find(|(taken, _)| *taken == lower) {
            v.report_key(&at, format!("the header `{name}` is set by {owner}"));
        }
        if !(name == "*" && is_secret_map(v, value)) {
            v.check_holes(&at, value, Holes::VALUE);
            check_each(v, &at, name, value);
        }
        if value.trim() != value || value.is_empty() {
            let message =
                format!("the value of the header `{name}` is empty, or has a space at its edge");
            v.report_hint(&at, message, "HTTP takes spaces at the edges away");
        }
    }
    check_headers(v, &at.key("headers"), &endpoint.headers);
    if let Some(health) = &endpoint.health {
        check_health(v, &at.key("health"), health);
    }
    if let Some(acknowledgement) = &endpoint.acknowledgement {
        super::acknowledgement::check(v, &at.key("acknowledgement"), acknowledgement);
    }
    check_no_events(v, &at, endpoint);
}

/// With labels, and through an SDK, nothing else decides which events travel together.
fn check_no_events<'a>(v: &mut Validator<'a>, at: &At<'a>, endpoint: &'a Endpoint) {
    let grouped = v.spec.payload.streams.is_some();
    if !grouped && v.spec.transport == Transport::Http {
        return;
    }
    let mut places = vec![(at.key("path"), &endpoint.path)];
    let queries = endpoint.query.iter();
    places.extend(queries.map(|(name, text)| (at.key("query").key(name), text)));
    let headers = endpoint.headers.iter();
    places.extend(headers.map(|(name, text)| (at.key("headers").key(name), text)));
    for (at, text) in places {
        let pieces = template::pieces(text).unwrap_or_default();
        if pieces.iter().any(|piece| matches!(piece, Piece::Event(_))) {
            let hint = if grouped {
                "events are grouped by `payload.streams.labels` only"
            } else {
                "an SDK makes its own requests"
            };
            v.report_hint(&at, "events cannot be told apart by this", hint);
        }
    }
}

/// Whether a header text is one setting whose values are secrets.
fn is_secret_map(v: &Validator<'_>, text: &str) -> bool {
    let pieces = template::pieces(text);
    matches!(
        pieces.as_deref(),
        Ok([Piece::Setting(name)])
            if v.config_field(name).is_some_and(|field| field.kind == FieldType::SecretMap)
    )
}

/// The key `"*"` takes one map setting.
fn check_each(v: &mut Validator<'_>, at: &At<'_>, name: &str, value: &str) {
    if name != "*" {
        return;
    }
    match template::pieces(value).as_deref() {
        Ok([Piece::Setting(setting)]) => {
            if v.config_field(setting).is_some() {
                v.check_setting(at, setting, &[FieldType::Map]);
            }
        }
        Ok(_) => {
            let hint = "write one config field of type `map`: `\"*\": \"{headers}\"`";
            v.report_hint(
                at,
                "`\"*\"` makes a header or parameter of each pair of a map",
                hint,
            );
        }
        // Reported where holes are checked.
        Err(_) => {}
    }
}

/// Without a way to point the sink elsewhere it cannot be tried or tested.
fn check_has_url(v: &mut Validator<'_>) {
    if !v.spec.config.values().any(|field| field.kind.is_url()) {
        v.report_key_hint(
            &At::root("config"),
            "no config field of type `url`",
            "add one that replaces the endpoint, for proxies and tests",
        );
    }
}

fn check_override(v: &mut Validator<'_>, at: &At<'_>, endpoint: &Endpoint) {
    let Some(name) = v.spec.override_name() else {
        if v.spec.transport == Transport::Http {
            let hint = "name a config field of type `url` that replaces the base, for proxies, `try` and tests: \
                        `override: url`";
            v.report_key_hint(at, "`endpoint` has no `override`", hint);
        }
        return;
    };
    if endpoint.override_field.is_some() {
        let types = [FieldType::Url, FieldType::SecretUrl];
        v.check_setting(&at.key("override"), name, &types);
    }
    let whole = format!("{{{name}}}");
    let field = v.config_field(name);
    if endpoint.base == whole && field.is_some_and(super::super::model::ConfigField::is_optional) {
        let message = format!("`{name}` may be absent, and there is no other address");
        let hint = "give it `required: true` or a `default`";
        v.report_hint(&at.key("base"), message, hint);
    }
}

/// A whole address leaves no room for what else an address is made of.
fn check_whole(v: &mut Validator<'_>, at: &At<'_>, endpoint: &Endpoint) {
    let Some(name) = &endpoint.whole else {
        return;
    };
    let at = at.key("whole");
    v.check_setting(&at, name, &[FieldType::Url]);
    let field = v.config_field(name);
    if field.is_some_and(|field| !field.is_optional()) {
        let hint = "take `required` and `default` away: otherwise the base would never count";
        v.report_hint(&at, format!("`{name}` is always there"), hint);
    }
    if endpoint.override_field.is_none() {
        let hint = "add `override`: it comes before `whole`, so that tests reach nobody else";
        v.report_hint(&at, "a whole address without `override`", hint);
    }
    let health = endpoint.health.as_ref();
    let is_elsewhere = health.is_some_and(|it| it.base.is_some() || it.path != endpoint.path);
    if !endpoint.query.is_empty() || endpoint.acknowledgement.is_some() || is_elsewhere {
        let hint = "leave out `query` and `acknowledgement`, and let `health` have the path of the endpoint";
        v.report_hint(&at, "a whole address is not all that requests need", hint);
    }
}

fn check_base(v: &mut Validator<'_>, at: &At<'_>, base: &str) {
    // An SDK finds its address by itself.
    let needed = v.spec.transport == Transport::Http;
    v.check_holes(
        at,
        base,
        Holes {
            needed,
            ..Holes::BASE
        },
    );
    let pieces = template::pieces(base).unwrap_or_default();
    if let [Piece::Setting(name)] = pieces.as_slice() {
        if v.config_field(name).is_some() {
            v.check_setting(at, name, &[FieldType::Url, FieldType::SecretUrl]);
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

pub fn check_path(v: &mut Validator<'_>, at: &At<'_>, path: &str, allowed: Holes) {
    v.check_holes(at, path, allowed);
    if path.is_empty() {
        return;
    }
    if path
        .split('/')
        .any(|segment| segment == "." || segment == "..")
    {
        let hint = "write where it leads; clients do not agree about such steps";
        v.report_hint(
            at,
            format!("the path `{path}` has a step `.` or `..`"),
            hint,
        );
    }
    if !path.starts_with('/') {
        v.report(at, format!("the path `{path}` does not start with `/`"));
    }
    let pieces = template::pieces(path).unwrap_or_default();
    let odd = |piece: &Piece<'_>| match piece {
        Piece::Literal(text) => text.contains(['?', '#', '\\']),
        _ => false,
    };
    if pieces.iter().any(odd) {
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
    check_path(v, &at.key("path"), &health.path, Holes::BASE);
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
        if name != "*" && !names::is_token(name) {
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
