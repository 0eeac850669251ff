//! Python: from specs to the files of a package and what fills their holes.

pub mod config;
pub mod encoder;
mod example;
pub mod framing;
mod language;
pub mod layout;
pub mod names;
mod place;
pub mod project;
pub mod pyproject;
pub mod reserved;
pub mod responses;
pub mod settings;
pub mod sink;
pub mod sink_tests;
pub mod streams;
pub mod text;
pub mod transport;
pub mod wire_tests;

use std::collections::BTreeSet;

use minijinja::{Value, context};

use super::PlannedFile;
use crate::spec::model::{Auth, Framing, Spec, Transport};
use crate::text::plain;
pub use language::Python;
pub use place::Place;

/// Files of the runtime, copied whole.
const RUNTIME: [&str; 32] = [
    "__init__.py",
    "_batcher.py",
    "_breaker.py",
    "_dead_letter.py",
    "_delivery.py",
    "_drain.py",
    "_encoder.py",
    "_entry.py",
    "_event.py",
    "_job.py",
    "_json.py",
    "_level.py",
    "_limits.py",
    "_loops.py",
    "_outcome.py",
    "_pace.py",
    "_partial.py",
    "_queue.py",
    "_quiet.py",
    "_record.py",
    "_report.py",
    "_retry.py",
    "_secret.py",
    "_settings.py",
    "_sink.py",
    "_spare.py",
    "_stats.py",
    "_time_text.py",
    "_timestamp.py",
    "_transport.py",
    "_worker.py",
    "py.typed",
];

/// Every file of `specs` but the guides, in a package at `place`.
#[must_use]
pub fn files(specs: &[&Spec], place: &Place) -> Vec<PlannedFile> {
    let folder = &place.folder;
    let mut files: Vec<PlannedFile> = RUNTIME
        .iter()
        .map(|name| {
            PlannedFile::verbatim(
                format!("{folder}/cloud_sink_base/{name}"),
                format!("python/cloud_sink_base/{name}"),
            )
        })
        .collect();
    for part in parts(specs) {
        files.push(PlannedFile::verbatim(
            format!("{folder}/cloud_sink_parts/{part}.py"),
            format!("python/parts/{part}.py"),
        ));
    }
    files.push(PlannedFile::verbatim(
        format!("{folder}/py.typed"),
        "python/cloud_sink_base/py.typed".to_owned(),
    ));
    let shared = shared(specs, place);
    files.push(PlannedFile::template(
        format!("{folder}/__init__.py"),
        "python/init.py.j2",
        shared.clone(),
    ));
    if place.distribution.is_some() {
        files.push(PlannedFile::template(
            "README.md".to_owned(),
            "python/README.md.j2",
            shared,
        ));
    } else {
        let folders = [folder.as_str(), place.tests()];
        files.extend(folders.map(|folder| {
            PlannedFile::verbatim(
                format!("{folder}/ruff.toml"),
                "python/merged/ruff.toml".to_owned(),
            )
        }));
    }
    // In the package, not beside the tests: those could not import it under `--import-mode=importlib`.
    let responder = format!("{folder}/cloud_sink_responder.py");
    files.push(PlannedFile::verbatim(
        responder,
        "python/tests/cloud_sink_responder.py".to_owned(),
    ));
    files.push(PlannedFile::template(
        format!("{}/test_cloud_sink_base.py", place.tests()),
        "python/tests/test_cloud_sink_base.py.j2",
        runtime_tests(place),
    ));
    for spec in specs {
        files.extend(provider(spec, place));
    }
    files
}

/// The modules of one provider and its tests.
fn provider(spec: &Spec, place: &Place) -> Vec<PlannedFile> {
    let (folder, id) = (&place.folder, &spec.id);
    let file = |path: String, name: &str, context: Value| {
        PlannedFile::template(path, &format!("python/provider/{name}.py.j2"), context)
    };
    let mut files = vec![
        file(
            format!("{folder}/{id}_sink.py"),
            "sink",
            sink::context(spec, place),
        ),
        file(
            format!("{folder}/_{id}_config.py"),
            "config",
            config::context(spec),
        ),
        file(
            format!("{folder}/_{id}_encoder.py"),
            "encoder",
            encoder::context(spec),
        ),
    ];
    if let (Transport::Http, Some(endpoint)) = (&spec.transport, &spec.endpoint) {
        let context = transport::context(spec, endpoint);
        files.push(file(
            format!("{folder}/_{id}_transport.py"),
            "transport",
            context,
        ));
    }
    let tests = place.tests();
    files.push(file(
        format!("{tests}/test_{id}_wire.py"),
        "test_wire",
        wire_tests::context(spec, place),
    ));
    files.push(file(
        format!("{tests}/test_{id}_sink.py"),
        "test_sink",
        sink_tests::context(spec, place),
    ));
    if place.distribution.is_some() {
        let path = format!("examples/{id}_ndjson.py");
        files.push(PlannedFile::template(
            path,
            "python/example.py.j2",
            example(spec, place),
        ));
    }
    files
}

