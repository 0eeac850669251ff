//! What is generated is formatted as rustfmt would, though no formatter runs: names and texts of
//! every length, and lists of every size, over the places where a line may have to break.
//!
//! Bounds: ids up to 32 characters, type prefixes up to 38, setting names up to 34 to 60 by their
//! type, record fields and query names up to 60, texts up to 300, paths up to 90, headers up to 52,
//! lists up to 30 items. Not swept: long lists of single statuses mixed with ranges under
//! `responses.items`, the AWS transport.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fapilog_gen::assets::Assets;
use fapilog_gen::languages::rust::Place;
use fapilog_gen::project::plan::plan;
use fapilog_gen::project::render::render;
use fapilog_gen::sink::{Sink, load_text};
use serde_json::{Map, Value, json};

const VARIANTS: usize = 96;

/// A number from `low` to `high` that sweeps through them at its own pace.
fn sweep(variant: usize, pace: usize, low: usize, high: usize) -> usize {
    low + (variant * pace + pace / 2) % (high - low + 1)
}

/// A name of exactly `length` characters, words divided by `_`.
fn name(start: &str, length: usize) -> String {
    let mut name = start.to_owned();
    while name.len() < length {
        let divides = name.len() % 7 == 6 && name.len() + 1 < length;
        name.push(if divides { '_' } else { 'x' });
    }
    name.truncate(length.max(start.len()));
    name
}

fn words(length: usize) -> String {
    let mut text = "lorem ipsum dolor sit amet consectetur ".repeat(1 + length / 38);
    text.truncate(length);
    text.trim_end().to_owned()
}

/// The small spec with names and texts of other lengths.
fn variant(n: usize) -> Value {
    let at = |pace, low, high| sweep(n, pace, low, high);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_specs/valid.yaml");
    let text = fs::read_to_string(path).expect("the small spec");
    let text = text
        .replace("api_key", &name("key", at(5, 3, 34)))
        .replace("{site}", &format!("{{{}}}", name("site", at(7, 4, 40))))
        .replace("  site:", &format!("  {}:", name("site", at(7, 4, 40))))
        .replace("shards:", &format!("{}:", name("shards", at(11, 6, 60))))
        .replace(
            "config.shards",
            &format!("config.{}", name("shards", at(11, 6, 60))),
        )
        .replace("example-key", "example-api-key");
    let mut spec: Value = serde_yaml::from_str(&text).expect("YAML");
    spec["id"] = name("ac", at(1, 2, 32)).into();
    if n.is_multiple_of(2) {
        spec["names"] = json!({});
    } else {
        let prefix = format!("Ac{}", "x".repeat(at(3, 0, 36)));
        spec["names"]["type_prefix"] = prefix.into();
    }
    spec["title"] = words(at(13, 4, 120)).into();
    settings(n, &mut spec["config"]);
    endpoint(n, &mut spec["endpoint"]);
    payload(n, &mut spec);
    refer_to_all(n, &mut spec);
    responses(n, &mut spec["responses"]);
    vectors(n, &mut spec);
    spec
}

