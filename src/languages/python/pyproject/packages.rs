//! Which packages a wheel holds, where a project lists them: without ours there the wheel would have
//! the entry point and not the files.

use std::path::Path;

use toml_edit::{Array, Document, InlineTable, Item, TableLike, Value};

use super::merge::{Addition, subtable};
use super::{FILE_NAME, ProjectError};
use crate::files::read_regular_text;
use crate::languages::python::Place;
use crate::languages::toml_list;

/// What a project says to setuptools has a few hundred lines.
const MAX_BYTES: usize = 1024 * 1024;

const SETUPTOOLS: &str = "[tool.setuptools] packages";
const SETUPTOOLS_FIND: &str = "[tool.setuptools.packages.find] include";
const HATCH: &str = "[tool.hatch.build.targets.wheel] packages";
const POETRY: &str = "[tool.poetry] packages";

/// Adds the package at `place` to the project's list, if it has one. What cannot be decided is a
/// note that says what to add.
pub fn add(
    document: &mut dyn TableLike,
    place: &Place,
    additions: &mut Vec<Addition>,
    notes: &mut Vec<String>,
) {
    let backend = backend(document);
    let before = (additions.len(), notes.len());
    let explicit = if backend.starts_with("setuptools") {
        setuptools(document, place, additions, notes)
    } else if backend.starts_with("hatchling") {
        hatch(document, place, additions)
    } else if backend.starts_with("poetry") {
        poetry(document, place, additions, notes)
    } else {
        false
    };
    let undecided = !explicit && before == (additions.len(), notes.len());
    let found = backend.starts_with("setuptools") && place.folder.starts_with("src/");
    if undecided && !place.package.contains('.') && !found {
        notes.push(format!(
            "`{}` lies beside the project's own modules: name both where `{FILE_NAME}` says what a wheel holds",
            place.folder
        ));
    }
}

/// What `setup.py` or `setup.cfg` has to list, where one of them lists packages and not ours.
///
/// # Errors
///
/// [`ProjectError::Syntax`].
pub fn missing_in_setup(
    root: &Path,
    manifest: &str,
    place: &Place,
) -> Result<Option<String>, ProjectError> {
    let document = Document::parse(manifest).map_err(ProjectError::syntax)?;
    let document = document.as_table();
    let setuptools = document.get("tool").and_then(|tool| tool.get("setuptools"));
    let is_said = setuptools.is_some_and(|table| table.get("packages").is_some());
    if is_said || !backend(document).starts_with("setuptools") {
        return Ok(None);
    }
    let names = names(place);
    Ok(["setup.py", "setup.cfg"].into_iter().find_map(|file| {
        // One that cannot be read lists nothing that anybody could add to.
        let text = read_regular_text(&root.join(file), MAX_BYTES).ok()?;
        let finds = ["find_packages", "find_namespace", "find:"]
            .iter()
            .any(|found| text.contains(found));
        let is_there = names.iter().all(|name| text.contains(name));
        let names = names.each_ref().map(|name| format!("`{name}`")).join(", ");
        (sets_packages(&text) && !finds && !is_there)
            .then(|| format!("add {names} to the packages that `{file}` lists"))
    }))
}

/// Whether a text has `packages =`, as a word of its own.
fn sets_packages(text: &str) -> bool {
    let mut parts = text.split("packages");
    let mut before = parts.next().unwrap_or_default();
    parts.any(|after| {
        let is_word = !before.ends_with(|c: char| c.is_alphanumeric() || "_.".contains(c));
        before = after;
        is_word && after.trim_start().starts_with('=')
    })
}

/// The package and those within it.
fn names(place: &Place) -> [String; 3] {
    let package = &place.package;
    [
        package.clone(),
        format!("{package}.cloud_sink_base"),
        format!("{package}.cloud_sink_parts"),
    ]
}

/// The build backend; that of a file that names none, which is setuptools.
fn backend(document: &dyn TableLike) -> String {
    let named = document
        .get("build-system")
        .and_then(|system| system.get("build-backend"))
        .and_then(Item::as_str);
    named.unwrap_or("setuptools").to_owned()
}

/// A table below `[tool]`, if it is there.
fn tool<'a>(document: &'a mut dyn TableLike, path: &[&str]) -> Option<&'a mut dyn TableLike> {
    let mut table = document.get_mut("tool")?.as_table_like_mut()?;
    for name in path {
        table = table.get_mut(name)?.as_table_like_mut()?;
    }
    Some(table)
}

