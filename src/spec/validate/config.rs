//! `config`: names, environment variables, defaults.

use std::collections::HashMap;

use serde_json::{Number, Value};

use super::{At, Validator, names};
use crate::spec::model::{ConfigField, FieldType};
use crate::spec::suggest::closest_hint;

pub fn check(v: &mut Validator<'_>) {
    let spec = v.spec;
    let prefix = format!("{}_SINK_", spec.id.to_ascii_uppercase());
    let mut variables: HashMap<String, &str> = HashMap::new();
    for setting in names::DELIVERY_SETTINGS {
        variables.insert(prefix.clone() + &setting.to_ascii_uppercase(), setting);
    }
    let mut automatic: HashMap<String, &str> = HashMap::new();
    for name in spec.config.keys() {
        automatic.insert(spec.automatic_variable(name), name);
    }
    for (name, field) in &spec.config {
        let at = At::root("config").key(name);
        check_name(v, &at, name);
        check_field(v, &at, name, field);
        check_environment(v, &at, name, field, &mut variables, &automatic);
    }
    let of_delivery = At::root("delivery").key("timeout_milliseconds_env");
    check_variables(v, &of_delivery, &spec.delivery.timeout_milliseconds_env);
    check_variables(
        v,
        &At::root("compression").key("env"),
        &spec.compression.env,
    );
    if !spec.compression.env.is_empty() && spec.compression.offered.len() < 2 {
        let at = At::root("compression").key("env");
        v.report_key_hint(&at, "there is nothing to choose", "offer another encoding");
    }
}

fn check_variables(v: &mut Validator<'_>, at: &At<'_>, variables: &[String]) {
    for (index, variable) in variables.iter().enumerate() {
        if !names::is_environment_name(variable) {
            let message = format!("`{variable}` cannot name an environment variable");
            let hint = "use upper case letters, digits and `_`";
            v.report_hint(&at.index(index), message, hint);
        }
    }
}

fn check_name(v: &mut Validator<'_>, at: &At<'_>, name: &str) {
    if let Some(why) = names::bad_identifier(name) {
        v.report_key(at, format!("`{name}` cannot name a config field: {why}"));
    } else if names::DELIVERY_SETTINGS.contains(&name) {
        v.report_key_hint(
            at,
            format!("`{name}` is a delivery setting that every sink has"),
            "choose another name; defaults of delivery settings stand in `delivery`",
        );
    }
}

fn check_environment<'a>(
    v: &mut Validator<'a>,
    at: &At<'a>,
    name: &'a str,
    field: &ConfigField,
    variables: &mut HashMap<String, &'a str>,
    automatic: &HashMap<String, &'a str>,
) {
    for (index, variable) in field.env.iter().enumerate() {
        let at = at.key("env").index(index);
        if !names::is_environment_name(variable) {
            let message = format!("`{variable}` cannot name an environment variable");
            v.report_hint(&at, message, "use upper case letters, digits and `_`");
        }
        let of_another = automatic.get(variable).filter(|other| **other != name);
        if let Some(other) = of_another {
            let hint = "every setting has the variable `ID_SINK_NAME`; choose another one here";
            v.report_hint(
                &at,
                format!("`{variable}` already supplies `{other}`"),
                hint,
            );
        } else if let Some(other) = variables.insert(variable.clone(), name) {
            v.report(&at, format!("`{variable}` already supplies `{other}`"));
        }
    }
}

fn check_field(v: &mut Validator<'_>, at: &At<'_>, name: &str, field: &ConfigField) {
    v.require_text(&at.key("description"), &field.description, "`description`");
    if field.required && field.default.is_some() && !field.kind.is_secret() {
        v.report_hint(
            &at.key("required"),
            format!("`{name}` is required and has a default"),
            "keep one of them",
        );
    }
    check_values(v, at, name, field);
    check_numbers(v, at, name, field);
    check_text(v, at, name, field);
    // A secret's default is refused by the check for literal secrets.
    if let Some(default) = &field.default
        && !field.kind.is_secret()
    {
        check_value(v, &at.key("default"), name, field, default);
    }
    if let Some(example) = &field.example {
        check_example(v, &at.key("example"), name, field, example);
    }
    if let Some(example) = &field.example
        && matches!(
            field.kind,
            FieldType::Url | FieldType::SecretUrl | FieldType::Enum
        )
    {
        check_value(
            v,
            &at.key("example"),
            name,
            field,
            &Value::from(example.as_str()),
        );
    }
}

