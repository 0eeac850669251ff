//! Rust among the languages.

use super::manifest::{self, FILE_NAME};
use super::place::{CRATE, MODULES};
use super::{Place, ledger, names};
use crate::diagnostics::Code;
use crate::languages::{self, Folder, Language, LedgerEntry, Renamed};
use crate::problem::Problem;

/// Rust.
#[derive(Debug, Clone, Copy)]
pub struct Rust;

impl Language for Rust {
    fn name(&self) -> &'static str {
        "rust"
    }

    fn title(&self) -> &'static str {
        "Rust"
    }

    fn summary(&self) -> &'static str {
        "Rust"
    }

    fn manifest_name(&self) -> &'static str {
        FILE_NAME
    }

    fn layouts(&self) -> &'static [&'static str] {
        &[CRATE, MODULES]
    }

    fn rename(&self, name: &str, _providers: &[String]) -> Option<Renamed> {
        let lower = name.to_ascii_lowercase().replace('-', "_");
        let from = lower.trim_end_matches('_');
        names::reserved(from).map(|reason| Renamed {
            from: name.to_owned(),
            to: format!("{}-sinks", from.replace('_', "-")),
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
        Box::new(Place::Crate {
            name: name.to_owned(),
        })
    }

    fn find_place(&self, folder: &Folder) -> Result<Box<dyn languages::Place>, Problem> {
        let Some(text) = folder.manifest else {
            return Ok(match folder.layout {
                Some(MODULES) => Box::new(Place::Modules),
                _ => self.own_place(folder.name),
            });
        };
        let name = manifest::package_name(text)?.ok_or_else(|| no_package(folder))?;
        // A crate of ours may have lost its lock.
        let is_ours = || folder.root.join("src/cloud_sink_base").is_dir();
        let is_crate = folder.layout.map_or_else(is_ours, |layout| layout == CRATE);
        Ok(if is_crate {
            Box::new(Place::Crate { name })
        } else {
            Box::new(Place::Modules)
        })
    }
}

fn no_package(folder: &Folder) -> Problem {
    Problem::new(
        Code::Project,
        format!(
            "`{}` has no `[package]`: it is a workspace",
            folder.root.join(FILE_NAME).display()
        ),
    )
    .hint("name the folder of one of its packages, or a new folder for a crate of its own")
}
