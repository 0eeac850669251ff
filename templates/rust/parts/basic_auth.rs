//! HTTP basic authentication.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::cloud_sink_base::{Secret, ToText};

/// Value of the `Authorization` header of settings; `None` without a user name. A password that is
/// not set is the empty one.
#[must_use]
pub fn credentials(username: &dyn ToText, password: &dyn ToText) -> Option<Secret> {
    let password = password.to_text().unwrap_or_default();
    Some(Secret::new(value(&username.to_text()?, &password)))
}

/// Value of the `Authorization` header.
#[must_use]
pub fn value(username: &str, password: &str) -> String {
    format!(
        "Basic {}",
        STANDARD.encode(format!("{username}:{password}"))
    )
}
