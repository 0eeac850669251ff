//! The languages sinks are generated in: a room for each, behind one trait.
//!
//! What a language owes is what [`Language`] and [`Place`] ask. Whoever works with sinks asks them and
//! names no language; a new one is a folder here and a line in [`ALL`].

use std::fmt;
use std::path::Path;

pub mod common;
mod file;
mod ledger;
mod manifest;
mod place;
mod program;
#[expect(
    clippy::format_push_string,
    clippy::format_collect,
    reason = "short texts, written once; `write!` would hide the shape of the output"
)]
pub mod python;
mod renames;
#[expect(
    clippy::format_push_string,
    clippy::format_collect,
    reason = "short texts, written once; `write!` would hide the shape of the output"
)]
pub mod rust;
mod toml_list;

pub use file::{Content, PlannedFile};
pub use ledger::{Entry as LedgerEntry, Kind as LedgerKind};
pub use manifest::{Manifest, Standing};
pub use place::{Folder, GuideWords, Place};
pub use program::{Bench, Program};
pub use renames::Renames;

use crate::problem::Problem;

/// Every language. The first is what a folder gets that speaks for none.
pub static ALL: [&dyn Language; 2] = [&rust::Rust, &python::Python];

/// A function that templates may use as a filter: its name, and what it makes of a text.
pub type Filter = (&'static str, fn(&str) -> String);

/// A language sinks are generated in.
pub trait Language: fmt::Debug + Sync {
    /// Its name on the command line and in folders.
    fn name(&self) -> &'static str;

    /// Its name in a sentence.
    fn title(&self) -> &'static str;

    /// One line about it for a command's help.
    fn summary(&self) -> &'static str;

    /// Name of the file that a project of this language has in its folder.
    fn manifest_name(&self) -> &'static str;

    /// The words by which a lock says how files lie; no two languages have one in common.
    fn layouts(&self) -> &'static [&'static str];

    /// Why a new project cannot have a name, and which it can; `providers` are the ids there are.
    fn rename(&self, name: &str, providers: &[String]) -> Option<Renamed>;

    /// A project of its own.
    fn own_place(&self, name: &str) -> Box<dyn Place>;

    /// Where files lie in a folder as it is found.
    ///
    /// # Errors
    ///
    /// The manifest cannot be read, or is none of a project.
    fn find_place(&self, folder: &Folder) -> Result<Box<dyn Place>, Problem>;

    /// The file of its runtime that says what a sink counts, below `templates/`.
    fn ledger_asset(&self) -> &'static str;

    /// The counters and reasons in the text of that file, with what is said about them there.
    fn ledger(&self, text: &str) -> Vec<LedgerEntry>;

    /// What a changed manifest of a person's leaves to do, a line each.
    fn after_change(&self, _root: &Path) -> Vec<String> {
        Vec::new()
    }

    /// What its templates use besides the holes.
    fn filters(&self) -> &'static [Filter] {
        &[]
    }
}

/// A name that was taken, and what stands in its place.
#[derive(Debug)]
pub struct Renamed {
    /// The folder's.
    pub from: String,
    /// The new one.
    pub to: String,
    /// What else has it.
    pub reason: &'static str,
}

/// The language that a folder gets when nothing speaks for another.
#[must_use]
pub fn default() -> &'static dyn Language {
    ALL[0]
}

/// The language of a name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static dyn Language> {
    ALL.into_iter().find(|language| language.name() == name)
}

/// The language of files that lie as a lock says.
#[must_use]
pub fn by_layout(layout: &str) -> Option<&'static dyn Language> {
    ALL.into_iter()
        .find(|language| language.layouts().contains(&layout))
}

/// A name for what several languages have one of: that of the default one is `name` alone.
#[must_use]
pub fn suffixed(name: &str, language: &dyn Language) -> String {
    if language.name() == default().name() {
        name.to_owned()
    } else {
        format!("{name}-{}", language.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_layouts_lead_to_one_language() {
        for language in ALL {
            let named = by_name(language.name()).expect("a language");
            assert_eq!(named.name(), language.name());
            for layout in language.layouts() {
                let laid_out = by_layout(layout).expect("a language");
                assert_eq!(laid_out.name(), language.name());
            }
        }
    }

    #[test]
    fn a_place_of_its_own_lies_as_one_of_the_layouts_says() {
        for language in ALL {
            let place = language.own_place("some-sinks");

            assert!(place.is_own());
            assert!(language.layouts().contains(&place.layout()));
            assert_eq!(place.language().name(), language.name());
        }
    }
}
