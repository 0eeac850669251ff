//! The encoder of one provider: one statement per member, in the order of the spec.

use minijinja::{Value as Context, context};
use serde_json::{Map, Value as Json};

use super::layout::Expr;
use super::module::Module;
use super::streams;
use super::text::{bytes_literal, comment, docstring, literal};
use super::values::Printer;
use crate::sink::{Form, Member, Record, Sink, Value};
use crate::text::plain;

/// What the encoder's template needs.
#[must_use]
pub fn context(sink: &Sink) -> (Context, Module) {
    let mut printer = Printer::new(sink);
    let prefix = sink.type_prefix.as_str();
    printer.module.from(
        &format!("._{}_config", sink.id),
        &format!("{prefix}SinkConfig"),
    );
    printer.module.base("Event");
    printer.module.base("Records");
    let (group, kind) = match (&sink.payload.form, sink.is_partitioned()) {
        (Form::Streams(_), _) => (
            "self._labels.group(self._label_values(event))".to_owned(),
            "str",
        ),
        (_, true) => (partition(&mut printer), "str"),
        _ => ("None".to_owned(), "None"),
    };
    let partition = printer.finish();
    let mut encode = encode(&mut printer, &group);
    if !partition.is_empty() {
        encode = format!("{partition}\n{encode}");
    }
    let (state_of_labels, label_values) = match &sink.payload.form {
        Form::Streams(streams) => streams::labels(&mut printer, streams),
        _ => Default::default(),
    };
    let (docs, payload) = payload(&mut printer);
    if !state_of_labels.is_empty() {
        printer.state.push(state_of_labels);
    }
    let state = printer.state.join("\n");
    let context = context! {
        title => docstring(0, &[format!("How events look on their way to {}.", plain(&sink.title))]),
        prefix,
        uses => printer.module.lines(),
        constants => printer.constants,
        docs => docstring(4, &[docs.to_owned()]),
        config => if state.contains("config.") { "config" } else { "_config" },
        state,
        group => kind,
        grouped => matches!(sink.payload.form, Form::Streams(_)),
        encode,
        payload,
        methods => printer.methods,
        label_values,
    };
    (context, printer.module)
}

/// The statements that make the values which the events of a request share; the expression of all.
fn partition(printer: &mut Printer<'_>) -> String {
    let mut names = Vec::new();
    for chain in &printer.sink.payload.partition {
        let name = printer.locals.unique("", "shared");
        let (value, is_certain) = printer.chain_text(chain);
        let value = match value {
            value if is_certain => value,
            Expr::Or(mut values) => {
                values.push(Expr::text("None"));
                Expr::Or(values)
            }
            value => Expr::Or(vec![value, Expr::text("None")]),
        };
        printer.say(8, &format!("{name} = "), &value, "");
        names.push(name);
    }
    let dumps = printer.module.base("dumps");
    format!("{dumps}([{}]).decode()", names.join(", "))
}

/// The statements of `encode`.
fn encode(printer: &mut Printer<'_>, group: &str) -> String {
    let sink = printer.sink;
    let bytes = match &sink.payload.record {
        Record::Json { value, before } => json(printer, value, before.as_ref()),
        Record::Text(values) => line(printer, values),
        Record::StreamEntry {
            line: record,
            metadata,
        } => {
            let line = match &**record {
                Record::Json {
                    value: Value::Object(members),
                    ..
                } => object_line(printer, members),
                Record::Json { value, .. } => json(printer, value, None) + ".decode()",
                Record::Text(values) => line(printer, values) + ".decode()",
                Record::StreamEntry { .. } => "\"\"".to_owned(),
            };
            printer.module.base("dumps");
            printer.lines.push(format!(
                "        timestamp, line = str(event.timestamp), {line}"
            ));
            if metadata.is_empty() {
                "dumps([timestamp, line])".to_owned()
            } else {
                let is_certain = metadata
                    .iter()
                    .any(|(_, chain)| printer.chain_text(chain).1);
                printer.texts(8, metadata, "metadata");
                if is_certain {
                    "dumps([timestamp, line, metadata])".to_owned()
                } else {
                    printer.lines.push(
                        "        entry = [timestamp, line, metadata] if metadata else [timestamp, line]"
                            .to_owned(),
                    );
                    "dumps(entry)".to_owned()
                }
            }
        }
    };
    printer
        .lines
        .push(format!("        return {bytes}, {group}"));
    printer.finish()
}

