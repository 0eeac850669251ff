//! What the repository holds of generated files, folder by folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::{panic, thread};

use minijinja::context;

use crate::assets::Assets;
use crate::commands::source::load_all;
use crate::commands::{Failure, Result, schema};
use crate::docs::guide;
use crate::languages::python;
use crate::languages::python::pyproject;
use crate::languages::rust::manifest as cargo_manifest;
use crate::project::emit::{self, Change, Emission};
use crate::project::lock::{self, Lock, LockedFile, LockedLayout, LockedProvider};
use crate::project::plan::{self, Content, Layout, PlannedFile, ProviderRef, Request};
use crate::project::render::{self, RenderedFile};
use crate::spec;
use crate::spec::model::Spec;

/// Providers whose generated code is checked in, compiled, linted and tested as it lies.
const REFERENCE_PROVIDERS: [&str; 2] = ["cloudwatch", "loki"];
const REFERENCE_CRATE: &str = "cloud-sinks";
const REFERENCE_FOLDER: &str = "generated/rust";
const REFERENCE_PACKAGE: &str = "cloud_sinks";
const REFERENCE_PACKAGE_FOLDER: &str = "generated/python";
const GUIDES_FOLDER: &str = "docs/examples/cloud-sinks";
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
    // Two halves at the same time: the crate takes as long as all the rest.
    thread::scope(|scope| {
        let others = scope.spawn(|| {
            Ok::<_, Failure>([
                reference_package(assets, root, &specs)?,
                guides(assets, root, &specs)?,
                reference_pages(root)?,
            ])
        });
        let mut outputs = vec![reference_crate(assets, root, &specs)?];
        outputs.extend(
            others
                .join()
                .unwrap_or_else(|panic| panic::resume_unwind(panic))?,
        );
        Ok(outputs)
    })
}

fn reference_crate(assets: &Assets, root: &Path, specs: &[Spec]) -> Result<Output> {
    let folder = root.join(REFERENCE_FOLDER);
    let specs: Vec<&Spec> = specs
        .iter()
        .filter(|spec| REFERENCE_PROVIDERS.contains(&spec.id.as_str()))
        .collect();
    let present: Vec<_> = specs.iter().map(|spec| ProviderRef::of(spec)).collect();
    let layout = Layout::Crate {
        name: REFERENCE_CRATE.to_owned(),
    };
    let plan = plan::plan(&Request {
        specs: &specs,
        present: &present,
        layout,
    });
    let previous = Lock::read(&folder)?;
    let rendered = render::render(assets, &plan.files)?;
    let mut emission = emit::compare(&folder, &rendered, previous.as_ref(), true)?;
    let own_workspace = cargo_manifest::needs_own_workspace(&folder);
    emission.put(
        "Cargo.toml",
        cargo_manifest::new_crate(REFERENCE_CRATE, &plan.dependencies, own_workspace),
    )?;
    let lock = Lock {
        layout: LockedLayout::Crate,
        providers: locked(present),
        files: emission.files().clone(),
    };
    emission.put(lock::FILE_NAME, lock.to_text())?;
    Ok(Output::new(REFERENCE_FOLDER, emission))
}

fn reference_package(assets: &Assets, root: &Path, specs: &[Spec]) -> Result<Output> {
    let folder = root.join(REFERENCE_PACKAGE_FOLDER);
    let specs: Vec<&Spec> = specs
        .iter()
        .filter(|spec| REFERENCE_PROVIDERS.contains(&spec.id.as_str()))
        .collect();
    let present: Vec<_> = specs.iter().map(|spec| ProviderRef::of(spec)).collect();
    let place = python::Place::package(REFERENCE_PACKAGE);
    let plan = plan::plan(&Request {
        specs: &specs,
        present: &present,
        layout: Layout::Python(place.clone()),
    });
    let previous = Lock::read(&folder)?;
    let rendered = render::render(assets, &plan.files)?;
    let mut emission = emit::compare(&folder, &rendered, previous.as_ref(), true)?;
    if let Some(project) = &plan.project {
        emission.put(
            pyproject::FILE_NAME,
            pyproject::new_project(&place, project),
        )?;
    }
    let lock = Lock {
        layout: LockedLayout::Package,
        providers: locked(present),
        files: emission.files().clone(),
    };
    emission.put(lock::FILE_NAME, lock.to_text())?;
    Ok(Output::new(REFERENCE_PACKAGE_FOLDER, emission))
}

fn locked(present: Vec<ProviderRef>) -> BTreeMap<String, LockedProvider> {
    let provider = |provider: ProviderRef| {
        let type_prefix = provider.type_prefix;
        let spec = None;
        (provider.id, LockedProvider { type_prefix, spec })
    };
    present.into_iter().map(provider).collect()
}

/// A guide per provider and language, and the page that lists them.
fn guides(assets: &Assets, root: &Path, specs: &[Spec]) -> Result<Output> {
    let folder = root.join(GUIDES_FOLDER);
    let mut planned: Vec<_> = specs
        .iter()
        .flat_map(|spec| {
            let rust = plan::guide(spec, &sample_crate(spec));
            let mut python = guide::python(spec, &sample_package(spec));
            python.path = format!("docs/{}-python.md", spec.id);
            [rust, python].map(on_site)
        })
        .collect();
    planned.push(index(specs));
    let mut pages = render::render(assets, &planned)?;
    for page in &mut pages {
        mark(page);
    }
    let emission = emit::compare(&folder, &pages, Some(&pages_of_ours(&folder)), true)?;
    Ok(Output::new(GUIDES_FOLDER, emission))
}

/// Says where a page comes from. In a sink's folder the lock does.
fn mark(page: &mut RenderedFile) {
    if let Some(name) = page.path.strip_suffix(".md").filter(|id| *id != "README") {
        let id = name.strip_suffix("-python").unwrap_or(name);
        let line =
            format!("<!-- G{PAGE_MARK} from providers/{id}.yaml; edit that instead. -->\n\n");
        page.contents.insert_str(0, &line);
    }
}

/// The crate that the guide's quick start makes.
fn sample_crate(spec: &Spec) -> Layout {
    Layout::Crate {
        name: format!("{}-sink", spec.id),
    }
}

/// The package that the Python guide's quick start makes.
fn sample_package(spec: &Spec) -> python::Place {
    python::Place::package(&format!("{}-sink", spec.id))
}

/// `docs/loki.md` of a crate is `loki.md` here, for a reader who has no sink yet.
fn on_site(mut page: PlannedFile) -> PlannedFile {
    if let Content::Template { context, .. } = &mut page.content {
        *context = context! { is_site => true, ..context.clone() };
    }
    if let Some((_, name)) = page.path.rsplit_once('/') {
        page.path = name.to_owned();
    }
    page
}

fn index(specs: &[Spec]) -> PlannedFile {
    let rows: Vec<_> = specs
        .iter()
        .map(|spec| context! { id => &spec.id, title => guide::cell(&spec.title), summary => guide::cell(&spec.summary) })
        .collect();
    let content = Content::Template {
        asset: "guide/index.md.j2".to_owned(),
        context: context! { providers => rows },
    };
    PlannedFile {
        path: "README.md".to_owned(),
        content,
    }
}

/// Pages that we wrote, as they are: one that is no longer planned is stale. The folder has no lock
/// because a page is never edited by hand.
fn pages_of_ours(folder: &Path) -> Lock {
    let mut files = BTreeMap::new();
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
    Lock {
        layout: LockedLayout::Modules,
        providers: BTreeMap::new(),
        files,
    }
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
