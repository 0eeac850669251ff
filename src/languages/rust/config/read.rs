//! Reading settings from a map or the environment: one statement per setting.

use minijinja::context;

use super::super::Sheet;
use super::super::names::unique;
use super::super::pretty::{Expr, line, statement};
use super::super::settings::{Field, Fields};
use super::super::text::{block, literal, title};
use super::super::uses::{Depth, Uses};
use super::{checks, offers_choice};
use crate::sink::Sink;

/// The file.
pub fn sheet(sink: &Sink, fields: &Fields) -> Sheet {
    let uses = Uses::new(Depth::Below);
    for name in ["ConfigErrors", "Fields"] {
        uses.base(name);
    }
    uses.of("super", &format!("{}SinkConfig", sink.type_prefix));
    let names = variable_names(fields);
    Sheet {
        name: "config/read".to_owned(),
        template: "config/read",
        context: context! {
            title_doc => title(sink),
            prefix => sink.type_prefix.as_str(),
            variables => block(variables(sink, fields, &names)),
            read => block(statements(sink, fields, &names, &uses)),
            problems => block(checks::problems(sink, fields, &uses)),
            uses => uses.lines().join("\n"),
        },
        parts: uses.parts(),
        asks_now: false,
    }
}

/// The constants with the variables of each setting.
fn variable_names(fields: &Fields) -> Vec<String> {
    let mut taken = ["COMPRESSION", "TIMEOUT_MILLISECONDS"]
        .map(str::to_owned)
        .to_vec();
    let names = fields.0.iter();
    names
        .map(|field| unique(&field.name.to_uppercase(), &mut taken))
        .collect()
}

fn variables(sink: &Sink, fields: &Fields, names: &[String]) -> String {
    let constant = |name: &str, variables: &[String]| {
        let variables = Expr::slice(variables.iter().map(|name| literal(name)));
        statement(0, &format!("const {name}: &[&str] = "), &variables, ";")
    };
    let mut lines: String = fields
        .0
        .iter()
        .zip(names)
        .map(|(field, name)| constant(name, &field.setting.env))
        .collect();
    if offers_choice(sink) {
        lines += &constant("COMPRESSION", &sink.compression_env);
    }
    if !sink.timeout_milliseconds_env.is_empty() {
        lines += &constant("TIMEOUT_MILLISECONDS", &sink.timeout_milliseconds_env);
    }
    lines
}

/// The statements of `read`, up to the finished config.
fn statements(sink: &Sink, fields: &Fields, names: &[String], uses: &Uses) -> String {
    let mut required = String::new();
    let mut other = String::new();
    let mut arguments = Vec::new();
    // Names of its own: a setting may be called like what reads it.
    let mut taken = ["config", "fields", "self"].map(str::to_owned).to_vec();
    for (field, variables) in fields.0.iter().zip(names) {
        let reader = format!("Fields::{}", field.reader());
        if field.setting.is_required() {
            let name = unique(&field.name, &mut taken);
            let args = [field.key(), variables.clone(), reader];
            let call = Expr::call("fields.required", args);
            required += &statement(8, &format!("let {name} = "), &call, ";");
            arguments.push(name);
        } else {
            other += &assignment(field, variables, &reader);
        }
    }
    let config = Expr::call("Self::new", arguments);
    let mut out = required + &statement(8, "let mut config = ", &config, ";") + &other;
    if offers_choice(sink) {
        out += &over(
            "compression",
            "\"compression\"",
            "COMPRESSION",
            "Fields::choice",
        );
    }
    if sink.is_http() {
        let read = format!("{}::read", uses.part("connection", "ConnectionConfig"));
        let call = Expr::call(read, ["&mut fields".to_owned(), literal(&sink.env_prefix)]);
        out += &statement(8, "config.connection = ", &call, ";");
    }
    if !sink.timeout_milliseconds_env.is_empty() {
        let args = [
            "&mut config.delivery.attempt_timeout",
            "TIMEOUT_MILLISECONDS",
        ];
        out += &line(8, &Expr::call("fields.milliseconds_over", args));
    }
    let args = [literal(&sink.env_prefix), "config.delivery".to_owned()];
    out + &statement(
        8,
        "config.delivery = ",
        &Expr::call("fields.delivery", args),
        ";",
    )
}

/// The statement that sets what is not required.
fn assignment(field: &Field, variables: &str, reader: &str) -> String {
    if !field.setting.is_optional() {
        return over(&field.name, &field.key(), variables, reader);
    }
    let call = Expr::call(
        format!("fields.{}", field.reader()),
        [field.key(), variables.to_owned()],
    );
    statement(8, &format!("config.{} = ", field.name), &call, ";")
}

/// The statement that sets what has a default.
fn over(name: &str, key: &str, variables: &str, reader: &str) -> String {
    let place = format!("&mut config.{name}");
    line(
        8,
        &Expr::call("fields.over", [&*place, key, variables, reader]),
    )
}
