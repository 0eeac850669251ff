//! The level table of a provider as a function.

use indexmap::IndexMap;
use serde_json::Value;

use super::super::layout::{self, Expr};
use super::super::names::camel;
use super::super::text::literal;
use crate::spec::model::LevelName;

/// A function from an event's level to the provider's word.
#[derive(Debug, Clone)]
pub struct LevelTable {
    /// Name of the function.
    pub function: String,
    /// Whether every level is text.
    pub is_text: bool,
    /// The arms of its `match`.
    pub arms: Vec<String>,
}

/// Lowers the level map; levels that map to the same word share an arm, unlisted ones keep their
/// name.
#[must_use]
pub fn table(function: &str, levels: &IndexMap<LevelName, Value>) -> LevelTable {
    let is_text = levels.values().all(Value::is_string);
    let mut arms: Vec<(String, Vec<String>)> = Vec::new();
    for level in LevelName::ALL {
        let Some(value) = levels.get(&level) else {
            continue;
        };
        let pattern = format!("Level::{}", camel(level.name()));
        let word = if is_text {
            word(value)
        } else {
            format!("Value::from({})", word(value))
        };
        match arms.iter_mut().find(|(known, _)| *known == word) {
            Some((_, patterns)) => patterns.push(pattern),
            None => arms.push((word, vec![pattern])),
        }
    }
    let mut arms: Vec<String> = arms
        .into_iter()
        .map(|(word, patterns)| {
            let pattern = Expr::pattern(patterns.join(" | "));
            layout::arm(8, &pattern, &Expr::text(word))
        })
        .collect();
    // With every named level listed, what is left is the application's own.
    let is_complete = LevelName::ALL
        .iter()
        .all(|level| levels.contains_key(level));
    let (pattern, name) = match (is_complete, is_text) {
        (true, true) => ("Level::Custom(name)", "name"),
        (true, false) => ("Level::Custom(name)", "&**name"),
        (false, _) => ("other", "other.as_lower()"),
    };
    let name = if is_text {
        name.to_owned()
    } else {
        format!("Value::from({name})")
    };
    arms.push(format!("        {pattern} => {name},"));
    LevelTable {
        function: function.to_owned(),
        is_text,
        arms,
    }
}

impl LevelTable {
    /// The function.
    #[must_use]
    pub fn source(&self) -> String {
        let result = if self.is_text { "&str" } else { "Value" };
        let arms: String = self.arms.iter().map(|arm| format!("{arm}\n")).collect();
        format!(
            "\n/// The provider's word for a level; others keep their names.\nfn {}(level: &Level) -> {result} {{\n    match level {{\n{arms}    }}\n}}\n",
            self.function
        )
    }
}

fn word(value: &Value) -> String {
    match value {
        Value::String(text) => literal(text),
        other => other.to_string(),
    }
}
