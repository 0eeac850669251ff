//! Every provider as a user gets it: generated, then formatted, linted and tested as it lies.
//!
//! All crates are members of one scratch workspace, so that what they depend on is compiled once. The
//! built-in providers are modules of somebody's crate, some of them crates of their own too, and the
//! backends of `tests/backends` are one crate together.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fapilog_gen::assets::Assets;
use fapilog_gen::languages::rust::{Place, Rust};
use fapilog_gen::project::plan::plan;
use fapilog_gen::project::prepare::{Intent, Order, Ordered, prepare};
use fapilog_gen::project::render::{RenderedFile, render};
use fapilog_gen::sink::{Form, LoadedSink, Sink, load_file};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Sinks of a folder, sorted by id.
fn sinks(folder: &str) -> Vec<LoadedSink> {
    let entries = fs::read_dir(root().join(folder)).expect("a folder");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| load_file(path).unwrap_or_else(|problems| panic!("{problems}")))
        .collect()
}

/// Providers that are crates of their own too: between them they need every part and dependency, and
/// each does without others.
const ALONE: [&str; 11] = [
    "azure_monitor",
    "cloudwatch",
    "coralogix",
    "datadog",
    "event_hubs",
    "gcp_logging",
    "loki",
    "opensearch",
    "otlp_protobuf",
    "splunk_hec",
    "sqs",
];

/// The backends that Rust can be printed for.
fn backends() -> Vec<LoadedSink> {
    let is_printed =
        |loaded: &LoadedSink| !matches!(loaded.sink.payload.form, Form::OtlpProtobuf { .. });
    sinks("tests/backends")
        .into_iter()
        .filter(is_printed)
        .collect()
}

fn rendered(sinks: &[&Sink], place: &Place) -> Vec<RenderedFile> {
    let files = render(&Assets::embedded(), &plan(sinks, place));
    files.unwrap_or_else(|error| panic!("{error:?}"))
}

/// Writes sinks into a folder as `new-sink` does, manifest included; files that an earlier version
/// wrote do not stay.
fn lay_out(folder: &Path, name: &str, sinks: &[LoadedSink], intent: Intent) {
    let order = Order {
        root: folder,
        name: Some(name.to_owned()),
        language: &Rust,
        sinks: sinks
            .iter()
            .map(|loaded| Ordered::of(loaded, true))
            .collect(),
        intent,
    };
    let prepared = prepare(&Assets::embedded(), &order).unwrap_or_else(|found| panic!("{found:?}"));
    prepared.emission.write().expect("a written project");
}

/// Writes a file only when it differs, so that cargo sees what changed.
fn write(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|known| known == text) {
        return;
    }
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, text).expect("a file");
}

fn cargo(scratch: &Path, arguments: &[&str]) {
    let status = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(scratch)
        .env("CARGO_TARGET_DIR", root().join("target/scratch-build"))
        .env_remove("RUSTFLAGS")
        .status()
        .expect("cargo starts");
    assert!(
        status.success(),
        "cargo {} failed in {}",
        arguments.join(" "),
        scratch.display()
    );
}

/// The parts of the runtime that sinks need.
fn parts(sinks: &[LoadedSink]) -> BTreeSet<String> {
    let sinks: Vec<&Sink> = sinks.iter().map(|loaded| &loaded.sink).collect();
    let paths = plan(&sinks, &Place::Modules)
        .into_iter()
        .map(|file| file.path);
    paths
        .filter(|path| path.contains("cloud_sink_parts/"))
        .collect()
}

/// A program of somebody who took all built-in providers in and uses little of them.
const PROGRAM_WITH_SINKS: &str = r#"//! A program with sinks in it.

mod sinks;

fn main() {
    println!("{:?}", sinks::settings::parse(""));
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::time::Duration;

    use super::sinks::settings::{Sinks, parse};

    const SETTINGS: &str = "
sinks:
  main: { provider: datadog, api_key: example-api-key, url: 'http://127.0.0.1:9' }
  local: { provider: loki, url: 'http://127.0.0.1:9', batch_size: 10 }
  aws: { provider: cloudwatch, log_group: shop, region: eu-central-1 }
";

    #[test]
    fn sinks_of_all_providers_start_by_name() {
        let sinks = Sinks::from_yaml(SETTINGS).expect("started");

        let names: Vec<&str> = sinks.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["main", "local", "aws"]);
        for (_, sink) in sinks.iter() {
            assert_eq!(sink.stop_blocking(Duration::from_secs(5)).accepted, 0);
        }
    }

    #[test]
    fn what_is_wrong_with_the_yaml_is_kept_as_the_cause() {
        let error = parse("sinks: {\n  main: [\n").expect_err("no YAML");

        assert_eq!(error.to_string(), "settings are not valid YAML");
        let cause = error.source().expect("a cause").to_string();
        assert!(cause.contains("line "), "{cause}");
    }
}
"#;

/// The manifest of that program, before the sinks came.
const MANIFEST_WITH_SINKS: &str = r#"[package]
name = "modules"
version = "0.1.0"
edition = "2024"
rust-version = "1.89"
publish = false
"#;

/// An application of an earlier edition on other versions of what the sinks need, some of them from its
/// workspace, with lints of its own.
const MANIFEST_OF_A_SHOP: &str = r#"[package]
name = "shop"
version = "0.1.0"
edition = "2021"
publish = false

[dependencies]
base64 = "0.13"
reqwest = { version = "0.12", default-features = false }
serde.workspace = true
time = { workspace = true, features = ["macros"] }

[lints.rust]
missing_docs = "warn"
unsafe_code = "forbid"

