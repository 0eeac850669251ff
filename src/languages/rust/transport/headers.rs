//! Headers: those every request has, credentials included.

use super::super::fields::{Field, find};
use super::super::holes::{all_set, optional, template, with_bound_names};
use super::super::layout::{Expr, Statement, chain, line, reflow};
use super::super::mentions::mentions;
use super::super::text::literal;
use super::credentials;
use crate::languages::common::holes::settings;
use crate::spec::model::{Endpoint, Spec};

/// The function `common_headers`.
pub fn function(spec: &Spec, endpoint: &Endpoint) -> String {
    let given = endpoint.headers.iter();
    let mut body: String = given
        .map(|(name, value)| header(spec, name, value))
        .collect();
    body += &credentials::statements(spec);
    let parameter = if mentions(&body, "config.") {
        "config"
    } else {
        "_config"
    };
    let body = if body.is_empty() {
        "    Ok(HeaderMap::new())\n".to_owned()
    } else {
        format!("    let mut headers = HeaderMap::new();\n{body}    Ok(headers)\n")
    };
    let parameter = format!("{parameter}: &{}SinkConfig", spec.type_prefix());
    let result = "Result<HeaderMap, Box<dyn Error + Send + Sync>>";
    let signature = reflow(&format!("fn common_headers({parameter}) -> {result} {{"));
    format!("/// Headers of every request, credentials included.\n{signature}\n{body}}}\n")
}

/// The statement for the type of the body.
pub fn content_type(spec: &Spec) -> String {
    let Some(content_type) = &spec.payload.content_type else {
        return String::new();
    };
    let value = Expr::call("HeaderValue::from_static", [literal(content_type)]);
    let args = [Expr::text("CONTENT_TYPE"), value];
    line(8, "", &Expr::call("headers.insert", args))
}

/// The name of a header as `HeaderName::from_static` takes it.
pub fn name(name: &str) -> String {
    literal(&name.to_ascii_lowercase())
}

/// The statement for one header, left out while an optional setting it names is unset.
fn header(spec: &Spec, name: &str, text: &str) -> String {
    let keys = settings(spec, text);
    let optional = optional(spec, text);
    let value = match keys.as_slice() {
        [] => literal(text),
        [key] if text == format!("{{{key}}}") => match find(spec, key) {
            Some(field) => text_of(&field),
            None => return String::new(),
        },
        _ => {
            let (format, arguments) = template(spec, text, |shown| shown);
            let value = format!("&format!({format}, {})", arguments.join(", "));
            with_bound_names(value, &optional)
        }
    };
    let setting = literal(keys.first().unwrap_or(&name));
    let args = ["&mut headers", &self::name(name), &setting, &value].map(str::to_owned);
    let set = Statement::attempt(Expr::call("http::set_header", args));
    chain(4, &[(all_set(&optional), vec![set])])
}

/// The text of a setting that is a header's whole value; an optional one is bound to its name.
fn text_of(field: &Field) -> String {
    let (name, config) = (&field.name, format!("config.{}", field.name));
    let place = if field.is_optional() { name } else { &config };
    let shown = field.shown(place);
    let is_call = shown.ends_with(')');
    let is_text = field.base_type() == "String";
    match (is_call, is_text, field.is_optional()) {
        (true, ..) | (false, true, true) => shown,
        (false, true, false) => format!("&{config}"),
        (false, false, _) => format!("&{shown}.to_string()"),
    }
}
