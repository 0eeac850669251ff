//! Values of the lowered form as JSON text and as plain text.

use std::borrow::Cow;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value as Json, json};

use super::super::model::{
    Chain, EventBasis, From, KeyForm, LevelForm, Member, Piece, Record, Rest, RestForm,
    SettingForm, SettingId, Sink, Text, TextForm, Value,
};
use super::event::Event;
use super::settings::Settings;
use super::{rest, time};

/// A list or object nested deeper becomes `…`; what stands directly in a part of an event has depth 1.
pub const MAX_DEPTH: usize = 32;

/// What values are made from.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    sink: &'a Sink,
    settings: &'a Settings,
    event: Option<&'a Event>,
    now: i64,
    shared: &'a [Option<String>],
    records: &'a str,
}

impl<'a> Scope<'a> {
    /// One event, at the moment of encoding.
    pub const fn of_event(
        sink: &'a Sink,
        settings: &'a Settings,
        event: &'a Event,
        now: i64,
    ) -> Self {
        Self {
            sink,
            settings,
            event: Some(event),
            now,
            shared: &[],
            records: "",
        }
    }

    /// One request: the values its events share, and its records as they stand in the list.
    pub const fn of_request(
        sink: &'a Sink,
        settings: &'a Settings,
        shared: &'a [Option<String>],
        records: &'a str,
        now: i64,
    ) -> Self {
        Self {
            sink,
            settings,
            event: None,
            now,
            shared,
            records,
        }
    }