[lints.clippy]
pedantic = { level = "warn", priority = -1 }
unwrap_used = "warn"
"#;

/// It calls what only its own versions have, and its modules have names that the sinks use too.
const SHOP: &str = r#"//! A shop.

pub mod transport;

mod sinks;

/// What the shop sends with, and what its sinks do.
#[must_use]
pub fn client() -> (reqwest::Client, String) {
    let settings = format!("{:?}", sinks::settings::parse(""));
    (reqwest::Client::new(), base64::encode(settings))
}
"#;

#[test]
fn every_provider_formats_lints_and_passes_its_own_tests() {
    let scratch = root().join("target/scratch");
    let built_in = sinks("providers");
    let of_its_own = built_in
        .iter()
        .filter(|loaded| ALONE.contains(&loaded.sink.id.as_str()))
        .cloned();
    let alone: Vec<LoadedSink> = of_its_own.chain(sinks("tests/specs")).collect();
    assert_eq!(parts(&built_in), parts(&alone), "`ALONE` lacks a part");
    let members: Vec<String> = alone
        .iter()
        .map(|loaded| loaded.sink.id.as_str())
        .chain(["modules", "backends", "shop"])
        .map(|member| format!("{member:?}"))
        .collect();
    // First: a crate that is no member gets a workspace of its own.
    let workspace = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n\n\
         [workspace.dependencies]\nserde = \"1\"\ntime = {{ version = \"0.3\", default-features = false }}\n",
        members.join(", ")
    );
    write(&scratch.join("Cargo.toml"), &workspace);
    for loaded in &alone {
        let id = &loaded.sink.id;
        let name = format!("{}-sink", id.replace('_', "-"));
        let alone = std::slice::from_ref(loaded);
        lay_out(&scratch.join(id), &name, alone, Intent::Replace);
    }
    let together = scratch.join("backends");
    lay_out(&together, "all-backends", &backends(), Intent::Replace);
    let modules = scratch.join("modules");
    write(&modules.join("Cargo.toml"), MANIFEST_WITH_SINKS);
    write(&modules.join("src/main.rs"), PROGRAM_WITH_SINKS);
    let joins = Intent::Join {
        force: true,
        no_deps: false,
    };
    lay_out(&modules, "modules", &built_in, joins);
    let shop = scratch.join("shop");
    write(&shop.join("Cargo.toml"), MANIFEST_OF_A_SHOP);
    write(&shop.join("src/lib.rs"), SHOP);
    write(&shop.join("src/transport.rs"), "//! What moves goods.\n");
    let of_the_shop = ["azure_monitor", "datadog", "gcp_logging", "loki"];
    let of_the_shop: Vec<LoadedSink> = built_in
        .iter()
        .filter(|loaded| of_the_shop.contains(&loaded.sink.id.as_str()))
        .cloned()
        .collect();
    lay_out(&shop, "shop", &of_the_shop, joins);
    let manifest = fs::read_to_string(shop.join("Cargo.toml")).expect("a manifest");
    for name in ["base64_0_23 = ", "reqwest_0_13 = "] {
        assert!(manifest.contains(name), "{manifest}");
    }
    if !scratch.join("Cargo.lock").exists() {
        fs::copy(root().join("Cargo.lock"), scratch.join("Cargo.lock")).expect("a lock file");
    }

    cargo(&scratch, &["fmt", "--all", "--check"]);
    let strict = [
        "--",
        "-D",
        "warnings",
        "-D",
        "missing_docs",
        "-W",
        "clippy::pedantic",
    ];
    cargo(
        &scratch,
        &[&["clippy", "--workspace", "--all-targets"][..], &strict].concat(),
    );
    // All were compiled alone above, tests included. They run together, as do two that stand for the rest.
    let run = ["modules", "all-backends", "cloudwatch-sink", "datadog-sink"];
    let packages = run.iter().flat_map(|name| ["--package", name]);
    cargo(
        &scratch,
        &["test"].into_iter().chain(packages).collect::<Vec<_>>(),
    );
}

/// Longest file a reader should have to follow.
const LONGEST_FILE: usize = 350;

/// Of the specs here, that is: another's tests grow with its vectors.
#[test]
fn no_file_is_too_long_to_follow() {
    let loaded = [sinks("providers"), sinks("tests/specs")].concat();
    let sinks: Vec<&Sink> = loaded.iter().map(|loaded| &loaded.sink).collect();
    let files = rendered(&sinks, &Place::Modules);

    let too_long: Vec<String> = files
        .iter()
        .filter(|file| file.path.starts_with("src/"))
        .map(|file| (file.contents.lines().count(), &file.path))
        .filter(|(lines, _)| *lines > LONGEST_FILE)
        .map(|(lines, path)| format!("{path}: {lines} lines"))
        .collect();

    assert!(
        too_long.is_empty(),
        "split these along a seam, at most {LONGEST_FILE} lines a file: {too_long:#?}"
    );
}

/// The whole tree of one provider, runtime and guide aside: what a change of a template changes.
#[test]
fn the_datadog_module_reads_as_before() {
    let loaded = sinks("providers");
    let datadog = loaded
        .iter()
        .find(|loaded| loaded.sink.id == "datadog")
        .expect("datadog");
    let files = rendered(
        &[&datadog.sink],
        &Place::Crate {
            name: "datadog-sink".to_owned(),
        },
    );

    for file in files
        .iter()
        .filter(|file| !file.path.contains("cloud_sink_"))
    {
        insta::assert_snapshot!(file.path.replace('/', "__"), file.contents);
    }
}