fn check_values(v: &mut Validator<'_>, at: &At<'_>, name: &str, field: &ConfigField) {
    if field.kind != FieldType::Enum {
        if !field.values.is_empty() {
            let message = format!("`values` of a field of type `{}`", field.kind.name());
            v.report_key_hint(&at.key("values"), message, "only an `enum` has values");
        }
        return;
    }
    if field.values.is_empty() {
        v.report_key(at, format!("the enum `{name}` has no `values`"));
    }
    for (index, value) in field.values.iter().enumerate() {
        let at = at.key("values").index(index).key("value");
        let name = bare(&value.value);
        if name.is_empty() {
            v.report(&at, format!("`{}` has no letter or digit", value.value));
        }
        let twin = field.values[..index]
            .iter()
            .find(|earlier| bare(&earlier.value) == name);
        match twin {
            Some(twin) if twin.value == value.value => {
                v.report(&at, format!("duplicate value `{}`", value.value));
            }
            Some(twin) if !name.is_empty() => {
                let message = format!("`{}` and `{}` are too alike", twin.value, value.value);
                let hint = "values become names of types and must differ in letters or digits";
                v.report_hint(&at, message, hint);
            }
            _ => {}
        }
    }
}

/// What is left of a value in a type name, whose case is its own.
fn bare(value: &str) -> String {
    let plain = value.chars().filter(char::is_ascii_alphanumeric);
    plain.map(|c| c.to_ascii_lowercase()).collect()
}

fn check_numbers(v: &mut Validator<'_>, at: &At<'_>, name: &str, field: &ConfigField) {
    let numeric = matches!(
        field.kind,
        FieldType::Int | FieldType::Float | FieldType::Duration
    );
    for (key, bound) in [("min", field.min), ("max", field.max)] {
        if bound.is_some() && !numeric {
            let message = format!("`{key}` of a field of type `{}`", field.kind.name());
            v.report_key_hint(&at.key(key), message, "only numbers have bounds");
        }
    }
    if field.kind == FieldType::Duration && field.min.is_some_and(|min| min < 0.0) {
        v.report(&at.key("min"), "no duration is below 0");
    }
    for (key, bound) in [("min", field.min), ("max", field.max)] {
        if field.kind == FieldType::Int
            && bound.is_some_and(|bound| bound.fract() != 0.0 || bound.abs() > 9e15)
        {
            v.report(
                &at.key(key),
                format!("`{key}` of a whole number is a whole number"),
            );
        }
    }
    if let (Some(min), Some(max)) = (field.min, field.max)
        && min > max
    {
        v.report(
            &at.key("min"),
            format!("`{name}` has a `min` of {min} above its `max` of {max}"),
        );
    }
    check_one_of(v, at, name, field);
    if field.spaced && field.kind != FieldType::List {
        let message = format!("`spaced` of a field of type `{}`", field.kind.name());
        v.report_key_hint(&at.key("spaced"), message, "only a `list` has items");
    }
}

fn check_one_of(v: &mut Validator<'_>, at: &At<'_>, name: &str, field: &ConfigField) {
    if field.one_of.is_empty() {
        return;
    }
    let at = at.key("one_of");
    if field.kind != FieldType::Int {
        let message = format!("`one_of` of a field of type `{}`", field.kind.name());
        let hint = "only an `int` lists its numbers; the values of an `enum` stand in `values`";
        v.report_key_hint(&at, message, hint);
    } else if field.min.is_some() || field.max.is_some() {
        let message = format!("`{name}` lists its numbers and has bounds");
        v.report_key_hint(&at, message, "remove `min` and `max`");
    }
    let unordered = field.one_of.windows(2).position(|pair| pair[0] >= pair[1]);
    if let Some(index) = unordered {
        let (before, number) = (field.one_of[index], field.one_of[index + 1]);
        let message = format!("{number} stands after {before}");
        v.report_hint(
            &at.index(index + 1),
            message,
            "list each number once, ascending",
        );
    }
}

