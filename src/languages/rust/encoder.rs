//! The encoder of one provider: event to record, records to request body.

use minijinja::context;
use serde_json::Value as Json;

use super::Sheet;
use super::names::camel;
use super::pretty::{Expr, arm, line, signature, statement, with_closure};
use super::settings::{Fields, signed};
use super::text::{block, byte_literal, literal, title};
use super::uses::{Depth, Uses};
use super::value::Printer;
use crate::sink::{BatchBasis, Form, Label, LevelName, Member, Record, Sink, Streams, Value};

/// The file.
#[must_use]
pub fn sheet(sink: &Sink, fields: &Fields) -> Sheet {
    let printer = Printer::new(sink, fields, Uses::new(Depth::File));
    for name in ["Encoder", "Event", "Group", "Record"] {
        printer.uses.base(name);
    }
    for name in ["self", "Write"] {
        printer.uses.of("std::io", name);
    }
    let config = format!("{}SinkConfig", sink.type_prefix);
    printer.uses.of("super::config", &config);
    // The guard over label sets has its name before any setting asks for it.
    let group = group(&printer);
    let record = match &sink.payload.form {
        Form::OtlpProtobuf { .. } => protobuf_record(&printer),
        _ => record(&printer, &sink.payload.record, 8),
    };
    let record = record + &group;
    let payload = payload(&printer);
    let methods = methods(&printer);
    let levels = levels(&printer);
    let state = printer.state.borrow();
    let constants: String = printer
        .constants
        .borrow()
        .iter()
        .map(|constant| format!("{constant}\n"))
        .collect();
    let (declared, new) = if state.is_empty() {
        let new = signature(4, "pub fn new", &[format!("_config: &{config}")], "Self");
        (";".to_owned(), format!("{new}\n        Self\n    }}"))
    } else {
        let fields: String = state
            .iter()
            .map(|field| format!("    {}: {},\n", field.name, field.kind))
            .collect();
        let values: String = state
            .iter()
            .map(|field| statement(12, &format!("{}: ", field.name), &field.value, ","))
            .collect();
        let new = signature(4, "pub fn new", &[format!("config: &{config}")], "Self");
        let new = format!("{new}\n        Self {{\n{values}        }}\n    }}");
        (format!(" {{\n{fields}}}"), new)
    };
    Sheet {
        name: "encoder".to_owned(),
        template: "encoder",
        context: context! {
            title_doc => title(sink),
            prefix => sink.type_prefix.as_str(),
            uses => printer.uses.lines().join("\n"),
            constants,
            has_state => !state.is_empty(),
            declared,
            new,
            methods => if methods.is_empty() { methods } else { format!("\n{}", block(methods)) },
            record => block(record),
            payload => block(payload),
            levels,
        },
        parts: printer.uses.parts(),
        asks_now: printer.asks_now.get(),
    }
}

/// What the encoder says about the bytes that settings add to a body; `None`: nothing.
#[must_use]
pub fn sizing(sink: &Sink) -> Option<&'static str> {
    if matches!(sink.limits.batch_basis, BatchBasis::Records { .. }) {
        return None;
    }
    match &sink.payload.form {
        Form::Envelope { envelope, .. } if fixed(envelope).is_none() => {
            Some("    limits.sizing.batch = encoder.envelope_len();\n")
        }
        Form::OtlpProtobuf { .. } => Some("    limits.sizing.batch = encoder.around_len();\n"),
        Form::Lines {
            before: Some(before),
            ..
        } if fixed(before).is_none() => Some("    limits.sizing.record += encoder.before_len();\n"),
        _ => None,
    }
}

