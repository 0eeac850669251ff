//! An output folder from its current state to its planned one: what `new-sink`, `try` and `generate`
//! share. Reads only; what it finds is written, shown or compared by whoever asked.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::{panic, thread};

use super::emit::{self, Emission, FileState};
use super::folder::{self, Found};
use super::lock::{self, Lock, LockedProvider};
use super::plan::plan;
use super::render::render;
use crate::assets::Assets;
use crate::languages::{Language, Manifest, Place, Renamed, Standing};
use crate::problem::Refusal;
use crate::spec::model::Spec;
use crate::spec::{LoadedSpec, load_provider, load_text};

/// What to bring into a folder.
#[derive(Debug)]
pub struct Order<'a> {
    /// The folder.
    pub root: &'a Path,
    /// Name of a new project; that of the folder where it is not given.
    pub name: Option<String>,
    /// Language of the files.
    pub language: &'static dyn Language,
    /// The providers.
    pub specs: Vec<Ordered<'a>>,
    /// What becomes of what is there.
    pub intent: Intent,
}

/// What becomes of what is in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// The providers join those that are there.
    Join {
        /// Overwrite edited files, and write into a folder of somebody else.
        force: bool,
        /// Leave an existing manifest alone.
        no_deps: bool,
    },
    /// The folder is all ours: it gets these providers and no others, and a manifest of its own.
    Replace,
}

impl Intent {
    fn force(self) -> bool {
        match self {
            Self::Join { force, .. } => force,
            Self::Replace => true,
        }
    }
}

/// A provider to bring in.
#[derive(Debug, Clone, Copy)]
pub struct Ordered<'a> {
    /// Its spec.
    pub spec: &'a Spec,
    /// The spec's text, of one that came from a file: it goes into the lock, so that later runs do
    /// not need the file.
    pub text: Option<&'a str>,
}

impl<'a> Ordered<'a> {
    /// A spec that was loaded, from a file or from those that are built in.
    #[must_use]
    pub fn of(loaded: &'a LoadedSpec, from_file: bool) -> Self {
        Self {
            spec: &loaded.spec,
            text: from_file.then_some(loaded.text.as_str()),
        }
    }

    /// A built-in provider.
    #[must_use]
    pub fn built_in(spec: &'a Spec) -> Self {
        Self { spec, text: None }
    }
}

/// Everything that would be done to a folder.
#[derive(Debug)]
pub struct Prepared {
    /// The files.
    pub emission: Emission,
    /// How they lie.
    pub place: Box<dyn Place>,
    /// Why a new project is not called like its folder.
    pub renamed: Option<Renamed>,
    /// What becomes of the manifest; its text is among the files.
    pub manifest: Manifest,
    /// What a person has to declare so that the sinks are part of the program.
    pub undeclared: Vec<String>,
}

/// [`prepare`] for several folders, at the same time.
///
/// # Errors
///
/// Those of the first that has any.
pub fn prepare_all(assets: &Assets, orders: &[Order]) -> Result<Vec<Prepared>, Refusal> {
    let Some((first, others)) = orders.split_first() else {
        return Ok(Vec::new());
    };
    thread::scope(|scope| {
        let others: Vec<_> = others
            .iter()
            .map(|order| scope.spawn(|| prepare(assets, order)))
            .collect();
        // Here, not in a thread: the main thread's memory grows in larger steps.
        let first = prepare(assets, first);
        let others = others.into_iter().map(|thread| {
            thread
                .join()
                .unwrap_or_else(|panic| panic::resume_unwind(panic))
        });
        std::iter::once(first).chain(others).collect()
    })
}

