//! One field of a record as a statement, or as one branch for each of its sources.

use serde_json::Value;

use super::super::layout::{Expr, Statement, chain, line};
use super::super::names::snake;
use super::super::text::{byte_literal, literal};
use super::levels;
use super::lower::Lowering;
use super::paths;
use crate::languages::common::framing::json_key;
use crate::spec::model::{EventPart, RecordField, ValueEncoding};
use crate::spec::resolve::Reference;

/// Where a field is written.
struct Place<'p> {
    /// The variable of the object's writer.
    object: &'p str,
    /// The key, as a literal.
    key: &'p str,
}

impl Place<'_> {
    fn call(&self, method: &str, value: impl Into<String>) -> Statement {
        let args = [self.key.to_owned(), value.into()];
        Statement::call(Expr::call(format!("{}.{method}", self.object), args))
    }

    fn closure(&self, method: &str, inner: String) -> Statement {
        Statement::Closure(format!("{}.{method}({}", self.object, self.key), inner)
    }

    fn constant(&self, constant: &Value) -> Statement {
        match constant {
            Value::String(text) => self.call("string", literal(text)),
            Value::Number(number) if number.is_i64() => self.call("i64", number.to_string()),
            other => self.call("encoded", byte_literal(&other.to_string())),
        }
    }

    fn timestamp(&self, encoding: Option<ValueEncoding>) -> Statement {
        let (method, push) = match encoding {
            Some(ValueEncoding::UnixMs) => {
                return self.call("i64", "event.timestamp.as_unix_millis()");
            }
            Some(ValueEncoding::UnixSeconds) => ("raw", "push_unix_seconds"),
            Some(ValueEncoding::UnixNsText) => ("quoted", "push_unix_nanos"),
            Some(ValueEncoding::Rfc3339Ns) => ("quoted", "push_rfc3339_nanos"),
            _ => ("quoted", "push_rfc3339_millis"),
        };
        self.closure(method, format!("event.timestamp.{push}(out);"))
    }
}

impl Lowering<'_> {
    /// The statement of one field.
    pub fn field(&mut self, object: &str, field: &RecordField) -> String {
        let place = Place {
            object,
            key: &literal(&json_key(&field.name)),
        };
        if let Some(constant) = &field.constant {
            return place.constant(constant).at(8);
        }
        let sources = field.from.sources();
        match *sources.as_slice() {
            [Reference::Key(part, path)] if object != "entry" => {
                return self.optional(&place, field, part, path);
            }
            // A stream's entry leaves empty text out.
            [Reference::Logger] if object == "entry" => {
                return self.write(&place, field, Reference::Logger).at(8);
            }
            _ => {}
        }
        let mut branches = Vec::new();
        for source in sources {
            let write = self.write(&place, field, source);
            branches.push((self.condition(field, source), vec![write]));
        }
        chain(8, &branches)
    }

    /// The statement of a field that an event may lack; a path too long for its line is a constant.
    fn optional(
        &mut self,
        place: &Place,
        field: &RecordField,
        part: EventPart,
        path: &str,
    ) -> String {
        let call = |path: String| {
            let args = [
                place.key.to_owned(),
                format!("&event.{}", part.name()),
                path,
            ];
            line(
                8,
                "",
                &Expr::call(format!("{}.optional", place.object), args),
            )
        };
        let inline = call(paths::inline(path));
        if inline.lines().count() == 1 {
            return inline;
        }
        call(self.path_constant(&field.name, part, path))
    }

    /// When a source counts as present; `None` for always.
    fn condition(&mut self, field: &RecordField, source: Reference<'_>) -> Option<String> {
        match source {
            Reference::Message | Reference::Level | Reference::Timestamp => None,
            Reference::Logger => Some("!event.logger.is_empty()".to_owned()),
            Reference::Part(part) => Some(format!("!event.{}.is_empty()", part.name())),
            Reference::Key(part, path) => {
                self.out.uses.push("lookup");
                let path = self.path(&field.name, part, path);
                let part = part.name();
                Some(format!("let Some(value) = lookup(&event.{part}, {path})"))
            }
            Reference::Config(name) => {
                use ValueEncoding::{CommaList, CommaPairs};
                let is_joined = matches!(field.encoding, Some(CommaList | CommaPairs));
                let field = self.setting(name, is_joined);
                Some(format!("let Some(value) = &self.{field}"))
            }
        }
    }

    /// The statement that writes a source that is present.
    fn write(&mut self, place: &Place, field: &RecordField, source: Reference<'_>) -> Statement {
        match source {
            Reference::Message => place.call("string", "&event.message"),
            Reference::Logger => place.call("string", "&event.logger"),
            Reference::Level => self.write_level(place, field),
            Reference::Timestamp => place.timestamp(field.encoding),
            Reference::Part(part) => {
                self.out.uses.push("push_json");
                place.closure("raw", format!("push_json(out, &event.{});", part.name()))
            }
            Reference::Key(..) => place.call("value", "value"),
            Reference::Config(_) => place.call("encoded", "value"),
        }
    }

    fn write_level(&mut self, place: &Place, field: &RecordField) -> Statement {
        let words = &self.spec.payload.levels;
        if field.encoding != Some(ValueEncoding::LevelMap) || words.is_empty() {
            return place.call("string", "event.level.as_lower()");
        }
        self.out.uses.push("Level");
        let table = self
            .out
            .levels
            .get_or_insert_with(|| levels::table(&snake(&field.name), words));
        let value = format!("{}(&event.level)", table.function);
        if table.is_text {
            place.call("string", value)
        } else {
            place.call("value", format!("&{value}"))
        }
    }
}