/// The statements that write one record after `out`.
fn record(printer: &Printer, record: &Record, indent: usize) -> String {
    match record {
        Record::Json { value, before } => {
            let before = before.as_ref().map(|before| {
                printer.alone(before, "before", "out", indent, true)
                    + &format!("{:indent$}out.push(b'\\n');\n", "")
            });
            let name = if indent == 8 { "record" } else { "line" };
            before.unwrap_or_default() + &printer.alone(value, name, "out", indent, true)
        }
        Record::Text(values) => {
            let begin = format!("{}::begin", printer.uses.part("line", "Line"));
            let begin = statement(indent, "let mut line = ", &Expr::call(begin, ["out"]), ";");
            let place = super::value::Place::Line("line");
            let values = values
                .iter()
                .map(|value| printer.value(place, value, indent));
            begin + &values.collect::<String>()
        }
        Record::StreamEntry {
            line: inner,
            metadata,
        } => {
            let begin = format!("{}::begin", printer.uses.part("streams", "StreamEntry"));
            let begin = Expr::call(begin, ["out", "event.timestamp"]);
            let mut lines = statement(indent, "let mut entry = ", &begin, ";");
            lines += &with_closure(indent, "entry.line", &[], "|out|", |indent| {
                self::record(printer, inner, indent)
            });
            for (name, chain) in metadata {
                let args = [Expr::from(literal(name)), printer.chain_text(chain)];
                lines += &line(indent, &Expr::call("entry.metadata", args));
            }
            lines + &format!("{:indent$}entry.end();\n", "")
        }
    }
}

/// The statements that write one record as JSON and that as protobuf.
fn protobuf_record(printer: &Printer) -> String {
    let call = format!("{}::record", printer.uses.module("otlp_protobuf"));
    with_closure(8, &call, &["out".to_owned()], "|out|", |indent| {
        record(printer, &printer.sink.payload.record, indent)
    })
}

/// What records share.
fn group(printer: &Printer) -> String {
    if let Form::Streams(streams) = &printer.sink.payload.form {
        let guard = printer.uses.part("streams", "Streams");
        let max = printer.fields.shown(streams.max_streams);
        let guard = format!("{guard}::new({max}, {})", literal(&streams.overflow_value));
        printer.state("streams", "Streams", guard);
        return "        Some(self.streams.group(|set| self.write_labels(event, set)))\n"
            .to_owned();
    }
    let partition = &printer.sink.payload.partition;
    if partition.is_empty() {
        return "        None\n".to_owned();
    }
    let values = partition.iter().map(|chain| printer.chain_text(chain));
    let call = format!("{}::group", printer.uses.module("partition"));
    let group = Expr::call(call, [Expr::slice(values)]);
    statement(8, "let group = ", &group, ";") + "        Some(group)\n"
}

/// Methods besides `new`.
fn methods(printer: &Printer) -> String {
    match &printer.sink.payload.form {
        Form::Streams(streams) => labels(printer, streams),
        Form::Envelope { envelope, .. } if fixed(envelope).is_none() => around(
            printer,
            envelope,
            "envelope",
            "The text around the records of a request.",
            "",
        ),
        Form::OtlpProtobuf { envelope } => protobuf_around(printer, envelope),
        Form::Lines {
            before: Some(before),
            ..
        } if fixed(before).is_none() => around(
            printer,
            before,
            "before",
            "The line before each record.",
            "        text.push(b'\\n');\n",
        ),
        _ => String::new(),
    }
}

/// The method that tells how long a body is around its records, and the one that makes its text.
fn protobuf_around(printer: &Printer, envelope: &Value) -> String {
    let module = printer.uses.module("otlp_protobuf");
    let (argument, method) = if let Some(text) = fixed(envelope) {
        (byte_literal(&text), String::new())
    } else {
        let doc = "The JSON form of a request, with a mark where its records go.";
        let (empty, method) = made_text(printer, envelope, "envelope", doc, "");
        (format!("&self.envelope({empty})"), method)
    };
    let call = Expr::call(format!("{module}::around"), [argument]);
    let call = statement(8, "", &call, "");
    format!(
        "\n    /// Most bytes that a body has around its records.\n    #[must_use]\n    pub fn around_len(&self) -> usize {{\n{call}    }}\n{method}"
    )
}

/// The method that makes text of settings, and the one that tells how long it is.
fn around(printer: &Printer, value: &Value, name: &str, doc: &str, end: &str) -> String {
    let (empty, method) = made_text(printer, value, name, doc, end);
    // The mark of the records, and the comma that the last of them lacks; the line's end.
    let placeholder = if name == "envelope" { " - 2" } else { " - 1" };
    format!(
        "\n    /// Bytes that settings and literals take in it.\n    #[must_use]\n    pub fn {name}_len(&self) -> usize {{\n        self.{name}({empty}).len(){placeholder}\n    }}\n{method}"
    )
}

