//! The encoder of one provider: one statement per field, in the order of the spec.

use minijinja::{Value, context};
use serde_json::Value as Json;

use super::config::used;
use super::layout::{Expr, import, statement};
use super::names::local;
use super::settings::{self, json_expr};
use super::text::{comment, docstring, literal};
use super::{framing, streams};
use crate::spec::model::{
    EventPart, FieldType, Framing, LevelName, RecordField, RecordShape, Rest, Spec, ValueEncoding,
};
use crate::spec::resolve::Reference;
use crate::text::plain;

/// What the encoder's template needs.
#[must_use]
pub fn context(spec: &Spec) -> Value {
    let mut lowering = Lowering {
        spec,
        constants: Vec::new(),
        state: Vec::new(),
        locals: Vec::new(),
    };
    let (encode, inner) = lowering.record();
    let prefix = spec.type_prefix();
    let framing = framing::of(spec);
    lowering.constants.extend(levels(spec));
    let mut state: Vec<String> = lowering
        .state
        .iter()
        .map(|(name, value)| assignment(name, value))
        .collect();
    state.extend(framing.state.clone());
    let is_grouped = matches!(spec.payload.framing, Framing::GroupedStreams { .. });
    if is_grouped {
        state.push(streams::state(spec));
    }
    let mut methods = Vec::new();
    if let Some(inner) = inner {
        methods.push(inner);
    }
    if is_grouped {
        methods.extend(streams::method(spec));
    }
    let source = [
        lowering.constants.join("\n"),
        state.join("\n"),
        encode.clone(),
        methods.join("\n"),
        framing.payload.clone(),
    ]
    .join("\n");
    context! {
        title => docstring(0, &[format!("How events look on their way to {}.", plain(&spec.title))]),
        prefix => prefix.as_str(),
        uses => uses(&spec.id, &prefix, &source, is_grouped),
        constants => lowering.constants,
        docs => docstring(4, &[framing.docs]),
        config => if state.iter().any(|line| line.contains("config.")) { "config" } else { "_config" },
        state => state.join("\n"),
        group => if is_grouped { "str" } else { "None" },
        encode,
        payload => framing.payload,
        methods,
        length => matches!(spec.payload.framing, Framing::ActionLines { .. }),
    }
}

fn assignment(name: &str, value: &str) -> String {
    statement(8, &format!("self.{name} = "), &Expr::text(value), "")
}

fn uses(id: &str, prefix: &str, source: &str, is_grouped: bool) -> Vec<String> {
    let mut lines = vec![import(
        &format!("._{id}_config"),
        &[&format!("{prefix}SinkConfig")],
    )];
    let mut names = vec!["Event", "Records"];
    names.extend(used(
        source,
        &[
            "dumps",
            "json_array",
            "lookup",
            "merge",
            "ndjson",
            "rfc3339_millis",
            "rfc3339_nanos",
            "unix_millis",
            "unix_seconds",
            "value_text",
            "expose",
        ],
    ));
    lines.push(import(".cloud_sink_base", &names));
    if is_grouped {
        let names = used(
            source,
            &["EventLabel", "Label", "StreamLabels", "write_streams"],
        );
        lines.push(import(".cloud_sink_parts._streams", &names));
    }
    lines
}

struct Lowering<'a> {
    spec: &'a Spec,
    constants: Vec<String>,
    /// Attributes of the encoder and their values.
    state: Vec<(String, String)>,
    locals: Vec<String>,
}

