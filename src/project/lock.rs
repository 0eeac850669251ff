//! `fapilog-gen.lock`: what the tool wrote into a folder.
//!
//! The hash of each file tells a person's edit from our own text, and the compressed pristine text
//! is the base of a three-way merge: no network, git or older program needed. The file is
//! deterministic and readable in a diff: sorted, one line for each fact, the long ones at the end,
//! without dates or paths of a machine.
//!
//! It comes from a version control that others write to. Reading it takes bounded memory, and what
//! it claims is believed only as far as its texts prove it.

mod error;
mod packing;
mod text;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;

pub use error::LockError;
pub use packing::{hash, hash_bytes};

use crate::files::{is_absence, read_regular_text};
use crate::languages;
use packing::{BASE64, Packer};

// Hash and packed text of each file that is copied into sinks as it is, sorted; by `build.rs`.
include!(concat!(env!("OUT_DIR"), "/packed.rs"));

/// Name of the lock in an output folder.
pub const FILE_NAME: &str = "fapilog-gen.lock";

/// Bytes that the file may have: some 30 times what three providers need.
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// No generated file comes near it.
const MAX_TEXT_BYTES: usize = 2 * 1024 * 1024;
/// What all texts of a lock may unpack to, together: a changed lock must not exhaust memory or time.
const MAX_TOTAL_BYTES: usize = 64 * 1024 * 1024;

/// What the tool wrote into a folder.
#[derive(Debug, Clone)]
pub struct Lock {
    /// The version of the tool that wrote it; locks of before do not say.
    pub tool: Option<String>,
    /// How the files lie, in the word of their language.
    pub layout: &'static str,
    /// The providers present, by id.
    pub providers: BTreeMap<String, LockedProvider>,
    /// The files written.
    pub files: LockedFiles,
    /// Those of them that a person deleted, as far as that was noted: they stay away.
    pub deleted: BTreeSet<String>,
    /// Planned paths of files that a person moved, and where they lie: `files` has the latter.
    pub moved: BTreeMap<String, String>,
    /// What the tool added to a person's manifest, as `project::manifest` writes it.
    pub added: BTreeSet<String>,
}

/// Files as they were written, by path relative to the folder, `/` separated.
pub type LockedFiles = BTreeMap<String, LockedFile>;

/// One provider of an output folder.
#[derive(Debug, Clone)]
pub struct LockedProvider {
    /// Prefix of its type names.
    pub type_prefix: String,
    /// Hash of the spec's text; locks of before do not say.
    pub sha256: Option<String>,
    /// The spec's text when it came from a file of the user; absent for a built-in one.
    pub spec: Option<String>,
    /// All that the sink was made from as one text: what `impact` holds another spec against. Locks of
    /// before have it only where it is the user's own text.
    pub made_from: Option<LockedFile>,
}

/// One file as it was written.
#[derive(Debug, Clone)]
pub struct LockedFile {
    /// Hash of the text, [`hash`].
    pub sha256: String,
    text: Pristine,
}

/// A text comes compressed from a lock, and is compressed only when it goes into one.
#[derive(Debug, Clone)]
enum Pristine {
    Packed(String, Budget),
    Plain(String),
}

/// Bytes that the texts of one lock may still unpack to.
#[derive(Debug, Clone)]
struct Budget(Arc<AtomicUsize>);

impl Budget {
    fn new(bytes: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(bytes)))
    }

    fn unpack(&self, packed: &str) -> Result<String, LockError> {
        let damaged = || LockError::Content("a text stored in it is damaged".to_owned());
        let compressed = BASE64.decode(packed).map_err(|_| damaged())?;
        let limit = self.0.load(Ordering::Relaxed).min(MAX_TEXT_BYTES);
        let bytes = miniz_oxide::inflate::decompress_to_vec_with_limit(&compressed, limit)
            .map_err(|_| damaged())?;
        self.0.fetch_sub(bytes.len().min(limit), Ordering::Relaxed);
        String::from_utf8(bytes).map_err(|_| damaged())
    }
}

