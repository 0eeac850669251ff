use std::fs;

use super::*;

fn dependency(name: &str, version: &str, features: &[&str]) -> Dependency {
    Dependency {
        name: name.into(),
        dev: false,
        version: version.into(),
        package: None,
        default_features: true,
        features: features
            .iter()
            .map(|feature| (*feature).to_owned())
            .collect(),
    }
}

fn merged(text: &str, dependencies: &[Dependency]) -> String {
    merge(text, None, dependencies).expect("no conflict").text
}

#[test]
fn a_new_crate_names_what_it_needs_sorted() {
    let tokio = Dependency {
        default_features: false,
        ..dependency("tokio", "1", &["rt"])
    };
    let yaml = Dependency {
        package: Some("serde-saphyr".into()),
        ..dependency("serde_yaml", "2", &[])
    };
    let dev = Dependency {
        dev: true,
        ..dependency("tokio", "1", &["test-util"])
    };

    let text = new_crate(
        "datadog-sink",
        &[tokio, yaml, dev, dependency("bytes", "1", &[])],
        true,
    );

    let expected = r#"[package]
name = "datadog-sink"
version = "0.1.0"
edition = "2024"
rust-version = "1.89"
publish = false

[dependencies]
bytes = "1"
serde_yaml = { package = "serde-saphyr", version = "2" }
tokio = { version = "1", default-features = false, features = ["rt"] }

[dev-dependencies]
tokio = { version = "1", features = ["test-util"] }

[lints.rust]
unsafe_code = "forbid"

[workspace]
"#;
    assert_eq!(text, expected);
}

#[test]
fn merging_keeps_formatting_comments_versions_and_order() {
    let text = r#"# top
[package]
name = "app"   # the name

[dependencies]
anyhow = "1"     # errors
serde = { version = "1.0.200", features = ["derive"] } # keep
tokio = "1.40" # runtime
[profile.release]
lto = true
"#;
    let wanted = [
        dependency("bytes", "1", &[]),
        dependency("serde", "1", &["derive"]),
        dependency("tokio", "1", &["rt", "time"]),
    ];

    let result = merge(text, None, &wanted).expect("no conflict");

    let expected = r#"# top
[package]
name = "app"   # the name

[dependencies]
anyhow = "1"     # errors
bytes = "1"
serde = { version = "1.0.200", features = ["derive"] } # keep
tokio = { version = "1.40", features = ["rt", "time"] } # runtime
[profile.release]
lto = true
"#;
    assert_eq!(result.text, expected);
    let shown: Vec<_> = result.additions.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            r#"[dependencies] bytes = "1""#,
            "[dependencies] tokio: features rt, time"
        ]
    );
}

#[test]
fn merging_twice_adds_nothing() {
    let wanted = [
        dependency("bytes", "1", &[]),
        Dependency {
            dev: true,
            ..dependency("tokio", "1", &["test-util"])
        },
    ];

    let once = merged("[package]\nname = \"app\"\n", &wanted);
    let twice = merge(&once, None, &wanted).expect("no conflict");

    assert_eq!(twice.text, once);
    assert!(twice.additions.is_empty());
}

#[test]
fn an_unsorted_section_gets_new_entries_at_its_end() {
    let text = merged(
        "[dependencies]\nzeta = \"1\"\nalpha = \"1\"\n",
        &[dependency("bytes", "1", &[])],
    );

    assert_eq!(
        text,
        "[dependencies]\nzeta = \"1\"\nalpha = \"1\"\nbytes = \"1\"\n"
    );
}

#[test]
fn features_join_a_list_in_its_own_layout() {
    let text =
        "[dependencies.tokio]\nversion = \"1\"\nfeatures = [\n    \"rt\",\n    \"net\",\n]\n";

    let merged = merged(text, &[dependency("tokio", "1", &["rt", "time"])]);

    assert_eq!(
        merged,
        "[dependencies.tokio]\nversion = \"1\"\nfeatures = [\n    \"rt\",\n    \"net\",\n    \"time\",\n]\n"
    );
}

#[test]
fn a_comment_in_a_list_stays_with_its_feature() {
    let text = "[dependencies]\ntokio = { version = \"1\", features = [\n  \"rt\", # ours\n] }\n";

    let merged = merged(text, &[dependency("tokio", "1", &["fs", "time"])]);

    assert_eq!(
        merged,
        "[dependencies]\ntokio = { version = \"1\", features = [\n  \"rt\", # ours\n  \"fs\",\n  \"time\",\n] }\n"
    );
}

