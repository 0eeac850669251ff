//! How a command ends when it cannot do what was asked.

use std::error::Error;
use std::process::ExitCode;

use crate::assets::AssetError;
use crate::diagnostics::Diagnostics;
use crate::languages::python::pyproject::ProjectError;
use crate::languages::rust::manifest::ManifestError;
use crate::project::emit::EmitError;
use crate::project::lock::{self, LockError};
use crate::project::render::RenderError;

/// The program's exit codes, as `--help` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Done, and something was found: a difference, an invalid spec, an entry not accounted for.
    Findings = 1,
    /// Not done: wrong usage, or the system refused.
    Trouble = 2,
}

impl Exit {
    /// How to end after a look at spec files.
    #[must_use]
    pub fn of(problems: &Diagnostics) -> Self {
        if problems.0.iter().any(|problem| problem.unreadable) {
            Self::Trouble
        } else if problems.is_empty() {
            Self::Done
        } else {
            Self::Findings
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command stopped.
#[derive(Debug)]
pub enum Failure {
    /// Whoever read our output has seen enough.
    OutputClosed,
    /// Provider files with problems.
    Spec(Diagnostics),
    /// Anything else.
    Other(Box<Problem>),
}

/// One problem: what failed, why, and what to do.
#[derive(Debug)]
pub struct Problem {
    /// What failed, then what was found.
    pub message: String,
    /// Why.
    pub cause: Option<Box<dyn Error + Send + Sync>>,
    /// What to do about it.
    pub hint: Option<String>,
    /// How the program ends.
    pub exit: Exit,
}

impl Failure {
    /// A failure with a message: what failed, then what was found.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self::Other(Box::new(Problem {
            message: message.into(),
            cause: None,
            hint: None,
            exit: Exit::Trouble,
        }))
    }

    /// Adds why.
    #[must_use]
    pub fn because(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        if let Self::Other(problem) = &mut self {
            problem.cause = Some(Box::new(cause));
        }
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Self::Other(problem) = &mut self {
            problem.hint = Some(hint.into());
        }
        self
    }

    /// Changes how the program ends.
    #[must_use]
    pub fn exiting_with(mut self, exit: Exit) -> Self {
        if let Self::Other(problem) = &mut self {
            problem.exit = exit;
        }
        self
    }

    /// How the program ends.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::OutputClosed => Exit::Done,
            Self::Spec(diagnostics) => Exit::of(diagnostics),
            Self::Other(problem) => problem.exit,
        }
    }

    /// A failure that says what `error` says, with its causes.
    fn of(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Other(Box::new(Problem {
            message: error.to_string(),
            cause: Some(Box::new(Said(error))),
            hint: None,
            exit: Exit::Trouble,
        }))
    }
}

/// An error whose own text was printed already; its sources were not.
#[derive(Debug)]
struct Said<E>(E);

impl<E> std::fmt::Display for Said<E> {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}

impl<E: Error + 'static> Error for Said<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

impl From<Diagnostics> for Failure {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::Spec(diagnostics)
    }
}

impl From<EmitError> for Failure {
    fn from(error: EmitError) -> Self {
        match error.hint() {
            Some(hint) => Self::of(error).hint(hint),
            None => Self::of(error),
        }
    }
}

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Self {
        Self::of(error)
    }
}

impl From<AssetError> for Failure {
    fn from(error: AssetError) -> Self {
        Self::of(error)
    }
}

impl From<LockError> for Failure {
    fn from(error: LockError) -> Self {
        let name = lock::FILE_NAME;
        Self::of(error).hint(format!(
            "restore `{name}` from version control, or remove it: files that differ are kept then"
        ))
    }
}

impl From<ProjectError> for Failure {
    fn from(error: ProjectError) -> Self {
        let hint = match &error {
            ProjectError::Syntax(_) => "correct it first: nothing was written",
            ProjectError::Conflicts(_) => {
                "change the entry, generate a project of its own (`--out` a new folder), or pass `--no-deps` and add what is missing by hand"
            }
        };
        Self::of(error).hint(hint)
    }
}

impl From<ManifestError> for Failure {
    fn from(error: ManifestError) -> Self {
        let hint = match &error {
            ManifestError::Syntax(_) => "correct it first: nothing was written",
            ManifestError::Conflicts(_) => {
                "change the entry, generate a crate of its own (`--out` a new folder), or pass `--no-deps` and add the dependencies by hand"
            }
        };
        Self::of(error).hint(hint)
    }
}
