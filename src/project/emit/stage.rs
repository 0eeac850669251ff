//! Writing: where a planned path really lies, and all files together or none.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::error::EmitError;

/// One file to write.
#[derive(Debug)]
pub struct Write {
    /// Where.
    pub target: Target,
    /// What.
    pub contents: String,
}

/// The place of a planned path, found by [`resolve`].
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    /// Where it lies.
    pub path: PathBuf,
    /// Whether there is a file.
    pub exists: bool,
}

/// The place of a planned path, which is inside `root` whatever links lie on the way.
pub fn resolve(root: &Path, relative: &str) -> Result<Target, EmitError> {
    let parts: Vec<&str> = relative.split('/').collect();
    if !parts.iter().all(|part| is_plain(part)) {
        return Err(EmitError::BadPath(relative.to_owned()));
    }
    let mut path = root.to_path_buf();
    for (index, part) in parts.iter().enumerate() {
        path.push(part);
        let is_last = index + 1 == parts.len();
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_symlink() => path = follow(root, &path)?,
            Ok(found) if found.is_dir() == is_last => return Err(EmitError::Occupied(path)),
            Ok(_) => {}
            // Nothing there, so nothing below it either.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                path.extend(&parts[index + 1..]);
                let exists = false;
                return Ok(Target { path, exists });
            }
            Err(error) => return Err(EmitError::io("inspect", &path, error)),
        }
    }
    let exists = true;
    Ok(Target { path, exists })
}

/// A name that is one and the same file name on every system.
fn is_plain(part: &str) -> bool {
    !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0'])
}

/// Where a link leads; it must stay inside.
fn follow(root: &Path, link: &Path) -> Result<PathBuf, EmitError> {
    let inside = fs::canonicalize(root).map_err(|error| EmitError::io("inspect", root, error))?;
    match fs::canonicalize(link) {
        Ok(target) if target.starts_with(&inside) => Ok(target),
        // A link to nowhere could lead anywhere by the time we write.
        _ => Err(EmitError::Escapes(link.to_path_buf())),
    }
}

/// Writes all files beside their targets, then renames them in order, then removes.
pub fn commit(root: &Path, writes: &[Write], removals: &[PathBuf]) -> Result<(), EmitError> {
    let mut staged = Staged(Vec::with_capacity(writes.len()));
    let mut made = Path::new("");
    for write in writes {
        let folder = write.target.path.parent().unwrap_or(Path::new("."));
        // Files of a folder come one after the other.
        if folder != made {
            fs::create_dir_all(folder).map_err(|error| EmitError::io("create", folder, error))?;
            made = folder;
        }
        staged.add(folder, write)?;
    }
    staged.rename_all(writes)?;
    for path in removals {
        fs::remove_file(path).map_err(|error| EmitError::io("remove", path, error))?;
        remove_empty_parents(root, path);
    }
    Ok(())
}

/// Temporary files; those that were not renamed are removed when this is dropped.
struct Staged(Vec<PathBuf>);

impl Staged {
    fn add(&mut self, folder: &Path, write: &Write) -> Result<(), EmitError> {
        let target = &write.target.path;
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let temporary = folder.join(format!(".{name}.fapilog-gen-{}", std::process::id()));
        let fail = |error| EmitError::io("write", target, error);
        // `create_new`: a link that somebody put under this name is not followed.
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&temporary)
            .map_err(fail)?;
        self.0.push(temporary);
        file.write_all(write.contents.as_bytes()).map_err(fail)?;
        if write.target.exists {
            let current = fs::metadata(target).map_err(fail)?;
            file.set_permissions(current.permissions()).map_err(fail)?;
        }
        Ok(())
    }

    fn rename_all(mut self, writes: &[Write]) -> Result<(), EmitError> {
        for write in writes {
            let temporary = self.0.remove(0);
            let target = &write.target.path;
            if let Err(error) = fs::rename(&temporary, target) {
                self.0.push(temporary);
                return Err(EmitError::io("replace", target, error));
            }
        }
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        for path in &self.0 {
            // Best effort: the error that brought us here is the one to report.
            let _ = fs::remove_file(path);
        }
    }
}

fn remove_empty_parents(root: &Path, path: &Path) {
    for folder in path
        .ancestors()
        .skip(1)
        .take_while(|folder| *folder != root)
    {
        // Fails when it is not empty, which ends the walk.
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
}
