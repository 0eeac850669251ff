//! Settings that are missing, misspelt or secret.

use serde_json::{Map, Value};

use super::super::GelfSinkConfig;
use super::config;

#[test]
fn every_missing_setting_is_named() {
    let errors = GelfSinkConfig::try_from(Map::new()).expect_err("nothing is set");

    let missing: Vec<&str> = errors.problems().iter().map(|p| p.name.as_str()).collect();
    assert_eq!(missing, ["url"]);
}

#[test]
fn an_unknown_setting_is_refused() {
    let settings = Map::from_iter([("batch_sizes".to_owned(), Value::from(1))]);

    let errors = GelfSinkConfig::try_from(settings).expect_err("a misspelt setting");

    assert!(
        errors.to_string().contains("did you mean `batch_size`?"),
        "{errors}"
    );
}

#[test]
fn secrets_do_not_print() {
    let settings = r#"{"url":"http://127.0.0.1:12201","host":"web-1","token":"example-token"}"#;
    let config = config(settings);

    assert!(!format!("{config:?}").contains("example-"), "{config:?}");
}
