//! HTTP basic authentication.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Value of the `Authorization` header.
#[must_use]
pub fn value(username: &str, password: &str) -> String {
    format!(
        "Basic {}",
        STANDARD.encode(format!("{username}:{password}"))
    )
}
