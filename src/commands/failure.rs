//! How a command ends when it cannot do what was asked.

use std::error::Error;
use std::process::ExitCode;

use crate::assets::AssetError;
use crate::diagnostics::{Code, Diagnostics};
use crate::problem::{Problem, Refusal};
use crate::project::emit::EmitError;
use crate::project::lock::LockError;
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
    /// Anything else, and how the program ends.
    Other(Box<Problem>, Exit),
}

impl Failure {
    /// A failure of a kind, with a message: what failed, then what was found.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Problem::new(code, message).into()
    }

    /// Adds why.
    #[must_use]
    pub fn because(self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.with(|problem| problem.because(cause))
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        self.with(|problem| problem.hint(hint))
    }

    fn with(self, change: impl FnOnce(Problem) -> Problem) -> Self {
        match self {
            Self::Other(problem, exit) => Self::Other(Box::new(change(*problem)), exit),
            other => other,
        }
    }

    /// Changes how the program ends.
    #[must_use]
    pub fn exiting_with(self, exit: Exit) -> Self {
        match self {
            Self::Other(problem, _) => Self::Other(problem, exit),
            other => other,
        }
    }

    /// How the program ends.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::OutputClosed => Exit::Done,
            Self::Spec(diagnostics) => Exit::of(diagnostics),
            Self::Other(_, exit) => *exit,
        }
    }
}

impl From<Diagnostics> for Failure {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::Spec(diagnostics)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Other(Box::new(problem), Exit::Trouble)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Spec(diagnostics) => diagnostics.into(),
            Refusal::Other(problem) => problem.into(),
        }
    }
}

impl From<AssetError> for Failure {
    fn from(error: AssetError) -> Self {
        Problem::of(Code::Templates, error).into()
    }
}

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Self {
        Problem::from(error).into()
    }
}

impl From<EmitError> for Failure {
    fn from(error: EmitError) -> Self {
        Problem::from(error).into()
    }
}

impl From<LockError> for Failure {
    fn from(error: LockError) -> Self {
        Problem::from(error).into()
    }
}
