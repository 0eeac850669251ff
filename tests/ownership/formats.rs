use std::fs;

use crate::{done, edit, ends};

#[test]
fn findings_are_shown_where_a_code_host_wants_them() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    done(root, "new-sink --provider loki --out s");
    edit(&root.join("s/src/lib.rs"), |text| text + "// mine\n");
    assert_eq!("", done(root, "check s --format github"));
    fs::remove_file(root.join("s/README.md")).expect("removed");

    let github = ends(root, "check s --format github", 1);
    let sarif = ends(root, "check s --format sarif", 1);

    assert!(
        github.starts_with("::warning file=s/README.md,title=fapilog-gen%3A missing::gone since"),
        "{github}"
    );
    assert_eq!(1, github.lines().count(), "{github}");
    let log: serde_json::Value = serde_json::from_str(&sarif).expect("JSON");
    assert_eq!("2.1.0", log["version"]);
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert_eq!(1, results.len());
    assert_eq!("missing", results[0]["ruleId"]);
    let place = &results[0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!("s/README.md", place["uri"]);
}
