//! A lock as text.
//!
//! It is TOML, in a subset that is read line by line: a key and a text on each line, lists with one
//! item a line. A general reader would make objects many times the size of a hostile file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use toml_edit::{Key, Value};

use super::packing::Packer;
use super::{
    Budget, Lock, LockError, LockedFile, LockedProvider, MAX_TOTAL_BYTES, Pristine, hash,
    is_plain_path, known_layout,
};

/// The format that is written where files were moved: who does not know of it would take them for others.
const FORMAT: u32 = 3;
/// The format of all else. Format 1, of before there were versions in it, is still read.
const PLAIN_FORMAT: u32 = 2;
const HEADER: &str = "\
# Written by fapilog-gen: what it generated here, so that your edits survive the next time.
# Keep it under version control, and do not edit it.
";
/// How a spec came that is built into the tool.
const BUILT_IN: &str = "built in";
/// How a spec came that is a user's.
const FROM_FILE: &str = "file";
/// Characters of a hash that name a text; the whole hash is held against it.
const KEY_LENGTH: usize = 16;
/// A person's project has a few hundred.
const MAX_LINES: usize = 50_000;

/// The text of a lock.
pub fn write(lock: &Lock) -> String {
    let format = if lock.moved.is_empty() {
        PLAIN_FORMAT
    } else {
        FORMAT
    };
    let mut text = format!("{HEADER}format = {format}\n");
    if let Some(tool) = &lock.tool {
        push(&mut text, "tool", tool);
    }
    push(&mut text, "layout", lock.layout);
    push_list(&mut text, "deleted", &lock.deleted);
    push_list(&mut text, "added", &lock.added);
    let mut packer = Packer::fast();
    let mut texts = BTreeMap::new();
    for (id, provider) in &lock.providers {
        let _ = write!(text, "\n[provider.{}]\n", Key::new(id));
        push(&mut text, "type_prefix", &provider.type_prefix);
        let origin = if provider.spec.is_some() {
            FROM_FILE
        } else {
            BUILT_IN
        };
        push(&mut text, "spec", origin);
        if let Some(spec) = &provider.spec {
            texts.insert(key(&hash(spec)).to_owned(), packer.pack(spec).into());
        }
        if let Some(sha256) = &provider.sha256 {
            push(&mut text, "sha256", sha256);
        }
        let from = provider.made_from.as_ref();
        if let Some(from) = from.filter(|from| Some(&from.sha256) != provider.sha256.as_ref()) {
            push(&mut text, "whole", &from.sha256);
        }
        if let Some(from) = from {
            let compressed = || from.packed(&mut packer);
            texts
                .entry(key(&from.sha256).to_owned())
                .or_insert_with(compressed);
        }
    }
    if !lock.moved.is_empty() {
        text.push_str("\n[moved]\n");
        for (planned, actual) in &lock.moved {
            let (planned, actual) = (planned.as_str(), actual.as_str());
            let _ = writeln!(text, "{} = {}", Value::from(planned), Value::from(actual));
        }
    }
    text.push_str("\n[file]\n");
    for (path, file) in &lock.files {
        let _ = writeln!(text, "{} = \"{}\"", Value::from(path.as_str()), file.sha256);
        texts
            .entry(key(&file.sha256).to_owned())
            .or_insert_with(|| file.packed(&mut packer));
    }
    text.push_str("\n# The texts as they were written, compressed: the base of a merge.\n[text]\n");
    for (key, packed) in texts {
        text.reserve(packed.len() + 32);
        // Neither has a character that must be escaped.
        for part in ["\"", &key, "\" = \"", &packed, "\"\n"] {
            text.push_str(part);
        }
    }
    text
}

fn key(sha256: &str) -> &str {
    sha256.get(..KEY_LENGTH).unwrap_or(sha256)
}

fn push(text: &mut String, key: &str, value: &str) {
    let _ = writeln!(text, "{key} = {}", Value::from(value));
}

fn push_list(text: &mut String, key: &str, items: &BTreeSet<String>) {
    if items.is_empty() {
        return;
    }
    let _ = writeln!(text, "{key} = [");
    for item in items {
        let _ = writeln!(text, "  {},", Value::from(item.as_str()));
    }
    text.push_str("]\n");
}

/// One fact of a lock.
struct Entry<'a> {
    /// `provider`, `file`, `text`, or nothing.
    section: &'a str,
    /// What the section is about, where it says.
    of: &'a str,
    key: &'a str,
    value: &'a str,
}

/// Reads the text of a lock.
pub fn parse(text: &str) -> Result<Lock, LockError> {
    if text.lines().nth(MAX_LINES).is_some() {
        return Err(LockError::Content(format!(
            "it has more than {MAX_LINES} lines"
        )));
    }
    let format = format_of(text)?;
    if format > i64::from(FORMAT) {
        return Err(LockError::Newer(tool_of(text)));
    }
    let mut reading = Reading::default();
    for entry in entries(text) {
        let (line, entry) = entry?;
        reading
            .take(format, &entry)
            .map_err(|message| at(line, &message))?;
    }
    let lock = reading.finish()?;
    if format >= i64::from(PLAIN_FORMAT) {
        Ok(lock)
    } else {
        repacked(lock)
    }
}

