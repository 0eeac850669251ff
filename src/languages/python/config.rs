//! The config class of one provider.

use minijinja::{Value, context};

use super::layout::{Expr, statement};
use super::module::Module;
use super::names::upper;
use super::settings::{Default, Field, field, fields, members};
use super::text::{WIDTH, comment, docstring, literal};
use crate::sink::{Encoding, Form, Kind, Label, Scheme, Sink, TextCheck};
use crate::text::{first_sentence, number, plain, sentence, width};

/// What the config template needs.
#[must_use]
pub fn context(sink: &Sink) -> (Value, Module) {
    let prefix = sink.type_prefix.as_str();
    let mut module = Module::default();
    let base = if sink.is_http() {
        module.part("_connection", "HttpSinkConfig")
    } else {
        module.base("CloudSinkConfig")
    }
    .to_owned();
    module.from("typing", "ClassVar");
    let settings = fields(sink);
    let mut printed: Vec<String> = settings.iter().map(|it| printed(it, &mut module)).collect();
    let mut choices: Vec<String> = settings.iter().filter_map(choice).collect();
    if let Some(name) = compression_type(sink) {
        let (field, choice) = compression(sink, &name, &mut module);
        printed.push(field);
        choices.push(choice);
    }
    if !choices.is_empty() {
        module.from("enum", "Enum");
    }
    let delivery = delivery(sink, &mut module);
    if !delivery.is_empty() {
        let why = comment(4, &format!("Defaults that suit {}.", plain(&sink.title)));
        printed.push(format!("{why}\n{}", delivery.join("\n")));
    }
    let methods = [
        labels(sink, &mut module),
        passwords(sink, &mut module),
        acknowledgement(sink, &mut module),
        plain_http(sink, &mut module),
        credentials(sink),
    ];
    let methods: Vec<String> = methods.into_iter().flatten().collect();
    let required = sink
        .settings
        .iter()
        .zip(&settings)
        .filter(|(it, _)| it.is_required());
    let required: Vec<Expr> = required
        .map(|(_, it)| Expr::text(literal(&it.attribute)))
        .collect();
    let head = "required: ClassVar[tuple[str, ...]] = ";
    let summary = format!("How a `{prefix}Sink` reaches {}.", plain(&sink.title));
    let order = format!(
        "A setting is read from the keyword, its environment variables in order, the variable \
         ``{}_`` with its name in capitals, its default.",
        sink.env_prefix
    );
    let context = context! {
        title => docstring(0, &[format!("Settings of the {} sink.", plain(&sink.title))]),
        prefix,
        base,
        env_prefix => sink.env_prefix.as_str(),
        docs => docstring(4, &[summary, order]),
        uses => module.lines(),
        required => (!required.is_empty()).then(|| statement(4, head, &Expr::tuple(required), "")),
        choices,
        fields => printed.join("\n"),
        methods,
    };
    (context, module)
}

/// Name of the enum for compression, where there is a choice.
#[must_use]
pub fn compression_type(sink: &Sink) -> Option<String> {
    (sink.compression.len() > 1).then(|| format!("{}Compression", sink.type_prefix))
}

/// Names the config module gives away, besides the config itself.
#[must_use]
pub fn enums(sink: &Sink) -> Vec<String> {
    let choices = fields(sink).into_iter().filter_map(|field| field.choice);
    choices.chain(compression_type(sink)).collect()
}

