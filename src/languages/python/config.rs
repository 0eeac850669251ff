//! The config class of one provider.

use minijinja::{Value, context};

use super::layout::{Expr, import, statement};
use super::names::upper;
use super::settings::{self, Setting, grouped};
use super::text::{WIDTH, comment, docstring, literal};
use crate::spec::model::{Auth, Encoding, Endpoint, FieldType, Ordering, Spec};
use crate::text::{first_sentence, plain, sentence};

/// What the config template needs.
#[must_use]
pub fn context(spec: &Spec) -> Value {
    let prefix = spec.type_prefix();
    let settings = settings::all(spec);
    let mut fields: Vec<String> = settings
        .iter()
        .map(|setting| field(spec, setting))
        .collect();
    let mut choices: Vec<String> = settings.iter().filter_map(choice).collect();
    if let Some((field, choice)) = compression(spec) {
        fields.push(field);
        choices.push(choice);
    }
    let delivery = delivery(spec);
    if !delivery.is_empty() {
        let why = comment(4, &format!("Defaults that suit {}.", plain(&spec.title)));
        fields.push(format!("{why}\n{}", delivery.join("\n")));
    }
    let fields = fields.join("\n");
    let methods = [labels(spec), passwords(spec), credentials(spec)];
    let methods: Vec<String> = methods.into_iter().flatten().collect();
    let methods = methods.join("\n\n");
    let summary = format!("How a `{prefix}Sink` reaches {}.", plain(&spec.title));
    let order = format!(
        "A setting is read from the keyword, its environment variables in order, the variable \
         ``{}_`` with its name in capitals, its default.",
        spec.env_prefix()
    );
    context! {
        title => docstring(0, &[format!("Settings of the {} sink.", plain(&spec.title))]),
        prefix,
        env_prefix => spec.env_prefix(),
        docs => docstring(4, &[summary, order]),
        uses => uses(&format!("{fields}{methods}{}", choices.join("\n")), !choices.is_empty()),
        required => required(&settings),
        choices,
        fields,
        methods,
    }
}

/// Name of the enum for compression, where there is a choice.
#[must_use]
pub fn compression_type(spec: &Spec) -> Option<String> {
    (spec.compression.offered.len() > 1).then(|| format!("{}Compression", spec.type_prefix()))
}

/// Whether any setting has a check that the part `_check` supplies.
#[must_use]
pub fn needs_check(spec: &Spec) -> bool {
    let settings = settings::all(spec);
    settings
        .iter()
        .flat_map(|setting| checks(spec, setting))
        .any(|check| matches!(check, Expr::Call(head, _) if head.ends_with("Validator")))
}

/// Names the config module gives away, besides the config itself.
#[must_use]
pub fn enums(spec: &Spec) -> Vec<String> {
    let settings = settings::all(spec);
    settings
        .into_iter()
        .filter_map(|setting| setting.choice)
        .chain(compression_type(spec))
        .collect()
}

fn uses(source: &str, has_choices: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if has_choices {
        lines.push("from enum import Enum".to_owned());
    }
    let annotated = if source.contains("Annotated[") {
        "Annotated, "
    } else {
        ""
    };
    lines.push(format!("from typing import {annotated}ClassVar"));
    lines.push(String::new());
    let pydantic = used(
        source,
        &[
            "AfterValidator",
            "BeforeValidator",
            "Field",
            "model_validator",
        ],
    );
    if !pydantic.is_empty() {
        lines.push(import("pydantic", &pydantic));
        lines.push(String::new());
    }
    let mut runtime = vec!["CloudSinkConfig"];
    runtime.extend(used(
        source,
        &[
            "AtLeastOne",
            "EndpointUrl",
            "Env",
            "PositiveSeconds",
            "Seconds",
            "Secret",
            "TextList",
            "TextMap",
        ],
    ));
    lines.push(import(".cloud_sink_base", &runtime));
    let streams = used(source, &["check_labels"]);
    let checks = used(
        source,
        &[
            "header_text",
            "not_prefix",
            "one_of",
            "only",
            "without",
            "words",
        ],
    );
    if !checks.is_empty() {
        lines.push(import(".cloud_sink_parts._check", &checks));
    }
    if !streams.is_empty() {
        lines.push(import(".cloud_sink_parts._streams", &streams));
    }
    lines
}

