//! Hostile text in every field of a spec: it is refused, or it stays text.
//!
//! Each payload is put into every text of a spec at once, each with a mark of its own. What the
//! loader refuses, with its place, is put back; the rest is generated. The output is then compared
//! with that of a twin whose texts have the same width and nothing sharp in them: the same tokens,
//! each literal reading back as its text, the same lines of Markdown.

mod fields;
mod markdown;
mod payloads;
mod rust;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path};

use fapilog_gen::assets::Assets;
use fapilog_gen::diagnostics::{Diagnostics, is_unprintable};
use fapilog_gen::languages::rust::Place as RustPlace;
use fapilog_gen::project::plan::plan;
use fapilog_gen::project::render::render;
use fapilog_gen::spec::model::Spec;
use fapilog_gen::spec::{load_text, schema};
use serde_json::Value;

use fields::{Place, places, put};
use rust::Token;

const SPECS: [&str; 7] = [
    "tests/bad_specs/valid.yaml",
    "providers/cloudwatch.yaml",
    "providers/datadog.yaml",
    "providers/loki.yaml",
    "providers/elasticsearch.yaml",
    "providers/honeycomb.yaml",
    "providers/splunk_hec.yaml",
];

/// How a reference, path or address starts; the payload follows.
const STARTS: [&str; 7] = [
    "data.",
    "context.",
    "diagnostics.",
    "example-",
    "https://docs.acme.example/",
    "http://127.0.0.1:",
    "/",
];

fn read(path: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = fs::read_to_string(path).expect("a spec");
    serde_yaml::from_str(&text).expect("YAML")
}

/// One place with its hostile text and that of the twin.
#[derive(Debug, Clone)]
struct Planted {
    place: Place,
    mark: String,
    start: &'static str,
    hostile: String,
    twin: String,
}

fn plant(spec: &Value, places: &[Place], payload: &str, mark_first: bool) -> Vec<Planted> {
    let benign = payloads::benign(payload);
    let decorate = |index: usize, text: &str| {
        if mark_first {
            format!("q{index}q{text}")
        } else {
            format!("{text}q{index}q")
        }
    };
    let planted = places.iter().enumerate().map(|(index, place)| {
        let old = match &place.key {
            Some(key) => key.as_str(),
            None => spec
                .pointer(&place.pointer)
                .and_then(Value::as_str)
                .expect("a text"),
        };
        let start = STARTS
            .iter()
            .find(|start| old.starts_with(**start))
            .unwrap_or(&"");
        Planted {
            place: place.clone(),
            mark: format!("q{index}q"),
            start,
            hostile: decorate(index, payload),
            twin: decorate(index, &benign),
        }
    });
    planted.collect()
}

fn filled(spec: &Value, planted: &[Planted], text: impl Fn(&Planted) -> &str) -> String {
    let mut spec = spec.clone();
    // Keys last: they are part of the way to the values below them.
    for wants_key in [false, true] {
        for planted in planted
            .iter()
            .filter(|p| p.place.key.is_some() == wants_key)
        {
            put(
                &mut spec,
                &planted.place,
                &format!("{}{}", planted.start, text(planted)),
            );
        }
    }
    fields::yaml(&spec)
}

/// The spec of a text whose only problem is that its examples show another request: they are held
/// against settings, headers and payload, which this test changes.
fn contradicted(text: &str, problems: &Diagnostics) -> Option<Spec> {
    let line_of = |key: &str| text.lines().position(|line| line.starts_with(key));
    let examples = line_of("    \"requests\": [")?..line_of("    \"responses\": [")?;
    let mut lines = problems.0.iter().map(|problem| problem.line - 1);
    lines
        .all(|line| examples.contains(&line))
        .then(|| serde_yaml::from_str(text).expect("the same types"))
}

