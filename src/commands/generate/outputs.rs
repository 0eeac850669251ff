//! What the repository holds of generated files, folder by folder.

use std::fs;
use std::path::Path;
use std::thread::ScopedJoinHandle;
use std::{panic, thread};

use super::pages;
use crate::assets::Assets;
use crate::commands::{Failure, Result, schema};
use crate::docs::diagrams;
use crate::languages::{self, Language};
use crate::project::emit::{self, Change, Emission};
use crate::project::lock::{LockedFile, LockedFiles};
use crate::project::prepare::{Intent, Order, Ordered, prepare};
use crate::project::render::RenderedFile;
use crate::sink::{Sink, load_all};
use crate::spec;

/// Providers whose generated code is checked in, compiled, linted and tested as it lies.
const REFERENCE_PROVIDERS: [&str; 2] = ["cloudwatch", "loki"];
const REFERENCE_NAME: &str = "cloud-sinks";
/// Holds a folder for each language.
const REFERENCE_FOLDER: &str = "generated";
/// Holds the page of each provider.
pub const GUIDES_FOLDER: &str = "docs/examples/cloud-sinks";
/// Holds the pages made from types.
pub const REFERENCE_PAGES_FOLDER: &str = "docs/reference";
/// Holds the pictures made from types, beside what else pages load.
const PICTURES_FOLDER: &str = "docs/site/assets";
/// Stands in the first lines of every generated page.
pub const PAGE_MARK: &str = "enerated by fapilog-gen";

/// One folder and what happens to it.
#[derive(Debug)]
pub struct Output {
    /// Relative to the repository.
    pub folder: String,
    /// What happens.
    pub emission: Emission,
}

impl Output {
    fn new(folder: &str, emission: Emission) -> Self {
        Self {
            folder: folder.to_owned(),
            emission,
        }
    }

    /// A file's path relative to the repository.
    pub fn path_of(&self, change: &Change) -> String {
        format!("{}/{}", self.folder, change.path)
    }
}

/// All folders, compared. Reads only.
pub fn all(assets: &Assets, root: &Path) -> Result<Vec<Output>> {
    let specs = load_all(assets)?;
    let (first, others) = languages::ALL.split_at(1);
    let projects = |languages: &[&'static dyn Language]| -> Result<Vec<Output>> {
        let languages = languages.iter();
        languages
            .map(|language| reference(assets, root, &specs, *language))
            .collect()
    };
    thread::scope(|scope| {
        let guides = scope.spawn(|| guides(assets, root, &specs));
        let rest = scope.spawn(|| Ok::<_, Failure>((projects(others)?, reference_pages(root)?)));
        let mut outputs = projects(first)?;
        let (others, pages) = joined(rest)?;
        outputs.extend(others);
        outputs.extend([
            joined(guides)?,
            references(assets, root, &specs)?,
            pictures(root)?,
            pages,
        ]);
        Ok(outputs)
    })
}

/// What a thread came to; its panic goes on here.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread
        .join()
        .unwrap_or_else(|panic| panic::resume_unwind(panic))
}

/// The folders of pages only. Reads only.
pub fn pages(assets: &Assets, root: &Path) -> Result<Vec<Output>> {
    let sinks = load_all(assets)?;
    Ok(vec![
        guides(assets, root, &sinks)?,
        references(assets, root, &sinks)?,
        pictures(root)?,
        reference_pages(root)?,
    ])
}

/// The reference project of a language.
fn reference(
    assets: &Assets,
    root: &Path,
    sinks: &[Sink],
    language: &'static dyn Language,
) -> Result<Output> {
    let folder = format!("{REFERENCE_FOLDER}/{}", language.name());
    let sinks = sinks
        .iter()
        .filter(|sink| REFERENCE_PROVIDERS.contains(&sink.id.as_str()))
        .map(Ordered::built_in)
        .collect();
    let order = Order {
        root: &root.join(&folder),
        name: Some(REFERENCE_NAME.to_owned()),
        language,
        sinks,
        intent: Intent::Replace,
    };
    Ok(Output::new(&folder, prepare(assets, &order)?.emission))
}

/// A page per provider, and the one that lists them.
fn guides(assets: &Assets, root: &Path, sinks: &[Sink]) -> Result<Output> {
    let folder = root.join(GUIDES_FOLDER);
    let pages = pages::guides(assets, sinks)?;
    let emission = emit::compare(&folder, &pages, Some(&pages_of_ours(&folder)), true)?;
    Ok(Output::new(GUIDES_FOLDER, emission))
}

/// The reference pages.
fn references(assets: &Assets, root: &Path, sinks: &[Sink]) -> Result<Output> {
    let folder = root.join(REFERENCE_PAGES_FOLDER);
    let pages = pages::references(assets, sinks)?;
    let emission = emit::compare(&folder, &pages, Some(&pages_of_ours(&folder)), true)?;
    Ok(Output::new(REFERENCE_PAGES_FOLDER, emission))
}

/// What pages show of the tables that the code uses.
fn pictures(root: &Path) -> Result<Output> {
    let picture = |path: &str, contents: String| RenderedFile {
        path: path.to_owned(),
        contents: contents.into(),
    };
    let pictures = [
        picture("answers.svg", diagrams::answers()),
        picture("endings.svg", diagrams::endings()),
    ];
    let emission = emit::compare(&root.join(PICTURES_FOLDER), &pictures, None, true)?;
    Ok(Output::new(PICTURES_FOLDER, emission))
}

/// Pages that we wrote, as they are: one that is no longer planned is stale. The folder has no lock
/// because a page is never edited by hand.
fn pages_of_ours(folder: &Path) -> LockedFiles {
    let mut files = LockedFiles::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(text) = fs::read_to_string(entry.path()) else {
            continue;
        };
        if text.lines().take(3).any(|line| line.contains(PAGE_MARK)) {
            files.insert(
                entry.file_name().to_string_lossy().into_owned(),
                LockedFile::of(&text),
            );
        }
    }
    files
}

/// The schema for editors and the field reference for people.
fn reference_pages(root: &Path) -> Result<Output> {
    let page = |path: &str, contents: String| RenderedFile {
        path: path.to_owned(),
        contents: contents.into(),
    };
    let pages = [
        page("README.md", spec::reference()),
        page("provider.schema.json", schema::text()),
    ];
    let emission = emit::compare(&root.join("providers"), &pages, None, true)?;
    Ok(Output::new("providers", emission))
}
