//! Bodies compressed with gzip.

use std::io::{self, BufWriter};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::http_transport::{Codec, WriteBody};

/// The way of compressing.
pub const CODEC: Codec = Codec {
    name: Some("gzip"),
    compress,
};

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
pub fn compress(write: WriteBody<'_>) -> io::Result<Bytes> {
    let encoder = GzEncoder::new(Vec::new(), Compression::new(LEVEL));
    let mut chunks = BufWriter::with_capacity(CHUNK_BYTES, encoder);
    write(&mut chunks)?;
    let encoder = chunks
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    Ok(Bytes::from(encoder.finish()?))
}
