//! How events become bodies.

use serde_json::Value as Json;

use super::value::Around;
use super::{Lowering, broken};
use crate::sink::model::{
    Chain, Form, Label, LevelName, Levels, Member, Payload, Piece, Record, Streams, Value,
};
use crate::spec::model as spec;
use crate::spec::model::{LevelWord, Lines, Transport, ValueEncoding};
use crate::spec::payload::{Leaf, Member as ShapeMember, Shape, Shapes};
use crate::spec::resolve::Reference;

impl Lowering<'_> {
    pub(super) fn payload(&mut self) -> Payload {
        let Ok(shapes) = self.spec.shapes() else {
            broken("a payload with a fault");
        };
        let position = position(&shapes);
        let (form, record) = self.form(&shapes, position);
        let is_http = self.spec.transport == Transport::Http;
        Payload {
            content_type: is_http.then(|| self.spec.payload.content_type().to_owned()),
            form,
            record,
            levels: self.levels(&shapes),
            partition: std::mem::take(&mut self.partition),
        }
    }

    fn form(&mut self, shapes: &Shapes<'_>, position: Option<&str>) -> (Form, Record) {
        let payload = &self.spec.payload;
        if self.spec.transport != Transport::Http {
            return (Form::Sdk, self.json(shapes, position));
        }
        if let Some(streams) = &payload.streams {
            return (
                Form::Streams(self.streams(streams)),
                self.stream_entry(shapes),
            );
        }
        if let Some(lines) = payload.lines {
            return self.lines(lines, shapes);
        }
        let Some(body) = &shapes.body else {
            broken("no body");
        };
        if is_single(body) {
            return self.single(body, shapes);
        }
        let envelope = self.value(body, Around::REQUEST);
        let form = match payload.protobuf {
            Some(spec::Protobuf::OtlpLogs) => Form::OtlpProtobuf { envelope },
            None => Form::Envelope {
                envelope,
                position: position.map(str::to_owned),
            },
        };
        (form, self.json(shapes, position))
    }

    /// What stands around the only record becomes a part of it.
    fn single(&mut self, body: &Shape<'_>, shapes: &Shapes<'_>) -> (Form, Record) {
        let Record::Json { value, before } = self.json(shapes, None) else {
            broken("a record that is no JSON value");
        };
        let around = Around {
            record: Some(&value),
            ..Around::RECORD
        };
        let value = self.value(body, around);
        (Form::Single, Record::Json { value, before })
    }

    fn lines(&mut self, lines: Lines, shapes: &Shapes<'_>) -> (Form, Record) {
        if lines == Lines::Text {
            let form = Form::Lines {
                before: None,
                newline: true,
            };
            return (form, Record::Text(self.pieces(shapes)));
        }
        let Record::Json { value, .. } = self.json(shapes, None) else {
            broken("a record that is no JSON value");
        };
        let before = shapes
            .before
            .as_ref()
            .map(|before| self.value(before, Around::RECORD));
        // What depends on the event is written with it.
        let (of_event, fixed) = match before {
            Some(before) if before.is_fixed() => (None, Some(before)),
            before => (before, None),
        };
        let form = Form::Lines {
            before: fixed,
            newline: lines == Lines::Ndjson,
        };
        (
            form,
            Record::Json {
                value,
                before: of_event,
            },
        )
    }

    fn pieces(&mut self, shapes: &Shapes<'_>) -> Vec<Value> {
        let reserved = &self.spec.payload.reserved;
        let around = Around {
            reserved,
            ..Around::RECORD
        };
        shapes
            .record
            .iter()
            .map(|piece| self.value(piece, around))
            .collect()
    }

    /// The record as one JSON value, without the member that is its position.
    fn json(&mut self, shapes: &Shapes<'_>, position: Option<&str>) -> Record {
        let [record] = shapes.record.as_slice() else {
            broken("a record of several values");
        };
        let reserved = &self.spec.payload.reserved;
        let around = Around {
            reserved,
            ..Around::RECORD
        };
        let value = match (record, position) {
            (Shape::Object(members), Some(position)) => {
                let further = [position.to_owned()];
                Value::Object(self.members(&members[1..], around, &further))
            }
            (record, _) => self.value(record, around),
        };
        Record::Json {
            value,
            before: None,
        }
    }

    fn stream_entry(&mut self, shapes: &Shapes<'_>) -> Record {
        let line = match shapes.record.as_slice() {
            [Shape::Object(_)] => self.json(shapes, None),
            _ => Record::Text(self.pieces(shapes)),
        };
        let mut metadata = Vec::new();
        for (name, shape) in &shapes.metadata {
            let Shape::Source(source) = shape else {
                broken("metadata without a source");
            };
            metadata.push(((*name).to_owned(), self.as_text(source)));
        }
        Record::StreamEntry {
            line: Box::new(line),
            metadata,
        }
    }

    /// A source whose values are texts, by its own encoding where it has one.
    fn as_text(&mut self, source: &crate::spec::payload::Source<'_>) -> Chain {
        let mut source = source.clone();
        source.encoding = source.encoding.or(Some(ValueEncoding::Text));
        self.chain(&source)
    }

    fn streams(&mut self, streams: &spec::Streams) -> Streams {
        let labels = streams
            .labels
            .iter()
            .map(|label| self.label(label))
            .collect();
        Streams {
            labels,
            max_streams: self.setting(&streams.max_streams),
            overflow_value: streams.overflow_value.clone(),
            max_labels: streams.max_labels.as_ref().map(|limit| limit.value),
        }
    }

    fn label(&mut self, label: &spec::Label) -> Label {
        let texts = label.from.as_slice().iter();
        let references: Vec<Reference<'_>> =
            texts.filter_map(|text| Reference::parse(text)).collect();
        if let Some(name) = &label.name {
            return Label::Named {
                name: name.clone(),
                value: self.text_chain(&references),
                uncounted: label.uncounted,
            };
        }
        let [Reference::Config(name)] = references.as_slice() else {
            broken("a label without a name");
        };
        match self.spec.config[*name].kind {
            spec::FieldType::Map => Label::Pairs(self.setting(name)),
            _ => Label::Fields(self.setting(name)),
        }
    }

    /// `None` where no value asks for them.
    fn levels(&self, shapes: &Shapes<'_>) -> Option<Levels> {
        let mut used = false;
        for shape in shapes.of_events() {
            shape.visit(&mut |leaf| {
                let is_map = |encoding| encoding == Some(ValueEncoding::LevelMap);
                used |= matches!(leaf, Leaf::Source(source) if is_map(source.encoding));
            });
        }
        used.then(|| levels(&self.spec.payload.levels))
    }
}

