//! `pyproject.toml` of an output folder: a new one, or a person's with what the sinks need merged in.
//!
//! Merging keeps formatting, comments and the versions a person chose; it only adds what is missing
//! and says each thing it adds. What it cannot reconcile is an error before anything is written.

mod merge;
mod packages;
mod poetry;
#[cfg(test)]
mod tests;
mod versions;

use std::fmt::Write as _;
use std::{error, fmt};

use toml_edit::{Array, Document, DocumentMut, Item, Table, Value};

pub use merge::{Addition, Merged, merge};
pub use packages::missing_in_setup;
pub use versions::check_python;

use crate::diagnostics::Code;
use crate::languages::python::{Place, project::Project};
use crate::problem::Problem;

/// Name of the file.
pub const FILE_NAME: &str = "pyproject.toml";

/// The group of entry points in which fapilog finds sinks.
const GROUP: &str = "fapilog.sinks";

/// The checks of a project of its own. The runtime's remarks to linters name rules of this list.
const CHECKS: &str = r#"
[tool.mypy]
strict = true
python_version = "3.10"
PACKAGES
[tool.pytest.ini_options]
testpaths = ["tests"]

[tool.ruff]
line-length = 100
target-version = "py310"
src = [".", "tests"]

[tool.ruff.lint]
select = [
  "A", "ANN", "ARG", "ASYNC", "B", "BLE", "C4", "C90", "D", "DTZ", "E", "EM", "F", "FA", "FLY", "FURB",
  "G", "I", "ICN", "INP", "INT", "ISC", "LOG", "N", "PERF", "PGH", "PIE", "PL", "PT", "PTH", "PYI", "Q", "RET",
  "RSE", "RUF", "S", "SIM", "SLF", "SLOT", "T10", "T20", "TRY", "UP", "W", "YTT",
]
ignore = [
  "D203", "D212",  # the other style of each pair
  "D105", "D107",  # magic methods say what they do by their name
  "D413",          # no blank line at the end of a docstring
  "RUF001", "RUF002", "RUF003",  # the vendors' words are meant
]

[tool.ruff.lint.per-file-ignores]
"examples/**" = ["INP001", "T201"]
"tests/**" = ["D", "E501", "INP001", "N802", "PLR2004", "S101", "SLF001"]
"*_transport.py" = ["PLR2004"]  # statuses are the subject there
# A provider's texts may be longer than a line, and its records have as many members as they have.
"_*_{config,encoder,transport}.py" = ["C901", "D400", "D404", "D415", "E501", "PLR0912", "PLR0915", "S105"]
"*_sink.py" = ["D400", "D404", "D415", "E501"]

# A flat match over answers or outcomes is easier to read than what a lower bound would make of it.
[tool.ruff.lint.mccabe]
max-complexity = 40

[tool.ruff.lint.pylint]
max-branches = 40
max-positional-args = 8
max-returns = 40
"#;

/// Text of the manifest of a project of its own.
#[must_use]
pub fn new_project(place: &Place, project: &Project) -> String {
    let name = place.distribution.as_deref().unwrap_or(&place.package);
    let mut text = format!(
        "[project]\nname = {}\nversion = \"0.1.0\"\ndescription = \"Sinks that ship fapilog's events to log providers\"\n\
         readme = \"README.md\"\nrequires-python = \">=3.10\"\ndependencies = {}\n\n[project.optional-dependencies]\n",
        Value::from(name),
        list(&project.requirements)
    );
    for (extra, requirements) in &project.extras {
        let _ = writeln!(text, "{extra} = {}", list(requirements));
    }
    let _ = writeln!(text, "\n[project.entry-points.\"{GROUP}\"]");
    for (name, object) in &project.entry_points {
        let _ = writeln!(text, "{name} = {}", Value::from(object.as_str()));
    }
    let _ = write!(
        text,
        "\n[dependency-groups]\ndev = {}\n\n\
         [build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n\n\
         [tool.hatch.build.targets.wheel]\npackages = [{}]\n",
        list(&project.dev),
        Value::from(place.folder.as_str())
    );
    let packages = format!(
        "mypy_path = [\"tests\"]\nfiles = [{}, \"examples\", \"tests\"]\n",
        Value::from(place.folder.as_str())
    );
    text + &CHECKS.replace("PACKAGES\n", &format!("{packages}\n"))
}

