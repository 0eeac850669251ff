//! Python: from specs to the files of a package and what fills their holes.

pub mod config;
pub mod encoder;
pub mod framing;
pub mod layout;
pub mod names;
pub mod project;
pub mod reserved;
pub mod responses;
pub mod settings;
pub mod sink;
pub mod sink_tests;
pub mod streams;
pub mod tests;
pub mod text;
pub mod transport;

use std::collections::BTreeSet;

use minijinja::{Value, context};

use super::common::text::plain;
use crate::plan::{Content, PlannedFile, ProviderRef, Request};
use crate::provider::model::{Auth, Framing, Spec, Transport};

/// Files of the runtime, copied whole.
const RUNTIME: [&str; 35] = [
    "__init__.py",
    "_accounts.py",
    "_batcher.py",
    "_breaker.py",
    "_dead_letter.py",
    "_drain.py",
    "_encoder.py",
    "_event.py",
    "_job.py",
    "_json.py",
    "_limits.py",
    "_loggers.py",
    "_loops.py",
    "_making.py",
    "_outcome.py",
    "_packer.py",
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
    "_timestamp.py",
    "_transport.py",
    "_waiting.py",
    "_worker.py",
    "py.typed",
];

/// Where the files of a package lie and how they are imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Folder of the package: `cloud_sinks`, `src/shop/sinks`.
    pub folder: String,
    /// The package as it is imported: `cloud_sinks`, `shop.sinks`.
    pub package: String,
    /// Name of the project that has an extra for each sink; `None` where the project existed
    /// before, which then requires what the sinks need.
    pub distribution: Option<String>,
}

impl Place {
    /// A package of its own, in a project of the same name.
    #[must_use]
    pub fn package(name: &str) -> Self {
        // `snake` marks words that Rust keeps for itself; Python takes them.
        let package = super::rust::names::snake(name);
        let package = package.trim_end_matches('_').to_owned();
        let distribution = Some(package.replace('_', "-"));
        Self {
            folder: package.clone(),
            package,
            distribution,
        }
    }

    /// What to give to `pip install`.
    #[must_use]
    pub fn installs(&self, spec: &Spec) -> String {
        match &self.distribution {
            Some(name) => format!("{name}[{}]", spec.id),
            None => project::modules(spec).join(" "),
        }
    }

    /// Folder of the tests.
    #[must_use]
    pub fn tests(&self) -> &'static str {
        if self.distribution.is_some() {
            "tests"
        } else {
            "tests/sinks"
        }
    }
}

/// Every file of `request`, in a package at `place`.
#[must_use]
pub fn files(request: &Request, place: &Place) -> Vec<PlannedFile> {
    let folder = &place.folder;
    let mut files: Vec<PlannedFile> = RUNTIME
        .iter()
        .map(|name| {
            verbatim(
                format!("{folder}/cloud_sink_base/{name}"),
                format!("python/cloud_sink_base/{name}"),
            )
        })
        .collect();
    for part in parts(request.specs) {
        files.push(verbatim(
            format!("{folder}/cloud_sink_parts/{part}.py"),
            format!("python/parts/{part}.py"),
        ));
    }
    files.push(verbatim(
        format!("{folder}/py.typed"),
        "python/cloud_sink_base/py.typed".to_owned(),
    ));
    let shared = shared(request, place);
    files.push(template(
        format!("{folder}/__init__.py"),
        "python/init.py.j2",
        shared.clone(),
    ));
    if place.distribution.is_some() {
        files.push(template(
            "README.md".to_owned(),
            "python/README.md.j2",
            shared,
        ));
    } else {
        let folders = [folder.as_str(), place.tests()];
        files.extend(folders.map(|folder| {
            verbatim(
                format!("{folder}/ruff.toml"),
                "python/merged/ruff.toml".to_owned(),
            )
        }));
    }
    // In the package, not beside the tests: those could not import it under `--import-mode=importlib`.
    let responder = format!("{folder}/cloud_sink_responder.py");
    files.push(verbatim(
        responder,
        "python/tests/cloud_sink_responder.py".to_owned(),
    ));
    files.push(template(
        format!("{}/test_cloud_sink_base.py", place.tests()),
        "python/tests/test_cloud_sink_base.py.j2",
        runtime_tests(place),
    ));
    for spec in request.specs {
        files.extend(provider(spec, place));
    }
    files
}

/// The modules of one provider, its tests and its guide.
fn provider(spec: &Spec, place: &Place) -> Vec<PlannedFile> {
    let (folder, id) = (&place.folder, &spec.id);
    let file = |path: String, name: &str, context: Value| {
        template(path, &format!("python/provider/{name}.py.j2"), context)
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
        tests::context(spec, place),
    ));
    files.push(file(
        format!("{tests}/test_{id}_sink.py"),
        "test_sink",
        sink_tests::context(spec, place),
    ));
    if place.distribution.is_some() {
        let path = format!("examples/{id}_ndjson.py");
        files.push(template(path, "python/example.py.j2", example(spec, place)));
    }
    files.push(super::guide::python(spec, place));
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
            layout::import(&format!("{runtime}._scheduler"), &["Scheduler"]),
        ],
    }
}

/// What the files shared by all providers need.
fn shared(request: &Request, place: &Place) -> Value {
    let mut present: Vec<&ProviderRef> = request.present.iter().collect();
    present.sort_by(|a, b| a.id.cmp(&b.id));
    let imports: Vec<String> = present
        .iter()
        .map(|provider| {
            let names = [
                format!("{}Sink", provider.type_prefix),
                format!("{}SinkConfig", provider.type_prefix),
            ];
            layout::import(&format!(".{}_sink", provider.id), &[&names[0], &names[1]])
        })
        .collect();
    let names: Vec<String> = present
        .iter()
        .flat_map(|provider| {
            [
                format!("{}Sink", provider.type_prefix),
                format!("{}SinkConfig", provider.type_prefix),
            ]
        })
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let providers: Vec<Value> = present
        .iter()
        .map(|provider| context! { id => provider.id.as_str(), prefix => provider.type_prefix.as_str() })
        .collect();
    context! {
        package => place.package.as_str(),
        distribution => place.distribution.as_deref(),
        imports,
        exports => layout::exports(&names),
        providers,
    }
}

fn verbatim(path: String, asset: String) -> PlannedFile {
    PlannedFile {
        path,
        content: Content::Verbatim { asset },
    }
}

fn template(path: String, asset: &str, context: Value) -> PlannedFile {
    PlannedFile {
        path,
        content: Content::Template {
            asset: asset.to_owned(),
            context,
        },
    }
}

#[cfg(test)]
mod checks {
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