/// The names that stand as words in Python source.
#[must_use]
pub fn used<'a>(source: &str, names: &[&'a str]) -> Vec<&'a str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let stands = |name: &str| {
        source.match_indices(name).any(|(at, _)| {
            let before = source[..at].chars().next_back();
            let after = source[at + name.len()..].chars().next();
            !before.is_some_and(|c| is_word(c) || c == '.' || c == '"')
                && !after.is_some_and(is_word)
        })
    };
    names.iter().filter(|name| stands(name)).copied().collect()
}

fn required(settings: &[Setting]) -> Option<String> {
    let names: Vec<Expr> = settings
        .iter()
        .filter(|setting| setting.spec.required)
        .map(|setting| Expr::text(literal(setting.key)))
        .collect();
    let head = "required: ClassVar[tuple[str, ...]] = ";
    (!names.is_empty()).then(|| statement(4, head, &Expr::tuple(names), ""))
}

fn field(spec: &Spec, setting: &Setting) -> String {
    let optional = if setting.is_optional() { " | None" } else { "" };
    let mut parts = vec![Expr::text(format!("{}{optional}", setting.base_type()))];
    parts.extend(checks(spec, setting));
    if !setting.spec.env.is_empty() {
        parts.push(Expr::call(
            "Env",
            setting
                .spec
                .env
                .iter()
                .map(|name| Expr::text(literal(name))),
        ));
    }
    let annotation = annotation(setting.key, parts, &setting.default());
    format!("{annotation}\n{}", docstring(4, &[documented(setting)]))
}

/// `name: Annotated[type, notes] = default`, broken as ruff does: the value is put into brackets
/// where that makes the annotation fit, else the annotation is opened.
fn annotation(name: &str, mut parts: Vec<Expr>, default: &Expr) -> String {
    if parts.len() == 1
        && let Some(Expr::Text(kind)) = parts.pop()
    {
        return statement(4, &format!("{name}: {kind} = "), default, "");
    }
    let open = Expr::Items('[', parts, ']');
    let head = statement(4, &format!("{name}: Annotated"), &open, " = ");
    let one_line = statement(4, head.trim_start(), default, "");
    if !head.contains('\n') && one_line.lines().all(|line| line.chars().count() <= WIDTH) {
        return one_line;
    }
    let Expr::Items(_, parts, _) = open else {
        return one_line;
    };
    let arguments = Expr::Arguments(format!("{name}: Annotated["), parts, "]".to_owned());
    let head = statement(4, "", &arguments, "");
    format!("{head} = {}", statement(0, "", default, ""))
}

/// Meaning, and for choices what can be chosen.
fn documented(setting: &Setting) -> String {
    let unit = if setting.spec.kind == FieldType::Duration {
        " In seconds."
    } else {
        ""
    };
    let required = if setting.spec.required {
        " Required."
    } else {
        ""
    };
    format!("{}{unit}{required}", sentence(&setting.spec.described())).replace('`', "``")
}

/// Notes in the annotation that check a value.
fn checks(spec: &Spec, setting: &Setting) -> Vec<Expr> {
    let mut bounds = Vec::new();
    let mut validators = Vec::new();
    if matches!(
        setting.spec.kind,
        FieldType::Int | FieldType::Float | FieldType::Duration
    ) {
        bounds.extend(
            setting
                .spec
                .min
                .map(|bound| format!("ge={}", bounded(setting, bound))),
        );
        bounds.extend(
            setting
                .spec
                .max
                .map(|bound| format!("le={}", bounded(setting, bound))),
        );
        if setting.spec.kind != FieldType::Int {
            bounds.push("allow_inf_nan=False".to_owned());
        }
    }
    if !setting.spec.one_of.is_empty() {
        let numbers = setting.spec.one_of.iter();
        let numbers = numbers.map(|number| Expr::text(number.to_string()));
        validators.push(after(Expr::call("one_of", numbers)));
    }
    if setting.spec.spaced {
        let words = Expr::text("words");
        validators.push(Expr::call("BeforeValidator", [words]));
    }
    let check = setting.spec.check.as_ref();
    let shortest = check.and_then(|check| check.min_length);
    let is_text = matches!(setting.spec.kind, FieldType::String | FieldType::Secret);
    if is_text {
        let shortest = shortest.or_else(|| setting.spec.required.then_some(1));
        bounds.extend(shortest.map(|least| format!("min_length={least}")));
    }
    if let Some(check) = check {
        bounds.extend(
            check
                .max_length
                .map(|most| format!("max_length={}", grouped(most as u64))),
        );
        let mut call = |function: &str, text: &Option<String>| {
            let text = text.as_ref().map(|text| Expr::text(literal(text)));
            validators.extend(text.map(|text| after(Expr::call(function, [text]))));
        };
        call("only", &check.charset);
        call("without", &check.forbid);
        call("not_prefix", &check.not_prefix);
    }
    if setting.spec.kind == FieldType::String && stands_in_header(spec, setting.key) {
        validators.push(after(Expr::text("header_text")));
    }
    if !bounds.is_empty() {
        validators.insert(0, Expr::call("Field", bounds.into_iter().map(Expr::Text)));
    }
    validators
}

