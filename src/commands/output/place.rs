//! What an output folder is: new, ours, or a crate of somebody.

use std::path::Path;
use std::{env, fs};

use super::MANIFEST;
use crate::cargo_manifest;
use crate::commands::{Failure, Result};
use crate::lock::{Lock, LockedLayout};
use crate::plan::Layout;

/// What the folder is.
pub struct Place {
    /// How files lie in it.
    pub kind: LockedLayout,
    /// Name of the crate.
    pub name: String,
    /// Text of its manifest, if it has one.
    pub manifest: Option<String>,
}

impl Place {
    /// Looks at it.
    pub fn find(root: &Path, previous: Option<&Lock>, force: bool) -> Result<Self> {
        let path = root.join(MANIFEST);
        let manifest = match fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(_) if !path.exists() => None,
            Err(error) => {
                return Err(
                    Failure::new(format!("cannot read `{}`", path.display())).because(error)
                );
            }
        };
        let name = match &manifest {
            Some(text) => cargo_manifest::package_name(text)?.ok_or_else(|| no_package(root))?,
            None => cargo_manifest::package_name_for(&folder_name(root)),
        };
        let kind = match (previous, &manifest) {
            (Some(lock), _) => lock.layout,
            // A crate of ours whose lock got lost.
            (None, Some(_)) if root.join("src/cloud_sink_base").is_dir() => LockedLayout::Crate,
            (None, Some(_)) => LockedLayout::Modules,
            (None, None) if force || is_empty(root)? => LockedLayout::Crate,
            (None, None) => return Err(not_empty(root)),
        };
        Ok(Self {
            kind,
            name,
            manifest,
        })
    }

    /// The same for the plan.
    pub fn layout(&self) -> Layout {
        match self.kind {
            LockedLayout::Crate => Layout::Crate {
                name: self.name.clone(),
            },
            LockedLayout::Modules => Layout::Modules,
        }
    }
}

fn no_package(root: &Path) -> Failure {
    Failure::new(format!(
        "`{}` has no `[package]`: it is a workspace",
        root.join(MANIFEST).display()
    ))
    .hint("name the folder of one of its packages, or a new folder for a crate of its own")
}

fn not_empty(root: &Path) -> Failure {
    Failure::new(format!(
        "`{}` is neither empty nor a cargo package",
        root.display()
    ))
    .hint("choose a new folder with `--out`, or pass `--force` to write a crate into this one")
}

/// Hidden files do not count: a new repository has them.
fn is_empty(root: &Path) -> Result<bool> {
    if !root.exists() {
        return Ok(true);
    }
    let entries = fs::read_dir(root).map_err(|error| {
        Failure::new(format!("cannot read the folder `{}`", root.display())).because(error)
    })?;
    Ok(entries
        .flatten()
        .all(|entry| entry.file_name().to_string_lossy().starts_with('.')))
}

/// The folder's own name, also for `.` and `..`.
fn folder_name(root: &Path) -> String {
    let absolute =
        fs::canonicalize(root).or_else(|_| env::current_dir().map(|here| here.join(root)));
    let path = absolute.unwrap_or_else(|_| root.to_path_buf());
    path.file_name().map_or_else(
        || "sinks".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}
