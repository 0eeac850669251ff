//! What an output folder is: new, ours, or a crate or Python project of somebody.

use std::path::Path;
use std::{env, fs};

use super::{MANIFEST, Order};
use crate::commands::{Failure, Result};
use crate::languages::python;
use crate::languages::python::pyproject;
use crate::languages::rust::manifest as cargo_manifest;
use crate::languages::rust::names;
use crate::project::lock::{Lock, LockedLayout};
use crate::project::plan::{Language, Layout};

/// What the folder is.
pub struct Place {
    /// How files lie in it.
    pub kind: LockedLayout,
    /// Name of the crate or of the project.
    pub name: String,
    /// Text of its manifest, if it has one.
    pub manifest: Option<String>,
    /// Where the package lies, in Python.
    package: Option<python::Place>,
    /// Why a new crate or package is not called like its folder.
    pub renamed: Option<Renamed>,
}

/// A name that was taken, and what stands in its place.
#[derive(Debug)]
pub struct Renamed {
    /// The folder's.
    pub from: String,
    /// The new one.
    pub to: String,
    /// What else has it.
    pub reason: &'static str,
}

/// The language of the files that are there already, or that a folder's manifest speaks for.
pub fn language(root: &Path, previous: Option<&Lock>) -> Result<Language> {
    let is_crate = root.join(MANIFEST).exists();
    let is_project = root.join(pyproject::FILE_NAME).exists();
    match (previous, is_crate, is_project) {
        (Some(lock), ..) if lock.layout.is_python() => Ok(Language::Python),
        (Some(_), ..) | (None, _, false) => Ok(Language::Rust),
        (None, false, true) => Ok(Language::Python),
        (None, true, true) => Err(Failure::new(format!(
            "`{}` has both `{MANIFEST}` and `{}`",
            root.display(),
            pyproject::FILE_NAME
        ))
        .hint("say which one the sink is for: `--lang rust` or `--lang python`")),
    }
}

impl Place {
    /// Looks at it.
    pub fn find(order: &Order, previous: Option<&Lock>, providers: &[String]) -> Result<Self> {
        let root = order.root;
        if let Some(lock) = previous
            && lock.layout.is_python() != (order.language == Language::Python)
        {
            return Err(other_language(root, lock.layout));
        }
        let name = order.name.clone().unwrap_or_else(|| folder_name(root));
        let name = cargo_manifest::package_name_for(&name);
        let renamed = renamed(order, providers, &name);
        let name = match &renamed {
            Some(renamed) => renamed.to.clone(),
            None => name,
        };
        let mut place = match order.language {
            Language::Rust => Self::rust(root, name, previous, order.force),
            Language::Python => Self::python(root, name, previous, order.force),
        }?;
        // A name that is in a manifest is its owner's.
        place.renamed = renamed.filter(|_| place.manifest.is_none());
        Ok(place)
    }

    fn rust(root: &Path, name: String, previous: Option<&Lock>, force: bool) -> Result<Self> {
        let manifest = read(&root.join(MANIFEST))?;
        let name = match &manifest {
            Some(text) => cargo_manifest::package_name(text)?.ok_or_else(|| no_package(root))?,
            None => name,
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
            package: None,
            renamed: None,
        })
    }

    fn python(root: &Path, name: String, previous: Option<&Lock>, force: bool) -> Result<Self> {
        let manifest = read(&root.join(pyproject::FILE_NAME))?;
        let name = match &manifest {
            Some(text) => pyproject::project_name(text)?.ok_or_else(|| no_project(root))?,
            None => name,
        };
        let own = python::Place::package(&name);
        let kind = match (previous, &manifest) {
            (Some(lock), _) => lock.layout,
            // A project of ours whose lock got lost.
            (None, Some(_)) if root.join(&own.folder).join("cloud_sink_base").is_dir() => {
                LockedLayout::Package
            }
            (None, Some(_)) => LockedLayout::Subpackage,
            (None, None) if force || is_empty(root)? => LockedLayout::Package,
            (None, None) => return Err(not_empty(root)),
        };
        let package = match kind {
            LockedLayout::Package => own,
            _ => within(root, &own.package),
        };
        Ok(Self {
            kind,
            name,
            manifest,
            package: Some(package),
            renamed: None,
        })
    }

    /// The same for the plan.
    pub fn layout(&self) -> Layout {
        match (self.kind, &self.package) {
            (_, Some(package)) => Layout::Python(package.clone()),
            (LockedLayout::Modules, _) => Layout::Modules,
            _ => Layout::Crate {
                name: self.name.clone(),
            },
        }
    }
}

