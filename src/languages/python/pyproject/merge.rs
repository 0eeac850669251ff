//! Merging requirements, extras and entry points into a person's project.

use std::fmt;

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value};

use super::versions::conflict;
use super::{GROUP, ProjectError, is_same_object, packages, poetry};
use crate::languages::python::Place;
use crate::languages::python::project::Project;
use crate::languages::toml_list;

/// A merged project.
#[derive(Debug)]
pub struct Merged {
    /// The new text; equal to the old one when nothing was missing.
    pub text: String,
    /// What was added.
    pub additions: Vec<Addition>,
    /// What is left to a person.
    pub notes: Vec<String>,
}

/// One thing added to a project.
#[derive(Debug, PartialEq, Eq)]
pub enum Addition {
    /// A requirement.
    Requirement(String),
    /// A requirement of an extra.
    Extra {
        /// Name of the extra.
        extra: String,
        /// The requirement.
        requirement: String,
    },
    /// An entry point.
    EntryPoint {
        /// Name of the plugin.
        name: String,
        /// The object.
        object: String,
    },
    /// An entry of a list.
    Listed {
        /// The list, with its table.
        list: &'static str,
        /// The entry as it is typed.
        entry: String,
    },
    /// An entry of a table.
    Set {
        /// The table.
        table: String,
        /// The entry's name.
        name: String,
        /// Its text.
        text: String,
    },
}

impl Addition {
    pub(super) fn listed(list: &'static str, entry: impl Into<Value>) -> Self {
        let entry = entry.into().to_string();
        Self::Listed { list, entry }
    }

    pub(super) fn set(table: &str, name: &str, text: &str) -> Self {
        let [table, name, text] = [table, name, text].map(str::to_owned);
        Self::Set { table, name, text }
    }
}

impl fmt::Display for Addition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Requirement(requirement) => {
                write!(f, "[project] dependencies: \"{requirement}\"")
            }
            Self::Extra { extra, requirement } => {
                write!(
                    f,
                    "[project.optional-dependencies] {extra}: \"{requirement}\""
                )
            }
            Self::EntryPoint { name, object } => {
                write!(
                    f,
                    "[project.entry-points.\"{GROUP}\"] {name} = \"{object}\""
                )
            }
            Self::Listed { list, entry } => write!(f, "{list}: {entry}"),
            Self::Set { table, name, text } => write!(f, "[{table}] {name} = \"{text}\""),
        }
    }
}

/// Adds what is missing: requirements, the entry points by which fapilog finds the sinks, and the
/// packages where the project lists those that a wheel holds.
///
/// In a project made by this program what a single sink requires goes to its extra; else all sinks'
/// requirements become the project's. A requirement of a package that is there in any version stays
/// as it is.
///
/// # Errors
///
/// [`ProjectError`] when the text is no TOML, has neither `[project]` nor `[tool.poetry]`, or gives
/// an entry point's name to something else; all conflicts at once.
pub fn merge(text: &str, project: &Project, place: &Place) -> Result<Merged, ProjectError> {
    let mut document: DocumentMut = text.parse().map_err(ProjectError::syntax)?;
    let mut additions = Vec::new();
    let mut notes = Vec::new();
    if let Some(table) = poetry::table(document.as_table_mut()) {
        poetry::add(table, project, &mut additions)?;
    } else {
        let as_extras = place.distribution.is_some();
        add_to_project(&mut document, project, as_extras, &mut additions)?;
    }
    if place.distribution.is_none() {
        packages::add(document.as_table_mut(), place, &mut additions, &mut notes);
    }
    Ok(Merged {
        text: document.to_string(),
        additions,
        notes,
    })
}

fn add_to_project(
    document: &mut DocumentMut,
    project: &Project,
    as_extras: bool,
    additions: &mut Vec<Addition>,
) -> Result<(), ProjectError> {
    let Some(table) = document
        .get_mut("project")
        .and_then(Item::as_table_like_mut)
    else {
        let line = "`pyproject.toml` has no `[project]` table to add requirements to".to_owned();
        return Err(ProjectError::Conflicts(vec![line]));
    };
    let mut conflicts = dynamic(table, as_extras);
    let requirements = if as_extras {
        project.requirements.clone()
    } else {
        wanted(project)
    };
    match array(table, "dependencies") {
        Ok(list) => {
            conflicts.extend(requirements.iter().filter_map(|it| refused(list, it)));
            let added = requirements
                .into_iter()
                .filter(|requirement| add(list, requirement));
            additions.extend(added.map(Addition::Requirement));
        }
        Err(conflict) => conflicts.push(conflict),
    }
    if as_extras {
        add_extras(table, project, additions, &mut conflicts);
    }
    add_entry_points(table, project, additions, &mut conflicts);
    if conflicts.is_empty() {
        Ok(())
    } else {
        Err(ProjectError::Conflicts(conflicts))
    }
}

