//! Shapes, sources and rests.

use serde_json::Value as Json;

use super::text::Place;
use super::{Lowering, broken};
use crate::sink::model::{
    Chain, From, KeyForm, LevelForm, Member, Piece, Rest, RestForm, RestPart, RestShape,
    RestValues, SettingForm, Text, TextForm, TimeEncoding, Value,
};
use crate::spec::model as spec;
use crate::spec::model::ValueEncoding as E;
use crate::spec::payload::{self, Member as ShapeMember, Shape, Source};
use crate::spec::resolve::Reference;
use crate::spec::template::Piece as Hole;

/// What surrounds a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    /// Whether it stands in a record.
    pub place: Place,
    /// Keys that merged members must not take.
    pub reserved: &'a [String],
    /// What takes the place of the records; `None` leaves it.
    pub record: Option<&'a Value>,
}

impl Around<'_> {
    /// Within a record, nothing reserved.
    pub const RECORD: Self = Self {
        place: Place::Record,
        reserved: &[],
        record: None,
    };

    /// Within the body, around the records.
    pub const REQUEST: Self = Self {
        place: Place::Request,
        ..Self::RECORD
    };
}

impl Lowering<'_> {
    /// Recursion is bounded by the depth of the file.
    pub(super) fn value(&mut self, shape: &Shape<'_>, around: Around<'_>) -> Value {
        match shape {
            Shape::Literal(json) => Value::Literal((*json).clone()),
            Shape::Text(text) => self.text_value(&text.pieces, around.place),
            Shape::Source(source) => self.source_value(source, around.place),
            Shape::Object(members) => Value::Object(self.members(members, around, &[])),
            Shape::List(items) => {
                Value::List(items.iter().map(|item| self.value(item, around)).collect())
            }
            Shape::Rest(rest) => Value::Rest(lower_rest(rest)),
            Shape::Encoded {
                form,
                value,
                append,
            } => Value::Encoded {
                value: Box::new(self.value(value, around)),
                form: match form {
                    spec::TextForm::JsonText => TextForm::JsonText,
                    spec::TextForm::Base64 => TextForm::Base64,
                },
                append: (*append).to_owned(),
            },
            Shape::Each(each) => Value::Each {
                id: self.setting(each.setting),
                except: each.except.iter().map(|&key| key.to_owned()).collect(),
            },
            Shape::Records(_) => around.record.cloned().unwrap_or(Value::Records),
        }
    }

    fn text_value(&mut self, pieces: &[Hole<'_>], place: Place) -> Value {
        match pieces {
            [] => Value::Literal(Json::from("")),
            [Hole::Literal(text)] => Value::Literal(Json::from(text.as_str())),
            pieces => Value::Text(self.filled(pieces, place)),
        }
    }

    /// Outside the records a value of the event is one that all events share, as text.
    fn source_value(&mut self, source: &Source<'_>, place: Place) -> Value {
        let of_event = source.references.iter().any(Reference::is_of_event);
        if place == Place::Record || !of_event {
            return Value::Chain(self.chain(source));
        }
        let mut chain = self.text_chain(&source.references);
        chain
            .sources
            .extend(source.default.map(|default| From::Default(default.clone())));
        let shared = Piece::Shared(self.shared(chain));
        Value::Text(Text {
            pieces: vec![shared],
        })
    }

    /// `further` are keys that stand in the object as well.
    pub(super) fn members(
        &mut self,
        members: &[ShapeMember<'_>],
        around: Around<'_>,
        further: &[String],
    ) -> Vec<Member> {
        let mut taken = further.to_vec();
        let fields = members.iter().filter_map(|member| match member {
            ShapeMember::Field(key, _) => Some((*key).to_owned()),
            ShapeMember::Merge(_) => None,
        });
        for key in fields.chain(around.reserved.iter().cloned()) {
            if !taken.contains(&key) {
                taken.push(key);
            }
        }
        let lower = |member: &ShapeMember<'_>| match member {
            ShapeMember::Field(key, value) => Member::Field {
                key: (*key).to_owned(),
                value: self.value(value, around),
            },
            ShapeMember::Merge(rest) => Member::Merge {
                rest: lower_rest(rest),
                taken: taken.clone(),
            },
        };
        members.iter().map(lower).collect()
    }

    /// A source of a record, written by its own type.
    pub(super) fn chain(&mut self, source: &Source<'_>) -> Chain {
        let references = source.references.iter();
        let mut sources: Vec<From> = references
            .map(|one| self.from(*one, source.encoding))
            .collect();
        sources.extend(source.default.map(|default| From::Default(default.clone())));
        Chain { sources }
    }

    /// The same, everything as text.
    pub(super) fn text_chain(&mut self, references: &[Reference<'_>]) -> Chain {
        let references = references.iter();
        Chain {
            sources: references
                .map(|one| self.from(*one, Some(E::Text)))
                .collect(),
        }
    }

    fn from(&mut self, reference: Reference<'_>, encoding: Option<E>) -> From {
        match reference {
            Reference::Message => From::Message,
            Reference::Logger => From::Logger,
            Reference::Level => From::Level(match encoding {
                Some(E::LevelUpper) => LevelForm::Upper,
                Some(E::LevelMap) => LevelForm::Map,
                _ => LevelForm::Lower,
            }),
            Reference::Timestamp => From::Timestamp(needed_time(encoding)),
            Reference::Now => From::Now(needed_time(encoding)),
            Reference::Part(part) => From::Part(part),
            Reference::Key(part, path) => From::Key {
                part,
                path: path.split('/').map(str::to_owned).collect(),
                form: match encoding {
                    Some(E::Text) => KeyForm::Text,
                    Some(E::Base64) => KeyForm::Base64,
                    Some(E::OtlpValue) => KeyForm::OtlpValue,
                    _ => KeyForm::Json,
                },
            },
            Reference::Config(name) => From::Setting {
                id: self.setting(name),
                form: match encoding {
                    Some(E::Text | E::CommaPairs | E::CommaList) => SettingForm::Text,
                    Some(E::OtlpAttributes) => SettingForm::OtlpAttributes,
                    _ => SettingForm::Json,
                },
            },
            Reference::Pair(name, key) => From::Pair {
                id: self.setting(name),
                key: key.to_owned(),
            },
            Reference::Position => broken("a position that is no first member of a record"),
        }
    }
}

fn lower_rest(rest: &payload::Rest<'_>) -> Rest {
    let part = |part: &spec::EventPart| RestPart {
        part: *part,
        clash_prefix: rest
            .clash_prefix
            .map_or_else(|| format!("{}.", part.name()), str::to_owned),
    };
    Rest {
        parts: rest.parts.iter().map(part).collect(),
        shape: RestShape {
            prefix: rest.prefix.to_owned(),
            flatten: rest.flatten.map(str::to_owned),
            values: match rest.values {
                None => RestValues::Any,
                Some(spec::RestValues::Scalars) => RestValues::Scalars,
                Some(spec::RestValues::Texts) => RestValues::Texts,
            },
            keys: rest.keys.map(str::to_owned),
            max: rest.max,
        },
        form: match rest.form {
            None => RestForm::Object,
            Some(spec::RestForm::OtlpAttributes) => RestForm::OtlpAttributes,
            Some(spec::RestForm::JsonText) => RestForm::JsonText,
        },
    }
}

fn needed_time(encoding: Option<E>) -> TimeEncoding {
    encoding.map_or_else(|| broken("a time without a form"), time)
}

/// The form of a time.
pub(super) fn time(encoding: E) -> TimeEncoding {
    match encoding {
        E::UnixS => TimeEncoding::UnixS,
        E::UnixMs => TimeEncoding::UnixMs,
        E::UnixMsFloat => TimeEncoding::UnixMsFloat,
        E::UnixUs => TimeEncoding::UnixUs,
        E::UnixNs => TimeEncoding::UnixNs,
        E::UnixNsText => TimeEncoding::UnixNsText,
        E::UnixSeconds => TimeEncoding::UnixSeconds,
        E::Rfc3339Ms => TimeEncoding::Rfc3339Ms,
        E::Rfc3339Us => TimeEncoding::Rfc3339Us,
        E::Rfc3339Ns => TimeEncoding::Rfc3339Ns,
        E::SpacedMs => TimeEncoding::SpacedMs,
        E::SpacedNs => TimeEncoding::SpacedNs,
        _ => broken("a time in a form that is none"),
    }
}
