//! Where generated Rust lies: a crate of its own, or modules of somebody's.

use std::path::Path;

use minijinja::context;

use super::dependencies::{self, Dependency};
use super::manifest::{self, as_lines, inherited_dependencies, merge, needs_own_workspace};
use super::settings::Fields;
use super::{Rust, example, names};
use crate::files::read_regular_text;
use crate::languages::{
    self, Bench, GuideWords, Language, Manifest, PlannedFile, Program, Renames, Standing,
};
use crate::problem::Problem;
use crate::sink::Sink;

/// A file of a person's that declares modules.
const MAX_SOURCE_BYTES: usize = 4 * 1024 * 1024;

/// [`Place::Crate`] in a lock.
pub const CRATE: &str = "crate";
/// [`Place::Modules`] in a lock.
pub const MODULES: &str = "modules";

/// Where the files lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A crate of its own: `src/lib.rs`.
    Crate {
        /// Name of the crate.
        name: String,
    },
    /// Modules of an existing crate: `src/sinks/mod.rs`.
    Modules,
}

impl Place {
    /// Folder of the modules.
    pub(super) fn folder(&self) -> &'static str {
        match self {
            Self::Crate { .. } => "src",
            Self::Modules => "src/sinks",
        }
    }

    /// The file that declares them.
    pub(super) fn root_module(&self) -> &'static str {
        match self {
            Self::Crate { .. } => "lib.rs",
            Self::Modules => "mod.rs",
        }
    }
}

impl languages::Place for Place {
    fn language(&self) -> &'static dyn Language {
        &Rust
    }

    fn layout(&self) -> &'static str {
        match self {
            Self::Crate { .. } => CRATE,
            Self::Modules => MODULES,
        }
    }

    fn is_own(&self) -> bool {
        matches!(self, Self::Crate { .. })
    }

    fn description(&self) -> &'static str {
        match self {
            Self::Crate { .. } => "a crate of its own",
            Self::Modules => "modules of this crate",
        }
    }

    fn files(&self, sinks: &[&Sink]) -> Vec<PlannedFile> {
        super::files(sinks, self)
    }

    fn guide(&self, sink: &Sink) -> GuideWords {
        let root = match self {
            Self::Crate { name } => names::snake(name),
            Self::Modules => "crate::sinks".to_owned(),
        };
        GuideWords {
            asset: "guide/provider.md.j2",
            words: context! {
                root,
                has_example => self.is_own(),
                new_arguments => new_arguments(sink),
            },
        }
    }

    fn manifest(&self, sinks: &[&Sink], standing: &Standing) -> Result<Manifest, Problem> {
        let wanted = dependencies::of(sinks);
        let text = match (self, standing.text) {
            (Self::Crate { name }, None) => {
                let own_workspace = needs_own_workspace(standing.root);
                let text = manifest::new_crate(name, &wanted, own_workspace);
                return Ok(Manifest::new(text));
            }
            (_, Some(text)) if !standing.leave_alone => text,
            // A crate of somebody's that has lost its manifest does not get one from us.
            (_, _) => {
                let inherited = inherited_dependencies(standing.root);
                let text = standing.text.unwrap_or_default();
                let dependencies = manifest::named(text, inherited.as_ref(), &wanted)?;
                return Ok(Manifest {
                    left_to_do: as_lines(&dependencies),
                    renames: Some(renames(&wanted, &dependencies)),
                    ..Manifest::default()
                });
            }
        };
        let inherited = inherited_dependencies(standing.root);
        let dependencies = manifest::named(text, inherited.as_ref(), &wanted)?;
        let merged = merge(text, inherited.as_ref(), &dependencies)?;
        let additions = merged.additions.iter().map(ToString::to_string).collect();
        Ok(Manifest {
            renames: Some(renames(&wanted, &dependencies)),
            ..Manifest::merged(text, merged.text, additions)
        })
    }

    fn check_language(&self, standing: &Standing) -> Result<(), Problem> {
        match standing.text {
            Some(text) => manifest::check_toolchain(standing.root, text),
            None => Ok(()),
        }
    }

    fn renames(&self, sinks: &[&Sink], standing: &Standing) -> Result<Renames, Problem> {
        let Some(text) = standing.text else {
            return Ok(Renames::default());
        };
        let wanted = dependencies::of(sinks);
        let inherited = inherited_dependencies(standing.root);
        let named = manifest::named(text, inherited.as_ref(), &wanted)?;
        Ok(renames(&wanted, &named))
    }

    fn undeclared(&self, root: &Path, files: &[&str], kept: &[&str]) -> Vec<String> {
        let line = "mod sinks;";
        let mut lines = Vec::new();
        let roots = ["src/lib.rs", "src/main.rs"];
        // A person who has moved them declares them there.
        let is_there = files.contains(&"src/sinks/mod.rs");
        if *self == Self::Modules
            && is_there
            && !roots.iter().any(|file| is_declared(root, file, line))
        {
            lines.push(format!("add `{line}` to {}", crate_root(root)));
        }
        lines.extend(kept.iter().filter_map(|file| lacking(root, file, files)));
        lines
    }

    fn checks(&self, _root: &Path, _sink: &Sink) -> Vec<String> {
        vec!["cargo test".to_owned()]
    }

    fn example(&self, sink: &Sink) -> Option<String> {
        self.is_own()
            .then(|| format!("cargo run --example {}_ndjson < events.ndjson", sink.id))
    }

    fn build_example(&self, sink: &Sink, bench: &mut Bench) -> Result<Program, Problem> {
        example::build(sink, bench)
    }
}

