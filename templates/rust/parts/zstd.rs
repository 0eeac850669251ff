//! Bodies compressed with Zstandard.

use std::io::{self, Write};

use bytes::Bytes;
use zstd::stream::write::Encoder;

/// Value of the `Content-Encoding` header.
pub const CONTENT_ENCODING: Option<&str> = Some("zstd");

/// Fastest of the regular levels; log lines compress well at any.
const LEVEL: i32 = 1;

/// Collects what `write` writes, compressed as it comes.
///
/// # Errors
///
/// Those of `write`; compressing into memory has none of its own.
pub fn compress(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<Bytes> {
    let mut encoder = Encoder::new(Vec::new(), LEVEL)?;
    write(&mut encoder)?;
    Ok(Bytes::from(encoder.finish()?))
}
