//! Content decoding, with decoders the sinks do not use: `miniz_oxide` under a gzip reader of the
//! mock's own, and `ruzstd`.
//!
//! Strict where common decoders are lenient: reserved flags, a wrong checksum or length, bytes
//! after the last member are all refused.

use std::io::Read;

use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};

use super::Clients;
use crate::sink::Encoding;

/// Why a body could not be decoded.
#[derive(Debug)]
pub(super) enum DecodeError {
    /// Larger than the bound once decoded.
    TooLarge,
    /// Not what its `Content-Encoding` says.
    Corrupt(String),
}

fn corrupt<T>(problem: impl Into<String>) -> Result<T, DecodeError> {
    Err(DecodeError::Corrupt(problem.into()))
}

/// An encoding that can be decoded: those of sinks, and one that only other clients use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// What a sink may be told to use.
    Of(Encoding),
    /// zlib, which HTTP calls deflate.
    Deflate,
}

impl Coding {
    /// Whether the provider takes it. No sink deflates; who takes gzip from another client takes that too.
    pub fn is_taken(self, offered: &[Encoding], clients: Clients) -> bool {
        match self {
            Self::Of(Encoding::None) => true,
            Self::Of(encoding) => offered.contains(&encoding),
            Self::Deflate => clients == Clients::Any && offered.contains(&Encoding::Gzip),
        }
    }
}

/// The encoding a `Content-Encoding` header names.
pub(super) fn coding(header: Option<&str>) -> Option<Coding> {
    match header {
        None | Some("identity") => Some(Coding::Of(Encoding::None)),
        Some("gzip") => Some(Coding::Of(Encoding::Gzip)),
        Some("zstd") => Some(Coding::Of(Encoding::Zstd)),
        Some("deflate") => Some(Coding::Deflate),
        Some(_) => None,
    }
}

/// Decodes a whole body, giving up beyond `bound` bytes.
pub(super) fn decode(coding: Coding, wire: &[u8], bound: usize) -> Result<Vec<u8>, DecodeError> {
    let body = match coding {
        Coding::Of(Encoding::None) => wire.to_vec(),
        Coding::Of(Encoding::Gzip) => gunzip(wire, bound)?,
        Coding::Of(Encoding::Zstd) => unzstd(wire, bound)?,
        Coding::Deflate => decompress_to_vec_zlib_with_limit(wire, bound.saturating_add(1))
            .or_else(|error| corrupt(format!("deflate: {error}")))?,
    };
    if body.len() > bound {
        return Err(DecodeError::TooLarge);
    }
    Ok(body)
}

/// Inflates every member of a gzip file (RFC 1952 allows several).
fn gunzip(wire: &[u8], bound: usize) -> Result<Vec<u8>, DecodeError> {
    let mut body = Vec::new();
    let mut rest = wire;
    loop {
        let member = &rest[gzip_header(rest)?..];
        let from = body.len();
        let consumed = inflate(member, &mut body, bound)?;
        let Some((trailer, after)) = member[consumed..].split_at_checked(8) else {
            return corrupt("gzip: the trailer is cut off");
        };
        let (crc, length) = trailer.split_at(4);
        if crc != crc32fast::hash(&body[from..]).to_le_bytes() {
            return corrupt("gzip: the checksum does not fit the content");
        }
        // The format keeps the length modulo 2^32; the bound keeps us below it.
        if length
            != u32::try_from(body.len() - from)
                .unwrap_or(u32::MAX)
                .to_le_bytes()
        {
            return corrupt("gzip: the length does not fit the content");
        }
        if after.is_empty() {
            return Ok(body);
        }
        rest = after;
    }
}

/// Length of a member's header.
fn gzip_header(bytes: &[u8]) -> Result<usize, DecodeError> {
    const FHCRC: u8 = 2;
    const FEXTRA: u8 = 4;
    const FNAME: u8 = 8;
    const FCOMMENT: u8 = 16;
    const RESERVED: u8 = 0b1110_0000;

    let [0x1f, 0x8b, 8, flags, ..] = *bytes else {
        return corrupt("gzip: the header is missing");
    };
    if bytes.len() < 10 || flags & RESERVED != 0 {
        return corrupt("gzip: the header is damaged");
    }
    let mut at = 10;
    if flags & FEXTRA != 0 {
        let Some(&[low, high]) = bytes.get(at..at + 2) else {
            return corrupt("gzip: the header is cut off");
        };
        at += 2 + usize::from(u16::from_le_bytes([low, high]));
    }
    for flag in [FNAME, FCOMMENT] {
        if flags & flag != 0 {
            let text = bytes.get(at..).unwrap_or_default();
            match text.iter().position(|byte| *byte == 0) {
                Some(length) => at += length + 1,
                None => return corrupt("gzip: the header is cut off"),
            }
        }
    }
    if flags & FHCRC != 0 {
        at += 2;
    }
    if at > bytes.len() {
        return corrupt("gzip: the header is cut off");
    }
    Ok(at)
}

