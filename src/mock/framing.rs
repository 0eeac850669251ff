//! Takes a body apart into records, one function per framing.

use std::sync::Arc;

use serde_json::Value;

use super::json::{self, Kind, Node};
use super::loki;
use super::template;
use crate::spec::model::Framing;

/// One record as it stood in the body.
#[derive(Debug)]
pub(super) struct RawRecord<'a> {
    /// Its bytes on the wire.
    pub text: &'a str,
    /// Its value.
    pub node: Node,
    /// The action line or label set it came with.
    pub group: Option<Arc<Value>>,
    /// Why the vendor refuses the group it stands in.
    pub problem: Option<Arc<str>>,
}

/// Splits a body into its records; the error says why the whole body is not as documented.
pub(super) fn split<'a>(framing: &Framing, body: &'a str) -> Result<Vec<RawRecord<'a>>, String> {
    match framing {
        Framing::JsonArray {} => array(body, parse(body)?),
        Framing::Ndjson {} => lines(body)?
            .into_iter()
            .map(|line| Ok(plain(line, parse(line)?)))
            .collect(),
        Framing::Concatenated {} => concatenated(body),
        Framing::ActionLines { action } => action_lines(body, action),
        Framing::JsonObject { list, constants } => {
            let mut expected: Vec<(&str, Option<&Value>)> = constants
                .iter()
                .map(|(key, value)| (key.as_str(), Some(value)))
                .collect();
            expected.push((list, None));
            object(body, &expected, list)
        }
        Framing::GroupedStreams { .. } => loki::streams(body, parse(body)?),
        Framing::Sdk {} => Err("this provider's records arrive through its SDK".to_owned()),
    }
}

fn parse(text: &str) -> Result<Node, String> {
    json::parse(text).map_err(|error| format!("not JSON: {error}"))
}

fn plain(text: &str, node: Node) -> RawRecord<'_> {
    RawRecord {
        text,
        node,
        group: None,
        problem: None,
    }
}

fn array(body: &str, node: Node) -> Result<Vec<RawRecord<'_>>, String> {
    let found = node.kind_name();
    let Kind::List(elements) = node.kind else {
        return Err(format!("expected a list of records, found {found}"));
    };
    Ok(elements
        .into_iter()
        .map(|element| plain(&body[element.span.clone()], element))
        .collect())
}

/// The lines of a body; each ends with a newline, none is empty.
fn lines(body: &str) -> Result<Vec<&str>, String> {
    if body.is_empty() {
        return Ok(Vec::new());
    }
    let Some(body) = body.strip_suffix('\n') else {
        return Err("the last line does not end with a newline".to_owned());
    };
    let lines: Vec<_> = body.split('\n').collect();
    match lines.iter().position(|line| line.trim().is_empty()) {
        Some(empty) => Err(format!("line {} is empty", empty + 1)),
        None => Ok(lines),
    }
}

fn concatenated(body: &str) -> Result<Vec<RawRecord<'_>>, String> {
    let mut records = Vec::new();
    let mut at = 0;
    loop {
        let next = json::parse_next(body, at).map_err(|error| format!("not JSON: {error}"))?;
        let Some(node) = next else {
            return Ok(records);
        };
        at = node.span.end;
        records.push(plain(&body[node.span.clone()], node));
    }
}

fn action_lines<'a>(body: &'a str, action: &Value) -> Result<Vec<RawRecord<'a>>, String> {
    let lines = lines(body)?;
    if lines.len() % 2 != 0 {
        return Err("the last action line has no record after it".to_owned());
    }
    let mut records = Vec::with_capacity(lines.len() / 2);
    for (index, pair) in lines.chunks_exact(2).enumerate() {
        let found = parse(pair[0])?.to_value();
        if !fits(action, &found) {
            let line = index * 2 + 1;
            return Err(format!(
                "line {line}: expected the action {action}, found {found}"
            ));
        }
        records.push(RawRecord {
            group: Some(Arc::new(found)),
            ..plain(pair[1], parse(pair[1])?)
        });
    }
    Ok(records)
}

