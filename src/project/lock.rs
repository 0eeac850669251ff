//! `fapilog-gen.lock`: what the tool wrote into a folder.
//!
//! The hash of each file tells a person's edit from our own text, and the compressed pristine text
//! is the base of a later three-way merge: no network, git or older program needed. The file is
//! deterministic: sorted, without versions, dates or machine names.

mod error;
mod packing;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use base64::Engine as _;
use toml_edit::{Document, Item, Table};

pub use error::LockError;
pub use packing::hash;

use crate::languages;
use packing::{BASE64, Packer};

// Hash and packed text of each file that is copied into sinks as it is, sorted; by `build.rs`.
include!(concat!(env!("OUT_DIR"), "/packed.rs"));

/// Name of the lock in an output folder.
pub const FILE_NAME: &str = "fapilog-gen.lock";

/// The one format of the file so far.
const FORMAT: i64 = 1;
const HEADER: &str = "\
# Written by fapilog-gen: what it generated here, so that regenerating never overwrites your edits.
# Keep it under version control, and do not edit it.
";
/// No generated file comes near it; a damaged lock must not exhaust memory.
const MAX_PRISTINE_BYTES: usize = 16 * 1024 * 1024;

/// What the tool wrote into a folder.
#[derive(Debug, Clone)]
pub struct Lock {
    /// How the files lie, in the word of their language.
    pub layout: &'static str,
    /// The providers present, by id.
    pub providers: BTreeMap<String, LockedProvider>,
    /// The files written.
    pub files: LockedFiles,
}

/// Files as they were written, by path relative to the folder, `/` separated.
pub type LockedFiles = BTreeMap<String, LockedFile>;

/// One provider of an output folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedProvider {
    /// Prefix of its type names.
    pub type_prefix: String,
    /// The spec's text when it came from a file of the user; absent for a built-in one.
    pub spec: Option<String>,
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
    Packed(String),
    Plain(String),
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
    /// [`LockError`] when the lock is damaged.
    pub fn pristine(&self) -> Result<String, LockError> {
        match &self.text {
            Pristine::Packed(packed) => unpack(packed),
            Pristine::Plain(text) => Ok(text.clone()),
        }
    }

    fn packed(&self, packer: &mut Packer) -> Cow<'_, str> {
        match &self.text {
            Pristine::Packed(text) => Cow::Borrowed(text),
            Pristine::Plain(text) => {
                match PACKED.binary_search_by_key(&&*self.sha256, |known| known.0) {
                    // The hash does not tell line endings apart.
                    Ok(index) if !text.contains('\r') => Cow::Borrowed(PACKED[index].1),
                    _ => Cow::Owned(packer.pack(text)),
                }
            }
        }
    }
}

impl Lock {
    /// A lock that lists nothing yet.
    #[must_use]
    pub fn new(layout: &'static str) -> Self {
        Self {
            layout,
            providers: BTreeMap::new(),
            files: BTreeMap::new(),
        }
    }

    /// Reads the lock of a folder; absent when the folder has none.
    ///
    /// # Errors
    ///
    /// [`LockError`] when the file cannot be read or is not a lock this program knows.
    pub fn read(folder: &Path) -> Result<Option<Self>, LockError> {
        match fs::read_to_string(folder.join(FILE_NAME)) {
            Ok(text) => Self::parse(&text).map(Some),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(LockError::Io(error)),
        }
    }

    /// Reads a lock's text.
    ///
    /// # Errors
    ///
    /// [`LockError`] when it is not a lock this program knows.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let document = Document::parse(text).map_err(|error| LockError::Syntax(Box::new(error)))?;
        let root = document.as_table();
        if root.get("format").and_then(Item::as_integer) != Some(FORMAT) {
            return Err(LockError::Content("its `format` is not 1"));
        }
        let layout = root
            .get("layout")
            .and_then(Item::as_str)
            .and_then(|found| known_layouts().find(|layout| *layout == found))
            .ok_or(LockError::Content("its `layout` is unknown"))?;
        let mut lock = Self::new(layout);
        for table in tables(root, "provider") {
            let spec = table
                .get("spec")
                .and_then(Item::as_str)
                .map(unpack)
                .transpose()?;
            let provider = LockedProvider {
                type_prefix: text_of(table, "type_prefix")?,
                spec,
            };
            lock.providers.insert(text_of(table, "id")?, provider);
        }
        for table in tables(root, "file") {
            let pristine = Pristine::Packed(text_of(table, "pristine")?);
            let file = LockedFile {
                sha256: text_of(table, "sha256")?,
                text: pristine,
            };
            lock.files.insert(text_of(table, "path")?, file);
        }
        Ok(lock)
    }

    /// The lock's text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let layout = self.layout;
        let mut text = format!("{HEADER}format = {FORMAT}\nlayout = \"{layout}\"\n");
        let mut packer = Packer::new();
        for (id, provider) in &self.providers {
            push_table(
                &mut text,
                "provider",
                &[("id", id), ("type_prefix", &provider.type_prefix)],
            );
            if let Some(spec) = &provider.spec {
                push_entry(&mut text, "spec", &packer.pack(spec));
            }
        }
        for (path, file) in &self.files {
            push_table(&mut text, "file", &[("path", path)]);
            // Neither has a character that must be escaped.
            let pristine = file.packed(&mut packer);
            text.reserve(pristine.len() + 128);
            let _ = writeln!(text, "sha256 = \"{}\"", file.sha256);
            for part in ["pristine = \"", &pristine, "\"\n"] {
                text.push_str(part);
            }
        }
        text
    }
}

/// The layouts of every language.
fn known_layouts() -> impl Iterator<Item = &'static str> {
    let layouts = languages::ALL.iter().map(|language| language.layouts());
    layouts.flatten().copied()
}

fn push_table(text: &mut String, name: &str, entries: &[(&str, &str)]) {
    let _ = write!(text, "\n[[{name}]]\n");
    for (key, value) in entries {
        push_entry(text, key, value);
    }
}

fn push_entry(text: &mut String, key: &str, value: &str) {
    let _ = writeln!(text, "{key} = {}", toml_edit::Value::from(value));
}

fn tables<'a>(root: &'a Table, name: &str) -> impl Iterator<Item = &'a Table> {
    root.get(name)
        .and_then(Item::as_array_of_tables)
        .into_iter()
        .flatten()
}

fn text_of(table: &Table, key: &'static str) -> Result<String, LockError> {
    let text = table.get(key).and_then(Item::as_str);
    text.map(str::to_owned).ok_or(LockError::MissingKey(key))
}

fn unpack(packed: &str) -> Result<String, LockError> {
    let damaged = || LockError::Content("a text stored in it is damaged");
    let compressed = BASE64.decode(packed).map_err(|_| damaged())?;
    let bytes = miniz_oxide::inflate::decompress_to_vec_with_limit(&compressed, MAX_PRISTINE_BYTES)
        .map_err(|_| damaged())?;
    String::from_utf8(bytes).map_err(|_| damaged())
}

#[cfg(test)]
mod tests;
