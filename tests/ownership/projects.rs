use std::fs;
use std::path::Path;
use std::process::Command;

use crate::{done, ends, shop, tree};

#[test]
fn a_rust_that_is_too_old_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().expect("temp dir");
    for (keys, said) in [
        ("edition = \"2018\"\n", "says edition 2018"),
        (
            "edition = \"2021\"\nrust-version = \"1.70\"\n",
            "says rust-version 1.70",
        ),
    ] {
        let root = shop(folder.path(), keys);
        let before = tree(&root);

        let text = ends(&root, "new-sink --provider loki --out .", 2);

        assert!(text.contains(said) && text.contains("hint: "), "{text}");
        assert!(before == tree(&root));
        fs::remove_dir_all(root).expect("removed");
    }
}

/// An application on another `reqwest` and `base64` could not have a sink.
#[test]
fn crates_in_another_version_stand_beside_ours() {
    let folder = tempfile::tempdir().expect("temp dir");
    let keys = "edition = \"2021\"\n\n[dependencies]\nbase64 = \"0.13\"\nreqwest = { version = \"0.11\", default-features = false }\n";
    let root = shop(folder.path(), keys);

    let report = done(&root, "new-sink --provider loki --out .");

    assert!(report.contains("base64_0_23 = "), "{report}");
    let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("readable");
    assert!(
        manifest.contains("reqwest = { version = \"0.11\", default-features = false }"),
        "{manifest}"
    );
    assert!(
        manifest.contains("reqwest_0_13 = { package = \"reqwest\", version = \"0.13\""),
        "{manifest}"
    );
    let mut code = String::new();
    for (path, text) in tree(&root) {
        if Path::new(&path).extension().is_some_and(|it| it == "rs") {
            code += &String::from_utf8(text).expect("text");
        }
    }
    assert!(code.contains("use reqwest_0_13::"), "no code uses it");
    assert!(!code.contains("use reqwest::") && !code.contains(" base64::"));
    assert!(!done(&root, "update").contains("adds"), "nothing is new");
    done(&root, "check");
    let resolved = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--offline",
            "--no-deps",
        ])
        .current_dir(&root)
        .output()
        .expect("started");
    assert!(
        resolved.status.success(),
        "{}",
        String::from_utf8_lossy(&resolved.stderr)
    );
    done(&root, "remove --all");
    assert!(
        !fs::read_to_string(root.join("Cargo.toml"))
            .expect("readable")
            .contains("reqwest_0_13")
    );
}