/// The object of a stream's line has a method of its own; the call of it.
fn object_line(printer: &mut Printer<'_>, members: &[Member]) -> String {
    printer.whole(8, &Value::Object(members.to_vec()), "line");
    let body = printer.finish();
    printer.methods.push(format!(
        "    def _line(self, event: Event) -> dict[str, object]:\n        \"\"\"Return the line as an object.\"\"\"\n{body}\n        return line"
    ));
    printer.module.base("dumps");
    "dumps(self._line(event)).decode()".to_owned()
}

/// Statements that make a record; the expression of its bytes.
fn json(printer: &mut Printer<'_>, value: &Value, before: Option<&Value>) -> String {
    let action = before.map(|before| printer.whole(8, before, "action").flat());
    let record = printer.whole(8, value, "record").flat();
    if matches!(printer.sink.payload.form, Form::OtlpProtobuf { .. }) {
        let function = printer.module.part("_otlp_protobuf", "otlp_record");
        return format!("{function}({record})");
    }
    printer.module.base("dumps");
    match action {
        Some(action) => format!("b\"%b\\n%b\" % (dumps({action}), dumps({record}))"),
        None => format!("dumps({record})"),
    }
}

/// Statements that make a line; the expression of its bytes.
fn line(printer: &mut Printer<'_>, values: &[Value]) -> String {
    let values: Vec<Expr> = values
        .iter()
        .map(|value| printer.plain(8, value, "text"))
        .collect();
    let call = Expr::call(printer.module.part("_text", "one_line"), values);
    printer.say(8, "record = ", &call, "");
    "record".to_owned()
}

/// What the encoder is, in a sentence, and the statements of `write_payload`.
fn payload(printer: &mut Printer<'_>) -> (&'static str, String) {
    let sink = printer.sink;
    let docs = match &sink.payload.form {
        Form::Envelope {
            envelope: Value::Records,
            ..
        } => "Writes each event as a record and each batch as a JSON array.",
        Form::OtlpProtobuf { .. } => {
            "Writes each event as a record and each batch as a request with a list of them."
        }
        Form::Envelope { .. } => {
            "Writes each event as a record and each batch as a list of them inside a JSON value."
        }
        Form::Single => "Writes each event as a request of its own.",
        Form::Lines {
            before: Some(_), ..
        } => "Writes each event as a line and each batch as a pair of lines for each event.",
        Form::Lines { newline: true, .. } => "Writes each event as a line.",
        Form::Lines { newline: false, .. } => {
            "Writes each event as a record and each batch as one record after the other."
        }
        Form::Streams(_) => {
            "Writes each event as an entry and each batch as entries grouped by their labels."
        }
        Form::Sdk => "Writes each event as a record, which the SDK takes one by one.",
    };
    let body = match &sink.payload.form {
        Form::Envelope { envelope, position } => {
            let records = position.as_ref().map_or_else(
                || "records".to_owned(),
                |key| {
                    format!(
                        "{}(records, {})",
                        printer.module.part("_body", "numbered"),
                        literal(key)
                    )
                },
            );
            enveloped(printer, envelope, &records)
        }
        Form::OtlpProtobuf { envelope } => protobuf(printer, envelope),
        Form::Single
        | Form::Lines {
            before: None,
            newline: false,
        } => Expr::text("b\"\".join(records.bytes)"),
        Form::Lines {
            before: None,
            newline: true,
        } => Expr::call(printer.module.base("ndjson"), [Expr::text("records")]),
        Form::Lines {
            before: Some(before),
            newline,
        } => {
            let action = action(printer, before);
            let end = if *newline { "b\"\\n\"" } else { "b\"\"" };
            let arguments = ["records", &action, end].map(Expr::text);
            Expr::call(printer.module.part("_body", "lines"), arguments)
        }
        Form::Streams(_) => Expr::call("write_streams", [Expr::text("records")]),
        Form::Sdk => {
            let why = "The SDK takes records one by one; this is how they look in a file.";
            printer.lines.push(comment(8, why));
            Expr::call(printer.module.base("ndjson"), [Expr::text("records")])
        }
    };
    printer.say(8, "return ", &body, "");
    (docs, printer.finish())
}

