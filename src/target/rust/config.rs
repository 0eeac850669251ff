//! The config type of one provider.

use minijinja::{Value, context};

use super::fields::{Field, fields, number};
use super::layout::{Expr, statement, use_names};
use super::mentions::mentions;
use super::names::{camel, type_prefix, unique};
use super::source::{Source, sources};
use super::text::{block, doc, doc_words, literal, plain, sentence};
use crate::provider::delivery::runtime;
use crate::provider::model::{Auth, Encoding, FieldType, Framing, Spec, TextCheck};

/// What the config template needs.
#[must_use]
pub fn context(spec: &Spec) -> Value {
    let prefix = type_prefix(spec);
    let fields = fields(spec);
    let required: Vec<&Field> = fields.iter().filter(|field| field.spec.required).collect();
    let mut rows: Vec<Value> = fields.iter().map(row).collect();
    let mut choices: Vec<Value> = fields.iter().filter_map(choice).collect();
    if let Some(compression) = compression(spec) {
        rows.push(compression.0);
        choices.push(compression.1);
    }
    context! {
        title_doc => title(spec),
        env_prefix => env_prefix(spec),
        uses => uses(spec, &fields, !choices.is_empty()),
        new_doc => if required.is_empty() { "Settings as they are without any given." } else { "Settings with defaults for all that is not required." },
        new_signature => signature(&required),
        required => !required.is_empty(),
        fields => rows,
        delivery => if delivery_differs(spec) { "delivery()" } else { "DeliveryConfig::default()" },
        delivery_function => block(delivery(spec)),
        problems => block(problems(spec, &fields)),
        read => block(read(spec, &fields, &required)),
        choices => choices,
        prefix => prefix,
    }
}

/// The provider's title in a doc comment.
#[must_use]
pub fn title(spec: &Spec) -> String {
    doc_words(&spec.title)
}

/// Prefix of the environment variables of delivery settings.
#[must_use]
pub fn env_prefix(spec: &Spec) -> String {
    format!("{}_SINK", spec.id.to_ascii_uppercase())
}

fn uses(spec: &Spec, fields: &[Field], has_choices: bool) -> Vec<String> {
    let has = |kind| fields.iter().any(|field| field.spec.kind == kind);
    let mut std = Vec::new();
    if has_choices {
        std.push("use std::str::FromStr;".to_owned());
    }
    if has(FieldType::Duration) || delivery(spec).contains("Duration") {
        std.push("use std::time::Duration;".to_owned());
    }
    if !std.is_empty() {
        std.push(String::new());
    }
    std.push("use serde::Deserialize;".to_owned());
    std.push("use serde_json::{Map, Value};".to_owned());
    std.push(String::new());
    let mut runtime = vec!["ConfigErrors", "DeliveryConfig", "Fields"];
    if has(FieldType::Secret) {
        runtime.push("Secret");
    }
    std.push(use_names("super::super::cloud_sink_base", &runtime));
    if needs_check(spec) {
        std.push("use super::super::cloud_sink_parts::check;".to_owned());
    }
    if !label_references(spec).is_empty() {
        std.push("use super::super::cloud_sink_parts::streams;".to_owned());
    }
    std
}

/// Whether any setting has checks or choices, which the part `check` supplies.
#[must_use]
pub fn needs_check(spec: &Spec) -> bool {
    let fields = fields(spec);
    mentions(&problems(spec, &fields), "check::")
        || spec.compression.offered.len() > 1
        || fields.iter().any(|field| field.choice.is_some())
}

fn row(field: &Field) -> Value {
    let mut docs = doc(4, "///", &sentence(&field.spec.description));
    docs += "\n    ///\n";
    docs += &doc(4, "///", &facts(field));
    let expression = if field.spec.required {
        String::new()
    } else {
        field.default_expression()
    };
    let initial = match (field.spec.required, takes_into(field)) {
        (true, true) => format!("{0}: {0}.into()", field.name),
        (true, false) => field.name.clone(),
        (false, _) => format!("{}: {expression}", field.name),
    };
    context! { name => field.name.clone(), docs => docs, type => field.rust_type(), initial => initial }
}

/// Unit, default and environment of a setting.
fn facts(field: &Field) -> String {
    let mut facts = String::new();
    if field.spec.kind == FieldType::Duration {
        facts += "In settings a number of seconds. ";
    }
    facts += &match &field.spec.default {
        _ if field.spec.required => "Required.".to_owned(),
        Some(default) => format!(
            "Default: `{}`.",
            code(
                &default
                    .as_str()
                    .map_or_else(|| default.to_string(), str::to_owned)
            )
        ),
        None if field.is_optional() => "Default: not set.".to_owned(),
        None => "Default: empty.".to_owned(),
    };
    if !field.spec.env.is_empty() {
        let names: Vec<_> = field
            .spec
            .env
            .iter()
            .map(|name| format!("`{}`", code(name)))
            .collect();
        facts += &format!(" Environment: {}.", names.join(", "));
    }
    facts
}

