//! Settings that are missing, misspelt or secret.

use serde_json::{Map, Value};

use super::super::MezmoSinkConfig;
use super::{SETTINGS, config};

#[test]
fn every_missing_setting_is_named() {
    let errors = MezmoSinkConfig::try_from(Map::new()).expect_err("nothing is set");

    let missing: Vec<&str> = errors.problems().iter().map(|p| p.name.as_str()).collect();
    assert_eq!(missing, ["key", "hostname"]);
}

#[test]
fn an_unknown_setting_is_refused() {
    let settings = Map::from_iter([("batch_sizes".to_owned(), Value::from(1))]);

    let errors = MezmoSinkConfig::try_from(settings).expect_err("a misspelt setting");

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
