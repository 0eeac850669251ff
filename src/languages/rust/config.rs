//! The config type of one provider, for `provider/config.rs.j2`: a field for each setting, with its
//! documentation and its value when not given. Reading, checks and enums have modules of their own.

mod checks;
mod choices;
mod delivery;
mod read;

use minijinja::{Value, context};

use super::fields::{Field, fields};
use super::layout::{self, Expr, pub_use_names, reflow, use_names};
use super::mentions::mentions;
use super::text::{block, doc, plain_code, title};
use crate::spec::model::{FieldType, Spec};
use crate::text::sentence;
use choices::Choice;

/// What `provider/config.rs.j2` and the templates of its modules need, by the module's name.
#[must_use]
pub fn modules(spec: &Spec) -> Vec<(&'static str, Value)> {
    let fields = fields(spec);
    let choices = choices::of(spec, &fields);
    let mut modules = vec![
        ("config", context(spec, &fields, &choices)),
        ("config/read", read::context(spec, &fields)),
    ];
    if !choices.is_empty() {
        modules.push(("config/choices", choices::context(spec, &choices)));
    }
    modules
}

fn context(spec: &Spec, fields: &[Field], choices: &[Choice]) -> Value {
    let required: Vec<&Field> = fields.iter().filter(|field| field.spec.required).collect();
    let mut rows: Vec<Value> = fields.iter().map(row).collect();
    rows.extend(choices::compression_field(spec));
    let delivery = delivery::function(spec);
    let new_doc = if required.is_empty() {
        "Settings as they are without any given."
    } else {
        "Settings with defaults for all that is not required."
    };
    let names: Vec<&str> = choices.iter().map(|choice| &*choice.name).collect();
    context! {
        title_doc => title(spec),
        env_prefix => spec.env_prefix(),
        uses => uses(fields, &delivery),
        choices => (!names.is_empty()).then(|| pub_use_names("choices", &names)),
        new_doc,
        new_signature => signature(&required),
        required => !required.is_empty(),
        fields => rows,
        delivery => if delivery.is_empty() { "DeliveryConfig::default()" } else { "delivery()" },
        delivery_function => block(delivery),
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

fn uses(fields: &[Field], delivery: &str) -> Vec<String> {
    let has = |kind| fields.iter().any(|field| field.spec.kind == kind);
    let mut lines = Vec::new();
    if has(FieldType::Duration) || mentions(delivery, "Duration") {
        lines.push("use std::time::Duration;".to_owned());
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
    let docs = docs(&sentence(&field.spec.described()), &facts(field));
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
