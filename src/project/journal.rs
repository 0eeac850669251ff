//! All changes of a run, or none; and the last run, to be taken back.
//!
//! A run lays down what it will write and a second name for what it will replace, then a journal of
//! both, and only then changes anything. A run that finds the journal of another one takes that back
//! first, so that it starts from where the other one started. A finished run leaves its journal
//! behind, for `undo`. All of it lies in a folder that version control ignores.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::Disk;
use super::emit::{EmitError, MAX_FILE_BYTES};
use super::lock::{hash_bytes, is_plain_path};
use crate::files::{is_absence, read_regular, read_regular_text};

/// Where the tool keeps what is its own and not the project's.
pub const FOLDER: &str = ".fapilog-gen";
/// The run that is under way.
const RUN: &str = ".fapilog-gen/run";
/// The last one that came to its end.
const LAST: &str = ".fapilog-gen/last";
/// Says that a run has begun to change files.
const JOURNAL: &str = "journal";
/// Says that it has changed all of them.
const DONE: &str = "done";
/// A journal has a line for each file.
const MAX_JOURNAL_BYTES: usize = 4 * 1024 * 1024;

/// One file to change.
#[derive(Debug)]
pub struct Step {
    /// Relative to the folder, without links on the way.
    pub path: PathBuf,
    /// What stood there when it was decided.
    pub before: Option<Vec<u8>>,
    /// What will stand there; nothing for a file to remove.
    pub after: Option<String>,
}

/// What becomes of the journal of a run that came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// The run can be taken back.
    Undo,
    /// Version control has what was there.
    Nothing,
}

/// A file that an undo found changed since, and left as it is.
pub type Left = String;

/// Makes all changes.
///
/// # Errors
///
/// [`EmitError`] when one cannot be made: those before it are taken back.
pub fn commit(root: &Path, steps: &[Step], keep: Keep) -> Result<(), EmitError> {
    if steps.is_empty() {
        return Ok(());
    }
    fs::create_dir_all(root).map_err(|error| EmitError::io("create", root, error))?;
    let open = |error| EmitError::io("open", root, error);
    let disk = Disk::open(root).map_err(open)?;
    let result = lay_down(&disk, steps).and_then(|()| apply(&disk, steps));
    if let Err(error) = result {
        // Where this fails too the next run does it: the journal is still there.
        let _ = recover(&disk);
        let _ = remove_if_idle(&disk);
        return Err(error);
    }
    // All changes are made: what is left is to tidy up, and the next run would do it too.
    let _ = finish(&disk, keep);
    Ok(())
}

/// Writes everything beside what is there. Changes nothing.
fn lay_down(disk: &Disk, steps: &[Step]) -> Result<(), EmitError> {
    let fail = |action, path: &Path| {
        let path = disk.path(path);
        move |error| EmitError::io(action, &path, error)
    };
    let run = Path::new(RUN);
    disk.remove_all(run).map_err(fail("clear", run))?;
    for folder in ["new", "old"] {
        let folder = run.join(folder);
        disk.make_folders(&folder)
            .map_err(fail("create", &folder))?;
    }
    ignore(disk).map_err(fail("write", Path::new(FOLDER)))?;
    for (index, step) in steps.iter().enumerate() {
        let like = match &step.before {
            Some(before) => {
                let old = old(index);
                disk.keep_as(&step.path, &old)
                    .map_err(fail("keep", &step.path))?;
                let found = read_regular(&disk.path(&old), MAX_FILE_BYTES);
                if found.map_err(fail("read", &step.path))? != *before {
                    return Err(EmitError::Changed(disk.path(&step.path)));
                }
                fs::symlink_metadata(disk.path(&old)).ok()
            }
            None => None,
        };
        if let Some(after) = &step.after {
            let written = disk.write_new(&new(index), after.as_bytes(), like.as_ref());
            written.map_err(fail("write", &step.path))?;
        }
    }
    let draft = run.join("draft");
    let written = disk.write_new(&draft, journal(steps).as_bytes(), None);
    written.map_err(fail("write", &draft))?;
    // What is replaced must not be lost with the power; what is new can be made again.
    if steps.iter().any(|step| step.before.is_some()) {
        disk.settle(&draft).map_err(fail("write", &draft))?;
    }
    disk.rename(&draft, &run.join(JOURNAL))
        .map_err(fail("write", &draft))
}

