//! The body of an example, its values replaced by where they come from.

use serde_json::{Map, Value as Json, json};

use super::known::{LEVEL, MESSAGE, REST, holds_known, source, time_form};
use super::words::{is_identifier, is_secret_name, looks_secret, snake};
use super::yaml::quoted;
use crate::diagnostics::{Code, is_unprintable};
use crate::problem::Problem;

/// Objects and lists in each other; more are left as text.
const MAX_DEPTH: usize = 8;
/// Members of one object that are taken over.
const MAX_MEMBERS: usize = 60;

/// Keys by which an object is read as a source, where their value is a text.
const SPECIAL: [&str; 5] = ["from", "rest", "records", "as", "literal"];

/// Whether a member of the example would be read as something else in a shape, or by nobody.
fn is_special(key: &str, value: &Json) -> bool {
    key.is_empty()
        || key == "*"
        || key.chars().any(is_unprintable)
        || value.is_string() && SPECIAL.contains(&key)
}

/// How a body is written in a spec.
#[derive(Debug)]
pub struct Body {
    /// `body`, `lines` and `before`: what stands around the records.
    pub around: Vec<(String, Shape)>,
    /// One record.
    pub record: Shape,
    /// Words or numbers of levels, where the example's are neither the names in lower nor in upper
    /// case.
    pub levels: Option<&'static str>,
    /// An event that becomes the example, as far as that is known.
    pub event: Json,
    /// Values that must not be in the spec.
    pub secrets: Vec<String>,
}

/// A part of a spec, as YAML.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A value on one line.
    Leaf(String),
    /// The same, and what a person has to look up about it.
    Marked(String, &'static str),
    /// A map.
    Map(Vec<(String, Shape)>),
    /// A list.
    List(Vec<Shape>),
}

/// Reads the body of an example.
///
/// # Errors
///
/// It is a form that no sink sends, or one that has its own keys in the language of specs.
pub fn read(text: &str) -> Result<Body, Problem> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if let Ok(value) = serde_json::from_str::<Json>(text) {
        return whole(&value);
    }
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let parsed: Option<Vec<Json>> = lines.map(|line| serde_json::from_str(line).ok()).collect();
    match parsed {
        Some(values) => ndjson(&values),
        None if text.starts_with(['{', '[']) => {
            let error = serde_json::from_str::<Json>(text).err();
            let problem = Problem::new(Code::Input, "the body looks like JSON and is none");
            let problem = match error {
                Some(error) => problem.because(error),
                None => problem,
            };
            Err(problem.hint("replace `...` and comments of the documentation by values"))
        }
        None if is_form(text) => Err(Problem::new(
            Code::Input,
            "the body is a form, which no sink sends",
        )
        .hint("use an example whose body is JSON, lines of JSON, or lines of text")),
        None => Ok(lines_of_text()),
    }
}

/// `a=1&b=2`, and nothing else.
fn is_form(text: &str) -> bool {
    text.contains('=')
        && text
            .split('&')
            .all(|pair| pair.contains('=') && !pair.contains(' '))
}

fn whole(value: &Json) -> Result<Body, Problem> {
    for (key, base) in [("resourceLogs", "otlp"), ("streams", "loki")] {
        if value.get(key).is_some_and(Json::is_array) {
            return Err(Problem::new(
                Code::Input,
                format!("the body is what the provider `{base}` sends"),
            )
            .hint(format!("start from it: `--extends {base}`")));
        }
    }
    let mut reading = Reading::default();
    let (around, record) = match value {
        Json::Array(items) => {
            let first = items.first().ok_or_else(empty)?;
            (leaf("{ records: all }"), first)
        }
        Json::Object(_) => match place(value, 0) {
            Some(path) => {
                let around = reading.around(value, &path, 0);
                (
                    around,
                    value.pointer(&format!("{path}/0")).ok_or_else(empty)?,
                )
            }
            None => (leaf("{ records: one }"), value),
        },
        _ => return Err(empty()),
    };
    Ok(reading.finish(vec![("body".to_owned(), around)], record))
}

fn empty() -> Problem {
    Problem::new(Code::Input, "the body has no record")
        .hint("use an example that sends at least one log entry")
}

/// The first list of objects or texts: where the records stand.
fn place(value: &Json, depth: usize) -> Option<String> {
    let members = value.as_object().filter(|_| depth < MAX_DEPTH)?;
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    let is_list = |value: &Json| {
        let items = value.as_array().filter(|items| !items.is_empty());
        items.is_some_and(|items| items.iter().all(Json::is_object))
    };
    let mut all = members
        .iter()
        .filter(|(key, value)| !is_special(key, value));
    let here = all.clone().find(|(_, value)| is_list(value));
    if let Some((key, _)) = here {
        return Some(format!("/{}", escaped(key)));
    }
    all.find_map(|(key, value)| {
        let inner = place(value, depth + 1)?;
        Some(format!("/{}{inner}", escaped(key)))
    })
}

