//! Request headers from settings; an error names the setting, never its value.

use std::error::Error;
use std::fmt;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::http::secret_header;

/// Sets a header.
///
/// # Errors
///
/// [`HeaderError`] when `value` holds what a header cannot, such as a line break.
pub fn set(
    headers: &mut HeaderMap,
    name: &'static str,
    setting: &str,
    value: &str,
) -> Result<(), HeaderError> {
    let value = HeaderValue::from_str(value).ok();
    insert(headers, name, setting, value)
}

/// Sets a header that no log line shows.
///
/// # Errors
///
/// As [`set`].
pub fn set_secret(
    headers: &mut HeaderMap,
    name: &'static str,
    setting: &str,
    value: &str,
) -> Result<(), HeaderError> {
    insert(headers, name, setting, secret_header(value))
}

fn insert(
    headers: &mut HeaderMap,
    name: &'static str,
    setting: &str,
    value: Option<HeaderValue>,
) -> Result<(), HeaderError> {
    let (Ok(name), Some(value)) = (HeaderName::try_from(name), value) else {
        return Err(HeaderError {
            setting: setting.to_owned(),
        });
    };
    headers.insert(name, value);
    Ok(())
}

/// A setting does not fit into a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderError {
    setting: String,
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "setting `{}` has characters a header cannot hold",
            self.setting
        )
    }
}

impl Error for HeaderError {}
