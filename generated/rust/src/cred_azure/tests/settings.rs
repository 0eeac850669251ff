//! Settings that are missing, misspelt or secret.

use serde_json::{Map, Value};

use super::super::CredAzureSinkConfig;
use super::config;

#[test]
fn an_unknown_setting_is_refused() {
    let settings = Map::from_iter([("batch_sizes".to_owned(), Value::from(1))]);

    let errors = CredAzureSinkConfig::try_from(settings).expect_err("a misspelt setting");

    assert!(
        errors.to_string().contains("did you mean `batch_size`?"),
        "{errors}"
    );
}

#[test]
fn secrets_do_not_print() {
    let settings = r#"{"client_secret":"example-client-secret"}"#;
    let config = config(settings);

    assert!(!format!("{config:?}").contains("example-"), "{config:?}");
}