/// The spec with every text that is not refused, and those texts.
fn accepted(spec: &Value, mut planted: Vec<Planted>) -> (Spec, Vec<Planted>) {
    loop {
        let text = filled(spec, &planted, |p| &p.hostile);
        let problems = match load_text("hostile.yaml", text.as_bytes()) {
            Ok(loaded) => return (loaded.spec, planted),
            Err(problems) => problems,
        };
        let shown = problems.to_string();
        let hidden = shown.chars().find(|&c| c != '\n' && is_unprintable(c));
        assert_eq!(hidden, None, "{shown}");
        let lines: Vec<&str> = text.lines().collect();
        let before = planted.len();
        for problem in &problems.0 {
            assert!(problem.line > 0 && problem.column > 0, "no place: {shown}");
            let line = lines
                .get(problem.line - 1)
                .unwrap_or_else(|| panic!("no such line: {shown}"));
            planted.retain(|p| !line.contains(&p.mark));
        }
        if planted.len() < before {
            continue;
        }
        if let Some(spec) = contradicted(&text, &problems) {
            return (spec, planted);
        }
        // What is left follows from other texts of the same section.
        for problem in &problems.0 {
            let section = lines[..problem.line]
                .iter()
                .rev()
                .find_map(|line| line.strip_prefix("  \""));
            let section = section
                .and_then(|line| line.split('"').next())
                .unwrap_or_default();
            let sections = [section, "responses"];
            planted.retain(|p| {
                !sections
                    .iter()
                    .any(|name| p.place.pointer.starts_with(&format!("/{name}")))
            });
        }
        assert!(
            planted.len() < before,
            "refused for something else: {shown}"
        );
    }
}

fn generate(spec: &Spec) -> BTreeMap<String, String> {
    let place = RustPlace::Crate {
        name: "hostile-sink".to_owned(),
    };
    let planned = plan(&[spec], &place);
    for file in &planned {
        let inside = Path::new(&file.path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        assert!(
            inside && !file.path.contains('\\'),
            "planned outside: {:?}",
            file.path
        );
    }
    let ours = |path: &str| !path.contains("/cloud_sink_");
    let files: Vec<_> = planned
        .into_iter()
        .filter(|file| ours(&file.path))
        .collect();
    let files = render(&Assets::embedded(), &files).unwrap_or_else(|error| panic!("{error:?}"));
    files
        .into_iter()
        .map(|file| (file.path, file.contents))
        .collect()
}

/// The ways a text stands in a literal: as it is, inside JSON, inside a format string, as a header.
fn forms(text: &str) -> Vec<String> {
    let json = |text: &str| {
        let quoted = Value::from(text).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    };
    let braces = |text: &str| text.replace('{', "{{").replace('}', "}}");
    vec![
        text.to_owned(),
        json(text),
        json(&json(text)),
        braces(text),
        braces(&json(text)),
        text.to_ascii_lowercase(),
    ]
}

/// Whether `found` is `twin` with the hostile texts in place of the benign ones.
fn reads_back(twin: &str, found: &str, planted: &[Planted]) -> bool {
    let inside: Vec<_> = planted.iter().filter(|p| twin.contains(&p.twin)).collect();
    (0..6).any(|form| {
        let mut expected = twin.to_owned();
        for planted in &inside {
            expected = expected.replace(&planted.twin, &forms(&planted.hostile)[form]);
        }
        expected == found
    })
}

/// What is wrong with `files`, given those of the twin.
fn compare(
    files: &BTreeMap<String, String>,
    twin: &BTreeMap<String, String>,
    planted: &[Planted],
) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, source) in files {
        let benign = &twin[path];
        if path.rsplit('.').next() == Some("md") {
            let shapes = markdown::shape(source)
                .into_iter()
                .zip(markdown::shape(benign));
            let lines = source.lines().zip(benign.lines());
            for ((found, expected), (line, other)) in shapes.zip(lines) {
                if found != expected {
                    problems.push(format!(
                        "{path}: {line:?}\n      {found}\n  not {expected}\n      {other:?}"
                    ));
                }
            }
            if source.lines().count() != benign.lines().count() {
                problems.push(format!("{path}: lines were added"));
            }
            continue;
        }
        // The example in the documentation of the settings has no text of a spec.
        let found = rust::problems(source, !path.ends_with("/settings.rs"));
        if !found.is_empty() {
            problems.extend(
                found
                    .into_iter()
                    .map(|problem| format!("{path}: {problem}")),
            );
            continue;
        }
        let (found, expected) = (rust::tokens(source), rust::tokens(benign));
        let pairs = found.iter().zip(&expected).enumerate();
        let differs = |(_, (a, b)): &(usize, (&Token, &Token))| match (a, b) {
            (Token::Text(found), Token::Text(twin)) => {
                planted.iter().any(|p| twin.contains(&p.twin)) && !reads_back(twin, found, planted)
            }
            (a, b) => a != b,
        };
        let mut pairs = pairs;
        if let Some((index, (a, b))) = pairs.find(differs) {
            let near = &found[index.saturating_sub(12)..index];
            problems.push(format!(
                "{path}: token {a:?} where the twin has {b:?}, after {near:?}"
            ));
        } else if found.len() != expected.len() {
            problems.push(format!(
                "{path}: {} tokens, the twin has {}",
                found.len(),
                expected.len()
            ));
        }
    }
    problems
}

