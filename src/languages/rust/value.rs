//! Values as statements that write them: one for each member, in the order of the wire.

use std::cell::{Cell, RefCell};

use serde_json::Value as Json;

use super::names::{snake, unique};
use super::pretty::{Expr, condition, line, method, statement, with_closure};
use super::settings::Fields;
use super::text::{byte_literal, literal, plain_code};
use super::uses::Uses;
use crate::sink::{
    Chain, EventPart, From, KeyForm, Kind, LevelForm, Member, Piece, Rest, RestForm, RestPart,
    RestShape, RestValues, SettingForm, SettingId, Sink, Text, TextForm, TimeEncoding, Value,
};
use crate::text::number;

/// Longest path of keys that stays in a condition.
const INLINE_PATH: usize = 34;

/// A field of the encoder: a setting made ready once.
#[derive(Debug, Clone)]
pub struct State {
    /// Name.
    pub name: String,
    /// Type.
    pub kind: &'static str,
    /// What makes it of `config`.
    pub value: Expr,
}

/// Prints the values of one sink; what they need besides is noted.
#[derive(Debug)]
pub struct Printer<'s> {
    /// The sink.
    pub sink: &'s Sink,
    /// Its settings.
    pub fields: &'s Fields<'s>,
    /// Names brought into scope.
    pub uses: Uses,
    /// Fields of the encoder.
    pub state: RefCell<Vec<State>>,
    /// Constants above the encoder.
    pub constants: RefCell<Vec<String>>,
    /// Whether the words for levels are asked for.
    pub asks_levels: Cell<bool>,
    /// Whether the moment is asked for.
    pub asks_now: Cell<bool>,
    names: RefCell<Vec<String>>,
}

/// Where a value goes.
#[derive(Debug, Clone, Copy)]
pub enum Place<'p> {
    /// Under a key of an object, by the object's variable.
    Member(&'p str, &'p str),
    /// Into a list, or alone.
    Item(&'p str),
    /// Into a line of text.
    Line(&'p str),
}

impl Place<'_> {
    fn call(self, method: &str, args: impl IntoIterator<Item = impl Into<Expr>>) -> Expr {
        let args = args.into_iter().map(Into::into);
        match self {
            Self::Member(object, key) => {
                let key = Expr::from(literal(&json_key(key)));
                Expr::call(
                    format!("{object}.{method}"),
                    std::iter::once(key).chain(args),
                )
            }
            Self::Item(list) | Self::Line(list) => Expr::call(format!("{list}.{method}"), args),
        }
    }

    /// A call whose last argument is a closure.
    fn closure(
        self,
        indent: usize,
        method: &str,
        parameters: &str,
        body: impl FnOnce(usize) -> String,
    ) -> String {
        let (object, args) = match self {
            Self::Member(object, key) => (object, vec![literal(&json_key(key))]),
            Self::Item(list) | Self::Line(list) => (list, Vec::new()),
        };
        with_closure(
            indent,
            &format!("{object}.{method}"),
            &args,
            parameters,
            body,
        )
    }
}

/// A key as it stands between the quotes of JSON.
#[must_use]
pub fn json_key(key: &str) -> String {
    let quoted = Json::from(key).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// The variant of the runtime's `TimeFormat`.
#[must_use]
pub const fn time_format(encoding: TimeEncoding) -> &'static str {
    match encoding {
        TimeEncoding::UnixS => "TimeFormat::UnixSeconds",
        TimeEncoding::UnixMs => "TimeFormat::UnixMillis",
        TimeEncoding::UnixMsFloat => "TimeFormat::UnixMillisMicros",
        TimeEncoding::UnixUs => "TimeFormat::UnixMicros",
        TimeEncoding::UnixNs => "TimeFormat::UnixNanos",
        TimeEncoding::UnixNsText => "TimeFormat::UnixNanosText",
        TimeEncoding::UnixSeconds => "TimeFormat::UnixSecondsMillis",
        TimeEncoding::Rfc3339Ms => "TimeFormat::Rfc3339Millis",
        TimeEncoding::Rfc3339Us => "TimeFormat::Rfc3339Micros",
        TimeEncoding::Rfc3339Ns => "TimeFormat::Rfc3339Nanos",
        TimeEncoding::SpacedMs => "TimeFormat::SpacedMillis",
        TimeEncoding::SpacedNs => "TimeFormat::SpacedNanos",
    }
}