fn check_text(v: &mut Validator<'_>, at: &At<'_>, name: &str, field: &ConfigField) {
    let Some(check) = &field.check else {
        return;
    };
    if !matches!(field.kind, FieldType::String | FieldType::Secret) {
        let message = format!("`check` of a field of type `{}`", field.kind.name());
        v.report_key_hint(
            &at.key("check"),
            message,
            "only a `string` or `secret` has text checks",
        );
    }
    for (key, set) in [("charset", &check.charset), ("forbid", &check.forbid)] {
        let why = set.as_ref().and_then(|set| bad_set(set, key == "charset"));
        if let Some(why) = why {
            let hint = "list the characters, ranges as `a-z`, a `-` at the end: `A-Za-z0-9._-`";
            v.report_hint(&at.key("check").key(key), format!("`{key}` {why}"), hint);
        }
    }
    if let (Some(min), Some(max)) = (check.min_length, check.max_length)
        && min > max
    {
        let message =
            format!("`{name}` has a `min_length` of {min} above its `max_length` of {max}");
        v.report(&at.key("check").key("min_length"), message);
    }
}

/// Why a text cannot list characters.
pub fn bad_set(set: &str, has_ranges: bool) -> Option<String> {
    if set.is_empty() {
        return Some("lists no character".to_owned());
    }
    if !has_ranges {
        return None;
    }
    if set.starts_with('^') {
        return Some("starts with `^`, which would turn it around elsewhere".to_owned());
    }
    let set: Vec<char> = set.chars().collect();
    let mut at = 0;
    while at + 2 < set.len() {
        if set[at + 1] == '-' {
            let (first, last) = (set[at], set[at + 2]);
            if first > last {
                return Some(format!(
                    "has the range `{first}-{last}`, which holds nothing"
                ));
            }
            at += 3;
        } else {
            at += 1;
        }
    }
    None
}

/// An example is typed as in the environment.
fn check_example(
    v: &mut Validator<'_>,
    at: &At<'_>,
    name: &str,
    field: &ConfigField,
    example: &str,
) {
    let fits = match field.kind {
        FieldType::Bool => matches!(example, "true" | "false"),
        FieldType::Int => example.parse::<i64>().is_ok(),
        FieldType::Float | FieldType::Duration => example.parse::<f64>().is_ok_and(f64::is_finite),
        FieldType::Map | FieldType::SecretMap => {
            example.split(',').all(|pair| pair.contains([':', '=']))
        }
        _ => true,
    };
    if !fits {
        let expected = expected_value(field.kind);
        let hint = "write it as it would stand in the environment, a map as `key:value,key:value`";
        v.report_hint(
            at,
            format!("the example of `{name}` is not {expected}"),
            hint,
        );
        return;
    }
    let number = || serde_json::from_str::<Value>(example).ok();
    match field.kind {
        FieldType::String => check_against(v, at, name, field, example),
        FieldType::Int | FieldType::Float | FieldType::Duration => {
            if let Some(number) = number() {
                check_value(v, at, name, field, &number);
            }
        }
        _ => {}
    }
}