/// The call that puts records into an envelope, which is made once where it is always the same.
fn enveloped(printer: &mut Printer<'_>, envelope: &Value, records: &str) -> Expr {
    let array = printer.module.base("json_array");
    let call = |arguments: Vec<String>| {
        let arguments = [records.to_owned()].into_iter().chain(arguments);
        Expr::call(array, arguments.map(Expr::Text))
    };
    if *envelope == Value::Records {
        return call(vec![]);
    }
    if let Some((before, after)) = written(envelope) {
        return call(vec![bytes_literal(&before), bytes_literal(&after)]);
    }
    let split = printer.module.part("_body", "split_envelope");
    if envelope.is_fixed() {
        let value = printer.whole(8, envelope, "envelope").flat();
        let lines = printer.finish();
        printer.state.push(lines);
        printer.state.push(format!(
            "        self._before, self._after = {split}({value})"
        ));
        return call(vec!["self._before".to_owned(), "self._after".to_owned()]);
    }
    share(printer);
    let value = printer.whole(8, envelope, "envelope").flat();
    printer
        .lines
        .push(format!("        before, after = {split}({value})"));
    call(vec!["before".to_owned(), "after".to_owned()])
}

/// The call that puts records into a message, which is made once where it is always the same.
fn protobuf(printer: &mut Printer<'_>, envelope: &Value) -> Expr {
    let class = printer.module.part("_otlp_protobuf", "OtlpEnvelope");
    let is_fixed = envelope.is_fixed();
    if !is_fixed {
        share(printer);
    }
    let value = printer.whole(8, envelope, "envelope").flat();
    let mut holder = format!("{class}({value})");
    if is_fixed {
        let lines = printer.finish();
        printer.state.extend((!lines.is_empty()).then_some(lines));
        printer
            .state
            .push(format!("        self._envelope = {holder}"));
        "self._envelope".clone_into(&mut holder);
    }
    Expr::text(format!("{holder}.around(records)"))
}

/// The expression of the line before each record, made once where it is always the same.
fn action(printer: &mut Printer<'_>, before: &Value) -> String {
    if let Value::Literal(before) = before {
        return bytes_literal(&format!("{before}\n"));
    }
    let is_fixed = before.is_fixed();
    if !is_fixed {
        share(printer);
    }
    let value = printer.whole(8, before, "action").flat();
    let line = format!("{}({value}) + b\"\\n\"", printer.module.base("dumps"));
    if is_fixed {
        let lines = printer.finish();
        printer.state.extend((!lines.is_empty()).then_some(lines));
        printer.state.push(format!("        self._action = {line}"));
        return "self._action".to_owned();
    }
    line
}

fn share(printer: &mut Printer<'_>) {
    let count = printer.sink.payload.partition.len();
    if count > 0 {
        let function = printer.module.part("_body", "shared_values");
        let line = format!("        shared = {function}(records, {count})");
        printer.lines.push(line);
    }
}

/// Whether an envelope is the same whatever the settings are.
#[must_use]
pub fn is_written(envelope: &Value) -> bool {
    *envelope == Value::Records || written(envelope).is_some()
}

/// What stands before and after the records of an envelope that is written in the spec.
fn written(envelope: &Value) -> Option<(String, String)> {
    const PLACE: &str = "\"\\u0000\"";
    let text = constant(envelope)?.to_string();
    let (before, after) = text.split_once(PLACE)?;
    (!after.contains(PLACE)).then(|| (format!("{before}["), format!("]{after}")))
}

fn constant(value: &Value) -> Option<Json> {
    match value {
        Value::Literal(value) => Some(value.clone()),
        Value::Records => Some("\0".into()),
        Value::Text(text) => text.literal().map(Json::from),
        Value::Object(members) => {
            let pairs = members.iter().map(|member| match member {
                Member::Field { key, value } => Some((key.clone(), constant(value)?)),
                Member::Merge { .. } => None,
            });
            pairs
                .collect::<Option<Map<String, Json>>>()
                .map(Json::Object)
        }
        Value::List(items) => items.iter().map(constant).collect(),
        Value::Chain(_) | Value::Rest(_) | Value::Encoded { .. } | Value::Each { .. } => None,
    }
}
