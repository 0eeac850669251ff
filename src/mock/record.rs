//! Checks one record against the shape that the sink gives it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Clients;
use super::clock::{self, describe};
use super::json::{self, Kind, Node};
use super::loki;
use super::template;
use crate::sink::{
    self, Chain, From, KeyForm, LevelForm, Member, Record, Rest, RestForm, RestValues, SettingForm,
    Sink, TextForm, TimeEncoding, Value,
};

/// What a record that fits its shape says.
#[derive(Debug, Default)]
pub(super) struct Checked {
    /// Nanoseconds since 1970.
    pub timestamp: Option<i64>,
    /// Bytes as the vendor counts one event.
    pub bytes: usize,
}

/// Checks one record; the error says what is wrong with it.
pub(super) fn check(
    sink: &Sink,
    clients: Clients,
    node: &Node,
    text: &str,
) -> Result<Checked, String> {
    let found = shaped(sink, clients, node, text);
    let is_object =
        node.as_object().is_some() && matches!(sink.payload.record, Record::Json { .. });
    // What another client's record says of its time, only the vendor knows.
    if clients == Clients::Any && is_object {
        let unread = Checked {
            timestamp: None,
            bytes: text.len(),
        };
        return Ok(found.unwrap_or(unread));
    }
    found
}

/// Checks one record against the shape that the sink gives it.
fn shaped(sink: &Sink, clients: Clients, node: &Node, text: &str) -> Result<Checked, String> {
    let mut checker = Checker {
        sink,
        clients,
        timestamp: None,
    };
    let bytes = match &sink.payload.record {
        Record::Json { value, .. } => {
            checker.value(value, node)?;
            text.len()
        }
        // A line of text has no structure of its own.
        Record::Text(_) => text.len(),
        Record::StreamEntry { line, metadata } => checker.entry(line, metadata, node)?,
    };
    Ok(Checked {
        timestamp: checker.timestamp,
        bytes,
    })
}

/// Checks what stands before a record, or around all of them; `records` is what the place of the
/// records holds.
pub(super) fn check_around<'n>(
    sink: &Sink,
    clients: Clients,
    value: &Value,
    node: &'n Node,
) -> Result<Option<&'n Node>, String> {
    let mut checker = Checker {
        sink,
        clients,
        timestamp: None,
    };
    if clients == Clients::Sinks {
        checker.value(value, node)?;
    } else if node.as_object().is_none() && node.as_list().is_none() {
        return Err(format!(
            "expected an object or a list, found {}",
            describe(node)
        ));
    }
    Ok(records(value, node))
}

/// The node at the place of the records.
fn records<'n>(value: &Value, node: &'n Node) -> Option<&'n Node> {
    match value {
        Value::Records => Some(node),
        Value::Object(members) => members.iter().find_map(|member| match member {
            Member::Field { key, value } => records(value, node.get(key)?),
            Member::Merge { .. } => None,
        }),
        // Items before the place may be left out: only the one that has it fits.
        Value::List(items) => items.iter().find_map(|item| {
            let nodes = node.as_list().unwrap_or_default();
            nodes.iter().find_map(|node| records(item, node))
        }),
        _ => None,
    }
}

struct Checker<'s> {
    sink: &'s Sink,
    clients: Clients,
    timestamp: Option<i64>,
}