fn all_payloads() -> Vec<String> {
    payloads::PAYLOADS
        .map(str::to_owned)
        .into_iter()
        .chain(payloads::long())
        .collect()
}

/// Which payloads a run takes, and whether the mark of a place comes before the payload.
type Run = (&'static str, fn(usize) -> bool, bool);

/// Adds the texts that none of the specs has.
fn complete(spec: &mut Value) {
    spec["endpoint"]["health"]["method"] = "POST".into();
    spec["endpoint"]["health"]["body"] = "{}".into();
    spec["responses"]["retry_after"] = "Retry-After".into();
    spec["payload"]["framing"] = serde_json::json!({
        "kind": "json_object", "list": "logs", "constants": { "version": "1" },
    });
}

/// Runs payloads over one spec; returns how many texts were generated.
fn attack((path, is_taken, mark_first): Run, problems: &mut Vec<String>) -> usize {
    let mut spec = read(path);
    if path == SPECS[0] {
        complete(&mut spec);
    }
    let places = places(&spec);
    let mut generated = 0;
    let payloads = all_payloads().into_iter().enumerate();
    for (_, payload) in payloads.filter(|(index, _)| is_taken(*index)) {
        let planted = plant(&spec, &places, &payload, mark_first);
        let (hostile, planted) = accepted(&spec, planted);
        generated += planted.len();
        let text = filled(&spec, &planted, |p| &p.twin);
        let loaded = load_text("twin.yaml", text.as_bytes());
        let twin = loaded
            .map(|loaded| loaded.spec)
            .or_else(|found| contradicted(&text, &found).ok_or(found));
        let twin = match twin {
            Ok(twin) => generate(&twin),
            Err(found) => {
                problems.push(format!(
                    "{path}: the twin of {payload:?} is refused: {found}"
                ));
                continue;
            }
        };
        let found = compare(&generate(&hostile), &twin, &planted);
        problems.extend(
            found
                .into_iter()
                .map(|found| format!("{payload:?} in {path}: {found}")),
        );
    }
    generated
}

fn check(runs: &[Run], least: usize) {
    let mut problems = Vec::new();
    let generated: usize = runs.iter().map(|run| attack(*run, &mut problems)).sum();
    assert!(
        problems.is_empty(),
        "{} problems\n{}",
        problems.len(),
        problems.join("\n")
    );
    assert!(generated >= least, "only {generated} texts came through");
}

#[test]
fn text_stays_text_in_a_small_spec() {
    check(
        &[
            (SPECS[0], |_| true, false),
            (SPECS[0], |index| index % 2 == 1, true),
        ],
        2_400,
    );
}

// Each payload meets one provider and one spec of another shape.

#[test]
fn text_stays_text_in_real_specs() {
    let runs: [Run; 3] = [
        (SPECS[1], |index| index % 3 == 0, true),
        (SPECS[2], |index| index % 3 == 1, false),
        (SPECS[3], |index| index % 3 == 2, true),
    ];
    check(&runs, 2_000);
}

#[test]
fn text_stays_text_in_specs_of_other_shapes() {
    let runs: [Run; 3] = [
        (SPECS[4], |index| index % 3 == 1, false),
        (SPECS[5], |index| index % 3 == 2, true),
        (SPECS[6], |index| index % 3 == 0, false),
    ];
    check(&runs, 2_000);
}

#[test]
fn every_text_of_the_schema_is_attacked() {
    let mut specs = SPECS.map(read);
    complete(&mut specs[0]);

    let uncovered = fields::uncovered(&schema(), &specs);

    assert!(uncovered.is_empty(), "no spec has {uncovered:?}");
}
