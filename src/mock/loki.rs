//! What Loki does that no spec says: labels, structured metadata, what it cannot decode.
//!
//! Source: Loki 3.7.8, observed, and `pkg/validation/limits.go`, `pkg/distributor/distributor.go`,
//! `pkg/chunkenc/unordered.go` of the same version.

use std::sync::Arc;

use serde_json::Value;

use super::framing::RawRecord;
use super::json::{Kind, Node};

const MAX_LABELS: usize = 15;
const MAX_LABEL_NAME_BYTES: usize = 1024;
const MAX_LABEL_VALUE_BYTES: usize = 2048;
const MAX_METADATA_PAIRS: usize = 128;
const MAX_METADATA_BYTES: usize = 64 * 1024;

/// Takes `{"streams":[{"stream":{…},"values":[…]}]}` apart.
///
/// A bad label set refuses the records of its stream alone; a shape Loki cannot decode refuses the
/// whole push.
pub(super) fn streams(body: &str, node: Node) -> Result<Vec<RawRecord<'_>>, String> {
    let mut records = Vec::new();
    for (key, value) in members(node, "the push")? {
        if key != "streams" {
            return Err(format!("unknown key `{key}` beside `streams`"));
        }
        let found = value.kind_name();
        let Kind::List(streams) = value.kind else {
            return Err(format!("`streams` is {found}, expected a list"));
        };
        for stream in streams {
            records.extend(one_stream(body, stream)?);
        }
    }
    Ok(records)
}

fn members(node: Node, what: &str) -> Result<Vec<(String, Node)>, String> {
    let found = node.kind_name();
    match node.kind {
        Kind::Object(members) => Ok(members),
        _ => Err(format!("{what} is {found}, expected an object")),
    }
}

fn one_stream(body: &str, node: Node) -> Result<Vec<RawRecord<'_>>, String> {
    let mut labels = None;
    let mut values = None;
    for (key, value) in members(node, "a stream")? {
        match (key.as_str(), value.kind) {
            ("stream", Kind::Object(members)) => labels = Some(members),
            ("values", Kind::List(elements)) => values = Some(elements),
            ("stream" | "values", _) => {
                return Err(format!("`{key}` of a stream has the wrong type"));
            }
            _ => return Err(format!("unknown key `{key}` in a stream")),
        }
    }
    let labels = labels.ok_or("a stream has no `stream`")?;
    let problem = label_problem(&labels)?.map(Arc::from);
    let group: Arc<Value> = Arc::new(
        labels
            .iter()
            .map(|(name, node)| (name.clone(), node.to_value()))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    );
    values
        .ok_or("a stream has no `values`")?
        .into_iter()
        .map(|entry| {
            decodable(&entry)?;
            Ok(RawRecord {
                text: &body[entry.span.clone()],
                own: 0,
                node: entry,
                group: Some(Arc::clone(&group)),
                problem: problem.clone(),
            })
        })
        .collect()
}

/// Why Loki refuses a label set; the error is for one it cannot decode.
fn label_problem(labels: &[(String, Node)]) -> Result<Option<String>, String> {
    if labels.is_empty() {
        return Ok(Some(
            "at least one label pair is required per stream".to_owned(),
        ));
    }
    // Loki adds this one itself where it is missing, and counts it in neither case.
    let counted = labels.iter().filter(|(name, _)| name != "service_name");
    let count = counted.count();
    if count > MAX_LABELS {
        return Ok(Some(format!(
            "stream has {count} label names; limit {MAX_LABELS}"
        )));
    }
    for (name, node) in labels {
        let Some(value) = node.as_text() else {
            return Err(format!(
                "the label `{name}` is {}, expected a text",
                node.kind_name()
            ));
        };
        if !valid_name(name) {
            return Ok(Some(format!("invalid label name `{name}`")));
        }
        if name.len() > MAX_LABEL_NAME_BYTES || value.len() > MAX_LABEL_VALUE_BYTES {
            return Ok(Some(format!("the label `{name:.40}` is too long")));
        }
    }
    Ok(None)
}

fn valid_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        // Reserved for Loki's own labels.
        && !name.starts_with("__")
}

