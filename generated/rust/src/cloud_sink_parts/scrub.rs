//! Takes secrets out of text that others wrote: a server may quote what it was sent.
//!
//! Needs `percent.rs`; crates: `base64`, `reqwest`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderMap;

use super::percent;

const STARS: &str = "***";

/// Shorter ones are no secrets, and replacing them would garble what is said.
const SHORTEST_SECRET_BYTES: usize = 4;

/// A text without these secrets, be they written plainly, percent-encoded or in base64.
#[must_use]
pub fn scrub<'a>(text: &str, secrets: impl IntoIterator<Item = &'a str>) -> String {
    let mut clean = text.to_owned();
    for secret in secrets {
        if secret.len() < SHORTEST_SECRET_BYTES {
            continue;
        }
        let encoded = STANDARD.encode(secret);
        for form in [secret, &percent::encode(secret), &encoded] {
            clean = clean.replace(form, STARS);
        }
    }
    clean
}

/// Takes the values of sensitive headers out of a body, with and without the scheme before them.
pub fn hide_headers(body: &mut Vec<u8>, headers: &HeaderMap) {
    let secrets: Vec<&str> = headers
        .values()
        .filter(|value| value.is_sensitive())
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| [Some(value), value.split_once(' ').map(|(_, rest)| rest)])
        .flatten()
        .collect();
    if secrets.is_empty() || body.is_empty() {
        return;
    }
    *body = scrub(&String::from_utf8_lossy(body), secrets).into_bytes();
}