    /// How records stand together.
    pub const fn form(&self) -> &'a super::super::model::Form {
        &self.sink.payload.form
    }

    /// Appends a record and returns its bytes as the event's limit counts them.
    pub fn record(&self, record: &Record, out: &mut String) -> usize {
        let start = out.len();
        match record {
            Record::Json { value, before } => {
                if let Some(before) = before {
                    self.json(before, out);
                    out.push('\n');
                }
                if !self.json(value, out) {
                    out.push_str("null");
                }
                out.len() - start
            }
            Record::Text(values) => {
                let texts = values.iter().filter_map(|value| self.plain(value));
                let line: String = texts.collect();
                // One event is one line.
                out.push_str(&line.replace(['\r', '\n'], " "));
                out.len() - start
            }
            Record::StreamEntry { line, metadata } => self.entry(line, metadata, out),
        }
    }

    /// `["<ns>","<line>",{metadata}]`; counted is the line or the whole, as the limit says.
    fn entry(&self, line: &Record, metadata: &[(String, Chain)], out: &mut String) -> usize {
        let start = out.len();
        let mut text = String::new();
        self.record(line, &mut text);
        let timestamp = self.event.map_or(self.now, |event| event.timestamp);
        let _ = write!(out, "[\"{timestamp}\",{}", quoted(&text));
        let mut separator = ",{";
        for (name, value) in metadata {
            if let Some(value) = self.chain_text(value).filter(|text| !text.is_empty()) {
                let _ = write!(out, "{separator}{}:{}", quoted(name), quoted(&value));
                separator = ",";
            }
        }
        out.push_str(if separator == "," { "}]" } else { "]" });
        match self.sink.limits.event_basis {
            EventBasis::Line => text.len(),
            EventBasis::Record => out.len() - start,
        }
    }

    /// The values that events must share to travel together, as a JSON array.
    pub fn partition(&self) -> Option<String> {
        let chains = &self.sink.payload.partition;
        if chains.is_empty() {
            return None;
        }
        let values: Vec<Option<String>> =
            chains.iter().map(|chain| self.chain_text(chain)).collect();
        Some(json!(values).to_string())
    }

    /// Appends a value as JSON; nothing when it is absent.
    pub fn json(&self, value: &Value, out: &mut String) -> bool {
        match value {
            Value::Literal(literal) => push(out, literal, 0),
            Value::Text(text) => match self.text(text) {
                Some(text) => out.push_str(&quoted(&text)),
                None => return false,
            },
            Value::Chain(chain) => return self.chain(chain, out),
            Value::Object(members) => self.object(members, out),
            Value::List(items) => self.list(items, out),
            Value::Rest(rest) => return self.rest(rest, out),
            Value::Encoded {
                value,
                form,
                append,
            } => match self.encoded(value, *form, append) {
                Some(text) => out.push_str(&quoted(&text)),
                None => return false,
            },
            Value::Records => {
                let _ = write!(out, "[{}]", self.records);
            }
            Value::Each { id, except } => return self.each(*id, except, out),
        }
        true
    }

    fn object(&self, members: &[Member], out: &mut String) {
        out.push('{');
        let mut separator = "";
        let mut merged: Vec<String> = Vec::new();
        for member in members {
            match member {
                Member::Field { key, value } => {
                    let start = out.len();
                    let _ = write!(out, "{separator}{}:", quoted(key));
                    if self.json(value, out) {
                        separator = ",";
                    } else {
                        out.truncate(start);
                    }
                }
                Member::Merge { rest, taken } => {
                    let Some(event) = self.event else { continue };
                    let taken: Vec<String> = taken.iter().chain(&merged).cloned().collect();
                    for (key, value) in rest::members(rest, event, &taken) {
                        let _ = write!(out, "{separator}{}:", quoted(&key));
                        push(out, &value, 1);
                        separator = ",";
                        merged.push(key);
                    }
                }
            }
        }
        out.push('}');
    }

    fn list(&self, items: &[Value], out: &mut String) {
        out.push('[');
        let mut separator = "";
        for item in items {
            let start = out.len();
            out.push_str(separator);
            if self.json(item, out) {
                separator = ",";
            } else {
                out.truncate(start);
            }
        }
        out.push(']');
    }

    /// Items of a list, comma separated.
    fn each(&self, id: SettingId, except: &[String], out: &mut String) -> bool {
        let pairs = self.settings.present(id).and_then(Json::as_object);
        let pairs = pairs.into_iter().flatten();
        let pairs = pairs.filter(|(key, _)| !except.contains(key));
        let items: Vec<String> = pairs
            .map(|(key, value)| attribute(key, value).to_string())
            .collect();
        out.push_str(&items.join(","));
        !items.is_empty()
    }

    fn rest(&self, rest: &Rest, out: &mut String) -> bool {
        let Some(event) = self.event else {
            return false;
        };
        let members = rest::members(rest, event, &[]);
        if members.is_empty() {
            return false;
        }
        match rest.form {
            RestForm::Object => push_members(out, &members),
            RestForm::OtlpAttributes => {
                let attributes = members.iter().map(|(key, value)| attribute(key, value));
                push(out, &attributes.collect(), 0);
            }
            RestForm::JsonText => {
                let mut text = String::new();
                push_members(&mut text, &members);
                out.push_str(&quoted(&text));
            }
        }
        true
    }

    /// A whole value as one text.
    fn encoded(&self, value: &Value, form: TextForm, append: &str) -> Option<String> {
        let mut text = self.lines_or_json(value)?;
        text.push_str(append);
        Some(match form {
            TextForm::JsonText => text,
            TextForm::Base64 => BASE64.encode(text),
        })
    }

    /// A text as it is, anything else as JSON.
    fn lines_or_json(&self, value: &Value) -> Option<String> {
        if let Value::Text(text) = value {
            return self.text(text);
        }
        let mut json = String::new();
        self.json(value, &mut json).then_some(json)
    }

    /// Appends the first source that is there.
    fn chain(&self, chain: &Chain, out: &mut String) -> bool {
        chain.sources.iter().any(|from| self.source(from, out))
    }

    fn source(&self, from: &From, out: &mut String) -> bool {
        let event = self.event;
        match from {
            From::Timestamp(encoding) => {
                let at = event.map_or(self.now, |event| event.timestamp);
                time::push_json(*encoding, at, out);
            }
            From::Now(encoding) => time::push_json(*encoding, self.now, out),
            From::Level(form) => push(out, &self.level(*form), 0),
            From::Message => {
                out.push_str(&quoted(event.map_or("", |event| &event.message)));
            }
            From::Logger => match event.filter(|event| !event.logger.is_empty()) {
                Some(event) => out.push_str(&quoted(&event.logger)),
                None => return false,
            },
            From::Part(part) => {
                let members: Vec<(String, Json)> = event
                    .map(|event| event.part(*part))
                    .into_iter()
                    .flatten()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect();
                if members.is_empty() {
                    return false;
                }
                push_members(out, &members);
            }
            From::Key { part, path, form } => {
                let Some(value) = event.and_then(|event| event.lookup(*part, path)) else {
                    return false;
                };
                return push_key(out, value, *form);
            }
            From::Setting { id, form } => return self.setting(*id, *form, out),
            From::Pair { id, key } => {
                let pairs = self.settings.present(*id).and_then(Json::as_object);
                let text = pairs.and_then(|pairs| pairs.get(key)).map(hole_text);
                match text.filter(|text| !text.is_empty()) {
                    Some(text) => out.push_str(&quoted(&text)),
                    None => return false,
                }
            }
            From::Default(value) => push(out, value, 0),
        }
        true
    }

    fn setting(&self, id: SettingId, form: SettingForm, out: &mut String) -> bool {
        let Some(value) = self.settings.present(id) else {
            return false;
        };
        match form {
            SettingForm::Json => push(out, value, 0),
            SettingForm::Text => out.push_str(&quoted(&hole_text(value))),
            SettingForm::OtlpAttributes => {
                let pairs = value.as_object().into_iter().flatten();
                let attributes = pairs.map(|(key, value)| attribute(key, value));
                push(out, &attributes.collect(), 0);
            }
        }
        true
    }

    /// The level as a JSON value.
    fn level(&self, form: LevelForm) -> Json {
        let Some(event) = self.event else {
            return Json::Null;
        };
        match (form, &self.sink.payload.levels) {
            (LevelForm::Lower, _) | (LevelForm::Map, None) => event.level.clone().into(),
            (LevelForm::Upper, _) => event.level.to_uppercase().into(),
            (LevelForm::Map, Some(levels)) => match event.level_index() {
                Some(index) => levels.words[index].clone(),
                None => levels
                    .other
                    .clone()
                    .unwrap_or_else(|| event.level.clone().into()),
            },
        }
    }

    /// A text with its holes filled; `None` when one of them is absent.
    pub fn text(&self, text: &Text) -> Option<String> {
        let pieces = text.pieces.iter().map(|piece| self.piece(piece));
        let filled: Option<Vec<Cow<'_, str>>> = pieces.collect();
        filled.map(|pieces| pieces.concat())
    }

    /// What fills a hole, or the literal itself.
    pub fn piece<'p>(&self, piece: &'p Piece) -> Option<Cow<'p, str>> {
        match piece {
            Piece::Literal(text) => Some(Cow::Borrowed(text)),
            Piece::Setting(id) => self.settings.text(*id).map(Cow::Owned),
            Piece::Now(encoding) => Some(Cow::Owned(time::text(*encoding, self.now))),
            Piece::Event(chain) => self.chain_text(chain).map(Cow::Owned),
            Piece::Shared(index) => self.shared.get(*index)?.clone().map(Cow::Owned),
        }
    }

    /// The first source that is there, as text.
    pub fn chain_text(&self, chain: &Chain) -> Option<String> {
        let mut texts = chain.sources.iter().filter_map(|from| {
            let mut json = String::new();
            let is_there = self.source(from, &mut json);
            is_there.then(|| unquoted(json))
        });
        texts.find(|text| !text.is_empty())
    }

    /// A value as plain text, in a line.
    fn plain(&self, value: &Value) -> Option<String> {
        let mut json = String::new();
        self.json(value, &mut json).then(|| unquoted(json))
    }
}

