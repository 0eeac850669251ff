//! How records become a body: the statements of `write_payload`, and the action line.

use super::super::fields::reference;
use super::super::holes::template;
use super::super::layout::{Expr, Statement, line};
use super::super::text::byte_literal;
use crate::languages::common::framing::opening;
use crate::spec::model::{Framing, Spec};

/// The statements of `write_payload`.
#[must_use]
pub fn payload(framing: &Framing) -> String {
    match framing {
        Framing::JsonArray {} => list("[", "]"),
        Framing::JsonObject { .. } => list(&opening(framing), "]}"),
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

fn list(open: &str, close: &str) -> String {
    format!(
        "{}        for (index, record) in records.iter().enumerate() {{
            if index > 0 {{
                out.write_all(b\",\")?;
            }}
            out.write_all(&record.bytes)?;
        }}
        out.write_all({})\n",
        Statement::attempt(Expr::call("out.write_all", [byte_literal(open)])).at(8),
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

/// The action line as the encoder makes it.
#[derive(Debug)]
pub struct Action {
    /// The expression that makes it.
    pub value: String,
    /// The function that calls, where settings are in it; else empty.
    pub function: String,
}

/// The action line of `spec`, where its framing has one.
#[must_use]
pub fn action(spec: &Spec) -> Option<Action> {
    let Framing::ActionLines { action } = &spec.payload.framing else {
        return None;
    };
    let text = action.to_string();
    let (format, arguments) = template(spec, &text, |shown| {
        format!("constant::inner({})", reference(&shown))
    });
    if arguments.is_empty() {
        return Some(Action {
            value: format!("{}.to_vec()", byte_literal(&text)),
            function: String::new(),
        });
    }
    let arguments = std::iter::once(format).chain(arguments);
    let line = line(4, "let line = ", &Expr::call("format!", arguments));
    let prefix = spec.type_prefix();
    Some(Action {
        value: "action(config)".to_owned(),
        function: format!(
            "\n/// The line before each record.\nfn action(config: &{prefix}SinkConfig) -> Vec<u8> {{\n{line}    line.into_bytes()\n}}\n"
        ),
    })
}
