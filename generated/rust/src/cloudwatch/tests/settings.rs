//! Settings that are missing, misspelt, secret, or cannot work.

use serde_json::{Map, Value};

use super::super::super::cloud_sink_parts::testing;
use super::super::CloudWatchSinkConfig;

#[test]
fn every_missing_setting_is_named() {
    let errors = CloudWatchSinkConfig::try_from(Map::new()).expect_err("nothing is set");

    let missing: Vec<&str> = errors.problems().iter().map(|p| p.name.as_str()).collect();
    assert_eq!(missing, ["log_group"]);
}

#[test]
fn an_unknown_setting_is_refused() {
    let settings = Map::from_iter([("batch_sizes".to_owned(), Value::from(1))]);

    let errors = CloudWatchSinkConfig::try_from(settings).expect_err("a misspelt setting");

    assert!(
        errors.to_string().contains("did you mean `batch_size`?"),
        "{errors}"
    );
}

/// Names of the settings that are refused.
fn refused(settings: &str) -> Vec<String> {
    let config = CloudWatchSinkConfig::try_from(testing::settings(settings));
    let errors = config.expect_err("settings that cannot work");
    let problems = errors.problems().iter();
    problems.map(|problem| problem.name.clone()).collect()
}

#[test]
fn a_retention_that_aws_does_not_take() {
    let settings = r#"{"log_group":"/shop/checkout","retention_days":2}"#;

    assert_eq!(refused(settings), ["retention_days"]);
}