fn settings(n: usize, config: &mut Value) {
    let at = |pace, low, high| sweep(n, pace, low, high);
    let fields = config.as_object_mut().expect("settings");
    for (index, (_, field)) in fields.iter_mut().enumerate() {
        let env = |number: usize| {
            format!(
                "ACME_{index}_{number}_{}",
                "E".repeat(at(3 + number + index, 1, 30))
            )
        };
        field["env"] = (0..at(3 + index, 1, 4)).map(env).collect();
        field["description"] = words(at(7 + index, 10, 200)).into();
        if field["type"] == "enum" {
            let value = |number: usize| format!("{}{number}", name("v", at(5, 1, 24)));
            let values: Vec<Value> = (0..at(5, 1, 24))
                .map(|number| json!({ "value": value(number), "description": words(20) }))
                .collect();
            field["values"] = values.into();
            field["default"] = value(0).into();
        }
    }
    let item = |number: usize| format!("{}{number}", name("i", at(11, 1, 30)));
    let list: Vec<String> = (0..at(3, 0, 9)).map(item).collect();
    let pairs: Map<String, Value> = (0..at(5, 0, 6))
        .map(|i| (item(i), item(i).into()))
        .collect();
    fields["tags"]["default"] = pairs.into();
    let check = json!({
        "min_length": 1, "max_length": at(17, 1, 4000), "charset": format!("A-Za-z{}", "0".repeat(at(7, 0, 60))),
        "forbid": "!".repeat(at(3, 1, 50)), "not_prefix": "p".repeat(at(5, 1, 70)),
    });
    for (key, mut field) in [
        ("listed", json!({ "type": "list", "default": list })),
        (
            "given",
            json!({ "type": "string", "required": n.is_multiple_of(3), "check": check }),
        ),
        (
            "chosen",
            json!({ "type": "string", "check": check, "default": "d".repeat(at(9, 1, 90)) }),
        ),
        (
            "waited",
            json!({ "type": "duration", "default": 1.5, "min": 0.25, "max": 3600 }),
        ),
        (
            "counted",
            json!({ "type": "int", "min": -5, "max": 1_000_000 }),
        ),
        (
            "rated",
            json!({ "type": "float", "default": 0.5, "min": 0, "max": 1 }),
        ),
    ] {
        field["description"] = words(at(19, 5, 300)).into();
        let key = name(key, at(13, 4, 44));
        field["env"] = json!([format!("ACME_{}", key.to_uppercase())]);
        fields.insert(key, field);
    }
}

fn endpoint(n: usize, endpoint: &mut Value) {
    let at = |pace, low, high| sweep(n, pace, low, high);
    let setting = name("counted", at(13, 4, 44));
    endpoint["path"] = format!("/{}", "p".repeat(at(5, 1, 90))).into();
    endpoint["health"]["path"] = format!("/{}", "h".repeat(at(7, 1, 90))).into();
    endpoint["health"]["healthy"] = (200..200 + at(3, 1, 24)).collect();
    for (name, value) in [
        (
            format!("X-{}", "N".repeat(at(3, 1, 50))),
            "v".repeat(at(7, 1, 70)),
        ),
        (
            "X-Filled".to_owned(),
            format!("{}{{{setting}}}", "f".repeat(at(3, 0, 40))),
        ),
        ("X-Whole".to_owned(), format!("{{{setting}}}")),
    ] {
        endpoint["headers"][name] = value.into();
    }
    endpoint["query"]["filled"] = format!("{}{{{setting}}}", "q".repeat(at(5, 0, 60))).into();
    endpoint["query"][name("plain", at(7, 5, 60))] = "v".repeat(at(3, 1, 40)).into();
}

fn payload(n: usize, spec: &mut Value) {
    let at = |pace, low, high| sweep(n, pace, low, high);
    let site = name("site", at(7, 4, 40));
    let payload = spec["payload"].as_object_mut().expect("a payload");
    let list = name("l", at(3, 1, 60));
    match n % 6 {
        0 => {}
        1 => {
            payload.remove("body");
            payload.insert("lines".to_owned(), "ndjson".into());
        }
        2 => {
            payload["body"] = json!({ list: { "records": "all" }, "c": "c".repeat(at(5, 1, 60)) });
        }
        3 => {
            payload["body"] = json!({
                "c": format!("{}{{{site}}}", "c".repeat(at(5, 0, 60))),
                "d": { list: { "from": format!("config.{site}") }, "e": [{ "f": "f".repeat(at(9, 1, 70)) }, null] },
                "records": { "records": "all" },
            });
        }
        4 => {
            payload.remove("body");
            payload.insert("lines".to_owned(), "ndjson".into());
            let index = format!("{}{{{site}}}", "i".repeat(at(5, 0, 60)));
            payload.insert("before".to_owned(), json!({ list: { "_index": index } }));
        }
        _ => {
            payload.remove("body");
            payload.insert("lines".to_owned(), "text".into());
            payload.insert("record".to_owned(), line(n));
        }
    }
    if payload["record"].is_object() {
        record(n, &site, &mut payload["record"]);
        let reserved: Vec<String> = (0..at(5, 0, 12))
            .map(|i| format!("r{i}{}", "r".repeat(at(3, 0, 20))))
            .collect();
        payload.insert("reserved".to_owned(), reserved.into());
    }
    let same = "w".repeat(at(11, 1, 40));
    payload["levels"] = match n % 4 {
        0 => {
            json!({ "warning": same, "error": same, "critical": same, "info": same, "audit": same, "security": same })
        }
        1 => json!({ "warning": 4, "error": 3, "other": 6 }),
        2 => json!({ "trace": "t", "debug": same }),
        _ => json!({ "warning": same }),
    };
}