fn part_name(part: EventPart) -> String {
    format!("&event.{}", part.name())
}

impl<'s> Printer<'s> {
    /// One that has printed nothing yet.
    #[must_use]
    pub fn new(sink: &'s Sink, fields: &'s Fields<'s>, uses: Uses) -> Self {
        Self {
            sink,
            fields,
            uses,
            state: RefCell::default(),
            constants: RefCell::default(),
            asks_levels: Cell::new(false),
            asks_now: Cell::new(false),
            names: RefCell::default(),
        }
    }

    /// The statements that write a value alone, after `out`; nothing where it is absent.
    pub fn alone(
        &self,
        value: &Value,
        name: &str,
        out: &str,
        indent: usize,
        or_null: bool,
    ) -> String {
        if let Value::Object(members) = value {
            let begin = Expr::call(format!("{}::begin", self.uses.base("JsonObject")), [out]);
            return statement(indent, &format!("let mut {name} = "), &begin, ";")
                + &self.members(name, &format!("&mut {name}"), members, indent)
                + &format!("{:indent$}{name}.end();\n", "");
        }
        let begin = Expr::call(format!("{}::value_of", self.uses.base("JsonList")), [out]);
        let mut lines = statement(indent, &format!("let mut {name} = "), &begin, ";");
        lines += &self.value(Place::Item(name), value, indent);
        if or_null {
            lines += &format!("{:indent$}{name}.or_null();\n", "");
        }
        lines
    }

    fn members(&self, object: &str, borrowed: &str, members: &[Member], indent: usize) -> String {
        let each = members.iter().map(|member| match member {
            Member::Field { key, value } => self.value(Place::Member(object, key), value, indent),
            Member::Merge { rest, taken } => self.merge(object, borrowed, rest, taken, indent),
        });
        each.collect()
    }

    /// The statements that write a value into its place; nothing where it is absent.
    pub fn value(&self, place: Place, value: &Value, indent: usize) -> String {
        match (place, value) {
            (_, Value::Literal(json)) => line(indent, &literal_call(place, json)),
            (_, Value::Text(text)) => line(indent, &self.text_call(place, text)),
            (_, Value::Chain(chain)) => self.chain(place, chain, indent),
            (Place::Line(_), Value::Rest(rest)) => {
                let members = self.rest_members(rest, indent);
                let json = format!("{}::object(&members).as_deref()", self.uses.module("rest"));
                members + &line(indent, &place.call("json", [json]))
            }
            (_, Value::Rest(rest)) => self.rest(place, rest, indent),
            (
                _,
                Value::Encoded {
                    value,
                    form,
                    append,
                },
            ) => self.encoded(place, value, *form, append, indent),
            (Place::Line(_), Value::Object(_) | Value::List(_)) => {
                self.encoded(place, value, TextForm::JsonText, "", indent)
            }
            (_, Value::Object(members)) if members.is_empty() => {
                line(indent, &place.call("object", ["|_| {}"]))
            }
            (_, Value::Object(members)) => place.closure(indent, "object", "|inner|", |indent| {
                self.members("inner", "inner", members, indent)
            }),
            (_, Value::List(items)) if items.is_empty() => {
                line(indent, &place.call("list", ["|_| {}"]))
            }
            (_, Value::List(items)) => place.closure(indent, "list", "|list|", |indent| {
                let items = items.iter();
                items
                    .map(|item| self.value(Place::Item("list"), item, indent))
                    .collect()
            }),
            (_, Value::Each { id, except }) => {
                let items = self.items(*id, except);
                line(indent, &place.call("constant", [format!("&self.{items}")]))
            }
            (_, Value::Records) => {
                let records = format!("{}::RECORDS", self.uses.module("framing"));
                line(indent, &place.call("encoded", [records]))
            }
        }
    }

