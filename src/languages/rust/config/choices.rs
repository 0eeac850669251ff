//! Enums for settings with a closed set of values, compression included.

use minijinja::{Value, context};

use super::super::fields::Field;
use super::super::layout::{Expr, statement};
use super::super::names::{camel, unique};
use super::super::text::{doc, literal, title};
use super::docs;
use crate::spec::model::{Encoding, Spec};
use crate::text::{first_sentence, sentence};

/// What the setting for compression is.
const COMPRESSION_DOC: &str = "How request bodies are compressed.";

/// An enum.
pub struct Choice {
    /// Its name.
    pub name: String,
    /// Its part of the template.
    source: Value,
}

/// What `provider/config/choices.rs.j2` needs.
pub fn context(spec: &Spec, choices: &[Choice]) -> Value {
    let choices: Vec<Value> = choices.iter().map(|choice| choice.source.clone()).collect();
    context! { title_doc => title(spec), choices }
}

/// The enums of a spec: those of its settings, and that of its compression.
pub fn of(spec: &Spec, fields: &[Field]) -> Vec<Choice> {
    let settings = fields.iter().filter_map(of_setting);
    settings.chain(compression(spec)).collect()
}

/// An enum for the values of a setting.
fn of_setting(field: &Field) -> Option<Choice> {
    let name = field.choice.clone()?;
    let default = field.spec.default.as_ref();
    let default = default.and_then(serde_json::Value::as_str);
    let mut taken = Vec::new();
    // Without one that is required, reading goes on with a placeholder that it then discards.
    let first = field.spec.values.first().filter(|_| field.spec.required);
    let default = default.or(first.map(|value| value.value.as_str()));
    let variants = field.spec.values.iter().map(|value| {
        context! {
            docs => doc(4, "///", &sentence(&value.description)),
            name => unique(&camel(&value.value), &mut taken),
            value => literal(&value.value),
            is_default => default == Some(value.value.as_str()),
        }
    });
    let variants: Vec<Value> = variants.collect();
    let docs = doc(0, "///", &first_sentence(&field.spec.description));
    let all = all(&taken);
    let has_default = default.is_some();
    let source = context! { name => name.as_str(), docs, all, variants, has_default };
    Some(Choice { name, source })
}

/// The field of the config for compression, where there is a choice.
pub fn compression_field(spec: &Spec) -> Option<Value> {
    let (default, true) = (spec.compression.offered.first()?, offers_choice(spec)) else {
        return None;
    };
    let facts = format!(
        "Default: `{}`. Environment: `{}`.",
        default.word(),
        compression_variable(spec)
    );
    Some(context! {
        docs => docs(COMPRESSION_DOC, &facts),
        declaration => "    pub compression: Compression,",
        initial => "            compression: Compression::default(),",
    })
}

/// The environment variable of compression.
pub fn compression_variable(spec: &Spec) -> String {
    format!("{}_COMPRESSION", spec.env_prefix())
}

/// Whether there is a choice of compression.
pub fn offers_choice(spec: &Spec) -> bool {
    spec.compression.offered.len() > 1
}

/// The enum for compression, where there is a choice.
fn compression(spec: &Spec) -> Option<Choice> {
    if !offers_choice(spec) {
        return None;
    }
    let offered = &spec.compression.offered;
    let names: Vec<String> = offered.iter().map(|one| camel(one.word())).collect();
    let variants: Vec<Value> = offered
        .iter()
        .zip(&names)
        .enumerate()
        .map(|(index, (encoding, name))| {
            let docs = match encoding {
                Encoding::None => "    /// Bodies are sent as they are.",
                Encoding::Gzip => "    /// gzip.",
                Encoding::Zstd => "    /// Zstandard.",
            };
            let value = literal(encoding.word());
            context! { docs, name, value, is_default => index == 0 }
        })
        .collect();
    let source = context! {
        name => "Compression",
        docs => format!("/// {COMPRESSION_DOC}"),
        all => all(&names),
        variants,
        has_default => true,
    };
    Some(Choice {
        name: "Compression".to_owned(),
        source,
    })
}

/// The constant with every variant.
fn all(variants: &[String]) -> String {
    let items = variants.iter().map(|name| format!("Self::{name}"));
    let head = format!("pub const ALL: [Self; {}] = ", variants.len());
    statement(4, &head, &Expr::array("", items), ";")
}

#[cfg(test)]
mod tests {
    use super::super::super::fields::fields;
    use super::*;
    use crate::spec::load_text;

    /// `Fields::required` reads it, and asks for that.
    #[test]
    fn a_required_choice_has_a_placeholder() {
        let text = include_str!("../../../../tests/bad_specs/valid.yaml");
        let text = text
            .replace("    default: eu\n", "    required: true\n")
            .replace(
                "{ api_key: example-api-key }",
                "{ api_key: example-api-key, site: eu }",
            );
        let loaded = load_text("acme.yaml", text.as_bytes());
        let spec = loaded.unwrap_or_else(|problems| panic!("{problems}")).spec;

        let choices = of(&spec, &fields(&spec));

        let source = &choices[0].source;
        assert!(
            source
                .get_attr("has_default")
                .is_ok_and(|has| has.is_true())
        );
    }
}