/// What the example program needs.
fn example(spec: &Spec, place: &Place) -> Value {
    let prefix = spec.type_prefix();
    let title = format!(
        "Ships NDJSON from standard input to {}.",
        plain(&spec.title)
    );
    let how = "Settings come from the environment. A line that is no entry is counted and skipped. The last line \
               of the output is what became of the events, one JSON object.";
    context! {
        title => text::docstring(0, &[title, how.to_owned()]),
        uses => [layout::import(&place.package, &[&format!("{prefix}Sink")])],
        prefix,
    }
}

/// Which verbatim parts a set of providers needs.
fn parts(specs: &[&Spec]) -> BTreeSet<&'static str> {
    let mut parts = BTreeSet::from(["__init__"]);
    for spec in specs {
        if config::needs_check(spec) {
            parts.insert("_check");
        }
        if matches!(spec.payload.framing, Framing::GroupedStreams { .. }) {
            parts.insert("_streams");
        }
        match spec.transport {
            Transport::AwsCloudwatchLogs => {
                parts.extend(["_aws_cloudwatch_classify", "_aws_cloudwatch_logs"]);
            }
            Transport::Http => {
                parts.extend(["_deadline", "_http"]);
                parts.extend(transport::codecs(spec));
                let reads = &spec.responses;
                if reads.counts_events() || reads.code.is_some() || reads.error_text.is_some() {
                    parts.insert("_items");
                }
                if spec
                    .auth
                    .iter()
                    .any(|auth| matches!(auth, Auth::Basic { .. }))
                {
                    parts.insert("_basic_auth");
                }
            }
        }
    }
    parts
}

/// What the tests of the runtime need.
fn runtime_tests(place: &Place) -> Value {
    let runtime = format!("{}.cloud_sink_base", place.package);
    let names = [
        "Batch",
        "CloudSinkBase",
        "CloudSinkConfig",
        "Delivered",
        "HealthError",
        "Limits",
        "Order",
        "Outcome",
        "Record",
        "Rejected",
        "Throttled",
    ];
    context! {
        package => place.package.as_str(),
        uses => [
            layout::import(&runtime, &names),
            layout::import(&format!("{runtime}._delivery"), &["Delivery"]),
        ],
    }
}

/// What the files shared by all providers need.
fn shared(specs: &[&Spec], place: &Place) -> Value {
    let mut specs = specs.to_vec();
    specs.sort_by(|a, b| a.id.cmp(&b.id));
    let exported = |spec: &Spec| {
        let prefix = spec.type_prefix();
        [format!("{prefix}Sink"), format!("{prefix}SinkConfig")]
    };
    let imports: Vec<String> = specs
        .iter()
        .map(|spec| {
            let [sink, config] = exported(spec);
            layout::import(&format!(".{}_sink", spec.id), &[&sink, &config])
        })
        .collect();
    let names: Vec<String> = specs.iter().flat_map(|spec| exported(spec)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let providers: Vec<Value> = specs
        .iter()
        .map(|spec| context! { id => spec.id.as_str(), prefix => spec.type_prefix() })
        .collect();
    context! {
        package => place.package.as_str(),
        distribution => place.distribution.as_deref(),
        imports,
        exports => layout::exports(&names),
        providers,
    }
}

#[cfg(test)]
mod tests {
    use super::RUNTIME;

    #[test]
    fn every_file_of_the_runtime_is_planned() {
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/templates/python/cloud_sink_base"
        );
        let entries = std::fs::read_dir(folder).expect("the runtime's folder");
        let mut names: Vec<String> = entries
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .filter(|name| name.contains('.'))
            .collect();
        names.sort();

        assert_eq!(RUNTIME.as_slice(), names);
    }
}