fn levels(given: &indexmap::IndexMap<LevelWord, Json>) -> Levels {
    let other = given.get(&LevelWord::Other).cloned();
    let word = |level: LevelName| {
        let named = given.iter().find(|(word, _)| word.level() == Some(level));
        let word = named
            .map(|(_, word)| word.clone())
            .or_else(|| other.clone());
        word.unwrap_or_else(|| Json::from(level.name()))
    };
    let words = LevelName::ALL.map(word);
    Levels {
        is_text: words.iter().chain(&other).all(Json::is_string),
        words,
        other,
    }
}

/// The key of a record's first member where that is its position.
fn position<'s>(shapes: &Shapes<'s>) -> Option<&'s str> {
    let [Shape::Object(members)] = shapes.record.as_slice() else {
        return None;
    };
    match members.first() {
        Some(ShapeMember::Field(key, Shape::Source(source))) => {
            (source.references == [Reference::Position]).then_some(*key)
        }
        _ => None,
    }
}

fn is_single(body: &Shape<'_>) -> bool {
    let mut one = false;
    body.visit(&mut |leaf| one |= matches!(leaf, Leaf::Records(place) if place.one));
    one
}

/// Bytes of an envelope as JSON, `[]` in the place of the records, settings and values of events not
/// included.
pub(super) fn fixed_bytes(value: &Value) -> u64 {
    match value {
        Value::Literal(json) => length(&json.to_string()),
        Value::Text(text) => {
            let literals = text.pieces.iter().map(|piece| match piece {
                Piece::Literal(text) => length(&Json::from(text.as_str()).to_string()) - 2,
                Piece::Now(_) => 35,
                _ => 0,
            });
            2 + literals.sum::<u64>()
        }
        Value::Records | Value::Chain(_) | Value::Rest(_) => 2,
        // With the comma before the next item; nothing may be there at all.
        Value::Each { .. } => 0,
        Value::Encoded { value, append, .. } => 2 + (fixed_bytes(value) + length(append)) * 2,
        Value::List(items) => {
            let items: Vec<u64> = items.iter().map(|item| fixed_bytes(item) + 1).collect();
            (2 + items.iter().sum::<u64>()).saturating_sub(u64::from(!items.is_empty()))
        }
        Value::Object(members) => {
            let member = |member: &Member| match member {
                Member::Field { key, value } => {
                    length(&Json::from(key.as_str()).to_string()) + 2 + fixed_bytes(value)
                }
                Member::Merge { .. } => 0,
            };
            let members: Vec<u64> = members.iter().map(member).collect();
            // No comma after the last.
            (2 + members.iter().sum::<u64>()).saturating_sub(u64::from(!members.is_empty()))
        }
    }
}

fn length(text: &str) -> u64 {
    text.len() as u64
}
