//! Whether the Rust of a person's crate is one that compiles the sinks.

use std::path::Path;

use toml_edit::{Document, Item, Table};

use super::workspace::inherited_package;
use crate::diagnostics::Code;
use crate::problem::Problem;

/// Editions that compile them; both are tested.
const EDITIONS: [&str; 2] = ["2021", "2024"];
/// The oldest Rust that does.
pub const OLDEST: (u64, u64) = (1, 89);

/// Refuses a crate whose edition or `rust-version` is too old.
///
/// # Errors
///
/// It is; says why and what to do.
pub fn check(root: &Path, text: &str) -> Result<(), Problem> {
    let Ok(document) = Document::parse(text) else {
        // Merging says what is wrong with it.
        return Ok(());
    };
    let Some(package) = document.get("package") else {
        return Ok(());
    };
    let inherited = inherited_package(root);
    let value = |key: &str| value(package, inherited.as_ref(), key);
    // Without the key it is the first one, of 2015.
    let edition = value("edition").unwrap_or_else(|| "2015".to_owned());
    if edition.parse().is_ok_and(|year: u32| year < 2021) {
        return Err(Problem::new(Code::Project, format!(
            "`Cargo.toml` says edition {edition}, and the sinks need {}",
            EDITIONS.join(" or ")
        ))
        .hint("`cargo fix --edition` moves a crate on; or generate a crate of its own: `--out` a new folder. Nothing was written"));
    }
    let Some(version) = value("rust-version") else {
        return Ok(());
    };
    if version_of(&version).is_some_and(|version| version < OLDEST) {
        let (major, minor) = OLDEST;
        return Err(Problem::new(Code::Project, format!(
            "`Cargo.toml` says rust-version {version}, and the sinks need {major}.{minor}"
        ))
        .hint("raise it, if your users have a newer Rust; or generate a crate of its own: `--out` a new folder. Nothing was written"));
    }
    Ok(())
}

/// A key of the package, or of the workspace where it is inherited.
fn value(package: &Item, inherited: Option<&Table>, key: &str) -> Option<String> {
    let item = package.get(key)?;
    let is_inherited = item.get("workspace").and_then(Item::as_bool) == Some(true);
    let item = if is_inherited {
        inherited?.get(key)?
    } else {
        item
    };
    item.as_str().map(str::to_owned)
}

/// Major and minor: what a `rust-version` is compared by.
fn version_of(text: &str) -> Option<(u64, u64)> {
    let mut numbers = text.trim().split('.');
    let major = numbers.next()?.parse().ok()?;
    let minor = numbers.next().map_or(Some(0), |minor| minor.parse().ok())?;
    Some((major, minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(keys: &str) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("[package]\nname = \"app\"\n{keys}\n");
        check(folder.path(), &text)
            .err()
            .map(|problem| problem.message)
    }

    #[test]
    fn what_is_too_old_is_refused_with_the_reason() {
        assert_eq!(None, message("edition = \"2021\""));
        assert_eq!(None, message("edition = \"2024\"\nrust-version = \"1.89\""));
        assert_eq!(
            None,
            message("edition = \"2024\"\nrust-version = \"1.90.1\"")
        );
        assert_eq!(
            Some("`Cargo.toml` says edition 2018, and the sinks need 2021 or 2024".to_owned()),
            message("edition = \"2018\"")
        );
        assert_eq!(
            Some("`Cargo.toml` says edition 2015, and the sinks need 2021 or 2024".to_owned()),
            message("")
        );
        assert_eq!(
            Some("`Cargo.toml` says rust-version 1.87.0, and the sinks need 1.89".to_owned()),
            message("edition = \"2021\"\nrust-version = \"1.87.0\"")
        );
    }

    #[test]
    fn what_is_inherited_is_looked_up_in_the_workspace() {
        let folder = tempfile::tempdir().unwrap();
        let workspace =
            "[workspace]\nmembers = [\"app\"]\n[workspace.package]\nedition = \"2018\"\n";
        std::fs::write(folder.path().join("Cargo.toml"), workspace).unwrap();
        let app = folder.path().join("app");
        std::fs::create_dir(&app).unwrap();

        let problem = check(
            &app,
            "[package]\nname = \"app\"\nedition.workspace = true\n",
        )
        .unwrap_err();

        assert!(
            problem.message.contains("edition 2018"),
            "{}",
            problem.message
        );
    }
}