/// Text that stands in a code span.
fn code(text: &str) -> String {
    plain(text).replace('`', "'")
}

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
    let one_line = format!("    pub fn new({}) -> Self {{", parameters.join(", "));
    if one_line.chars().count() <= 100 {
        return one_line;
    }
    format!(
        "    pub fn new(\n        {},\n    ) -> Self {{",
        parameters.join(",\n        ")
    )
}

/// Reading, one statement per setting.
fn read(spec: &Spec, fields: &[Field], required: &[&Field]) -> String {
    let mut out = String::new();
    for field in fields {
        let head = format!("let {} = ", field.name);
        let call = reading(
            field.reader(),
            field.key,
            &field.spec.env,
            field.choice.as_deref(),
        );
        out += &format!("{}\n", statement(8, &head, &call, ";"));
    }
    if spec.compression.offered.len() > 1 {
        let variable = format!("{}_COMPRESSION", env_prefix(spec));
        let call = reading("choice", "compression", &[variable], Some("Compression"));
        out += &format!("{}\n", statement(8, "let compression = ", &call, ";"));
    }
    for field in required {
        let environment = Expr::slice(field.spec.env.iter().map(|name| Expr::text(literal(name))));
        let args = [
            Expr::text(literal(field.key)),
            Expr::text(&field.name),
            environment,
        ];
        let call = Expr::call("fields.required", args);
        out += &format!(
            "{}\n",
            statement(8, &format!("let {} = ", field.name), &call, ";")
        );
    }
    let arguments: Vec<_> = required
        .iter()
        .map(|field| Expr::text(&field.name))
        .collect();
    out += &format!(
        "{}\n",
        statement(
            8,
            "let mut config = ",
            &Expr::call("Self::new", arguments),
            ";"
        )
    );
    for field in fields.iter().filter(|field| !field.spec.required) {
        let name = &field.name;
        out += &if field.is_optional() {
            format!("        config.{name} = {name};\n")
        } else {
            let value = Expr::text(format!("{name}.unwrap_or(config.{name})"));
            let head = format!("config.{name} = ");
            format!("{}\n", statement(8, &head, &value, ";"))
        };
    }
    if spec.compression.offered.len() > 1 {
        out += "        config.compression = compression.unwrap_or(config.compression);\n";
    }
    let args = [
        Expr::text(literal(&env_prefix(spec))),
        Expr::text("config.delivery"),
    ];
    let call = Expr::call("fields.delivery", args);
    out + &format!("{}\n", statement(8, "config.delivery = ", &call, ";"))
}

fn reading(reader: &str, key: &str, env: &[String], choice: Option<&str>) -> Expr {
    let environment = Expr::slice(env.iter().map(|name| Expr::text(literal(name))));
    let head = match choice {
        Some(name) => format!("fields.{reader}::<{name}>"),
        None => format!("fields.{reader}"),
    };
    Expr::call(head, [Expr::text(literal(key)), environment])
}

/// The checks of values, one statement each.
fn problems(spec: &Spec, fields: &[Field]) -> String {
    let checks: String = fields
        .iter()
        .map(check)
        .chain([label_references(spec), credentials(spec)])
        .collect();
    if checks.is_empty() {
        return "        ConfigErrors::default()\n".to_owned();
    }
    format!("        let mut errors = ConfigErrors::default();\n{checks}        errors\n")
}

/// Settings that name parts of an event as labels name ones that exist.
fn label_references(spec: &Spec) -> String {
    let Framing::GroupedStreams { labels, .. } = &spec.payload.framing else {
        return String::new();
    };
    let unnamed = labels.iter().filter(|label| label.name.is_none());
    let settings = unnamed.flat_map(|label| sources(&label.from));
    let fields = settings.filter_map(|source| match source {
        Source::Config(name) => super::fields::find(spec, &name),
        _ => None,
    });
    fields
        .filter(|field| field.spec.kind == FieldType::List)
        .map(|field| {
            let value = format!("&self.{}", field.name);
            let args = ["&mut errors".to_owned(), literal(field.key), value];
            let call = Expr::call("streams::check", args.map(Expr::Text));
            format!("{}\n", statement(8, "", &call, ";"))
        })
        .collect()
}

