//! Settings that are missing, misspelt, secret, or cannot work.

use serde_json::{Map, Value};

use super::super::super::cloud_sink_parts::testing;
use super::super::DatadogSinkConfig;
use super::{SETTINGS, config};

#[test]
fn every_missing_setting_is_named() {
    let errors = DatadogSinkConfig::try_from(Map::new()).expect_err("nothing is set");

    let missing: Vec<&str> = errors.problems().iter().map(|p| p.name.as_str()).collect();
    assert_eq!(missing, ["api_key"]);
}

#[test]
fn an_unknown_setting_is_refused() {
    let settings = Map::from_iter([("batch_sizes".to_owned(), Value::from(1))]);

    let errors = DatadogSinkConfig::try_from(settings).expect_err("a misspelt setting");

    assert!(
        errors.to_string().contains("did you mean `batch_size`?"),
        "{errors}"
    );
}

#[test]
fn secrets_do_not_print() {
    let config = config(SETTINGS);

    assert!(!format!("{config:?}").contains("example-"), "{config:?}");
}

/// Names of the settings that are refused.
fn refused(settings: &str) -> Vec<String> {
    let config = DatadogSinkConfig::try_from(testing::settings(settings));
    let errors = config.expect_err("settings that cannot work");
    let problems = errors.problems().iter();
    problems.map(|problem| problem.name.clone()).collect()
}

#[test]
fn tags_are_no_map() {
    let settings = r#"{"api_key":"example-api-key","tags":{"env":"prod"}}"#;

    assert_eq!(refused(settings), ["tags"]);
}
