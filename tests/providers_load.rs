//! Every provider spec of the repository is accepted by the loader, and means what its worked examples
//! say.

use std::path::Path;

use fapilog_gen::assets::Assets;
use fapilog_gen::sink::interpret::{Reply, Settings, WhatNow, interpret};
use fapilog_gen::sink::{Sink, Source, load_all, load_file};
use indexmap::IndexMap;
use serde_json::{Value, json};

#[test]
fn every_spec_of_the_repository_is_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut problems = String::new();
    let mut loaded = 0;
    for folder in [
        "providers",
        "tests/specs",
        "tests/backends",
        "tests/edge_specs",
    ] {
        let entries = std::fs::read_dir(root.join(folder)).expect("the folder is there");
        for entry in entries {
            let path = entry.expect("an entry can be read").path();
            if path
                .extension()
                .is_some_and(|extension| extension == "yaml")
            {
                match load_file(&path) {
                    Ok(_) => loaded += 1,
                    Err(found) => problems.push_str(&found.to_string()),
                }
            }
        }
    }

    assert!(problems.is_empty(), "{problems}");
    assert!(loaded >= 55, "only {loaded} specs");
}

/// What a source says that is a choice of ours; every other figure is a vendor's.
const OWN_CHOICE: &str = "A choice of this sink";

/// Sources that figures of a sink cite.
fn cited(sink: &Sink) -> Vec<&Source> {
    let limits = &sink.limits;
    let optional = [
        limits.max_batch_events,
        limits.max_age.as_ref().map(|limit| limit.seconds),
        limits.max_ahead.as_ref().map(|limit| limit.seconds),
        limits.max_span,
    ];
    [limits.max_batch_bytes, limits.max_event_bytes]
        .into_iter()
        .chain(optional.into_iter().flatten())
        .map(|figure| sink.source(figure.source))
        .collect()
}

/// That it has a source with a day is checked of every spec, see `tests/bad_specs`.
#[test]
fn every_figure_of_a_built_in_provider_says_where_it_was_read() {
    let sinks = load_all(&Assets::embedded()).expect("valid specs");

    let mut without = Vec::new();
    for sink in &sinks {
        for source in cited(sink) {
            if source.url.is_none() && !source.title.starts_with(OWN_CHOICE) {
                without.push(format!("{}: `{}`", sink.id, source.key));
            }
        }
    }

    assert!(
        without.is_empty(),
        "give these sources a `url`, or a title that starts with `{OWN_CHOICE}`: {without:#?}"
    );
}

/// Components of a Collector's configuration: what each section defines, and what refers to it.
/// What an answer means for three events of a sink.
fn verdict(sink: &Sink, status: u16, headers: &IndexMap<String, String>, body: &str) -> WhatNow {
    let headers = headers.iter();
    let reply = Reply {
        status,
        headers: headers
            .map(|(name, value)| (name.to_lowercase(), value.clone()))
            .collect(),
        body: body.to_owned(),
    };
    interpret(sink, &reply, 3, 0.0).outcome
}

#[test]
fn a_refused_credential_or_an_unknown_place_ends_no_event_and_names_settings() {
    let sinks = load_all(&Assets::embedded()).expect("the built-in specs");
    let http: Vec<_> = sinks.iter().filter(|sink| sink.is_http()).collect();
    assert!(http.len() > 30);
    for sink in http {
        let id = &sink.id;
        let mut answers = vec![
            (401, IndexMap::new(), String::new()),
            (403, IndexMap::new(), String::new()),
        ];
        if let Some(unauthorized) = &sink.canned.unauthorized {
            let given = unauthorized.clone();
            answers.push((given.status, given.headers, given.body));
        }
        for (status, headers, body) in answers {
            let found = verdict(sink, status, &headers, &body);
            let is_kept = matches!(
                found,
                WhatNow::Paused | WhatNow::Transient | WhatNow::Throttled
            );
            assert!(is_kept, "{id}: {status} {body} comes to {found:?}");
        }
        let found = verdict(sink, 404, &IndexMap::new(), "");
        assert!(
            matches!(found, WhatNow::Paused),
            "{id}: 404 comes to {found:?}"
        );
        // Who takes credentials names them, and everybody where events go.
        let asks = sink
            .credentials
            .iter()
            .any(|one| !Sink::settings_of(one).is_empty());
        assert_eq!(asks, !sink.credential_names().is_empty(), "{id}");
        assert!(!sink.place_names().is_empty(), "{id}");
    }
}

#[test]
fn the_collector_of_the_guide_is_wired_up() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/collectors.md")).expect("the page is there");
    let (_, rest) = page.split_once("```yaml\n").expect("a configuration");
    let (text, _) = rest.split_once("\n```").expect("its end");
    let config: Value = serde_yaml::from_str(text).expect("valid YAML");
    let names = |value: &Value| -> Vec<String> {
        let listed = value.as_array().into_iter().flatten();
        let listed = listed.map(|name| name.as_str().expect("a name").to_owned());
        let defined = value.as_object().into_iter().flatten();
        listed
            .chain(defined.map(|(name, _)| name.clone()))
            .collect()
    };

    let service = &config["service"];
    let logs = &service["pipelines"]["logs"];
    for section in ["receivers", "processors", "exporters"] {
        assert_eq!(names(&config[section]), names(&logs[section]), "{section}");
        assert!(!names(&logs[section]).is_empty(), "{section}");
    }
    let mut extensions = names(&service["extensions"]);
    extensions.sort();
    assert_eq!(["file_storage", "health_check"], extensions[..]);
    let queue = &config["exporters"]["otlphttp"]["sending_queue"];
    assert_eq!("file_storage", queue["storage"]);
    // What a sink counts on is what the receiver takes.
    let http = &config["receivers"]["otlp"]["protocols"]["http"];
    let otlp = load_file(&root.join("providers/otlp.yaml")).expect("a valid spec");
    assert_eq!(
        otlp.sink.limits.max_batch_bytes.value,
        http["max_request_body_size"]
    );
}

#[test]
fn pairs_are_read_as_the_shared_table_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table: Value = serde_json::from_str(include_str!("settings/pairs.json")).expect("JSON");
    let otlp = load_file(&root.join("providers/otlp.yaml")).expect("a valid spec");
    let id = otlp.sink.setting_named("attributes").expect("a setting");
    let read = |text: &str| {
        let given = [("url", json!("http://a")), ("attributes", json!(text))];
        let given: IndexMap<_, _> = given.map(|(name, value)| (name.to_owned(), value)).into();
        let settings = Settings::read(&otlp.sink, &given).ok()?;
        Some(settings.present(id).cloned())
    };

    for (text, pairs) in table["taken"].as_object().expect("an object") {
        assert_eq!(Some(Some(pairs.clone())), read(text), "{text}");
    }
    for text in table["refused"].as_array().expect("a list") {
        assert_eq!(None, read(text.as_str().expect("a text")), "{text}");
    }
}
