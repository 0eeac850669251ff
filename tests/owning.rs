//! Code that stays its owner's: what the second run of the tool, and every one after it, does to a
//! project in which somebody works.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_fapilog-gen");

fn run(folder: &Path, arguments: &str) -> Output {
    Command::new(PROGRAM)
        .args(arguments.split(' '))
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("started")
}

/// Runs what must end well.
fn done(folder: &Path, arguments: &str) -> String {
    let output = run(folder, arguments);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(Some(0), output.status.code(), "{arguments}: {text}{errors}");
    text
}

/// Runs what must end with a code; returns all it printed.
fn ends(folder: &Path, arguments: &str, code: i32) -> String {
    let output = run(folder, arguments);
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert_eq!(Some(code), output.status.code(), "{arguments}: {text}");
    text
}

/// Every file below a folder but what the tool keeps for itself.
fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_name() == ".fapilog-gen" {
                continue;
            }
            if path.is_dir() {
                walk(root, &path, found);
            } else {
                let name = path.strip_prefix(root).expect("below");
                found.insert(
                    name.to_string_lossy().into_owned(),
                    fs::read(&path).expect("read"),
                );
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(root, root, &mut found);
    found
}

fn edit(path: &Path, change: impl FnOnce(String) -> String) {
    let text = fs::read_to_string(path).expect("readable");
    let changed = change(text.clone());
    assert_ne!(text, changed, "{}", path.display());
    fs::write(path, changed).expect("written");
}

/// A crate of somebody's, with a manifest that has all kinds of things in it.
fn shop(folder: &Path) -> PathBuf {
    let root = folder.join("shop");
    fs::create_dir_all(root.join("src")).expect("folder");
    fs::write(root.join("src/main.rs"), "mod sinks;\n\nfn main() {}\n").expect("written");
    let manifest = "[package]\nname = \"shop\"  # ours\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nserde = \"1\"\ntokio = { version = \"1\", features = [\"net\"] }\n";
    fs::write(root.join("Cargo.toml"), manifest).expect("written");
    root
}

/// The templates of a tool to come: a line above and one below each file that is copied as it is.
fn later_templates(folder: &Path) -> PathBuf {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).expect("folder");
        for entry in fs::read_dir(from).expect("folder") {
            let path = entry.expect("entry").path();
            let target = to.join(path.file_name().expect("name"));
            if path.is_dir() {
                copy(&path, &target);
                continue;
            }
            let text = fs::read_to_string(&path).expect("text");
            let comment = match path.extension().and_then(|it| it.to_str()) {
                Some("rs") => "// later\n",
                Some("py") => "# later\n",
                _ => "",
            };
            fs::write(target, text + comment).expect("written");
        }
    }
    let target = folder.join("later");
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"),
        &target,
    );
    target
}

#[test]
fn ten_edits_survive_an_update_in_both_languages() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    done(root, "new-sink --provider loki --lang both --out all");
    done(root, "new-sink --provider datadog --out all/rust");
    done(root, "new-sink --provider datadog --out all/python");
    let later = later_templates(root);
    let options = format!("--templates {}", later.display());
    let mut edited = Vec::new();
    for (part, extension) in [
        ("rust/src/cloud_sink_base", "rs"),
        ("python/all/cloud_sink_base", "py"),
    ] {
        let base = root.join("all").join(part);
        let files =
            fs::read_dir(&base).unwrap_or_else(|error| panic!("{}: {error}", base.display()));
        let mut files: Vec<_> = files.map(|entry| entry.expect("entry").path()).collect();
        files.retain(|path| path.extension().is_some_and(|it| it == extension));
        files.sort();
        edited.extend(files.into_iter().take(5));
    }
    for path in &edited {
        let mine = if path.extension().is_some_and(|it| it == "rs") {
            "// mine\n"
        } else {
            "# mine\n"
        };
        edit(path, |text| mine.to_owned() + &text);
    }

    let report = done(root, &format!("{options} update all"));

    assert_eq!(10, edited.len());
    assert_eq!(10, report.matches("  merged    ").count(), "{report}");
    for path in &edited {
        let text = fs::read_to_string(path).expect("readable");
        let mark = if path.extension().is_some_and(|it| it == "rs") {
            "//"
        } else {
            "#"
        };
        assert!(
            text.starts_with(&format!("{mark} mine\n")),
            "{}",
            path.display()
        );
        assert!(
            text.ends_with(&format!("{mark} later\n")),
            "{}",
            path.display()
        );
    }
    let again = done(root, &format!("{options} update all"));
    assert!(!again.contains("merged"), "{again}");
    done(root, &format!("{options} check all"));
}