fn apply(disk: &Disk, steps: &[Step]) -> Result<(), EmitError> {
    let mut made = PathBuf::new();
    for (index, step) in steps.iter().enumerate() {
        let fail = |action| move |error| EmitError::io(action, &disk.path(&step.path), error);
        if step.after.is_none() {
            disk.remove(&step.path).map_err(fail("remove"))?;
            disk.remove_empty_parents(&step.path)
                .map_err(fail("remove"))?;
            continue;
        }
        let folder = step.path.parent().unwrap_or(Path::new(""));
        // Files of a folder come one after the other.
        if folder != made {
            disk.make_folders(folder)
                .map_err(fail("create the folder of"))?;
            folder.clone_into(&mut made);
        }
        disk.rename(&new(index), &step.path)
            .map_err(fail("replace"))?;
    }
    let run = Path::new(RUN);
    let end = disk.rename(&run.join(JOURNAL), &run.join(DONE));
    end.map_err(|error| EmitError::io("end", &disk.path(run), error))
}

fn finish(disk: &Disk, keep: Keep) -> io::Result<()> {
    let (run, last) = (Path::new(RUN), Path::new(LAST));
    match keep {
        Keep::Undo => {
            disk.remove_all(last)?;
            disk.rename(run, last)?;
            disk.remove_all(&last.join("new"))
        }
        Keep::Nothing => {
            disk.remove_all(run)?;
            remove_if_idle(disk)
        }
    }
}

/// Takes back what a run that did not come to its end has changed; says whether there was one.
///
/// # Errors
///
/// The system refuses, or the journal is none of ours.
pub fn recover(disk: &Disk) -> io::Result<bool> {
    let run = Path::new(RUN);
    let exists = |name| disk.path(&run.join(name)).exists();
    if exists(JOURNAL) {
        take_back(disk)?;
        return Ok(true);
    }
    if exists(DONE) {
        finish(disk, Keep::Undo)?;
    } else if disk.path(run).exists() {
        disk.remove_all(run)?;
    }
    Ok(false)
}

/// Takes the last run back; absent when there is none.
///
/// # Errors
///
/// Those of [`recover`]. What is left then is taken back by the next run.
pub fn undo(disk: &Disk) -> io::Result<Option<(Vec<String>, Vec<Left>)>> {
    let (run, last) = (Path::new(RUN), Path::new(LAST));
    if !disk.path(&last.join(DONE)).exists() {
        return Ok(None);
    }
    disk.rename(last, run)?;
    disk.rename(&run.join(DONE), &run.join(JOURNAL))?;
    take_back(disk).map(Some)
}

/// Takes back what the journal of the run says: files taken back, and those that somebody changed.
fn take_back(disk: &Disk) -> io::Result<(Vec<String>, Vec<Left>)> {
    let run = Path::new(RUN);
    let text = read_regular_text(&disk.path(&run.join(JOURNAL)), MAX_JOURNAL_BYTES)?;
    let entries = entries(&text)?;
    let mut left = Vec::new();
    for (index, entry) in entries.iter().enumerate().rev() {
        if !take_back_one(disk, &old(index), entry)? {
            left.push(entry.path.to_owned());
        }
    }
    disk.remove_all(&run.join("new"))?;
    disk.remove(&run.join(JOURNAL))?;
    disk.remove_all(run)?;
    let left_paths: BTreeSet<&str> = left.iter().map(String::as_str).collect();
    let taken = entries
        .iter()
        .filter(|entry| !left_paths.contains(entry.path));
    let taken = taken.map(|entry| entry.path.to_owned()).collect();
    left.reverse();
    Ok((taken, left))
}

