//! Where the files of a language lie, and what follows from it.

use std::fmt;
use std::path::Path;

use minijinja::Value;

use super::{Bench, Language, Manifest, PlannedFile, Program, Renames, Standing};
use crate::problem::Problem;
use crate::sink::Sink;

/// An output folder as it is found.
#[derive(Debug, Clone, Copy)]
pub struct Folder<'a> {
    /// The folder.
    pub root: &'a Path,
    /// The name for something new in it.
    pub name: &'a str,
    /// Text of the language's manifest, where it has one.
    pub manifest: Option<&'a str>,
    /// How files lie in it as its lock says, in a word of this language.
    pub layout: Option<&'a str>,
}

/// What a language adds to a provider's guide.
#[derive(Debug, Clone)]
pub struct GuideWords {
    /// The guide's template, below `templates/`.
    pub asset: &'static str,
    /// What only this language fills in.
    pub words: Value,
}

/// Where the files of a language lie.
pub trait Place: fmt::Debug + Send + Sync {
    /// The language.
    fn language(&self) -> &'static dyn Language;

    /// The word by which a lock remembers it, of [`Language::layouts`].
    fn layout(&self) -> &'static str;

    /// Whether it is a project of its own, not part of somebody's.
    fn is_own(&self) -> bool;

    /// What it is, in a sentence about a folder.
    fn description(&self) -> &'static str;

    /// Every file that `sinks` need, guides aside.
    fn files(&self, sinks: &[&Sink]) -> Vec<PlannedFile>;

    /// What this language says in the guide of one provider.
    fn guide(&self, sink: &Sink) -> GuideWords;

    /// The manifest with what `sinks` need.
    ///
    /// # Errors
    ///
    /// A person's manifest cannot be read, or cannot take it.
    fn manifest(&self, sinks: &[&Sink], standing: &Standing) -> Result<Manifest, Problem>;

    /// Refuses a person's project whose language is too old for the sinks.
    ///
    /// # Errors
    ///
    /// It is; says why.
    fn check_language(&self, _standing: &Standing) -> Result<(), Problem> {
        Ok(())
    }

    /// What the code of `sinks` calls otherwise, because the project has those names for something else.
    ///
    /// # Errors
    ///
    /// The manifest cannot be read.
    fn renames(&self, _sinks: &[&Sink], _standing: &Standing) -> Result<Renames, Problem> {
        Ok(Renames::default())
    }

    /// What a person has to declare so that the sinks are part of the program, a line each. Of the
    /// files that will be there, `kept` are those that stay as a person edited them.
    fn undeclared(&self, root: &Path, files: &[&str], kept: &[&str]) -> Vec<String>;

    /// Commands that show that the sink works, with the tools of the project in `root`.
    fn checks(&self, root: &Path, sink: &Sink) -> Vec<String>;

    /// The command that ships a file with the example program, where there is one.
    fn example(&self, sink: &Sink) -> Option<String>;

    /// Makes the example program of a project of its own ready to run.
    ///
    /// # Errors
    ///
    /// What it needs is not there, or it does not build.
    fn build_example(&self, sink: &Sink, bench: &mut Bench) -> Result<Program, Problem>;
}
