//! Brings an output folder to its planned contents without destroying anything of a person's.
//!
//! [`compare`] reads and decides, [`Emission::write`] writes: a dry run and a check are the first
//! without the second. A file that differs from what the lock says we wrote is its owner's: what is new
//! is merged into it. A file that the lock does not know is not ours, and nothing touches it.

mod error;
mod place;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub use error::EmitError;
use place::Places;

use crate::files::read_regular;
use crate::languages;
use crate::project::journal::{self, Keep, Step};
use crate::project::lock::{Lock, LockedFile, LockedFiles};
use crate::project::merge::{self, Conflict};
use crate::project::render::RenderedFile;

/// Bytes that a file may have that we look at. No generated one comes near it.
pub const MAX_FILE_BYTES: usize = 4 * 1024 * 1024;

/// What happens, or happened, to one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileState {
    /// It did not exist.
    Created,
    /// It already has the planned contents.
    Unchanged,
    /// We wrote it, nobody touched it since, and the planned contents are others.
    Updated,
    /// Somebody edited it, and what is new is merged in.
    Merged,
    /// Somebody edited it, and nothing is new: left as it is.
    Kept,
    /// Somebody edited the very lines that are new.
    Conflict,
    /// Somebody deleted it, or moved it or its folder: it stays away.
    Deleted,
    /// The same, and a run before has taken note of it.
    Away,
    /// We wrote it, nobody touched it since, and it is no longer planned.
    Removed,
    /// We wrote it, somebody edited it, and it is no longer planned: from now on it is theirs.
    Left,
    /// It is there, and we did not write it: nothing touches it.
    NotOurs,
}

impl FileState {
    /// The word for it in a report of what was done.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Unchanged => "unchanged",
            Self::Updated => "updated",
            Self::Merged => "merged",
            Self::Kept => "kept",
            Self::Conflict => "conflict",
            Self::Deleted | Self::Away => "deleted",
            Self::Removed => "removed",
            Self::Left => "left",
            Self::NotOurs => "not ours",
        }
    }

    /// The word for it in a check of the tool's own repository, where nothing is done; absent when
    /// there is nothing to say.
    #[must_use]
    pub fn finding(self) -> Option<&'static str> {
        match self {
            Self::Created | Self::Deleted | Self::Away => Some("missing"),
            Self::Unchanged => None,
            Self::Updated | Self::Merged | Self::Kept | Self::Conflict | Self::NotOurs => {
                Some("differs")
            }
            Self::Removed | Self::Left => Some("stale"),
        }
    }
}

/// What becomes of a file that somebody edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// What is new is merged into it.
    Merge(Conflict),
    /// It is written anew, and so is one that somebody deleted.
    Overwrite,
    /// The folder is all ours, also what no lock knows.
    Replace,
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
    places: Places,
    policy: Policy,
    changes: Vec<Change>,
    steps: Vec<Step>,
    /// Planned paths of the steps, in their order.
    paths: Vec<String>,
    files: LockedFiles,
    deleted: BTreeSet<String>,
    /// Whether a folder's files of ours are all gone, as far as that was asked.
    gone: BTreeMap<String, bool>,
}

/// Compares an output folder with its planned files, and with those we wrote before. Reads only.
///
/// With `force`, the folder is all ours: [`Policy::Replace`]. Else what is new is merged.
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
    let policy = if force {
        Policy::Replace
    } else {
        Policy::Merge(Conflict::default())
    };
    let known = Known {
        files: previous,
        deleted: None,
    };
    compare_with(root, planned, &known, policy)
}

/// What a lock knows.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    files: Option<&'a LockedFiles>,
    deleted: Option<&'a BTreeSet<String>>,
}

impl<'a> Known<'a> {
    /// What that lock knows.
    #[must_use]
    pub fn of(lock: Option<&'a Lock>) -> Self {
        Self {
            files: lock.map(|lock| &lock.files),
            deleted: lock.map(|lock| &lock.deleted),
        }
    }

    fn locked(&self, path: &str) -> Option<&'a LockedFile> {
        self.files?.get(path)
    }
}

