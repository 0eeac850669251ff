//! Python: from sinks to the files of a package and what fills their holes.
//!
//! Reads the lowered form alone. Printing a name records the import it needs, names from specs are
//! resolved in `names`, and what is nearly the same for every provider lies in the verbatim parts.

mod answers;
mod config;
mod credentials;
mod encoder;
mod example;
mod language;
mod layout;
mod ledger;
mod module;
pub mod names;
mod place;
pub mod project;
mod proof;
pub mod pyproject;
pub mod reserved;
mod settings;
mod sink;
mod streams;
mod text;
mod transport;
mod values;

use std::collections::BTreeSet;

use minijinja::{Value, context};

use super::PlannedFile;
use crate::sink::Sink;
use crate::text::plain;
pub use language::Python;
use module::Module;
pub use place::Place;

/// Files of the runtime, copied whole.
const RUNTIME: [&str; 40] = [
    "__init__.py",
    "_accounts.py",
    "_batcher.py",
    "_breaker.py",
    "_dead_letter.py",
    "_drain.py",
    "_encoder.py",
    "_entry.py",
    "_event.py",
    "_job.py",
    "_json.py",
    "_level.py",
    "_limits.py",
    "_loggers.py",
    "_loops.py",
    "_making.py",
    "_metrics.py",
    "_outcome.py",
    "_packer.py",
    "_private_file.py",
    "_processes.py",
    "_queue.py",
    "_record.py",
    "_reporter.py",
    "_retry.py",
    "_scheduler.py",
    "_search.py",
    "_secret.py",
    "_settings.py",
    "_shutdown.py",
    "_sink.py",
    "_stats.py",
    "_threads.py",
    "_throttle.py",
    "_time_text.py",
    "_timestamp.py",
    "_transport.py",
    "_waiting.py",
    "_worker.py",
    "py.typed",
];

/// What a provider's templates need, and what their modules import.
struct Provider {
    files: Vec<PlannedFile>,
    parts: BTreeSet<String>,
}

/// Every file of `sinks` but the guides, in a package at `place`.
#[must_use]
pub fn files(sinks: &[&Sink], place: &Place) -> Vec<PlannedFile> {
    let (folder, tests) = (&place.folder, place.tests());
    let verbatim =
        |path: String, asset: &str| PlannedFile::verbatim(path, format!("python/{asset}"));
    let template = |path: String, asset: &str, context: Value| {
        PlannedFile::template(path, &format!("python/{asset}.j2"), context)
    };
    let mut files: Vec<PlannedFile> = RUNTIME
        .iter()
        .map(|name| {
            let asset = format!("cloud_sink_base/{name}");
            verbatim(format!("{folder}/{asset}"), &asset)
        })
        .collect();
    let mut parts = BTreeSet::from(["__init__".to_owned()]);
    for sink in sinks {
        let provider = provider(sink, place);
        files.extend(provider.files);
        parts.extend(with_needed(provider.parts));
    }
    for part in parts {
        let path = format!("{folder}/cloud_sink_parts/{part}.py");
        files.push(verbatim(path, &format!("parts/{part}.py")));
    }
    files.push(verbatim(
        format!("{folder}/py.typed"),
        "cloud_sink_base/py.typed",
    ));
    let shared = shared(sinks, place);
    files.push(template(
        format!("{folder}/__init__.py"),
        "init.py",
        shared.clone(),
    ));
    if place.distribution.is_some() {
        files.push(template("README.md".to_owned(), "README.md", shared));
    } else {
        for folder in [folder.as_str(), tests] {
            files.push(verbatim(format!("{folder}/ruff.toml"), "merged/ruff.toml"));
        }
    }
    // In the package, not beside the tests: those could not import it under `--import-mode=importlib`.
    let responder = format!("{folder}/cloud_sink_responder.py");
    files.push(verbatim(responder, "tests/cloud_sink_responder.py"));
    let path = format!("{tests}/test_cloud_sink_base.py");
    files.push(template(
        path,
        "tests/test_cloud_sink_base.py",
        runtime_tests(place),
    ));
    files
}

