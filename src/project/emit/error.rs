//! Why an output folder could not be compared or written.

use std::path::{Path, PathBuf};
use std::{error, fmt, io};

use crate::diagnostics::Code;
use crate::problem::Problem;
use crate::project::lock::LockError;

/// Why an output folder could not be compared or written.
#[derive(Debug)]
pub enum EmitError {
    /// A planned path is absolute, has `..`, or is no portable name.
    BadPath(String),
    /// Two planned paths differ in case only.
    Collision(String),
    /// A symbolic link leads out of the output folder.
    Escapes(PathBuf),
    /// Something that is not a file, or not a folder, stands where one is needed.
    Occupied(PathBuf),
    /// Somebody changed a file while we worked.
    Changed(PathBuf),
    /// The lock has no base for a merge.
    Lock(LockError),
    /// The system refused.
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
}

impl EmitError {
    pub(crate) fn io(action: &'static str, path: &Path, cause: io::Error) -> Self {
        Self::Io {
            action,
            path: path.to_path_buf(),
            cause,
        }
    }

    fn code(&self) -> Code {
        match self {
            Self::BadPath(_) | Self::Collision(_) => Code::Internal,
            Self::Escapes(_) | Self::Occupied(_) | Self::Changed(_) => Code::Project,
            Self::Lock(_) => Code::Lock,
            Self::Io { .. } => Code::System,
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::BadPath(_) | Self::Collision(_) => None,
            Self::Changed(_) => Some("run this again; nothing was changed"),
            Self::Lock(_) => Some("restore `fapilog-gen.lock` from version control"),
            Self::Escapes(_) => {
                Some("replace the link by a real file or folder, or choose another `--out`")
            }
            Self::Occupied(_) => Some("move it away, or choose another `--out`"),
            Self::Io { .. } => {
                Some("check that the output folder is writable and has room; nothing was changed")
            }
        }
    }
}

impl fmt::Display for EmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadPath(path) => write!(
                f,
                "internal error: planned path `{path}` is not a plain relative path (please report)"
            ),
            Self::Collision(path) => write!(
                f,
                "internal error: path `{path}` is planned twice (please report)"
            ),
            Self::Escapes(path) => write!(
                f,
                "`{}` is a symbolic link that leads out of the output folder",
                path.display()
            ),
            Self::Occupied(path) => write!(
                f,
                "`{}` is in the way: a file or a folder of that name is needed",
                path.display()
            ),
            Self::Changed(path) => {
                write!(f, "`{}` was changed by somebody meanwhile", path.display())
            }
            Self::Lock(error) => error.fmt(f),
            Self::Io { action, path, .. } => write!(f, "cannot {action} `{}`", path.display()),
        }
    }
}

impl error::Error for EmitError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Io { cause, .. } => Some(cause),
            Self::Lock(error) => error.source(),
            _ => None,
        }
    }
}

impl From<EmitError> for Problem {
    fn from(error: EmitError) -> Self {
        let hint = error.hint();
        let problem = Self::of(error.code(), error);
        match hint {
            Some(hint) => problem.hint(hint),
            None => problem,
        }
    }
}

impl From<LockError> for EmitError {
    fn from(error: LockError) -> Self {
        Self::Lock(error)
    }
}