/// The text of a JSON text; any other JSON as it is.
fn unquoted(json: String) -> String {
    serde_json::from_str::<String>(&json).unwrap_or(json)
}

/// A setting in a hole: a list joined by commas, a map as `key:value`, the rest as JSON writes it.
pub fn hole_text(value: &Json) -> String {
    match value {
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(hole_text).collect();
            items.join(",")
        }
        Json::Object(pairs) => {
            let pairs = pairs.iter();
            let pairs = pairs.map(|(key, value)| format!("{key}:{}", hole_text(value)));
            pairs.collect::<Vec<_>>().join(",")
        }
        other => text_of(other),
    }
}

/// Text as it is, any other value as JSON.
pub fn text_of(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => {
            let mut out = String::new();
            push(&mut out, other, 1);
            out
        }
    }
}

fn push_key(out: &mut String, value: &Json, form: KeyForm) -> bool {
    let text = || Some(text_of(value)).filter(|text| !text.is_empty());
    match form {
        KeyForm::Json => push(out, value, 1),
        KeyForm::Text => match text() {
            Some(text) => out.push_str(&quoted(&text)),
            None => return false,
        },
        KeyForm::Base64 => match text() {
            Some(text) => out.push_str(&quoted(&BASE64.encode(text))),
            None => return false,
        },
        KeyForm::OtlpValue => push(out, &any_value(value, 1), 0),
    }
    true
}

