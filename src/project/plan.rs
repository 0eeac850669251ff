//! Which files a request needs, as data: no file is read or written here.

use std::fmt;

use minijinja::Value;

use crate::docs::guide as guide_page;
use crate::languages::python::{self, Place, project::Project};
use crate::languages::rust;
use crate::spec::model::Spec;

/// A language sinks are generated in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// Rust.
    Rust,
    /// Python, for fapilog.
    Python,
}

/// Where the generated files lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// A crate of its own: `src/lib.rs`.
    Crate {
        /// Name of the crate.
        name: String,
    },
    /// Modules of an existing crate: `src/sinks/mod.rs`.
    Modules,
    /// A Python package.
    Python(Place),
}

/// A provider as far as the files shared by all providers need to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRef {
    /// Its id, which is its module's name.
    pub id: String,
    /// Prefix of its type names.
    pub type_prefix: String,
}

impl ProviderRef {
    /// The reference to a spec.
    #[must_use]
    pub fn of(spec: &Spec) -> Self {
        Self {
            id: spec.id.clone(),
            type_prefix: spec.type_prefix(),
        }
    }
}

/// What to generate.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Providers to write.
    pub specs: &'a [&'a Spec],
    /// Every provider the output folder will have, those of `specs` included.
    pub present: &'a [ProviderRef],
    /// Where the files lie.
    pub layout: Layout,
}

/// One file to be.
#[derive(Debug, Clone)]
pub struct PlannedFile {
    /// Relative to the output folder, `/` separated.
    pub path: String,
    /// Where its text comes from.
    pub content: Content,
}

/// Where a file's text comes from.
#[derive(Debug, Clone)]
pub enum Content {
    /// A file below `templates/`, copied as it is.
    Verbatim {
        /// Path below `templates/`.
        asset: String,
    },
    /// A template below `templates/` and what fills its holes.
    Template {
        /// Path below `templates/`.
        asset: String,
        /// Values of the holes.
        context: Value,
    },
}

/// A crate the generated code needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Name in the manifest.
    pub name: String,
    /// Needed by tests only.
    pub dev: bool,
    /// Version requirement.
    pub version: String,
    /// Package name where it differs from `name`.
    pub package: Option<String>,
    /// Whether default features stay on.
    pub default_features: bool,
    /// Features.
    pub features: Vec<String>,
}

impl fmt::Display for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}

/// Everything a request comes to.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Files, sorted by path.
    pub files: Vec<PlannedFile>,
    /// Crates they need, sorted by name.
    pub dependencies: Vec<Dependency>,
    /// The line to add to the existing crate's root.
    pub module_line: Option<String>,
    /// What a `pyproject.toml` needs.
    pub project: Option<Project>,
}

/// Decides which files `request` needs.
#[must_use]
pub fn plan(request: &Request) -> Plan {
    let mut plan = match &request.layout {
        Layout::Python(place) => Plan {
            files: python::files(request, place),
            dependencies: Vec::new(),
            module_line: None,
            project: Some(python::project::of(request.specs, place)),
        },
        layout => Plan {
            files: rust::files(request),
            dependencies: rust::dependencies::of(request.specs),
            module_line: matches!(layout, Layout::Modules).then(|| "mod sinks;".to_owned()),
            project: None,
        },
    };
    plan.files.sort_by(|a, b| a.path.cmp(&b.path));
    plan
}

/// The guide of one provider, as the code lies that it shows.
#[must_use]
pub fn guide(spec: &Spec, layout: &Layout) -> PlannedFile {
    PlannedFile {
        path: format!("docs/{}.md", spec.id),
        content: Content::Template {
            asset: "guide/provider.md.j2".to_owned(),
            context: guide_page::context(spec, layout),
        },
    }
}
