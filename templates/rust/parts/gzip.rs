//! Bodies compressed with gzip.

use std::io::{self, BufWriter, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Value of the `Content-Encoding` header.
pub const CONTENT_ENCODING: Option<&str> = Some("gzip");

/// Fastest level: the levels above it cost more than the bytes they save on log lines.
const LEVEL: u32 = 1;

/// The compressor gets pieces of this size: zlib-rs has a fixed cost for every piece, which single
/// records would pay again and again.
const CHUNK_BYTES: usize = 32 * 1_024;

/// Collects what `write` writes, compressed as it comes.
///
/// # Errors
///
/// Those of `write`; compressing into memory has none of its own.
pub fn compress(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<Bytes> {
    let encoder = GzEncoder::new(Vec::new(), Compression::new(LEVEL));
    let mut chunks = BufWriter::with_capacity(CHUNK_BYTES, encoder);
    write(&mut chunks)?;
    let encoder = chunks
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    Ok(Bytes::from(encoder.finish()?))
}