/// The members of a record, in every form of the language.
fn record(n: usize, site: &str, record: &mut Value) {
    let at = |pace, low, high| sweep(n, pace, low, high);
    for index in 0..at(3, 1, 12) {
        let key = name(&format!("f{index}"), at(5 + index, 2, 60));
        let path = name(&format!("p{index}"), at(7 + index, 2, 50));
        let text = "t".repeat(at(11 + index, 1, 90));
        record[&key] = match (index + n) % 12 {
            0 => json!({ "from": format!("data.{path}") }),
            1 => json!(path),
            2 => json!({ "nested": path, "deep": { &key: [text, 1, { "from": "logger" }] } }),
            3 => {
                json!({ "from": [format!("data.{path}/{key}"), format!("context.{key}"), "message"] })
            }
            4 => json!(format!("{text}{{event:context.{path}}}")),
            5 => json!(format!("{text}{{{site}}}")),
            6 => {
                json!({ "as": "json_text", "object": { &key: { "from": format!("data.{path}/{key}") } } })
            }
            7 => {
                json!({ "as": "base64", "append": text, "object": { path: { "from": "message" } } })
            }
            8 => {
                json!({ "rest": "diagnostics", "prefix": "p".repeat(at(9, 1, 30)), "values": "texts", "max": 9 })
            }
            9 => json!({ "from": format!("context.{path}"), "as": "text", "default": text }),
            10 => json!({ "from": "timestamp", "as": "rfc3339_ns" }),
            _ => json!({ "from": [format!("config.{site}")] }),
        };
    }
    record["*"] = json!({ "rest": "data", "clash_prefix": "c".repeat(at(7, 1, 60)) });
}

/// Refers to every setting, in the query or the record.
fn refer_to_all(n: usize, spec: &mut Value) {
    let settings = spec["config"].as_object().expect("settings");
    let names: Vec<String> = settings
        .iter()
        .filter(|(_, field)| field["type"] != "secret" && field["type"] != "url")
        .map(|(name, _)| name.clone())
        .collect();
    for (index, name) in names.iter().enumerate() {
        if spec["payload"]["record"].is_object() && (n + index).is_multiple_of(2) {
            spec["payload"]["record"][name] = json!({ "from": format!("config.{name}") });
        } else {
            spec["endpoint"]["query"][name] = format!("{{{name}}}").into();
        }
    }
}

/// A line of text with holes of every kind.
fn line(n: usize) -> Value {
    let at = |pace, low, high| sweep(n, pace, low, high);
    let path = name("p", at(7, 2, 50));
    json!([
        { "from": "timestamp", "as": "spaced_ms" },
        "t".repeat(at(11, 1, 90)),
        { "from": "level", "as": "level_map" },
        format!(" {}{{event:context.{path}}} ", "u".repeat(at(5, 0, 60))),
        { "from": [format!("data.{path}/{path}"), format!("context.{path}"), "message"] },
        { "from": "message" },
        { "rest": "all" },
    ])
}