impl Lowering<'_> {
    /// The statements of `encode`, and the method for the inner object where there is one.
    fn record(&mut self) -> (String, Option<String>) {
        let spec = self.spec;
        match &spec.payload.record {
            RecordShape::Object {
                fields,
                rest,
                reserved,
                wrap: None,
            } => {
                let body = self.object("record", fields, rest, reserved);
                (format!("{body}        return dumps(record), None"), None)
            }
            RecordShape::Object {
                fields,
                rest,
                reserved,
                wrap: Some(wrap),
            } => {
                let body = self.object("record", &wrap.fields, &[], &[]);
                let inner = self.method(
                    fields,
                    rest,
                    reserved,
                    "Return the event inside its wrapper.",
                );
                let key = literal(&wrap.key);
                (
                    format!(
                        "{body}        record[{key}] = self._event(event)\n        return dumps(record), None"
                    ),
                    Some(inner),
                )
            }
            RecordShape::StreamEntry {
                fields,
                rest,
                reserved,
                metadata,
            } => {
                let inner = self.method(fields, rest, reserved, "Return the line as an object.");
                (self.entry(metadata), Some(inner))
            }
        }
    }

    fn method(
        &mut self,
        fields: &[RecordField],
        rest: &[Rest],
        reserved: &[String],
        what: &str,
    ) -> String {
        self.locals.clear();
        let body = self.object("line", fields, rest, reserved);
        format!(
            "    def _event(self, event: Event) -> dict[str, object]:\n{}\n{body}        return line",
            docstring(8, &[what.to_owned()])
        )
    }

    /// The statements for an entry of a stream: time, line, metadata.
    fn entry(&mut self, metadata: &[RecordField]) -> String {
        let start =
            "        timestamp, line = str(event.timestamp), dumps(self._event(event)).decode()\n";
        let group = "self._labels.group(self._label_values(event))";
        if metadata.is_empty() {
            return format!("{start}        return dumps([timestamp, line]), {group}");
        }
        let mut out = start.to_owned();
        let (open, rest) = self.opening(metadata);
        let always = !open.is_empty();
        out += &format!(
            "{}\n",
            statement(8, "metadata: dict[str, str] = ", &Expr::dict(open), "")
        );
        for field in rest {
            out += &self.field("metadata", field, true);
        }
        if always {
            out += &format!("        return dumps([timestamp, line, metadata]), {group}");
        } else {
            out += &format!(
                "        entry = [timestamp, line, metadata] if metadata else [timestamp, line]\n        return dumps(entry), {group}"
            );
        }
        out
    }

    /// Statements for the fields and the rest of one object.
    fn object(
        &mut self,
        object: &str,
        fields: &[RecordField],
        rest: &[Rest],
        reserved: &[String],
    ) -> String {
        let (open, others) = self.opening(fields);
        let head = format!("{object}: dict[str, object] = ");
        let mut out = format!("{}\n", statement(8, &head, &Expr::dict(open), ""));
        for fields in others.chunk_by(stand_together) {
            out += &self.neighbours(object, fields);
        }
        if rest.iter().any(|rest| rest.into.is_none()) {
            self.taken(fields, rest, reserved);
        }
        for rest in rest {
            out += &Self::rest(object, rest);
        }
        out
    }

    /// The statements of neighbours; those within one object of the event look for it once.
    fn neighbours(&mut self, object: &str, fields: &[RecordField]) -> String {
        let within: Vec<_> = fields.iter().filter_map(nested).collect();
        let Some(((part, key), _)) = within.first().filter(|_| within.len() > 1) else {
            let lines = fields.iter().map(|field| self.field(object, field, false));
            return lines.collect();
        };
        let name = self.local(key);
        let found = format!("({name} := event.{}.get({}))", part.name(), literal(key));
        let mut out = format!("        if {found} is not None:\n");
        for (field, (_, path)) in fields.iter().zip(within) {
            let steps: Vec<String> = path.split('/').map(literal).collect();
            let value = format!("lookup({name}, {})", steps.join(", "));
            let target = format!("{object}[{}]", literal(&field.name));
            for line in self.one(&target, field, &value, Presence::NotNone).lines() {
                out += &format!("    {line}\n");
            }
        }
        out
    }

    /// The first fields that every event has, and the others.
    fn opening<'f>(
        &mut self,
        fields: &'f [RecordField],
    ) -> (Vec<(String, Expr)>, &'f [RecordField]) {
        let mut open = Vec::new();
        for field in fields {
            let Some(value) = self.always(field) else {
                break;
            };
            open.push((literal(&field.name), value));
        }
        let rest = &fields[open.len()..];
        (open, rest)
    }

    /// The value of a field that every event has.
    fn always(&mut self, field: &RecordField) -> Option<Expr> {
        if let Some(constant) = &field.constant {
            return Some(json_expr(constant));
        }
        match field.from.sources().as_slice() {
            [source] if source.is_always_present() => Some(Expr::text(self.value(field, source))),
            _ => None,
        }
    }

    /// The statement of one field.
    fn field(&mut self, object: &str, field: &RecordField, as_text: bool) -> String {
        let target = format!("{object}[{}]", literal(&field.name));
        if let Some(value) = self.always(field) {
            return format!("{}\n", statement(8, &format!("{target} = "), &value, ""));
        }
        let sources = field.from.sources();
        let values: Vec<(String, Presence)> = sources
            .iter()
            .map(|source| self.source(field, source, as_text))
            .collect();
        let (last, before) = values
            .split_last()
            .expect("a field without a constant has a source");
        if before
            .iter()
            .all(|(_, presence)| *presence == Presence::NotEmpty)
        {
            let chain: Vec<&str> = values.iter().map(|(value, _)| value.as_str()).collect();
            return self.one(&target, field, &chain.join(" or "), last.1);
        }
        self.chain(&target, field, &values)
    }

    /// The statement of a field with one expression for its value.
    fn one(
        &mut self,
        target: &str,
        field: &RecordField,
        value: &str,
        presence: Presence,
    ) -> String {
        let is_name = value
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
        match presence {
            Presence::Always => format!(
                "{}\n",
                statement(8, &format!("{target} = "), &Expr::text(value), "")
            ),
            Presence::NotEmpty if is_name => {
                format!("        if {value}:\n            {target} = {value}\n")
            }
            Presence::NotEmpty => {
                let name = self.local(&field.name);
                condition(
                    "if",
                    &format!("{name} := {value}"),
                    &format!("{target} = {name}"),
                )
            }
            Presence::NotNone if is_name => {
                format!("        if {value} is not None:\n            {target} = {value}\n")
            }
            Presence::NotNone => {
                let name = self.local(&field.name);
                condition(
                    "if",
                    &format!("({name} := {value}) is not None"),
                    &format!("{target} = {name}"),
                )
            }
        }
    }

    /// One branch for each source.
    fn chain(
        &mut self,
        target: &str,
        field: &RecordField,
        values: &[(String, Presence)],
    ) -> String {
        let name = self.local(&field.name);
        let mut out = String::new();
        for (index, (value, presence)) in values.iter().enumerate() {
            let word = if index == 0 { "if" } else { "elif" };
            out += &match presence {
                Presence::Always => format!("        else:\n            {target} = {value}\n"),
                Presence::NotEmpty => condition(
                    word,
                    &format!("{name} := {value}"),
                    &format!("{target} = {name}"),
                ),
                Presence::NotNone => condition(
                    word,
                    &format!("({name} := {value}) is not None"),
                    &format!("{target} = {name}"),
                ),
            };
        }
        out
    }

    /// The expression of one source and when it counts.
    fn source(
        &mut self,
        field: &RecordField,
        source: &Reference,
        as_text: bool,
    ) -> (String, Presence) {
        match source {
            Reference::Message | Reference::Level | Reference::Timestamp => {
                (self.value(field, source), Presence::Always)
            }
            Reference::Logger => ("event.logger".to_owned(), Presence::NotEmpty),
            Reference::Part(part) => (format!("event.{}", part.name()), Presence::NotEmpty),
            Reference::Key(part, path) => {
                let value = key(*part, path);
                if as_text {
                    (format!("value_text({value})"), Presence::NotEmpty)
                } else {
                    (value, Presence::NotNone)
                }
            }
            Reference::Config(name) => self.config(field, name),
        }
    }

    /// A setting, kept by the encoder.
    fn config(&mut self, field: &RecordField, name: &str) -> (String, Presence) {
        let Some(setting) = settings::find(self.spec, name) else {
            return ("None".to_owned(), Presence::NotNone);
        };
        let joined = field.encoding == Some(ValueEncoding::CommaPairs);
        let value = if field.encoding == Some(ValueEncoding::CommaList) {
            format!("\",\".join(config.{name})")
        } else if joined && setting.spec.kind == FieldType::Map {
            format!("\",\".join(f\"{{key}}:{{value}}\" for key, value in config.{name}.items())")
        } else {
            setting.plain()
        };
        let attribute = format!("_{name}");
        if !self.state.iter().any(|(known, _)| *known == attribute) {
            self.state.push((attribute.clone(), value));
        }
        let is_empty_when_unset = setting.is_text() || setting.is_collection();
        let presence = match (is_empty_when_unset, setting.is_optional()) {
            (true, _) => Presence::NotEmpty,
            (false, true) => Presence::NotNone,
            (false, false) => Presence::Always,
        };
        (format!("self.{attribute}"), presence)
    }

    /// The value of a source that every event has.
    fn value(&mut self, field: &RecordField, source: &Reference) -> String {
        match source {
            Reference::Level
                if field.encoding == Some(ValueEncoding::LevelMap)
                    && !self.spec.payload.levels.is_empty() =>
            {
                "_LEVELS.get(event.level, event.level)".to_owned()
            }
            Reference::Level => "event.level".to_owned(),
            Reference::Timestamp => match field.encoding {
                Some(ValueEncoding::UnixMs) => "unix_millis(event.timestamp)",
                Some(ValueEncoding::UnixSeconds) => "unix_seconds(event.timestamp)",
                Some(ValueEncoding::UnixNsText) => "str(event.timestamp)",
                Some(ValueEncoding::Rfc3339Ns) => "rfc3339_nanos(event.timestamp)",
                _ => "rfc3339_millis(event.timestamp)",
            }
            .to_owned(),
            _ => "event.message".to_owned(),
        }
    }

    fn rest(object: &str, rest: &Rest) -> String {
        let part = rest.from.name();
        if let Some(key) = &rest.into {
            let target = format!("{object}[{}]", literal(key));
            let value = format!("event.{part}");
            return condition("if", &value, &format!("{target} = {value}"));
        }
        let prefix = rest
            .clash_prefix
            .clone()
            .unwrap_or_else(|| format!("{part}."));
        format!(
            "        merge({object}, event.{part}, _TAKEN, {})\n",
            literal(&prefix)
        )
    }

    /// The constant with the keys a merged field must not take.
    fn taken(&mut self, fields: &[RecordField], rest: &[Rest], reserved: &[String]) {
        let mut keys: Vec<&str> = Vec::new();
        let into = rest.iter().filter_map(|rest| rest.into.as_deref());
        let all = fields.iter().map(|field| field.name.as_str()).chain(into);
        for key in all.chain(reserved.iter().map(String::as_str)) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let items = Expr::tuple(keys.iter().map(|key| Expr::text(literal(key))));
        let constant = statement(0, "_TAKEN = ", &Expr::call("frozenset", [items]), "");
        self.constants.push(format!(
            "{}\n{constant}",
            comment(0, "Keys of a record that a merged field must not take.")
        ));
    }

    fn local(&mut self, name: &str) -> String {
        let name = local(name);
        let mut candidate = name.clone();
        let mut number = 2;
        while self.locals.contains(&candidate)
            || ["line", "metadata", "timestamp"].contains(&candidate.as_str())
        {
            candidate = format!("{name}{number}");
            number += 1;
        }
        self.locals.push(candidate.clone());
        candidate
    }
}