#[test]
fn the_other_files_are_those_of_a_clean_generation() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    done(root, "new-sink --provider loki --out edited");
    let options = format!("--templates {}", later_templates(root).display());
    edit(&root.join("edited/src/cloud_sink_base/mod.rs"), |text| {
        "// mine\n".to_owned() + &text
    });

    done(root, &format!("{options} update edited"));
    done(
        root,
        &format!("{options} new-sink --provider loki --out clean"),
    );

    let mut edited = tree(&root.join("edited"));
    let mut clean = tree(&root.join("clean"));
    for tree in [&mut edited, &mut clean] {
        // Named like their folders.
        for path in [
            "src/cloud_sink_base/mod.rs",
            "Cargo.toml",
            "README.md",
            "docs/loki.md",
            "examples/loki_ndjson.rs",
            "fapilog-gen.lock",
        ] {
            tree.remove(path).expect(path);
        }
    }
    assert!(edited == clean);
}

#[test]
fn a_conflict_is_marked_and_holds_nothing_back() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    done(root, "new-sink --provider loki --out s");
    let options = format!("--templates {}", later_templates(root).display());
    let file = root.join("s/src/cloud_sink_base/mod.rs");
    edit(&file, |text| text + "// my end\n");

    let dry = ends(root, &format!("{options} update s --dry-run --diff"), 1);
    assert!(dry.contains("+<<<<<<< yours"), "{dry}");
    let report = ends(root, &format!("{options} update s"), 1);

    assert_eq!(1, report.matches("  conflict  ").count(), "{report}");
    let text = fs::read_to_string(&file).expect("readable");
    assert!(
        text.ends_with("<<<<<<< yours\n// my end\n=======\n// later\n>>>>>>> generated\n"),
        "{text}"
    );
    let other = fs::read_to_string(root.join("s/src/cloud_sink_base/secret.rs"));
    assert!(other.map_or(true, |text| text.ends_with("// later\n")));
    let check = ends(root, &format!("{options} check s"), 1);
    assert!(
        check.contains("conflict  src/cloud_sink_base/mod.rs"),
        "{check}"
    );
}

/// A person's `docs/loki.md` was overwritten by `--force`.
#[test]
fn a_file_of_somebody_else_stops_everything() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = shop(folder.path());
    fs::create_dir_all(root.join("docs")).expect("folder");
    fs::write(root.join("docs/loki.md"), "my own notes\n").expect("written");
    let before = tree(&root);

    for options in ["", " --force", " --dry-run"] {
        let text = ends(
            &root,
            &format!("new-sink --provider loki --out .{options}"),
            2,
        );

        assert!(
            text.contains("docs/loki.md` is not ours: it is not in `fapilog-gen.lock`"),
            "{text}"
        );
        assert!(
            text.contains("hint: name another folder with `--out`"),
            "{text}"
        );
    }
    assert!(before == tree(&root));
    assert!(!root.join(".fapilog-gen").exists());
}

#[test]
fn a_read_only_manifest_is_refused() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = shop(folder.path());
    let manifest = root.join("Cargo.toml");
    let mut permissions = fs::metadata(&manifest).expect("there").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&manifest, permissions).expect("set");
    let before = tree(&root);

    let text = ends(&root, "new-sink --provider loki --out .", 2);

    assert!(text.contains("Cargo.toml` is read-only"), "{text}");
    assert!(before == tree(&root));
    done(&root, "new-sink --provider loki --out . --no-deps");
}