/// Inflates one deflate stream to the end of `out`; returns how much of `input` it took.
fn inflate(input: &[u8], out: &mut Vec<u8>, bound: usize) -> Result<usize, DecodeError> {
    let mut state = Box::<DecompressorOxide>::default();
    let mut taken = 0;
    let mut filled = out.len();
    loop {
        let room = (out.len() * 2).max(64 * 1024).min(bound + 1);
        out.resize(room.max(filled), 0);
        let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, read, written) = decompress(&mut state, &input[taken..], out, filled, flags);
        taken += read;
        filled += written;
        match status {
            TINFLStatus::Done => {
                out.truncate(filled);
                return Ok(taken);
            }
            TINFLStatus::HasMoreOutput if filled > bound => return Err(DecodeError::TooLarge),
            TINFLStatus::HasMoreOutput => {}
            _ => return corrupt("gzip: the compressed data is damaged or cut off"),
        }
    }
}

fn unzstd(wire: &[u8], bound: usize) -> Result<Vec<u8>, DecodeError> {
    let mut body = Vec::new();
    let mut rest = wire;
    while body.is_empty() || !rest.is_empty() {
        let frame = ruzstd::decoding::StreamingDecoder::new(&mut rest);
        let decoder = match frame {
            Ok(decoder) => decoder,
            Err(error) => return corrupt(format!("zstd: {error}")),
        };
        let room = (bound + 1 - body.len().min(bound)) as u64;
        let before = body.len();
        if let Err(error) = decoder.take(room).read_to_end(&mut body) {
            return corrupt(format!("zstd: {error}"));
        }
        if body.len() > bound {
            return Err(DecodeError::TooLarge);
        }
        if body.len() == before {
            return Ok(body);
        }
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One stored (not compressed) block, so that no encoder is needed.
    pub(in crate::mock) fn gzip(content: &[u8]) -> Vec<u8> {
        let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
        out.extend(miniz_oxide::deflate::compress_to_vec(content, 6));
        out.extend(crc32fast::hash(content).to_le_bytes());
        out.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
        out
    }

    fn is_corrupt(wire: &[u8]) -> bool {
        matches!(
            decode(Coding::Of(Encoding::Gzip), wire, 1000),
            Err(DecodeError::Corrupt(_))
        )
    }

    #[test]
    fn gzip_members_are_joined() {
        let wire = [gzip(b"one "), gzip(b"two")].concat();

        assert_eq!(
            b"one two".to_vec(),
            decode(Coding::Of(Encoding::Gzip), &wire, 1000).unwrap()
        );
    }

    #[test]
    fn damaged_gzip_is_refused() {
        let good = gzip(b"hello hello hello");
        let mut checksum = good.clone();
        let end = checksum.len();
        checksum[end - 8] ^= 1;
        let mut length = good.clone();
        length[end - 1] ^= 1;
        let mut flags = good.clone();
        flags[3] = 0x80;
        let trailing = [good.clone(), b"x".to_vec()].concat();

        for wire in [
            &checksum,
            &length,
            &flags,
            &trailing,
            &good[..end - 9].to_vec(),
            &b"plain".to_vec(),
            &Vec::new(),
        ] {
            assert!(is_corrupt(wire), "{wire:?}");
        }
        assert!(!is_corrupt(&good));
    }

    #[test]
    fn a_bomb_stops_at_the_bound() {
        let wire = gzip(&vec![0; 10_000_000]);

        assert!(matches!(
            decode(Coding::Of(Encoding::Gzip), &wire, 1_000_000),
            Err(DecodeError::TooLarge)
        ));
        assert_eq!(
            10_000_000,
            decode(Coding::Of(Encoding::Gzip), &wire, 10_000_000)
                .unwrap()
                .len()
        );
    }

    #[test]
    fn zstd_frames_decode_and_damage_is_refused() {
        let raw = b"(\xb5/\xfd \x05)\x00\x00hello";

        assert_eq!(
            b"hello".to_vec(),
            decode(Coding::Of(Encoding::Zstd), raw, 100).unwrap()
        );
        assert!(matches!(
            decode(Coding::Of(Encoding::Zstd), raw, 4),
            Err(DecodeError::TooLarge)
        ));
        assert!(decode(Coding::Of(Encoding::Zstd), &raw[..9], 100).is_err());
        assert!(decode(Coding::Of(Encoding::Zstd), b"hello", 100).is_err());
    }
}
