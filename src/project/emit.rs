//! Brings an output folder to its planned contents without destroying anything of a person's.
//!
//! [`compare`] reads and decides, [`Emission::write`] writes: a dry run and a check are the first
//! without the second. A file that differs from what the lock says we wrote is its owner's: it is
//! kept and reported unless the caller forces.

mod error;
mod stage;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

pub use error::EmitError;

use crate::project::lock::{self, LockedFile, LockedFiles};
use crate::project::render::RenderedFile;

/// What happens, or happened, to one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileState {
    /// It did not exist.
    Created,
    /// It already has the planned contents.
    Unchanged,
    /// We wrote it, nobody touched it since, and the planned contents are others.
    Updated,
    /// Somebody edited it: left as it is.
    Kept,
    /// We wrote it, nobody touched it since, and it is no longer planned.
    Removed,
}

impl FileState {
    /// The word for it in a report of what was done.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Unchanged => "unchanged",
            Self::Updated => "updated",
            Self::Kept => "kept",
            Self::Removed => "removed",
        }
    }

    /// The word for it in a check, where nothing is done; absent when there is nothing to say.
    #[must_use]
    pub fn finding(self) -> Option<&'static str> {
        match self {
            Self::Created => Some("missing"),
            Self::Unchanged => None,
            Self::Updated | Self::Kept => Some("differs"),
            Self::Removed => Some("stale"),
        }
    }
}

/// One file and what happens to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Path relative to the output folder, `/` separated.
    pub path: String,
    /// What happens.
    pub state: FileState,
}

/// Everything that would be done to an output folder.
#[derive(Debug)]
pub struct Emission {
    root: PathBuf,
    changes: Vec<Change>,
    writes: Vec<stage::Write>,
    removals: Vec<PathBuf>,
    files: LockedFiles,
}

/// Compares an output folder with its planned files, and with those we wrote before. Reads only.
///
/// With `force`, edited files are overwritten instead of kept.
///
/// # Errors
///
/// [`EmitError`] when a path leaves the folder, two paths collide, or a file cannot be read.
pub fn compare(
    root: &Path,
    planned: &[RenderedFile],
    previous: Option<&LockedFiles>,
    force: bool,
) -> Result<Emission, EmitError> {
    refuse_collisions(planned)?;
    let mut emission = Emission {
        root: root.to_path_buf(),
        changes: Vec::with_capacity(planned.len()),
        writes: Vec::new(),
        removals: Vec::new(),
        files: BTreeMap::new(),
    };
    for file in planned {
        let locked = previous.and_then(|files| files.get(&file.path));
        emission.compare_file(file, locked, force)?;
    }
    if let Some(files) = previous {
        emission.compare_stale(planned, files)?;
    }
    emission.changes.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(emission)
}

/// Two names that differ in case only are one file on some systems.
fn refuse_collisions(planned: &[RenderedFile]) -> Result<(), EmitError> {
    let mut seen = BTreeSet::new();
    match planned
        .iter()
        .find(|file| !seen.insert(file.path.to_lowercase()))
    {
        Some(file) => Err(EmitError::Collision(file.path.clone())),
        None => Ok(()),
    }
}

impl Emission {
    /// What happens to each file: planned and stale ones sorted by path, then those of [`Self::put`].
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The contents that a file would be given; absent when it stays as it is.
    #[must_use]
    pub fn planned(&self, path: &str) -> Option<&str> {
        let target = stage::resolve(&self.root, path).ok()?;
        self.writes
            .iter()
            .find(|write| write.target == target)
            .map(|write| write.contents.as_str())
    }

    /// The files for the new lock.
    #[must_use]
    pub fn files(&self) -> &LockedFiles {
        &self.files
    }

    /// Adds a file that the lock does not list, such as the lock itself: written when it differs.
    ///
    /// # Errors
    ///
    /// [`EmitError`] as in [`compare`].
    pub fn put(&mut self, path: &str, contents: String) -> Result<(), EmitError> {
        let target = stage::resolve(&self.root, path)?;
        let state = match read(&target)? {
            None => FileState::Created,
            Some(current) if same(&current, &contents) => FileState::Unchanged,
            Some(_) => FileState::Updated,
        };
        if state != FileState::Unchanged {
            self.writes.push(stage::Write { target, contents });
        }
        self.changes.push(Change {
            path: path.to_owned(),
            state,
        });
        Ok(())
    }

    /// Does it: every file is first written beside its target, then all are renamed, then stale
    /// ones go.
    ///
    /// # Errors
    ///
    /// [`EmitError`] when a file cannot be written; before the first rename the folder is
    /// as it was, but for new empty folders.
    pub fn write(self) -> Result<(), EmitError> {
        stage::commit(&self.root, &self.writes, &self.removals)
    }

    fn compare_file(
        &mut self,
        file: &RenderedFile,
        locked: Option<&LockedFile>,
        force: bool,
    ) -> Result<(), EmitError> {
        let target = stage::resolve(&self.root, &file.path)?;
        let state = match read(&target)? {
            None => FileState::Created,
            Some(current) if same(&current, &file.contents) => FileState::Unchanged,
            Some(current) if force || untouched(&current, locked) => FileState::Updated,
            Some(_) => FileState::Kept,
        };
        self.changes.push(Change {
            path: file.path.clone(),
            state,
        });
        if let FileState::Created | FileState::Updated = state {
            self.writes.push(stage::Write {
                target,
                contents: file.contents.clone(),
            });
        }
        let entry = match (state, locked) {
            // The text the edit started from stays the base of a later merge.
            (FileState::Kept, Some(base)) => base.clone(),
            (FileState::Kept, None) => return Ok(()),
            (_, Some(base)) if base.sha256 == lock::hash(&file.contents) => base.clone(),
            _ => LockedFile::of(&file.contents),
        };
        self.files.insert(file.path.clone(), entry);
        Ok(())
    }

    /// Files that we wrote and that are no longer planned. Edited ones leave the lock: from then on
    /// they are their owner's alone.
    fn compare_stale(
        &mut self,
        planned: &[RenderedFile],
        previous: &LockedFiles,
    ) -> Result<(), EmitError> {
        let paths: BTreeSet<&str> = planned.iter().map(|file| file.path.as_str()).collect();
        for (path, locked) in previous
            .iter()
            .filter(|(path, _)| !paths.contains(path.as_str()))
        {
            let target = stage::resolve(&self.root, path)?;
            let Some(current) = read(&target)? else {
                continue;
            };
            let state = if untouched(&current, Some(locked)) {
                FileState::Removed
            } else {
                FileState::Kept
            };
            self.changes.push(Change {
                path: path.clone(),
                state,
            });
            if state == FileState::Removed {
                self.removals.push(target.path);
            }
        }
        Ok(())
    }
}

fn read(target: &stage::Target) -> Result<Option<Vec<u8>>, EmitError> {
    if !target.exists {
        return Ok(None);
    }
    let bytes = fs::read(&target.path);
    bytes
        .map(Some)
        .map_err(|error| EmitError::io("read", &target.path, error))
}

fn same(current: &[u8], planned: &str) -> bool {
    current == planned.as_bytes()
        || (current.contains(&b'\r')
            && std::str::from_utf8(current).is_ok_and(|text| text.replace("\r\n", "\n") == planned))
}

fn untouched(current: &[u8], locked: Option<&LockedFile>) -> bool {
    locked.is_some_and(|file| {
        std::str::from_utf8(current).is_ok_and(|text| lock::hash(text) == file.sha256)
    })
}

#[cfg(test)]
mod tests;
