//! Why a lock could not be read.

use std::{error, fmt, io};

use super::FILE_NAME;
use crate::diagnostics::{Code, escape};
use crate::problem::Problem;

/// Why a lock could not be read.
#[derive(Debug)]
pub enum LockError {
    /// The file exists and cannot be read.
    Io(io::Error),
    /// It is a symbolic link.
    Link,
    /// A later version of the tool wrote it: that one, where it says.
    Newer(Option<String>),
    /// It names a path that leads elsewhere.
    Path(String),
    /// It is not what this tool writes.
    Content(String),
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(_) => write!(f, "cannot read `{FILE_NAME}`"),
            Self::Link => write!(f, "`{FILE_NAME}` is a symbolic link"),
            Self::Newer(tool) => {
                write!(
                    f,
                    "`{FILE_NAME}` was written by a newer version of fapilog-gen"
                )?;
                match tool {
                    Some(tool) => write!(
                        f,
                        ": {}, this is {}",
                        escape(tool),
                        env!("CARGO_PKG_VERSION")
                    ),
                    None => Ok(()),
                }
            }
            Self::Path(path) => write!(
                f,
                "`{FILE_NAME}` names `{}`, which is no plain path within its folder",
                escape(path)
            ),
            Self::Content(problem) => write!(f, "`{FILE_NAME}` is damaged: {problem}"),
        }
    }
}

impl error::Error for LockError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Link | Self::Newer(_) | Self::Path(_) | Self::Content(_) => None,
        }
    }
}

impl From<LockError> for Problem {
    fn from(error: LockError) -> Self {
        let hint = match &error {
            LockError::Newer(_) => "install that version; nothing was changed".to_owned(),
            LockError::Link => "replace the link by the file itself".to_owned(),
            LockError::Io(_) | LockError::Path(_) | LockError::Content(_) => {
                format!("restore `{FILE_NAME}` from version control; nothing was changed")
            }
        };
        Self::of(Code::Lock, error).hint(hint)
    }
}
