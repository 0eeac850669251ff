//! How records become a body, and how many bytes that adds.

use serde_json::Value;

use super::encoder::json_key;
use super::fields::find;
use super::layout::{Expr, statement};
use super::names::type_prefix;
use super::text::{byte_literal, literal};
use crate::provider::model::{Framing, SizeBasis, Spec};

/// Bytes that framing adds to a body, as the runtime's `Sizing` counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizing {
    /// For the body.
    pub batch: u64,
    /// For each record.
    pub record: u64,
    /// For each group.
    pub group: u64,
}

/// What `spec`'s framing adds. An action line is counted by the encoder, which knows it.
#[must_use]
pub fn sizing(spec: &Spec) -> Sizing {
    if spec.limits.max_batch_bytes.basis == SizeBasis::Records {
        return Sizing {
            batch: 0,
            record: spec.limits.max_batch_bytes.overhead_per_event,
            group: 0,
        };
    }
    let (batch, record, group) = match &spec.payload.framing {
        // `[` and `]`; a comma after each record but the last.
        Framing::JsonArray {} => (1, 1, 0),
        Framing::Ndjson {} | Framing::Sdk {} => (0, 1, 0),
        Framing::Concatenated {} => (0, 0, 0),
        Framing::ActionLines { .. } => (0, 2, 0),
        Framing::JsonObject { .. } => (open(&spec.payload.framing).len() as u64 + 1, 1, 0),
        // `{"streams":[` and `]}`, for each `{"stream":`, `,"values":[` and `]}`, and commas.
        Framing::GroupedStreams { .. } => (13, 1, 23),
    };
    Sizing {
        batch,
        record,
        group,
    }
}

/// The statements of `write_payload`.
#[must_use]
pub fn payload(framing: &Framing) -> String {
    match framing {
        Framing::JsonArray {} => list("[", "]"),
        Framing::JsonObject { .. } => list(&open(framing), "]}"),
        Framing::Ndjson {} => each(&[
            "out.write_all(&record.bytes)?;",
            "out.write_all(b\"\\n\")?;",
        ]),
        Framing::Sdk {} => format!(
            "        // The SDK takes records one by one; this is how they look in a file.\n{}",
            payload(&Framing::Ndjson {})
        ),
        Framing::Concatenated {} => each(&["out.write_all(&record.bytes)?;"]),
        Framing::ActionLines { .. } => each(&[
            "out.write_all(&self.action)?;",
            "out.write_all(b\"\\n\")?;",
            "out.write_all(&record.bytes)?;",
            "out.write_all(b\"\\n\")?;",
        ]),
        Framing::GroupedStreams { .. } => "        streams::write(records, out)\n".to_owned(),
    }
}

/// What a `JsonObject` framing writes before the first record.
fn open(framing: &Framing) -> String {
    let Framing::JsonObject { list, constants } = framing else {
        return String::new();
    };
    let constants = constants
        .iter()
        .map(|(key, value)| format!("\"{}\":{value},", json_key(key)));
    format!(
        "{{{}\"{}\":[",
        constants.collect::<String>(),
        json_key(list)
    )
}

fn list(open: &str, close: &str) -> String {
    format!(
        "        out.write_all({})?;
        for (index, record) in records.iter().enumerate() {{
            if index > 0 {{
                out.write_all(b\",\")?;
            }}
            out.write_all(&record.bytes)?;
        }}
        out.write_all({})\n",
        byte_literal(open),
        byte_literal(close)
    )
}

fn each(statements: &[&str]) -> String {
    let body: String = statements
        .iter()
        .map(|line| format!("            {line}\n"))
        .collect();
    format!("        for record in records {{\n{body}        }}\n        Ok(())\n")
}

/// The expression that makes the action line, and the function it calls where settings are in it.
#[must_use]
pub fn action(spec: &Spec, action: &Value) -> (String, String) {
    let text = action.to_string();
    let fill = |shown: String| {
        if shown.ends_with(')') {
            format!("constant::inner({shown})")
        } else {
            format!("constant::inner(&{shown})")
        }
    };
    let (format, arguments) = template(spec, &text, fill);
    if arguments.is_empty() {
        return (format!("{}.to_vec()", byte_literal(&text)), String::new());
    }
    let arguments = std::iter::once(format).chain(arguments).map(Expr::Text);
    let line = statement(4, "let line = ", &Expr::call("format!", arguments), ";");
    let function = format!(
        "\n/// The line before each record.\nfn action(config: &{}SinkConfig) -> Vec<u8> {{\n{line}\n    line.into_bytes()\n}}\n",
        type_prefix(spec)
    );
    ("action(config)".to_owned(), function)
}

/// A text with `{field}` holes as a format string and its arguments.
pub fn template(spec: &Spec, text: &str, fill: impl Fn(String) -> String) -> (String, Vec<String>) {
    let mut format = String::new();
    let mut arguments = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let (before, from) = rest.split_at(start);
        format += &escape_braces(before);
        let hole = from[1..]
            .split_once('}')
            .and_then(|(name, after)| Some((find(spec, name)?, after)));
        if let Some((field, after)) = hole {
            format += "{}";
            let value = format!("config.{}", field.name);
            arguments.push(fill(field.shown(&value)));
            rest = after;
        } else {
            format += "{{";
            rest = &from[1..];
        }
    }
    format += &escape_braces(rest);
    (literal(&format), arguments)
}

/// The settings a text with holes names.
#[must_use]
pub fn holes(spec: &Spec, text: &str) -> Vec<String> {
    let pieces = text
        .split('{')
        .skip(1)
        .filter_map(|piece| Some(piece.split_once('}')?.0));
    pieces
        .filter(|name| spec.config.contains_key(*name))
        .map(str::to_owned)
        .collect()
}

fn escape_braces(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}
