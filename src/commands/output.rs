//! An output folder from its current state to its planned one: shared by `new-sink`, `try` and
//! `generate`.

use std::path::Path;
use std::{env, fs};

use super::source::load_provider;
use super::{Failure, Result};
use crate::assets::Assets;
use crate::cargo_manifest::{self, Addition};
use crate::emit::{self, Emission};
use crate::lock::{self, Lock, LockedLayout, LockedProvider};
use crate::plan::{self, Dependency, Layout, Plan, ProviderRef, Request};
use crate::provider::{LoadedSpec, load_text};
use crate::render;

const MANIFEST: &str = "Cargo.toml";

/// What to bring into a folder.
#[derive(Debug)]
pub struct Order<'a> {
    /// The folder.
    pub root: &'a Path,
    /// The providers to add to those that are there.
    pub specs: Vec<Ordered>,
    /// Overwrite edited files, and write into a folder of somebody else.
    pub force: bool,
    /// Leave an existing manifest alone.
    pub no_deps: bool,
}

/// A provider to bring in.
#[derive(Debug)]
pub struct Ordered {
    /// Its spec.
    pub loaded: LoadedSpec,
    /// It came from a file; its text goes into the lock, so that later runs do not need the file.
    pub from_file: bool,
}

/// Everything that would be done to a folder.
#[derive(Debug)]
pub struct Prepared {
    /// The files.
    pub emission: Emission,
    /// How they lie.
    pub layout: LockedLayout,
    /// What a person's manifest gets.
    pub additions: Vec<Addition>,
    /// Dependencies left to the person by `no_deps`.
    pub left_to_do: Vec<Dependency>,
    /// The line to add to the crate's root, when it is not there.
    pub module_line: Option<String>,
}

/// Plans, renders and compares. Reads only.
pub fn prepare(assets: &Assets, order: Order) -> Result<Prepared> {
    let previous = Lock::read(order.root)?;
    let place = Place::find(order.root, previous.as_ref(), order.force)?;
    let (specs, providers) = all_specs(assets, previous.as_ref(), order.specs)?;
    let plan = plan_for(&specs, place.layout());
    let rendered = render::render(assets, &plan.files)?;
    let mut emission = emit::compare(order.root, &rendered, previous.as_ref(), order.force)?;

    let mut prepared_manifest = Manifest::default();
    match &place.manifest {
        None => emission.put(MANIFEST, new_manifest(order.root, &place.name, &plan))?,
        Some(_) if order.no_deps => prepared_manifest.left_to_do.clone_from(&plan.dependencies),
        Some(text) => {
            let inherited = cargo_manifest::inherited_dependencies(order.root);
            let merged = cargo_manifest::merge(text, inherited.as_ref(), &plan.dependencies)?;
            prepared_manifest.additions = merged.additions;
            // Only what is missing: a merge that adds nothing leaves the text alone.
            let text = if prepared_manifest.additions.is_empty() {
                text.clone()
            } else {
                merged.text
            };
            emission.put(MANIFEST, text)?;
        }
    }
    let lock = Lock {
        layout: place.kind,
        providers,
        files: emission.files().clone(),
    };
    emission.put(lock::FILE_NAME, lock.to_text())?;
    let Manifest {
        additions,
        left_to_do,
    } = prepared_manifest;
    let module_line = plan
        .module_line
        .filter(|line| !is_declared(order.root, line));
    Ok(Prepared {
        emission,
        layout: place.kind,
        additions,
        left_to_do,
        module_line,
    })
}

#[derive(Default)]
struct Manifest {
    additions: Vec<Addition>,
    left_to_do: Vec<Dependency>,
}

fn new_manifest(root: &Path, name: &str, plan: &Plan) -> String {
    cargo_manifest::new_crate(
        name,
        &plan.dependencies,
        cargo_manifest::needs_own_workspace(root),
    )
}

fn plan_for(specs: &[LoadedSpec], layout: Layout) -> Plan {
    let specs: Vec<_> = specs.iter().map(|loaded| &loaded.spec).collect();
    let present: Vec<_> = specs.iter().map(|spec| ProviderRef::of(spec)).collect();
    plan::plan(&Request {
        specs: &specs,
        present: &present,
        layout,
    })
}

/// The ordered specs and those of the providers that are there already, by id: files that all
/// providers share are made for all of them.
fn all_specs(
    assets: &Assets,
    previous: Option<&Lock>,
    ordered: Vec<Ordered>,
) -> Result<(
    Vec<LoadedSpec>,
    std::collections::BTreeMap<String, LockedProvider>,
)> {
    let mut providers = std::collections::BTreeMap::new();
    let mut specs = std::collections::BTreeMap::new();
    for (id, provider) in previous.into_iter().flat_map(|lock| &lock.providers) {
        if !ordered.iter().any(|new| new.loaded.spec.id == *id) {
            let loaded = match &provider.spec {
                Some(text) => load_text(
                    &format!("{} (spec of `{id}`)", lock::FILE_NAME),
                    text.as_bytes(),
                )?,
                None => load_provider(assets, id)?,
            };
            providers.insert(id.clone(), provider.clone());
            specs.insert(id.clone(), loaded);
        }
    }
    for Ordered { loaded, from_file } in ordered {
        let type_prefix = ProviderRef::of(&loaded.spec).type_prefix;
        let spec = from_file.then(|| loaded.text.clone());
        providers.insert(loaded.spec.id.clone(), LockedProvider { type_prefix, spec });
        specs.insert(loaded.spec.id.clone(), loaded);
    }
    Ok((specs.into_values().collect(), providers))
}

/// What the folder is.
struct Place {
    kind: LockedLayout,
    /// Name of the crate.
    name: String,
    /// Text of its manifest, if it has one.
    manifest: Option<String>,
}

impl Place {
    fn find(root: &Path, previous: Option<&Lock>, force: bool) -> Result<Self> {
        let path = root.join(MANIFEST);
        let manifest = match fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(_) if !path.exists() => None,
            Err(error) => {
                return Err(Failure::new(format!("cannot read `{}`", path.display())).because(error));
            }
        };
        let name = match &manifest {
            Some(text) => cargo_manifest::package_name(text)?.ok_or_else(|| no_package(root))?,
            None => cargo_manifest::package_name_for(&folder_name(root)),
        };
        let kind = match (previous, &manifest) {
            (Some(lock), _) => lock.layout,
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

    fn layout(&self) -> Layout {
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

/// Whether the crate's root already declares the module, in whatever visibility.
fn is_declared(root: &Path, line: &str) -> bool {
    ["src/lib.rs", "src/main.rs"].iter().any(|file| {
        let text = fs::read_to_string(root.join(file)).unwrap_or_default();
        text.lines().map(str::trim).any(|found| {
            let declaration = found.strip_suffix(line).map(str::trim_end);
            declaration
                .is_some_and(|visibility| visibility.is_empty() || visibility.starts_with("pub"))
        })
    })
}
