//! Enums for settings with a closed set of values, compression included.

use minijinja::{Value, context};

use super::super::Sheet;
use super::super::names::{camel, unique};
use super::super::pretty::{Expr, statement};
use super::super::settings::{Field, Fields};
use super::super::text::{block, doc, literal, title};
use super::super::uses::{Depth, Uses};
use super::{COMPRESSION_DOC, offers_choice};
use crate::sink::{Encoding, EnumValue, Kind, Sink};
use crate::text::{first_sentence, sentence};

/// The file; none where there is no choice.
pub fn sheet(sink: &Sink, fields: &Fields) -> Option<Sheet> {
    let of_setting = |field: &Field| match &field.setting.kind {
        Kind::Enum(values) => Some(choice(field, values)),
        _ => None,
    };
    let mut choices: Vec<Value> = fields.0.iter().filter_map(of_setting).collect();
    choices.extend(offers_choice(sink).then(|| compression(sink)));
    let uses = Uses::new(Depth::Below);
    uses.of("std::str", "FromStr");
    uses.of("std::borrow", "Cow");
    uses.base("ToText");
    uses.module("check");
    let context = context! {
        title_doc => title(sink),
        uses => uses.lines().join("\n"),
        choices,
    };
    let is_there = context
        .get_attr("choices")
        .is_ok_and(|all| all.len() > Some(0));
    is_there.then(|| Sheet {
        name: "config/choices".to_owned(),
        template: "config/choices",
        context,
        parts: uses.parts(),
        asks_now: false,
    })
}

/// An enum for the values of a setting.
fn choice(field: &Field, values: &[EnumValue]) -> Value {
    let default = field.setting.default().and_then(serde_json::Value::as_str);
    // Without one that is required, reading goes on with a placeholder that it then discards.
    let first = values.first().filter(|_| field.setting.is_required());
    let default = default.or(first.map(|value| value.value.as_str()));
    let docs = doc(0, "///", &first_sentence(&field.setting.description));
    let values = values
        .iter()
        .map(|value| (value.value.as_str(), sentence(&value.description)));
    printed(field.base_type(), &docs, values.collect(), default)
}

/// The enum for compression.
fn compression(sink: &Sink) -> Value {
    let values = sink.compression.iter().map(|encoding| {
        let docs = match encoding {
            Encoding::None => "Bodies are sent as they are.",
            Encoding::Gzip => "gzip.",
            Encoding::Zstd => "Zstandard.",
        };
        (encoding.word(), docs.to_owned())
    });
    let docs = format!("/// {COMPRESSION_DOC}");
    let default = sink.compression.first().map(|encoding| encoding.word());
    printed("Compression", &docs, values.collect(), default)
}

fn printed(name: &str, docs: &str, values: Vec<(&str, String)>, default: Option<&str>) -> Value {
    let mut taken = Vec::new();
    let (mut variants, mut arms) = (String::new(), String::new());
    for (value, description) in values {
        let variant = unique(&camel(value), &mut taken);
        let is_default = if default == Some(value) {
            "    #[default]\n"
        } else {
            ""
        };
        variants += &format!(
            "{}\n{is_default}    {variant},\n",
            doc(4, "///", &description)
        );
        arms += &format!("            Self::{variant} => {},\n", literal(value));
    }
    let items = taken.iter().map(|variant| format!("Self::{variant}"));
    let head = format!("pub const ALL: [Self; {}] = ", taken.len());
    let allowed = if repeats_itself(name, &taken) {
        "#[allow(\n    clippy::enum_variant_names,\n    reason = \"named as the provider's values are\"\n)]\n"
    } else {
        ""
    };
    context! {
        name,
        docs,
        allowed,
        derives => if default.is_some() { "Debug, Clone, Copy, Default, PartialEq, Eq" } else { "Debug, Clone, Copy, PartialEq, Eq" },
        variants => block(variants),
        all => block(statement(4, &head, &Expr::array("", items), ";")),
        arms => block(arms),
    }
}

/// Whether names of variants say the name of the enum again, or all begin or end with the same word.
fn repeats_itself(name: &str, variants: &[String]) -> bool {
    let same = |word: fn(&str) -> &str| {
        variants.len() > 1
            && variants
                .windows(2)
                .all(|two| word(&two[0]) == word(&two[1]))
    };
    let says_it = |variant: &String| variant.starts_with(name) || variant.ends_with(name);
    variants.iter().any(says_it) || same(first_word) || same(last_word)
}

/// The first word of a name in camel case.
fn first_word(name: &str) -> &str {
    let end = name.match_indices(char::is_uppercase).nth(1);
    &name[..end.map_or(name.len(), |(at, _)| at)]
}

/// The last word of a name in camel case.
fn last_word(name: &str) -> &str {
    let start = name.rfind(char::is_uppercase);
    &name[start.unwrap_or(0)..]
}
