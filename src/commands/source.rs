//! Which spec a command works on: a built-in provider, a file, or one of a folder of specs.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Failure, Result};
use crate::assets::Assets;
use crate::diagnostics::{Code, escape};
use crate::sink::{LoadedSink, load_file, load_file_unproved, load_provider};
use crate::spec::suggest::closest;

/// `--provider ID`, `--spec FILE`, or both: `--spec FOLDER --provider ID`.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
pub struct Source {
    /// A built-in provider; `fapilog-gen list` names them.
    #[arg(long, value_name = "ID")]
    pub provider: Option<String>,
    /// A spec file of your own, or a folder of specs that a team shares: `--provider` then names one of
    /// them.
    #[arg(long, value_name = "FILE")]
    pub spec: Option<PathBuf>,
}

impl Source {
    /// The options that name it, for a command line that is shown.
    pub fn options(&self) -> String {
        let provider = self.provider.as_ref().map(|id| format!("--provider {id}"));
        let spec = self.spec.as_ref();
        let spec = spec.map(|path| format!("--spec {}", escape(&path.display().to_string())));
        let all: Vec<String> = spec.into_iter().chain(provider).collect();
        all.join(" ")
    }

    /// Loads and checks it, the worked examples of a file included.
    pub fn load(&self, assets: &Assets) -> Result<LoadedSink> {
        self.load_by(assets, |path| Ok(load_file(path)?))
    }

    /// Loads and checks it, but for its worked examples.
    pub fn load_unproved(&self, assets: &Assets) -> Result<LoadedSink> {
        self.load_by(assets, |path| Ok(load_file_unproved(path, assets)?))
    }

    fn load_by(
        &self,
        assets: &Assets,
        load: impl Fn(&Path) -> Result<LoadedSink>,
    ) -> Result<LoadedSink> {
        match (&self.provider, &self.spec) {
            (provider, Some(folder)) if folder.is_dir() => {
                load(&pick(folder, provider.as_deref())?)
            }
            (None, Some(path)) => load(path),
            (Some(id), Some(path)) => {
                let message = format!("`{}` is a file: it names a spec by itself", path.display());
                let hint = format!("leave out `--provider {}`", escape(id));
                Err(Failure::new(Code::Usage, message).hint(hint))
            }
            (Some(id), None) => Ok(load_provider(assets, id)?),
            (None, None) => Err(Failure::new(
                Code::Usage,
                "neither a provider nor a spec file is given",
            )),
        }
    }
}

/// The specs of a folder, by name. A name that starts with `_` is of one that others extend.
pub fn specs(folder: &Path) -> Result<Vec<PathBuf>> {
    let fail = |error| {
        Failure::new(Code::System, format!("cannot read `{}`", folder.display())).because(error)
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let is_base = stem(&path).is_none_or(|name| name.starts_with(['_', '.']));
        let is_yaml = path
            .extension()
            .is_some_and(|it| it == "yaml" || it == "yml");
        if is_yaml && !is_base {
            found.push(path);
        }
    }
    if found.is_empty() {
        let message = format!("no spec in `{}`", folder.display());
        return Err(Failure::new(Code::Usage, message).hint("a spec is a file `<id>.yaml`"));
    }
    found.sort();
    Ok(found)
}

fn stem(path: &Path) -> Option<&str> {
    path.file_stem()?.to_str()
}

fn pick(folder: &Path, id: Option<&str>) -> Result<PathBuf> {
    let found = specs(folder)?;
    let names: Vec<&str> = found.iter().filter_map(|path| stem(path)).collect();
    let listed = format!("`{}`", names.join("`, `"));
    match (id, found.as_slice()) {
        (None, [only]) => Ok(only.clone()),
        (None, _) => {
            let message = format!("`{}` has several specs", folder.display());
            let hint = format!("name one with `--provider`: there are {listed}");
            Err(Failure::new(Code::Usage, message).hint(hint))
        }
        (Some(id), _) => {
            let at = found.iter().find(|path| stem(path) == Some(id));
            at.cloned().ok_or_else(|| {
                let message = format!("no spec `{}` in `{}`", escape(id), folder.display());
                let hint = match closest(id, &names) {
                    Some(word) => format!("did you mean `{word}`? there are {listed}"),
                    None => format!("there are {listed}"),
                };
                Failure::new(Code::Usage, message).hint(hint)
            })
        }
    }
}
