//! An output folder from its current state to its planned one: shared by `new-sink`, `try` and
//! `generate`.

mod place;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use self::place::Place;
use super::Result;
use super::source::load_provider;
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
) -> Result<(Vec<LoadedSpec>, BTreeMap<String, LockedProvider>)> {
    let mut providers = BTreeMap::new();
    let mut specs = BTreeMap::new();
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
