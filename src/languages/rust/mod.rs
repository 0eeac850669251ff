//! Rust: from specs to the files of a crate and what fills their holes.

pub mod config;
pub mod dependencies;
pub mod encoder;
mod example;
pub mod fields;
pub mod holes;
mod language;
pub mod layout;
pub mod manifest;
pub mod mentions;
pub mod module;
pub mod names;
pub mod parts;
mod place;
pub mod sink_tests;
pub mod text;
pub mod transport;

use layout::Expr;
use minijinja::{Value, context};

use super::PlannedFile;
use crate::spec::model::{Spec, Transport};
use crate::text::plain;
pub use language::Rust;
pub use place::Place;

/// Files of the runtime, copied whole.
const RUNTIME: [&str; 29] = [
    "accounts.rs",
    "cursor.rs",
    "dead_letter.rs",
    "encoder.rs",
    "entry.rs",
    "errors.rs",
    "event.rs",
    "field_source.rs",
    "field_values.rs",
    "fields.rs",
    "flushes.rs",
    "in_flight.rs",
    "json.rs",
    "json_value.rs",
    "level.rs",
    "mod.rs",
    "packer.rs",
    "queue.rs",
    "reporter.rs",
    "scheduler.rs",
    "settings.rs",
    "shared.rs",
    "sink.rs",
    "throttle.rs",
    "time_text.rs",
    "timestamp.rs",
    "transport.rs",
    "waiting.rs",
    "worker.rs",
];

/// Every file of `specs` but the guides, at `place`.
#[must_use]
pub fn files(specs: &[&Spec], place: &Place) -> Vec<PlannedFile> {
    let root = place.folder();
    let mut files: Vec<PlannedFile> = RUNTIME
        .iter()
        .map(|name| {
            PlannedFile::verbatim(
                format!("{root}/cloud_sink_base/{name}"),
                format!("rust/cloud_sink_base/{name}"),
            )
        })
        .collect();
    let parts = parts::of(specs);
    for file in parts.iter().flat_map(|part| parts::files(part)) {
        files.push(PlannedFile::verbatim(
            format!("{root}/cloud_sink_parts/{file}.rs"),
            format!("rust/parts/{file}.rs"),
        ));
    }
    let shared = shared(specs, place, &parts);
    for (path, asset) in [
        (place.root_module(), "rust/lib.rs.j2"),
        ("cloud_sink_parts/mod.rs", "rust/parts.rs.j2"),
        ("settings.rs", "rust/settings.rs.j2"),
        ("settings/sink_config.rs", "rust/sink_config.rs.j2"),
    ] {
        let path = format!("{root}/{path}");
        files.push(PlannedFile::template(path, asset, shared.clone()));
    }
    if let Place::Crate { .. } = place {
        let path = "README.md".to_owned();
        files.push(PlannedFile::template(path, "rust/README.md.j2", shared));
    }
    for spec in specs {
        files.extend(provider(root, spec, place));
    }
    files
}

/// The module of one provider, and its example.
fn provider(root: &str, spec: &Spec, place: &Place) -> Vec<PlannedFile> {
    let folder = format!("{root}/{}", spec.id);
    let file = |name: &str, context: Value| {
        PlannedFile::template(
            format!("{folder}/{name}.rs"),
            &format!("rust/provider/{name}.rs.j2"),
            context,
        )
    };
    let mut files = vec![
        file("mod", module::context(spec)),
        file("encoder", encoder::context(spec)),
    ];
    let config = config::modules(spec).into_iter();
    files.extend(config.map(|(name, context)| file(name, context)));
    if let (Transport::Http, Some(endpoint)) = (&spec.transport, &spec.endpoint) {
        files.push(file("transport", transport::context(spec, endpoint)));
    }
    for module in sink_tests::modules(spec) {
        let path = format!("{folder}/tests/{}.rs", module.name);
        let asset = format!("rust/provider/tests/{}.rs.j2", module.template);
        files.push(PlannedFile::template(path, &asset, module.context));
    }
    if let Place::Crate { name } = place {
        let path = format!("examples/{}_ndjson.rs", spec.id);
        files.push(PlannedFile::template(
            path,
            "rust/example.rs.j2",
            example(spec, name),
        ));
    }
    files
}

/// `use` lines in the order rustfmt keeps them in: by path.
fn sorted_uses(mut uses: Vec<(String, Vec<String>)>) -> Vec<String> {
    uses.sort();
    let line = |(path, names): (String, Vec<String>)| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        layout::use_names(&path, &names)
    };
    uses.into_iter().map(line).collect()
}

fn sink_types(prefix: &str) -> Vec<String> {
    vec![format!("{prefix}Sink"), format!("{prefix}SinkConfig")]
}

fn example(spec: &Spec, crate_name: &str) -> Value {
    let crate_module = names::snake(crate_name);
    let prefix = spec.type_prefix();
    let uses = vec![
        (
            format!("{crate_module}::cloud_sink_base"),
            vec!["Event".to_owned()],
        ),
        (format!("{crate_module}::{}", spec.id), sink_types(&prefix)),
    ];
    context! {
        uses => sorted_uses(uses),
        id => spec.id.as_str(),
        prefix,
        title => plain(&spec.title),
        title_doc => text::title(spec),
    }
}

/// What the files shared by all providers need.
fn shared(specs: &[&Spec], place: &Place, parts: &[&str]) -> Value {
    let mut specs = specs.to_vec();
    specs.sort_by(|a, b| a.id.cmp(&b.id));
    let providers: Vec<Value> = specs
        .iter()
        .map(|spec| {
            let (id, prefix) = (spec.id.as_str(), spec.type_prefix());
            let read = format!("{prefix}SinkConfig::from_settings(settings).map(Self::{prefix})");
            let start = format!("{prefix}Sink::start(config).map({prefix}Sink::into_inner)");
            context! {
                id,
                prefix => prefix.as_str(),
                read => arm(format!("Some({id:?})"), read),
                start => arm(format!("Self::{prefix}(config)"), start),
            }
        })
        .collect();
    let ids: Vec<_> = specs.iter().map(|spec| format!("`{}`", spec.id)).collect();
    let name = match place {
        Place::Crate { name } => name.as_str(),
        Place::Modules => "sinks",
    };
    let runtime = ["CloudSink", "ConfigErrors", "StartError"].map(str::to_owned);
    let mut uses = vec![("super::super::cloud_sink_base".to_owned(), runtime.to_vec())];
    uses.extend(specs.iter().map(|spec| {
        let path = format!("super::super::{}", spec.id);
        (path, sink_types(&spec.type_prefix()))
    }));
    // Modules are declared in the order rustfmt keeps them in.
    let mut modules: Vec<String> = specs.iter().map(|spec| spec.id.clone()).collect();
    modules.extend(["cloud_sink_base", "cloud_sink_parts", "settings"].map(str::to_owned));
    modules.sort_unstable();
    context! {
        name,
        modules,
        providers,
        settings_uses => sorted_uses(uses),
        parts => parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>(),
        known => text::literal(&format!("expected {}", ids.join(", "))),
        is_crate => matches!(place, Place::Crate { .. }),
    }
}

fn arm(pattern: String, body: String) -> String {
    layout::arm(12, &Expr::pattern(pattern), &Expr::text(body))
}

#[cfg(test)]
mod tests {
    use super::RUNTIME;

    #[test]
    fn every_file_of_the_runtime_is_planned() {
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/templates/rust/cloud_sink_base"
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
            .collect();
        names.sort();

        assert_eq!(RUNTIME.as_slice(), names);
    }
}
