//! Taking the last run in a folder back.

use std::path::Path;

use super::disk::Disk;
use super::guard::Guard;
use super::journal;
use crate::diagnostics::Code;
use crate::problem::Problem;

/// What became of it.
#[derive(Debug, Default)]
pub struct Undone {
    /// Files that are as they were before the run.
    pub taken_back: Vec<String>,
    /// Files that somebody changed since: left as they are.
    pub left: Vec<String>,
}

/// Takes back the last run; absent when there is none to take back. The caller holds the guard.
///
/// # Errors
///
/// The system refuses; the next run in the folder then goes on with it.
pub fn undo(root: &Path, _guard: &Guard) -> Result<Option<Undone>, Problem> {
    let undone = Disk::open(root).and_then(|disk| journal::undo(&disk));
    let undone = undone.map_err(|error| {
        Problem::new(
            Code::Project,
            format!("cannot take back the last run in `{}`", root.display()),
        )
        .because(error)
        .hint("the next run there goes on with it")
    })?;
    Ok(undone.map(|(taken_back, left)| Undone { taken_back, left }))
}