/// Doing it twice does no harm: an undo can be interrupted too.
fn take_back_one(disk: &Disk, old: &Path, entry: &Entry) -> io::Result<bool> {
    let target = Path::new(entry.path);
    let current = match read_regular(&disk.path(target), MAX_FILE_BYTES) {
        Ok(bytes) => Some(bytes),
        Err(error) if is_absence(&error) => None,
        Err(_) => return Ok(false),
    };
    let is_ours = current.as_deref().map(hash_bytes).as_deref() == entry.after;
    if !entry.had_before {
        return match current {
            Some(_) if !is_ours => Ok(false),
            _ => {
                if current.is_some() {
                    disk.remove(target)?;
                }
                disk.remove_empty_parents(target)?;
                Ok(true)
            }
        };
    }
    let before = match read_regular(&disk.path(old), MAX_FILE_BYTES) {
        Ok(before) => before,
        // It is back in its place.
        Err(error) if is_absence(&error) => return Ok(true),
        Err(error) => return Err(error),
    };
    if current.as_deref() == Some(&before) {
        return Ok(true);
    }
    if current.is_some() && !is_ours {
        return Ok(false);
    }
    disk.make_folders(target.parent().unwrap_or(Path::new("")))?;
    disk.rename(old, target)?;
    Ok(true)
}

/// One line of a journal.
struct Entry<'a> {
    path: &'a str,
    had_before: bool,
    /// Hash of what was written; nothing where a file was removed.
    after: Option<&'a str>,
}

fn journal(steps: &[Step]) -> String {
    let line = |step: &Step| {
        let after = step.after.as_ref().map(|text| hash_bytes(text.as_bytes()));
        let before = if step.before.is_some() { "old" } else { "-" };
        let path = step.path.to_string_lossy().replace('\\', "/");
        format!("{before} {} {path}\n", after.as_deref().unwrap_or("-"))
    };
    steps.iter().map(line).collect::<Vec<_>>().concat()
}

/// The folder may come from somebody else: a journal reaches no hidden file, as git's own.
fn entries(text: &str) -> io::Result<Vec<Entry<'_>>> {
    let entry = |line| -> Option<Entry> {
        let mut words = str::splitn(line, 3, ' ');
        let (before, after, path) = (words.next()?, words.next()?, words.next()?);
        let is_hidden = path.split('/').any(|name| name.starts_with('.'));
        (is_plain_path(path) && !is_hidden).then_some(Entry {
            path,
            had_before: before == "old",
            after: (after != "-").then_some(after),
        })
    };
    let entries: Option<Vec<_>> = text.lines().map(entry).collect();
    let message = "the journal of the last run is damaged: remove the folder `.fapilog-gen`";
    entries.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, message))
}

fn old(index: usize) -> PathBuf {
    Path::new(RUN).join(format!("old/{index}"))
}

fn new(index: usize) -> PathBuf {
    Path::new(RUN).join(format!("new/{index}"))
}

fn ignore(disk: &Disk) -> io::Result<()> {
    let path = Path::new(FOLDER).join(".gitignore");
    if disk.path(&path).exists() {
        return Ok(());
    }
    let text = "# What fapilog-gen needs for `undo` on this machine.\n*\n";
    disk.write_new(&path, text.as_bytes(), None)
}

/// Removes the tool's folder when nothing is in it that matters.
///
/// # Errors
///
/// The system refuses.
pub fn remove_if_idle(disk: &Disk) -> io::Result<()> {
    let folder = Path::new(FOLDER);
    let entries = match fs::read_dir(disk.path(folder)) {
        Ok(entries) => entries,
        Err(error) if is_absence(&error) => return Ok(()),
        Err(error) => return Err(error),
    };
    let names = entries
        .map(|entry| Ok(entry?.file_name()))
        .collect::<io::Result<Vec<_>>>()?;
    if names.iter().all(|name| name == ".gitignore") {
        disk.remove_all(folder)?;
    }
    Ok(())
}
