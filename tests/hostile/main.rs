//! Hostile text in every field of a spec: it is refused, or it stays text.
//!
//! Each payload is put into every text of a spec at once, each with a mark of its own. What the
//! loader refuses, with its place, is put back; the rest is generated. The output is then compared
//! with that of a twin whose texts have the same width and nothing sharp in them: the same tokens,
//! each literal reading back as its text, the same lines of Markdown.
//!
//! A language says in a module of its own what it prints and what holds for it; see [`Tongue`].

mod fields;
mod markdown;
mod payloads;
mod rust;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path};

use fapilog_gen::assets::Assets;
use fapilog_gen::diagnostics::is_unprintable;
use fapilog_gen::languages::PlannedFile;
use fapilog_gen::project::render::render;
use fapilog_gen::sink::{Sink, load_text};
use fapilog_gen::spec::schema;
use serde_json::{Value, json};

use fields::{Place, places, put};

/// A language under attack.
struct Tongue {
    /// Its files of a sink, guide included.
    plan: fn(&Sink) -> Vec<PlannedFile>,
    /// Whether a file is copied as it is, whatever the spec says.
    is_copied: fn(&str) -> bool,
    /// What is wrong with a file of it, given that of the twin.
    differences: fn(&File, &[Planted]) -> Vec<String>,
}

/// A file of a language and the one of the twin.
struct File<'f> {
    path: &'f str,
    source: &'f str,
    twin: &'f str,
}

const TONGUES: [Tongue; 1] = [rust::TONGUE];

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
const STARTS: [&str; 8] = [
    "config.",
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

/// The specs that are not attacked by themselves, as paths: of other backends, and the other providers.
fn others() -> Vec<String> {
    let specs_in = |folder: &str| -> Vec<String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let names = fs::read_dir(path).expect("a folder").map(|entry| {
            let name = entry.expect("an entry").file_name();
            format!("{folder}/{}", name.to_string_lossy())
        });
        names
            .filter(|path| Path::new(path).extension().is_some_and(|it| it == "yaml"))
            .collect()
    };
    // One that starts from another has its texts.
    let is_whole = |path: &String| read(path).get("extends").is_none();
    let mut paths: Vec<String> = [specs_in("tests/backends"), specs_in("providers")].concat();
    paths.retain(|path| !SPECS.contains(&path.as_str()) && is_whole(path));
    paths.sort();
    paths
}

/// One place with its hostile text and that of the twin.
#[derive(Debug, Clone)]
struct Planted {
    place: Place,
    mark: String,
    start: String,
    hostile: String,
    twin: String,
}