/// Checks a default, or a value given in a vector, against the field's type.
pub fn check_value(
    v: &mut Validator<'_>,
    at: &At<'_>,
    name: &str,
    field: &ConfigField,
    value: &Value,
) {
    let fits = match field.kind {
        FieldType::String
        | FieldType::Secret
        | FieldType::Url
        | FieldType::SecretUrl
        | FieldType::Enum => value.is_string(),
        FieldType::Bool => value.is_boolean(),
        FieldType::Int => value.is_i64() || value.is_u64(),
        FieldType::Float | FieldType::Duration => value.is_number(),
        FieldType::List => is_list_of_text(value),
        FieldType::Map | FieldType::SecretMap => value
            .as_object()
            .is_some_and(|map| map.values().all(Value::is_string)),
    };
    if !fits {
        let expected = expected_value(field.kind);
        v.report(at, format!("the value of `{name}` is not {expected}"));
        return;
    }
    match (field.kind, value) {
        (FieldType::Enum, Value::String(text)) => check_choice(v, at, name, field, text),
        (FieldType::String | FieldType::Secret, Value::String(text)) => {
            check_against(v, at, name, field, text);
        }
        (FieldType::Url | FieldType::SecretUrl, Value::String(text)) => {
            if let Some(why) = names::bad_url(text) {
                v.report(
                    at,
                    format!("the value of `{name}` is not a web address: {why}"),
                );
            }
        }
        (FieldType::Int, Value::Number(number)) if !field.one_of.is_empty() => {
            check_listed(v, at, name, field, number);
        }
        (FieldType::Int | FieldType::Float | FieldType::Duration, Value::Number(number)) => {
            check_bounds(v, at, name, field, number.as_f64().unwrap_or_default());
        }
        _ => {}
    }
}

/// A text against the field's own checks.
fn check_against(v: &mut Validator<'_>, at: &At<'_>, name: &str, field: &ConfigField, text: &str) {
    let Some(why) = field.check.as_ref().and_then(|check| check.refuses(text)) else {
        return;
    };
    let hint = "change the value or the `check`";
    v.report_hint(
        at,
        format!("`{name}` does not take this value: {why}"),
        hint,
    );
}

fn check_choice(v: &mut Validator<'_>, at: &At<'_>, name: &str, field: &ConfigField, text: &str) {
    let known: Vec<&String> = field.values.iter().map(|value| &value.value).collect();
    if !known.is_empty() && !known.iter().any(|value| *value == text) {
        let hint = closest_hint(text, &known, "values are");
        v.report_hint(at, format!("`{text}` is not a value of `{name}`"), hint);
    }
}

fn check_listed(
    v: &mut Validator<'_>,
    at: &At<'_>,
    name: &str,
    field: &ConfigField,
    number: &Number,
) {
    if !number.as_i64().is_some_and(|it| field.one_of.contains(&it)) {
        let numbers: Vec<String> = field.one_of.iter().map(i64::to_string).collect();
        let hint = format!("values are {}", numbers.join(", "));
        v.report_hint(at, format!("{number} is not a value of `{name}`"), hint);
    }
}

fn check_bounds(v: &mut Validator<'_>, at: &At<'_>, name: &str, field: &ConfigField, number: f64) {
    if field.min.zip(field.max).is_some_and(|(min, max)| min > max) {
        return;
    }
    let min = field
        .min
        .or((field.kind == FieldType::Duration).then_some(0.0));
    if let Some(min) = min.filter(|min| number < *min) {
        v.report(
            at,
            format!("{number} is below the least value of `{name}`, {min}"),
        );
    }
    if let Some(max) = field.max.filter(|max| number > *max) {
        v.report(
            at,
            format!("{number} is above the largest value of `{name}`, {max}"),
        );
    }
}

fn is_list_of_text(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|list| list.iter().all(Value::is_string))
}

fn expected_value(kind: FieldType) -> &'static str {
    match kind {
        FieldType::String
        | FieldType::Secret
        | FieldType::Url
        | FieldType::SecretUrl
        | FieldType::Enum => "text",
        FieldType::Bool => "`true` or `false`",
        FieldType::Int => "a whole number",
        FieldType::Float => "a number",
        FieldType::Duration => "a number of seconds",
        FieldType::List => "a list of texts",
        FieldType::Map | FieldType::SecretMap => "a map of text to text",
    }
}
