//! Shapes: the YAML of `payload.body` and `payload.record`, read into types.
//!
//! Names are not looked up here: what a shape refers to is checked by `validate` and resolved when
//! the spec is lowered, both from these types.

mod parse;

use serde_json::Value as Json;

use super::model::{
    EventPart, Lines, Payload, RestForm, RestValues, Spec, TextForm, Transport, ValueEncoding,
};
use super::place::{At, Fault};
use super::resolve::Reference;
use super::template::Piece;

/// A value as it goes over the wire.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape<'s> {
    /// As it is.
    Literal(&'s Json),
    /// A text, with holes or without.
    Text(Text<'s>),
    /// The first source that is there.
    Source(Source<'s>),
    /// An object.
    Object(Vec<Member<'s>>),
    /// A list.
    List(Vec<Shape<'s>>),
    /// Parts of the event.
    Rest(Rest<'s>),
    /// A value turned into one text.
    Encoded {
        /// Into what.
        form: TextForm,
        /// What is turned.
        value: Box<Shape<'s>>,
        /// Put after it before it is encoded.
        append: &'s str,
    },
    /// The place of the records.
    Records(Place<'s>),
    /// In a list, an item for each pair of a map setting.
    Each(Each<'s>),
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq)]
pub enum Member<'s> {
    /// A key and its value.
    Field(&'s str, Shape<'s>),
    /// Parts of the event, merged at this place.
    Merge(Rest<'s>),
}

/// A text with holes and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Text<'s> {
    /// Where.
    pub at: At<'s>,
    /// Its pieces.
    pub pieces: Vec<Piece<'s>>,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Source<'s> {
    /// Where it stands.
    pub at: At<'s>,
    /// Whether `from` is a list.
    pub is_list: bool,
    /// In order; never empty.
    pub references: Vec<Reference<'s>>,
    /// How it is written.
    pub encoding: Option<ValueEncoding>,
    /// What is written when none is there.
    pub default: Option<&'s Json>,
}

/// Parts of the event.
#[derive(Debug, Clone, PartialEq)]
pub struct Rest<'s> {
    /// Where it stands.
    pub at: At<'s>,
    /// In order; never empty.
    pub parts: Vec<EventPart>,
    /// What the object becomes.
    pub form: Option<RestForm>,
    /// Put before every key.
    pub prefix: &'s str,
    /// What joins the keys of nested objects.
    pub flatten: Option<&'s str>,
    /// What values may be.
    pub values: Option<RestValues>,
    /// Characters keys may have.
    pub keys: Option<&'s str>,
    /// Most members.
    pub max: Option<u64>,
    /// Put before a key that is taken.
    pub clash_prefix: Option<&'s str>,
}

/// The place of the records.
#[derive(Debug, Clone, PartialEq)]
pub struct Place<'s> {
    /// Where it stands.
    pub at: At<'s>,
    /// Whether a request has one record only.
    pub one: bool,
}

/// Items of a list, one for each pair of a map setting.
#[derive(Debug, Clone, PartialEq)]
pub struct Each<'s> {
    /// Where it stands.
    pub at: At<'s>,
    /// The setting.
    pub setting: &'s str,
    /// Keys that have no item here.
    pub except: Vec<&'s str>,
}

/// A payload, its shapes read.
#[derive(Debug)]
pub struct Shapes<'s> {
    /// The body; `None` where there are lines, streams, or an SDK.
    pub body: Option<Shape<'s>>,
    /// The line before each record.
    pub before: Option<Shape<'s>>,
    /// One record; with `lines: text` the pieces of it.
    pub record: Vec<Shape<'s>>,
    /// Structured metadata of a stream's entry.
    pub metadata: Vec<(&'s str, Shape<'s>)>,
}

/// What stands at the leaves of a shape.
#[derive(Debug, Clone, Copy)]
pub enum Leaf<'a, 's> {
    /// A text.
    Text(&'a Text<'s>),
    /// A source.
    Source(&'a Source<'s>),
    /// Parts of the event.
    Rest(&'a Rest<'s>),
    /// The place of the records.
    Records(&'a Place<'s>),
    /// Items for the pairs of a setting.
    Each(&'a Each<'s>),
}

impl<'s> Shape<'s> {
    /// Visits every leaf that is no literal. Recursion is bounded by the depth of the file.
    pub fn visit(&self, visitor: &mut dyn FnMut(Leaf<'_, 's>)) {
        match self {
            Self::Literal(_) => {}
            Self::Text(text) => visitor(Leaf::Text(text)),
            Self::Source(source) => visitor(Leaf::Source(source)),
            Self::Rest(rest) => visitor(Leaf::Rest(rest)),
            Self::Records(place) => visitor(Leaf::Records(place)),
            Self::Each(each) => visitor(Leaf::Each(each)),
            Self::Encoded { value, .. } => value.visit(visitor),
            Self::List(items) => items.iter().for_each(|item| item.visit(visitor)),
            Self::Object(members) => {
                for member in members {
                    match member {
                        Member::Field(_, value) => value.visit(visitor),
                        Member::Merge(rest) => visitor(Leaf::Rest(rest)),
                    }
                }
            }
        }
    }
}

impl<'s> Shapes<'s> {
    /// Every shape, the body excepted.
    pub fn of_events(&self) -> impl Iterator<Item = &Shape<'s>> {
        let metadata = self.metadata.iter().map(|(_, shape)| shape);
        self.before.iter().chain(&self.record).chain(metadata)
    }
}

impl Payload {
    /// The default of `body`, where the payload has no other form.
    fn plain_body() -> &'static Json {
        static BODY: std::sync::OnceLock<Json> = std::sync::OnceLock::new();
        BODY.get_or_init(|| serde_json::json!({ "records": "all" }))
    }

    /// `Content-Type` of the request.
    #[must_use]
    pub fn content_type(&self) -> &str {
        let default = match (self.lines, self.protobuf) {
            (Some(Lines::Ndjson), _) => "application/x-ndjson",
            (Some(Lines::Text), _) => "text/plain; charset=utf-8",
            (_, Some(_)) => "application/x-protobuf",
            _ => "application/json",
        };
        self.content_type.as_deref().unwrap_or(default)
    }
}

impl Spec {
    /// The shapes of the payload.
    ///
    /// # Errors
    ///
    /// What is wrong with them.
    pub fn shapes(&self) -> Result<Shapes<'_>, Vec<Fault<'_>>> {
        let payload = &self.payload;
        let at = At::root("payload");
        let mut parser = parse::Parser::default();
        let has_body = payload.lines.is_none() && payload.streams.is_none();
        let body = match &payload.body {
            Some(body) => parser.shape(&body.0, &at.key("body")),
            None if has_body && self.transport == Transport::Http => {
                parser.shape(Payload::plain_body(), &at.key("body"))
            }
            None => None,
        };
        let before = payload.before.as_ref();
        let before = before.and_then(|before| parser.shape(&before.0, &at.key("before")));
        let record = parser.record(payload, &at.key("record"));
        let mut metadata = Vec::new();
        for (name, shape) in payload.streams.iter().flat_map(|streams| &streams.metadata) {
            let at = at.key("streams").key("metadata").key(name);
            metadata.extend(
                parser
                    .shape(&shape.0, &at)
                    .map(|shape| (name.as_str(), shape)),
            );
        }
        if parser.faults.is_empty() {
            Ok(Shapes {
                body,
                before,
                record,
                metadata,
            })
        } else {
            Err(parser.faults)
        }
    }
}