/// A setting and what it means.
fn printed(field: &Field<'_>, module: &mut Module) -> String {
    let setting = field.setting;
    let optional = if field.may_be_none() { " | None" } else { "" };
    let mut parts = vec![Expr::text(format!("{}{optional}", field.base_type(module)))];
    parts.extend(checks(field, module));
    if !setting.env.is_empty() {
        let names = setting.env.iter().map(|name| Expr::text(literal(name)));
        parts.push(Expr::call(module.base("Env"), names));
    }
    let alias = (field.attribute != setting.name)
        .then(|| Expr::keyword("alias", Expr::text(literal(&setting.name))));
    let mut call = |argument: Expr, alias: Option<Expr>| {
        module.from("pydantic", "Field");
        Expr::call("Field", [argument].into_iter().chain(alias))
    };
    let default = match (field.default(), alias) {
        (Default::Value(value), None) => value,
        (Default::Value(value), alias) => call(Expr::keyword("default", value), alias),
        (Default::Factory(value), alias) => call(Expr::keyword("default_factory", value), alias),
    };
    let name = format!("{}: ", field.attribute);
    let line = match <[Expr; 1]>::try_from(parts) {
        Ok([kind]) => statement(4, &format!("{name}{} = ", kind.flat()), &default, ""),
        Err(parts) => {
            module.from("typing", "Annotated");
            let flat = Expr::Call("Annotated".to_owned(), parts.clone(), ']').flat();
            let one_line = format!("    {name}{flat} = {}", default.flat());
            if width(&one_line) <= WIDTH {
                one_line
            } else {
                let parts = parts.iter().map(|part| statement(8, "", part, ",\n"));
                let parts: String = parts.collect();
                let end = statement(4, "] = ", &default, "");
                format!("    {name}Annotated[\n{parts}{end}")
            }
        }
    };
    format!("{line}\n{}", docstring(4, &[documented(field)]))
}

/// Meaning, and for choices what can be chosen.
fn documented(field: &Field<'_>) -> String {
    let is_duration = matches!(field.setting.kind, Kind::Duration { .. });
    let unit = if is_duration { " In seconds." } else { "" };
    let required = if field.setting.is_required() {
        " Required."
    } else {
        ""
    };
    format!("{}{unit}{required}", sentence(&field.setting.description)).replace('`', "``")
}

/// Notes in the annotation that check a value.
fn checks(field: &Field<'_>, module: &mut Module) -> Vec<Expr> {
    let mut bounds = Vec::new();
    let mut validators = Vec::new();
    let mut text = |check: &Option<TextCheck>, module: &mut Module| {
        let check = check.as_ref();
        let least = check.and_then(|check| check.min_length);
        let least = least.or_else(|| field.setting.is_required().then_some(1));
        bounds.extend(least.map(|least| format!("min_length={least}")));
        let most = check.and_then(|check| check.max_length);
        bounds.extend(most.map(|most| format!("max_length={}", number(most as u64))));
        let rules = check.map(|check| {
            [
                ("only", &check.charset),
                ("without", &check.forbid),
                ("not_prefix", &check.not_prefix),
            ]
        });
        for (function, text) in rules.into_iter().flatten() {
            if let Some(text) = text {
                let function = module.part("_check", function);
                validators.push(Expr::call(function, [Expr::text(literal(text))]));
            }
        }
    };
    match &field.setting.kind {
        Kind::Text(check) | Kind::Secret(check) => text(check, module),
        Kind::SecretUrl => validators.push(Expr::text(module.part("_check", "secret_url"))),
        Kind::Int { min, max, one_of } => {
            bounds.extend(min.map(|min| format!("ge={min}")));
            bounds.extend(max.map(|max| format!("le={max}")));
            if !one_of.is_empty() {
                let numbers = one_of.iter().map(|number| Expr::text(number.to_string()));
                validators.push(Expr::call(module.part("_check", "one_of"), numbers));
            }
        }
        Kind::Float { min, max } | Kind::Duration { min, max } => {
            let is_duration = matches!(field.setting.kind, Kind::Duration { .. });
            let min = min.or(is_duration.then_some(0.0));
            bounds.extend(min.map(|min| format!("ge={}", bound(min))));
            bounds.extend(max.map(|max| format!("le={}", bound(max))));
            bounds.push("allow_inf_nan=False".to_owned());
        }
        Kind::Url { .. }
        | Kind::Bool
        | Kind::Enum(_)
        | Kind::List { .. }
        | Kind::Map
        | Kind::SecretMap => {}
    }
    if field.setting.in_header {
        let check = match &field.setting.kind {
            Kind::Text(_) => Some("header_text"),
            Kind::List { .. } | Kind::Map => Some("header_texts"),
            Kind::SecretMap => Some("header_names"),
            _ => None,
        };
        validators.extend(check.map(|check| Expr::text(module.part("_check", check))));
    }
    let mut notes = Vec::new();
    if !bounds.is_empty() {
        module.from("pydantic", "Field");
        notes.push(Expr::call("Field", bounds.into_iter().map(Expr::Text)));
    }
    if matches!(field.setting.kind, Kind::List { spaced: true }) {
        module.from("pydantic", "BeforeValidator");
        let words = Expr::text(module.part("_check", "words"));
        notes.push(Expr::call("BeforeValidator", [words]));
    }
    for validator in validators {
        module.from("pydantic", "AfterValidator");
        notes.push(Expr::call("AfterValidator", [validator]));
    }
    notes
}