/// What a method that makes text takes where no records are, and the method.
fn made_text(
    printer: &Printer,
    value: &Value,
    name: &str,
    doc: &str,
    end: &str,
) -> (String, String) {
    let body = printer.alone(value, "body", "&mut text", 8, true);
    let (parameter, empty) = if needs_shared(value) {
        let shared = printer.uses.part("request", "Shared");
        (
            format!(", shared: &{shared}"),
            format!("&{shared}::of(&[])"),
        )
    } else {
        (String::new(), String::new())
    };
    let method = format!(
        "\n    /// {doc}\n    fn {name}(&self{parameter}) -> Vec<u8> {{\n        let mut text = Vec::new();\n{body}{end}        text\n    }}\n"
    );
    (empty, method)
}

/// Whether it is made for each request.
fn needs_shared(value: &Value) -> bool {
    match value {
        Value::Text(text) => text
            .pieces
            .iter()
            .any(|piece| matches!(piece, crate::sink::Piece::Shared(_))),
        Value::Object(members) => members.iter().any(|member| match member {
            Member::Field { value, .. } => needs_shared(value),
            Member::Merge { .. } => false,
        }),
        Value::List(items) => items.iter().any(needs_shared),
        Value::Encoded { value, .. } => needs_shared(value),
        Value::Literal(_)
        | Value::Chain(_)
        | Value::Rest(_)
        | Value::Records
        | Value::Each { .. } => false,
    }
}

/// The statements that write a body.
fn payload(printer: &Printer) -> String {
    let call = |function: &str, args: &[&str]| {
        let function = format!("{}::{function}", printer.uses.module("framing"));
        let args = args.iter().copied().chain(["records", "out"]);
        statement(8, "", &Expr::call(function, args), "")
    };
    match &printer.sink.payload.form {
        Form::Streams(_) => format!(
            "        {}::write(records, out)\n",
            printer.uses.module("streams")
        ),
        Form::Sdk => format!(
            "        // The SDK takes records one by one; this is how they look in a file.\n{}",
            call("lines", &["b\"\"", "b\"\\n\""])
        ),
        Form::Single => call("lines", &["b\"\"", "b\"\""]),
        Form::OtlpProtobuf { envelope } => {
            let (made, envelope) = match fixed(envelope) {
                Some(text) => (String::new(), byte_literal(&text)),
                None => (made("envelope", envelope), "&envelope".to_owned()),
            };
            let records = "        let records = records.iter().map(|record| &*record.bytes);\n";
            let call = format!("{}::within", printer.uses.module("otlp_protobuf"));
            let call = Expr::call(call, [envelope.as_str(), "records", "out"]);
            made + records + &statement(8, "", &call, "")
        }
        Form::Lines { before, newline } => {
            let after = if *newline { "b\"\\n\"" } else { "b\"\"" };
            match before {
                None => call("lines", &["b\"\"", after]),
                Some(before) => match fixed(before) {
                    Some(text) => call("lines", &[&byte_literal(&format!("{text}\n")), after]),
                    None => made("before", before) + &call("lines", &["&before", after]),
                },
            }
        }
        Form::Envelope { envelope, position } => {
            let within = |envelope: &str| match position {
                None => call("within", &[envelope]),
                Some(key) => call("numbered_within", &[envelope, &literal(key)]),
            };
            match (fixed(envelope), position) {
                (Some(text), None) if text == "[\0]" => call("array", &[]),
                (Some(text), None) => {
                    let (before, after) = text.split_once('\0').unwrap_or((&text, ""));
                    call("between", &[&byte_literal(before), &byte_literal(after)])
                }
                (Some(text), Some(_)) => within(&byte_literal(&text)),
                (None, _) => made("envelope", envelope) + &within("&envelope"),
            }
        }
    }
}

/// The statements that make the text around records.
fn made(name: &str, value: &Value) -> String {
    if needs_shared(value) {
        return format!("        let {name} = self.{name}(&Shared::of(records));\n");
    }
    format!("        let {name} = self.{name}();\n")
}