impl LockedFile {
    /// Records a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self {
            sha256: hash(text),
            text: Pristine::Plain(text.to_owned()),
        }
    }

    /// The text as it was written.
    ///
    /// # Errors
    ///
    /// [`LockError`] when the lock is damaged: there is no such text, or another one.
    pub fn pristine(&self) -> Result<Cow<'_, str>, LockError> {
        let text = match &self.text {
            Pristine::Packed(packed, budget) => budget.unpack(packed)?,
            Pristine::Plain(text) => return Ok(Cow::Borrowed(text)),
        };
        if hash(&text) == self.sha256 {
            Ok(Cow::Owned(text))
        } else {
            let message = "a text stored in it is not the one that its hash names".to_owned();
            Err(LockError::Content(message))
        }
    }

    /// Whether it proves that a file's contents are ours: the text it holds is the very one.
    #[must_use]
    pub fn proves(&self, contents: &[u8]) -> bool {
        self.claims(contents) && self.pristine().is_ok()
    }

    /// Whether its hash is that of the contents.
    #[must_use]
    pub fn claims(&self, contents: &[u8]) -> bool {
        std::str::from_utf8(contents).is_ok_and(|text| hash(text) == self.sha256)
    }

    fn packed(&self, packer: &mut Packer) -> Cow<'_, str> {
        let known = PACKED.binary_search_by_key(&&*self.sha256, |known| known.0);
        match (known, &self.text) {
            (_, Pristine::Packed(text, _)) => Cow::Borrowed(text),
            // The hash does not tell line endings apart.
            (Ok(index), Pristine::Plain(text)) if !text.contains('\r') => {
                Cow::Borrowed(PACKED[index].1)
            }
            (_, Pristine::Plain(text)) => Cow::Owned(packer.pack(text)),
        }
    }
}

impl Lock {
    /// A lock that lists nothing yet.
    #[must_use]
    pub fn new(layout: &'static str) -> Self {
        Self {
            tool: Some(env!("CARGO_PKG_VERSION").to_owned()),
            layout,
            providers: BTreeMap::new(),
            files: BTreeMap::new(),
            deleted: BTreeSet::new(),
            moved: BTreeMap::new(),
            added: BTreeSet::new(),
        }
    }

    /// Reads the lock of a folder; absent when the folder has none.
    ///
    /// # Errors
    ///
    /// [`LockError`] when the file cannot be read or is not a lock this program knows.
    pub fn read(folder: &Path) -> Result<Option<Self>, LockError> {
        let path = folder.join(FILE_NAME);
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_symlink() => return Err(LockError::Link),
            Ok(_) => {}
            Err(error) if is_absence(&error) => return Ok(None),
            Err(error) => return Err(LockError::Io(error)),
        }
        let text = read_regular_text(&path, MAX_BYTES).map_err(LockError::Io)?;
        Self::parse(&text).map(Some)
    }

    /// Reads a lock's text.
    ///
    /// # Errors
    ///
    /// [`LockError`] when it is not a lock this program knows.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        text::parse(text)
    }

    /// The lock's text.
    #[must_use]
    pub fn to_text(&self) -> String {
        text::write(self)
    }
}

/// The layout of some language that is called so.
fn known_layout(name: &str) -> Option<&'static str> {
    let layouts = languages::ALL.iter().map(|language| language.layouts());
    layouts.flatten().copied().find(|layout| *layout == name)
}

/// Whether a path leads to a place within a folder, and is one and the same on every system.
#[must_use]
pub fn is_plain_path(path: &str) -> bool {
    let is_plain = |part: &str| {
        !matches!(part, "" | "." | "..")
            && !part.contains(['\\', ':'])
            && !part.contains(char::is_control)
    };
    path.split('/').all(is_plain)
}

#[cfg(test)]
mod tests;
