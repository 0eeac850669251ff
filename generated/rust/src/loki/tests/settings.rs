//! Settings that are missing, misspelt, secret, or cannot work.

use serde_json::{Map, Value};

use super::super::super::cloud_sink_parts::testing;
use super::super::LokiSinkConfig;
use super::config;

#[test]
fn every_missing_setting_is_named() {
    let errors = LokiSinkConfig::try_from(Map::new()).expect_err("nothing is set");

    let missing: Vec<&str> = errors.problems().iter().map(|p| p.name.as_str()).collect();
    assert_eq!(missing, ["url"]);
}

#[test]
fn an_unknown_setting_is_refused() {
    let settings = Map::from_iter([("batch_sizes".to_owned(), Value::from(1))]);

    let errors = LokiSinkConfig::try_from(settings).expect_err("a misspelt setting");

    assert!(
        errors.to_string().contains("did you mean `batch_size`?"),
        "{errors}"
    );
}

#[test]
fn secrets_do_not_print() {
    let settings = r#"{"url":"http://localhost:3100","password":"example-password","bearer_token":"example-bearer-token","username":"user"}"#;
    let config = config(settings);

    assert!(!format!("{config:?}").contains("example-"), "{config:?}");
}

/// Names of the settings that are refused.
fn refused(settings: &str) -> Vec<String> {
    let config = LokiSinkConfig::try_from(testing::settings(settings));
    let errors = config.expect_err("settings that cannot work");
    let problems = errors.problems().iter();
    problems.map(|problem| problem.name.clone()).collect()
}

#[test]
fn a_password_without_its_user() {
    let settings = r#"{"url":"http://localhost:3100","password":"example-password"}"#;

    assert_eq!(refused(settings), ["password"]);
}

#[test]
fn a_label_field_that_no_event_has() {
    let settings = r#"{"url":"http://localhost:3100","label_fields":["level","levle"]}"#;

    assert_eq!(refused(settings), ["label_fields"]);
}

#[test]
fn a_label_field_without_its_part() {
    let settings = r#"{"url":"http://localhost:3100","label_fields":["tenant"]}"#;

    assert_eq!(refused(settings), ["label_fields"]);
}

#[test]
fn a_label_field_without_a_key() {
    let settings = r#"{"url":"http://localhost:3100","label_fields":["data."]}"#;

    assert_eq!(refused(settings), ["label_fields"]);
}

#[test]
fn a_label_without_a_name() {
    let settings = r#"{"url":"http://localhost:3100","labels":{"":"x"}}"#;

    assert_eq!(refused(settings), ["labels"]);
}

#[test]
fn a_label_of_lokis_own() {
    let settings = r#"{"url":"http://localhost:3100","labels":{"__path__":"x"}}"#;

    assert_eq!(refused(settings), ["labels"]);
}

#[test]
fn more_labels_than_loki_takes() {
    let settings = r#"{"url":"http://localhost:3100","labels":{"a":"x","b":"x","c":"x","d":"x","e":"x","f":"x","g":"x","h":"x","i":"x","j":"x","k":"x","l":"x","m":"x","n":"x","o":"x","p":"x"}}"#;

    assert_eq!(refused(settings), ["labels"]);
}

#[test]
fn more_labels_than_loki_takes_with_those_of_events() {
    let settings = r#"{"url":"http://localhost:3100","labels":{"a":"x","b":"x","c":"x","d":"x","e":"x","f":"x","g":"x","h":"x","i":"x","j":"x","k":"x","l":"x","m":"x","n":"x"},"label_fields":["level","data.shard"]}"#;

    assert_eq!(refused(settings), ["label_fields"]);
}