/// The name for a new crate or package whose folder's name would break it or something it uses.
fn renamed(order: &Order, providers: &[String], name: &str) -> Option<Renamed> {
    let lower = name.to_ascii_lowercase().replace('-', "_");
    let from = lower.trim_end_matches('_');
    let reason = match order.language {
        Language::Rust => names::reserved(from),
        Language::Python => {
            let ordered = order.specs.iter().map(|ordered| &ordered.loaded.spec.id);
            let is_provider = providers.iter().chain(ordered).any(|id| id == from);
            python::reserved::reason(from).or_else(|| {
                is_provider.then_some("the name of a provider, and its own client may have it")
            })
        }
    };
    let to = match order.language {
        Language::Rust => format!("{}-sinks", from.replace('_', "-")),
        Language::Python => format!("{from}_sinks"),
    };
    reason.map(|reason| Renamed {
        from: name.to_owned(),
        to,
        reason,
    })
}

/// The package `sinks` within somebody's package; beside it where there is none of that name.
fn within(root: &Path, package: &str) -> python::Place {
    let source = if root.join("src").is_dir() {
        "src/"
    } else {
        ""
    };
    let parents = [format!("src/{package}"), package.to_owned()];
    let found = parents
        .into_iter()
        .find(|folder| root.join(folder).is_dir());
    let (folder, package) = match found {
        Some(folder) => (format!("{folder}/sinks"), format!("{package}.sinks")),
        None => (format!("{source}cloud_sinks"), "cloud_sinks".to_owned()),
    };
    python::Place {
        folder,
        package,
        distribution: None,
    }
}

fn read(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(_) if !path.exists() => Ok(None),
        Err(error) => Err(Failure::new(format!("cannot read `{}`", path.display())).because(error)),
    }
}

fn other_language(root: &Path, layout: LockedLayout) -> Failure {
    let language = if layout.is_python() { "Python" } else { "Rust" };
    Failure::new(format!("`{}` holds sinks in {language}", root.display()))
        .hint("name another folder with `--out`; `--lang both` makes one for each language")
}

fn no_project(root: &Path) -> Failure {
    Failure::new(format!(
        "`{}` has no `[project]` or `[tool.poetry]` with a name",
        root.join(pyproject::FILE_NAME).display()
    ))
    .hint("name the folder of a project, or a new folder for a project of its own")
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
        "`{}` is neither empty nor a project",
        root.display()
    ))
    .hint("choose a new folder with `--out`, or pass `--force` to write into this one")
}

/// Hidden files do not count: a new repository has them.
fn is_empty(root: &Path) -> Result<bool> {
    if !root.exists() {
        return Ok(true);
    }
    if !root.is_dir() {
        return Err(Failure::new(format!("`{}` is a file", root.display()))
            .hint("name a folder with `--out`"));
    }
    let entries = fs::read_dir(root).map_err(|error| {
        Failure::new(format!("cannot read the folder `{}`", root.display())).because(error)
    })?;
    Ok(entries
        .flatten()
        .all(|entry| entry.file_name().to_string_lossy().starts_with('.')))
}

/// The folder's own name, also for `.` and `..`.
pub fn folder_name(root: &Path) -> String {
    let absolute =
        fs::canonicalize(root).or_else(|_| env::current_dir().map(|here| here.join(root)));
    let path = absolute.unwrap_or_else(|_| root.to_path_buf());
    path.file_name().map_or_else(
        || "sinks".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}
