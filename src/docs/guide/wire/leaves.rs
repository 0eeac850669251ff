//! The single values of a record, each with the path that leads to it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value as Json;

/// Stands where a path goes on within a text that is JSON itself.
const INTO_TEXT: &str = " → ";

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Where it stands.
    pub path: String,
    /// As it is shown.
    pub value: String,
}

impl Leaf {
    pub fn new(path: &str, value: &str) -> Self {
        Self {
            path: path.to_owned(),
            value: value.to_owned(),
        }
    }
}

/// The values of a record: of JSON each, of several lines of JSON those of each line, of any other text
/// the text.
pub fn leaves(path: &str, record: &str) -> Vec<Leaf> {
    let mut found = Vec::new();
    match serde_json::from_str::<Json>(record) {
        Ok(json) => collect(path, &json, &mut found),
        Err(_) if record.lines().count() > 1 => {
            for line in record.lines() {
                found.extend(leaves(path, line));
            }
        }
        Err(_) => found.push(Leaf::new(&or_whole(path), record)),
    }
    found
}

fn collect(path: &str, json: &Json, found: &mut Vec<Leaf>) {
    match json {
        Json::Object(members) => {
            for (key, value) in members {
                let dot = if path.is_empty() || path.ends_with(INTO_TEXT) {
                    ""
                } else {
                    "."
                };
                collect(&format!("{path}{dot}{key}"), value, found);
            }
        }
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                // A list of named pairs is read by name.
                let name = item.get("key").and_then(Json::as_str);
                let step = name.map_or_else(|| index.to_string(), str::to_owned);
                match (name, item.get("value")) {
                    (Some(_), Some(value)) => collect(&format!("{path}[{step}]"), value, found),
                    _ => collect(&format!("{path}[{step}]"), item, found),
                }
            }
        }
        Json::String(text) => match inner(text) {
            Some(inner) => collect(&format!("{path}{INTO_TEXT}"), &inner, found),
            None => found.push(Leaf::new(&or_whole(path), text)),
        },
        other => found.push(Leaf::new(&or_whole(path), &other.to_string())),
    }
}

/// The object that a text holds, as it is or in base64.
fn inner(text: &str) -> Option<Json> {
    let object = |text: &str| serde_json::from_str(text).ok().filter(Json::is_object);
    object(text).or_else(|| {
        let decoded = String::from_utf8(BASE64.decode(text).ok()?).ok()?;
        object(&decoded)
    })
}

fn or_whole(path: &str) -> String {
    if path.is_empty() {
        "the record".to_owned()
    } else {
        path.trim_end_matches(INTO_TEXT).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(record: &str) -> Vec<(String, String)> {
        let leaves = leaves("", record).into_iter();
        leaves.map(|leaf| (leaf.path, leaf.value)).collect()
    }

    fn pair(path: &str, value: &str) -> (String, String) {
        (path.to_owned(), value.to_owned())
    }

    #[test]
    fn a_path_goes_on_within_texts_that_are_json_and_within_base64() {
        let base64 = BASE64.encode("{\"b\":2}");

        assert_eq!(
            paths(&format!("[\"1\",\"{{\\\"a\\\":1}}\",\"{base64}\"]")),
            [pair("[0]", "1"), pair("[1] → a", "1"), pair("[2] → b", "2")]
        );
    }

    #[test]
    fn pairs_are_named_and_lines_are_read_one_by_one() {
        assert_eq!(
            paths(
                "{\"create\":{}}\n{\"attributes\":[{\"key\":\"a\",\"value\":{\"intValue\":\"1\"}}]}"
            ),
            [pair("attributes[a].intValue", "1")]
        );
        assert_eq!(paths("a line"), [pair("the record", "a line")]);
    }
}
