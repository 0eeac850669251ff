use std::fs;

use crate::{done, edit, ends, shop, write};

const EDITION: &str = "edition = \"2024\"\n\n[dependencies]\n";

#[test]
fn a_moved_folder_is_followed_and_does_not_come_back() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = shop(folder.path(), EDITION);
    done(&root, "new-sink --provider loki --out .");
    fs::rename(root.join("src/sinks"), root.join("src/shipping")).expect("moved");
    edit(&root.join("src/main.rs"), |text| {
        text.replace("sinks", "shipping")
    });
    edit(&root.join("src/shipping/loki/encoder.rs"), |text| {
        text + "// mine\n"
    });

    let check = done(&root, "check");
    let report = done(&root, "new-sink --provider datadog --out .");

    assert!(
        check.contains("moved     src/sinks/loki/encoder.rs -> src/shipping/loki/encoder.rs"),
        "{check}"
    );
    assert!(
        check.contains("edited    src/shipping/loki/encoder.rs"),
        "{check}"
    );
    assert!(
        report.contains("created   src/shipping/datadog/mod.rs"),
        "{report}"
    );
    assert!(!report.contains("add `mod sinks;`"), "{report}");
    assert!(!root.join("src/sinks").exists());
    let again = done(&root, "update");
    assert!(
        !again.contains("moved") && !again.contains("created"),
        "{again}"
    );
    let lock = fs::read_to_string(root.join("fapilog-gen.lock")).expect("a lock");
    assert!(
        lock.contains("format = 3\n")
            && lock.contains("\"src/sinks/mod.rs\" = \"src/shipping/mod.rs\"\n")
    );
    done(&root, "remove --provider datadog");
    assert!(!root.join("src/shipping/datadog").exists());
    done(&root, "remove --all");
    let left: Vec<_> = fs::read_dir(root.join("src/shipping"))
        .expect("a folder")
        .collect();
    assert_eq!(1, left.len(), "{left:?}");
}

#[test]
fn a_renamed_file_gets_what_is_new() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    done(root, "new-sink --provider loki --lang python --out all");
    let at = |path: &str| root.join("all").join(path);
    fs::rename(
        at("all/cloud_sink_base/_queue.py"),
        at("all/cloud_sink_base/_line.py"),
    )
    .expect("moved");
    done(root, "templates export later");
    edit(
        &root.join("later/python/cloud_sink_base/_queue.py"),
        |text| text + "# later\n",
    );

    let diff = ends(root, "--templates later diff all --update", 1);
    done(root, "--templates later update all");

    assert!(
        diff.contains("+++ updated/all/cloud_sink_base/_line.py"),
        "{diff}"
    );
    let text = fs::read_to_string(at("all/cloud_sink_base/_line.py")).expect("readable");
    assert!(text.ends_with("# later\n"));
    assert!(!at("all/cloud_sink_base/_queue.py").exists());
}

#[test]
fn a_deleted_file_is_named_once_and_stays_away() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    done(root, "new-sink --provider loki --out s");
    fs::remove_file(root.join("s/docs/loki.md")).expect("removed");
    // What is alike in name only is somebody's.
    write(&root.join("s/notes/loki.md"), "my notes\n");

    let first = done(root, "update s");
    let second = done(root, "update s");

    assert!(first.contains("deleted   docs/loki.md"), "{first}");
    assert!(!second.contains("  deleted"), "{second}");
    assert_eq!(
        "my notes\n",
        fs::read_to_string(root.join("s/notes/loki.md")).expect("readable")
    );
}
