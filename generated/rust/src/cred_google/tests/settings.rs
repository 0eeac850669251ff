//! Settings that are missing, misspelt or secret.

use serde_json::{Map, Value};

use super::super::CredGoogleSinkConfig;

#[test]
fn an_unknown_setting_is_refused() {
    let settings = Map::from_iter([("batch_sizes".to_owned(), Value::from(1))]);

    let errors = CredGoogleSinkConfig::try_from(settings).expect_err("a misspelt setting");

    assert!(
        errors.to_string().contains("did you mean `batch_size`?"),
        "{errors}"
    );
}