    /// A whole value as one text.
    fn encoded(
        &self,
        place: Place,
        value: &Value,
        form: TextForm,
        append: &str,
        indent: usize,
    ) -> String {
        if let Value::Text(text) = value {
            let mut pieces = self.pieces(text);
            pieces
                .extend((!append.is_empty()).then(|| Expr::from(format!("&{}", literal(append)))));
            let pieces = match form {
                TextForm::JsonText => pieces,
                TextForm::Base64 => {
                    let function = format!("&{}::base64_of", self.uses.module("encoded"));
                    vec![Expr::call(function, [Expr::slice(pieces)])]
                }
            };
            return line(indent, &place.call("text", [Expr::slice(pieces)]));
        }
        let function = match form {
            TextForm::JsonText => "json_text",
            TextForm::Base64 => "base64",
        };
        let call = format!("let text = {}::{function}", self.uses.module("encoded"));
        let text = with_closure(indent, &call, &[literal(append)], "|out|", |indent| {
            self.alone(value, "inner", "out", indent, false)
        });
        let (method, given) = match place {
            Place::Line(_) => ("json", "text.as_deref()"),
            _ => ("some", "text"),
        };
        text + &line(indent, &place.call(method, [given]))
    }

    fn text_call(&self, place: Place, text: &Text) -> Expr {
        if let Some(text) = text.literal() {
            return literal_call(place, &Json::from(text));
        }
        let is_fixed = !text.is_of_event() && !text.is_of_request();
        match place {
            Place::Line(_) => place.call("text", [Expr::slice(self.pieces(text))]),
            _ if is_fixed => {
                let name = text
                    .settings()
                    .next()
                    .map(|id| self.fields.get(id).name.clone());
                let pieces = Expr::slice(self.config_pieces(text));
                let value = Expr::call(format!("{}::text", self.uses.module("constant")), [pieces]);
                let field = self.state(&name.unwrap_or_default(), "Option<Vec<u8>>", value);
                place.call("constant", [format!("&self.{field}")])
            }
            _ => place.call("text", [Expr::slice(self.pieces(text))]),
        }
    }

    /// Pieces of a text, settings from the encoder's own fields.
    fn pieces(&self, text: &Text) -> Vec<Expr> {
        let piece = |piece: &Piece| match piece {
            Piece::Literal(text) => Expr::from(format!("&{}", literal(text))),
            Piece::Setting(id) => Expr::from(format!("&self.{}", self.setting_text(*id))),
            Piece::Now(encoding) => Expr::from(self.now_text(*encoding)),
            Piece::Event(chain) => self.chain_text(chain),
            Piece::Shared(index) => Expr::from(format!("&shared.value({index})")),
        };
        text.pieces.iter().map(piece).collect()
    }

    /// Pieces of a text without event, settings from the config.
    pub fn config_pieces(&self, text: &Text) -> Vec<Expr> {
        let piece = |piece: &Piece| match piece {
            Piece::Literal(text) => format!("&{}", literal(text)),
            Piece::Setting(id) => format!("&{}", self.fields.shown(*id)),
            Piece::Now(encoding) => {
                self.asks_now.set(true);
                self.uses.base("TimeFormat");
                format!("&shared.now({})", time_format(*encoding))
            }
            Piece::Shared(index) => format!("&shared.value({index})"),
            Piece::Event(_) => unreachable!("an event's value outside of a record is shared"),
        };
        text.pieces.iter().map(piece).map(Expr::from).collect()
    }

    fn now_text(&self, encoding: TimeEncoding) -> String {
        self.asks_now.set(true);
        self.uses.base("TimeFormat");
        let now = self.uses.base("Timestamp");
        format!("&{now}::now().written({})", time_format(encoding))
    }

    /// The encoder's field with a setting as it fills a hole.
    fn setting_text(&self, id: SettingId) -> String {
        let (field, filled) = (self.fields.get(id), self.uses.base("filled"));
        let value = Expr::slice([format!("&{}", self.fields.shown(id))]);
        let value = Expr::call(filled, [value]);
        self.state(&field.name, "Option<String>", value)
    }