/// The object of the event that a field stands in, as its part and key, and the path within it;
/// absent for a field of a part itself, or with several sources.
fn nested(field: &RecordField) -> Option<((EventPart, &str), &str)> {
    match field.from.sources().as_slice() {
        [Reference::Key(part, path)] if field.constant.is_none() => {
            let (object, path) = path.split_once('/')?;
            Some(((*part, object), path))
        }
        _ => None,
    }
}

/// Whether two fields stand in one object of the event.
fn stand_together(a: &RecordField, b: &RecordField) -> bool {
    matches!((nested(a), nested(b)), (Some((a, _)), Some((b, _))) if a == b)
}

/// When a value counts as present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    Always,
    NotEmpty,
    NotNone,
}

fn condition(word: &str, condition: &str, body: &str) -> String {
    format!("        {word} {condition}:\n            {body}\n")
}

/// A key of a part of the event; `None` where it is absent.
#[must_use]
pub fn key(part: EventPart, path: &str) -> String {
    let part = part.name();
    let steps: Vec<String> = path.split('/').map(literal).collect();
    match steps.as_slice() {
        [key] => format!("event.{part}.get({key})"),
        _ => format!("lookup(event.{part}, {})", steps.join(", ")),
    }
}

const LEVELS: [(LevelName, &str); 9] = [
    (LevelName::Trace, "trace"),
    (LevelName::Debug, "debug"),
    (LevelName::Info, "info"),
    (LevelName::Notice, "notice"),
    (LevelName::Warning, "warning"),
    (LevelName::Error, "error"),
    (LevelName::Critical, "critical"),
    (LevelName::Audit, "audit"),
    (LevelName::Security, "security"),
];

/// The level table, where the record uses it.
fn levels(spec: &Spec) -> Option<String> {
    let fields = match &spec.payload.record {
        RecordShape::Object { fields, wrap, .. } => fields
            .iter()
            .chain(wrap.iter().flat_map(|wrap| &wrap.fields))
            .collect::<Vec<_>>(),
        RecordShape::StreamEntry {
            fields, metadata, ..
        } => fields.iter().chain(metadata).collect(),
    };
    let is_used = fields
        .iter()
        .any(|field| field.encoding == Some(ValueEncoding::LevelMap));
    if !is_used || spec.payload.levels.is_empty() {
        return None;
    }
    let words = LEVELS
        .iter()
        .filter_map(|(level, name)| Some((name, spec.payload.levels.get(level)?)));
    let items = words.map(|(name, word)| (literal(name), json_expr(word)));
    let kind = if spec.payload.levels.values().all(Json::is_string) {
        "str"
    } else {
        "object"
    };
    let head = format!("_LEVELS: dict[str, {kind}] = ");
    let why = comment(
        0,
        "The provider's words for levels; others keep their names.",
    );
    Some(format!(
        "{why}\n{}",
        statement(0, &head, &Expr::dict(items), "")
    ))
}
