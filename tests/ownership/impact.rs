use std::path::Path;

use crate::{done, edit, ends, write};

#[test]
fn two_specs_and_a_spec_against_the_lock() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    let spec = done(root, "show datadog --yaml");
    write(&root.join("old.yaml"), &spec);
    write(&root.join("new.yaml"), &spec);
    done(root, "new-sink --spec old.yaml --lang both --out shop");
    assert!(done(root, "impact shop").starts_with("datadog: nothing changes"));
    edit(&root.join("new.yaml"), |text| {
        text.replace(
            "env: [DATADOG_SINK_SERVICE, DD_SERVICE]",
            "env: [DATADOG_SINK_SERVICE]",
        )
    });

    let text = ends(root, "impact old.yaml new.yaml", 1);
    let against_lock = ends(root, "impact shop new.yaml", 1);
    let json = ends(root, "impact old.yaml new.yaml --format json", 1);
    let markdown = ends(root, "impact old.yaml new.yaml --format markdown", 1);

    assert_eq!(
        "datadog: 1 breaking\n  breaking  environment  DD_SERVICE: no longer supplies `service`\n",
        text
    );
    assert_eq!(text, against_lock);
    let reports: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(true, reports[0]["breaking"]);
    assert_eq!("environment", reports[0]["differences"][0]["area"]);
    assert_eq!("DD_SERVICE", reports[0]["differences"][0]["subject"]);
    assert!(
        markdown
            .contains("| **breaking** | environment | DD_SERVICE | no longer supplies `service` |"),
        "{markdown}"
    );
}

/// What an update of the tool would change: the lock has the spec that a built-in sink was made from.
#[test]
fn a_built_in_spec_of_before_is_in_the_lock() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    let providers = root.join("providers");
    for id in ["elasticsearch", "opensearch"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("providers/{id}.yaml"));
        write(
            &providers.join(format!("{id}.yaml")),
            &std::fs::read_to_string(from).expect("a spec"),
        );
    }
    // OpenSearch extends Elasticsearch: the change is in the base.
    done(
        root,
        "--providers providers new-sink --provider opensearch --out s",
    );
    assert!(
        done(root, "--providers providers impact s").starts_with("opensearch: nothing changes")
    );
    edit(&providers.join("elasticsearch.yaml"), |text| {
        text.replace(
            "max_batch_events: { value: 5000",
            "max_batch_events: { value: 4000",
        )
    });

    let text = done(root, "--providers providers impact s");

    assert!(
        text.contains("fine      limits       max_batch_events: 5000 becomes 4000"),
        "{text}"
    );
}

#[test]
fn what_cannot_be_held_against_each_other_is_said() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    done(root, "new-sink --provider loki --out s");

    let text = ends(root, "impact s datadog", 2);
    assert!(text.contains("no sink of `datadog` in `s`"), "{text}");
    let text = ends(root, "impact lokki", 2);
    assert!(text.contains("no `fapilog-gen.lock` in `lokki`"), "{text}");
    let text = ends(root, "impact loki datadogg", 2);
    assert!(text.contains("did you mean `datadog`?"), "{text}");
}
