//! Bodies sent as they are.

use std::io::{self, Write};

use bytes::Bytes;

/// Value of the `Content-Encoding` header.
pub const CONTENT_ENCODING: Option<&str> = None;

/// Collects what `write` writes.
///
/// # Errors
///
/// Those of `write`.
pub fn compress(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<Bytes> {
    let mut body = Vec::new();
    write(&mut body)?;
    Ok(Bytes::from(body))
}