fn bound(bound: f64) -> String {
    let text = format!("{bound:?}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

/// An enum for the values of a setting.
fn choice(field: &Field<'_>) -> Option<String> {
    let Kind::Enum(values) = &field.setting.kind else {
        return None;
    };
    let docs = first_sentence(&field.setting.description).replace('`', "``");
    let words = values
        .iter()
        .map(|value| (value.value.as_str(), value.description.as_str()));
    Some(enumeration(field.choice.as_deref()?, &docs, words))
}

fn enumeration<'v>(
    name: &str,
    docs: &str,
    words: impl Iterator<Item = (&'v str, &'v str)>,
) -> String {
    let mut out = format!(
        "class {name}(str, Enum):\n{}\n",
        docstring(4, &[docs.to_owned()])
    );
    let words: Vec<(&str, &str)> = words.collect();
    let members = members(words.iter().map(|(word, _)| *word));
    for ((word, docs), member) in words.into_iter().zip(members) {
        let value = Expr::text(literal(word));
        out += &format!("\n{}", statement(4, &format!("{member} = "), &value, ""));
        if !docs.is_empty() {
            let docs = sentence(docs).replace('`', "``");
            out += &format!("\n{}", docstring(4, &[docs]));
        }
    }
    out
}

/// A note in an annotation that names environment variables.
fn note(class: &'static str, names: &[String], module: &mut Module) -> Expr {
    module.from("typing", "Annotated");
    let names = names.iter().map(|name| Expr::text(literal(name)));
    Expr::call(module.base(class), names)
}

/// A field whose type has a note, or none.
fn declared(name: &str, kind: &str, note: Option<Expr>, default: &str) -> String {
    let Some(note) = note else {
        return format!("    {name}: {kind} = {default}");
    };
    let parts = vec![Expr::text(kind), note];
    let flat = Expr::Call("Annotated".to_owned(), parts.clone(), ']').flat();
    let one_line = format!("    {name}: {flat} = {default}");
    if width(&one_line) <= WIDTH {
        return one_line;
    }
    let parts: String = parts
        .iter()
        .map(|part| statement(8, "", part, ",\n"))
        .collect();
    format!("    {name}: Annotated[\n{parts}    ] = {default}")
}

/// The field and the enum for compression.
fn compression(sink: &Sink, name: &str, module: &mut Module) -> (String, String) {
    // The sink's own variable alone is read without being named.
    let env = match sink.compression_env.as_slice() {
        [_] => None,
        names => Some(note("Env", names, module)),
    };
    let docs = "How request bodies are compressed.";
    let default = upper(sink.compression[0].word());
    let field = format!(
        "{}\n{}",
        declared("compression", name, env, &format!("{name}.{default}")),
        docstring(4, &[docs.to_owned()])
    );
    let words = sink.compression.iter().map(|encoding| {
        let docs = match encoding {
            Encoding::None => "Bodies are sent as they are.",
            Encoding::Gzip | Encoding::Zstd => "",
        };
        (encoding.word(), docs)
    });
    (field, enumeration(name, docs, words))
}

/// Delivery settings whose default differs from the runtime's.
fn delivery(sink: &Sink, module: &mut Module) -> Vec<String> {
    let delivery = &sink.delivery;
    let whole = [
        ("batch_size", "AtLeastOne", "", delivery.batch_size, 1_000),
        (
            "batch_bytes",
            "AtLeastOne",
            "",
            delivery.batch_bytes,
            1_000_000,
        ),
        (
            "max_retries",
            "",
            "ge=0",
            u64::from(delivery.max_retries),
            5,
        ),
        (
            "max_in_flight",
            "",
            "ge=1, le=64",
            delivery.max_in_flight,
            4,
        ),
    ];
    let mut lines = Vec::new();
    for (name, kind, bounds, value, default) in whole {
        if value == default {
            continue;
        }
        let kind = if bounds.is_empty() {
            module.base(kind).to_owned()
        } else {
            module.from("pydantic", "Field");
            module.from("typing", "Annotated");
            format!("Annotated[int, Field({bounds})]")
        };
        lines.push(format!("    {name}: {kind} = {}", number(value)));
    }
    let durations = [
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
    ];
    for (name, kind, value, default) in durations {
        let millis = &sink.timeout_milliseconds_env;
        let note = (name == "timeout_seconds" && !millis.is_empty())
            .then(|| note("EnvMilliseconds", millis, module));
        if note.is_some() || (value - default).abs() > f64::EPSILON {
            let kind = module.base(kind).to_owned();
            lines.push(declared(name, &kind, note, &format!("{value:?}")));
        }
    }
    lines
}

/// Settings that ask for labels ask for ones that the provider takes.
fn labels(sink: &Sink, module: &mut Module) -> Option<String> {
    let Form::Streams(streams) = &sink.payload.form else {
        return None;
    };
    let asked = streams.labels.iter().filter_map(|label| match label {
        Label::Pairs(id) | Label::Fields(id) => Some(field(sink, *id)),
        Label::Named { .. } => None,
    });
    let asked: Vec<(String, Expr)> = asked
        .map(|field| {
            let value = Expr::text(format!("self.{}", field.attribute));
            (literal(&field.setting.name), value)
        })
        .collect();
    if asked.is_empty() {
        return None;
    }
    let names = |wanted: bool| {
        let names = streams.labels.iter().filter_map(move |label| match label {
            Label::Named {
                name, uncounted, ..
            } if *uncounted == wanted => Some(name),
            _ => None,
        });
        let names: Vec<Expr> = names.map(|name| Expr::text(literal(name))).collect();
        (!names.is_empty()).then(|| Expr::tuple(names))
    };
    let most = streams.max_labels.map(|most| Expr::text(number(most)));
    let keywords = [
        ("most", most),
        ("named", names(false)),
        ("uncounted", names(true)),
    ];
    let keywords = keywords
        .into_iter()
        .filter_map(|(name, value)| Some(Expr::keyword(name, value?)));
    let arguments = [Expr::dict(asked)].into_iter().chain(keywords);
    let call = Expr::call(module.part("_streams", "check_labels"), arguments);
    Some(validator(
        sink,
        "_check_labels",
        &statement(8, "", &call, "\n"),
        module,
    ))
}

/// A password that no user name goes with is never sent.
fn passwords(sink: &Sink, module: &mut Module) -> Option<String> {
    let pairs = sink.credentials.iter().filter_map(|it| match &it.scheme {
        Scheme::Basic {
            username,
            password: Some(password),
        } => Some((*username, *password)),
        _ => None,
    });
    let mut body = String::new();
    for (username, password) in pairs {
        let (username, password) = (field(sink, username), field(sink, password));
        if !username.setting.is_optional() {
            continue;
        }
        let message = format!(
            "`{}` needs `{}`, which is not set: set both or neither",
            password.setting.name, username.setting.name
        );
        let message = statement(12, "message = ", &Expr::text(literal(&message)), "");
        body += &format!(
            "        if self.{} and not self.{}:\n{message}\n            raise ValueError(message)\n",
            password.attribute, username.attribute
        );
    }
    (!body.is_empty()).then(|| validator(sink, "_check_passwords", &body, module))
}

/// What the question about an id is made of is set where the question is asked.
fn acknowledgement(sink: &Sink, module: &mut Module) -> Option<String> {
    let (given, when) = sink.switched_acknowledgement()?;
    let when = field(sink, when);
    let checks = given.needs(sink).into_iter().map(|id| {
        let needed = field(sink, id);
        let message = format!(
            "`{}` needs `{}`, which is not set",
            when.setting.name, needed.setting.name
        );
        let message = statement(12, "message = ", &Expr::text(literal(&message)), "");
        format!(
            "        if self.{} and not self.{}:\n{message}\n            raise ValueError(message)\n",
            when.attribute, needed.attribute
        )
    });
    let body: String = checks.collect();
    (!body.is_empty()).then(|| validator(sink, "_check_acknowledgement", &body, module))
}

/// No credentials travel in clear.
fn plain_http(sink: &Sink, module: &mut Module) -> Option<String> {
    let value = |id| format!("self.{}", field(sink, id).attribute);
    let addresses = sink.addresses().into_iter();
    let addresses: Vec<(String, Expr)> = addresses
        .map(|id| (literal(&sink.setting(id).name), Expr::text(value(id))))
        .collect();
    if addresses.is_empty() {
        return None;
    }
    let has_credentials = match sink.credential_settings() {
        None => Expr::text("True"),
        Some(ids) => match ids.as_slice() {
            [] => Expr::text("False"),
            [id] => Expr::call("bool", [Expr::text(value(*id))]),
            ids => Expr::call(
                "any",
                [Expr::tuple(ids.iter().map(|id| Expr::text(value(*id))))],
            ),
        },
    };
    let has_whole = sink.endpoint().is_some_and(|it| it.whole.is_some());
    let addresses = if has_whole {
        let function = module.part("_connection", "first_set");
        Expr::call(function, [Expr::dict(addresses)])
    } else {
        Expr::dict(addresses)
    };
    let arguments = [addresses, Expr::keyword("has_credentials", has_credentials)];
    let call = Expr::call("self.check_plain_http", arguments);
    Some(validator(
        sink,
        "_check_addresses",
        &statement(8, "", &call, "\n"),
        module,
    ))
}

/// A method that pydantic calls once every setting is read.
fn validator(sink: &Sink, name: &str, body: &str, module: &mut Module) -> String {
    module.from("pydantic", "model_validator");
    format!(
        "    @model_validator(mode=\"after\")\n    def {name}(self) -> \"{}SinkConfig\":\n{body}        return self",
        sink.type_prefix
    )
}

/// A sink whose provider takes no anonymous events needs one complete set of credentials.
fn credentials(sink: &Sink) -> Option<String> {
    if sink.credentials.is_empty() || sink.credentials.iter().any(|it| it.when.is_empty()) {
        return None;
    }
    let sets = sink.credentials.iter().map(|credentials| {
        let fields: Vec<Field<'_>> = credentials.when.iter().map(|id| field(sink, *id)).collect();
        let is_set = fields
            .iter()
            .map(|field| field.is_set().replace("config.", "self."));
        let names = fields
            .iter()
            .map(|field| format!("`{}`", field.setting.name));
        (
            is_set.collect::<Vec<_>>().join(" and "),
            names.collect::<Vec<_>>().join(" and "),
        )
    });
    let (tests, names): (Vec<String>, Vec<String>) = sets.unzip();
    let message = literal(&format!("no credentials: set {}", names.join(" or ")));
    let message = statement(12, "return ", &Expr::text(message), "");
    let is_one = tests.len() == 1 && !tests[0].contains(' ');
    let tests: Vec<String> = tests
        .into_iter()
        .map(|test| {
            if names.len() > 1 && test.contains(" and ") {
                format!("({test})")
            } else {
                test
            }
        })
        .collect();
    let test = if is_one {
        tests[0].clone()
    } else {
        format!("({})", tests.join(" or "))
    };
    let docs = "Say which required settings are not set; None when all are.";
    Some(format!(
        "    def missing(self) -> str | None:\n        \"\"\"{docs}\"\"\"\n        if problem := super().missing():\n            return problem\n        if not {test}:\n{message}\n        return None"
    ))
}
