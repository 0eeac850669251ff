//! Which spec a command works on: a built-in provider or a file.

use std::path::PathBuf;
use std::{panic, thread};

use super::{Failure, Result};
use crate::assets::Assets;
use crate::diagnostics::{Diagnostics, escape};
use crate::spec::model::Spec;
use crate::spec::suggest::closest;
use crate::spec::{LoadedSpec, load_file, load_text};

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
    pub fn load(&self, assets: &Assets) -> Result<LoadedSpec> {
        match (&self.provider, &self.spec) {
            (_, Some(path)) => Ok(load_file(path)?),
            (Some(id), None) => load_provider(assets, id),
            (None, None) => Err(Failure::new("neither a provider nor a spec file is given")),
        }
    }
}

/// Loads and checks a built-in provider.
pub fn load_provider(assets: &Assets, id: &str) -> Result<LoadedSpec> {
    match assets.provider(id) {
        Some((origin, text)) => Ok(load_text(&origin, &text)?),
        None => Err(unknown(id, &assets.provider_ids())),
    }
}

/// Loads and checks all providers there are; the problems of all of them, when there are any.
pub fn load_all(assets: &Assets) -> Result<Vec<Spec>> {
    let ids = assets.provider_ids();
    let load =
        |ids: &[String]| -> Vec<_> { ids.iter().map(|id| load_provider(assets, id)).collect() };
    let (half, rest) = ids.split_at(ids.len() / 2);
    let loaded = thread::scope(|scope| {
        let half = scope.spawn(|| load(half));
        let rest = load(rest);
        let half = half
            .join()
            .unwrap_or_else(|panic| panic::resume_unwind(panic));
        half.into_iter().chain(rest)
    });
    let mut specs = Vec::new();
    let mut problems = Diagnostics::default();
    for loaded in loaded {
        match loaded {
            Ok(loaded) => specs.push(loaded.spec),
            Err(Failure::Spec(found)) => problems.extend(found),
            Err(other) => return Err(other),
        }
    }
    if problems.is_empty() {
        Ok(specs)
    } else {
        Err(Failure::Spec(problems))
    }
}

fn unknown(id: &str, known: &[String]) -> Failure {
    let names = known
        .iter()
        .map(|id| format!("`{id}`"))
        .collect::<Vec<_>>()
        .join(", ");
    let hint = match closest(id, known) {
        Some(word) => format!("did you mean `{word}`? known providers are {names}"),
        None if known.is_empty() => "there are no providers in this folder".to_owned(),
        None => format!("known providers are {names}; `--spec FILE` takes a spec of your own"),
    };
    Failure::new(format!("unknown provider `{}`", escape(id))).hint(hint)
}