/// A sink whose provider takes no anonymous events needs one complete set of credentials.
fn credentials(spec: &Spec) -> String {
    let mut names = Vec::new();
    for auth in &spec.auth {
        match auth {
            Auth::None {} | Auth::AwsDefaultChain { .. } => return String::new(),
            Auth::Header { secret, .. }
            | Auth::Authorization { secret, .. }
            | Auth::Query { secret, .. } => names.push(secret),
            Auth::Basic { username, .. } => names.push(username),
        }
    }
    let fields: Vec<Field> = names
        .iter()
        .filter_map(|name| super::fields::find(spec, name))
        .collect();
    if fields.is_empty() || fields.iter().any(|field| !field.is_optional()) {
        return String::new();
    }
    let unset: Vec<_> = fields
        .iter()
        .map(|field| format!("self.{}.is_none()", field.name))
        .collect();
    let known: Vec<_> = fields
        .iter()
        .map(|field| format!("`{}`", field.key))
        .collect();
    let message = format!("no credentials: set {}", known.join(" or "));
    let call = Expr::call(
        "errors.push",
        [
            Expr::text(literal(fields[0].key)),
            Expr::text(literal(&message)),
        ],
    );
    let one_line = format!("        if {} {{", unset.join(" && "));
    let condition = if one_line.chars().count() <= 100 {
        one_line
    } else {
        format!("        if {}\n        {{", unset.join("\n            && "))
    };
    format!(
        "{condition}\n{}\n        }}\n",
        statement(12, "", &call, ";")
    )
}

fn check(field: &Field) -> String {
    let is_text = matches!(
        field.spec.kind,
        FieldType::String | FieldType::Secret | FieldType::Url
    );
    let is_number = matches!(
        field.spec.kind,
        FieldType::Int | FieldType::Float | FieldType::Duration
    );
    let calls = if is_text {
        text_checks(field)
    } else if is_number {
        number_checks(field)
    } else {
        Vec::new()
    };
    if calls.is_empty() {
        return String::new();
    }
    let optional = field.is_optional();
    let indent = if optional { 12 } else { 8 };
    let body: String = calls
        .iter()
        .map(|call| format!("{}\n", statement(indent, "", call, ";")))
        .collect();
    if !optional {
        return body;
    }
    let pattern = format!("Some({})", field.name);
    let value = if is_number {
        format!("self.{}", field.name)
    } else {
        format!("&self.{}", field.name)
    };
    format!("        if let {pattern} = {value} {{\n{body}        }}\n")
}

fn text_checks(field: &Field) -> Vec<Expr> {
    let value = match (field.is_optional(), field.spec.kind) {
        (true, FieldType::Secret) => format!("{}.expose()", field.name),
        (true, _) => field.name.clone(),
        (false, FieldType::Secret) => format!("self.{}.expose()", field.name),
        (false, _) => format!("&self.{}", field.name),
    };
    let call = |function: &str, argument: Option<String>| {
        let mut args = vec![
            Expr::text("&mut errors"),
            Expr::text(literal(field.key)),
            Expr::text(value.clone()),
        ];
        args.extend(argument.map(Expr::Text));
        Expr::call(format!("check::{function}"), args)
    };
    let mut calls = Vec::new();
    if field.spec.required
        && field
            .spec
            .check
            .as_ref()
            .is_none_or(|check| check.min_length.is_none())
    {
        calls.push(call("not_empty", None));
    }
    if let Some(TextCheck {
        min_length,
        max_length,
        charset,
        forbid,
        not_prefix,
    }) = &field.spec.check
    {
        calls.extend(min_length.map(|least| call("min_length", Some(least.to_string()))));
        calls.extend(max_length.map(|most| call("max_length", Some(number(most as u64)))));
        calls.extend(charset.as_ref().map(|set| call("only", Some(literal(set)))));
        calls.extend(
            forbid
                .as_ref()
                .map(|set| call("without", Some(literal(set)))),
        );
        calls.extend(
            not_prefix
                .as_ref()
                .map(|text| call("not_prefix", Some(literal(text)))),
        );
    }
    calls
}

fn number_checks(field: &Field) -> Vec<Expr> {
    let value = if field.is_optional() {
        field.name.clone()
    } else {
        format!("self.{}", field.name)
    };
    let bound = |bound: f64| match field.spec.kind {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "bounds of whole numbers are whole and small"
        )]
        FieldType::Int => (bound as i64).to_string(),
        FieldType::Duration => format!("Duration::from_secs_f64({bound:?})"),
        _ => format!("{bound:?}"),
    };
    let call = |function: &str, limit: f64| {
        let args = [
            "&mut errors".to_owned(),
            literal(field.key),
            value.clone(),
            bound(limit),
        ];
        Expr::call(format!("check::{function}"), args.map(Expr::Text))
    };
    let least = field.spec.min.map(|limit| call("at_least", limit));
    least
        .into_iter()
        .chain(field.spec.max.map(|limit| call("at_most", limit)))
        .collect()
}