/// What the build backend computes and a static entry beside it would make invalid.
fn dynamic(table: &dyn TableLike, as_extras: bool) -> Vec<String> {
    let listed = table.get("dynamic").and_then(Item::as_array);
    let listed: Vec<&str> = listed
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    ["dependencies", "optional-dependencies", "entry-points"]
        .into_iter()
        .filter(|name| listed.contains(name) && (as_extras || *name != "optional-dependencies"))
        .map(|name| format!("`project.dynamic` lists `{name}`, so nothing can be added to it here"))
        .collect()
}

/// Requirements of all sinks and of each, in one list.
pub fn wanted(project: &Project) -> Vec<String> {
    let mut all = project.requirements.clone();
    for requirement in project
        .extras
        .iter()
        .flat_map(|(_, requirements)| requirements)
    {
        if !all.contains(requirement) {
            all.push(requirement.clone());
        }
    }
    all
}

fn add_extras(
    table: &mut dyn TableLike,
    project: &Project,
    additions: &mut Vec<Addition>,
    conflicts: &mut Vec<String>,
) {
    let Some(extras) = subtable(table, "optional-dependencies") else {
        conflicts.push("`project.optional-dependencies` is not a table".to_owned());
        return;
    };
    for (extra, requirements) in &project.extras {
        match array(extras, extra) {
            Ok(list) => {
                let added = requirements
                    .iter()
                    .filter(|requirement| add(list, requirement));
                additions.extend(added.map(|requirement| Addition::Extra {
                    extra: extra.clone(),
                    requirement: requirement.clone(),
                }));
            }
            Err(conflict) => conflicts.push(conflict),
        }
    }
}

fn add_entry_points(
    table: &mut dyn TableLike,
    project: &Project,
    additions: &mut Vec<Addition>,
    conflicts: &mut Vec<String>,
) {
    let group = subtable(table, "entry-points").and_then(|points| subtable(points, GROUP));
    let Some(group) = group else {
        conflicts.push(format!("`project.entry-points.\"{GROUP}\"` is not a table"));
        return;
    };
    for (name, object) in &project.entry_points {
        match group.get(name).map(Item::as_str) {
            None => {
                group.insert(name, Item::Value(Value::from(object.as_str())));
                additions.push(Addition::EntryPoint {
                    name: name.clone(),
                    object: object.clone(),
                });
            }
            Some(Some(known)) if is_same_object(known, object) => {}
            Some(other) => conflicts.push(format!(
                "entry point `{name}` is `{}` and would have to be `{object}`",
                other.unwrap_or("something else")
            )),
        }
    }
}

/// A table within a table, made where it is missing.
pub(super) fn subtable<'a>(
    table: &'a mut dyn TableLike,
    name: &str,
) -> Option<&'a mut dyn TableLike> {
    if table.get(name).is_none() {
        let mut new = Table::new();
        // Only the tables below it get a header.
        new.set_implicit(true);
        table.insert(name, Item::Table(new));
    }
    table.get_mut(name)?.as_table_like_mut()
}

/// An array within a table, made where it is missing.
fn array<'a>(table: &'a mut dyn TableLike, name: &str) -> Result<&'a mut Array, String> {
    if table.get(name).is_none() {
        table.insert(name, Item::Value(Value::Array(Array::new())));
    }
    let found = table.get_mut(name).and_then(Item::as_array_mut);
    found.ok_or_else(|| format!("`{name}` is not a list"))
}

/// Why a requirement cannot be met beside one of a list.
fn refused(list: &Array, requirement: &str) -> Option<String> {
    let name = package(requirement);
    let mut known = list.iter().filter_map(Value::as_str);
    let known = known.find(|known| package(known) == name)?;
    conflict(known, requirement)
}

/// Adds a requirement unless its package is there; says whether it did.
fn add(list: &mut Array, requirement: &str) -> bool {
    let name = package(requirement);
    if list
        .iter()
        .filter_map(Value::as_str)
        .any(|known| package(known) == name)
    {
        return false;
    }
    toml_list::push(list, requirement);
    true
}

/// Name of the package a requirement is for, as package indexes compare names.
pub(super) fn package(requirement: &str) -> String {
    let end = requirement
        .find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)))
        .unwrap_or(requirement.len());
    requirement[..end]
        .to_ascii_lowercase()
        .replace(['_', '.'], "-")
}
