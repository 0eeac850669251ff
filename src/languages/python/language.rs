//! Python among the languages.

use std::path::Path;

use super::place::{PACKAGE, SUBPACKAGE};
use super::pyproject::{self, FILE_NAME};
use super::{Place, ledger, reserved};
use crate::diagnostics::Code;
use crate::files::read_regular_text;
use crate::languages::{self, Folder, Language, LedgerEntry, Renamed};
use crate::problem::Problem;

/// A manifest of somebody's workspace has a few hundred lines.
const MAX_MANIFEST_BYTES: usize = 1024 * 1024;

/// Python.
#[derive(Debug, Clone, Copy)]
pub struct Python;

impl Language for Python {
    fn name(&self) -> &'static str {
        "python"
    }

    fn title(&self) -> &'static str {
        "Python"
    }

    fn summary(&self) -> &'static str {
        "Python, for fapilog"
    }

    fn manifest_name(&self) -> &'static str {
        FILE_NAME
    }

    fn layouts(&self) -> &'static [&'static str] {
        &[PACKAGE, SUBPACKAGE]
    }

    fn rename(&self, name: &str, providers: &[String]) -> Option<Renamed> {
        let lower = name.to_ascii_lowercase().replace('-', "_");
        let from = lower.trim_end_matches('_');
        let of_provider = || {
            let is_provider = providers.iter().any(|id| id == from);
            is_provider.then_some("the name of a provider, and its own client may have it")
        };
        let reason = reserved::reason(from).or_else(of_provider)?;
        Some(Renamed {
            from: name.to_owned(),
            to: format!("{from}_sinks"),
            reason,
        })
    }

    fn ledger_asset(&self) -> &'static str {
        ledger::ASSET
    }

    fn ledger(&self, text: &str) -> Vec<LedgerEntry> {
        ledger::read(text)
    }

    fn own_place(&self, name: &str) -> Box<dyn languages::Place> {
        Box::new(Place::package(name))
    }

    fn find_place(&self, folder: &Folder) -> Result<Box<dyn languages::Place>, Problem> {
        let (own, is_found) = match folder.manifest {
            Some(text) => {
                let name = pyproject::project_name(text)?.ok_or_else(|| no_project(folder))?;
                (Place::package(&name), true)
            }
            None => (Place::package(folder.name), false),
        };
        // A project of ours may have lost its lock.
        let is_ours = || {
            let base = folder.root.join(&own.folder).join("cloud_sink_base");
            !is_found || base.is_dir()
        };
        let is_own = folder
            .layout
            .map_or_else(is_ours, |layout| layout == PACKAGE);
        Ok(Box::new(if is_own {
            own
        } else {
            within(folder.root, &own.package)
        }))
    }

    fn after_change(&self, root: &Path) -> Vec<String> {
        let locks = [
            ("uv.lock", "uv lock"),
            ("poetry.lock", "poetry lock"),
            ("pdm.lock", "pdm lock"),
        ];
        let there = locks
            .into_iter()
            .filter(|(file, _)| root.join(file).is_file());
        let notes = there
            .map(|(file, command)| format!("`{file}` is of before this change: run `{command}`"));
        let of_workspace = shares_a_lock(root).then(|| {
            "`uv.lock` of the workspace is of before this change: run `uv lock`".to_owned()
        });
        notes.chain(of_workspace).collect()
    }
}

/// Whether a folder above is a uv workspace with a lock file, which its members share.
fn shares_a_lock(root: &Path) -> bool {
    let Ok(root) = root.canonicalize() else {
        return false;
    };
    root.ancestors().skip(1).any(|folder| {
        let manifest = folder.join(pyproject::FILE_NAME);
        // One that cannot be read is no workspace that uv could use.
        let text = || read_regular_text(&manifest, MAX_MANIFEST_BYTES).unwrap_or_default();
        folder.join("uv.lock").is_file() && pyproject::is_workspace(&text())
    })
}

/// The package `sinks` within somebody's package; beside it where there is none of that name.
fn within(root: &Path, package: &str) -> Place {
    let source = if root.join("src").is_dir() {
        "src/"
    } else {
        ""
    };
    let parents = [format!("src/{package}"), package.to_owned()];
    let found = parents
        .into_iter()
        .find(|folder| root.join(folder).is_dir());
    let (folder, package) = match found {
        Some(folder) => (format!("{folder}/sinks"), format!("{package}.sinks")),
        None => (format!("{source}cloud_sinks"), "cloud_sinks".to_owned()),
    };
    Place {
        folder,
        package,
        distribution: None,
    }
}

fn no_project(folder: &Folder) -> Problem {
    Problem::new(
        Code::Project,
        format!(
            "`{}` has no `[project]` or `[tool.poetry]` with a name",
            folder.root.join(FILE_NAME).display()
        ),
    )
    .hint("name the folder of a project, or a new folder for a project of its own")
}