fn responses(n: usize, responses: &mut Value) {
    let at = |pace, low, high| sweep(n, pace, low, high);
    responses["error_text"] = format!("/{}", "e".repeat(at(3, 1, 70))).into();
    responses["code"] = format!("/{}", "c".repeat(at(5, 1, 70))).into();
    responses["retry_after"] = json!({ "header": format!("X-{}", "R".repeat(at(7, 1, 60))) });
    let items = &mut responses["items"];
    items["list"] = format!("/{}", "l".repeat(at(11, 1, 90))).into();
    items["error"] = format!("/{}", "e".repeat(at(13, 1, 90))).into();
    items["retryable"] = (429..429 + at(5, 1, 30)).collect();
    items["refused_when"] = json!({ "pointer": format!("/{}", "w".repeat(at(3, 1, 50))), "equals": "q".repeat(at(7, 1, 50)) });
    let rules = responses["rules"].as_array_mut().expect("rules");
    rules[1]["code"] = (0..at(3, 1, 9))
        .map(|i| format!("E_{i}{}", "C".repeat(at(5, 0, 24))))
        .collect();
    rules[1]["note"] = words(at(17, 5, 240)).into();
    rules[3]["status"] = (401..401 + at(7, 2, 11)).collect();
    let odd: Vec<u16> = (430..430 + u16::try_from(at(7, 1, 30)).expect("small")).collect();
    rules.push(
        json!({ "status": odd, "outcome": if n.is_multiple_of(2) { "split" } else { "paused" } }),
    );
}

fn vectors(n: usize, spec: &mut Value) {
    let at = |pace, low, high| sweep(n, pace, low, high);
    let settings = spec["config"].as_object().expect("settings");
    let site = settings.values().find(|field| field["type"] == "enum");
    let site = site.and_then(|field| field["default"].as_str());
    let host = format!("https://logs.{}.acme.example", site.expect("a site"));
    let request = &mut spec["vectors"]["requests"][0];
    request["url"] = format!("{host}/{}", "u".repeat(at(3, 1, 90))).into();
    // The one that `endpoint` adds.
    request["headers"][format!("X-{}", "N".repeat(at(3, 1, 50)))] = "v".repeat(at(7, 1, 60)).into();
    let event = request["events"][0].clone();
    let events = vec![event; at(3, 1, 3)];
    // What would be sent is not asked for here.
    request["body"] = format!("\"{}\"", "b".repeat(at(11, 1, 300))).into();
    request["events"] = events.into();
    if n.is_multiple_of(3) {
        let given = name("given", at(13, 4, 44));
        request["config"][given] = "g".into();
    }
    let response = &mut spec["vectors"]["responses"][1];
    let header = |i: usize| {
        (
            format!("h-{i}{}", "h".repeat(at(5, 0, 24))),
            Value::from("1"),
        )
    };
    response["headers"] = (0..at(3, 0, 5)).map(header).collect::<Map<_, _>>().into();
    response["body"] = format!("\"{}\"", "r".repeat(at(7, 0, 90))).into();
}

fn write(folder: &Path, sink: &Sink) -> Vec<PathBuf> {
    let place = Place::Crate {
        name: "odd-sink".to_owned(),
    };
    let planned: Vec<_> = plan(&[sink], &place)
        .into_iter()
        .filter(|file| {
            file.path.rsplit('.').next() == Some("rs") && !file.path.contains("/cloud_sink_")
        })
        .collect();
    let files = render(&Assets::embedded(), &planned).unwrap_or_else(|error| panic!("{error:?}"));
    let mut paths = Vec::new();
    for file in files {
        let path = folder.join(&file.path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, &*file.contents).expect("a file");
        paths.push(path);
    }
    // The modules that are copied as they are.
    for name in ["cloud_sink_base", "cloud_sink_parts"] {
        fs::write(folder.join("src").join(format!("{name}.rs")), "// copied\n").expect("a file");
    }
    paths
}

#[test]
fn generated_files_are_formatted_whatever_the_lengths() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut paths = Vec::new();
    for n in 0..VARIANTS {
        let text = serde_json::to_string_pretty(&variant(n)).expect("a value");
        let loaded = load_text("odd.yaml", text.as_bytes());
        let sink = loaded
            .unwrap_or_else(|problems| panic!("variant {n}: {problems}"))
            .sink;
        paths.extend(write(&folder.path().join(n.to_string()), &sink));
    }

    let check = Command::new("rustfmt")
        .args(["--edition", "2024", "--check", "--color", "never"])
        .args(&paths)
        .output()
        .expect("rustfmt starts");

    let found = String::from_utf8_lossy(&check.stdout);
    assert!(
        check.status.success(),
        "{found}{}",
        String::from_utf8_lossy(&check.stderr)
    );
}
