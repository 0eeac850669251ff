//! Delivery from end to end: how a test points a sink at a server of its own.

use minijinja::{Value, context};

use super::super::fields::find;
use super::super::layout::use_names;
use super::super::text::json_literal;
use super::{Module, PARTS, own};
use crate::spec::model::{Answer, Spec, Transport};

/// The file; only an HTTP sink whose endpoint can be set has one.
pub fn module(spec: &Spec) -> Option<Module> {
    if spec.transport != Transport::Http {
        return None;
    }
    let key = spec.endpoint.as_ref()?.override_field.as_ref()?;
    let field = find(spec, key)?;
    let url = if field.is_optional() {
        "Some(responder.url().to_owned())"
    } else {
        "responder.url().to_owned()"
    };
    let context = context! {
        prefix => spec.type_prefix(),
        uses => uses(spec),
        accepted => answer(spec, &spec.answers.accepted),
        unavailable => answer(spec, &spec.answers.unavailable),
        url_field => field.name,
        url_value => url,
    };
    Some(Module::new("delivery", context))
}

fn uses(spec: &Spec) -> Vec<String> {
    let responder = format!("{PARTS}::responder");
    let testing = format!("{PARTS}::testing");
    vec![
        "use std::time::Duration;".to_owned(),
        String::new(),
        use_names(&responder, &["Answer", "Responder"]),
        use_names(&testing, &["self", "event_now"]),
        own(spec, &["Sink"], &[]),
        use_names("super", &["SETTINGS", "config"]),
    ]
}

/// A canned answer to a request of one event.
fn answer(spec: &Spec, answer: &Answer) -> Value {
    let item = spec.answers.item_ok.clone().unwrap_or_default();
    let body = json_literal(&answer.body.replace("{items}", &item));
    context! { status => answer.status, body }
}
