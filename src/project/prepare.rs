//! An output folder from its current state to its planned one: what `new-sink`, `try` and `generate`
//! share. Reads only; what it finds is written, shown or compared by whoever asked.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::{panic, thread};

use super::emit::{self, Emission, FileState, Known, Policy};
use super::folder::{self, Found};
use super::lock::{self, Lock, LockedFile, LockedProvider};
use super::manifest::{grow, refuse_read_only, shrink};
use super::merge::Conflict;
use super::moved::{self, Move};
use super::plan::plan;
use super::render::render;
use super::shelf::Shelf;
use crate::assets::Assets;
use crate::diagnostics::Code;
use crate::languages::{Language, Manifest, Place, Renamed, Standing};
use crate::problem::{Problem, Refusal};
use crate::sink::{LoadedSink, Sink, load_text_with};

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
    pub sinks: Vec<Ordered<'a>>,
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
    /// Those that are there are brought to what the tool makes of them now.
    Renew {
        /// What becomes of lines that a person edited and that are new.
        conflict: Conflict,
        /// Leave an existing manifest alone.
        no_deps: bool,
    },
    /// Those that are there go, but for the ones to keep.
    Drop(Dropped),
    /// The folder is all ours: it gets these providers and no others, and a manifest of its own.
    Replace,
}

/// Which providers go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// Those that the order names.
    Ordered,
    /// All of them.
    All,
}

impl Intent {
    /// What a look at a folder asks: what an update would do.
    pub const LOOK: Self = Self::Renew {
        conflict: Conflict::Markers,
        no_deps: false,
    };

    fn policy(self) -> Policy {
        match self {
            Self::Join { force: true, .. } => Policy::Overwrite,
            Self::Join { .. } | Self::Drop(_) => Policy::Merge(Conflict::default()),
            Self::Renew { conflict, .. } => Policy::Merge(conflict),
            Self::Replace => Policy::Replace,
        }
    }

    fn leaves_manifest(self) -> bool {
        matches!(
            self,
            Self::Join { no_deps: true, .. } | Self::Renew { no_deps: true, .. }
        )
    }

    fn is_forced(self) -> bool {
        matches!(self, Self::Join { force: true, .. })
    }
}

/// A provider to bring in.
#[derive(Debug, Clone, Copy)]
pub struct Ordered<'a> {
    /// Its sink.
    pub sink: &'a Sink,
    /// The spec's text, of one that came from a file: it goes into the lock, so that later runs do
    /// not need the file.
    pub text: Option<&'a str>,
    /// All that the sink was made from as one text.
    pub whole: Option<&'a str>,
}

impl<'a> Ordered<'a> {
    /// A sink that was loaded, from a file or from those that are built in.
    #[must_use]
    pub fn of(loaded: &'a LoadedSink, from_file: bool) -> Self {
        Self {
            sink: &loaded.sink,
            text: from_file.then(|| loaded.portable()),
            whole: Some(loaded.whole_text()),
        }
    }