#[test]
fn remove_takes_out_what_was_added_and_undo_brings_it_back() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = shop(folder.path());
    let nothing = tree(&root);
    done(&root, "new-sink --provider loki --out .");
    let loki = tree(&root);
    done(&root, "new-sink --provider datadog --out .");
    let both = tree(&root);

    done(&root, "remove --provider datadog");
    let mut now = tree(&root);
    let mut expected = loki.clone();
    // A merge may put a dependency to another place than the first run did.
    for tree in [&mut now, &mut expected] {
        tree.remove("fapilog-gen.lock").expect("a lock");
    }
    assert_eq!(
        String::from_utf8_lossy(&expected["Cargo.toml"]),
        String::from_utf8_lossy(&now["Cargo.toml"])
    );
    assert!(expected == now);
    done(&root, "undo");
    assert!(both == tree(&root));

    done(&root, "remove --all");
    assert!(nothing == tree(&root), "{:?}", tree(&root).keys());
    done(&root, "undo");
    assert!(both == tree(&root));
    ends(&root, "undo", 2);
}

#[test]
fn remove_leaves_what_was_edited_and_says_so() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = shop(folder.path());
    done(&root, "new-sink --provider loki --out .");
    edit(&root.join("src/sinks/loki/encoder.rs"), |text| {
        text + "// mine\n"
    });
    edit(&root.join("Cargo.toml"), |text| {
        text.replace("bytes = \"1\"", "bytes = \"1.5\"")
    });

    let report = done(&root, "remove --provider loki");

    assert!(
        report.contains("left      src/sinks/loki/encoder.rs"),
        "{report}"
    );
    assert!(
        report.contains("leaves    dependencies.bytes = \"1\": edited since it was added"),
        "{report}"
    );
    let files: Vec<String> = tree(&root).into_keys().collect();
    assert_eq!(
        ["Cargo.toml", "src/main.rs", "src/sinks/loki/encoder.rs"],
        *files
    );
    let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("readable");
    assert!(
        manifest.contains("bytes = \"1.5\"") && !manifest.contains("reqwest"),
        "{manifest}"
    );
    assert!(
        manifest.contains("tokio = { version = \"1\", features = [\"net\"] }"),
        "{manifest}"
    );
}

#[test]
fn a_python_project_loses_its_entry_point_and_requirements_again() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path().join("shop");
    fs::create_dir_all(root.join("src/shop")).expect("folder");
    fs::write(root.join("src/shop/__init__.py"), "").expect("written");
    let manifest = "[project]\nname = \"shop\"\nversion = \"1\"\ndependencies = [\n  \"httpx>=0.27\",  # ours\n]\n\n[tool.ruff]\nline-length = 100\n";
    fs::write(root.join("pyproject.toml"), manifest).expect("written");
    let before = tree(&root);

    done(&root, "new-sink --provider datadog --out .");
    let report = done(&root, "remove --provider datadog");

    assert!(report.contains("fapilog.sinks"), "{report}");
    assert_eq!(
        manifest,
        fs::read_to_string(root.join("pyproject.toml")).expect("readable")
    );
    assert!(before == tree(&root));
}

#[test]
fn projects_of_their_own_shrink_and_go() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    done(root, "new-sink --provider loki --lang both --out all");
    let loki = tree(root);
    done(root, "new-sink --provider datadog --out all/rust");
    done(root, "new-sink --provider datadog --out all/python");

    done(root, "remove all --provider datadog");
    let now = tree(root);
    assert_eq!(
        loki.keys().collect::<Vec<_>>(),
        now.keys().collect::<Vec<_>>()
    );
    let different: Vec<_> = loki
        .iter()
        .filter(|(path, text)| now[*path] != **text)
        .map(|it| it.0)
        .collect();
    assert!(different.is_empty(), "{different:?}");
    done(root, "remove all --all");
    assert!(tree(root).is_empty(), "{:?}", tree(root).keys());
}

#[test]
fn undoing_the_first_run_leaves_nothing() {
    let folder = tempfile::tempdir().expect("temp dir");
    done(folder.path(), "new-sink --provider loki --out new/sinks");

    done(folder.path(), "undo new/sinks");

    assert!(tree(folder.path()).is_empty());
    assert!(!folder.path().join("new/sinks/.fapilog-gen").exists());
}

