//! From YAML to a shape.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use super::{Each, Member, Place, Rest, Shape, Source, Text};
use crate::spec::model::{EventPart, Lines, Payload, RestForm};
use crate::spec::place::{At, Fault};
use crate::spec::resolve::Reference;
use crate::spec::suggest::{closest, closest_hint};
use crate::spec::template;

/// Keys that make an object a source, a rest, and so on; and the keys that may stand beside them.
const SOURCE: [&str; 3] = ["from", "as", "default"];
const REST: [&str; 9] = [
    "rest",
    "as",
    "prefix",
    "flatten",
    "values",
    "keys",
    "max",
    "clash_prefix",
    "default",
];
const ENCODED: [&str; 3] = ["as", "object", "append"];
const EACH: [&str; 3] = ["each", "as", "except"];

/// Words of `as` in a source.
const ENCODINGS: [&str; 21] = [
    "unix_s",
    "unix_ms",
    "unix_ms_float",
    "unix_us",
    "unix_ns",
    "unix_ns_text",
    "unix_seconds",
    "rfc3339_ms",
    "rfc3339_us",
    "rfc3339_ns",
    "spaced_ms",
    "spaced_ns",
    "level_lower",
    "level_upper",
    "level_map",
    "text",
    "base64",
    "otlp_value",
    "otlp_attributes",
    "comma_pairs",
    "comma_list",
];

/// What a reference can start with.
const REFERENCES: [&str; 10] = [
    "message",
    "level",
    "logger",
    "timestamp",
    "now",
    "position",
    "context",
    "diagnostics",
    "data",
    "config",
];

const ALL_PARTS: [EventPart; 3] = [EventPart::Data, EventPart::Context, EventPart::Diagnostics];

/// Words people try for others.
const OTHER_WORDS: [(&str, &str); 28] = [
    ("iso8601", "rfc3339_ms"),
    ("iso", "rfc3339_ms"),
    ("rfc3339", "rfc3339_ms"),
    ("epoch", "unix_s"),
    ("epoch_ms", "unix_ms"),
    ("epoch_millis", "unix_ms"),
    ("milliseconds", "unix_ms"),
    ("nanoseconds", "unix_ns"),
    ("upper", "level_upper"),
    ("uppercase", "level_upper"),
    ("lower", "level_lower"),
    ("string", "text"),
    ("str", "text"),
    ("map", "level_map"),
    ("levels", "level_map"),
    ("number", "level_map"),
    ("unix", "unix_s"),
    ("unix_seconds_float", "unix_seconds"),
    ("epoch_s", "unix_s"),
    ("epoch_ns", "unix_ns"),
    ("seconds", "unix_s"),
    ("microseconds", "unix_us"),
    ("unix_nano", "unix_ns"),
    ("unix_nanos", "unix_ns"),
    ("unix_ns_string", "unix_ns_text"),
    ("unix_ns_str", "unix_ns_text"),
    ("unix_nano_string", "unix_ns_text"),
    ("json", "json_text"),
];

/// Keys that events have by themselves, and how they are named whole.
const EVENT_KEYS: [(&str, &str); 14] = [
    ("message_id", "context.message_id"),
    ("correlation_id", "context.correlation_id"),
    ("request_id", "context.request_id"),
    ("trace_id", "context.trace_id"),
    ("span_id", "context.span_id"),
    ("user_id", "context.user_id"),
    ("tenant_id", "context.tenant_id"),
    ("origin", "diagnostics.origin"),
    ("service", "diagnostics.service"),
    ("env", "diagnostics.env"),
    ("host", "diagnostics.host"),
    ("hostname", "diagnostics.host"),
    ("pid", "diagnostics.pid"),
    ("exception", "diagnostics.exception"),
];

/// Reads shapes and collects what is wrong.
#[derive(Default)]
pub struct Parser<'s> {
    pub faults: Vec<Fault<'s>>,
}

