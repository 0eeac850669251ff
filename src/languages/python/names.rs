//! Names in generated Python: from the words of a spec to identifiers.

use crate::languages::common::names::snake;
use crate::spec::model::Spec;

/// Words that cannot be used as names, or would hide a builtin.
const TAKEN: [&str; 62] = [
    "abs", "all", "and", "any", "as", "assert", "async", "await", "bool", "break", "bytes",
    "class", "continue", "def", "del", "dict", "dir", "elif", "else", "event", "except", "filter",
    "finally", "float", "for", "format", "from", "global", "hash", "help", "id", "if", "import",
    "in", "input", "int", "is", "iter", "lambda", "len", "list", "map", "max", "min", "next",
    "nonlocal", "not", "object", "or", "pass", "raise", "range", "record", "return", "self", "set",
    "str", "try", "type", "while", "with", "yield",
];

/// Name of the plugin, of its entry point and of its settings in fapilog.
#[must_use]
pub fn plugin(spec: &Spec) -> String {
    spec.names
        .python_plugin
        .clone()
        .unwrap_or_else(|| spec.id.clone())
}

/// A name for a local variable.
#[must_use]
pub fn local(text: &str) -> String {
    let name = snake(text);
    let name = name.trim_end_matches('_');
    if TAKEN.contains(&name) {
        format!("{name}_")
    } else {
        name.to_owned()
    }
}

/// A name for a constant or an enum member.
#[must_use]
pub fn upper(text: &str) -> String {
    snake(text).trim_end_matches('_').to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_language_get_an_underscore() {
        assert_eq!("type_", local("type"));
        assert_eq!("class_", local("class"));
        assert_eq!("dd_trace_id", local("dd.trace_id"));
        assert_eq!("DATADOGHQ_COM", upper("datadoghq.com"));
    }
}
