//! Damaged versions of a good input, the same for the same seed, and what to do with one that breaks
//! something.
//!
//! `FUZZ_RUNS` is how many are made of each input (by default few), `FUZZ_SEED` where the dice start.

use std::env;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};

use super::dice::Dice;

/// What parsers trip over, whatever they parse.
const WORDS: [&[u8]; 26] = [
    b"\0",
    b"\n",
    b"\r\n",
    b"\t",
    b" ",
    b"\"",
    b"'",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"- ",
    b"&a ",
    b"*a",
    b"<<: ",
    b"null",
    b"-1",
    b"18446744073709551616",
    b"1e999",
    b"\xff\xfe",
    b"\xc2\x85",
    b"\xf0\x9f\xaa\xb5",
];

/// Number of damaged versions of each input.
pub fn runs(default: usize) -> usize {
    env::var("FUZZ_RUNS").map_or(default, |runs| runs.parse().expect("FUZZ_RUNS is a number"))
}

/// The dice for a target.
pub fn dice(target: &str) -> Dice {
    let seed = env::var("FUZZ_SEED").map_or(1, |seed| seed.parse().expect("FUZZ_SEED is a number"));
    let target = target.bytes().fold(0, |sum: u64, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    Dice::new(target ^ seed)
}

/// The good inputs, and whatever broke something once, in `tests/fuzz/corpus/TARGET`.
pub fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fuzz/corpus")
        .join(target);
    let entries =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| fs::read(path).expect("readable"))
        .collect()
}

/// A version of `input` with one to five damages; some take a piece of `other`.
pub fn mutate(dice: &mut Dice, input: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=dice.below(5) {
        let range = range(dice, bytes.len());
        match dice.below(8) {
            0 => drop(bytes.drain(range)),
            1 => {
                let piece = bytes[range.clone()].to_vec();
                insert(&mut bytes, range.end, &piece.repeat(1 + dice.below(3)));
            }
            2 if !bytes.is_empty() => {
                let at = dice.below(bytes.len());
                bytes[at] ^= 1 << dice.below(8);
            }
            3 => bytes.truncate(range.start.max(range.end / 2)),
            4 => {
                let piece = self::range(dice, other.len());
                insert(&mut bytes, range.start, &other[piece]);
            }
            5 => {
                let piece = self::range(dice, other.len());
                bytes.splice(range, other[piece].iter().copied());
            }
            6 => {
                let word =
                    WORDS[dice.below(WORDS.len())].repeat(if dice.one_in(8) { 300 } else { 1 });
                bytes.splice(range.start..range.start, word);
            }
            _ => {
                let word = WORDS[dice.below(WORDS.len())];
                bytes.splice(range, word.iter().copied());
            }
        }
    }
    bytes
}

/// A short range, seldom a long one.
fn range(dice: &mut Dice, length: usize) -> std::ops::Range<usize> {
    let start = dice.below(length + 1);
    let most = if dice.one_in(4) { length } else { 16 };
    start..(start + dice.below(most + 1)).min(length)
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    bytes.splice(at..at, piece.iter().copied());
}

/// Runs a check on an input; one that it breaks at is kept, so that it can be looked at and join the corpus.
pub fn check(target: &str, input: &[u8], check: impl FnOnce(&[u8])) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| check(input))) {
        keep(target, input);
        resume_unwind(panic);
    }
}

/// Writes an input that broke something to `target/fuzz`.
pub fn keep(target: &str, input: &[u8]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/fuzz");
    let path = folder.join(format!("{target}-{:08x}", crc32fast::hash(input)));
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(&path, input).expect("written");
    eprintln!(
        "the input is in {}: once understood, put it into tests/fuzz/corpus/{target}",
        path.display()
    );
}
