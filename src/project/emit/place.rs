//! Where a planned path really lies.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::EmitError;
use crate::project::lock::is_plain_path;

/// The place of a planned path, found by [`resolve`].
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    /// Where it lies.
    pub path: PathBuf,
    /// The same from the output folder, without links on the way.
    pub inner: PathBuf,
    /// Whether there is a file.
    pub exists: bool,
}

/// The place of a planned path, which is inside `root` whatever links lie on the way.
pub fn resolve(root: &Path, relative: &str) -> Result<Target, EmitError> {
    let parts: Vec<&str> = relative.split('/').collect();
    if !is_plain_path(relative) {
        return Err(EmitError::BadPath(relative.to_owned()));
    }
    let mut path = root.to_path_buf();
    let mut inner = PathBuf::new();
    for (index, part) in parts.iter().enumerate() {
        path.push(part);
        inner.push(part);
        let is_last = index + 1 == parts.len();
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_symlink() => {
                (path, inner) = follow(root, &path)?;
                if path.is_dir() == is_last {
                    return Err(EmitError::Occupied(path));
                }
            }
            Ok(found) if found.is_dir() == is_last => return Err(EmitError::Occupied(path)),
            Ok(_) => {}
            // Nothing there, so nothing below it either.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                path.extend(&parts[index + 1..]);
                inner.extend(&parts[index + 1..]);
                let exists = false;
                return Ok(Target {
                    path,
                    inner,
                    exists,
                });
            }
            Err(error) => return Err(EmitError::io("inspect", &path, error)),
        }
    }
    let exists = true;
    Ok(Target {
        path,
        inner,
        exists,
    })
}

/// Where a link leads; it must stay inside.
fn follow(root: &Path, link: &Path) -> Result<(PathBuf, PathBuf), EmitError> {
    let inside = fs::canonicalize(root).map_err(|error| EmitError::io("inspect", root, error))?;
    let escapes = || EmitError::Escapes(link.to_path_buf());
    let target = fs::canonicalize(link).map_err(|error| match error.kind() {
        // A link to nowhere could lead anywhere by the time we write.
        io::ErrorKind::NotFound => escapes(),
        _ => EmitError::io("inspect", link, error),
    })?;
    match target.strip_prefix(&inside).map(Path::to_path_buf) {
        Ok(inner) => Ok((target, inner)),
        Err(_) => Err(escapes()),
    }
}
