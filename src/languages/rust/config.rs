//! The config type of one provider: a field for each setting, with its documentation and its value
//! when not given. Reading, checks and enums have modules of their own.

mod checks;
mod choices;
mod read;

use minijinja::context;

use super::Sheet;
use super::pretty::{Expr, chain, import, signature, statement};
use super::settings::{Field, Fields, seconds, typed};
use super::text::{block, doc, plain_code, title};
use super::uses::{Depth, Uses};
use crate::sink::{DeliveryDefaults, Kind, Sink};
use crate::text::{number, sentence};

/// What the setting for compression is.
const COMPRESSION_DOC: &str = "How request bodies are compressed.";

/// What the settings of the connection are.
const CONNECTION_DOC: &str = "TLS, proxy, and whether credentials may travel in clear.";

/// The files: the type, its reading, its enums where it has any.
#[must_use]
pub fn sheets(sink: &Sink, fields: &Fields) -> Vec<Sheet> {
    let mut sheets = vec![config(sink, fields), read::sheet(sink, fields)];
    sheets.extend(choices::sheet(sink, fields));
    sheets
}

/// Names of the types that the module exports besides the config.
#[must_use]
pub fn choice_names<'f>(sink: &Sink, fields: &'f Fields) -> Vec<&'f str> {
    let mut names: Vec<&str> = fields
        .0
        .iter()
        .filter_map(|field| field.choice.as_deref())
        .collect();
    names.extend(offers_choice(sink).then_some("Compression"));
    names
}

/// Whether there is a choice of compression.
#[must_use]
pub fn offers_choice(sink: &Sink) -> bool {
    sink.compression.len() > 1
}

fn config(sink: &Sink, fields: &Fields) -> Sheet {
    let uses = Uses::new(Depth::File);
    for name in ["ConfigErrors", "DeliveryConfig", "Fields"] {
        uses.base(name);
    }
    uses.of("serde", "Deserialize");
    for name in ["Map", "Value"] {
        uses.of("serde_json", name);
    }
    for field in &fields.0 {
        match field.base_type() {
            "Secret" => _ = uses.base("Secret"),
            "Duration" => _ = uses.of("std::time", "Duration"),
            _ => {}
        }
    }
    let delivery = delivery(sink, &uses);
    let required: Vec<&Field> = fields
        .0
        .iter()
        .filter(|field| field.setting.is_required())
        .collect();
    let mut declared: String = fields.0.iter().map(declaration).collect();
    let mut initial: String = fields.0.iter().map(self::initial).collect();
    if offers_choice(sink) {
        let facts = format!(
            "Default: `{}`. Environment: `{}`.",
            sink.compression[0].word(),
            sink.compression_env.join("`, `")
        );
        declared += &format!(
            "{}\n    pub compression: Compression,\n",
            docs(COMPRESSION_DOC, &facts)
        );
        initial += "            compression: Compression::default(),\n";
    }
    if sink.is_http() {
        let kind = uses.part("connection", "ConnectionConfig");
        let what = format!(
            "{CONNECTION_DOC} Environment: `{}_CA_FILE` and so on.",
            sink.env_prefix
        );
        declared += &format!("{}\n    pub connection: {kind},\n", doc(4, "///", &what));
        initial += &format!("            connection: {kind}::default(),\n");
    }
    let names = choice_names(sink, fields);
    let has_defaults = required.is_empty();
    Sheet {
        name: "config".to_owned(),
        template: "config",
        context: context! {
            title_doc => title(sink),
            env_prefix => sink.env_prefix.as_str(),
            prefix => sink.type_prefix.as_str(),
            uses => uses.lines().join("\n"),
            modules => if names.is_empty() { "mod read;" } else { "mod choices;\nmod read;" },
            choices => if names.is_empty() { String::new() } else {
                format!("\n{}\n", import("pub use", "choices", &names))
            },
            declared => block(declared),
            new => new(&required),
            initial => block(initial),
            delivery => if delivery.is_empty() { "DeliveryConfig::default()" } else { "delivery()" },
            has_defaults,
            delivery_function => delivery,
        },
        parts: uses.parts(),
        asks_now: false,
    }
}

/// More parameters are too many, says clippy.
const MOST_PARAMETERS: usize = 7;

/// The first lines of `new`.
fn new(required: &[&Field]) -> String {
    let parameters: Vec<String> = required
        .iter()
        .map(|field| {
            let kind = field.base_type();
            if field.takes_into() {
                format!("{}: impl Into<{kind}>", field.name)
            } else {
                format!("{}: {kind}", field.name)
            }
        })
        .collect();
    let line = signature(4, "pub fn new", &parameters, "Self");
    if required.is_empty() {
        format!("    /// Settings as they are without any given.\n    #[must_use]\n{line}")
    } else {
        let allowed = if required.len() > MOST_PARAMETERS {
            "    #[allow(clippy::too_many_arguments, reason = \"as many as are required\")]\n"
        } else {
            ""
        };
        format!("    /// Settings with defaults for all that is not required.\n{allowed}{line}")
    }
}

