//! Requests of the worked examples, made by both specs.

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::super::interpret::{Encoded, Event, Interpreter, Request, Settings, health, request};
use super::super::model::{RequestVector, Sink};
use super::super::prove::NOW_SECONDS;
use super::settings::Renamed;
use super::{Area, Found};

const NOW: i64 = NOW_SECONDS * 1_000_000_000;

/// Places of a body that are named; more are counted.
const MAX_PLACES: usize = 4;

/// Carries out the examples of both specs with both, each name once.
pub fn compare(old: &Sink, new: &Sink, renamed: &Renamed, found: &mut Found) {
    let before = old.vectors.requests.iter();
    for vector in before {
        let config = |(name, value): (&String, &Json)| {
            let name = renamed.get(name).unwrap_or(name);
            (name.clone(), value.clone())
        };
        let given: IndexMap<String, Json> = vector.config.iter().map(config).collect();
        one(old, new, vector, [&vector.config, &given], found);
    }
    let is_known = |name: &str| old.vectors.requests.iter().any(|it| it.name == name);
    for vector in new.vectors.requests.iter().filter(|it| !is_known(&it.name)) {
        // What only the new one can be given is no news to those who run the old one.
        if Settings::read(old, &vector.config).is_ok() {
            one(old, new, vector, [&vector.config; 2], found);
        }
    }
}

fn one(
    old: &Sink,
    new: &Sink,
    vector: &RequestVector,
    config: [&IndexMap<String, Json>; 2],
    found: &mut Found,
) {
    let name = format!("example {}", vector.name);
    let Ok(before) = Made::of(old, vector, config[0]) else {
        // A spec whose own example cannot be carried out is not valid, and was refused.
        return;
    };
    match Made::of(new, vector, config[1]) {
        Ok(after) => differences(&name, &before, &after, found),
        Err(refused) => found.breaking(
            Area::Wire,
            &name,
            format!("its settings are refused: {refused}"),
        ),
    }
}

/// A request, and what checks whether the provider is there.
struct Made {
    line: String,
    headers: Vec<(String, String)>,
    body: String,
    health: Option<String>,
}

impl Made {
    fn of(
        sink: &Sink,
        vector: &RequestVector,
        config: &IndexMap<String, Json>,
    ) -> Result<Self, String> {
        let settings = Settings::read(sink, config).map_err(|refused| {
            let all = refused
                .iter()
                .map(|it| format!("`{}` {}", it.setting, it.message));
            all.collect::<Vec<_>>().join("; ")
        })?;
        let mut interpreter = Interpreter::new(sink, settings);
        let records: Vec<Encoded> = vector
            .events
            .iter()
            .map(|event| interpreter.encode(&Event::read(event, NOW), NOW))
            .collect();
        let all: Vec<&Encoded> = records.iter().collect();
        let address = |request: &Request| format!("{:?} {}", request.method, request.shown_url);
        Ok(match request(&interpreter, &all, NOW) {
            Some(made) => Self {
                line: address(&made),
                headers: made
                    .headers
                    .iter()
                    .map(|it| (it.name.to_lowercase(), it.shown.clone()))
                    .collect(),
                health: health(&interpreter, NOW).as_ref().map(address),
                body: made.body,
            },
            None => Self {
                line: String::new(),
                headers: Vec::new(),
                health: None,
                body: all.iter().flat_map(|it| [&*it.bytes, "\n"]).collect(),
            },
        })
    }
}

fn differences(name: &str, before: &Made, after: &Made, found: &mut Found) {
    if before.line != after.line {
        let message = format!("{} becomes {}", before.line, after.line);
        found.breaking(Area::Wire, name, message);
    }
    if before.health != after.health {
        let shown = |it: &Option<String>| it.clone().unwrap_or_else(|| "none".to_owned());
        let message = format!(
            "the health check {} becomes {}",
            shown(&before.health),
            shown(&after.health)
        );
        found.harmless(Area::Wire, name, message);
    }
    headers(name, &before.headers, &after.headers, found);
    if before.body != after.body {
        let (breaking, message) = body(&before.body, &after.body);
        found.push(breaking, Area::Wire, name, message);
    }
}