/// Texts of an earlier format are packed anew, so that a lock does not tell how old it is.
fn repacked(mut lock: Lock) -> Result<Lock, LockError> {
    for file in lock.files.values_mut() {
        *file = LockedFile::of(&file.pristine()?);
    }
    Ok(lock)
}

fn at(line: usize, message: &str) -> LockError {
    LockError::Content(format!("line {line}: {message}"))
}

/// The number of the format: what comes first, and does not change from format to format.
fn format_of(text: &str) -> Result<i64, LockError> {
    let found = text.lines().find_map(|line| value_of(line, "format"));
    let number = found.and_then(|value| value.parse().ok());
    match number {
        Some(number) if number >= 1 => Ok(number),
        _ => Err(LockError::Content("it has no `format`".to_owned())),
    }
}

fn tool_of(text: &str) -> Option<String> {
    let value = text.lines().find_map(|line| value_of(line, "tool"))?;
    string(value).ok()
}

fn value_of<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let rest = line.strip_prefix(key)?.trim_start();
    rest.strip_prefix('=').map(str::trim)
}

/// The lines of a text as facts. An item of a list is a fact with the list's key.
fn entries(text: &str) -> impl Iterator<Item = Result<(usize, Entry<'_>), LockError>> {
    let mut section = "";
    let mut of = "";
    let mut list = None;
    let lines = text.lines().enumerate();
    lines.filter_map(move |(index, line)| {
        let number = index + 1;
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        if let Some(key) = list {
            if line == "]" {
                list = None;
                return None;
            }
            let value = line.strip_suffix(',').unwrap_or(line);
            return Some(Ok((
                number,
                Entry {
                    section,
                    of,
                    key,
                    value,
                },
            )));
        }
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            let name = name.trim_matches(['[', ']']);
            (section, of) = name.split_once('.').unwrap_or((name, ""));
            // Format 1 has a table for each: this is where a new one begins.
            return Some(Ok((
                number,
                Entry {
                    section,
                    of,
                    key: "",
                    value: "",
                },
            )));
        }
        // A path may have an equals sign in it, a hash or a packed text has quotes before it. Packed texts
        // are long, and what names them is not.
        let parts = if section == "text" {
            line.split_once(" = ")
        } else {
            line.rsplit_once(" = ")
        };
        let Some((key, value)) = parts else {
            let message = if line.starts_with("<<<<<<<") {
                "it has the marks of a merge that is not settled: take either side, then run `update`"
            } else {
                "it is no key with a value"
            };
            return Some(Err(at(number, message)));
        };
        if value == "[" {
            list = Some(key);
            return None;
        }
        Some(Ok((
            number,
            Entry {
                section,
                of,
                key,
                value,
            },
        )))
    })
}

/// A quoted text. Anything else is not made into an object first.
fn string(value: &str) -> Result<String, String> {
    let inner = value.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    match inner {
        Some(plain) if !has_any(plain, b"\"\\") => Ok(plain.to_owned()),
        _ if value.starts_with(['"', '\'']) => value
            .parse::<Value>()
            .ok()
            .and_then(|parsed| parsed.as_str().map(str::to_owned))
            .ok_or_else(|| "its text is not closed".to_owned()),
        _ => Err("its value is no text".to_owned()),
    }
}

/// Whether a text has one of these, none of which is part of another character.
fn has_any(text: &str, bytes: &[u8]) -> bool {
    bytes.iter().any(|byte| text.as_bytes().contains(byte))
}

fn name(key: &str) -> Result<String, String> {
    if key.starts_with(['"', '\'']) {
        string(key)
    } else {
        Ok(key.to_owned())
    }
}

/// A lock while it is read.
#[derive(Default)]
struct Reading {
    tool: Option<String>,
    layout: Option<&'static str>,
    providers: BTreeMap<String, Provider>,
    files: BTreeMap<String, String>,
    deleted: BTreeSet<String>,
    moved: BTreeMap<String, String>,
    added: BTreeSet<String>,
    texts: BTreeMap<String, String>,
    /// The table of format 1 that is being read.
    table: BTreeMap<String, String>,
}

#[derive(Default)]
struct Provider {
    type_prefix: Option<String>,
    is_from_file: bool,
    sha256: Option<String>,
    /// Hash of the text with all that it extends, where that is another one.
    whole: Option<String>,
    /// Format 1 has the text where format 2 has its hash.
    packed: Option<String>,
}