/// An enum for the values of a setting.
fn choice(field: &Field) -> Option<Value> {
    let name = field.choice.clone()?;
    let default = field
        .spec
        .default
        .as_ref()
        .and_then(serde_json::Value::as_str);
    let mut taken = Vec::new();
    let variants = field.spec.values.iter().map(|value| {
        context! {
            docs => doc(4, "///", &sentence(&value.description)),
            name => unique(&camel(&value.value), &mut taken),
            value => literal(&value.value),
            is_default => default == Some(value.value.as_str()),
        }
    });
    let variants: Vec<Value> = variants.collect();
    let docs = doc(0, "///", &format!("Choices for `{}`.", field.name));
    let all = all(&taken);
    Some(context! { name, docs, all, variants, has_default => default.is_some() })
}

/// The constant with every variant.
fn all(variants: &[String]) -> String {
    let items = variants
        .iter()
        .map(|name| Expr::text(format!("Self::{name}")))
        .collect();
    let head = format!("pub const ALL: [Self; {}] = ", variants.len());
    statement(4, &head, &Expr::Array(String::new(), items), ";")
}

/// The field and the enum for compression, where there is a choice.
fn compression(spec: &Spec) -> Option<(Value, Value)> {
    let offered = &spec.compression.offered;
    let (default, true) = (offered.first()?, offered.len() > 1) else {
        return None;
    };
    let variable = format!("{}_COMPRESSION", env_prefix(spec));
    let facts = format!(
        "Default: `{}`. Environment: `{variable}`.",
        encoding_word(*default)
    );
    let docs = format!(
        "    /// How request bodies are compressed.\n    ///\n{}",
        doc(4, "///", &facts)
    );
    let row = context! { name => "compression", docs, type => "Compression", initial => "compression: Compression::default()" };
    let variants = offered.iter().map(|encoding| {
        context! {
            docs => match encoding {
                Encoding::None => "    /// Bodies are sent as they are.",
                Encoding::Gzip => "    /// gzip.",
                Encoding::Zstd => "    /// Zstandard.",
            },
            name => camel(encoding_word(*encoding)),
            value => literal(encoding_word(*encoding)),
            is_default => encoding == default,
        }
    });
    let variants: Vec<Value> = variants.collect();
    let docs = "/// How request bodies are compressed.";
    let names: Vec<String> = offered.iter().map(|e| camel(encoding_word(*e))).collect();
    let all = all(&names);
    Some((
        row,
        context! { name => "Compression", docs, all, variants, has_default => true },
    ))
}

/// A content encoding as it is typed and as it stands in the header.
#[must_use]
pub fn encoding_word(encoding: Encoding) -> &'static str {
    encoding.word()
}

fn delivery_differs(spec: &Spec) -> bool {
    !delivery(spec).is_empty()
}

/// The function with delivery settings that differ from the runtime's defaults.
fn delivery(spec: &Spec) -> String {
    let delivery = &spec.delivery;
    let seconds = |value: f64| match value {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be a small whole number"
        )]
        whole if whole.fract() == 0.0 && whole >= 0.0 => {
            format!("Duration::from_secs({})", number(whole as u64))
        }
        other => format!("Duration::from_secs_f64({other:?})"),
    };
    let mut lines = Vec::new();
    let mut count = |name: &str, value: Option<u64>, default: u64| {
        if let Some(value) = value.filter(|value| *value != default) {
            lines.push(format!("{name}: {},", number(value)));
        }
    };
    count("batch_size", delivery.batch_size, runtime::BATCH_SIZE);
    count("batch_bytes", delivery.batch_bytes, runtime::BATCH_BYTES);
    count(
        "max_retries",
        delivery.max_retries.map(u64::from),
        runtime::MAX_RETRIES.into(),
    );
    count(
        "max_in_flight",
        delivery.max_in_flight,
        runtime::MAX_IN_FLIGHT,
    );
    for (name, value, default) in [
        (
            "batch_timeout",
            delivery.batch_timeout_seconds,
            runtime::BATCH_TIMEOUT_SECONDS,
        ),
        (
            "retry_base_delay",
            delivery.retry_base_delay,
            runtime::RETRY_BASE_DELAY,
        ),
        (
            "retry_max_delay",
            delivery.retry_max_delay,
            runtime::RETRY_MAX_DELAY,
        ),
        (
            "attempt_timeout",
            delivery.timeout_seconds,
            runtime::TIMEOUT_SECONDS,
        ),
    ] {
        if let Some(value) = value.filter(|value| (value - default).abs() > f64::EPSILON) {
            lines.push(format!("{name}: {},", seconds(value)));
        }
    }
    if lines.is_empty() {
        return String::new();
    }
    let title = title(spec);
    let body: String = lines
        .iter()
        .map(|line| format!("        {line}\n"))
        .collect();
    format!(
        "/// Delivery settings that suit {title}.\nfn delivery() -> DeliveryConfig {{\n    DeliveryConfig {{\n{body}        ..DeliveryConfig::default()\n    }}\n}}\n"
    )
}