impl Checker<'_> {
    fn value(&mut self, value: &Value, node: &Node) -> Result<(), String> {
        match value {
            Value::Literal(expected) if *expected == node.to_value() => Ok(()),
            Value::Literal(expected) => {
                Err(format!("expected {expected}, found {}", describe(node)))
            }
            Value::Text(text) => match node.as_text() {
                Some(found) if template::matches(text, found, template::plain) => Ok(()),
                _ => Err(format!(
                    "expected `{}`, found {}",
                    template::shown(text),
                    describe(node)
                )),
            },
            Value::Chain(chain) => self.chain(chain, node),
            Value::Object(members) => self.object(members, node),
            Value::List(items) => self.list(items, node),
            Value::Rest(rest) => check_rest(rest, node),
            Value::Encoded {
                value,
                form,
                append,
            } => self.encoded(value, *form, append, node),
            Value::Each { .. } => attribute(node),
            Value::Records if node.as_list().is_some() => Ok(()),
            Value::Records => Err(format!(
                "expected a list of records, found {}",
                node.kind_name()
            )),
        }
    }

    fn object(&mut self, members: &[Member], node: &Node) -> Result<(), String> {
        let Some(found) = node.as_object() else {
            return Err(format!("expected an object, found {}", describe(node)));
        };
        let mut merged = false;
        let mut known = Vec::new();
        for member in members {
            let (key, value) = match member {
                Member::Field { key, value } => (key, value),
                Member::Merge { .. } => {
                    merged = true;
                    continue;
                }
            };
            known.push(key);
            match node.get(key) {
                Some(node) => self
                    .value(value, node)
                    .map_err(|problem| format!("`{key}`: {problem}"))?,
                None if value.is_always(self.sink) => {
                    return Err(format!("the key `{key}` is missing"));
                }
                None => {}
            }
        }
        match found.iter().find(|(key, _)| !known.contains(&key)) {
            Some((key, _)) if !merged => Err(format!("unknown key `{key}`")),
            _ => Ok(()),
        }
    }

    /// Items in order; those that may be left out may be missing.
    fn list(&mut self, items: &[Value], node: &Node) -> Result<(), String> {
        let Some(found) = node.as_list() else {
            return Err(format!("expected a list, found {}", describe(node)));
        };
        let mut nodes = found.iter().peekable();
        for item in items {
            if let Value::Each { except, .. } = item {
                let is_one = |node: &&Node| {
                    let key = node.get("key").and_then(Node::as_text);
                    attribute(node).is_ok()
                        && key.is_some_and(|key| !except.iter().any(|it| it == key))
                };
                while nodes.next_if(is_one).is_some() {}
                continue;
            }
            let problem = match nodes.peek() {
                Some(node) => match self.value(item, node) {
                    Ok(()) => {
                        nodes.next();
                        continue;
                    }
                    Err(problem) => problem,
                },
                None => "an item is missing".to_owned(),
            };
            if item.is_always(self.sink) {
                return Err(problem);
            }
        }
        match nodes.next() {
            Some(node) => Err(format!("an item too many: {}", describe(node))),
            None => Ok(()),
        }
    }

    fn encoded(
        &mut self,
        value: &Value,
        form: TextForm,
        append: &str,
        node: &Node,
    ) -> Result<(), String> {
        let text = node
            .as_text()
            .ok_or_else(|| format!("expected a text, found {}", describe(node)))?;
        let decoded = match form {
            TextForm::JsonText => text.to_owned(),
            TextForm::Base64 => {
                let bytes = STANDARD
                    .decode(text)
                    .map_err(|error| format!("not base64: {error}"))?;
                String::from_utf8(bytes).map_err(|error| format!("base64 of no UTF-8: {error}"))?
            }
        };
        let inner = decoded
            .strip_suffix(append)
            .ok_or_else(|| format!("the text does not end in {append:?}"))?;
        let inner = json::parse(inner).map_err(|error| format!("the text is not JSON: {error}"))?;
        self.value(value, &inner)
    }

    /// A value that one of the sources can have written.
    fn chain(&mut self, chain: &Chain, node: &Node) -> Result<(), String> {
        let mut problem = String::new();
        for from in &chain.sources {
            match self.source(from, node) {
                Ok(()) => return Ok(()),
                Err(found) => problem = found,
            }
        }
        Err(problem)
    }

    fn source(&mut self, from: &From, node: &Node) -> Result<(), String> {
        match from {
            From::Timestamp(encoding) => {
                self.timestamp = Some(clock::read(*encoding, node)?);
                Ok(())
            }
            From::Now(encoding) => clock::read(*encoding, node).map(|_| ()),
            From::Level(form) => self.level(*form, node),
            From::Message | From::Logger => text(node).map(|_| ()),
            From::Part(_) => expect(node.as_object().is_some(), "an object", node),
            From::Key { form, .. } => key(*form, node),
            From::Setting { id, form } => setting(self.sink.setting(*id), *form, node),
            From::Pair { .. } => text(node).map(|_| ()),
            From::Default(expected) => {
                expect(*expected == node.to_value(), &expected.to_string(), node)
            }
        }
    }

    /// One of the provider's words, or the name of a level the provider has no word for.
    fn level(&self, form: LevelForm, node: &Node) -> Result<(), String> {
        let levels = self.sink.payload.levels.as_ref();
        let Some(levels) = levels.filter(|_| form == LevelForm::Map) else {
            let word = text(node)?;
            let cased = match form {
                LevelForm::Upper => word.to_uppercase(),
                LevelForm::Lower | LevelForm::Map => word.to_lowercase(),
            };
            let case = if form == LevelForm::Upper {
                "upper"
            } else {
                "lower"
            };
            let expected = format!("a level in {case} case");
            return expect(!word.is_empty() && word == cased, &expected, node);
        };
        let found = node.to_value();
        if levels.words.contains(&found) || levels.other.as_ref() == Some(&found) {
            return Ok(());
        }
        let is_own = |word: &str| !word.is_empty() && word == word.to_lowercase();
        let is_level = |word: &str| {
            let mut names = sink::LevelName::ALL.iter();
            names.any(|name| name.name() == word)
        };
        let is_custom = levels.other.is_none()
            && node
                .as_text()
                .is_some_and(|word| is_own(word) && !is_level(word));
        expect(is_custom, "one of the provider's levels", node)
    }

    /// `["<ns>", "<line>", {metadata}]`, already known to be decodable; gives the bytes of the line.
    fn entry(
        &mut self,
        line: &Record,
        metadata: &[(String, Chain)],
        node: &Node,
    ) -> Result<usize, String> {
        let elements = node.as_list().unwrap_or_default();
        let [time, text, more @ ..] = elements else {
            return Err("an entry is not `[timestamp, line]`".to_owned());
        };
        let text = text.as_text().unwrap_or_default();
        if let (Record::Json { value, .. }, Clients::Sinks) = (line, self.clients) {
            let inner =
                json::parse(text).map_err(|error| format!("the line is not JSON: {error}"))?;
            self.value(value, &inner)?;
        }
        if let Some(pairs) = more.first() {
            if let Some(problem) = loki::metadata_problem(pairs) {
                return Err(problem);
            }
            let is_known = |name: &str| metadata.iter().any(|(known, _)| known == name);
            let mut names = pairs.as_object().unwrap_or_default().iter();
            if let Some((name, _)) = names.find(|(name, _)| !is_known(name))
                && self.clients == Clients::Sinks
            {
                return Err(format!("unknown structured metadata `{name}`"));
            }
        }
        self.timestamp = Some(clock::read(TimeEncoding::UnixNsText, time)?);
        Ok(text.len())
    }
}

