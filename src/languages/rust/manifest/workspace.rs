//! The cargo workspace around a folder.

use std::path::{Path, PathBuf};
use std::{env, fs};

use toml_edit::{Document, Item, Table};

use crate::files::read_regular_text;

/// A manifest has a few hundred lines.
const MAX_BYTES: usize = 1024 * 1024;

/// Whether a new crate in `folder` needs a workspace of its own: a folder above it is the root of
/// one that neither lists nor excludes it.
#[must_use]
pub fn needs_own_workspace(folder: &Path) -> bool {
    let Some((root, table)) = enclosing(folder) else {
        return false;
    };
    let Some(relative) = absolute(folder)
        .strip_prefix(&root)
        .ok()
        .map(Path::to_path_buf)
    else {
        return false;
    };
    let listed = patterns(&table, "members").any(|pattern| matches(&pattern, &relative));
    // Cargo ignores `exclude` below a folder that `members` names, the root (`.`) included.
    let below_member =
        patterns(&table, "members").any(|member| relative.starts_with(plain(&member)));
    let excluded = patterns(&table, "exclude").any(|path| relative.starts_with(plain(&path)));
    !listed && (below_member || !excluded)
}

/// `[workspace.dependencies]` of the workspace that the package in `folder` belongs to.
#[must_use]
pub fn inherited_dependencies(folder: &Path) -> Option<Table> {
    let own = absolute(folder);
    let (_, table) = workspace_in(&own)
        .map(|table| (own.clone(), table))
        .or_else(|| enclosing(folder))?;
    table.get("dependencies").and_then(Item::as_table).cloned()
}

/// `[workspace.package]` of the same.
#[must_use]
pub fn inherited_package(folder: &Path) -> Option<Table> {
    let own = absolute(folder);
    let table = workspace_in(&own).or_else(|| enclosing(folder).map(|(_, table)| table))?;
    table.get("package").and_then(Item::as_table).cloned()
}

/// The nearest folder above that is a workspace root, with its `[workspace]` table.
fn enclosing(folder: &Path) -> Option<(PathBuf, Table)> {
    let folder = absolute(folder);
    folder
        .ancestors()
        .skip(1)
        .find_map(|above| Some((above.to_path_buf(), workspace_in(above)?)))
}

fn workspace_in(folder: &Path) -> Option<Table> {
    // One that cannot be read is none that cargo takes.
    let text = read_regular_text(&folder.join("Cargo.toml"), MAX_BYTES).ok()?;
    let document = Document::parse(text).ok()?;
    document.get("workspace").and_then(Item::as_table).cloned()
}

/// Absolute without touching what does not exist yet.
fn absolute(folder: &Path) -> PathBuf {
    let existing = folder
        .ancestors()
        .find(|path| path.exists())
        .unwrap_or(folder);
    let rest = folder.strip_prefix(existing).unwrap_or(Path::new(""));
    let base = if existing.as_os_str().is_empty() {
        env::current_dir()
    } else {
        fs::canonicalize(existing)
    };
    base.unwrap_or_else(|_| existing.to_path_buf()).join(rest)
}

fn patterns(workspace: &Table, key: &str) -> impl Iterator<Item = String> {
    let list = workspace.get(key).and_then(Item::as_array);
    list.into_iter().flatten().filter_map(|value| {
        value
            .as_str()
            .map(|text| text.trim_start_matches("./").to_owned())
    })
}

/// `.` is the folder itself.
fn plain(path: &str) -> &str {
    if path == "." { "" } else { path }
}

/// `crates/*` against `crates/a`: a `*` stands for any text within one name.
fn matches(pattern: &str, path: &Path) -> bool {
    let names: Vec<_> = path.iter().map(|name| name.to_string_lossy()).collect();
    let parts: Vec<_> = pattern.trim_end_matches('/').split('/').collect();
    parts.len() == names.len()
        && parts
            .iter()
            .zip(&names)
            .all(|(part, name)| matches_name(part, name))
}

fn matches_name(part: &str, name: &str) -> bool {
    match part.split_once('*') {
        None => part == name,
        Some((start, end)) => {
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        }
    }
}
