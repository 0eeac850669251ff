use std::fs;

use crate::{done, edit, ends, tree};

#[test]
fn what_is_left_is_the_same_without_the_tool() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    done(root, "new-sink --provider loki --lang both --out all");
    edit(&root.join("all/rust/src/lib.rs"), |text| text + "// mine\n");
    let before = tree(root);

    let dry = done(root, "eject all --dry-run");
    assert!(before == tree(root), "{dry}");
    done(root, "eject all");

    let after = tree(root);
    for (path, text) in &before {
        if path.ends_with("fapilog-gen.lock") {
            assert!(!after.contains_key(path), "{path}");
        } else if path.ends_with("README.md") {
            let text = String::from_utf8_lossy(&after[path]);
            assert!(
                !text.contains("fapilog-gen") && !text.contains("Generating"),
                "{text}"
            );
        } else {
            assert!(after[path] == *text, "{path}");
        }
    }
    ends(root, "update all", 2);
    done(root, "undo all");
    assert!(before == tree(root));
}

#[test]
fn exported_templates_make_the_same_sinks_and_are_not_overwritten() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    done(root, "templates export mine");
    let ours = tree(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"));
    assert!(ours == tree(&root.join("mine")));

    done(root, "--templates mine templates check");
    done(
        root,
        "new-sink --provider datadog --lang both --out a/sinks",
    );
    done(
        root,
        "--templates mine new-sink --provider datadog --lang both --out b/sinks",
    );
    assert!(tree(&root.join("a")) == tree(&root.join("b")));

    edit(&root.join("mine/rust/lib.rs.j2"), |text| {
        text + "{{ nothing }}\n"
    });
    let text = ends(root, "templates export mine", 2);
    assert!(
        text.contains("`mine/rust/lib.rs.j2` is there already"),
        "{text}"
    );
    let text = ends(root, "--templates mine templates check", 2);
    assert!(text.contains("template rust/lib.rs.j2:"), "{text}");
    fs::remove_file(root.join("mine/rust/lib.rs.j2")).expect("removed");
    let text = ends(root, "--templates mine new-sink --provider loki --out c", 2);
    assert!(
        text.contains("cannot read template `mine/rust/lib.rs.j2`"),
        "{text}"
    );
    assert!(text.contains("hint: "), "{text}");
}