#[test]
fn default_features_switched_off_are_asked_for_by_name() {
    let text = "[dependencies]\nserde = { version = \"1\", default-features = false }\n";

    let merged = merged(text, &[dependency("serde", "1", &["derive"])]);

    assert_eq!(
        merged,
        "[dependencies]\nserde = { version = \"1\", default-features = false, features = [\"default\", \"derive\"] }\n"
    );
}

#[test]
fn inheritance_from_the_workspace_is_respected() {
    let workspace =
        "tokio = { version = \"1\", features = [\"rt\"] }\nbytes = \"1\"\nserde = \"1\"\n";
    let inherited: toml_edit::DocumentMut = workspace.parse().expect("TOML");
    let text = "[dependencies]\ntokio = { workspace = true }\n";
    let wanted = [
        dependency("tokio", "1", &["rt", "time"]),
        dependency("bytes", "1", &[]),
        dependency("serde", "1", &["derive"]),
    ];

    let merged = merge(text, Some(inherited.as_table()), &wanted)
        .expect("no conflict")
        .text;

    let expected = r#"[dependencies]
bytes = { workspace = true }
serde = { workspace = true, features = ["derive"] }
tokio = { workspace = true, features = ["time"] }
"#;
    assert_eq!(merged, expected);
}

#[test]
fn all_conflicts_are_reported_at_once() {
    let text = "[dependencies]\nreqwest = \"0.12\"\nserde_yaml = \"0.9\"\n";
    let yaml = Dependency {
        package: Some("serde-saphyr".into()),
        ..dependency("serde_yaml", "2", &[])
    };

    let error =
        merge(text, None, &[dependency("reqwest", "0.13", &[]), yaml]).expect_err("conflicts");

    assert_eq!(
        error.to_string(),
        "`Cargo.toml`: `reqwest` is version `0.12`, the sinks need `0.13`; \
         `serde_yaml` is the package `serde_yaml`, the sinks need `serde-saphyr` under this name"
    );
}

#[test]
fn a_package_under_another_name_is_a_conflict() {
    let text = "[dependencies]\nyaml = { package = \"serde-saphyr\", version = \"2\" }\n";

    let error = merge(text, None, &[dependency("serde-saphyr", "2", &[])]).expect_err("conflict");

    assert_eq!(
        error.to_string(),
        "`Cargo.toml`: `yaml` is the package `serde-saphyr`, the sinks need it under the name \
         `serde-saphyr`"
    );
}

#[test]
fn what_the_workspace_has_in_another_version_is_not_inherited() {
    let inherited: toml_edit::DocumentMut = "reqwest = \"0.11\"\n".parse().expect("TOML");
    let wanted = [dependency("reqwest", "0.13", &[])];

    let merged = merge("", Some(inherited.as_table()), &wanted).expect("no conflict");

    assert_eq!(merged.text, "[dependencies]\nreqwest = \"0.13\"\n");
}

#[test]
fn a_development_feature_that_is_there_anyway_is_not_repeated() {
    let text = "[dependencies]\ntokio = { version = \"1\", features = [\"test-util\"] }\n";
    let wanted = Dependency {
        dev: true,
        ..dependency("tokio", "1", &["test-util"])
    };

    assert_eq!(merged(text, &[wanted]).lines().next(), text.lines().next());
}

#[test]
fn a_folder_below_a_foreign_workspace_gets_one_of_its_own() {
    let folder = tempfile::tempdir().expect("temp dir");
    let manifest = "[workspace]\nmembers = [\"crates/*\", \"./tools\"]\nexclude = [\"target\"]\n";
    fs::write(folder.path().join("Cargo.toml"), manifest).expect("write");
    let needs = |path: &str| needs_own_workspace(&folder.path().join(path));

    assert!(needs("datadog-sink"));
    assert!(needs("crates/deep/sink"));
    assert!(!needs("crates/sink"));
    assert!(!needs("tools"));
    assert!(!needs("target/try/sink"));
    assert!(!needs_own_workspace(folder.path()));
}

#[test]
fn a_workspace_that_names_its_root_as_a_member_excludes_nothing() {
    let folder = tempfile::tempdir().expect("temp dir");
    let manifest = "[workspace]\nmembers = [\".\"]\nexclude = [\"target\"]\n";
    fs::write(folder.path().join("Cargo.toml"), manifest).expect("write");

    assert!(needs_own_workspace(&folder.path().join("target/try/sink")));
}
