//! Texts as a lock keeps them. The build script uses it too, for texts that all sinks share.

use std::fmt::Write as _;

use base64::Engine as _;
pub(super) use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use miniz_oxide::deflate::core::{
    CompressionStrategy, CompressorOxide, TDEFLFlush, compress_to_output,
    create_comp_flags_from_zip_params,
};
use sha2::{Digest, Sha256};

/// Fast setting: the lock is written on every run, and source text compresses well anyway.
const COMPRESSION_LEVEL: u8 = 1;

/// Hash of a text with its line endings taken as `\n`: a checkout that turns them into `\r\n` is
/// not an edit.
#[must_use]
pub fn hash(text: &str) -> String {
    let digest = if text.contains('\r') {
        Sha256::digest(text.replace("\r\n", "\n"))
    } else {
        Sha256::digest(text)
    };
    digest
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// Compresses texts. One serves them all: its tables cost more than most texts.
pub(super) struct Packer(Box<CompressorOxide>);

impl Packer {
    pub(super) fn new() -> Self {
        let strategy = CompressionStrategy::Fixed as i32;
        let flags = create_comp_flags_from_zip_params(COMPRESSION_LEVEL.into(), -15, strategy);
        Self(Box::new(CompressorOxide::new(flags)))
    }

    pub(super) fn pack(&mut self, text: &str) -> String {
        self.0.reset();
        let mut packed = Vec::with_capacity(text.len() / 2);
        // Not refused: the receiver takes everything.
        compress_to_output(&mut self.0, text.as_bytes(), TDEFLFlush::Finish, |bytes| {
            packed.extend_from_slice(bytes);
            true
        });
        BASE64.encode(packed)
    }
}
