//! A generated example program, from its source to something that can be started.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Where an example is built.
pub struct Bench<'a> {
    /// Folder of the project.
    pub root: &'a Path,
    /// The folder as a person knows it.
    pub shown: &'a Path,
    /// A folder that all builds share, each language in one of its own below it.
    pub workshop: &'a Path,
    /// A tool may show its own progress on standard error.
    pub is_shown: bool,
    /// Says what takes so long.
    pub say: &'a mut dyn FnMut(&str),
}

/// What ships entries from its standard input and ends with the sink's report.
#[derive(Debug)]
pub struct Program {
    /// The program, or what runs it.
    pub path: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Variables that it needs.
    pub variables: Vec<(&'static str, OsString)>,
}