/// True when `found` is `expected` with its holes filled; a text with a hole may be left out.
fn fits(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            let wanted = expected.iter().all(|(key, value)| match found.get(key) {
                Some(found) => fits(value, found),
                None => value.as_str().is_some_and(template::has_hole),
            });
            wanted && found.keys().all(|key| expected.contains_key(key))
        }
        (Value::String(expected), Value::String(found)) => {
            template::matches(expected, found, template::plain)
        }
        _ => expected == found,
    }
}

fn object<'a>(
    body: &'a str,
    expected: &[(&str, Option<&Value>)],
    list: &str,
) -> Result<Vec<RawRecord<'a>>, String> {
    let node = parse(body)?;
    let found = node.kind_name();
    let Kind::Object(members) = node.kind else {
        return Err(format!("expected an object, found {found}"));
    };
    for (key, constant) in expected {
        let Some((_, node)) = members.iter().find(|(name, _)| name == key) else {
            return Err(format!("the key `{key}` is missing"));
        };
        if constant.is_some_and(|constant| *constant != node.to_value()) {
            return Err(format!("the key `{key}` has another value than documented"));
        }
    }
    let mut records = None;
    for (key, node) in members {
        if key == list {
            records = Some(array(body, node)?);
        } else if !expected.iter().any(|(name, _)| *name == key) {
            return Err(format!("unknown key `{key}`"));
        }
    }
    Ok(records.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn texts(framing: &Framing, body: &str) -> Result<Vec<String>, String> {
        let records = split(framing, body)?;
        Ok(records
            .iter()
            .map(|record| record.text.to_owned())
            .collect())
    }

    fn two() -> Vec<String> {
        vec![r#"{"a":1}"#.to_owned(), r#"{"a":2}"#.to_owned()]
    }

    #[test]
    fn json_array_is_one_list() {
        assert_eq!(
            Ok(two()),
            texts(&Framing::JsonArray {}, r#"[{"a":1},{"a":2}]"#)
        );
        assert!(texts(&Framing::JsonArray {}, r#"{"a":1}"#).is_err());
        assert!(texts(&Framing::JsonArray {}, r#"[{"a":1},{"a":2,}]"#).is_err());
    }

    #[test]
    fn ndjson_ends_every_line() {
        assert_eq!(
            Ok(two()),
            texts(&Framing::Ndjson {}, "{\"a\":1}\n{\"a\":2}\n")
        );
        assert!(texts(&Framing::Ndjson {}, "{\"a\":1}\n{\"a\":2}").is_err());
        assert!(texts(&Framing::Ndjson {}, "{\"a\":1}\n\n{\"a\":2}\n").is_err());
    }

    #[test]
    fn concatenated_objects_follow_each_other() {
        assert_eq!(
            Ok(two()),
            texts(&Framing::Concatenated {}, r#"{"a":1}{"a":2}"#)
        );
        assert!(texts(&Framing::Concatenated {}, r#"{"a":1},{"a":2}"#).is_err());
    }

    #[test]
    fn action_lines_equal_the_documented_action() {
        let framing = Framing::ActionLines {
            action: json!({"create": {"_index": "logs-{dataset}"}}),
        };
        let with =
            |index: &str| format!("{{\"create\":{{\"_index\":\"{index}\"}}}}\n{{\"a\":1}}\n");

        assert_eq!(
            Ok(vec!["{\"a\":1}".to_owned()]),
            texts(&framing, &with("logs-app"))
        );
        assert!(texts(&framing, &with("metrics")).is_err());
        assert!(texts(&framing, &with("logs-")).is_err());
        assert!(texts(&framing, "{\"index\":{\"_index\":\"logs-a\"}}\n{\"a\":1}\n").is_err());
        assert!(texts(&framing, "{\"create\":{\"_index\":\"logs-a\"}}\n").is_err());
    }

    #[test]
    fn json_object_has_its_list_and_constants_only() {
        let framing = Framing::JsonObject {
            list: "logs".to_owned(),
            constants: [("v".to_owned(), json!(1))].into_iter().collect(),
        };

        assert_eq!(
            Ok(two()),
            texts(&framing, r#"{"v":1,"logs":[{"a":1},{"a":2}]}"#)
        );
        for body in [
            r#"{"v":2,"logs":[]}"#,
            r#"{"logs":[]}"#,
            r#"{"v":1}"#,
            r#"{"v":1,"logs":[],"x":1}"#,
            "[]",
        ] {
            assert!(texts(&framing, body).is_err(), "{body}");
        }
    }
}