impl Reading {
    fn take(&mut self, format: i64, entry: &Entry) -> Result<(), String> {
        if entry.key.is_empty() {
            return self.end_of_table();
        }
        match (entry.section, entry.key) {
            ("", "tool") => self.tool = Some(string(entry.value)?),
            ("", "layout") => {
                let layout = string(entry.value)?;
                let known = known_layout(&layout).ok_or("its `layout` is unknown")?;
                self.layout = Some(known);
            }
            ("", "deleted") => {
                self.deleted.insert(string(entry.value)?);
            }
            ("", "added") => {
                self.added.insert(string(entry.value)?);
            }
            ("provider", key) if format > 1 => {
                let provider = self.providers.entry(name(entry.of)?).or_default();
                let value = string(entry.value)?;
                match key {
                    "type_prefix" => provider.type_prefix = Some(value),
                    "spec" => provider.is_from_file = value == FROM_FILE,
                    "sha256" => provider.sha256 = Some(value),
                    "whole" => provider.whole = Some(value),
                    _ => {}
                }
            }
            ("file", key) if format > 1 => {
                self.files.insert(name(key)?, string(entry.value)?);
            }
            ("moved", key) => {
                self.moved.insert(name(key)?, string(entry.value)?);
            }
            ("text", key) => {
                self.texts.insert(name(key)?, string(entry.value)?);
            }
            ("file" | "provider", key) => {
                self.table.insert(key.to_owned(), string(entry.value)?);
            }
            // The format, which is known, and what a later version adds to it.
            _ => {}
        }
        Ok(())
    }

    /// Format 1: `[[provider]]` and `[[file]]`, told apart by what they name.
    fn end_of_table(&mut self) -> Result<(), String> {
        let mut table = std::mem::take(&mut self.table);
        if let Some(id) = table.remove("id") {
            let provider = Provider {
                type_prefix: table.remove("type_prefix"),
                is_from_file: false,
                sha256: None,
                whole: None,
                packed: table.remove("spec"),
            };
            self.providers.insert(id, provider);
        } else if let Some(path) = table.remove("path") {
            let mut required = |key: &str| {
                let value = table.remove(key);
                value.ok_or_else(|| format!("an entry before it has no `{key}`"))
            };
            let (sha256, packed) = (required("sha256")?, required("pristine")?);
            self.texts.insert(key(&sha256).to_owned(), packed);
            self.files.insert(path, sha256);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Lock, LockError> {
        self.end_of_table().map_err(LockError::Content)?;
        let layout = self.layout;
        let layout = layout.ok_or_else(|| LockError::Content("it has no `layout`".to_owned()))?;
        let moved = self.moved.iter().flat_map(|(from, to)| [from, to]);
        let paths = self.files.keys().chain(&self.deleted).chain(moved);
        if let Some(path) = paths.into_iter().find(|path| !is_plain_path(path)) {
            return Err(LockError::Path(path.clone()));
        }
        let budget = Budget::new(MAX_TOTAL_BYTES);
        let providers = self.providers.into_iter();
        let providers = providers
            .map(|(id, provider)| Ok((id, provider.locked(&self.texts, &budget)?)))
            .collect::<Result<_, LockError>>()?;
        let files = self.files.into_iter();
        let files = files
            .map(|(path, sha256)| {
                let packed = self.texts.get(key(&sha256)).cloned();
                let packed = packed.ok_or_else(|| {
                    LockError::Content(format!("the text of `{path}` is not in it"))
                })?;
                let text = Pristine::Packed(packed, budget.clone());
                Ok((path, LockedFile { sha256, text }))
            })
            .collect::<Result<_, LockError>>()?;
        Ok(Lock {
            tool: self.tool,
            layout,
            providers,
            files,
            deleted: self.deleted,
            moved: self.moved,
            added: self.added,
        })
    }
}

impl Provider {
    fn locked(
        self,
        texts: &BTreeMap<String, String>,
        budget: &Budget,
    ) -> Result<LockedProvider, LockError> {
        let lacks = |what: &str| LockError::Content(format!("a provider in it has no {what}"));
        let type_prefix = self.type_prefix.ok_or_else(|| lacks("`type_prefix`"))?;
        let packed = match (&self.packed, &self.sha256) {
            (Some(packed), _) => Some(packed),
            (None, Some(sha256)) if self.is_from_file => {
                let packed = texts.get(key(sha256));
                Some(packed.ok_or_else(|| lacks("text of its spec"))?)
            }
            (None, None) if self.is_from_file => return Err(lacks("`sha256`")),
            _ => None,
        };
        let spec = packed.map(|packed| budget.unpack(packed)).transpose()?;
        let sha256 = spec.as_deref().map(hash).or(self.sha256);
        let made_from = self.whole.or_else(|| sha256.clone()).and_then(|sha256| {
            let packed = texts.get(key(&sha256)).cloned()?;
            let text = Pristine::Packed(packed, budget.clone());
            Some(LockedFile { sha256, text })
        });
        Ok(LockedProvider {
            type_prefix,
            sha256,
            spec,
            made_from,
        })
    }
}
