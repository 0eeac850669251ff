//! Enums for settings with a closed set of values, compression included.

use minijinja::{Value, context};

use super::super::fields::Field;
use super::super::layout::{Expr, statement};
use super::super::names::{camel, unique};
use super::super::text::{doc, literal};
use super::docs;
use crate::provider::model::{Encoding, Spec};
use crate::target::common::text::{first_sentence, sentence};

/// An enum for the values of a setting.
pub fn of_setting(field: &Field) -> Option<Value> {
    let name = field.choice.clone()?;
    let default = field.spec.default.as_ref();
    let default = default.and_then(serde_json::Value::as_str);
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
    let docs = doc(0, "///", &first_sentence(&field.spec.description));
    let all = all(&taken);
    Some(context! { name, docs, all, variants, has_default => default.is_some() })
}

/// The choice of a compression.
pub struct Compression {
    /// The field of the config.
    pub field: Value,
    /// The enum.
    pub choice: Value,
}

/// The field and the enum for compression, where there is a choice.
pub fn compression(spec: &Spec) -> Option<Compression> {
    let offered = &spec.compression.offered;
    let (default, true) = (offered.first()?, offered.len() > 1) else {
        return None;
    };
    let what = "How request bodies are compressed.";
    let facts = format!(
        "Default: `{}`. Environment: `{}_COMPRESSION`.",
        default.word(),
        spec.env_prefix()
    );
    let field = context! {
        docs => docs(what, &facts),
        declaration => "    pub compression: Compression,",
        initial => "            compression: Compression::default(),",
    };
    let names: Vec<String> = offered.iter().map(|one| camel(one.word())).collect();
    let variants: Vec<Value> = offered
        .iter()
        .zip(&names)
        .map(|(encoding, name)| {
            let docs = match encoding {
                Encoding::None => "    /// Bodies are sent as they are.",
                Encoding::Gzip => "    /// gzip.",
                Encoding::Zstd => "    /// Zstandard.",
            };
            let value = literal(encoding.word());
            context! { docs, name, value, is_default => encoding == default }
        })
        .collect();
    let choice = context! {
        name => "Compression",
        docs => format!("/// {what}"),
        all => all(&names),
        variants,
        has_default => true,
    };
    Some(Compression { field, choice })
}

/// The constant with every variant.
fn all(variants: &[String]) -> String {
    let items = variants.iter().map(|name| format!("Self::{name}"));
    let head = format!("pub const ALL: [Self; {}] = ", variants.len());
    statement(4, &head, &Expr::array("", items), ";")
}
