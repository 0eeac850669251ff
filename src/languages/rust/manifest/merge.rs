//! Merging dependencies into a person's manifest.

use std::fmt;

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::existing::{add_features, check, fits, missing_features};
use super::{ManifestError, entry};
use crate::languages::rust::dependencies::Dependency;

/// A merged manifest.
#[derive(Debug)]
pub struct Merged {
    /// The new text; equal to the old one when nothing was missing.
    pub text: String,
    /// What was added.
    pub additions: Vec<Addition>,
}

/// One thing added to a manifest.
#[derive(Debug, PartialEq, Eq)]
pub enum Addition {
    /// A dependency.
    Dependency {
        /// Section, as in brackets.
        section: &'static str,
        /// Name.
        name: String,
        /// The value, as TOML.
        value: String,
    },
    /// Features of a dependency that was there.
    Features {
        /// Section, as in brackets.
        section: &'static str,
        /// Name.
        name: String,
        /// The features.
        features: Vec<String>,
    },
}

impl fmt::Display for Addition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dependency {
                section,
                name,
                value,
            } => write!(f, "[{section}] {name} = {value}"),
            Self::Features {
                section,
                name,
                features,
            } => {
                write!(f, "[{section}] {name}: features {}", features.join(", "))
            }
        }
    }
}

/// Adds what is missing to `[dependencies]` and `[dev-dependencies]`.
///
/// An existing entry keeps its version. `inherited` is `[workspace.dependencies]`: an entry found
/// there is inherited instead of repeated.
///
/// # Errors
///
/// [`ManifestError`] when the text is no TOML, or names a package or a version that cannot serve
/// the sinks; all such conflicts at once.
pub fn merge(
    text: &str,
    inherited: Option<&Table>,
    dependencies: &[Dependency],
) -> Result<Merged, ManifestError> {
    let mut document: DocumentMut = text.parse().map_err(ManifestError::syntax)?;
    let mut additions = Vec::new();
    let mut conflicts = Vec::new();
    for dependency in dependencies {
        let inherited = inherited.and_then(|table| table.get(&dependency.name));
        match merge_one(&mut document, inherited, dependency) {
            Ok(addition) => additions.extend(addition),
            Err(conflict) => conflicts.push(conflict),
        }
    }
    if conflicts.is_empty() {
        Ok(Merged {
            text: document.to_string(),
            additions,
        })
    } else {
        Err(ManifestError::Conflicts(conflicts))
    }
}

fn merge_one(
    document: &mut DocumentMut,
    inherited: Option<&Item>,
    wanted: &Dependency,
) -> Result<Option<Addition>, String> {
    let section = if wanted.dev {
        "dev-dependencies"
    } else {
        "dependencies"
    };
    let from_normal = document
        .get("dependencies")
        .and_then(|table| table.get(&wanted.name));
    if wanted.dev
        && from_normal.is_some_and(|item| missing_features(item, inherited, wanted).is_empty())
    {
        return Ok(None);
    }
    let table = section_table(document, section)?;
    let Some(item) = table.get_mut(&wanted.name) else {
        refuse_other_name(table, wanted)?;
        let value = new_value(inherited, wanted);
        let shown = value.to_string().trim().to_owned();
        insert(table, &wanted.name, value);
        return Ok(Some(Addition::Dependency {
            section,
            name: wanted.name.clone(),
            value: shown,
        }));
    };
    check(item, inherited, wanted)?;
    let features = missing_features(item, inherited, wanted);
    if features.is_empty() {
        return Ok(None);
    }
    add_features(item, &features);
    Ok(Some(Addition::Features {
        section,
        name: wanted.name.clone(),
        features,
    }))
}

/// Cargo takes a package under one name only.
fn refuse_other_name(table: &dyn TableLike, wanted: &Dependency) -> Result<(), String> {
    let needed = wanted.package.as_deref().unwrap_or(&wanted.name);
    let Some((name, _)) = table.iter().find(|(_, item)| fits(item, None, wanted)) else {
        return Ok(());
    };
    Err(format!(
        "`{name}` is the package `{needed}`, the sinks need it under the name `{}`",
        wanted.name
    ))
}

fn section_table<'a>(
    document: &'a mut DocumentMut,
    section: &str,
) -> Result<&'a mut dyn TableLike, String> {
    let item = document
        .entry(section)
        .or_insert_with(|| Item::Table(Table::new()));
    item.as_table_like_mut()
        .ok_or_else(|| format!("`{section}` is not a table"))
}

/// Appends, or keeps the order where the section is sorted.
fn insert(table: &mut dyn TableLike, name: &str, value: Value) {
    let sorted = table.iter().map(|(key, _)| key).is_sorted();
    table.insert(name, Item::Value(value));
    if sorted {
        table.sort_values();
    }
}

/// Our own entry, or `workspace = true` where the workspace has one that fits.
fn new_value(inherited: Option<&Item>, wanted: &Dependency) -> Value {
    let Some(item) = inherited.filter(|item| check(item, None, wanted).is_ok()) else {
        return entry(wanted);
    };
    let mut table = InlineTable::new();
    table.insert("workspace", true.into());
    let features = missing_features(item, None, wanted);
    if !features.is_empty() {
        table.insert(
            "features",
            features
                .iter()
                .map(String::as_str)
                .collect::<Array>()
                .into(),
        );
    }
    Value::InlineTable(table)
}