fn expect(fits: bool, expected: &str, node: &Node) -> Result<(), String> {
    if fits {
        Ok(())
    } else {
        Err(format!("expected {expected}, found {}", describe(node)))
    }
}

fn text(node: &Node) -> Result<&str, String> {
    node.as_text()
        .ok_or_else(|| format!("expected a text, found {}", describe(node)))
}

fn key(form: KeyForm, node: &Node) -> Result<(), String> {
    match form {
        KeyForm::Json => expect(!matches!(node.kind, Kind::Null), "a value", node),
        KeyForm::Text => expect(
            node.as_text().is_some_and(|text| !text.is_empty()),
            "a text",
            node,
        ),
        KeyForm::Base64 => {
            let is_base64 = STANDARD.decode(text(node)?).is_ok();
            expect(is_base64, "a text in base64", node)
        }
        KeyForm::OtlpValue => any_value(node),
    }
}

fn setting(setting: &sink::Setting, form: SettingForm, node: &Node) -> Result<(), String> {
    match form {
        SettingForm::Text => expect(
            node.as_text().is_some_and(|text| !text.is_empty()),
            "a text",
            node,
        ),
        SettingForm::OtlpAttributes => attributes(node),
        SettingForm::Json => {
            let (fits, expected) = match setting.kind {
                sink::Kind::Bool => (matches!(node.kind, Kind::Bool(_)), "a boolean"),
                sink::Kind::Int { .. } | sink::Kind::Float { .. } | sink::Kind::Duration { .. } => {
                    (matches!(node.kind, Kind::Number(_)), "a number")
                }
                sink::Kind::List { .. } => (node.as_list().is_some(), "a list"),
                sink::Kind::Map => (node.as_object().is_some(), "an object"),
                _ => (node.as_text().is_some(), "a text"),
            };
            expect(fits, expected, node)
        }
    }
}

fn check_rest(rest: &Rest, node: &Node) -> Result<(), String> {
    match rest.form {
        RestForm::OtlpAttributes => attributes(node),
        RestForm::JsonText => {
            let inner = json::parse(text(node)?)
                .map_err(|error| format!("the text is not JSON: {error}"))?;
            expect(inner.as_object().is_some(), "an object as text", node)
        }
        RestForm::Object => {
            let members = node
                .as_object()
                .ok_or_else(|| format!("expected an object, found {}", node.kind_name()))?;
            let is_fitting = |value: &Node| match rest.shape.values {
                RestValues::Any => true,
                RestValues::Scalars => value.as_list().is_none() && value.as_object().is_none(),
                RestValues::Texts => value.as_text().is_some(),
            };
            match members.iter().find(|(_, value)| !is_fitting(value)) {
                Some((key, value)) => Err(format!("`{key}` is {}", value.kind_name())),
                None => Ok(()),
            }
        }
    }
}

/// OTLP's `[{"key":…,"value":{…}}]`.
fn attributes(node: &Node) -> Result<(), String> {
    let items = node
        .as_list()
        .ok_or_else(|| format!("expected a list of attributes, found {}", node.kind_name()))?;
    items.iter().try_for_each(attribute)
}

/// One attribute.
fn attribute(node: &Node) -> Result<(), String> {
    let key = node.get("key").and_then(Node::as_text);
    let (Some(_), Some(value)) = (key, node.get("value")) else {
        return Err("an attribute is not `{\"key\":…,\"value\":…}`".to_owned());
    };
    any_value(value)
}

/// OTLP's `AnyValue` in its JSON form: at most one of its fields, whole numbers as text.
fn any_value(node: &Node) -> Result<(), String> {
    let members = node
        .as_object()
        .ok_or_else(|| format!("expected an AnyValue, found {}", node.kind_name()))?;
    let [] = members else {
        let [(name, value)] = members else {
            return Err("an AnyValue has more than one field".to_owned());
        };
        let fits = match name.as_str() {
            "stringValue" | "intValue" => value.as_text().is_some(),
            "boolValue" => matches!(value.kind, Kind::Bool(_)),
            "doubleValue" => matches!(value.kind, Kind::Number(_)),
            "arrayValue" | "kvlistValue" => value.as_object().is_some(),
            _ => false,
        };
        return expect(fits, "a field of AnyValue", node);
    };
    Ok(())
}