    /// A built-in provider, in a lock that nothing is held against.
    #[must_use]
    pub fn built_in(sink: &'a Sink) -> Self {
        Self {
            sink,
            text: None,
            whole: None,
        }
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
    /// Files that a person moved since the last run: they are followed.
    pub moved: Vec<Move>,
    /// What becomes of the manifest; its text is among the files.
    pub manifest: Manifest,
    /// What is taken out of the manifest, and what stays in it because a person edited it.
    pub taken: Vec<String>,
    /// See `taken`.
    pub left: Vec<String>,
    /// What a person has to declare so that the sinks are part of the program.
    pub undeclared: Vec<String>,
}

impl Prepared {
    /// Refuses to go on where files lie that are somebody's.
    ///
    /// # Errors
    ///
    /// There are some: names them.
    pub fn refuse_strangers(&self, root: &Path) -> Result<(), Problem> {
        let strangers: Vec<&str> = self.emission.paths_of(FileState::NotOurs).collect();
        let (Some(first), others) = (strangers.first(), strangers.len().saturating_sub(1)) else {
            return Ok(());
        };
        let first = root.join(first);
        let first = first.display();
        let message = match others {
            0 => format!("`{first}` is not ours: it is not in `{}`", lock::FILE_NAME),
            1 => format!(
                "`{first}` and another file are not ours: they are not in `{}`",
                lock::FILE_NAME
            ),
            _ => format!(
                "`{first}` and {others} other files are not ours: they are not in `{}`",
                lock::FILE_NAME
            ),
        };
        Err(Problem::new(Code::Project, message).hint(
            "name another folder with `--out`, or move what is there to another name; nothing was written, and `--force` does not touch it either",
        ))
    }
}

/// [`prepare`] for several folders, at the same time.
///
/// # Errors
///
/// Those of the first that has any.
pub fn prepare_all(assets: &Assets, orders: &[Order]) -> Result<Vec<Prepared>, Refusal> {
    let locks = orders.iter().map(|order| Lock::read(order.root));
    let locks = locks.collect::<Result<Vec<_>, _>>()?;
    let shelf = Shelf::of(assets, orders, &locks);
    let shelf = &shelf;
    let mut work = orders.iter().zip(locks);
    let Some((first, lock)) = work.next() else {
        return Ok(Vec::new());
    };
    thread::scope(|scope| {
        let others: Vec<_> = work
            .map(|(order, lock)| scope.spawn(|| prepare_one(shelf, order, lock)))
            .collect();
        // Here, not in a thread: the main thread's memory grows in larger steps.
        let first = prepare_one(shelf, first, lock);
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
    let lock = Lock::read(order.root)?;
    let locks = [lock];
    let shelf = Shelf::of(assets, std::slice::from_ref(order), &locks);
    let [lock] = locks;
    prepare_one(&shelf, order, lock)
}

fn prepare_one(
    shelf: &Shelf,
    order: &Order,
    mut previous: Option<Lock>,
) -> Result<Prepared, Refusal> {
    let assets = shelf.assets;
    let found = find(assets, order, previous.as_ref())?;
    let joins = order.intent != Intent::Replace;
    let (sinks, providers) = all_sinks(shelf, previous.as_ref().filter(|_| joins), order)?;
    let sinks: Vec<&Sink> = sinks.iter().map(AsRef::as_ref).collect();
    let place = &*found.place;
    let planned = if sinks.is_empty() {
        Vec::new()
    } else {
        plan(&sinks, place)
    };
    let standing = Standing {
        root: order.root,
        text: found.manifest.as_deref(),
        leave_alone: order.intent.leaves_manifest(),
    };
    if matches!(order.intent, Intent::Join { .. }) {
        place.check_language(&standing)?;
    }
    let mut change = match order.intent {
        Intent::Drop(_) => {
            let renew = Order {
                sinks: Vec::new(),
                intent: Intent::LOOK,
                name: None,
                ..*order
            };
            let (before, _) = all_sinks(shelf, previous.as_ref().filter(|_| joins), &renew)?;
            let before: Vec<&Sink> = before.iter().map(AsRef::as_ref).collect();
            shrink(place, &before, &sinks, &standing, previous.as_ref())?
        }
        _ => grow(place, &sinks, &standing, previous.as_ref())?,
    };
    let mut rendered = render(assets, &planned)?;
    let renames = match change.manifest.renames.take() {
        Some(renames) => renames,
        None => place.renames(&sinks, &standing)?,
    };
    for file in &mut rendered {
        if let Some(text) = renames.apply(&file.path, &file.contents) {
            file.contents = text.into();
        }
    }
    let moved = match previous.as_mut().filter(|_| joins) {
        Some(lock) => moved::follow(order.root, lock, &mut rendered),
        None => Vec::new(),
    };
    let joined = previous.as_ref().filter(|_| joins);
    let known = Known::of(previous.as_ref());
    let mut emission = emit::compare_with(order.root, &rendered, &known, order.intent.policy())?;

    let name = order.language.manifest_name();
    let is_changed = change.manifest.text.is_some() && change.manifest.text != found.manifest;
    if is_changed && found.manifest.is_some() && !place.is_own() {
        let notes = order.language.after_change(order.root);
        change.manifest.notes.extend(notes);
    }
    match change.manifest.text.take() {
        Some(text) if text.is_empty() => emission.take(name)?,
        Some(text) => {
            refuse_read_only(&order.root.join(name), found.manifest.as_deref(), &text)?;
            emission.put(name, text)?;
        }
        None => {}
    }
    let lock = Lock {
        providers,
        files: emission.files().clone(),
        deleted: emission.deleted().clone(),
        moved: joined.map(|lock| lock.moved.clone()).unwrap_or_default(),
        added: change.added,
        ..Lock::new(place.layout())
    };
    if lock.providers.is_empty() {
        emission.take(lock::FILE_NAME)?;
    } else {
        emission.put(lock::FILE_NAME, lock.to_text())?;
    }
    Ok(Prepared {
        undeclared: undeclared(order.root, place, &emission),
        emission,
        place: found.place,
        renamed: found.renamed,
        moved,
        manifest: change.manifest,
        taken: change.taken,
        left: change.left,
    })
}

fn find(assets: &Assets, order: &Order, previous: Option<&Lock>) -> Result<Found, Refusal> {
    match order.intent {
        Intent::Join { .. } | Intent::Renew { .. } | Intent::Drop(_) => {
            let mut providers = assets.provider_ids();
            providers.extend(order.sinks.iter().map(|ordered| ordered.sink.id.clone()));
            Ok(folder::find(
                order,
                previous,
                &providers,
                order.intent.is_forced(),
            )?)
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
        &paths(|state| {
            let absent = [FileState::Removed, FileState::Deleted, FileState::Away];
            !absent.contains(&state)
        }),
        &paths(|state| state == FileState::Kept),
    )
}

/// Sinks by id, and what the lock says of each.
type AllSinks<'a> = (Vec<Cow<'a, Sink>>, BTreeMap<String, LockedProvider>);

/// The ordered sinks and those of the providers that are there already, by id: files that all
/// providers share are made for all of them.
fn all_sinks<'a>(
    shelf: &'a Shelf,
    previous: Option<&Lock>,
    order: &Order<'a>,
) -> Result<AllSinks<'a>, Refusal> {
    let assets = shelf.assets;
    let ordered: &[Ordered] = match order.intent {
        Intent::Drop(Dropped::All) => return Ok((Vec::new(), BTreeMap::new())),
        Intent::Drop(Dropped::Ordered) => &[],
        _ => &order.sinks,
    };
    let goes = |id: &str| {
        let is_named = order.sinks.iter().any(|new| new.sink.id == id);
        is_named && matches!(order.intent, Intent::Drop(_))
    };
    if let Some(previous) = previous {
        refuse_other_origin(previous, ordered, order.intent)?;
    }
    let mut providers = BTreeMap::new();
    let mut sinks = BTreeMap::new();
    for (id, provider) in previous.into_iter().flat_map(|lock| &lock.providers) {
        if !ordered.iter().any(|new| new.sink.id == *id) && !goes(id) {
            let loaded = match &provider.spec {
                Some(text) => Cow::Owned(load_text_with(
                    &format!("{} (spec of `{id}`)", lock::FILE_NAME),
                    text.as_bytes(),
                    assets,
                )?),
                None => shelf.built_in(id)?,
            };
            let mut provider = provider.clone();
            if provider.spec.is_none() {
                provider.sha256 = Some(lock::hash(&loaded.text));
            }
            provider.made_from = Some(LockedFile::of(loaded.whole_text()));
            providers.insert(id.clone(), provider);
            let sink = match loaded {
                Cow::Owned(loaded) => Cow::Owned(loaded.sink),
                Cow::Borrowed(loaded) => Cow::Borrowed(&loaded.sink),
            };
            sinks.insert(id.clone(), sink);
        }
    }
    for Ordered { sink, text, whole } in ordered {
        let provider = LockedProvider {
            type_prefix: sink.type_prefix.clone(),
            sha256: match text {
                Some(text) => Some(lock::hash(text)),
                None => hash_of_built_in(assets, &sink.id)?,
            },
            spec: text.map(str::to_owned),
            made_from: whole.map(LockedFile::of),
        };
        providers.insert(sink.id.clone(), provider);
        sinks.insert(sink.id.clone(), Cow::Borrowed(*sink));
    }
    Ok((sinks.into_values().collect(), providers))
}

/// A sink of a user's own spec must not become the built-in one of the same name unnoticed.
fn refuse_other_origin(
    previous: &Lock,
    ordered: &[Ordered],
    intent: Intent,
) -> Result<(), Problem> {
    let is_own = |new: &&Ordered| {
        let known = previous.providers.get(&new.sink.id);
        new.text.is_none() && known.is_some_and(|known| known.spec.is_some())
    };
    match ordered.iter().find(is_own) {
        Some(new) if !intent.is_forced() => Err(Problem::new(Code::Project, format!(
            "the sink `{}` here was made from a spec of your own",
            new.sink.id
        ))
        .hint("`update` brings it up to date; `--spec` changes it; `--force` makes it the built-in one")),
        _ => Ok(()),
    }
}

fn hash_of_built_in(assets: &Assets, id: &str) -> Result<Option<String>, Problem> {
    let found = assets.provider(id).map_err(|error| {
        Problem::new(Code::System, format!("the spec of `{id}` cannot be read")).because(error)
    })?;
    Ok(found.map(|(_, text)| lock::hash(&String::from_utf8_lossy(&text))))
}