/// Lines of JSON; Elasticsearch has a line before each record.
fn ndjson(values: &[Json]) -> Result<Body, Problem> {
    let mut reading = Reading::default();
    let mut around = vec![("lines".to_owned(), leaf("ndjson"))];
    let is_action = |value: &Json| {
        let only = value.as_object().filter(|it| it.len() == 1);
        only.is_some_and(|it| {
            ["create", "index"]
                .iter()
                .any(|word| it.contains_key(*word))
        })
    };
    let record = match values {
        [action, record, ..] if is_action(action) => {
            around.push(("before".to_owned(), reading.constant("", action, 0)));
            record
        }
        [record, ..] => record,
        [] => return Err(empty()),
    };
    Ok(reading.finish(around, record))
}

fn lines_of_text() -> Body {
    let pieces = [
        "{ from: timestamp, as: rfc3339_ms }",
        "\" \"",
        "{ from: level, as: level_upper }",
        "\" \"",
        "{ from: message }",
    ];
    Body {
        around: vec![("lines".to_owned(), leaf("text"))],
        record: Shape::List(pieces.map(leaf).to_vec()),
        levels: None,
        event: event(&Map::new(), &Map::new(), false),
        secrets: Vec::new(),
    }
}

fn leaf(text: &str) -> Shape {
    Shape::Leaf(text.to_owned())
}

/// What an example's event has besides time, level and message.
fn event(context: &Map<String, Json>, diagnostics: &Map<String, Json>, logger: bool) -> Json {
    let mut event = json!({
        "timestamp": "2026-01-02T03:04:05.678Z",
        "level": "INFO",
        "message": "order placed",
    });
    if logger {
        event["logger"] = json!("svc.orders");
    }
    for (part, values) in [("context", context), ("diagnostics", diagnostics)] {
        if !values.is_empty() {
            event[part] = Json::Object(values.clone());
        }
    }
    event["data"] = json!({ "order_id": 42 });
    event
}

#[derive(Default)]
struct Reading {
    context: Map<String, Json>,
    diagnostics: Map<String, Json>,
    logger: bool,
    has_message: bool,
    has_rest: bool,
    levels: Option<&'static str>,
    secrets: Vec<String>,
}

impl Reading {
    fn finish(mut self, around: Vec<(String, Shape)>, record: &Json) -> Body {
        let mut record = match record {
            Json::Object(members) => self.members(members, 0),
            _ => Shape::Map(Vec::new()),
        };
        // An object of which nothing could be taken over.
        if !matches!(record, Shape::Map(_)) {
            record = Shape::Map(Vec::new());
            self.has_rest = false;
        }
        if let Shape::Map(members) = &mut record {
            if !self.has_message {
                // A record has one, also where the example's key for it holds something else.
                members.retain(|(key, _)| key != "message");
            }
            let mut add = |key: &str, text: &str, mark| {
                if !members.iter().any(|(known, _)| known == key) {
                    members.push((key.to_owned(), Shape::Marked(text.to_owned(), mark)));
                }
            };
            if !self.has_message {
                let mark = "the key that the vendor has for the message";
                add("message", "{ from: message }", mark);
            }
            if !self.has_rest {
                let mark = "where what the application logs goes; without it that is not sent";
                add("*", "{ rest: data }", mark);
            }
            let mark = "whether the vendor takes these";
            add("context", "{ rest: context }", mark);
            add("diagnostics", "{ rest: diagnostics }", mark);
        }
        Body {
            around,
            record,
            levels: self.levels,
            event: event(&self.context, &self.diagnostics, self.logger),
            secrets: self.secrets,
        }
    }

    fn members(&mut self, members: &Map<String, Json>, depth: usize) -> Shape {
        let mut shapes = Vec::new();
        for (key, value) in members.iter().take(MAX_MEMBERS) {
            if is_special(key, value) {
                continue;
            }
            let shape = self.member(key, value, depth);
            shapes.push((key.clone(), shape));
        }
        if shapes.is_empty() {
            if self.has_rest {
                return leaf("{}");
            }
            self.has_rest = true;
            return leaf("{ rest: data }");
        }
        Shape::Map(shapes)
    }

    fn member(&mut self, key: &str, value: &Json, depth: usize) -> Shape {
        let name = snake(key.rsplit('.').next().unwrap_or(key));
        let name = name.trim_start_matches("value_");
        let text = value.as_str();
        if let Some(form) = time_form(name, value) {
            return leaf(&format!("{{ from: timestamp, as: {form} }}"));
        }
        if !self.has_message && text.is_some() && MESSAGE.contains(&name) {
            self.has_message = true;
            return leaf("{ from: message }");
        }
        if LEVEL.contains(&name) && (text.is_some() || value.is_u64()) {
            return self.level(name, value);
        }
        if let Some(found) = text.and_then(|_| source(name)) {
            self.give(found);
            return leaf(&format!("{{ from: {found} }}"));
        }
        match value {
            Json::Object(inner) if REST.contains(&name) && !holds_known(inner) => {
                if self.has_rest {
                    return leaf("{ rest: context }");
                }
                self.has_rest = true;
                leaf("{ rest: data }")
            }
            Json::Object(inner) if depth < MAX_DEPTH => self.members(inner, depth + 1),
            _ => self.constant(key, value, depth),
        }
    }