impl<'s> Parser<'s> {
    /// The record: one shape, with `lines: text` a list of pieces.
    pub fn record(&mut self, payload: &'s Payload, at: &At<'s>) -> Vec<Shape<'s>> {
        let value = &payload.record.0;
        match value {
            Json::Object(object) if is_old_record(object) => {
                self.faults.push(
                    Fault::of_key(
                        at,
                        "`record` lists `fields`, which is not how a record is written",
                    )
                    .hint(old_record_hint(object)),
                );
                Vec::new()
            }
            Json::Array(pieces)
                if payload.lines == Some(Lines::Text) || payload.streams.is_some() =>
            {
                self.items(pieces, at)
            }
            _ => self.shape(value, at).into_iter().collect(),
        }
    }

    /// Recursion is bounded by the depth of the file.
    pub fn shape(&mut self, value: &'s Json, at: &At<'s>) -> Option<Shape<'s>> {
        match value {
            Json::Number(number) if number.to_string().contains(['e', 'E']) => {
                let fault = Fault::new(at, format!("`{number}` is written in more than one way"));
                self.faults
                    .push(fault.hint("write it with less digits, or as text in quotes"));
                None
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => Some(Shape::Literal(value)),
            Json::String(text) => self.text(text, at).map(Shape::Text),
            Json::Array(items) => Some(Shape::List(self.items(items, at))),
            Json::Object(object) => self.map(object, at),
        }
    }

    fn items(&mut self, items: &'s [Json], at: &At<'s>) -> Vec<Shape<'s>> {
        let items = items.iter().enumerate();
        items
            .filter_map(|(index, item)| self.item(item, &at.index(index)))
            .collect()
    }

    /// An item of a list, or several of a setting.
    fn item(&mut self, value: &'s Json, at: &At<'s>) -> Option<Shape<'s>> {
        match value {
            Json::Object(object) if object.get("each").is_some_and(Json::is_string) => {
                self.each(object, at).map(Shape::Each)
            }
            value => self.shape(value, at),
        }
    }

    /// `{ each: config.attributes, as: otlp_attributes, except: [service.name] }`.
    fn each(&mut self, object: &'s Map<String, Json>, at: &At<'s>) -> Option<Each<'s>> {
        self.neighbours(object, &EACH, "items of a setting", at);
        let text = object.get("each").and_then(Json::as_str)?;
        let Some(Reference::Config(setting)) = Reference::parse(text) else {
            let hint = "write `each: config.NAME`, the name of a config field of type `map`";
            let fault = Fault::new(&at.key("each"), format!("`{text}` is no setting"));
            self.faults.push(fault.hint(hint));
            return None;
        };
        let form: Option<RestForm> = self.word(object, "as", &["otlp_attributes"], at);
        if form.is_none() && !object.contains_key("as") {
            let fault = Fault::of_key(&at.key("each"), "`each` without how an item is written");
            self.faults.push(fault.hint("add `as: otlp_attributes`"));
        }
        let mut except = Vec::new();
        match object.get("except") {
            None => {}
            Some(Json::Array(keys)) if keys.iter().all(Json::is_string) => {
                except.extend(keys.iter().filter_map(Json::as_str));
            }
            Some(_) => {
                let fault = Fault::new(&at.key("except"), "`except` is no list of keys");
                self.faults
                    .push(fault.hint("write `except: [service.name]`"));
            }
        }
        Some(Each {
            at: at.clone(),
            setting,
            except,
        })
    }

    fn text(&mut self, text: &'s str, at: &At<'s>) -> Option<Text<'s>> {
        match template::pieces(text) {
            Ok(pieces) => Some(Text {
                at: at.clone(),
                pieces,
            }),
            Err(broken) => {
                for broken in broken {
                    let fault = Fault::new(at, broken.message).part(broken.part);
                    self.faults.push(fault.hint(broken.hint));
                }
                None
            }
        }
    }

    fn map(&mut self, object: &'s Map<String, Json>, at: &At<'s>) -> Option<Shape<'s>> {
        let is_reference = |key: &str| object.get(key).is_some_and(is_text_or_texts);
        if is_reference("from") {
            self.source(object, at).map(Shape::Source)
        } else if is_reference("rest") {
            self.rest(object, at).map(Shape::Rest)
        } else if object.get("records").is_some_and(Json::is_string) {
            self.records(object, at)
        } else if object.contains_key("literal") {
            self.neighbours(object, &["literal"], "a literal", at);
            object.get("literal").map(Shape::Literal)
        } else if object
            .get("as")
            .is_some_and(|word| is_form(word) || object.contains_key("object"))
        {
            self.encoded(object, at)
        } else {
            Some(Shape::Object(self.members(object, at)))
        }
    }

    fn members(&mut self, object: &'s Map<String, Json>, at: &At<'s>) -> Vec<Member<'s>> {
        let mut members = Vec::new();
        for (key, value) in object {
            let at = at.key(key);
            if key == "*" {
                members.extend(self.merge(value, &at).into_iter().map(Member::Merge));
            } else if let Some(value) = self.shape(value, &at) {
                members.push(Member::Field(key, value));
            }
        }
        members
    }

    /// What stands under `"*"`.
    fn merge(&mut self, value: &'s Json, at: &At<'s>) -> Vec<Rest<'s>> {
        let rests: Vec<(At<'s>, &'s Json)> = match value {
            Json::Array(items) => {
                let items = items.iter().enumerate();
                items.map(|(index, item)| (at.index(index), item)).collect()
            }
            one => vec![(at.clone(), one)],
        };
        let mut merged = Vec::new();
        for (at, rest) in rests {
            match rest.as_object().filter(|rest| rest.contains_key("rest")) {
                Some(object) => merged.extend(self.rest(object, &at)),
                None => self.faults.push(
                    Fault::of_key(&at, "`\"*\"` merges a rest, and this is none").hint(
                        "write `\"*\": { rest: data }`; one value stands under a key of its own",
                    ),
                ),
            }
        }
        merged
    }

    fn source(&mut self, object: &'s Map<String, Json>, at: &At<'s>) -> Option<Source<'s>> {
        self.neighbours(object, &SOURCE, "a source", at);
        let from = object.get("from")?;
        let is_list = from.is_array();
        let references = self.references(from, &at.key("from"))?;
        Some(Source {
            at: at.clone(),
            is_list,
            references,
            encoding: self.word(object, "as", &ENCODINGS, at),
            default: object.get("default"),
        })
    }

    fn references(&mut self, from: &'s Json, at: &At<'s>) -> Option<Vec<Reference<'s>>> {
        let texts: Vec<(At<'s>, &'s str)> = match from {
            Json::Array(items) => {
                let items = items.iter().enumerate();
                items
                    .filter_map(|(index, item)| Some((at.index(index), item.as_str()?)))
                    .collect()
            }
            one => vec![(at.clone(), one.as_str()?)],
        };
        if texts.is_empty() {
            self.faults.push(Fault::new(at, "`from` names no source"));
            return None;
        }
        let mut found = Vec::new();
        for (at, text) in &texts {
            match Reference::parse(text) {
                Some(reference) => found.push(reference),
                None => self.faults.push(unknown_reference(at, text)),
            }
        }
        (found.len() == texts.len()).then_some(found)
    }

    fn rest(&mut self, object: &'s Map<String, Json>, at: &At<'s>) -> Option<Rest<'s>> {
        self.neighbours(object, &REST[..8], "a rest", at);
        let parts = self.parts(object.get("rest")?, &at.key("rest"))?;
        let max = object.get("max");
        if max.is_some_and(|max| max.as_u64().is_none_or(|max| max == 0)) {
            let fault = Fault::new(&at.key("max"), "`max` of a rest is no number above 0");
            self.faults
                .push(fault.hint("write the most members, such as `max: 255`"));
        }
        Some(Rest {
            at: at.clone(),
            parts,
            form: self.word(object, "as", &["otlp_attributes", "json_text"], at),
            prefix: self.string(object, "prefix", at).unwrap_or_default(),
            flatten: self.string(object, "flatten", at),
            values: self.word(object, "values", &["scalars", "texts"], at),
            keys: self.string(object, "keys", at),
            max: max.and_then(Json::as_u64),
            clash_prefix: self.string(object, "clash_prefix", at),
        })
    }

    fn parts(&mut self, value: &'s Json, at: &At<'s>) -> Option<Vec<EventPart>> {
        if value == "all" {
            return Some(Vec::from(ALL_PARTS));
        }
        let is_list = value.is_array();
        let words: Vec<&'s str> = match value {
            Json::Array(items) => items.iter().filter_map(Json::as_str).collect(),
            one => one.as_str().into_iter().collect(),
        };
        if words.is_empty() {
            self.faults.push(Fault::new(at, "`rest` names no part"));
        }
        let mut parts = Vec::new();
        for (index, word) in words.iter().enumerate() {
            let at = if is_list { at.index(index) } else { at.clone() };
            let known = ["data", "context", "diagnostics", "all"];
            match serde_json::from_value::<EventPart>(Json::from(*word)) {
                Ok(part) if parts.contains(&part) => {
                    self.faults
                        .push(Fault::new(&at, format!("`{word}` is named twice")));
                }
                Ok(part) => parts.push(part),
                Err(_) => {
                    let fault = Fault::new(&at, format!("`{word}` is no part of an event"));
                    let hint = closest_hint(word, &known, "parts are");
                    self.faults.push(fault.hint(hint));
                }
            }
        }
        (!parts.is_empty() && parts.len() == words.len()).then_some(parts)
    }

    fn records(&mut self, object: &'s Map<String, Json>, at: &At<'s>) -> Option<Shape<'s>> {
        self.neighbours(object, &["records"], "the place of the records", at);
        let word = object.get("records").and_then(Json::as_str)?;
        let one = match word {
            "all" => false,
            "one" => true,
            _ => {
                let fault = Fault::new(
                    &at.key("records"),
                    format!("unknown value `{word}` for `records`"),
                );
                let hint = "write `{ records: all }`, a list of them, or `{ records: one }`, one a request";
                self.faults.push(fault.hint(hint));
                return None;
            }
        };
        Some(Shape::Records(Place {
            at: at.clone(),
            one,
        }))
    }

    fn encoded(&mut self, object: &'s Map<String, Json>, at: &At<'s>) -> Option<Shape<'s>> {
        self.neighbours(object, &ENCODED, "an object turned into text", at);
        let Some(inner) = object.get("object") else {
            let fault = Fault::of_key(at, "`as` without what it writes");
            let hint = "write `{ from: …, as: … }` for one value, `{ as: json_text, object: { … } }` for an object";
            self.faults.push(fault.hint(hint));
            return None;
        };
        let form = self.word(object, "as", &["json_text", "base64"], at);
        let value = self.shape(inner, &at.key("object"));
        let append = self.string(object, "append", at).unwrap_or_default();
        Some(Shape::Encoded {
            form: form?,
            value: Box::new(value?),
            append,
        })
    }

    /// Keys that do not belong beside a marker.
    fn neighbours(
        &mut self,
        object: &'s Map<String, Json>,
        known: &[&str],
        what: &str,
        at: &At<'s>,
    ) {
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            let at = at.key(key);
            let fault = Fault::of_key(&at, format!("unknown key `{key}` in {what}"));
            let hint = match (closest(key, known), known) {
                (Some(word), _) => format!("did you mean `{word}`?"),
                (None, [_]) => "it stands alone; where the vendor's request has this object itself, put it under `literal`".to_owned(),
                (None, _) => closest_hint(key, known, "known keys are"),
            };
            self.faults.push(fault.hint(hint));
        }
    }

    fn string(
        &mut self,
        object: &'s Map<String, Json>,
        key: &'s str,
        at: &At<'s>,
    ) -> Option<&'s str> {
        let value = object.get(key)?;
        if !value.is_string() {
            let fault = Fault::new(&at.key(key), format!("`{key}` is no text"));
            self.faults.push(fault.hint("put it in quotes"));
        }
        value.as_str()
    }

    fn word<T: DeserializeOwned>(
        &mut self,
        object: &'s Map<String, Json>,
        key: &'s str,
        known: &[&str],
        at: &At<'s>,
    ) -> Option<T> {
        let value = object.get(key)?;
        let at = at.key(key);
        let Some(word) = value.as_str() else {
            self.faults
                .push(Fault::new(&at, format!("`{key}` is no word")));
            return None;
        };
        if known.contains(&word)
            && let Ok(found) = serde_json::from_value(value.clone())
        {
            return Some(found);
        }
        let other = OTHER_WORDS
            .iter()
            .find(|(tried, right)| *tried == word && known.contains(right));
        let hint = match other {
            Some((_, right)) => format!("did you mean `{right}`?"),
            None => closest_hint(word, known, "known values are"),
        };
        let fault = Fault::new(&at, format!("unknown value `{word}` for `{key}`"));
        self.faults.push(fault.hint(hint));
        None
    }
}