#[test]
fn undo_leaves_what_was_edited_since() {
    let folder = tempfile::tempdir().expect("temp dir");
    done(folder.path(), "new-sink --provider loki --out sinks");
    edit(&folder.path().join("sinks/src/lib.rs"), |text| {
        text + "// mine\n"
    });

    let report = ends(folder.path(), "undo sinks", 1);

    assert!(report.contains("left      src/lib.rs"), "{report}");
    assert_eq!(
        ["sinks/src/lib.rs"],
        *tree(folder.path()).into_keys().collect::<Vec<_>>()
    );
}

#[test]
fn a_deleted_file_and_a_moved_folder_stay_away() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = shop(folder.path());
    done(&root, "new-sink --provider loki --out .");
    fs::rename(root.join("src/sinks"), root.join("src/shipping")).expect("moved");
    fs::remove_file(root.join("docs/loki.md")).expect("removed");

    let check = ends(&root, "check", 1);
    assert!(check.contains("missing   docs/loki.md"), "{check}");
    let report = done(&root, "update");

    assert!(report.contains("deleted   docs/loki.md"), "{report}");
    assert!(
        report.contains("moved     src/sinks/mod.rs -> src/shipping/mod.rs"),
        "{report}"
    );
    assert!(!root.join("src/sinks").exists() && !root.join("docs/loki.md").exists());
    done(&root, "check");
    done(&root, "new-sink --provider datadog --out .");
    assert!(!root.join("src/sinks").exists());
    done(&root, "new-sink --provider loki --out . --force");
    assert!(root.join("docs/loki.md").exists());
}

#[test]
fn check_names_every_class() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    done(root, "new-sink --provider loki --out s");
    done(root, "check s");
    let later = later_templates(root);
    let options = format!("--templates {}", later.display());
    let at = |path: &str| root.join("s").join(path);
    edit(&at("src/lib.rs"), |text| text + "// mine\n");
    edit(&at("src/cloud_sink_base/mod.rs"), |text| text + "// mine\n");
    edit(&at("src/cloud_sink_base/throttle.rs"), |text| {
        "// mine\n".to_owned() + &text
    });
    fs::remove_file(at("README.md")).expect("removed");

    let json = ends(root, &format!("{options} check s --format json"), 1);

    let reports: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let files = reports[0]["files"].as_array().expect("files");
    let class = |path: &str| {
        let file = files.iter().find(|file| file["path"] == path).expect(path);
        file["class"].as_str().expect("a class").to_owned()
    };
    assert_eq!(env!("CARGO_PKG_VERSION"), reports[0]["written_by"]);
    assert_eq!("edited", class("src/lib.rs"));
    assert_eq!("conflict", class("src/cloud_sink_base/mod.rs"));
    assert_eq!("stale", class("src/cloud_sink_base/throttle.rs"));
    assert_eq!("missing", class("README.md"));
    assert_eq!("current", class("Cargo.toml"));
}

#[test]
fn diff_shows_both_sides() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    done(root, "new-sink --provider loki --out s");
    done(root, "diff s");
    edit(&root.join("s/src/lib.rs"), |text| {
        "// mine\n".to_owned() + &text
    });
    let options = format!("--templates {}", later_templates(root).display());

    let yours = ends(root, &format!("{options} diff s --yours"), 1);
    let update = ends(root, &format!("{options} diff s --update"), 1);

    assert!(
        yours.starts_with("--- generated/src/lib.rs\n+++ yours/src/lib.rs\n"),
        "{yours}"
    );
    assert!(
        yours.contains("\n+// mine\n") && !yours.contains("later"),
        "{yours}"
    );
    assert!(
        update.contains("\n+// later\n") && !update.contains("mine"),
        "{update}"
    );
}