fn headers(name: &str, was: &[(String, String)], is: &[(String, String)], found: &mut Found) {
    let value = |all: &[(String, String)], name: &str| {
        all.iter().find(|it| it.0 == name).map(|it| it.1.clone())
    };
    for (header, before) in was {
        match value(is, header) {
            None => found.breaking(Area::Wire, name, format!("the header `{header}` is gone")),
            Some(after) if after != *before => {
                let message = format!("the header `{header}: {before}` becomes `{after}`");
                found.breaking(Area::Wire, name, message);
            }
            Some(_) => {}
        }
    }
    for (header, after) in is.iter().filter(|it| value(was, &it.0).is_none()) {
        found.harmless(
            Area::Wire,
            name,
            format!("the header `{header}: {after}` is new"),
        );
    }
}

/// How two bodies differ; members that are new break nothing.
fn body(before: &str, after: &str) -> (bool, String) {
    let (Some(was), Some(is)) = (values(before), values(after)) else {
        let same = before
            .bytes()
            .zip(after.bytes())
            .take_while(|(a, b)| a == b);
        return (true, format!("the body differs from byte {}", same.count()));
    };
    let mut places = Places::default();
    if let ([was], [is]) = (was.as_slice(), is.as_slice()) {
        places.compare("", was, is);
    } else if was.len() == is.len() {
        for (index, (was, is)) in was.iter().zip(&is).enumerate() {
            places.compare(&format!("line {}: ", index + 1), was, is);
        }
    } else {
        let message = format!("the body has {} lines where it had {}", is.len(), was.len());
        return (true, message);
    }
    let mut parts = Vec::new();
    let groups = [
        ("other", &places.changed),
        ("gone", &places.gone),
        ("new", &places.new),
    ];
    for (word, all) in groups.into_iter().filter(|(_, all)| !all.is_empty()) {
        let named: Vec<&str> = all.iter().take(MAX_PLACES).map(String::as_str).collect();
        let more = match all.len().saturating_sub(MAX_PLACES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        parts.push(format!("{word}: {}{more}", named.join(", ")));
    }
    let breaking = !places.changed.is_empty() || !places.gone.is_empty();
    if parts.is_empty() {
        return (
            false,
            "the body has the same values in other bytes".to_owned(),
        );
    }
    (breaking, format!("the body: {}", parts.join("; ")))
}

/// A body as one JSON value, or as one a line.
fn values(body: &str) -> Option<Vec<Json>> {
    if let Ok(one) = serde_json::from_str(body) {
        return Some(vec![one]);
    }
    let lines = body.lines().filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_str(line).ok()).collect()
}

/// Places where two JSON values differ, as pointers.
#[derive(Default)]
struct Places {
    changed: Vec<String>,
    gone: Vec<String>,
    new: Vec<String>,
}

impl Places {
    /// Recursion is bounded by the depth that JSON is read to.
    fn compare(&mut self, at: &str, was: &Json, is: &Json) {
        match (was, is) {
            (Json::Object(was), Json::Object(is)) => {
                for (key, before) in was {
                    let at = format!("{at}/{key}");
                    match is.get(key) {
                        Some(after) => self.compare(&at, before, after),
                        None => self.gone.push(format!("`{at}`")),
                    }
                }
                let fresh = is.keys().filter(|key| !was.contains_key(*key));
                self.new.extend(fresh.map(|key| format!("`{at}/{key}`")));
            }
            (Json::Array(was), Json::Array(is)) if was.len() == is.len() => {
                for (index, (was, is)) in was.iter().zip(is).enumerate() {
                    self.compare(&format!("{at}/{index}"), was, is);
                }
            }
            (was, is) if was == is => {}
            // A record that stands as text in another one.
            (Json::String(was), Json::String(is)) => {
                let inner = |text: &str| serde_json::from_str(text).ok().filter(Json::is_object);
                match (inner(was), inner(is)) {
                    (Some(was), Some(is)) => self.compare(at, &was, &is),
                    _ => self.changed.push(format!("`{at}`")),
                }
            }
            _ => self.changed.push(format!("`{at}`")),
        }
    }
}
