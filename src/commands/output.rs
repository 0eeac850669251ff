//! An output folder from its current state to its planned one: shared by `new-sink`, `try` and
//! `generate`.

pub mod place;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::{panic, thread};

use self::place::{Place, Renamed};
use super::Result;
use super::source::load_provider;
use crate::assets::Assets;
use crate::languages::python::pyproject;
use crate::languages::rust::manifest as cargo_manifest;
use crate::project::emit::{self, Change, Emission, FileState};
use crate::project::lock::{self, Lock, LockedLayout, LockedProvider};
use crate::project::plan::{self, Language, Layout, Plan, ProviderRef, Request};
use crate::project::render;
use crate::spec::{LoadedSpec, load_text};

const MANIFEST: &str = "Cargo.toml";

/// What to bring into a folder.
#[derive(Debug)]
pub struct Order<'a> {
    /// The folder.
    pub root: &'a Path,
    /// Name of a new crate or project; that of the folder where it is not given.
    pub name: Option<String>,
    /// Language of the files.
    pub language: Language,
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
    /// Why a new crate or package is not called like its folder.
    pub renamed: Option<Renamed>,
    /// What a person's manifest gets.
    pub additions: Vec<String>,
    /// Lines left to the person by `no_deps`.
    pub left_to_do: Vec<String>,
    /// What else a person has to see to.
    pub notes: Vec<String>,
    /// Name of the manifest.
    pub manifest: &'static str,
    /// The line to add to the crate's root, when it is not there.
    pub module_line: Option<String>,
    /// Files that stay somebody's and do not declare what lies beside them.
    pub undeclared: Vec<Undeclared>,
}

/// Modules that are written and not compiled, because a file that was kept does not declare them.
#[derive(Debug)]
pub struct Undeclared {
    /// The file.
    pub file: String,
    /// The modules.
    pub modules: Vec<String>,
}

/// [`prepare`] for several folders, at the same time.
pub fn prepare_all(assets: &Assets, orders: Vec<Order>) -> Result<Vec<Prepared>> {
    let mut orders = orders.into_iter();
    let first = orders.next();
    thread::scope(|scope| {
        let others: Vec<_> = orders
            .map(|order| scope.spawn(|| prepare(assets, order)))
            .collect();
        // Here, not in a thread: the main thread's memory grows in larger steps.
        let first = first.map(|order| prepare(assets, order));
        let others = others.into_iter().map(|thread| {
            thread
                .join()
                .unwrap_or_else(|panic| panic::resume_unwind(panic))
        });
        first.into_iter().chain(others).collect()
    })
}

/// Plans, renders and compares. Reads only.
pub fn prepare(assets: &Assets, mut order: Order) -> Result<Prepared> {
    let previous = Lock::read(order.root)?;
    let place = Place::find(&order, previous.as_ref(), &assets.provider_ids())?;
    let (specs, providers) =
        all_specs(assets, previous.as_ref(), std::mem::take(&mut order.specs))?;
    let plan = plan_for(&specs, place.layout());
    let rendered = render::render(assets, &plan.files)?;
    let mut emission = emit::compare(order.root, &rendered, previous.as_ref(), order.force)?;

    let manifest = match order.language {
        Language::Rust => rust_manifest(&order, &place, &plan)?,
        Language::Python => python_manifest(&order, &place, &plan)?,
    };
    if let Some(text) = manifest.text {
        emission.put(manifest.name, text)?;
    }
    let lock = Lock {
        layout: place.kind,
        providers,
        files: emission.files().clone(),
    };
    emission.put(lock::FILE_NAME, lock.to_text())?;
    let module_line = plan.module_line.filter(|line| {
        !["src/lib.rs", "src/main.rs"]
            .iter()
            .any(|file| is_declared(order.root, file, line))
    });
    Ok(Prepared {
        undeclared: undeclared(order.root, emission.changes()),
        emission,
        layout: place.kind,
        renamed: place.renamed,
        additions: manifest.additions,
        left_to_do: manifest.left_to_do,
        notes: manifest.notes,
        manifest: manifest.name,
        module_line,
    })
}

/// What becomes of the folder's manifest.
struct Manifest {
    name: &'static str,
    /// Its text; absent when it is left alone.
    text: Option<String>,
    additions: Vec<String>,
    left_to_do: Vec<String>,
    notes: Vec<String>,
}

