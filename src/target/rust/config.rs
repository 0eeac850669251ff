//! The config type of one provider, for `provider/config.rs.j2`: a field for each setting, with its
//! documentation and its value when not given.

mod checks;
mod choices;
mod delivery;
mod read;

use minijinja::{Value, context};

use super::fields::{Field, fields};
use super::layout::{self, Expr, reflow, use_names};
use super::mentions::mentions;
use super::text::{block, doc, plain_code, title};
use crate::provider::model::{FieldType, Spec};
use crate::target::common::text::sentence;

/// What the config template needs.
#[must_use]
pub fn context(spec: &Spec) -> Value {
    let fields = fields(spec);
    let required: Vec<&Field> = fields.iter().filter(|field| field.spec.required).collect();
    let mut rows: Vec<Value> = fields.iter().map(row).collect();
    let mut choices: Vec<Value> = fields.iter().filter_map(choices::of_setting).collect();
    if let Some(compression) = choices::compression(spec) {
        rows.push(compression.field);
        choices.push(compression.choice);
    }
    let delivery = delivery::function(spec);
    let problems = checks::problems(spec, &fields);
    let new_doc = if required.is_empty() {
        "Settings as they are without any given."
    } else {
        "Settings with defaults for all that is not required."
    };
    let uses = uses(
        &fields,
        !choices.is_empty(),
        &delivery,
        &problems,
        needs_check(spec),
    );
    context! {
        title_doc => title(spec),
        env_prefix => spec.env_prefix(),
        uses,
        new_doc,
        new_signature => signature(&required),
        required => !required.is_empty(),
        fields => rows,
        delivery => if delivery.is_empty() { "DeliveryConfig::default()" } else { "delivery()" },
        delivery_function => block(delivery),
        problems => block(problems),
        read => block(read::statements(spec, &fields, &required)),
        choices => choices,
        prefix => spec.type_prefix(),
    }
}

/// Whether any setting has checks or choices, which the part `check` supplies.
#[must_use]
pub fn needs_check(spec: &Spec) -> bool {
    let fields = fields(spec);
    mentions(&checks::problems(spec, &fields), "check::")
        || spec.compression.offered.len() > 1
        || fields.iter().any(|field| field.choice.is_some())
}

fn uses(
    fields: &[Field],
    has_choices: bool,
    delivery: &str,
    problems: &str,
    needs_check: bool,
) -> Vec<String> {
    let has = |kind| fields.iter().any(|field| field.spec.kind == kind);
    let mut lines = Vec::new();
    if has_choices {
        lines.push("use std::str::FromStr;".to_owned());
    }
    if has(FieldType::Duration) || mentions(delivery, "Duration") {
        lines.push("use std::time::Duration;".to_owned());
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push("use serde::Deserialize;".to_owned());
    lines.push("use serde_json::{Map, Value};".to_owned());
    lines.push(String::new());
    let mut runtime = vec!["ConfigErrors", "DeliveryConfig", "Fields"];
    if has(FieldType::Secret) {
        runtime.push("Secret");
    }
    lines.push(use_names("super::super::cloud_sink_base", &runtime));
    let mut parts = Vec::new();
    if needs_check {
        parts.push("check");
    }
    if mentions(problems, "streams::check") {
        parts.push("streams");
    }
    if !parts.is_empty() {
        lines.push(use_names("super::super::cloud_sink_parts", &parts));
    }
    lines
}

fn row(field: &Field) -> Value {
    let name = &field.name;
    let initial = match (field.spec.required, takes_into(field)) {
        (true, true) => format!("{name}.into()"),
        (true, false) => name.clone(),
        (false, _) => field.default_expression(),
    };
    let initial = if initial == *name {
        format!("            {name},")
    } else {
        layout::field(12, name, &Expr::text(initial))
    };
    let docs = docs(&sentence(&field.spec.description), &facts(field));
    let declared = Expr::text(field.rust_type());
    let declaration = layout::field(4, &format!("pub {name}"), &declared);
    context! { docs, declaration, initial }
}

/// Two paragraphs above a setting: what it is, and where it comes from.
fn docs(description: &str, facts: &str) -> String {
    let (description, facts) = (doc(4, "///", description), doc(4, "///", facts));
    format!("{description}\n    ///\n{facts}")
}

/// Unit, default and environment of a setting.
fn facts(field: &Field) -> String {
    let mut facts = String::new();
    if field.spec.kind == FieldType::Duration {
        facts += "In settings a number of seconds. ";
    }
    facts += &match field.spec.default_text() {
        _ if field.spec.required => "Required.".to_owned(),
        Some(default) if !matches!(&*default, "{}" | "[]") => {
            format!("Default: `{}`.", plain_code(&default))
        }
        None if field.is_optional() => "Default: not set.".to_owned(),
        _ => "Default: empty.".to_owned(),
    };
    if !field.spec.env.is_empty() {
        let names = field.spec.env.iter();
        let names: Vec<_> = names
            .map(|name| format!("`{}`", plain_code(name)))
            .collect();
        facts += &format!(" Environment: {}.", names.join(", "));
    }
    facts
}

/// Whether `new` takes anything that becomes the setting.
fn takes_into(field: &Field) -> bool {
    matches!(
        field.spec.kind,
        FieldType::String | FieldType::Url | FieldType::Secret
    )
}

fn signature(required: &[&Field]) -> String {
    let parameters: Vec<String> = required
        .iter()
        .map(|field| {
            if takes_into(field) {
                format!("{}: impl Into<{}>", field.name, field.base_type())
            } else {
                format!("{}: {}", field.name, field.base_type())
            }
        })
        .collect();
    reflow(&format!(
        "    pub fn new({}) -> Self {{",
        parameters.join(", ")
    ))
}
