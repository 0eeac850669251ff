//! Where generated Python lies: a project of its own, or a package of somebody's.

use std::path::Path;

use minijinja::context;

use super::{Python, example, project, pyproject};
use crate::languages::common::names::snake;
use crate::languages::{
    self, Bench, GuideWords, Language, Manifest, PlannedFile, Program, Standing,
};
use crate::problem::Problem;
use crate::sink::Sink;

/// A project of its own in a lock.
pub const PACKAGE: &str = "package";
/// A package of somebody's project in a lock.
pub const SUBPACKAGE: &str = "subpackage";

/// Where the files of a package lie and how they are imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Folder of the package: `cloud_sinks`, `src/shop/sinks`.
    pub folder: String,
    /// The package as it is imported: `cloud_sinks`, `shop.sinks`.
    pub package: String,
    /// Name of the project that has an extra for each sink; `None` where the project existed
    /// before, which then requires what the sinks need.
    pub distribution: Option<String>,
}

impl Place {
    /// A package of its own, in a project of the same name.
    #[must_use]
    pub fn package(name: &str) -> Self {
        let package = snake(name);
        let package = package.trim_end_matches('_').to_owned();
        let distribution = Some(package.replace('_', "-"));
        Self {
            folder: package.clone(),
            package,
            distribution,
        }
    }

    /// What to give to `pip install`.
    #[must_use]
    pub fn installs(&self, sink: &Sink) -> String {
        match &self.distribution {
            Some(name) => format!("{name}[{}]", sink.id),
            None => project::modules(sink).join(" "),
        }
    }

    /// Folder of the tests.
    #[must_use]
    pub fn tests(&self) -> &'static str {
        if self.distribution.is_some() {
            "tests"
        } else {
            "tests/sinks"
        }
    }
}

impl languages::Place for Place {
    fn language(&self) -> &'static dyn Language {
        &Python
    }

    fn layout(&self) -> &'static str {
        if self.is_own() { PACKAGE } else { SUBPACKAGE }
    }

    fn is_own(&self) -> bool {
        self.distribution.is_some()
    }

    fn description(&self) -> &'static str {
        if self.is_own() {
            "a Python project of its own"
        } else {
            "a package of this Python project"
        }
    }

    fn files(&self, sinks: &[&Sink]) -> Vec<PlannedFile> {
        super::files(sinks, self)
    }

    fn guide(&self, sink: &Sink) -> GuideWords {
        let plugin = sink.python_plugin.clone();
        let plugin_key = plugin.replace('-', "_");
        GuideWords {
            asset: "guide/python.md.j2",
            words: context! {
                package => self.package.as_str(),
                install => if self.is_own() { format!("'.[{}]'", sink.id) } else { "-e .".to_owned() },
                plugin,
                plugin_upper => plugin_key.to_uppercase(),
                plugin_key,
            },
        }
    }

    fn manifest(&self, sinks: &[&Sink], standing: &Standing) -> Result<Manifest, Problem> {
        let project = project::of(sinks, self);
        let Some(text) = standing.text else {
            return Ok(Manifest::new(pyproject::new_project(self, &project)));
        };
        let in_setup = if self.is_own() {
            None
        } else {
            pyproject::missing_in_setup(standing.root, text, self)?
        };
        let mut manifest = if standing.leave_alone {
            let (left_to_do, notes) = pyproject::as_lines(text, &project, self)?;
            Manifest {
                left_to_do,
                notes,
                ..Manifest::default()
            }
        } else {
            let merged = pyproject::merge(text, &project, self)?;
            let additions = merged.additions.iter().map(ToString::to_string).collect();
            Manifest {
                notes: merged.notes,
                ..Manifest::merged(text, merged.text, additions)
            }
        };
        manifest.notes.extend(in_setup);
        Ok(manifest)
    }

    fn check_language(&self, standing: &Standing) -> Result<(), Problem> {
        standing.text.map_or(Ok(()), pyproject::check_python)
    }

    fn undeclared(&self, _root: &Path, _files: &[&str], _kept: &[&str]) -> Vec<String> {
        Vec::new()
    }

    fn checks(&self, root: &Path, sink: &Sink) -> Vec<String> {
        let lines = if self.is_own() {
            let install = format!("pip install -e '.[{}]' pytest", sink.id);
            return vec![install, "pytest".to_owned()];
        } else if root.join("uv.lock").is_file() {
            ["uv sync", "uv run --with pytest pytest"]
        } else if root.join("poetry.lock").is_file() {
            ["poetry install", "poetry run python -m pytest"]
        } else {
            ["pip install -e . pytest", "pytest"]
        };
        lines.map(str::to_owned).to_vec()
    }

    fn example(&self, sink: &Sink) -> Option<String> {
        self.is_own()
            .then(|| format!("python examples/{}_ndjson.py < events.ndjson", sink.id))
    }

    fn build_example(&self, sink: &Sink, bench: &mut Bench) -> Result<Program, Problem> {
        example::build(sink, bench)
    }
}