fn is_text_or_texts(value: &Json) -> bool {
    let is_list = |items: &Vec<Json>| items.iter().all(Json::is_string);
    value.is_string() || value.as_array().is_some_and(is_list)
}

/// Whether a word can only be how something is written.
fn is_form(word: &Json) -> bool {
    let word = word.as_str().unwrap_or_default();
    word == "json_text" || ENCODINGS.contains(&word)
}

fn is_old_record(object: &Map<String, Json>) -> bool {
    let is_kind = |kind: &Json| kind == "object" || kind == "stream_entry";
    object.get("fields").is_some_and(Json::is_array)
        && (object.get("kind").is_some_and(is_kind)
            || object.get("rest").is_some_and(Json::is_array))
}

/// Shows the first field in the form that it has now.
fn old_record_hint(object: &Map<String, Json>) -> String {
    let fields = object.get("fields").and_then(Json::as_array);
    let first = fields.and_then(|fields| fields.first());
    let text = |key: &str| {
        first
            .and_then(|field| field.get(key))
            .and_then(Json::as_str)
    };
    let name = text("name").unwrap_or("message");
    let from = text("from").unwrap_or("message");
    let encoding = text("as")
        .map(|word| format!(", as: {word}"))
        .unwrap_or_default();
    format!(
        "write the object as it goes over the wire: `record: {{ {name}: {{ from: {from}{encoding} }}, \
         \"*\": {{ rest: data }} }}`"
    )
}

fn unknown_reference<'s>(at: &At<'s>, text: &str) -> Fault<'s> {
    let bare = text
        .strip_prefix("event.")
        .or_else(|| text.strip_prefix("event:"))
        .unwrap_or(text);
    let (head, rest) = bare.split_at(bare.find('.').unwrap_or(bare.len()));
    let known = EVENT_KEYS.iter().find(|(tried, _)| *tried == bare);
    let hint = match (known, closest(head, &REFERENCES)) {
        (Some((_, right)), _) => format!("did you mean `{right}`?"),
        (None, Some(word)) if word != head || bare != text => {
            format!("did you mean `{word}{rest}`?")
        }
        _ => "known are `message`, `level`, `logger`, `timestamp`, `now`, `context`, `diagnostics`, `data`, \
              a key of the last three such as `context.trace_id`, and `config.NAME`"
            .to_owned(),
    };
    Fault::new(at, format!("unknown reference `{text}`")).hint(hint)
}
