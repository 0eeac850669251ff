//! Bodies compressed with Zstandard.

use std::io;

use bytes::Bytes;
use zstd::stream::write::Encoder;

use super::http_transport::{Codec, WriteBody};

/// The way of compressing.
pub const CODEC: Codec = Codec {
    name: Some("zstd"),
    compress,
};

/// Fastest of the regular levels; log lines compress well at any.
const LEVEL: i32 = 1;

/// Collects what `write` writes, compressed as it comes.
///
/// # Errors
///
/// Those of `write`; compressing into memory has none of its own.
pub fn compress(write: WriteBody<'_>) -> io::Result<Bytes> {
    let mut encoder = Encoder::new(Vec::new(), LEVEL)?;
    write(&mut encoder)?;
    Ok(Bytes::from(encoder.finish()?))
}
