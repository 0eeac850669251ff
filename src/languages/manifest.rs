//! What becomes of the manifest of an output folder.

use std::path::Path;

use super::Renames;

/// The manifest as it stands.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// The folder it lies in.
    pub root: &'a Path,
    /// Its text, where there is one that is a person's.
    pub text: Option<&'a str>,
    /// Leave it alone, and say what is missing in it.
    pub leave_alone: bool,
}

/// What becomes of it.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    /// Its text; absent when it is left alone.
    pub text: Option<String>,
    /// What a person's gets.
    pub additions: Vec<String>,
    /// Lines left to the person.
    pub left_to_do: Vec<String>,
    /// What else a person has to see to.
    pub notes: Vec<String>,
    /// What the code calls otherwise because of it, where that was found out.
    pub renames: Option<Renames>,
}

impl Manifest {
    /// One that did not exist.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self {
            text: Some(text),
            ..Self::default()
        }
    }

    /// One with additions; a merge that adds nothing leaves the text as it was.
    #[must_use]
    pub fn merged(before: &str, after: String, additions: Vec<String>) -> Self {
        let text = if additions.is_empty() {
            before.to_owned()
        } else {
            with_line_ends_of(before, after)
        };
        Self {
            additions,
            ..Self::new(text)
        }
    }
}

/// The text with the line ends of the one it was made from: merging writes `\n` alone.
fn with_line_ends_of(before: &str, after: String) -> String {
    let lines = before.matches('\n').count();
    if lines > 0 && before.matches("\r\n").count() == lines {
        after.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        after
    }
}
