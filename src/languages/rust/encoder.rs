//! The encoder of one provider, for `provider/encoder.rs.j2`: one statement per field, in the order
//! of the spec, and the loop that writes a body.

mod fields;
mod framing;
mod given;
mod levels;
mod lower;
mod paths;
mod settings;
mod streams;

use minijinja::{Value, context};

use super::layout::use_names;
use super::mentions::mentions;
use super::text::{block, title};
use crate::languages::common::holes;
use crate::spec::model::{Framing, RecordShape, Spec};
use lower::{Encoder, lower};

/// What the encoder's template needs.
#[must_use]
pub fn context(spec: &Spec) -> Value {
    let lowered = lower(spec);
    let action = framing::action(spec);
    let levels = lowered.levels.as_ref().map(levels::LevelTable::source);
    let mut functions = levels.unwrap_or_default();
    functions += action.as_ref().map_or("", |action| &action.function);
    let fields = state(spec, &lowered, action);
    context! {
        title_doc => title(spec),
        prefix => spec.type_prefix(),
        uses => uses(spec, &lowered, &fields),
        constants => lowered.constants.clone(),
        fields => fields
            .into_iter()
            .map(|(name, kind, value)| context! { name, type => kind, value })
            .collect::<Vec<_>>(),
        methods => block(methods(spec, &lowered).trim_start_matches('\n')),
        record => block(record(spec, &lowered)),
        payload => block(framing::payload(&spec.payload.framing)),
        functions => block(functions.trim_start_matches('\n')),
    }
}

/// Whether the encoder has settings to encode.
#[must_use]
pub fn needs_constants(spec: &Spec) -> bool {
    let in_action = match &spec.payload.framing {
        Framing::ActionLines { action } => !holes::settings(spec, &action.to_string()).is_empty(),
        _ => false,
    };
    in_action || !lower(spec).settings.is_empty()
}

/// Name, type and value of each field of the encoder.
type Fields = Vec<(String, &'static str, String)>;

fn state(spec: &Spec, lowered: &Encoder, action: Option<framing::Action>) -> Fields {
    let encoded = lowered.settings.iter().filter_map(|setting| {
        let value = settings::encoded(spec, setting)?;
        Some((setting.field.clone(), "Option<Vec<u8>>", value))
    });
    let mut fields: Fields = encoded.collect();
    fields.extend(action.map(|action| ("action".to_owned(), "Vec<u8>", action.value)));
    fields.extend(streams::state(spec));
    fields
}

fn uses(spec: &Spec, lowered: &Encoder, fields: &Fields) -> Vec<String> {
    let is_grouped = matches!(spec.payload.framing, Framing::GroupedStreams { .. });
    let mut names = vec!["Encoder", "Event", "Group", "Record"];
    names.extend(lowered.uses.iter());
    let is_entry = matches!(spec.payload.record, RecordShape::StreamEntry { .. });
    if !is_entry || lowered.inner.is_some() {
        names.push("JsonObject");
    }
    if mentions(&methods(spec, lowered), "lookup(") {
        names.push("lookup");
    }
    let mut lines = Vec::new();
    if lowered.levels.as_ref().is_some_and(|table| !table.is_text) {
        lines.push("use serde_json::Value;".to_owned());
        lines.push(String::new());
    }
    lines.push(use_names("super::super::cloud_sink_base", &names));
    if needs_constants(spec) {
        lines.push("use super::super::cloud_sink_parts::constant;".to_owned());
    }
    if is_grouped {
        let mut names = vec!["self", "Labels", "StreamEntry", "Streams"];
        if fields
            .iter()
            .any(|(_, kind, _)| kind.contains("LabelField"))
        {
            names.push("LabelField");
        }
        lines.push(use_names("super::super::cloud_sink_parts::streams", &names));
    }
    lines.push(format!(
        "use super::config::{}SinkConfig;",
        spec.type_prefix()
    ));
    lines
}

/// The statements of `encode`.
fn record(spec: &Spec, lowered: &Encoder) -> String {
    let fields = &lowered.record;
    match &spec.payload.record {
        RecordShape::Object { .. } => format!(
            "        let mut record = JsonObject::begin(out);\n{fields}        record.end();\n        None\n"
        ),
        RecordShape::StreamEntry { .. } => format!(
            "        let mut entry = StreamEntry::begin(out, event.timestamp);\n{fields}        entry.end();\n        Some(self.streams.group(|set| self.write_labels(event, set)))\n"
        ),
    }
}

/// Methods besides `new`.
fn methods(spec: &Spec, lowered: &Encoder) -> String {
    let mut out = String::new();
    if matches!(spec.payload.framing, Framing::ActionLines { .. }) {
        out += "\n    /// Bytes of the line before each record, its end excepted.\n    #[must_use]\n    pub fn action_len(&self) -> usize {\n        self.action.len()\n    }\n";
    }
    out += &streams::labels(spec);
    if let Some(given) = &lowered.given {
        out += &given.method();
    }
    if let Some(inner) = &lowered.inner {
        out += &write_event(&spec.payload.record, inner);
    }
    out
}

/// The method that writes the object within a record.
fn write_event(shape: &RecordShape, inner: &str) -> String {
    let (object, what) = match shape {
        RecordShape::Object { .. } => ("object", "The event inside its wrapper."),
        RecordShape::StreamEntry { .. } => ("line", "The line of a stream's entry."),
    };
    let receiver = if mentions(inner, "self.") {
        "&self, "
    } else {
        ""
    };
    format!(
        "\n    /// {what}\n    fn write_event({receiver}event: &Event, out: &mut Vec<u8>) {{\n        let mut {object} = JsonObject::begin(out);\n{inner}        {object}.end();\n    }}\n"
    )
}