/// [`compare`] with all there is to choose.
///
/// # Errors
///
/// Those of [`compare`].
pub fn compare_with(
    root: &Path,
    planned: &[RenderedFile],
    known: &Known,
    policy: Policy,
) -> Result<Emission, EmitError> {
    refuse_collisions(planned)?;
    let mut emission = Emission {
        root: root.to_path_buf(),
        places: Places::below(root),
        policy,
        changes: Vec::with_capacity(planned.len()),
        steps: Vec::new(),
        paths: Vec::new(),
        files: BTreeMap::new(),
        deleted: BTreeSet::new(),
        gone: BTreeMap::new(),
    };
    for file in planned {
        emission.compare_file(file, known)?;
    }
    if let Some(files) = known.files {
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

    /// The paths of a state.
    pub fn paths_of(&self, state: FileState) -> impl Iterator<Item = &str> {
        let changes = self.changes.iter().filter(move |it| it.state == state);
        changes.map(|change| change.path.as_str())
    }

    /// The contents that a file would be given; absent when it stays as it is.
    #[must_use]
    pub fn planned(&self, path: &str) -> Option<&str> {
        let at = self.paths.iter().position(|known| known == path)?;
        self.steps[at].after.as_deref()
    }

    /// The files for the new lock.
    #[must_use]
    pub fn files(&self) -> &LockedFiles {
        &self.files
    }

    /// Files that a person deleted, for the new lock.
    #[must_use]
    pub fn deleted(&self) -> &BTreeSet<String> {
        &self.deleted
    }

    /// Adds a file that the lock does not list, such as the lock itself: written when it differs.
    ///
    /// # Errors
    ///
    /// [`EmitError`] as in [`compare`].
    pub fn put(&mut self, path: &str, contents: String) -> Result<(), EmitError> {
        let target = self.places.resolve(path)?;
        let current = read(&target)?;
        let state = match &current {
            None => FileState::Created,
            Some(current) if same(current, &contents) => FileState::Unchanged,
            Some(_) => FileState::Updated,
        };
        if state != FileState::Unchanged {
            self.step(path, target, current, Some(contents));
        }
        self.change(path, state);
        Ok(())
    }

    /// Adds the removal of a file that the lock does not list.
    ///
    /// # Errors
    ///
    /// [`EmitError`] as in [`compare`].
    pub fn take(&mut self, path: &str) -> Result<(), EmitError> {
        let target = self.places.resolve(path)?;
        if let Some(current) = read(&target)? {
            self.step(path, target, Some(current), None);
            self.change(path, FileState::Removed);
        }
        Ok(())
    }

    /// Does it, all or nothing; version control has what was there.
    ///
    /// # Errors
    ///
    /// [`EmitError`] when a file cannot be written; the folder is as it was.
    pub fn write(self) -> Result<(), EmitError> {
        journal::commit(&self.root, &self.steps, Keep::Nothing)
    }

    /// Does it, all or nothing, and keeps what was there for `undo`. The caller holds the folder's
    /// guard.
    ///
    /// # Errors
    ///
    /// [`EmitError`] when a file cannot be written; the folder is as it was.
    pub fn write_undoable(self) -> Result<(), EmitError> {
        journal::commit(&self.root, &self.steps, Keep::Undo)
    }

    fn change(&mut self, path: &str, state: FileState) {
        let path = path.to_owned();
        self.changes.push(Change { path, state });
    }

    fn step(
        &mut self,
        path: &str,
        target: place::Target,
        before: Option<Vec<u8>>,
        after: Option<String>,
    ) {
        self.paths.push(path.to_owned());
        self.steps.push(Step {
            path: target.inner,
            before,
            after,
        });
    }

    fn compare_file(&mut self, file: &RenderedFile, known: &Known) -> Result<(), EmitError> {
        let target = self.places.resolve(&file.path)?;
        let current = read(&target)?;
        let locked = known.locked(&file.path);
        let Some(bytes) = &current else {
            self.absent(file, known, target);
            return Ok(());
        };
        if same(bytes, &file.contents) {
            self.settle(file, FileState::Unchanged, entry(file, locked));
            return Ok(());
        }
        let write = match (self.policy, locked) {
            (Policy::Replace, _) | (Policy::Overwrite, Some(_)) => true,
            (_, None) => {
                self.change(&file.path, FileState::NotOurs);
                return Ok(());
            }
            (Policy::Merge(_), Some(locked)) => locked.proves(bytes),
        };
        if write {
            let contents = with_line_ends_of(bytes, file.contents.to_string());
            self.step(&file.path, target, current, Some(contents));
            self.settle(file, FileState::Updated, entry(file, locked));
            return Ok(());
        }
        match (self.policy, locked) {
            (Policy::Merge(conflict), Some(locked)) => {
                self.merge(file, locked, target, bytes.clone(), conflict)
            }
            _ => Ok(()),
        }
    }

    /// A planned file that is not there: new, or gone because somebody wanted it so.
    fn absent(&mut self, file: &RenderedFile, known: &Known, target: place::Target) {
        let locked = known.locked(&file.path);
        let stays_away = matches!(self.policy, Policy::Merge(_))
            && (locked.is_some() || self.is_folder_gone(&file.path, known));
        if !stays_away {
            self.step(&file.path, target, None, Some(file.contents.to_string()));
            self.settle(file, FileState::Created, entry(file, locked));
            return;
        }
        let noted = known.deleted.is_some_and(|it| it.contains(&file.path));
        let state = if noted || locked.is_none() {
            FileState::Away
        } else {
            FileState::Deleted
        };
        if let Some(locked) = locked {
            self.deleted.insert(file.path.clone());
            self.files.insert(file.path.clone(), locked.clone());
        }
        self.change(&file.path, state);
    }

    /// Whether the nearest folder around a path that had files of ours has none of them any more:
    /// somebody moved it, and half of it must not come back.
    fn is_folder_gone(&mut self, path: &str, known: &Known) -> bool {
        let Some(files) = known.files else {
            return false;
        };
        let mut folder = path;
        while let Some((outer, _)) = folder.rsplit_once('/') {
            folder = outer;
            let inside = format!("{folder}/");
            let ours = || {
                let from = files.range(inside.clone()..);
                from.take_while(|(path, _)| path.starts_with(&inside))
            };
            if ours().next().is_some() {
                let root = &self.root;
                let is_gone = || !ours().any(|(path, _)| root.join(path).exists());
                return *self.gone.entry(inside.clone()).or_insert_with(is_gone);
            }
        }
        false
    }

    fn merge(
        &mut self,
        file: &RenderedFile,
        locked: &LockedFile,
        target: place::Target,
        current: Vec<u8>,
        conflict: Conflict,
    ) -> Result<(), EmitError> {
        let base = locked.pristine()?;
        let text = std::str::from_utf8(&current).ok();
        let text = text.map(|text| text.replace("\r\n", "\n"));
        // What is no text cannot be merged, and what has open conflicts should not be.
        let text = text.filter(|text| !merge::has_markers(text));
        let Some(text) = text else {
            self.settle(file, FileState::Conflict, locked.clone());
            return Ok(());
        };
        if *base == file.contents {
            self.settle(file, FileState::Kept, locked.clone());
            return Ok(());
        }
        let merged = merge::merge(&base, &text, &file.contents, conflict);
        let state = match merged.conflicts {
            0 if merged.text == text => FileState::Kept,
            0 => FileState::Merged,
            _ => FileState::Conflict,
        };
        if !merged.rejects.is_empty() && !self.reject(&file.path, merged.rejects)? {
            return Ok(());
        }
        if merged.text != text {
            let contents = with_line_ends_of(&current, merged.text);
            self.step(&file.path, target, Some(current), Some(contents));
        }
        self.settle(file, state, LockedFile::of(&file.contents));
        Ok(())
    }

    /// Puts what did not fit beside a file; says whether the place was free.
    fn reject(&mut self, path: &str, rejects: String) -> Result<bool, EmitError> {
        let beside = format!("{path}.rej");
        let target = self.places.resolve(&beside)?;
        if target.exists {
            self.change(&beside, FileState::NotOurs);
            return Ok(false);
        }
        self.step(&beside, target, None, Some(rejects));
        self.change(&beside, FileState::Created);
        Ok(true)
    }

    fn settle(&mut self, file: &RenderedFile, state: FileState, entry: LockedFile) {
        self.change(&file.path, state);
        self.files.insert(file.path.clone(), entry);
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
            let target = self.places.resolve(path)?;
            let Some(current) = read(&target)? else {
                continue;
            };
            if !is_protected(path) && locked.proves(&current) {
                self.step(path, target, Some(current), None);
                self.change(path, FileState::Removed);
            } else {
                self.change(path, FileState::Left);
            }
        }
        Ok(())
    }
}

