//! What the repository holds of generated files, folder by folder.

use std::fs;
use std::path::Path;
use std::thread::ScopedJoinHandle;
use std::{panic, thread};

use minijinja::context;

use crate::assets::Assets;
use crate::commands::{Failure, Result, schema};
use crate::docs::{endings, guide};
use crate::languages::{self, Content, Language, PlannedFile};
use crate::project::emit::{self, Change, Emission};
use crate::project::lock::{LockedFile, LockedFiles};
use crate::project::plan;
use crate::project::prepare::{Intent, Order, Ordered, prepare};
use crate::project::render::{self, RenderError, RenderedFile};
use crate::sink::{Sink, load_all};
use crate::spec;

/// Providers whose generated code is checked in, compiled, linted and tested as it lies.
const REFERENCE_PROVIDERS: [&str; 2] = ["cloudwatch", "loki"];
const REFERENCE_NAME: &str = "cloud-sinks";
/// Holds a folder for each language.
const REFERENCE_FOLDER: &str = "generated";
const GUIDES_FOLDER: &str = "docs/examples/cloud-sinks";
/// Ends the name of the page about endings.
const ENDINGS: &str = "-endings";
/// Stands in the first lines of every generated page.
const PAGE_MARK: &str = "enerated by fapilog-gen";

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
        outputs.extend([joined(guides)?, pages]);
        Ok(outputs)
    })
}

/// What a thread came to; its panic goes on here.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread
        .join()
        .unwrap_or_else(|panic| panic::resume_unwind(panic))
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

/// A guide per provider and language, and the page that lists them.
fn guides(assets: &Assets, root: &Path, sinks: &[Sink]) -> Result<Output> {
    let folder = root.join(GUIDES_FOLDER);
    let pages_of = |sinks: &[Sink]| {
        let mut planned: Vec<_> = sinks
            .iter()
            .flat_map(|sink| languages::ALL.map(|language| guide_page(sink, language)))
            .collect();
        planned.extend(sinks.iter().map(endings_page));
        render::render(assets, &planned)
    };
    // There are more of them than of anything else.
    let (half, rest) = sinks.split_at(sinks.len() / 2);
    let mut pages = thread::scope(|scope| {
        let half = scope.spawn(|| pages_of(half));
        let rest = pages_of(rest)?;
        Ok::<_, RenderError>([joined(half)?, rest].concat())
    })?;
    pages.extend(render::render(assets, &[index(sinks)])?);
    for page in &mut pages {
        mark(page);
    }
    let emission = emit::compare(&folder, &pages, Some(&pages_of_ours(&folder)), true)?;
    Ok(Output::new(GUIDES_FOLDER, emission))
}

/// Says where a page comes from. In a sink's folder the lock does.
fn mark(page: &mut RenderedFile) {
    if let Some(name) = page.path.strip_suffix(".md").filter(|id| *id != "README") {
        let suffixes = languages::ALL.map(|language| languages::suffixed("", language));
        let id = suffixes
            .iter()
            .map(String::as_str)
            .chain([ENDINGS])
            .filter(|suffix| !suffix.is_empty())
            .find_map(|suffix| name.strip_suffix(suffix))
            .unwrap_or(name);
        let line =
            format!("<!-- G{PAGE_MARK} from providers/{id}.yaml; edit that instead. -->\n\n");
        page.contents.insert_str(0, &line);
    }
}

/// A guide for a reader who has no sink yet: of the project that its quick start makes.
fn guide_page(sink: &Sink, language: &'static dyn Language) -> PlannedFile {
    let place = language.own_place(&format!("{}-sink", sink.id));
    let mut page = plan::guide(sink, &*place);
    if let Content::Template { context, .. } = &mut page.content {
        *context = context! { is_site => true, ..context.clone() };
    }
    page.path = format!("{}.md", languages::suffixed(&sink.id, language));
    page
}

/// Every way an event can end other than delivered.
fn endings_page(sink: &Sink) -> PlannedFile {
    PlannedFile::template(
        format!("{}{ENDINGS}.md", sink.id),
        "guide/endings.md.j2",
        endings::context(sink),
    )
}

fn index(sinks: &[Sink]) -> PlannedFile {
    let rows: Vec<_> = sinks
        .iter()
        .map(|sink| context! { id => &sink.id, title => guide::cell(&sink.title), summary => guide::cell(&sink.summary) })
        .collect();
    PlannedFile::template(
        "README.md".to_owned(),
        "guide/index.md.j2",
        context! { providers => rows },
    )
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
        contents,
    };
    let pages = [
        page("README.md", spec::reference()),
        page("provider.schema.json", schema::text()),
    ];
    let emission = emit::compare(&root.join("providers"), &pages, None, true)?;
    Ok(Output::new("providers", emission))
}