#[test]
fn a_built_in_provider_does_not_replace_a_spec_of_ones_own_unnoticed() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("providers/loki.yaml");
    fs::copy(spec, root.join("my.yaml")).expect("copied");
    done(root, "new-sink --spec my.yaml --out s");

    let text = ends(root, "new-sink --provider loki --out s", 2);

    assert!(
        text.contains("`loki` here was made from a spec of your own"),
        "{text}"
    );
    done(root, "update s");
    done(root, "new-sink --provider loki --out s --force");
}

/// Both ended with 0, and one of the two was not in the lock.
#[test]
fn runs_at_the_same_time_lose_no_provider() {
    let folder = tempfile::tempdir().expect("temp dir");
    let start = |provider| {
        Command::new(PROGRAM)
            .args(["--quiet", "new-sink", "--out", "s", "--provider", provider])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("started")
    };

    let runs = ["loki", "datadog", "cloudwatch", "loki", "datadog"].map(start);
    for mut run in runs {
        assert!(run.wait().expect("ended").success());
    }

    let check = done(folder.path(), "check s");
    assert!(!check.contains("  "), "{check}");
    let lock = fs::read_to_string(folder.path().join("s/fapilog-gen.lock")).expect("a lock");
    for provider in ["loki", "datadog", "cloudwatch"] {
        assert!(
            lock.contains(&format!("[provider.{provider}]\n")),
            "{provider}"
        );
    }
}

/// A pipe was waited for, and a device read for ever.
#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_refused_at_once() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    let pipe = |name: &str| {
        let made = Command::new("mkfifo")
            .arg(root.join(name))
            .status()
            .expect("mkfifo");
        assert!(made.success());
    };
    for name in [
        "spec.yaml",
        "a/fapilog-gen.lock",
        "b/Cargo.toml",
        "c/README.md",
    ] {
        fs::create_dir_all(root.join(name).parent().expect("a folder")).expect("made");
        pipe(name);
    }

    ends(root, "new-sink --spec spec.yaml", 2);
    ends(root, "new-sink --spec /dev/zero", 2);
    ends(root, "new-sink --provider loki --out a", 2);
    ends(root, "new-sink --provider loki --out b", 2);
    ends(root, "new-sink --provider loki --out c --force", 2);
}

#[test]
fn a_run_that_was_interrupted_is_taken_back_by_the_next() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    done(root, "new-sink --provider loki --out s");
    let options = format!("--templates {}", later_templates(root).display());
    done(root, &format!("{options} update s"));
    let whole = tree(root);
    // The run was done but for its last word.
    fs::rename(
        root.join("s/.fapilog-gen/last"),
        root.join("s/.fapilog-gen/run"),
    )
    .expect("moved");
    fs::rename(
        root.join("s/.fapilog-gen/run/done"),
        root.join("s/.fapilog-gen/run/journal"),
    )
    .expect("moved");

    ends(root, &format!("{options} check s"), 2);
    let report = done(root, &format!("{options} update s"));

    assert!(
        report.contains("recovered s: a run was interrupted"),
        "{report}"
    );
    assert!(whole == tree(root));
}

/// `zstandard` stayed in a project whose spec had dropped it.
#[test]
fn a_requirement_that_a_spec_no_longer_has_is_taken_back() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path().join("shop");
    fs::create_dir_all(root.join("src/shop")).expect("folder");
    fs::write(root.join("src/shop/__init__.py"), "").expect("written");
    fs::write(
        root.join("pyproject.toml"),
        "[project]\nname = \"shop\"\nversion = \"1\"\n",
    )
    .expect("written");
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("providers/datadog.yaml");
    fs::copy(spec, root.join("my.yaml")).expect("copied");
    done(&root, "new-sink --spec my.yaml --out .");
    edit(&root.join("my.yaml"), |text| {
        text.replace("[gzip, zstd, none]", "[gzip, none]")
    });

    let report = done(&root, "new-sink --spec my.yaml --out .");

    assert!(
        report.contains("takes out project.dependencies += \"zstandard>=0.22\""),
        "{report}"
    );
    let manifest = fs::read_to_string(root.join("pyproject.toml")).expect("readable");
    assert!(
        !manifest.contains("zstandard") && manifest.contains("httpx"),
        "{manifest}"
    );
}