/// What no lock can have deleted or moved: we never wrote it.
#[must_use]
pub fn is_protected(path: &str) -> bool {
    let is_manifest = |name: &str| {
        let mut manifests = languages::ALL.iter().map(|it| it.manifest_name());
        manifests.any(|manifest| manifest.eq_ignore_ascii_case(name))
    };
    path.split('/').any(|name| name.starts_with('.'))
        || path.rsplit('/').next().is_some_and(is_manifest)
}

/// What the lock says of a file from now on; a text that is packed already is not packed again.
fn entry(file: &RenderedFile, locked: Option<&LockedFile>) -> LockedFile {
    match locked {
        Some(base) if base.claims(file.contents.as_bytes()) => base.clone(),
        _ => LockedFile::of(&file.contents),
    }
}

fn read(target: &place::Target) -> Result<Option<Vec<u8>>, EmitError> {
    if !target.exists {
        return Ok(None);
    }
    let bytes = read_regular(&target.path, MAX_FILE_BYTES);
    bytes
        .map(Some)
        .map_err(|error| EmitError::io("read", &target.path, error))
}

fn same(current: &[u8], planned: &str) -> bool {
    current == planned.as_bytes()
        || (current.contains(&b'\r')
            && std::str::from_utf8(current).is_ok_and(|text| text.replace("\r\n", "\n") == planned))
}

/// The text with the line ends of what stood there before.
fn with_line_ends_of(before: &[u8], text: String) -> String {
    let before = String::from_utf8_lossy(before);
    let lines = before.matches('\n').count();
    if lines > 0 && before.matches("\r\n").count() == lines {
        text.replace('\n', "\r\n")
    } else {
        text
    }
}

#[cfg(test)]
mod tests;