fn declaration(field: &Field) -> String {
    let docs = docs(&sentence(&field.setting.description), &facts(field));
    let name = format!("pub {}: ", field.name);
    let declared = statement(4, &name, &Expr::from(field.rust_type()), ",");
    format!("{docs}\n{declared}")
}

fn initial(field: &Field) -> String {
    let name = &field.name;
    match (field.setting.is_required(), field.takes_into()) {
        (true, true) => chain(12, &format!("{name}: "), name, "into()", ","),
        (true, false) => format!("            {name},\n"),
        (false, _) => {
            let value = match &field.setting.kind {
                Kind::List { .. } | Kind::Map | Kind::SecretMap => collection(field),
                _ => Expr::from(field.initial()),
            };
            statement(12, &format!("{name}: "), &value, ",")
        }
    }
}

/// A list or a map, which may take several lines.
fn collection(field: &Field) -> Expr {
    let text = field.initial();
    let Some(default) = field.setting.default().filter(|_| text.starts_with("vec!")) else {
        return Expr::from(text);
    };
    let owned = |text: &str| format!("{}.to_owned()", super::text::literal(text));
    match default {
        serde_json::Value::Object(pairs) => {
            let pair = |(key, value): (&String, &serde_json::Value)| {
                Expr::call("", [owned(key), owned(&typed(value))])
            };
            Expr::array("vec!", pairs.iter().map(pair))
        }
        other => {
            let items = other.as_array().into_iter().flatten();
            Expr::array("vec!", items.map(|item| owned(&typed(item))))
        }
    }
}

/// Two paragraphs above a setting: what it is, and where it comes from.
fn docs(description: &str, facts: &str) -> String {
    let (description, facts) = (doc(4, "///", description), doc(4, "///", facts));
    format!("{description}\n    ///\n{facts}")
}

/// Unit, default and environment of a setting.
fn facts(field: &Field) -> String {
    let setting = field.setting;
    let mut facts = String::new();
    if matches!(setting.kind, Kind::Duration { .. }) {
        facts += "In settings a number of seconds. ";
    }
    facts += &match setting.default() {
        None if setting.is_required() => "Required.".to_owned(),
        None => "Default: not set.".to_owned(),
        Some(default) => match typed(default).as_str() {
            "" | "{}" | "[]" => "Default: empty.".to_owned(),
            shown => format!("Default: `{}`.", plain_code(shown)),
        },
    };
    if !setting.env.is_empty() {
        let names = setting
            .env
            .iter()
            .map(|name| format!("`{}`", plain_code(name)));
        let names: Vec<String> = names.collect();
        facts += &format!(" Environment: {}.", names.join(", "));
    }
    facts
}

/// The function with the delivery settings whose default differs from the runtime's; empty where
/// those suit.
fn delivery(sink: &Sink, uses: &Uses) -> String {
    let usual = DeliveryDefaults::RUNTIME;
    let own = &sink.delivery;
    let times = [
        (
            "batch_timeout",
            own.batch_timeout_seconds,
            usual.batch_timeout_seconds,
        ),
        (
            "retry_base_delay",
            own.retry_base_delay,
            usual.retry_base_delay,
        ),
        (
            "retry_max_delay",
            own.retry_max_delay,
            usual.retry_max_delay,
        ),
        (
            "attempt_timeout",
            own.timeout_seconds,
            usual.timeout_seconds,
        ),
    ];
    let counts = [
        ("batch_size", own.batch_size, usual.batch_size),
        ("batch_bytes", own.batch_bytes, usual.batch_bytes),
        (
            "max_retries",
            u64::from(own.max_retries),
            u64::from(usual.max_retries),
        ),
        ("max_in_flight", own.max_in_flight, usual.max_in_flight),
    ];
    let counts = counts.into_iter().filter(|(_, own, usual)| own != usual);
    let mut lines: String = counts
        .map(|(name, value, _)| format!("        {name}: {},\n", number(value)))
        .collect();
    #[expect(clippy::float_cmp, reason = "both are written by hand")]
    let times = times.into_iter().filter(|(_, own, usual)| own != usual);
    for (name, value, _) in times {
        uses.of("std::time", "Duration");
        lines += &format!("        {name}: {},\n", seconds(value));
    }
    if lines.is_empty() {
        return lines;
    }
    format!(
        "\n/// Delivery settings that suit {}.\nfn delivery() -> DeliveryConfig {{\n    DeliveryConfig {{\n{lines}        ..DeliveryConfig::default()\n    }}\n}}\n",
        title(sink)
    )
}
