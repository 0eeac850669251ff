//! Why a lock could not be read.

use std::{error, fmt, io};

use super::FILE_NAME;
use crate::problem::Problem;

/// Why a lock could not be read.
#[derive(Debug)]
pub enum LockError {
    /// The file exists and cannot be read.
    Io(io::Error),
    /// It is not TOML.
    Syntax(Box<toml_edit::TomlError>),
    /// An entry has no such key.
    MissingKey(&'static str),
    /// It is TOML, and not a lock.
    Content(&'static str),
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(_) => write!(f, "cannot read `{FILE_NAME}`"),
            Self::Syntax(_) => write!(f, "`{FILE_NAME}` is not TOML"),
            Self::MissingKey(key) => write!(f, "`{FILE_NAME}` is damaged: an entry has no `{key}`"),
            Self::Content(problem) => write!(f, "`{FILE_NAME}` is damaged: {problem}"),
        }
    }
}

impl error::Error for LockError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Syntax(error) => Some(error),
            Self::MissingKey(_) | Self::Content(_) => None,
        }
    }
}

impl From<LockError> for Problem {
    fn from(error: LockError) -> Self {
        Self::of(error).hint(format!(
            "restore `{FILE_NAME}` from version control, or remove it: files that differ are kept then"
        ))
    }
}