    /// A value of an example that stands for a source of the event.
    fn give(&mut self, source: &str) {
        let Some((part, key)) = source.split_once('.') else {
            self.logger |= source == "logger";
            return;
        };
        let value = match key {
            "trace_id" => "4bf92f3577b34da6a3ce929d0e0e4736",
            "span_id" => "00f067aa0ba902b7",
            "host" => "web-1",
            _ => "checkout",
        };
        let values = if part == "context" {
            &mut self.context
        } else {
            &mut self.diagnostics
        };
        values.insert(key.to_owned(), value.into());
    }

    fn level(&mut self, name: &str, value: &Json) -> Shape {
        let mapped = "{ from: level, as: level_map }";
        match value.as_str() {
            Some(word) if word == word.to_lowercase() => leaf("{ from: level }"),
            Some(word) if word == word.to_uppercase() => leaf("{ from: level, as: level_upper }"),
            Some(_) => {
                self.levels = Some(
                    "{ debug: Debug, info: Info, warning: Warning, error: Error, critical: Critical, other: Info }",
                );
                Shape::Marked(
                    mapped.to_owned(),
                    "the vendor's words for levels, under `levels`",
                )
            }
            None => {
                self.levels = Some(if name.contains("number") {
                    "{ debug: 5, info: 9, warning: 13, error: 17, critical: 21, other: 9 }"
                } else {
                    "{ debug: 7, info: 6, warning: 4, error: 3, critical: 2, other: 6 }"
                });
                Shape::Marked(
                    mapped.to_owned(),
                    "the vendor's numbers for levels, under `levels`",
                )
            }
        }
    }

    /// What stands around the records: constants, and the place of the records at `path`.
    fn around(&mut self, value: &Json, path: &str, depth: usize) -> Shape {
        let Some(members) = value.as_object() else {
            return leaf("{ records: all }");
        };
        let (step, rest) = path[1..]
            .split_once('/')
            .map_or((&path[1..], String::new()), |(step, rest)| {
                (step, format!("/{rest}"))
            });
        let step = step.replace("~1", "/").replace("~0", "~");
        let shapes = members.iter().take(MAX_MEMBERS);
        let shapes = shapes.filter(|(key, value)| !is_special(key, value));
        let shapes = shapes.map(|(key, value)| {
            let shape = if *key != step {
                self.constant(key, value, depth)
            } else if rest.is_empty() {
                leaf("{ records: all }")
            } else {
                self.around(value, &rest, depth + 1)
            };
            (key.clone(), shape)
        });
        Shape::Map(shapes.collect())
    }

    /// A value of the vendor's own, as it stands; a secret is none.
    fn constant(&mut self, key: &str, value: &Json, depth: usize) -> Shape {
        match value {
            Json::Object(members) if !members.is_empty() && depth < MAX_DEPTH => {
                let shapes = members.iter().take(MAX_MEMBERS);
                let shapes = shapes.filter(|(key, value)| !is_special(key, value));
                let shapes =
                    shapes.map(|(key, value)| (key.clone(), self.constant(key, value, depth + 1)));
                Shape::Map(shapes.collect())
            }
            Json::Object(_) => leaf("{}"),
            Json::Array(items) if !items.is_empty() && depth < MAX_DEPTH => {
                let items = items.iter().take(MAX_MEMBERS);
                Shape::List(
                    items
                        .map(|item| self.constant("", item, depth + 1))
                        .collect(),
                )
            }
            Json::Array(_) => leaf("[]"),
            Json::String(text)
                if is_secret_name(key) || looks_secret(text) && !is_identifier(key, text) =>
            {
                if text.len() >= 4 {
                    self.secrets.push(text.clone());
                }
                let mark = "a secret stood here, and a body takes none: look for another way to authenticate";
                Shape::Marked("example".to_owned(), mark)
            }
            Json::String(text) if text.chars().any(is_unprintable) => {
                let mark = "the vendor's word: what stood here has characters that no spec takes";
                Shape::Marked("example".to_owned(), mark)
            }
            Json::String(text) => {
                let text = match text.as_str() {
                    braces if braces.contains(['{', '}']) => {
                        format!("{{ literal: {} }}", quoted(braces))
                    }
                    plain => quoted(plain),
                };
                Shape::Marked(text, "the vendor's word, or where the value comes from")
            }
            // A spec takes a number as it is written in full.
            Json::Number(number) if number.to_string().contains(['e', 'E']) => {
                let mark = "the vendor's number: what stood here is not written in full";
                Shape::Marked("0".to_owned(), mark)
            }
            other => leaf(&other.to_string()),
        }
    }
}
