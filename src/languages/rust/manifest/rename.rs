//! Names of crates where a person's manifest has theirs for something else.

use toml_edit::{Document, Item, Table};

use super::ManifestError;
use super::existing::{check, fits};
use crate::languages::rust::dependencies::Dependency;

/// Crates whose macros name them: under another name their code does not compile.
const FIXED: [&str; 2] = ["serde", "tokio"];

/// The dependencies, each under the name that it can have in a manifest: its own; that of an entry that
/// is the same package; or one with its version, beside an entry that the sinks cannot use.
///
/// # Errors
///
/// [`ManifestError::Syntax`].
pub fn named(
    text: &str,
    inherited: Option<&Table>,
    dependencies: &[Dependency],
) -> Result<Vec<Dependency>, ManifestError> {
    let document = Document::parse(text).map_err(ManifestError::syntax)?;
    let table = document.get("dependencies");
    let one = |dependency: &Dependency| {
        let name = name(table, inherited, dependency);
        let mut named = dependency.clone();
        if name != dependency.name {
            named.package = Some(package(dependency).to_owned());
            named.name = name;
        }
        named
    };
    Ok(dependencies.iter().map(one).collect())
}

fn package(wanted: &Dependency) -> &str {
    wanted.package.as_deref().unwrap_or(&wanted.name)
}

fn name(table: Option<&Item>, inherited: Option<&Table>, wanted: &Dependency) -> String {
    let own = wanted.name.clone();
    let Some(table) = table.and_then(Item::as_table_like) else {
        return own;
    };
    if FIXED.contains(&own.as_str()) {
        return own;
    }
    let from_workspace = |name: &str| inherited.and_then(|table| table.get(name));
    match table.get(&own) {
        Some(item) if check(item, from_workspace(&own), wanted).is_ok() => return own,
        None => {
            let mut others = table.iter();
            let other = others.find(|(name, item)| fits(item, from_workspace(name), wanted));
            return other.map_or(own, |(name, _)| name.to_owned());
        }
        Some(_) => {}
    }
    let version = wanted.version.replace(['.', '-', '+'], "_");
    format!("{}_{version}", own.replace('-', "_"))
}

/// The paths of code that begin otherwise: a crate as the templates call it, and as it is called here.
#[must_use]
pub fn renamed(before: &[Dependency], after: &[Dependency]) -> Vec<(String, String)> {
    let pairs = before.iter().zip(after);
    let pairs = pairs.filter(|(before, after)| before.name != after.name);
    let ident = |it: &Dependency| it.name.replace('-', "_");
    pairs
        .map(|(before, after)| (ident(before), ident(after)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::languages::rust::manifest::merge;

    fn wanted(name: &str, version: &str) -> Dependency {
        Dependency {
            name: name.to_owned(),
            dev: false,
            version: version.to_owned(),
            package: None,
            default_features: true,
            features: Vec::new(),
        }
    }

    fn merged(text: &str, wanted: &[Dependency]) -> (String, Vec<(String, String)>) {
        let named = named(text, None, wanted).unwrap();
        let text = merge(text, None, &named).unwrap().text;
        (text, renamed(wanted, &named))
    }

    fn pair(from: &str, to: &str) -> (String, String) {
        (from.to_owned(), to.to_owned())
    }

    #[test]
    fn another_version_leads_to_another_name() {
        let all = [wanted("base64", "0.23"), wanted("serde-saphyr", "2")];
        let before = "[dependencies]\nbase64 = \"0.13\"\nserde-saphyr = \"0.1\"\n";

        let (text, renames) = merged(before, &all);

        assert_eq!(
            "[dependencies]\nbase64 = \"0.13\"\nbase64_0_23 = { package = \"base64\", version = \"0.23\" }\nserde-saphyr = \"0.1\"\nserde_saphyr_2 = { package = \"serde-saphyr\", version = \"2\" }\n",
            text
        );
        assert_eq!(
            [
                pair("base64", "base64_0_23"),
                pair("serde_saphyr", "serde_saphyr_2")
            ],
            *renames
        );
        assert_eq!((text.clone(), renames), merged(&text, &all));
    }

    #[test]
    fn the_same_package_under_another_name_is_used_as_it_is() {
        let before =
            "[dependencies]\nhttp_client = { package = \"reqwest\", version = \"0.13.1\" }\n";

        let (text, renames) = merged(before, &[wanted("reqwest", "0.13")]);

        assert_eq!(before, text);
        assert_eq!([pair("reqwest", "http_client")], *renames);
    }

    #[test]
    fn an_older_one_under_another_name_is_in_nobodys_way() {
        let before = "[dependencies]\nold = { package = \"reqwest\", version = \"0.11\" }\n";

        let (text, renames) = merged(before, &[wanted("reqwest", "0.13")]);

        assert_eq!(format!("{before}reqwest = \"0.13\"\n"), text);
        assert!(renames.is_empty());
    }

    #[test]
    fn what_macros_name_is_not_renamed() {
        let before = "[dependencies]\ntokio = \"0.2\"\n";

        let named = named(before, None, &[wanted("tokio", "1")]).unwrap();

        assert!(merge(before, None, &named).is_err());
    }
}