fn after(check: Expr) -> Expr {
    Expr::call("AfterValidator", [check])
}

fn bounded(setting: &Setting, bound: f64) -> String {
    let is_whole = bound.fract() == 0.0 && bound.abs() < 1e15;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked to be a small whole number"
    )]
    if setting.spec.kind == FieldType::Int || is_whole {
        (bound as i64).to_string()
    } else {
        format!("{bound:?}")
    }
}

/// Whether a request has the setting in a header, which limits what it can hold.
fn stands_in_header(spec: &Spec, key: &str) -> bool {
    let headers = spec
        .endpoint
        .as_ref()
        .map(|Endpoint { headers, .. }| headers);
    let hole = format!("{{{key}}}");
    headers.is_some_and(|headers| headers.values().any(|value| value.contains(&hole)))
}

/// An enum for the values of a setting.
fn choice(setting: &Setting) -> Option<String> {
    let name = setting.choice.clone()?;
    let mut out = enum_head(
        &name,
        &first_sentence(&setting.spec.description).replace('`', "``"),
    );
    for value in &setting.spec.values {
        out += &member(
            &value.value,
            &sentence(&value.description).replace('`', "``"),
        );
    }
    Some(out.trim_end_matches('\n').to_owned())
}

fn enum_head(name: &str, docs: &str) -> String {
    format!(
        "class {name}(str, Enum):\n{}\n\n",
        docstring(4, &[docs.to_owned()])
    )
}

fn member(value: &str, docs: &str) -> String {
    let docs = if docs.is_empty() {
        String::new()
    } else {
        docstring(4, &[docs.to_owned()]) + "\n"
    };
    format!(
        "{}\n{docs}",
        statement(
            4,
            &format!("{} = ", upper(value)),
            &Expr::text(literal(value)),
            ""
        )
    )
}

/// The field and the enum for compression, where there is a choice.
fn compression(spec: &Spec) -> Option<(String, String)> {
    let name = compression_type(spec)?;
    let offered = &spec.compression.offered;
    let default = upper(offered.first()?.word());
    let docs = docstring(4, &["How request bodies are compressed.".to_owned()]);
    let field = format!("    compression: {name} = {name}.{default}\n{docs}");
    let mut choice = enum_head(&name, "How request bodies are compressed.");
    for encoding in offered {
        let docs = match encoding {
            Encoding::None => "Bodies are sent as they are.",
            Encoding::Gzip | Encoding::Zstd => "",
        };
        choice += &member(encoding.word(), docs);
    }
    Some((field, choice.trim_end_matches('\n').to_owned()))
}

/// Delivery settings whose default differs from the runtime's.
fn delivery(spec: &Spec) -> Vec<String> {
    let delivery = &spec.delivery;
    let in_order = spec.limits.ordering == Ordering::AcrossBatches;
    let in_flight = if in_order {
        Some(1)
    } else {
        delivery.max_in_flight
    };
    let mut lines = Vec::new();
    let mut whole = |name: &str, kind: &str, value: Option<u64>, default: u64| {
        if let Some(value) = value.filter(|value| *value != default) {
            lines.push(format!("    {name}: {kind} = {}", grouped(value)));
        }
    };
    whole("batch_size", "AtLeastOne", delivery.batch_size, 1_000);
    whole("batch_bytes", "AtLeastOne", delivery.batch_bytes, 1_000_000);
    whole(
        "max_retries",
        "Annotated[int, Field(ge=0)]",
        delivery.max_retries.map(u64::from),
        5,
    );
    whole(
        "max_in_flight",
        "Annotated[int, Field(ge=1, le=64)]",
        in_flight,
        4,
    );
    for (name, kind, value, default) in [
        (
            "batch_timeout_seconds",
            "Seconds",
            delivery.batch_timeout_seconds,
            1.0,
        ),
        (
            "retry_base_delay",
            "PositiveSeconds",
            delivery.retry_base_delay,
            0.5,
        ),
        (
            "retry_max_delay",
            "PositiveSeconds",
            delivery.retry_max_delay,
            30.0,
        ),
        (
            "timeout_seconds",
            "PositiveSeconds",
            delivery.timeout_seconds,
            10.0,
        ),
    ] {
        if let Some(value) = value.filter(|value| (value - default).abs() > f64::EPSILON) {
            lines.push(format!("    {name}: {kind} = {value:?}"));
        }
    }
    lines
}