/// The modules of one provider and its tests.
fn provider(sink: &Sink, place: &Place) -> Provider {
    let (folder, id, tests) = (&place.folder, &sink.id, place.tests());
    let file = |path: String, name: &str, context: Value| {
        PlannedFile::template(path, &format!("python/provider/{name}.py.j2"), context)
    };
    let mut modules = Vec::new();
    let (context, module) = config::context(sink);
    modules.push(module);
    let mut files = vec![file(format!("{folder}/_{id}_config.py"), "config", context)];
    let (context, module) = encoder::context(sink);
    modules.push(module);
    files.push(file(
        format!("{folder}/_{id}_encoder.py"),
        "encoder",
        context,
    ));
    let path = format!("{folder}/{id}_sink.py");
    files.push(file(path, "sink", sink::context(sink, place)));
    if let Some(endpoint) = sink.endpoint().filter(|_| sink.is_http()) {
        let (context, module) = transport::context(sink, endpoint);
        modules.push(module);
        files.push(file(
            format!("{folder}/_{id}_transport.py"),
            "transport",
            context,
        ));
    }
    let path = format!("{tests}/test_{id}_wire.py");
    files.push(file(path, "test_wire", proof::wire(sink, place)));
    if let Some(context) = proof::sink(sink, place) {
        files.push(file(
            format!("{tests}/test_{id}_sink.py"),
            "test_sink",
            context,
        ));
    }
    if place.distribution.is_some() {
        let path = format!("examples/{id}_ndjson.py");
        let context = example(sink, place);
        files.push(PlannedFile::template(path, "python/example.py.j2", context));
    }
    let parts = modules.iter().flat_map(Module::parts).map(str::to_owned);
    let mut parts: BTreeSet<String> = parts.collect();
    if !sink.is_http() {
        parts.insert("_aws_cloudwatch_logs".to_owned());
    }
    Provider { files, parts }
}

/// Parts with those that they import themselves.
fn with_needed(mut parts: BTreeSet<String>) -> BTreeSet<String> {
    // Each before what it needs itself.
    let needs = [
        ("_otlp", "_rest"),
        ("_otlp_answer", "_http"),
        ("_azure", "_token_endpoint"),
        ("_google", "_token_endpoint"),
        ("_oauth2", "_token_endpoint"),
        ("_oauth2", "_basic_auth"),
        ("_token_endpoint", "_token"),
        ("_sas", "_token"),
        ("_sigv4", "_token"),
        ("_authorized", "_credentials"),
        ("_credentials", "_scrub"),
        ("_acknowledgement", "_answers"),
        ("_answers", "_http"),
        ("_zstd", "_codecs"),
        ("_http", "_codecs"),
        ("_http", "_connection"),
        ("_http", "_scrub"),
        ("_http", "_deadline"),
        ("_aws_cloudwatch_logs", "_aws_cloudwatch_classify"),
        ("_aws_cloudwatch_logs", "_deadline"),
    ];
    for (part, needed) in needs {
        if parts.contains(part) {
            parts.insert(needed.to_owned());
        }
    }
    parts
}

/// What the example program needs.
fn example(sink: &Sink, place: &Place) -> Value {
    let prefix = &sink.type_prefix;
    let title = format!(
        "Ships NDJSON from standard input to {}.",
        plain(&sink.title)
    );
    let how = "Settings come from the environment. A line that is no entry is counted and skipped. The last line \
               of the output is what became of the events, one JSON object.";
    context! {
        title => text::docstring(0, &[title, how.to_owned()]),
        uses => [layout::import(&place.package, &[&format!("{prefix}Sink")])],
        prefix,
    }
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
            layout::import(&format!("{runtime}._scheduler"), &["Scheduler"]),
        ],
    }
}

/// What the files shared by all providers need.
fn shared(sinks: &[&Sink], place: &Place) -> Value {
    let mut sinks = sinks.to_vec();
    sinks.sort_by(|a, b| a.id.cmp(&b.id));
    let exported = |sink: &Sink| {
        let prefix = &sink.type_prefix;
        [format!("{prefix}Sink"), format!("{prefix}SinkConfig")]
    };
    // By the modules' names, which sort otherwise than the ids: `otlp_protobuf_sink`, `otlp_sink`.
    let mut imports: Vec<String> = sinks
        .iter()
        .map(|sink| {
            let [name, config] = exported(sink);
            layout::import(&format!(".{}_sink", sink.id), &[&name, &config])
        })
        .collect();
    imports.sort_by_cached_key(|import| layout::natural(import));
    let names: Vec<String> = sinks.iter().flat_map(|sink| exported(sink)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let providers: Vec<Value> = sinks
        .iter()
        .map(|sink| context! { id => sink.id.as_str(), prefix => sink.type_prefix.as_str() })
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