impl Manifest {
    fn new(name: &'static str, text: Option<String>) -> Self {
        Self {
            name,
            text,
            additions: Vec::new(),
            left_to_do: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Only what is missing: a merge that adds nothing leaves the text alone.
    fn merged(name: &'static str, before: &str, after: String, additions: Vec<String>) -> Self {
        let text = if additions.is_empty() {
            before.to_owned()
        } else {
            with_line_ends_of(before, after)
        };
        Self {
            additions,
            ..Self::new(name, Some(text))
        }
    }
}

/// The text with the line ends of the one it was made from: merging writes `\n` alone.
fn with_line_ends_of(before: &str, after: String) -> String {
    let lines = before.matches('\n').count();
    if lines > 0 && before.matches("\r\n").count() == lines {
        after.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        after
    }
}

fn rust_manifest(order: &Order, place: &Place, plan: &Plan) -> Result<Manifest> {
    let Some(text) = &place.manifest else {
        let own_workspace = cargo_manifest::needs_own_workspace(order.root);
        let text = cargo_manifest::new_crate(&place.name, &plan.dependencies, own_workspace);
        return Ok(Manifest::new(MANIFEST, Some(text)));
    };
    if order.no_deps {
        let left_to_do = cargo_manifest::as_lines(&plan.dependencies);
        return Ok(Manifest {
            left_to_do,
            ..Manifest::new(MANIFEST, None)
        });
    }
    let inherited = cargo_manifest::inherited_dependencies(order.root);
    let merged = cargo_manifest::merge(text, inherited.as_ref(), &plan.dependencies)?;
    let additions = merged.additions.iter().map(ToString::to_string).collect();
    Ok(Manifest::merged(MANIFEST, text, merged.text, additions))
}

fn python_manifest(order: &Order, place: &Place, plan: &Plan) -> Result<Manifest> {
    let name = pyproject::FILE_NAME;
    let (Some(project), Layout::Python(package)) = (&plan.project, place.layout()) else {
        return Ok(Manifest::new(name, None));
    };
    let Some(text) = &place.manifest else {
        return Ok(Manifest::new(
            name,
            Some(pyproject::new_project(&package, project)),
        ));
    };
    let in_setup = match package.distribution {
        None => pyproject::missing_in_setup(order.root, text, &package)?,
        Some(_) => None,
    };
    let mut manifest = if order.no_deps {
        let (left_to_do, notes) = pyproject::as_lines(text, project, &package)?;
        Manifest {
            left_to_do,
            notes,
            ..Manifest::new(name, None)
        }
    } else {
        let merged = pyproject::merge(text, project, &package)?;
        let additions = merged.additions.iter().map(ToString::to_string).collect();
        Manifest {
            notes: merged.notes,
            ..Manifest::merged(name, text, merged.text, additions)
        }
    };
    manifest.notes.extend(in_setup);
    Ok(manifest)
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

/// Whether a file already declares the module, in whatever visibility.
fn is_declared(root: &Path, file: &str, line: &str) -> bool {
    let text = fs::read_to_string(root.join(file)).unwrap_or_default();
    text.lines().map(str::trim).any(|found| {
        let declaration = found.strip_suffix(line).map(str::trim_end);
        declaration.is_some_and(|visibility| visibility.is_empty() || visibility.starts_with("pub"))
    })
}

/// What kept files do not declare of the modules beside them.
fn undeclared(root: &Path, changes: &[Change]) -> Vec<Undeclared> {
    let kept = changes
        .iter()
        .filter(|change| change.state == FileState::Kept);
    kept.filter_map(|change| {
        let file = &change.path;
        let folder = ["mod.rs", "lib.rs"]
            .iter()
            .find_map(|name| file.strip_suffix(name))?;
        let mut modules: Vec<String> = changes
            .iter()
            .filter(|change| change.state != FileState::Removed)
            .filter_map(|change| change.path.strip_prefix(folder))
            .filter_map(|path| {
                path.strip_suffix("/mod.rs").or_else(|| {
                    path.strip_suffix(".rs")
                        .filter(|name| *name != "mod" && *name != "lib")
                })
            })
            .filter(|name| !name.contains('/'))
            .filter(|name| !is_declared(root, file, &format!("mod {name};")))
            .map(str::to_owned)
            .collect();
        modules.sort();
        (!modules.is_empty()).then(|| Undeclared {
            file: file.clone(),
            modules,
        })
    })
    .collect()
}
