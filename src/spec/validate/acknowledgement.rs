//! `endpoint.acknowledgement`: a question that can be asked, whose answer can be read.

use super::endpoint::check_path;
use super::{At, Holes, Validator, names};
use crate::spec::model::{Acknowledgement, FieldType, RequestVector, Transport};

/// The hole of the id.
const ID: &str = "{id}";

pub fn check(v: &mut Validator<'_>, at: &At<'_>, given: &Acknowledgement) {
    if v.spec.transport != Transport::Http {
        v.report_key(at, "an SDK asks its own questions");
        return;
    }
    check_path(v, &at.key("path"), &given.path, Holes::BASE);
    for (name, value) in &given.query {
        v.check_holes(&at.key("query").key(name), value, Holes::PLAIN);
    }
    check_body(v, &at.key("body"), &given.body);
    check_pointers(v, at, given);
    for (key, name) in [("every", &given.every), ("within", &given.within)] {
        let at = at.key(key);
        let field = v.check_setting(&at, name, &[FieldType::Duration]);
        let has_least = |least: f64| least > 0.0;
        if let Some(field) = field
            && (field.default.is_none() || !field.min.is_some_and(has_least))
        {
            let message = format!("`{name}` may be absent, or zero");
            let hint = "give it a `default`, and a `min` above 0";
            v.report_hint(&at, message, hint);
        }
    }
    v.check_source(&at.key("source"), &given.source);
    if let Some(when) = &given.when {
        check_switch(v, &at.key("when"), when);
    }
}

fn check_body(v: &mut Validator<'_>, at: &At<'_>, body: &str) {
    if body.matches(ID).count() != 1 {
        let hint = "the body asks about one id: `'{\"acks\":[{id}]}'`";
        v.report_hint(at, "not exactly one hole `{id}`", hint);
        return;
    }
    if serde_json::from_str::<serde_json::Value>(&body.replace(ID, "0")).is_err() {
        let hint = "the id is written as JSON, a text with its quotes";
        v.report_hint(at, "the body is no JSON once its hole is filled", hint);
    }
}

fn check_pointers(v: &mut Validator<'_>, at: &At<'_>, given: &Acknowledgement) {
    let filled = given.acknowledged.replace(ID, "0");
    for (key, pointer) in [("id", given.id.as_str()), ("acknowledged", &filled)] {
        if pointer.is_empty() || !names::is_pointer(pointer) {
            let hint =
                "a JSON pointer to a place within the answer starts with `/`, such as `/ackId`";
            let message = format!("`{pointer}` is not a JSON pointer to a place");
            v.report_hint(&at.key(key), message, hint);
        }
    }
    if given.acknowledged.matches(ID).count() != 1 {
        let hint = "the answer tells of several ids: `/acks/{id}`";
        v.report_hint(&at.key("acknowledged"), "not exactly one hole `{id}`", hint);
    }
}

/// A switch is off unless somebody turns it on, and a worked example does.
fn check_switch(v: &mut Validator<'_>, at: &At<'_>, name: &str) {
    let field = v.check_setting(at, name, &[FieldType::Bool]);
    let Some(field) = field.filter(|field| field.kind == FieldType::Bool) else {
        return;
    };
    if field.default.is_none() {
        let message = format!("`{name}` may be absent");
        v.report_hint(at, message, "give it `default: false`");
    }
    let is_on = |vector: &RequestVector| vector.config.get(name) == Some(&true.into());
    if !v.spec.vectors.requests.iter().any(is_on) {
        let message = format!("no worked example has `{name}: true`");
        let hint = "add one to `vectors.requests`: the sinks' own tests take its settings";
        v.report_hint(at, message, hint);
    }
}
