//! Reading settings from a map or the environment: one statement per setting.

use super::super::fields::Field;
use super::super::layout::{Expr, line};
use super::super::text::literal;
use crate::provider::model::Spec;

/// The statements of `read`, up to the finished config.
pub fn statements(spec: &Spec, fields: &[Field], required: &[&Field]) -> String {
    let has_compression = spec.compression.offered.len() > 1;
    let mut out: String = fields.iter().map(reading).collect();
    if has_compression {
        let variables = [format!("{}_COMPRESSION", spec.env_prefix())];
        let args = [Expr::text(literal("compression")), environment(&variables)];
        let call = Expr::call("fields.choice::<Compression>", args);
        out += &line(8, "let compression = ", &call);
    }
    out.extend(required.iter().map(|field| demand(field)));
    let arguments = required.iter().map(|field| field.name.as_str());
    out += &line(8, "let mut config = ", &Expr::call("Self::new", arguments));
    for field in fields.iter().filter(|field| !field.spec.required) {
        let name = &field.name;
        let value = if field.is_optional() {
            name.clone()
        } else {
            format!("{name}.unwrap_or(config.{name})")
        };
        out += &line(8, &format!("config.{name} = "), &Expr::text(value));
    }
    if has_compression {
        out += "        config.compression = compression.unwrap_or(config.compression);\n";
    }
    let args = [literal(&spec.env_prefix()), "config.delivery".to_owned()];
    let call = Expr::call("fields.delivery", args);
    out + &line(8, "config.delivery = ", &call)
}

/// The statement that reads a setting, given or not.
fn reading(field: &Field) -> String {
    let choice = field.choice.as_ref();
    let turbofish = choice.map(|name| format!("::<{name}>")).unwrap_or_default();
    let head = format!("fields.{}{turbofish}", field.reader());
    let args = [Expr::text(literal(field.key)), environment(&field.spec.env)];
    let call = Expr::call(head, args);
    line(8, &format!("let {} = ", field.name), &call)
}

/// The statement that notes a required setting as missing when it is.
fn demand(field: &Field) -> String {
    let args = [
        Expr::text(literal(field.key)),
        Expr::text(&field.name),
        environment(&field.spec.env),
    ];
    let call = Expr::call("fields.required", args);
    line(8, &format!("let {} = ", field.name), &call)
}

/// Names of environment variables as a slice.
fn environment(names: &[String]) -> Expr {
    Expr::slice(names.iter().map(|name| literal(name)))
}
