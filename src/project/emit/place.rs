//! Where a planned path really lies.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::EmitError;
use crate::project::lock::is_plain_path;

/// The place of a planned path, found by [`Places::resolve`].
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    /// Where it lies.
    pub path: PathBuf,
    /// The same from the output folder, without links on the way.
    pub inner: PathBuf,
    /// Whether there is a file.
    pub exists: bool,
}

/// The places of planned paths. Folders are looked at once: the files of one come one after the other.
#[derive(Debug)]
pub struct Places {
    root: PathBuf,
    /// The folder that was found last, by its planned path: where it lies, twice as in [`Target`].
    last: Option<(String, PathBuf, PathBuf)>,
}

impl Places {
    /// Of the files of an output folder.
    pub fn below(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
            last: None,
        }
    }

    /// The place of a planned path, which is inside the folder whatever links lie on the way.
    pub fn resolve(&mut self, relative: &str) -> Result<Target, EmitError> {
        if !is_plain_path(relative) {
            return Err(EmitError::BadPath(relative.to_owned()));
        }
        let (folder, name) = relative.rsplit_once('/').unwrap_or(("", relative));
        let known = self.last.as_ref().filter(|(known, ..)| known == folder);
        let (mut path, mut inner) = match known {
            Some((_, path, inner)) => (path.clone(), inner.clone()),
            None => match self.folder(folder)? {
                (path, inner, true) => (path, inner),
                (path, inner, false) => {
                    return Ok(Target {
                        path: path.join(name),
                        inner: inner.join(name),
                        exists: false,
                    });
                }
            },
        };
        let exists = self.enter(&mut path, &mut inner, name, false)?;
        Ok(Target {
            path,
            inner,
            exists,
        })
    }

    /// Where a planned folder lies, and whether there is one.
    fn folder(&mut self, folder: &str) -> Result<(PathBuf, PathBuf, bool), EmitError> {
        let (mut path, mut inner) = (self.root.clone(), PathBuf::new());
        let mut names = folder.split('/').filter(|name| !name.is_empty());
        while let Some(name) = names.next() {
            if !self.enter(&mut path, &mut inner, name, true)? {
                // Nothing there, so nothing below it either.
                for below in names {
                    path.push(below);
                    inner.push(below);
                }
                return Ok((path, inner, false));
            }
        }
        self.last = Some((folder.to_owned(), path.clone(), inner.clone()));
        Ok((path, inner, true))
    }

    /// Goes on to a name, through a link where it is one; whether something is there.
    fn enter(
        &self,
        path: &mut PathBuf,
        inner: &mut PathBuf,
        name: &str,
        wants_folder: bool,
    ) -> Result<bool, EmitError> {
        path.push(name);
        inner.push(name);
        let is_folder = match fs::symlink_metadata(&*path) {
            Ok(found) if found.is_symlink() => {
                (*path, *inner) = follow(&self.root, path)?;
                path.is_dir()
            }
            Ok(found) => found.is_dir(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(EmitError::io("inspect", path, error)),
        };
        if is_folder == wants_folder {
            Ok(true)
        } else {
            Err(EmitError::Occupied(path.clone()))
        }
    }
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