    /// The encoder's field with a setting as JSON.
    fn setting_json(&self, id: SettingId, form: SettingForm) -> String {
        let field = self.fields.get(id);
        let shown = self.fields.shown(id);
        let is_enum = matches!(field.setting.kind, Kind::Enum(_));
        let call = |part: &'static str, function: &str, argument: Expr| {
            Expr::call(
                format!("{}::{function}", self.uses.module(part)),
                [argument],
            )
        };
        let value = match form {
            SettingForm::Json if !is_enum => {
                call("constant", "json", Expr::from(format!("&{shown}")))
            }
            SettingForm::OtlpAttributes => call("otlp", "pairs", Expr::from(format!("&{shown}"))),
            SettingForm::Json | SettingForm::Text => {
                call("constant", "text", Expr::slice([format!("&{shown}")]))
            }
        };
        self.state(&field.name, "Option<Vec<u8>>", value)
    }

    /// The encoder's field with an item for each pair of a setting, comma separated.
    fn items(&self, id: SettingId, except: &[String]) -> String {
        let function = format!("{}::items", self.uses.module("otlp"));
        let args = [
            Expr::from(format!("&{}", self.fields.shown(id))),
            Expr::slice(except.iter().map(|key| literal(key))),
        ];
        let name = format!("{}_items", self.fields.get(id).name);
        self.state(&name, "Option<Vec<u8>>", Expr::call(function, args))
    }

    /// The encoder's field with the value of a key of a map setting.
    fn pair(&self, id: SettingId, key: &str) -> String {
        let function = format!("{}::pair", self.uses.module("constant"));
        let args = [
            Expr::from(format!("&{}", self.fields.shown(id))),
            Expr::from(literal(key)),
        ];
        let name = format!("{}_{}", self.fields.get(id).name, snake(key));
        self.state(&name, "Option<String>", Expr::call(function, args))
    }

    /// A field of the encoder, the one there is where it is the same.
    pub fn state(&self, name: &str, kind: &'static str, value: impl Into<Expr>) -> String {
        let value = value.into();
        let mut state = self.state.borrow_mut();
        if let Some(known) = state
            .iter()
            .find(|known| known.kind == kind && known.value.flat() == value.flat())
        {
            return known.name.clone();
        }
        let name = unique(name, &mut self.names.borrow_mut());
        state.push(State {
            name: name.clone(),
            kind,
            value,
        });
        name
    }

    /// The first source that is there.
    fn chain(&self, place: Place, chain: &Chain, indent: usize) -> String {
        if let [only] = chain.sources.as_slice()
            && let Some(call) = self.optional(place, only)
        {
            return line(indent, &call);
        }
        let mut out = String::new();
        for from in &chain.sources {
            let (test, call) = self.source(place, from);
            let start = if out.is_empty() {
                String::new()
            } else {
                "} else ".to_owned()
            };
            match test {
                Some(test) => {
                    out += &format!("{:indent$}{}\n", "", condition(indent, &start, &test));
                }
                None if out.is_empty() => return line(indent, &call),
                None => out += &format!("{:indent$}}} else {{\n", ""),
            }
            out += &line(indent + 4, &call);
        }
        format!("{out}{:indent$}}}\n", "")
    }

    /// The one call for a source that may be absent, where the place has such a method.
    fn optional(&self, place: Place, from: &From) -> Option<Expr> {
        match (place, from) {
            (
                Place::Line(_),
                From::Key {
                    form: KeyForm::Json | KeyForm::Text,
                    ..
                }
                | From::Part(_),
            ) => Some(place.call("add", [self.source_text(from)])),
            (Place::Line(_), From::Setting { .. }) => {
                Some(place.call("add", [self.source_text(from)]))
            }
            (
                Place::Member(..),
                From::Key {
                    part,
                    path,
                    form: KeyForm::Json,
                },
            ) => {
                let args = [part_name(*part), self.path(path)];
                Some(place.call("optional", args))
            }
            (_, From::Part(part)) => Some(place.call("map", [part_name(*part)])),
            (_, From::Setting { id, form }) => {
                let field = self.setting_json(*id, *form);
                Some(place.call("constant", [format!("&self.{field}")]))
            }
            _ => None,
        }
    }

    /// When a source is there, and the call that writes it then.
    fn source(&self, place: Place, from: &From) -> (Option<String>, Expr) {
        if let Place::Line(_) = place {
            return self.line_source(place, from);
        }
        let string = |text: String| place.call("string", [text]);
        match from {
            From::Timestamp(encoding) => (
                None,
                self.time(place, "event.timestamp".to_owned(), *encoding),
            ),
            From::Now(encoding) => {
                self.asks_now.set(true);
                let now = format!("{}::now()", self.uses.base("Timestamp"));
                (None, self.time(place, now, *encoding))
            }
            From::Level(LevelForm::Map) if !self.levels_are_text() => {
                (None, place.call("i64", [self.level(LevelForm::Map)]))
            }
            From::Level(form) => {
                let level = self.level(*form);
                let reference = if *form == LevelForm::Upper { "&" } else { "" };
                (None, string(format!("{reference}{level}")))
            }
            From::Message => (None, string("&event.message".to_owned())),
            From::Logger => {
                let test = "!event.logger.is_empty()".to_owned();
                (Some(test), string("&event.logger".to_owned()))
            }
            From::Part(part) => {
                let part = part_name(*part);
                let test = format!("{}({part})", self.uses.base("has_values"));
                (Some(test), place.call("map", [part]))
            }
            From::Key { part, path, form } => self.key(place, *part, path, *form),
            From::Setting { id, form } => {
                let field = self.setting_json(*id, *form);
                let test = format!("let Some(json) = &self.{field}");
                (Some(test), place.call("encoded", ["json"]))
            }
            From::Pair { id, key } => {
                let field = self.pair(*id, key);
                let test = format!("let Some(text) = &self.{field}");
                (Some(test), place.call("string", ["text"]))
            }
            From::Default(json) => (None, literal_call(place, json)),
        }
    }

    fn key(
        &self,
        place: Place,
        part: EventPart,
        path: &[String],
        form: KeyForm,
    ) -> (Option<String>, Expr) {
        let found = |name: &str, function: &str| {
            let function = self.uses.base(function);
            format!(
                "let Some({name}) = {function}({}, {})",
                part_name(part),
                self.path(path)
            )
        };
        match form {
            KeyForm::Json => (
                Some(found("value", "lookup")),
                place.call("value", ["value"]),
            ),
            KeyForm::Text => (
                Some(found("text", "lookup_text")),
                place.call("string", ["&text"]),
            ),
            KeyForm::Base64 => {
                let function = format!("&{}::base64_text", self.uses.module("encoded"));
                let encoded = Expr::call(function, ["&text"]);
                (
                    Some(found("text", "lookup_text")),
                    place.call("string", [encoded]),
                )
            }
            KeyForm::OtlpValue => {
                let write = format!(
                    "|out| {}::push_any_value(out, value)",
                    self.uses.module("otlp")
                );
                (Some(found("value", "lookup")), place.call("raw", [write]))
            }
        }
    }

    fn time(&self, place: Place, time: String, encoding: TimeEncoding) -> Expr {
        self.uses.base("TimeFormat");
        place.call("time", [time, time_format(encoding).to_owned()])
    }

    /// As [`Self::source`], for a line: what counts as there is the same, empty text leaves nothing.
    fn line_source(&self, place: Place, from: &From) -> (Option<String>, Expr) {
        let test = match from {
            From::Logger => Some("!event.logger.is_empty()".to_owned()),
            From::Part(part) => Some(format!(
                "{}({})",
                self.uses.base("has_values"),
                part_name(*part)
            )),
            From::Key { part, path, .. } => {
                let lookup = self.uses.base("lookup");
                Some(format!(
                    "{lookup}({}, {}).is_some()",
                    part_name(*part),
                    self.path(path)
                ))
            }
            From::Setting { .. } | From::Pair { .. } => {
                let text = self.source_text(from).flat();
                Some(format!("{}.is_some()", text.trim_start_matches('&')))
            }
            _ => None,
        };
        (test, place.call("add", [self.source_text(from)]))
    }

    /// The level, as what a call that writes it takes.
    fn level(&self, form: LevelForm) -> String {
        match form {
            LevelForm::Lower => "event.level.as_lower()".to_owned(),
            LevelForm::Upper => "event.level.as_lower().to_uppercase()".to_owned(),
            LevelForm::Map => {
                self.asks_levels.set(true);
                "level_word(&event.level)".to_owned()
            }
        }
    }

    fn levels_are_text(&self) -> bool {
        let levels = self.sink.payload.levels.as_ref();
        levels.is_none_or(|levels| levels.is_text)
    }

    /// The first source that is there and not empty, as a reference to what becomes text.
    pub fn chain_text(&self, chain: &Chain) -> Expr {
        if let [only] = chain.sources.as_slice() {
            return self.source_text(only);
        }
        let sources = chain.sources.iter().map(|from| self.source_text(from));
        let first = format!("&{}", self.uses.base("First"));
        Expr::call(first, [Expr::slice(sources)])
    }

    /// A source as a reference to what becomes text.
    pub fn source_text(&self, from: &From) -> Expr {
        Expr::from(match from {
            From::Timestamp(encoding) => {
                self.uses.base("TimeFormat");
                format!("&event.timestamp.written({})", time_format(*encoding))
            }
            From::Now(encoding) => self.now_text(*encoding),
            From::Level(LevelForm::Lower) => "&event.level".to_owned(),
            From::Level(form) => format!("&{}", self.level(*form)),
            From::Message => "&event.message".to_owned(),
            From::Logger => "&event.logger".to_owned(),
            From::Part(part) => part_name(*part),
            From::Key { part, path, form } => {
                let lookup = self.uses.base("lookup");
                let value = Expr::call(format!("&{lookup}"), [part_name(*part), self.path(path)]);
                return match form {
                    KeyForm::Json | KeyForm::Text => value,
                    KeyForm::Base64 => {
                        let function = format!("&{}::base64_of", self.uses.module("encoded"));
                        Expr::call(function, [Expr::slice([value])])
                    }
                    KeyForm::OtlpValue => {
                        let function = format!("{}::any_value_text", self.uses.module("otlp"));
                        Expr::from(format!("{}.map({function})", value.flat()))
                    }
                };
            }
            From::Setting { id, form } => {
                let field = self.fields.get(*id);
                let is_json = *form == SettingForm::Json && field.setting.is_collection();
                if is_json || *form == SettingForm::OtlpAttributes {
                    let json = self.setting_json(*id, *form);
                    let text = format!("{}::as_text", self.uses.module("constant"));
                    format!("&self.{json}.as_deref().map({text})")
                } else {
                    format!("&self.{}", self.setting_text(*id))
                }
            }
            From::Pair { id, key } => format!("&self.{}", self.pair(*id, key)),
            From::Default(Json::String(text)) => format!("&{}", literal(text)),
            From::Default(json) => format!("&{}", literal(&json.to_string())),
        })
    }

    /// The path in place where it is short, else a constant.
    fn path(&self, path: &[String]) -> String {
        let steps = Expr::slice(path.iter().map(|step| literal(step)));
        let inline = steps.flat();
        if inline.chars().count() <= INLINE_PATH {
            return inline;
        }
        let shown = plain_code(&path.join("/"));
        let stem: String = path
            .last()
            .map_or(String::new(), |step| snake(step).to_uppercase());
        let stem: String = stem.chars().take(24).collect();
        self.constant(
            &format!("{stem}_PATH"),
            &format!("Where `{shown}` stands."),
            "&[&str]",
            &steps,
        )
    }

    /// A constant above the encoder, the one there is where it is the same.
    pub fn constant(&self, name: &str, doc: &str, kind: &str, value: &Expr) -> String {
        let mut constants = self.constants.borrow_mut();
        let print = |name: &str| {
            let doc = super::text::doc(0, "///", doc);
            format!(
                "{doc}\n{}",
                statement(0, &format!("const {name}: {kind} = "), value, ";")
            )
        };
        let known = constants.iter().find(|known| {
            let name = known
                .split_once("const ")
                .and_then(|(_, rest)| rest.split_once(": "));
            name.is_some_and(|(name, _)| **known == print(name))
        });
        if let Some((_, rest)) = known.and_then(|known| known.split_once("const ")) {
            return rest
                .split_once(": ")
                .map_or(String::new(), |(name, _)| name.to_owned());
        }
        let name = unique(name, &mut self.names.borrow_mut());
        constants.push(print(&name));
        name
    }

    /// Members of the event's parts merged into an object.
    fn merge(
        &self,
        object: &str,
        borrowed: &str,
        rest: &Rest,
        taken: &[String],
        indent: usize,
    ) -> String {
        let keys = taken.iter().map(|key| literal(key));
        let taken = if taken.is_empty() {
            "&[]".to_owned()
        } else {
            let doc = "Keys of an object that a merged member must not take.";
            let kind = format!("[&str; {}]", taken.len());
            format!(
                "&{}",
                self.constant("TAKEN", doc, &kind, &Expr::array("", keys))
            )
        };
        if rest.shape == RestShape::default() && rest.parts.len() <= 3 {
            let merges = rest.parts.iter().map(|RestPart { part, clash_prefix }| {
                let args = [part_name(*part), taken.clone(), literal(clash_prefix)];
                line(indent, &Expr::call(format!("{object}.merge"), args))
            });
            return merges.collect();
        }
        let shape = self.shape(&rest.shape);
        let args = [Expr::from(borrowed), rest_parts(rest), Expr::from(taken)];
        line(indent, &Expr::call(format!("{shape}.merge"), args))
    }

    /// The parts of an event under a key.
    fn rest(&self, place: Place, rest: &Rest, indent: usize) -> String {
        let is_plain = rest.shape == RestShape::default() && rest.form == RestForm::Object;
        if let (true, [only]) = (is_plain, rest.parts.as_slice()) {
            return line(indent, &place.call("map", [part_name(only.part)]));
        }
        let members = self.rest_members(rest, indent);
        let function = match rest.form {
            RestForm::Object => format!("{}::object", self.uses.module("rest")),
            RestForm::JsonText => format!("{}::json_text", self.uses.module("rest")),
            RestForm::OtlpAttributes => format!("{}::attributes", self.uses.module("otlp")),
        };
        members
            + &line(
                indent,
                &place.call("some", [Expr::call(function, ["&members"])]),
            )
    }

    fn rest_members(&self, rest: &Rest, indent: usize) -> String {
        let shape = self.shape(&rest.shape);
        method(
            indent,
            "let members = ",
            &shape,
            "all",
            rest_parts(rest),
            ";",
        )
    }

    /// How members are made: the usual way, or a constant.
    fn shape(&self, shape: &RestShape) -> String {
        self.uses.part("rest", "Rest");
        if *shape == RestShape::default() {
            return "Rest::USUAL".to_owned();
        }
        let mut fields: Vec<(&'static str, Expr)> = Vec::new();
        let some = |text: &String| Expr::from(format!("Some({})", literal(text)));
        if !shape.prefix.is_empty() {
            fields.push(("prefix", Expr::from(literal(&shape.prefix))));
        }
        fields.extend(shape.flatten.as_ref().map(|text| ("flatten", some(text))));
        let values = match shape.values {
            RestValues::Any => None,
            RestValues::Scalars => Some("Scalars"),
            RestValues::Texts => Some("Texts"),
        };
        if let Some(values) = values {
            let values = format!("{}::{values}", self.uses.part("rest", "RestValues"));
            fields.push(("values", Expr::from(values)));
        }
        fields.extend(shape.keys.as_ref().map(|set| ("keys", some(set))));
        let max = shape.max.map(|max| format!("Some({})", number(max)));
        fields.extend(max.map(|max| ("max", Expr::from(max))));
        let rest = if fields.len() == 5 {
            ""
        } else {
            "..Rest::USUAL"
        };
        let value = Expr::Struct("Rest".to_owned(), fields, rest);
        self.constant(
            "REST",
            "How members that have no place of their own are made.",
            "Rest",
            &value,
        )
    }
}

fn literal_call(place: Place, json: &Json) -> Expr {
    match (place, json) {
        (Place::Line(_), Json::String(text)) => place.call("add", [format!("&{}", literal(text))]),
        (Place::Line(_), other) => place.call("add", [format!("&{}", literal(&other.to_string()))]),
        (_, Json::String(text)) => place.call("string", [literal(text)]),
        (_, other) => match other.as_i64() {
            Some(number) => place.call("i64", [super::settings::signed(number)]),
            None => place.call("encoded", [byte_literal(&other.to_string())]),
        },
    }
}

fn rest_parts(rest: &Rest) -> Expr {
    Expr::slice(rest.parts.iter().map(|RestPart { part, clash_prefix }| {
        Expr::call("", [literal(clash_prefix), part_name(*part)])
    }))
}