/// Settings that ask for labels ask for ones that the provider takes.
fn labels(spec: &Spec) -> Option<String> {
    let rules = spec.label_rules()?;
    let asked = rules.settings.iter();
    let asked = asked.map(|key| (literal(key), Expr::text(format!("self.{key}"))));
    let mut arguments = vec![Expr::dict(asked)];
    arguments.extend(
        rules
            .most
            .map(|most| Expr::keyword("most", Expr::text(grouped(most)))),
    );
    for (keyword, names) in [("named", rules.counted), ("uncounted", rules.uncounted)] {
        let names: Vec<Expr> = names
            .into_iter()
            .map(|it| Expr::text(literal(it)))
            .collect();
        if !names.is_empty() {
            arguments.push(Expr::keyword(keyword, Expr::tuple(names)));
        }
    }
    let call = Expr::call("check_labels", arguments);
    let body = statement(8, "", &call, "") + "\n";
    Some(validator(spec, "_check_labels", &body))
}

/// A password that no user name goes with is never sent.
fn passwords(spec: &Spec) -> Option<String> {
    let pairs = spec.lone_passwords();
    let checks = pairs.iter().map(|(username, password)| {
        let message = format!(
            "`{password}` needs `{username}`, which is not set: set both or neither"
        );
        let message = Expr::text(literal(&message));
        format!(
            "        if self.{password} and not self.{username}:\n{}\n            raise ValueError(message)\n",
            statement(12, "message = ", &message, "")
        )
    });
    let body: String = checks.collect();
    (!body.is_empty()).then(|| validator(spec, "_check_passwords", &body))
}

/// A method that pydantic calls once every setting is read.
fn validator(spec: &Spec, name: &str, body: &str) -> String {
    let config = format!("{}SinkConfig", spec.type_prefix());
    format!(
        "    @model_validator(mode=\"after\")\n    def {name}(self) -> \"{config}\":\n{body}        return self"
    )
}

/// A sink whose provider takes no anonymous events needs one complete set of credentials.
fn credentials(spec: &Spec) -> Option<String> {
    let mut names = Vec::new();
    for auth in &spec.auth {
        match auth {
            Auth::None {} | Auth::AwsDefaultChain { .. } => return None,
            Auth::Header { secret, .. }
            | Auth::Authorization { secret, .. }
            | Auth::Query { secret, .. } => {
                names.push(secret);
            }
            Auth::Basic { username, .. } => names.push(username),
        }
    }
    let settings: Vec<Setting> = names
        .iter()
        .filter_map(|name| settings::find(spec, name))
        .collect();
    if settings.is_empty() || settings.iter().any(|setting| setting.spec.required) {
        return None;
    }
    let set: Vec<String> = settings
        .iter()
        .map(|setting| format!("self.{}", setting.key))
        .collect();
    let known: Vec<String> = settings
        .iter()
        .map(|setting| format!("`{}`", setting.key))
        .collect();
    let message = literal(&format!("no credentials: set {}", known.join(" or ")));
    let doc = docstring(
        8,
        &["Say which required settings are not set; None when all are.".to_owned()],
    );
    let condition = if set.len() == 1 {
        format!("not {}", set[0])
    } else {
        format!("not ({})", set.join(" or "))
    };
    Some(format!(
        "    def missing(self) -> str | None:\n{doc}\n        if {condition}:\n{}\n        return super().missing()",
        statement(12, "return ", &Expr::text(message), "")
    ))
}