fn push_members(out: &mut String, members: &[(String, Json)]) {
    out.push('{');
    for (index, (key, value)) in members.iter().enumerate() {
        let separator = if index > 0 { "," } else { "" };
        let _ = write!(out, "{separator}{}:", quoted(key));
        push(out, value, 1);
    }
    out.push('}');
}

/// Appends a value without spaces. `depth` 1 stands directly in a part of an event; 0 is not of an
/// event and has no bound.
fn push(out: &mut String, value: &Json, depth: usize) {
    if depth == 0 {
        out.push_str(&value.to_string());
        return;
    }
    match value {
        Json::Array(_) | Json::Object(_) if depth > MAX_DEPTH => out.push_str("\"…\""),
        Json::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                push(out, item, depth + 1);
            }
            out.push(']');
        }
        Json::Object(map) => {
            out.push('{');
            for (index, (key, value)) in map.iter().enumerate() {
                let separator = if index > 0 { "," } else { "" };
                let _ = write!(out, "{separator}{}:", quoted(key));
                push(out, value, depth + 1);
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

/// One attribute of OTLP's JSON form.
fn attribute(key: &str, value: &Json) -> Json {
    json!({"key": key, "value": any_value(value, 1)})
}

/// `AnyValue` of OTLP's JSON form: whole numbers are texts, others doubles, nulls an empty value.
fn any_value(value: &Json, depth: usize) -> Json {
    match value {
        Json::Array(_) | Json::Object(_) if depth > MAX_DEPTH => json!({"stringValue": "…"}),
        Json::Null => Json::Object(Map::new()),
        Json::Bool(answer) => json!({"boolValue": answer}),
        Json::String(text) => json!({"stringValue": text}),
        Json::Number(number) if number.is_i64() => json!({"intValue": number.to_string()}),
        Json::Number(number) => json!({"doubleValue": number.as_f64()}),
        Json::Array(items) => {
            let values: Vec<Json> = items
                .iter()
                .map(|item| any_value(item, depth + 1))
                .collect();
            json!({"arrayValue": {"values": values}})
        }
        Json::Object(map) => {
            let values: Vec<Json> = map
                .iter()
                .map(|(key, value)| json!({"key": key, "value": any_value(value, depth + 1)}))
                .collect();
            json!({"kvlistValue": {"values": values}})
        }
    }
}

pub fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}
