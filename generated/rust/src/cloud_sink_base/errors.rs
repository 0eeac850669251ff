//! Why a call on a sink failed, and what is wrong with its settings.

use std::error::Error;
use std::fmt;

use super::RefuseReason;

/// Why `write` did not accept an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteError {
    /// The queue is full.
    QueueFull,
    /// The sink has been stopped.
    Closed,
}

impl From<RefuseReason> for WriteError {
    fn from(reason: RefuseReason) -> Self {
        match reason {
            RefuseReason::QueueFull => Self::QueueFull,
            RefuseReason::Closed => Self::Closed,
        }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::QueueFull => "the sink's queue is full",
            Self::Closed => "the sink is stopped",
        })
    }
}

impl Error for WriteError {}

/// A flush ran out of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlushError {
    /// Events pending when it did.
    pub pending: u64,
}

impl fmt::Display for FlushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} events are still pending", self.pending)
    }
}

impl Error for FlushError {}

/// Why a sink did not start.
#[derive(Debug)]
pub enum StartError {
    /// Settings that cannot work.
    Settings(ConfigErrors),
    /// The transport could not be made.
    Transport(Box<dyn Error + Send + Sync>),
    /// The system gave no thread or no event loop.
    Thread(std::io::Error),
}

impl From<ConfigErrors> for StartError {
    fn from(errors: ConfigErrors) -> Self {
        Self::Settings(errors)
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(errors) => errors.fmt(f),
            Self::Transport(_) => f.write_str("cannot make the transport"),
            Self::Thread(_) => f.write_str("cannot start the delivery thread"),
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Settings(_) => None,
            Self::Transport(error) => Some(error.as_ref()),
            Self::Thread(error) => Some(error),
        }
    }
}

/// Every problem found in a sink's settings. Shows names and expectations, never a secret's value.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ConfigErrors(Vec<ConfigProblem>);

/// One setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The setting.
    pub name: String,
    /// What is wrong with it.
    pub message: String,
}

impl ConfigErrors {
    /// Adds a problem.
    pub fn push(&mut self, name: impl Into<String>, message: impl Into<String>) {
        self.0.push(ConfigProblem {
            name: name.into(),
            message: message.into(),
        });
    }

    /// The problems, in the order they were found.
    #[must_use]
    pub fn problems(&self) -> &[ConfigProblem] {
        &self.0
    }

    /// Whether `name` already has a problem.
    #[must_use]
    pub fn mentions(&self, name: &str) -> bool {
        self.0.iter().any(|problem| problem.name == name)
    }

    /// `Ok` when there is none.
    ///
    /// # Errors
    ///
    /// Itself when there is one.
    pub fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

/// As [`fmt::Display`]: that is what a `main` that returns them shows.
impl fmt::Debug for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "setting `{}`: {}", problem.name, problem.message)?;
        }
        Ok(())
    }
}

impl Error for ConfigErrors {}
