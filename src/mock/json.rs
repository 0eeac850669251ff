//! A strict JSON reader that shares no code with the encoders.
//!
//! It refuses what a lenient reader would let through (a key that stands twice, a lone surrogate,
//! a control character inside a string) and keeps the byte span of every value, so that records
//! are shown and measured exactly as they stood on the wire.

use std::ops::Range;

use serde_json::{Map, Number, Value};

pub(super) use super::json_reader::{parse, parse_next};

/// One value and where it stood.
#[derive(Debug)]
pub(super) struct Node {
    pub span: Range<usize>,
    pub kind: Kind,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    /// The value of a key, if this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let Kind::Object(members) = &self.kind else {
            return None;
        };
        members
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, node)| node)
    }

    /// The text, if this is one.
    pub fn as_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The members, if this is an object.
    pub fn as_object(&self) -> Option<&[(String, Node)]> {
        match &self.kind {
            Kind::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The elements, if this is a list.
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.kind {
            Kind::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// The kind in words, for messages.
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Null => "null",
            Kind::Bool(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::Text(_) => "a text",
            Kind::List(_) => "a list",
            Kind::Object(_) => "an object",
        }
    }

    /// The same value without spans.
    pub fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(flag) => Value::Bool(*flag),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::List(elements) => elements.iter().map(Node::to_value).collect(),
            Kind::Object(members) => members
                .iter()
                .map(|(key, node)| (key.clone(), node.to_value()))
                .collect::<Map<_, _>>()
                .into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn reads_what_serde_json_reads() {
        let text =
            r#" {"a":[1,-2.5e3,true,false,null],"b":"\u00e9\ud83d\ude00\n\"","c":{},"d":[]} "#;

        assert_eq!(
            serde_json::from_str::<Value>(text).unwrap(),
            parse(text).unwrap().to_value()
        );
    }

    #[test]
    fn spans_are_the_bytes_on_the_wire() {
        let text = r#"[{"k" : 1}, "é"]"#;

        let list = parse(text).unwrap();

        let spans: Vec<_> = list
            .as_list()
            .unwrap()
            .iter()
            .map(|n| &text[n.span.clone()])
            .collect();
        assert_eq!(vec![r#"{"k" : 1}"#, "\"é\""], spans);
    }

    #[test]
    fn refuses_duplicate_keys_at_any_depth() {
        let many = (0..100).fold(String::new(), |text, n| text + &format!("\"k{n}\":1,"));

        assert!(problem(r#"[{"a":{"k":1,"k":2}}]"#).contains("`k` stands twice"));
        for again in [0, 50, 99] {
            let text = format!("{{{many}\"k{again}\":2}}");
            assert!(problem(&text).contains(&format!("`k{again}` stands twice")));
        }
        assert!(parse(&format!("{{{many}\"k\":2}}")).is_ok());
    }

    #[test]
    fn refuses_what_is_not_json() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\"}",
            "01",
            "1.",
            "nul",
            "\"a",
            "\"\u{1}\"",
            "\"\\x\"",
            "\"\\ud800\"",
            "\"\\ud800\\u0041\"",
            "[1] 2",
            "'a'",
            "{\"a\":1,}",
            "\"\\u00",
            "\"\\",
        ] {
            assert!(parse(text).is_err(), "{text:?} was accepted");
        }
    }

    #[test]
    fn refuses_deep_nesting() {
        assert!(problem(&"[".repeat(100_000)).contains("nested deeper"));
    }
}
