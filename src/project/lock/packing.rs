//! Texts as a lock keeps them. The build script uses it too, for texts that all sinks share.

use std::fmt::Write as _;

use base64::Engine as _;
pub(super) use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use miniz_oxide::deflate::core::{
    CompressionStrategy, CompressorOxide, TDEFLFlush, compress_to_output,
    create_comp_flags_from_zip_params,
};
use sha2::{Digest, Sha256};

/// Hash of a text with its line endings taken as `\n`: a checkout that turns them into `\r\n` is
/// not an edit.
#[must_use]
pub fn hash(text: &str) -> String {
    if text.contains('\r') {
        hash_bytes(text.replace("\r\n", "\n").as_bytes())
    } else {
        hash_bytes(text.as_bytes())
    }
}

/// Hash of anything, as it is.
#[must_use]
pub fn hash_bytes(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
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
    /// For the build: small, whatever it takes.
    #[allow(dead_code, reason = "the build script's half")]
    pub(super) fn thorough() -> Self {
        Self::of_level(9)
    }

    /// For a run: the lock is written on every one.
    #[allow(dead_code, reason = "the program's half")]
    pub(super) fn fast() -> Self {
        Self::of_level(1)
    }

    fn of_level(level: i32) -> Self {
        let strategy = CompressionStrategy::Default as i32;
        let flags = create_comp_flags_from_zip_params(level, -15, strategy);
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
