//! Reading settings from a map or the environment, for `provider/config/read.rs.j2`: one statement
//! per setting.

use minijinja::{Value, context};

use super::super::fields::Field;
use super::super::layout::{Expr, line, use_names};
use super::super::mentions::mentions;
use super::super::text::{block, literal, title};
use super::checks;
use super::choices::{compression_variable, offers_choice};
use crate::spec::model::Spec;

/// What the template needs.
pub fn context(spec: &Spec, fields: &[Field]) -> Value {
    let problems = checks::problems(spec, fields);
    context! {
        title_doc => title(spec),
        prefix => spec.type_prefix(),
        uses => uses(spec, &problems),
        variables => variables(spec, fields),
        read => block(statements(spec, fields)),
        problems => block(problems),
    }
}

fn uses(spec: &Spec, problems: &str) -> Vec<String> {
    let mut lines = Vec::new();
    if mentions(problems, "Duration") {
        lines.push("use std::time::Duration;".to_owned());
        lines.push(String::new());
    }
    let runtime = ["ConfigErrors", "Fields"];
    lines.push(use_names("super::super::super::cloud_sink_base", &runtime));
    let parts = ["check", "streams"];
    let parts = parts
        .into_iter()
        .filter(|part| mentions(problems, &format!("{part}::")));
    let parts: Vec<&str> = parts.collect();
    if !parts.is_empty() {
        lines.push(use_names("super::super::super::cloud_sink_parts", &parts));
    }
    lines.push(format!("use super::{}SinkConfig;", spec.type_prefix()));
    lines
}

/// A constant for each setting: the names of its environment variables.
fn variables(spec: &Spec, fields: &[Field]) -> Vec<String> {
    let constant = |name: &str, variables: &[String]| {
        let names = Expr::slice(variables.iter().map(|name| literal(name)));
        block(line(0, &format!("const {name}: &[&str] = "), &names))
    };
    let mut lines: Vec<String> = fields
        .iter()
        .map(|field| constant(&variable(field), &field.spec.env))
        .collect();
    if offers_choice(spec) {
        lines.push(constant("COMPRESSION", &[compression_variable(spec)]));
    }
    lines
}

/// The constant of a setting.
fn variable(field: &Field) -> String {
    field.name.to_uppercase()
}

/// The statements of `read`, up to the finished config.
fn statements(spec: &Spec, fields: &[Field]) -> String {
    let (required, other): (Vec<&Field>, Vec<&Field>) =
        fields.iter().partition(|field| field.spec.required);
    let mut out: String = required.iter().map(|field| demand(field)).collect();
    let arguments = required.iter().map(|field| field.name.as_str());
    out += &line(8, "let mut config = ", &Expr::call("Self::new", arguments));
    out.extend(other.iter().map(|field| assignment(field)));
    if offers_choice(spec) {
        let call = "fields.choice(\"compression\", COMPRESSION)";
        out += &over_default("compression", call);
    }
    let args = [literal(&spec.env_prefix()), "config.delivery".to_owned()];
    let call = Expr::call("fields.delivery", args);
    out + &line(8, "config.delivery = ", &call)
}

/// The expression that reads a setting.
fn reading(field: &Field) -> String {
    let (reader, key) = (field.reader(), literal(field.key));
    format!("fields.{reader}({key}, {})", variable(field))
}

/// The statements that read a required setting, and note it as missing when it is.
fn demand(field: &Field) -> String {
    let read = line(
        8,
        &format!("let {} = ", field.name),
        &Expr::text(reading(field)),
    );
    let args = [literal(field.key), field.name.clone(), variable(field)];
    let call = Expr::call("fields.required", args);
    read + &line(8, &format!("let {} = ", field.name), &call)
}

/// The statement that sets what is not required.
fn assignment(field: &Field) -> String {
    let name = &field.name;
    if field.is_optional() {
        return line(8, &format!("config.{name} = "), &Expr::text(reading(field)));
    }
    over_default(name, &reading(field))
}

/// The statement that sets what has a default.
fn over_default(name: &str, reading: &str) -> String {
    let value = format!("{reading}.unwrap_or(config.{name})");
    line(8, &format!("config.{name} = "), &Expr::text(value))
}
