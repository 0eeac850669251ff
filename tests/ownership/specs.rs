use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::{done, edit, ends, run, write};

const CURL: &str = "curl https://in.acme.com/v1/$DATASET -H 'X-Api-Key: 0123456789abcdef0123' -d '[{\"ts\":1767323045,\"msg\":\"x\"}]'\n";

#[test]
fn a_spec_of_an_example_makes_a_sink_at_once() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    let mut child = Command::new(env!("CARGO_BIN_EXE_fapilog-gen"))
        .args(["spec", "new", "acme", "--from-curl", "-"])
        .current_dir(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("started");
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(CURL.as_bytes())
        .expect("written");
    assert!(child.wait().expect("ended").success());

    let spec = fs::read_to_string(root.join("acme.yaml")).expect("written");
    assert!(!spec.contains("0123456789abcdef"), "{spec}");
    assert!(spec.contains("LOOK UP"), "{spec}");
    done(root, "validate acme.yaml");
    done(root, "new-sink --spec acme.yaml --lang both --out sinks");
    let text = ends(root, "spec new acme", 2);
    assert!(
        text.contains("cannot write `acme.yaml`") && text.contains("--out"),
        "{text}"
    );
}

#[test]
fn a_spec_that_extends_one_and_one_of_a_recording() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    done(root, "spec new inner --extends datadog");
    done(root, "validate inner.yaml");
    let har = r#"{"log":{"entries":[{"request":{"method":"POST","url":"https://acme.com/v1","headers":[],"postData":{"text":"{\"message\":\"x\"}"}},"response":{"status":200}}]}}"#;
    write(&root.join("a.har"), har);
    done(root, "spec new acme --from-har a.har --out recorded.yaml");
    done(root, "validate recorded.yaml");
}

#[test]
fn ids_and_examples_that_cannot_be_are_refused() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    write(&root.join("a.sh"), "curl https://acme.com\n");

    ends(root, "spec new Acme-1", 1);
    let text = ends(root, "spec new acme --from-curl a.sh", 2);
    assert!(text.contains("is a GET without a body"), "{text}");
    ends(root, "spec new acme --from-curl none.sh", 2);
    ends(root, "spec new acme --from-curl a.sh --extends loki", 2);
    assert!(!root.join("acme.yaml").exists());
}

#[test]
fn a_folder_of_specs_serves_a_team() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    let team = root.join("team");
    fs::create_dir(&team).expect("folder");
    done(root, "spec new one --out team/one.yaml");
    done(root, "preview --spec team");
    done(root, "spec new two --out team/two.yaml");

    done(root, "validate team");
    done(root, "new-sink --spec team --provider two --out sinks");
    let text = ends(root, "preview --spec team", 2);
    assert!(
        text.contains("name one with `--provider`: there are `one`, `two`"),
        "{text}"
    );
    let text = ends(root, "show twoo --spec team", 2);
    assert!(text.contains("did you mean `two`?"), "{text}");
    done(root, "show two --spec team --yaml");
    let text = ends(root, "preview --spec team/one.yaml --provider two", 2);
    assert!(text.contains("is a file"), "{text}");
    // The lock has what it was made from: the folder is not needed any more.
    fs::remove_dir_all(team).expect("removed");
    done(root, "update sinks");
}

/// A spec whose base is a file was looked up in the folder where the tool ran.
#[test]
fn a_base_that_is_a_file_is_in_the_lock() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    done(root, "spec new base --out specs.yaml");
    fs::create_dir(root.join("team")).expect("folder");
    fs::rename(root.join("specs.yaml"), root.join("team/_base.yaml")).expect("moved");
    let spec = "spec_version: 1\nextends: ./_base.yaml\nid: acme\ntitle: Acme\nsummary: Ships events to Acme.\ndocs_url: https://example.com/docs\n";
    write(&root.join("team/acme.yaml"), spec);
    done(root, "new-sink --spec team/acme.yaml --out sinks");
    fs::remove_dir_all(root.join("team")).expect("removed");

    done(root, "check sinks");
    assert!(done(root, "impact sinks").starts_with("acme: nothing changes"));
}

#[test]
fn fixes_are_made_where_one_is_sure() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    done(root, "spec new acme");
    let path = root.join("acme.yaml");
    let valid = fs::read_to_string(&path).expect("a spec");
    edit(&path, |text| {
        text.replace("summary:", "sumary:")
            .replace("type: secret", "type: secrt")
    });

    let output = run(root, &["validate", "acme.yaml", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let problems = json.as_array().expect("a list");
    let fixable = problems
        .iter()
        .find(|it| it["fix"].is_object())
        .expect("a fix");
    assert_eq!(fixable["range"], fixable["fix"]["range"]);
    let text = done(root, "validate acme.yaml --fix");

    assert_eq!(2, text.matches("fixed acme.yaml:").count(), "{text}");
    assert_eq!(valid, fs::read_to_string(&path).expect("a spec"));
    assert!(!root.join(".fapilog-gen").exists());
}