fn renames(wanted: &[Dependency], named: &[Dependency]) -> Renames {
    Renames {
        ending: ".rs",
        words: manifest::renamed(wanted, named),
    }
}

/// Arguments of `new` in the guide's direct example, which stand in a code span.
fn new_arguments(sink: &Sink) -> String {
    let fields = Fields::of(sink);
    let required = fields.0.iter().filter(|field| field.setting.is_required());
    let arguments = required.map(|field| {
        if field.setting.is_secret() {
            field.name.clone()
        } else {
            let shown = field.setting.example.as_deref().unwrap_or("…");
            format!("{:?}", shown.replace('`', "'"))
        }
    });
    arguments.collect::<Vec<_>>().join(", ")
}

/// Whether a file already declares the module, in whatever visibility.
fn is_declared(root: &Path, file: &str, line: &str) -> bool {
    // One that cannot be read declares nothing that can be seen.
    let text = read_regular_text(&root.join(file), MAX_SOURCE_BYTES).unwrap_or_default();
    text.lines().map(str::trim).any(|found| {
        let declaration = found.strip_suffix(line).map(str::trim_end);
        declaration.is_some_and(|visibility| visibility.is_empty() || visibility.starts_with("pub"))
    })
}

/// The file that declares a crate's modules, or both when it cannot be told.
fn crate_root(root: &Path) -> &'static str {
    let is_there = |file: &str| root.join(file).is_file();
    match (is_there("src/main.rs"), is_there("src/lib.rs")) {
        (true, false) => "src/main.rs",
        (false, true) => "src/lib.rs",
        _ => "src/main.rs or src/lib.rs",
    }
}

/// What a kept file does not declare of the modules beside it: they are written and not compiled.
fn lacking(root: &Path, kept: &str, files: &[&str]) -> Option<String> {
    let folder = ["mod.rs", "lib.rs"]
        .iter()
        .find_map(|name| kept.strip_suffix(name))?;
    let beside = files.iter().filter_map(|path| path.strip_prefix(folder));
    let mut modules: Vec<&str> = beside
        .filter_map(|path| {
            path.strip_suffix("/mod.rs").or_else(|| {
                path.strip_suffix(".rs")
                    .filter(|name| *name != "mod" && *name != "lib")
            })
        })
        .filter(|name| !name.contains('/'))
        .filter(|name| !is_declared(root, kept, &format!("mod {name};")))
        .collect();
    modules.sort_unstable();
    let lines: Vec<_> = modules
        .iter()
        .map(|name| format!("`mod {name};`"))
        .collect();
    (!lines.is_empty()).then(|| format!("{kept} is yours and lacks {}", lines.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::languages::Place as _;

    fn manifest(place: &Place, text: Option<&str>) -> Manifest {
        let folder = tempfile::tempdir().expect("a folder");
        let standing = Standing {
            root: folder.path(),
            text,
            leave_alone: false,
        };
        place.manifest(&[], &standing).expect("a manifest")
    }

    #[test]
    fn a_crate_gets_a_manifest_and_modules_do_not() {
        let name = "some-sinks".to_owned();

        let of_crate = manifest(&Place::Crate { name }, None);
        let of_modules = manifest(&Place::Modules, None);

        let text = of_crate.text.expect("a text");
        assert!(text.starts_with("[package]\nname = \"some-sinks\"\n"));
        assert_eq!(None, of_modules.text);
        assert!(!of_modules.left_to_do.is_empty());
    }

    #[test]
    fn a_manifest_that_has_all_stays_as_it_is() {
        let before = manifest(&Place::Modules, Some("[package]\nname = \"shop\"\n"));
        let text = before.text.expect("a text");

        let after = manifest(&Place::Modules, Some(&text));

        assert!(!before.additions.is_empty());
        assert!(after.additions.is_empty());
        assert_eq!(Some(text), after.text);
    }
}
