//! The folders that a command works on: the one that is named, or those of each language in it.

use std::path::{Path, PathBuf};

use super::{Failure, Result};
use crate::assets::Assets;
use crate::diagnostics::Code;
use crate::languages::{self, Language};
use crate::project::emit::EmitError;
use crate::project::guard;
use crate::project::lock::{self, Lock};
use crate::project::prepare::{Intent, Order, Ordered, Prepared, prepare_all};

/// A folder with sinks.
#[derive(Debug)]
pub struct Folder {
    /// Where.
    pub root: PathBuf,
    /// What the tool wrote there.
    pub lock: Lock,
    /// In which language.
    pub language: &'static dyn Language,
}

/// The folder, or where it has no sinks itself those of each language in it.
pub fn find(folder: &Path) -> Result<Vec<Folder>> {
    let mut found: Vec<Folder> = read(folder)?.into_iter().collect();
    if found.is_empty() {
        for language in languages::ALL {
            found.extend(read(&folder.join(language.name()))?);
        }
    }
    if found.is_empty() {
        let message = format!("no `{}` in `{}`", lock::FILE_NAME, folder.display());
        let hint = "name the folder of a sink; `new-sink` makes one";
        return Err(Failure::new(Code::Project, message).hint(hint));
    }
    Ok(found)
}

fn read(root: &Path) -> Result<Option<Folder>> {
    let Some(lock) = Lock::read(root)? else {
        return Ok(None);
    };
    let language = languages::by_layout(lock.layout);
    Ok(language.map(|language| Folder {
        root: root.to_path_buf(),
        lock,
        language,
    }))
}

/// Refuses to judge what an interrupted run has left.
pub fn refuse_interrupted(folders: &[Folder]) -> Result<()> {
    match folders.iter().find(|it| guard::is_interrupted(&it.root)) {
        None => Ok(()),
        Some(folder) => Err(Failure::new(
            Code::Project,
            format!("a run in `{}` was interrupted", folder.root.display()),
        )
        .hint("`update` takes back what it did and starts anew")),
    }
}

/// What an intent would do to each.
pub fn prepare(
    assets: &Assets,
    folders: &[Folder],
    ordered: &[Ordered],
    intent: Intent,
) -> Result<Vec<Prepared>> {
    let orders: Vec<Order> = folders
        .iter()
        .map(|folder| Order {
            root: &folder.root,
            name: None,
            language: folder.language,
            sinks: ordered.to_vec(),
            intent,
        })
        .collect();
    Ok(prepare_all(assets, &orders)?)
}

/// A file's text as it is; nothing where there is none.
pub fn text(root: &Path, path: &str) -> Result<String> {
    let path = root.join(path);
    if !path.exists() {
        return Ok(String::new());
    }
    let bytes = crate::files::read_regular(&path, crate::project::emit::MAX_FILE_BYTES)
        .map_err(|error| Failure::from(EmitError::io("read", &path, error)))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