/// Whether the project says itself which packages there are.
fn setuptools(
    document: &mut dyn TableLike,
    place: &Place,
    additions: &mut Vec<Addition>,
    notes: &mut Vec<String>,
) -> bool {
    let Some(table) = tool(document, &["setuptools"]) else {
        return false;
    };
    if table.get("packages").is_none() {
        // Modules by name: setuptools then looks for no packages.
        if table.get("py-modules").is_none() {
            return false;
        }
        table.insert("packages", Item::Value(Value::Array(Array::new())));
    }
    match table.get_mut("packages") {
        Some(Item::Value(Value::Array(list))) => {
            let missing = names(place).into_iter().filter(|name| !has(list, name));
            for name in missing.collect::<Vec<_>>() {
                toml_list::push(list, &name);
                additions.push(Addition::listed(SETUPTOOLS, name));
            }
        }
        Some(packages) => {
            let find = packages
                .as_table_like_mut()
                .and_then(|packages| subtable(packages, "find"));
            match find {
                Some(find) => found(find, place, additions, notes),
                None => notes.push(by_hand(SETUPTOOLS, place)),
            }
        }
        None => {}
    }
    true
}

/// The patterns by which setuptools finds packages.
fn found(
    find: &mut dyn TableLike,
    place: &Place,
    additions: &mut Vec<Addition>,
    notes: &mut Vec<String>,
) {
    let names = names(place);
    let matches = |list: &Array, name: &str| {
        let mut patterns = list.iter().filter_map(Value::as_str);
        patterns.any(|pattern| matches_name(pattern, name))
    };
    let root = if place.folder.starts_with("src/") {
        "src"
    } else {
        "."
    };
    let elsewhere = find
        .get("where")
        .and_then(Item::as_array)
        .is_some_and(|list| !has(list, root) && !has(list, &format!("./{root}")));
    let excluded = find
        .get("exclude")
        .and_then(Item::as_array)
        .is_some_and(|list| names.iter().any(|name| matches(list, name)));
    if elsewhere || excluded {
        notes.push(by_hand("[tool.setuptools.packages.find]", place));
    } else if let Some(list) = find.get_mut("include").and_then(Item::as_array_mut)
        && !names.iter().all(|name| matches(list, name))
    {
        let pattern = format!("{}*", place.package);
        toml_list::push(list, &pattern);
        additions.push(Addition::listed(SETUPTOOLS_FIND, pattern));
    }
}

/// Whether a shell pattern matches; the only sign in it that is known here is a `*` at its end.
fn matches_name(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => pattern == name,
    }
}

fn hatch(document: &mut dyn TableLike, place: &Place, additions: &mut Vec<Addition>) -> bool {
    let Some(table) = tool(document, &["hatch", "build", "targets", "wheel"]) else {
        return false;
    };
    let Some(list) = table.get_mut("packages").and_then(Item::as_array_mut) else {
        return false;
    };
    let holds = list
        .iter()
        .filter_map(Value::as_str)
        .any(|folder| is_within(&place.folder, folder));
    if !holds {
        toml_list::push(list, &place.folder);
        additions.push(Addition::listed(HATCH, place.folder.as_str()));
    }
    true
}

fn poetry(
    document: &mut dyn TableLike,
    place: &Place,
    additions: &mut Vec<Addition>,
    notes: &mut Vec<String>,
) -> bool {
    let Some(table) = tool(document, &["poetry"]) else {
        return false;
    };
    let Some(packages) = table.get_mut("packages") else {
        return false;
    };
    let Some(list) = packages.as_array_mut() else {
        notes.push(by_hand(POETRY, place));
        return true;
    };
    let holds = list
        .iter()
        .filter_map(Value::as_inline_table)
        .any(|package| {
            let text = |name: &str| package.get(name).and_then(Value::as_str);
            let include = text("include").unwrap_or_default();
            let folder = match text("from") {
                Some(from) => format!("{from}/{include}"),
                None => include.to_owned(),
            };
            is_within(&place.folder, &folder)
        });
    if !holds {
        let mut package = InlineTable::new();
        match place.folder.strip_prefix("src/") {
            Some(folder) => {
                package.insert("include", folder.into());
                package.insert("from", "src".into());
            }
            None => {
                package.insert("include", place.folder.as_str().into());
            }
        }
        let shown = Value::InlineTable(package);
        list.push(shown.clone());
        additions.push(Addition::listed(POETRY, shown));
    }
    true
}

/// Whether a folder is another or lies within it; the other may end in a pattern for all files.
fn is_within(folder: &str, outer: &str) -> bool {
    let outer = outer.trim_start_matches("./");
    let outer = outer.split("/*").next().unwrap_or(outer);
    let outer = outer.trim_matches('/');
    folder
        .strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn has(list: &Array, text: &str) -> bool {
    list.iter()
        .filter_map(Value::as_str)
        .any(|known| known == text)
}

fn by_hand(list: &str, place: &Place) -> String {
    let names = names(place).map(|name| format!("`{name}`")).join(", ");
    format!("{list} decides what a wheel holds: see that {names} are in it")
}
