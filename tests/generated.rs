//! Every provider as a user gets it: generated, then formatted, linted and tested as it lies.
//!
//! All crates are members of one scratch workspace, so that what they depend on is compiled once.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fapilog_gen::assets::Assets;
use fapilog_gen::languages::rust::Place;
use fapilog_gen::languages::rust::dependencies::{self, Dependency};
use fapilog_gen::project::plan::plan;
use fapilog_gen::project::render::{RenderedFile, render};
use fapilog_gen::spec::load_file;
use fapilog_gen::spec::model::Spec;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Specs of a folder, sorted by id.
fn specs(folder: &str) -> Vec<Spec> {
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
        .map(|path| {
            load_file(path)
                .unwrap_or_else(|problems| panic!("{problems}"))
                .spec
        })
        .collect()
}

fn generate(specs: &[&Spec], place: &Place) -> (Vec<RenderedFile>, Vec<Dependency>) {
    let files = render(&Assets::embedded(), &plan(specs, place));
    let files = files.unwrap_or_else(|error| panic!("{error:?}"));
    (files, dependencies::of(specs))
}

fn manifest(name: &str, dependencies: &[Dependency]) -> String {
    let mut text = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\nrust-version = \"1.88\"\npublish = false\n\n\
         [lints.rust]\nunsafe_code = \"forbid\"\nmissing_docs = \"deny\"\n\n[dependencies]\n"
    );
    for dependency in dependencies {
        let package = dependency
            .package
            .as_ref()
            .map(|package| format!("package = {package:?}, "));
        let _ = writeln!(
            text,
            "{} = {{ {}version = {:?}, default-features = {}, features = {:?} }}",
            dependency.name,
            package.unwrap_or_default(),
            dependency.version,
            dependency.default_features,
            dependency.features
        );
    }
    text
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

fn lay_out(folder: &Path, name: &str, (files, dependencies): (Vec<RenderedFile>, Vec<Dependency>)) {
    // What an earlier version generated must not stay.
    let _ = fs::remove_dir_all(folder.join("src"));
    for file in files {
        write(&folder.join(&file.path), &file.contents);
    }
    write(&folder.join("Cargo.toml"), &manifest(name, &dependencies));
}

#[test]
fn every_provider_formats_lints_and_passes_its_own_tests() {
    let scratch = root().join("target/scratch");
    let built_in = specs("providers");
    let specs: Vec<Spec> = [built_in.clone(), specs("tests/specs")].concat();
    let mut members = Vec::new();
    for spec in &specs {
        let name = format!("{}-sink", spec.id.replace('_', "-"));
        let place = Place::Crate { name: name.clone() };
        lay_out(&scratch.join(&spec.id), &name, generate(&[spec], &place));
        members.push(format!("{:?}", spec.id));
    }
    let together: Vec<&Spec> = built_in.iter().collect();
    let modules = generate(&together, &Place::Modules);
    lay_out(&scratch.join("modules"), "modules", modules);
    write(&scratch.join("modules/src/main.rs"), PROGRAM_WITH_SINKS);
    members.push("\"modules\"".to_owned());
    let workspace = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n",
        members.join(", ")
    );
    write(&scratch.join("Cargo.toml"), &workspace);
    if !scratch.join("Cargo.lock").exists() {
        fs::copy(root().join("Cargo.lock"), scratch.join("Cargo.lock")).expect("a lock file");
    }

    cargo(&scratch, &["fmt", "--all", "--check"]);
    let pedantic = ["--", "-D", "warnings", "-W", "clippy::pedantic"];
    cargo(
        &scratch,
        &[&["clippy", "--workspace", "--all-targets"][..], &pedantic].concat(),
    );
    cargo(&scratch, &["test", "--workspace"]);
}

/// Longest file a reader should have to follow.
const LONGEST_FILE: usize = 350;

/// Of the specs here, that is: another's tests grow with its vectors.
#[test]
fn no_file_is_too_long_to_follow() {
    let specs = [specs("providers"), specs("tests/specs")].concat();
    let specs: Vec<&Spec> = specs.iter().collect();
    let (files, _) = generate(&specs, &Place::Modules);

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
    let specs = specs("providers");
    let datadog = specs
        .iter()
        .find(|spec| spec.id == "datadog")
        .expect("datadog");
    let (files, _) = generate(
        &[datadog],
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
