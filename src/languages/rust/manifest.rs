//! `Cargo.toml` of an output folder: a new one, or a person's with the sinks' dependencies merged in.
//!
//! Merging keeps formatting, comments and the versions a person chose; it only adds what is missing
//! and says each thing it adds. What it cannot reconcile is an error before anything is written.

mod existing;
mod merge;
mod rename;
mod toolchain;
mod version;
mod workspace;

use std::fmt::Write as _;
use std::{error, fmt};

pub use merge::{Addition, Merged, merge};
pub use rename::{named, renamed};
use toml_edit::{Array, Document, InlineTable, Item, Value};
pub use toolchain::check as check_toolchain;
pub use workspace::{inherited_dependencies, needs_own_workspace};

use crate::diagnostics::Code;
use crate::languages::rust::dependencies::Dependency;
use crate::problem::Problem;

/// Name of the file.
pub const FILE_NAME: &str = "Cargo.toml";

/// Text of the manifest of a crate of its own.
///
/// `own_workspace` adds an empty `[workspace]` table, for a folder below a workspace that does not
/// list it: cargo refuses to build there otherwise.
#[must_use]
pub fn new_crate(name: &str, dependencies: &[Dependency], own_workspace: bool) -> String {
    let mut text = format!(
        "[package]\nname = {}\nversion = \"0.1.0\"\nedition = \"2024\"\nrust-version = \"1.89\"\npublish = false\n",
        Value::from(name)
    );
    for (section, dev) in [("dependencies", false), ("dev-dependencies", true)] {
        let mut wanted: Vec<_> = dependencies
            .iter()
            .filter(|dependency| dependency.dev == dev)
            .collect();
        wanted.sort_by(|a, b| a.name.cmp(&b.name));
        if !wanted.is_empty() {
            let _ = write!(text, "\n[{section}]\n");
        }
        for dependency in wanted {
            let _ = writeln!(text, "{} = {}", dependency.name, entry(dependency));
        }
    }
    text.push_str("\n[lints.rust]\nunsafe_code = \"forbid\"\n");
    if own_workspace {
        text.push_str("\n[workspace]\n");
    }
    text
}

/// The lines a person would add by hand.
#[must_use]
pub fn as_lines(dependencies: &[Dependency]) -> Vec<String> {
    dependencies
        .iter()
        .map(|dependency| {
            let section = if dependency.dev {
                "dev-dependencies"
            } else {
                "dependencies"
            };
            format!("[{section}] {} = {}", dependency.name, entry(dependency))
        })
        .collect()
}

/// The package's name in a manifest; absent in that of a mere workspace.
///
/// # Errors
///
/// [`ManifestError::Syntax`].
pub fn package_name(text: &str) -> Result<Option<String>, ManifestError> {
    let document = Document::parse(text).map_err(ManifestError::syntax)?;
    let name = document
        .get("package")
        .and_then(|package| package.get("name"))
        .and_then(Item::as_str);
    Ok(name.map(str::to_owned))
}

/// The value of a new dependency: a plain version where that says it all.
fn entry(dependency: &Dependency) -> Value {
    if dependency.package.is_none() && dependency.default_features && dependency.features.is_empty()
    {
        return Value::from(dependency.version.as_str());
    }
    let mut table = InlineTable::new();
    if let Some(package) = &dependency.package {
        table.insert("package", package.as_str().into());
    }
    table.insert("version", dependency.version.as_str().into());
    if !dependency.default_features {
        table.insert("default-features", false.into());
    }
    if !dependency.features.is_empty() {
        table.insert(
            "features",
            dependency
                .features
                .iter()
                .map(String::as_str)
                .collect::<Array>()
                .into(),
        );
    }
    Value::InlineTable(table)
}

/// Why dependencies cannot be merged into a manifest.
#[derive(Debug)]
pub enum ManifestError {
    /// The manifest is not TOML.
    Syntax(Box<toml_edit::TomlError>),
    /// A dependency of that name exists and cannot serve both sides, one line each.
    Conflicts(Vec<String>),
}

impl ManifestError {
    fn syntax(error: toml_edit::TomlError) -> Self {
        Self::Syntax(Box::new(error))
    }
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(_) => f.write_str("`Cargo.toml` is not TOML"),
            Self::Conflicts(conflicts) => write!(f, "`Cargo.toml`: {}", conflicts.join("; ")),
        }
    }
}

impl From<ManifestError> for Problem {
    fn from(error: ManifestError) -> Self {
        let hint = match &error {
            ManifestError::Syntax(_) => "correct it first: nothing was written",
            ManifestError::Conflicts(_) => {
                "change the entry, generate a crate of its own (`--out` a new folder), or pass `--no-deps` and add the dependencies by hand"
            }
        };
        Self::of(Code::Manifest, error).hint(hint)
    }
}

impl error::Error for ManifestError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Syntax(error) => Some(error),
            Self::Conflicts(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