/// What makes a whole push undecodable: `["<ns>", "<line>"]` with other types, metadata not text.
fn decodable(entry: &Node) -> Result<(), String> {
    let elements = entry.as_list().ok_or("an entry is not a list")?;
    let ([time, line] | [time, line, _]) = elements else {
        let found = elements.len();
        return Err(format!("an entry has {found} elements, expected 2 or 3"));
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !time.as_text().is_some_and(digits) {
        return Err("an entry's timestamp is not a text of nanoseconds".to_owned());
    }
    if line.as_text().is_none() {
        return Err(format!(
            "an entry's line is {}, expected a text",
            line.kind_name()
        ));
    }
    let Some(metadata) = elements.get(2) else {
        return Ok(());
    };
    let pairs = metadata
        .as_object()
        .ok_or("structured metadata is not an object")?;
    match pairs.iter().find(|(_, node)| node.as_text().is_none()) {
        Some((name, node)) => Err(format!(
            "structured metadata `{name}` is {}, expected a text",
            node.kind_name()
        )),
        None => Ok(()),
    }
}

/// Why Loki refuses an entry for its structured metadata.
pub(super) fn metadata_problem(metadata: &Node) -> Option<String> {
    let pairs = metadata.as_object()?;
    let bytes: usize = pairs
        .iter()
        .map(|(name, node)| name.len() + node.as_text().map_or(0, str::len))
        .sum();
    if pairs.len() > MAX_METADATA_PAIRS {
        return Some(format!(
            "{} structured metadata pairs; limit {MAX_METADATA_PAIRS}",
            pairs.len()
        ));
    }
    (bytes > MAX_METADATA_BYTES)
        .then(|| format!("{bytes} bytes of structured metadata; limit {MAX_METADATA_BYTES}"))
}

/// Loki's text after some entries were refused and the others stored.
pub(super) fn partial_text(problem: &str, refused: usize, total: usize) -> String {
    format!("{problem}, total ignored: {refused} out of {total}")
}

#[cfg(test)]
mod tests {
    use super::super::json::parse;
    use super::*;

    fn push(body: &str) -> Result<Vec<Option<String>>, String> {
        let records = streams(body, parse(body).unwrap())?;
        Ok(records
            .iter()
            .map(|record| record.problem.as_deref().map(str::to_owned))
            .collect())
    }

    fn stream(labels: &str, entry: &str) -> String {
        format!(r#"{{"streams":[{{"stream":{labels},"values":[{entry}]}}]}}"#)
    }

    #[test]
    fn entries_of_other_types_make_the_push_undecodable() {
        let good = r#"["1","line",{"k":"v"}]"#;
        assert_eq!(Ok(vec![None]), push(&stream(r#"{"app":"a"}"#, good)));

        for entry in [
            r#"[1,"line"]"#,
            r#"["1",2]"#,
            r#"["1","l",{"k":1}]"#,
            r#"["1"]"#,
            r#"["2026-01-02T03:04:05Z","l"]"#,
            "{}",
        ] {
            assert!(push(&stream(r#"{"app":"a"}"#, entry)).is_err(), "{entry}");
        }
    }

    #[test]
    fn the_service_name_is_not_counted() {
        let labels = |count: usize| {
            let labels = (0..count).map(|n| format!(",\"l{n}\":\"v\""));
            format!(r#"{{"service_name":"a"{}}}"#, labels.collect::<String>())
        };

        let problems = [15, 16].map(|count| push(&stream(&labels(count), r#"["1","l"]"#)).unwrap());

        assert!(problems[0][0].is_none() && problems[1][0].is_some());
    }

    #[test]
    fn bad_labels_refuse_their_stream_only() {
        let many: String = (0..16)
            .map(|n| format!("\"l{n}\":\"v\""))
            .collect::<Vec<_>>()
            .join(",");
        let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(2049));
        for labels in [
            r#"{"service.name":"a"}"#,
            r#"{"__name":"a"}"#,
            r#"{"1a":"b"}"#,
            "{}",
            &format!("{{{many}}}"),
            &long,
        ] {
            let problems = push(&stream(labels, r#"["1","l"]"#)).unwrap();
            assert!(problems[0].is_some(), "{labels}");
        }
        assert!(push(&stream(r#"{"a":1}"#, r#"["1","l"]"#)).is_err());
    }
}