/// The lines a person would add by hand: every requirement and entry point, and the packages that
/// are missing in a list; and what else is left.
///
/// # Errors
///
/// [`ProjectError::Syntax`].
pub fn as_lines(
    text: &str,
    project: &Project,
    place: &Place,
) -> Result<(Vec<String>, Vec<String>), ProjectError> {
    let mut document: DocumentMut = text.parse().map_err(ProjectError::syntax)?;
    let mut additions = Vec::new();
    if poetry::table(document.as_table_mut()).is_some() {
        poetry::add(&mut Table::new(), project, &mut additions)?;
    } else {
        let requirements = merge::wanted(project).into_iter();
        additions.extend(requirements.map(Addition::Requirement));
        let points = project.entry_points.iter().cloned();
        additions.extend(points.map(|(name, object)| Addition::EntryPoint { name, object }));
    }
    let mut notes = Vec::new();
    if place.distribution.is_none() {
        packages::add(document.as_table_mut(), place, &mut additions, &mut notes);
    }
    let lines = additions.iter().map(ToString::to_string).collect();
    Ok((lines, notes))
}

/// The project's name, as `[project]` or `[tool.poetry]` has it; absent where the file only
/// configures tools.
///
/// # Errors
///
/// [`ProjectError::Syntax`].
pub fn project_name(text: &str) -> Result<Option<String>, ProjectError> {
    let document = Document::parse(text).map_err(ProjectError::syntax)?;
    let poetry = || document.get("tool").and_then(|tool| tool.get("poetry"));
    let name = document
        .get("project")
        .or_else(poetry)
        .and_then(|project| project.get("name"))
        .and_then(Item::as_str);
    Ok(name.map(str::to_owned))
}

/// Whether a file is that of a uv workspace.
#[must_use]
pub fn is_workspace(text: &str) -> bool {
    let document = Document::parse(text).ok();
    document.is_some_and(|document| {
        let uv = document.get("tool").and_then(|tool| tool.get("uv"));
        uv.is_some_and(|uv| uv.get("workspace").is_some())
    })
}

fn list(items: &[String]) -> Value {
    Value::Array(items.iter().map(String::as_str).collect::<Array>())
}

/// Whether an entry point is the object that is needed, wherever a person has moved its package.
fn is_same_object(known: &str, object: &str) -> bool {
    let tail = |text: &str| text.rsplit('.').next().map(str::to_owned);
    tail(known) == tail(object)
}

/// Why a project cannot take the sinks.
#[derive(Debug)]
pub enum ProjectError {
    /// The file is not TOML.
    Syntax(Box<toml_edit::TomlError>),
    /// What is there cannot be added to, one line each.
    Conflicts(Vec<String>),
}

impl ProjectError {
    fn syntax(error: toml_edit::TomlError) -> Self {
        Self::Syntax(Box::new(error))
    }
}

impl fmt::Display for ProjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(_) => f.write_str("`pyproject.toml` is not TOML"),
            Self::Conflicts(lines) => f.write_str(&lines.join("\n")),
        }
    }
}

impl From<ProjectError> for Problem {
    fn from(error: ProjectError) -> Self {
        let hint = match &error {
            ProjectError::Syntax(_) => "correct it first: nothing was written",
            ProjectError::Conflicts(_) => {
                "change the entry, generate a project of its own (`--out` a new folder), or pass `--no-deps` and add what is missing by hand"
            }
        };
        Self::of(Code::Manifest, error).hint(hint)
    }
}

impl error::Error for ProjectError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Syntax(error) => Some(error),
            Self::Conflicts(_) => None,
        }
    }
}