fn plant(spec: &Value, places: &[Place], payload: &str, run: &Run) -> Vec<Planted> {
    let benign = payloads::benign(payload);
    let decorate = |index: usize, text: &str| {
        if run.mark_first {
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
        let start = STARTS.iter().find(|start| old.starts_with(**start));
        let start = format!("{}{}{}", start.unwrap_or(&""), holes(old), run.hole);
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

/// The holes of a text: a setting that nothing refers to would be refused.
fn holes(text: &str) -> String {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_:.|/".contains(c);
    let inside = text.split('{').skip(1).filter_map(|rest| {
        let (name, _) = rest.split_once('}')?;
        (!name.is_empty() && name.chars().all(is_name)).then(|| format!("{{{name}}}"))
    });
    inside.collect()
}

fn filled(spec: &Value, planted: &[Planted], text: impl Fn(&Planted) -> &str) -> String {
    let mut spec = spec.clone();
    // Keys last and the innermost first: they are part of the way to the values below them.
    let depth = |planted: &&Planted| planted.place.pointer.matches('/').count();
    let (mut keys, values): (Vec<&Planted>, Vec<&Planted>) =
        planted.iter().partition(|p| p.place.key.is_some());
    keys.sort_by_key(|planted| std::cmp::Reverse(depth(planted)));
    for planted in values.into_iter().chain(keys) {
        let text = format!("{}{}", planted.start, text(planted));
        put(&mut spec, &planted.place, &text);
    }
    fields::yaml(&spec)
}

/// The sink with every text that is not refused, and those texts. Its worked examples would show other
/// requests and are not carried out.
fn accepted(spec: &Value, mut planted: Vec<Planted>) -> (Sink, Vec<Planted>) {
    loop {
        let text = filled(spec, &planted, |p| &p.hostile);
        let problems = match load_text("hostile.yaml", text.as_bytes()) {
            Ok(loaded) => return (loaded.sink, planted),
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
        if planted.len() == before {
            // Examples hold values that a setting no longer takes.
            planted.retain(|p| !p.place.pointer.starts_with("/config"));
        }
        assert!(
            planted.len() < before,
            "refused for something else: {shown}"
        );
    }
}

/// The same with the twin's sink. A text whose twin is refused, as one that says nothing is where an
/// address is due, is put back too.
fn accepted_with_twin(spec: &Value, planted: Vec<Planted>) -> (Sink, Sink, Vec<Planted>) {
    let (mut hostile, mut planted) = accepted(spec, planted);
    loop {
        let text = filled(spec, &planted, |p| &p.twin);
        let problems = match load_text("twin.yaml", text.as_bytes()) {
            Ok(twin) => return (hostile, twin.sink, planted),
            Err(problems) => problems,
        };
        let lines: Vec<&str> = text.lines().collect();
        let before = planted.len();
        for problem in &problems.0 {
            let line = lines
                .get(problem.line.saturating_sub(1))
                .copied()
                .unwrap_or_default();
            planted.retain(|p| !line.contains(&p.mark));
        }
        assert!(planted.len() < before, "the twin is refused: {problems}");
        (hostile, planted) = accepted(spec, planted);
    }
}

/// The files of a language that a spec has a say in.
fn generate(tongue: &Tongue, sink: &Sink) -> BTreeMap<String, String> {
    let planned = (tongue.plan)(sink);
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
    let files: Vec<_> = planned
        .into_iter()
        .filter(|file| !(tongue.is_copied)(&file.path))
        .collect();
    let files = render(&Assets::embedded(), &files).unwrap_or_else(|error| panic!("{error:?}"));
    files
        .into_iter()
        .map(|file| (file.path, file.contents.into_owned()))
        .collect()
}

/// The ways a text stands in a literal: as it is, inside JSON, inside a format string, as a header; and
/// the same for a text whose doubled braces are read as single ones.
fn forms(text: &str) -> Vec<String> {
    let json = |text: &str| {
        let quoted = Value::from(text).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    };
    let braces = |text: &str| text.replace('{', "{{").replace('}', "}}");
    let single = text.replace("{{", "{").replace("}}", "}");
    let of = |text: &str| {
        [
            text.to_owned(),
            json(text),
            json(&json(text)),
            braces(text),
            braces(&json(text)),
            text.to_ascii_lowercase(),
        ]
    };
    [of(text), of(&single)].concat()
}

/// Whether the marks of planted texts stand in two texts alike: what a test expects of a request is made of
/// them by percent-encoding and JSON pointers, and is no text of the spec.
fn has_same_marks(twin: &str, found: &str) -> bool {
    let marks = |text: &str| -> Vec<String> {
        let parts = text.split('q').map(str::to_owned);
        let is_number =
            |part: &String| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        parts.filter(is_number).collect()
    };
    marks(twin) == marks(found)
}

/// Whether `found` is `twin` with the hostile texts in place of the benign ones.
fn reads_back(twin: &str, found: &str, planted: &[Planted]) -> bool {
    let inside: Vec<_> = planted.iter().filter(|p| twin.contains(&p.twin)).collect();
    (0..forms("").len()).any(|form| {
        let mut expected = twin.to_owned();
        for planted in &inside {
            expected = expected.replace(&planted.twin, &forms(&planted.hostile)[form]);
        }
        expected == found
    })
}

/// What is wrong with `files`, given those of the twin.
fn compare(
    tongue: &Tongue,
    files: &BTreeMap<String, String>,
    twin: &BTreeMap<String, String>,
    planted: &[Planted],
) -> Vec<String> {
    let compare_one = |(path, source): (&String, &String)| {
        let file = File {
            path,
            source,
            twin: &twin[path],
        };
        if path.rsplit('.').next() == Some("md") {
            return markdown::differences(&file);
        }
        (tongue.differences)(&file, planted)
    };
    files.iter().flat_map(compare_one).collect()
}

fn all_payloads() -> Vec<String> {
    payloads::PAYLOADS
        .map(str::to_owned)
        .into_iter()
        .chain(payloads::long())
        .collect()
}

/// One spec and what is put into it.
struct Run {
    path: String,
    /// Which payloads.
    is_taken: fn(usize) -> bool,
    /// Whether the mark of a place comes before the payload.
    mark_first: bool,
    /// Put before the payload.
    hole: &'static str,
}

fn run(path: &str, is_taken: fn(usize) -> bool, mark_first: bool) -> Run {
    Run {
        path: path.to_owned(),
        is_taken,
        mark_first,
        hole: "",
    }
}

/// Adds the texts and shapes that none of the specs has.
fn complete(spec: &mut Value) {
    spec["endpoint"]["health"]["method"] = "POST".into();
    spec["endpoint"]["health"]["body"] = "{}".into();
    spec["responses"]["retry_after"] = json!({ "header": "Retry-After" });
    spec["payload"]["body"] = json!({
        "fixed": "text", "filled": "in {site}", "tags": { "from": "config.tags", "as": "text" },
        "nested": [{ "deep": "text" }, null, 1.5], "quoted": { "literal": { "from": ["here"] } },
        "entries": { "records": "all" },
    });
    let record = json!({
        "chain": { "from": ["data.a/b", "context.c"], "default": "none" },
        "filled": "of {event:context.trace_id} at {now:unix_ms}",
        "text": { "as": "json_text", "append": "end", "object": { "inner": { "from": "message" } } },
        "base64": { "as": "base64", "append": "end", "object": ["item", { "from": "logger" }] },
        "rest": {
            "rest": "diagnostics", "prefix": "p_", "flatten": ".", "values": "scalars",
            "keys": "A-Za-z", "max": 9,
        },
        "*": { "rest": "data", "clash_prefix": "clash_" },
    });
    for (key, value) in record.as_object().expect("members") {
        spec["payload"]["record"][key] = value.clone();
    }
    spec["payload"]["record"]["message"] = json!({ "from": "message" });
    spec["payload"]["reserved"] = json!(["kept"]);
    let schemes = [
        json!({ "scheme": "header", "name": "X-Key", "prefix": "Key ", "secret": "key_a" }),
        json!({
            "scheme": "oauth2", "token_url": "https://login.acme.example/token", "scope": "logs",
            "client_id": "name_b", "client_secret": "key_b", "parameters": { "audience": "logs" },
        }),
        json!({ "scheme": "sas", "resource": "acme", "key_name": "name_c", "key": "key_c" }),
        json!({
            "scheme": "azure", "scope": "https://acme.example/.default", "tenant": "tenant_d",
            "client": "name_d", "secret": "key_d", "authority": "host_d",
        }),
    ];
    // The last needs no setting.
    spec["config"]["api_key"]["required"] = false.into();
    let auth = spec["auth"].as_array_mut().expect("schemes");
    auth.extend(schemes);
    for name in [
        "key_a", "name_b", "key_b", "name_c", "key_c", "tenant_d", "name_d", "key_d", "host_d",
    ] {
        let kind = if name.starts_with("key") {
            "secret"
        } else {
            "string"
        };
        spec["config"][name] = json!({ "type": kind, "description": "Of a scheme." });
    }
}

fn read_complete(path: &str) -> Value {
    let mut spec = read(path);
    if path == SPECS[0] {
        complete(&mut spec);
    }
    spec
}

/// Runs payloads over one spec; returns how many texts were generated.
fn attack(run: &Run, problems: &mut Vec<String>) -> usize {
    let path = &run.path;
    let spec = read_complete(path);
    let places = places(&spec);
    let mut generated = 0;
    let payloads = all_payloads().into_iter().enumerate();
    for (_, payload) in payloads.filter(|(index, _)| (run.is_taken)(*index)) {
        let planted = plant(&spec, &places, &payload, run);
        let (hostile, twin, planted) = accepted_with_twin(&spec, planted);
        generated += planted.len();
        for tongue in TONGUES {
            let twin = generate(&tongue, &twin);
            let found = compare(&tongue, &generate(&tongue, &hostile), &twin, &planted);
            problems.extend(
                found
                    .into_iter()
                    .map(|found| format!("{payload:?} in {path}: {found}")),
            );
        }
    }
    generated
}

fn check(runs: &[Run], least: usize) {
    let mut problems = Vec::new();
    let generated: usize = runs.iter().map(|run| attack(run, &mut problems)).sum();
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
            run(SPECS[0], |_| true, false),
            run(SPECS[0], |index| index % 2 == 1, true),
        ],
        2_400,
    );
}

/// A text with a hole takes another way than one without.
#[test]
fn text_stays_text_beside_a_hole() {
    let holes = ["{site}", "{event:data.k}", "{now:unix_ms}"];
    let runs = holes.map(|hole| Run {
        hole,
        ..run(SPECS[0], |index| index % 3 == 0, hole == "{site}")
    });
    check(&runs, 500);
}

// Each payload meets one provider and one spec of another shape.

#[test]
fn text_stays_text_in_real_specs() {
    let runs = [
        run(SPECS[1], |index| index % 3 == 0, true),
        run(SPECS[2], |index| index % 3 == 1, false),
        run(SPECS[3], |index| index % 3 == 2, true),
    ];
    check(&runs, 2_000);
}

#[test]
fn text_stays_text_in_specs_of_other_shapes() {
    let runs = [
        run(SPECS[4], |index| index % 3 == 1, false),
        run(SPECS[5], |index| index % 3 == 2, true),
        run(SPECS[6], |index| index % 3 == 0, false),
    ];
    check(&runs, 2_000);
}

/// One of these for each spec; the order is that of their names.
const SHARES: [fn(usize) -> bool; 8] = [
    |index| index % 24 == 0,
    |index| index % 24 == 3,
    |index| index % 24 == 6,
    |index| index % 24 == 9,
    |index| index % 24 == 12,
    |index| index % 24 == 15,
    |index| index % 24 == 18,
    |index| index % 24 == 21,
];

#[test]
fn text_stays_text_in_all_other_specs() {
    let runs: Vec<Run> = others()
        .iter()
        // Rust does not print protobuf.
        .filter(|path| !path.ends_with("/otlp_protobuf.yaml"))
        .enumerate()
        .map(|(index, path)| run(path, SHARES[index % 8], index % 2 == 0))
        .collect();
    check(&runs, 2_000);
}

#[test]
fn every_text_of_the_schema_is_attacked() {
    let mut paths: Vec<String> = SPECS.map(str::to_owned).to_vec();
    paths.extend(others());
    let specs: Vec<Value> = paths.iter().map(|path| read_complete(path)).collect();

    let mut uncovered = fields::uncovered(&schema(), &specs);
    // It names another spec, and is gone before anything is made of it.
    uncovered.remove("Spec.extends");

    assert!(uncovered.is_empty(), "no spec has {uncovered:?}");
}
