//! A project described to Poetry alone, without `[project]`.

use toml_edit::{Item, TableLike, Value};

use super::merge::{Addition, package, subtable, wanted};
use super::versions::conflict;
use super::{GROUP, ProjectError, is_same_object};
use crate::languages::python::project::Project;

const DEPENDENCIES: &str = "tool.poetry.dependencies";

/// `[tool.poetry]`, where the project is described there and nowhere else.
pub fn table(document: &mut dyn TableLike) -> Option<&mut dyn TableLike> {
    if document.contains_key("project") {
        return None;
    }
    let tool = document.get_mut("tool")?.as_table_like_mut()?;
    tool.get_mut("poetry")?.as_table_like_mut()
}

/// Adds what is missing: requirements and entry points.
///
/// # Errors
///
/// [`ProjectError::Conflicts`] when something of another kind has a name; all of them at once.
pub fn add(
    poetry: &mut dyn TableLike,
    project: &Project,
    additions: &mut Vec<Addition>,
) -> Result<(), ProjectError> {
    let mut conflicts = Vec::new();
    match subtable(poetry, "dependencies") {
        Some(table) => {
            for requirement in wanted(project) {
                let name = package(&requirement);
                let known = table.iter().find(|(known, _)| package(known) == name);
                if let Some((known, item)) = known {
                    let version = item.as_str().or_else(|| item.get("version")?.as_str());
                    let version = version.unwrap_or_default();
                    let refused = conflict(version, &requirement);
                    conflicts.extend(refused.map(|_| {
                        format!("`{known} = \"{version}\"`, and the sinks need `{requirement}`")
                    }));
                } else {
                    let version = &requirement[name.len()..];
                    table.insert(&name, Item::Value(Value::from(version)));
                    additions.push(Addition::set(DEPENDENCIES, &name, version));
                }
            }
        }
        None => conflicts.push(format!("`{DEPENDENCIES}` is not a table")),
    }
    let plugins = format!("tool.poetry.plugins.\"{GROUP}\"");
    match subtable(poetry, "plugins").and_then(|points| subtable(points, GROUP)) {
        Some(group) => {
            for (name, object) in &project.entry_points {
                match group.get(name).map(Item::as_str) {
                    None => {
                        group.insert(name, Item::Value(Value::from(object.as_str())));
                        additions.push(Addition::set(&plugins, name, object));
                    }
                    Some(Some(known)) if is_same_object(known, object) => {}
                    Some(other) => conflicts.push(format!(
                        "plugin `{name}` is `{}` and would have to be `{object}`",
                        other.unwrap_or("something else")
                    )),
                }
            }
        }
        None => conflicts.push(format!("`{plugins}` is not a table")),
    }
    if conflicts.is_empty() {
        Ok(())
    } else {
        Err(ProjectError::Conflicts(conflicts))
    }
}
