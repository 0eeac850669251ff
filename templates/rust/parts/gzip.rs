//! Bodies compressed with gzip.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Value of the `Content-Encoding` header.
pub const CONTENT_ENCODING: Option<&str> = Some("gzip");

/// Fastest level: the levels above it cost more than the bytes they save on log lines.
const LEVEL: u32 = 1;

/// Collects what `write` writes, compressed as it comes.
///
/// # Errors
///
/// Those of `write`; compressing into memory has none of its own.
pub fn compress(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(LEVEL));
    write(&mut encoder)?;
    Ok(Bytes::from(encoder.finish()?))
}