/// Plans, renders and compares. Reads only.
///
/// # Errors
///
/// The folder, its manifest or its lock cannot take the providers, or a template does not fit.
pub fn prepare(assets: &Assets, order: &Order) -> Result<Prepared, Refusal> {
    let previous = Lock::read(order.root)?;
    let found = find(assets, order, previous.as_ref())?;
    let joined = previous
        .as_ref()
        .filter(|_| order.intent != Intent::Replace);
    let (specs, providers) = all_specs(assets, joined, &order.specs)?;
    let specs: Vec<&Spec> = specs.iter().map(AsRef::as_ref).collect();
    let rendered = render(assets, &plan(&specs, &*found.place))?;
    let written = previous.as_ref().map(|lock| &lock.files);
    let mut emission = emit::compare(order.root, &rendered, written, order.intent.force())?;

    let standing = Standing {
        root: order.root,
        text: found.manifest.as_deref(),
        leave_alone: matches!(order.intent, Intent::Join { no_deps: true, .. }),
    };
    let mut manifest = found.place.manifest(&specs, &standing)?;
    if let Some(text) = manifest.text.take() {
        emission.put(order.language.manifest_name(), text)?;
    }
    let lock = Lock {
        providers,
        files: emission.files().clone(),
        ..Lock::new(found.place.layout())
    };
    emission.put(lock::FILE_NAME, lock.to_text())?;
    Ok(Prepared {
        undeclared: undeclared(order.root, &*found.place, &emission),
        emission,
        place: found.place,
        renamed: found.renamed,
        manifest,
    })
}

fn find(assets: &Assets, order: &Order, previous: Option<&Lock>) -> Result<Found, Refusal> {
    match order.intent {
        Intent::Join { force, .. } => {
            let mut providers = assets.provider_ids();
            providers.extend(order.specs.iter().map(|ordered| ordered.spec.id.clone()));
            Ok(folder::find(order, previous, &providers, force)?)
        }
        Intent::Replace => {
            let name = order.name.clone();
            let name = name.unwrap_or_else(|| folder::folder_name(order.root));
            Ok(Found {
                place: order.language.own_place(&name),
                manifest: None,
                renamed: None,
            })
        }
    }
}

fn undeclared(root: &Path, place: &dyn Place, emission: &Emission) -> Vec<String> {
    let paths = |wanted: fn(FileState) -> bool| -> Vec<&str> {
        let changes = emission.changes().iter();
        let changes = changes.filter(|change| wanted(change.state));
        changes.map(|change| change.path.as_str()).collect()
    };
    place.undeclared(
        root,
        &paths(|state| state != FileState::Removed),
        &paths(|state| state == FileState::Kept),
    )
}

/// Specs by id, and what the lock says of each.
type AllSpecs<'a> = (Vec<Cow<'a, Spec>>, BTreeMap<String, LockedProvider>);

/// The ordered specs and those of the providers that are there already, by id: files that all
/// providers share are made for all of them.
fn all_specs<'a>(
    assets: &Assets,
    previous: Option<&Lock>,
    ordered: &[Ordered<'a>],
) -> Result<AllSpecs<'a>, Refusal> {
    let mut providers = BTreeMap::new();
    let mut specs = BTreeMap::new();
    for (id, provider) in previous.into_iter().flat_map(|lock| &lock.providers) {
        if !ordered.iter().any(|new| new.spec.id == *id) {
            let loaded = match &provider.spec {
                Some(text) => load_text(
                    &format!("{} (spec of `{id}`)", lock::FILE_NAME),
                    text.as_bytes(),
                )?,
                None => load_provider(assets, id)?,
            };
            let mut provider = provider.clone();
            if provider.spec.is_none() {
                provider.sha256 = hash_of_built_in(assets, id);
            }
            providers.insert(id.clone(), provider);
            specs.insert(id.clone(), Cow::Owned(loaded.spec));
        }
    }
    for Ordered { spec, text } in ordered {
        let provider = LockedProvider {
            type_prefix: spec.type_prefix(),
            sha256: match text {
                Some(text) => Some(lock::hash(text)),
                None => hash_of_built_in(assets, &spec.id),
            },
            spec: text.map(str::to_owned),
        };
        providers.insert(spec.id.clone(), provider);
        specs.insert(spec.id.clone(), Cow::Borrowed(*spec));
    }
    Ok((specs.into_values().collect(), providers))
}

fn hash_of_built_in(assets: &Assets, id: &str) -> Option<String> {
    let (_, text) = assets.provider(id)?;
    Some(lock::hash(&String::from_utf8_lossy(&text)))
}
