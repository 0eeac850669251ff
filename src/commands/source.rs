//! Which spec a command works on: a built-in provider or a file.

use std::path::PathBuf;

use super::{Failure, Result};
use crate::assets::Assets;
use crate::diagnostics::escape;
use crate::sink::{LoadedSink, load_file, load_provider};

/// `--provider ID` or `--spec FILE`.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct Source {
    /// A built-in provider; `fapilog-gen list` names them.
    #[arg(long, value_name = "ID")]
    pub provider: Option<String>,
    /// A spec file of your own.
    #[arg(long, value_name = "FILE")]
    pub spec: Option<PathBuf>,
}

impl Source {
    /// The options that name it, for a command line that is shown.
    pub fn options(&self) -> String {
        match (&self.provider, &self.spec) {
            (_, Some(path)) => format!("--spec {}", escape(&path.display().to_string())),
            (id, None) => format!("--provider {}", id.as_deref().unwrap_or_default()),
        }
    }

    /// Loads and checks it.
    pub fn load(&self, assets: &Assets) -> Result<LoadedSink> {
        match (&self.provider, &self.spec) {
            (_, Some(path)) => Ok(load_file(path)?),
            (Some(id), None) => Ok(load_provider(assets, id)?),
            (None, None) => Err(Failure::new("neither a provider nor a spec file is given")),
        }
    }
}
