//! An entry that a manifest has already: whether it can serve the sinks, and what it lacks.

use toml_edit::{Array, InlineTable, Item, Value};

use super::version::compatible;
use crate::languages::rust::dependencies::Dependency;
use crate::languages::toml_list;

/// Whether an existing entry names the same package in a version that fits.
pub(super) fn check(
    item: &Item,
    inherited: Option<&Item>,
    wanted: &Dependency,
) -> Result<(), String> {
    let source = if inherits(item) {
        inherited.unwrap_or(item)
    } else {
        item
    };
    let package = source
        .get("package")
        .and_then(Item::as_str)
        .unwrap_or(&wanted.name);
    let needed = wanted.package.as_deref().unwrap_or(&wanted.name);
    if package != needed {
        return Err(format!(
            "`{}` is the package `{package}`, the sinks need `{needed}` under this name",
            wanted.name
        ));
    }
    match version(source) {
        Some(theirs) if !compatible(theirs, &wanted.version) => Err(format!(
            "`{}` is version `{theirs}`, the sinks need `{}`",
            wanted.name, wanted.version
        )),
        // A path or git dependency has none: its owner knows what it is.
        _ => Ok(()),
    }
}

/// Whether an entry is the same package in a version that fits, whatever its name.
pub(super) fn fits(item: &Item, inherited: Option<&Item>, wanted: &Dependency) -> bool {
    let source = if inherits(item) {
        inherited.unwrap_or(item)
    } else {
        item
    };
    let needed = wanted.package.as_deref().unwrap_or(&wanted.name);
    let is_needed = source.get("package").and_then(Item::as_str) == Some(needed);
    is_needed && check(item, inherited, wanted).is_ok()
}

fn inherits(item: &Item) -> bool {
    item.get("workspace").and_then(Item::as_bool) == Some(true)
}

fn version(item: &Item) -> Option<&str> {
    item.as_str()
        .or_else(|| item.get("version").and_then(Item::as_str))
}

pub(super) fn missing_features(
    item: &Item,
    inherited: Option<&Item>,
    wanted: &Dependency,
) -> Vec<String> {
    let source = if inherits(item) { inherited } else { None };
    let present = |feature: &str| {
        [Some(item), source]
            .into_iter()
            .flatten()
            .any(|item| has_feature(item, feature))
    };
    let without_defaults = [Some(item), source]
        .into_iter()
        .flatten()
        .any(|item| item.get("default-features").and_then(Item::as_bool) == Some(false));
    let default = (wanted.default_features && without_defaults).then_some("default");
    let wanted = default
        .into_iter()
        .chain(wanted.features.iter().map(String::as_str));
    wanted
        .filter(|feature| !present(feature))
        .map(str::to_owned)
        .collect()
}

fn has_feature(item: &Item, feature: &str) -> bool {
    let features = item.get("features").and_then(Item::as_array);
    features.is_some_and(|list| list.iter().any(|value| value.as_str() == Some(feature)))
}

pub(super) fn add_features(item: &mut Item, features: &[String]) {
    if let Some(version) = item.as_str().map(str::to_owned) {
        let mut table = InlineTable::new();
        table.insert("version", version.into());
        let mut value = Value::InlineTable(table);
        if let Some(old) = item.as_value() {
            // A comment at the end of the line stays there.
            *value.decor_mut() = old.decor().clone();
        }
        *item = Item::Value(value);
    }
    if item.get("features").is_none() {
        insert_features(item);
    }
    if let Some(list) = item.get_mut("features").and_then(Item::as_array_mut) {
        for feature in features {
            toml_list::push(list, feature);
        }
    }
}

/// An empty list at the end; in `{ … }` the space before the brace moves behind it.
fn insert_features(item: &mut Item) {
    let Some(table) = item.as_inline_table_mut() else {
        item["features"] = toml_edit::value(Array::new());
        return;
    };
    if let Some((_, last)) = table.iter_mut().last() {
        last.decor_mut().set_suffix("");
    }
    table.insert("features", Value::Array(Array::new()).decorated(" ", " "));
}