/// The text of a value that no setting and no event decides about.
pub(super) fn fixed(value: &Value) -> Option<String> {
    match value {
        Value::Literal(json) => Some(json.to_string()),
        Value::Text(text) => text.literal().map(|text| Json::from(text).to_string()),
        Value::Records => Some("[\0]".to_owned()),
        Value::Object(members) => {
            let members = members.iter().map(|member| match member {
                Member::Field { key, value } => {
                    Some(format!("{}:{}", Json::from(key.as_str()), fixed(value)?))
                }
                Member::Merge { .. } => None,
            });
            let members: Option<Vec<String>> = members.collect();
            Some(format!("{{{}}}", members?.join(",")))
        }
        Value::List(items) => {
            let items: Option<Vec<String>> = items.iter().map(fixed).collect();
            Some(format!("[{}]", items?.join(",")))
        }
        Value::Chain(_) | Value::Rest(_) | Value::Encoded { .. } | Value::Each { .. } => None,
    }
}

/// The method that writes the labels of one event.
fn labels(printer: &Printer, streams: &Streams) -> String {
    let mut body = String::new();
    for label in &streams.labels {
        match label {
            Label::Named { name, value, .. } => {
                for from in &value.sources {
                    let method = if from.is_of_event() { "event" } else { "fixed" };
                    let args = [Expr::from(literal(name)), printer.source_text(from)];
                    body += &line(8, &Expr::call(format!("labels.{method}"), args));
                }
            }
            Label::Pairs(id) => {
                let field = printer.fields.get(*id);
                let value = format!(
                    "{}::pairs(&config.{})",
                    printer.uses.module("streams"),
                    field.name
                );
                let name = printer.state(&field.name, "Vec<(String, String)>", value);
                body += &format!("        labels.pairs(&self.{name});\n");
            }
            Label::Fields(id) => {
                let field = printer.fields.get(*id);
                printer.uses.part("streams", "LabelField");
                let value = format!(
                    "{}::fields(&config.{})",
                    printer.uses.module("streams"),
                    field.name
                );
                let name = printer.state(&field.name, "Vec<LabelField>", value);
                body += &format!("        labels.fields(event, &self.{name});\n");
            }
        }
    }
    let labels = printer.uses.part("streams", "Labels");
    format!(
        "\n    /// The labels of an event's stream; the first to give a name wins.\n    fn write_labels(&self, event: &Event, labels: &mut {labels}<'_>) {{\n{body}    }}\n"
    )
}

/// The function with the provider's words for levels.
fn levels(printer: &Printer) -> String {
    let Some(levels) = printer
        .sink
        .payload
        .levels
        .as_ref()
        .filter(|_| printer.asks_levels.get())
    else {
        return String::new();
    };
    printer.uses.base("Level");
    let word = |word: &Json| match word.as_str() {
        Some(text) => literal(text),
        None => word.as_i64().map_or_else(|| word.to_string(), signed),
    };
    let mut arms: Vec<(String, Vec<String>)> = Vec::new();
    let named = LevelName::ALL.iter().zip(&levels.words);
    let named = named.map(|(name, found)| (format!("Level::{}", camel(name.name())), word(found)));
    let other = match &levels.other {
        Some(other) => ("Level::Custom(_)".to_owned(), word(other)),
        None => ("Level::Custom(word)".to_owned(), "word".to_owned()),
    };
    for (pattern, word) in named.chain([other]) {
        match arms.iter_mut().find(|(known, _)| *known == word) {
            Some((_, patterns)) => patterns.push(pattern),
            None => arms.push((word, vec![pattern])),
        }
    }
    let arms: String = arms
        .iter()
        .map(|(word, patterns)| arm(8, patterns, "", word))
        .collect();
    let result = if levels.is_text { "&str" } else { "i64" };
    let name = if levels.is_text { "word" } else { "number" };
    format!(
        "\n/// The provider's {name} for a level.\nfn level_word(level: &Level) -> {result} {{\n    match level {{\n{arms}    }}\n}}\n"
    )
}
