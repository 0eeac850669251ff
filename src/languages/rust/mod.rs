//! Rust: from specs to the files of a crate and what fills their holes.

mod config;
mod dependencies;
mod encoder;
mod example;
mod language;
mod ledger;
pub mod manifest;
mod module;
pub mod names;
mod parts;
mod place;
mod pretty;
mod settings;
mod sink_tests;
mod text;
mod transport;
mod uses;
mod value;

use std::collections::BTreeSet;

use minijinja::{Value, context};

use super::PlannedFile;
use crate::sink::{Sink, Transport};
use crate::text::plain;
pub use dependencies::Dependency;
pub use language::Rust;
pub use place::Place;
use pretty::{arm, import};
use settings::Fields;

/// A file of one provider, before its template is filled.
struct Sheet {
    /// Its path in the provider's folder, without its ending.
    name: String,
    /// Its template, without its ending.
    template: &'static str,
    /// What fills it.
    context: Value,
    /// Parts of the runtime it uses.
    parts: BTreeSet<String>,
    /// Whether the moment stands in what it makes.
    asks_now: bool,
}

/// Files of the runtime, copied whole.
const RUNTIME: [&str; 33] = [
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
    "metrics.rs",
    "mod.rs",
    "packer.rs",
    "private_file.rs",
    "queue.rs",
    "reporter.rs",
    "scheduler.rs",
    "settings.rs",
    "shared.rs",
    "sink.rs",
    "text.rs",
    "throttle.rs",
    "time_format.rs",
    "time_text.rs",
    "timestamp.rs",
    "transport.rs",
    "waiting.rs",
    "worker.rs",
];

/// Every file of `sinks` but the guides, at `place`.
#[must_use]
pub fn files(sinks: &[&Sink], place: &Place) -> Vec<PlannedFile> {
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
    let mut used = BTreeSet::new();
    for sink in sinks {
        for sheet in sheets(sink) {
            used.extend(sheet.parts);
            let path = format!("{root}/{}/{}.rs", sink.id, sheet.name);
            let asset = format!("rust/provider/{}.rs.j2", sheet.template);
            files.push(PlannedFile::template(path, &asset, sheet.context));
        }
        if let Place::Crate { name } = place {
            let path = format!("examples/{}_ndjson.rs", sink.id);
            files.push(PlannedFile::template(
                path,
                "rust/example.rs.j2",
                example(sink, name),
            ));
        }
    }
    let parts = parts::with_needs(used);
    for file in parts.iter().flat_map(|part| parts::files(part)) {
        files.push(PlannedFile::verbatim(
            format!("{root}/cloud_sink_parts/{file}.rs"),
            format!("rust/parts/{file}.rs"),
        ));
    }
    let shared = shared(sinks, place, &parts);
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
    files
}

/// The files of one provider's module.
fn sheets(sink: &Sink) -> Vec<Sheet> {
    let fields = Fields::of(sink);
    let mut sheets = sheets_of_code(sink, &fields);
    let asks_now = sheets.iter().any(|sheet| sheet.asks_now);
    sheets.extend(sink_tests::sheets(sink, &fields, asks_now));
    sheets
}

/// All but its tests.
fn sheets_of_code(sink: &Sink, fields: &Fields) -> Vec<Sheet> {
    let mut sheets = vec![module::sheet(sink, fields), encoder::sheet(sink, fields)];
    sheets.extend(config::sheets(sink, fields));
    if let Transport::Http(endpoint) = &sink.transport {
        sheets.push(transport::sheet(sink, fields, endpoint));
    }
    sheets
}

/// An arm with two calls in a row; the second goes below when they do not fit on a line of their own.
fn chained(pattern: String, first: &str, second: &str) -> String {
    let body = format!("{first}.{second}");
    if body.len() + 16 <= text::WIDTH {
        return arm(12, &[pattern], "", &body);
    }
    let beside = format!("            {pattern} => {first}");
    if beside.len() < text::WIDTH {
        return format!("{beside}\n                .{second},\n");
    }
    format!(
        "            {pattern} => {{\n                {first}\n                    .{second}\n            }}\n"
    )
}

fn sink_types(prefix: &str) -> [String; 2] {
    [format!("{prefix}Sink"), format!("{prefix}SinkConfig")]
}

fn example(sink: &Sink, crate_name: &str) -> Value {
    let crate_module = names::snake(crate_name);
    let types = sink_types(&sink.type_prefix);
    let mut uses = [
        import(
            "use",
            &format!("{crate_module}::cloud_sink_base"),
            &["Event"],
        ),
        import(
            "use",
            &format!("{crate_module}::{}", sink.id),
            &[&types[0], &types[1]],
        ),
        import("use", "serde_json", &["Value"]),
    ];
    uses.sort();
    let start = pretty::Expr::call(
        format!("{}::start", types[0]),
        [format!("{}::from_env()?", types[1])],
    );
    context! {
        uses => uses.join("\n"),
        id => sink.id.as_str(),
        start => text::block(pretty::statement(4, "let sink = ", &start, "?;")),
        title => plain(&sink.title),
        title_doc => text::title(sink),
    }
}

/// What the files shared by all providers need.
fn shared(sinks: &[&Sink], place: &Place, parts: &BTreeSet<String>) -> Value {
    let mut sinks = sinks.to_vec();
    sinks.sort_by(|a, b| a.id.cmp(&b.id));
    let (mut read, mut start, mut uses) = (String::new(), String::new(), Vec::new());
    for sink in &sinks {
        let (id, prefix) = (&sink.id, &sink.type_prefix);
        read += &chained(
            format!("Some({id:?})"),
            &format!("{prefix}SinkConfig::from_settings(settings)"),
            &format!("map(Self::{prefix})"),
        );
        start += &chained(
            format!("Self::{prefix}(config)"),
            &format!("{prefix}Sink::start(config)"),
            &format!("map({prefix}Sink::into_inner)"),
        );
        let types = sink_types(prefix);
        uses.push(import(
            "use",
            &format!("super::super::{id}"),
            &[&types[0], &types[1]],
        ));
    }
    let runtime = ["CloudSink", "ConfigErrors", "StartError"];
    uses.push(import("use", "super::super::cloud_sink_base", &runtime));
    uses.sort();
    let providers: Vec<Value> = sinks
        .iter()
        .map(|sink| context! { id => sink.id.as_str(), prefix => sink.type_prefix.as_str() })
        .collect();
    let ids: Vec<_> = sinks.iter().map(|sink| format!("`{}`", sink.id)).collect();
    let name = match place {
        Place::Crate { name } => name.as_str(),
        Place::Modules => "sinks",
    };
    // Modules are declared in the order rustfmt keeps them in.
    let mut modules: Vec<String> = sinks.iter().map(|sink| sink.id.clone()).collect();
    modules.extend(["cloud_sink_base", "cloud_sink_parts", "settings"].map(str::to_owned));
    modules.sort_unstable();
    context! {
        name,
        modules,
        providers,
        read => text::block(read),
        start => text::block(start),
        settings_uses => uses.join("\n"),
        parts => parts.iter().cloned().collect::<Vec<_>>(),
        known => {
            let known = text::literal(&format!("expected {}", ids.join(", ")));
            text::block(pretty::statement(0, "const KNOWN: &str = ", &known.into(), ";"))
        },
        is_crate => matches!(place, Place::Crate { .. }),
    }
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
