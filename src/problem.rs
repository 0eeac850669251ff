//! What went wrong, in the words a person reads: what failed, why, and what to do.

use std::error::Error;
use std::fmt;

use crate::diagnostics::{Code, Diagnostics};

/// One problem.
#[derive(Debug)]
pub struct Problem {
    /// What kind of problem it is.
    pub code: Code,
    /// What failed, then what was found.
    pub message: String,
    /// Why.
    pub cause: Option<Box<dyn Error + Send + Sync>>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem of a kind, with a message: what failed, then what was found.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            cause: None,
            hint: None,
        }
    }

    /// A problem that says what `error` says, with its causes.
    #[must_use]
    pub fn of(code: Code, error: impl Error + Send + Sync + 'static) -> Self {
        Self {
            code,
            message: error.to_string(),
            cause: Some(Box::new(Said(error))),
            hint: None,
        }
    }

    /// Adds why.
    #[must_use]
    pub fn because(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// An error whose own text was printed already; its sources were not.
#[derive(Debug)]
struct Said<E>(E);

impl<E> fmt::Display for Said<E> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl<E: Error + 'static> Error for Said<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

/// Why something that works on specs could not be done.
#[derive(Debug)]
pub enum Refusal {
    /// Provider files with problems.
    Spec(Diagnostics),
    /// Anything else.
    Other(Problem),
}

impl From<Diagnostics> for Refusal {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::Spec(diagnostics)
    }
}

impl<E: Into<Problem>> From<E> for Refusal {
    fn from(problem: E) -> Self {
        Self::Other(problem.into())
    }
}
