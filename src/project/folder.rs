//! What an output folder is: new, ours, or somebody's project.

use std::path::Path;
use std::{env, fs};

use super::lock::Lock;
use super::prepare::Order;
use crate::diagnostics::Code;
use crate::files::read_regular_text;
use crate::languages::common::names::project_name;
use crate::languages::{self, Folder, Language, Place, Renamed};
use crate::problem::Problem;

/// A person's manifest has a few hundred lines.
const MAX_MANIFEST_BYTES: usize = 1024 * 1024;

/// Where the files of an order go.
#[derive(Debug)]
pub struct Found {
    /// How they lie.
    pub place: Box<dyn Place>,
    /// Text of the manifest, if there is one.
    pub manifest: Option<String>,
    /// Why a new project is not called like its folder.
    pub renamed: Option<Renamed>,
}

/// The language of the files that are there already, or that a folder's manifest speaks for.
///
/// # Errors
///
/// Several manifests speak, each for another.
pub fn language(root: &Path, previous: Option<&Lock>) -> Result<&'static dyn Language, Problem> {
    if let Some(language) = previous.and_then(|lock| languages::by_layout(lock.layout)) {
        return Ok(language);
    }
    let speaks = |language: &&dyn Language| root.join(language.manifest_name()).exists();
    let spoken: Vec<&dyn Language> = languages::ALL.into_iter().filter(speaks).collect();
    match spoken.as_slice() {
        [] => Ok(languages::default()),
        [language] => Ok(*language),
        several => Err(ambiguous(root, several)),
    }
}

fn ambiguous(root: &Path, languages: &[&dyn Language]) -> Problem {
    let listed = |text: fn(&dyn Language) -> String, separator| {
        let texts: Vec<_> = languages.iter().map(|language| text(*language)).collect();
        texts.join(separator)
    };
    let manifests = listed(
        |language| format!("`{}`", language.manifest_name()),
        " and ",
    );
    let options = listed(|language| format!("`--lang {}`", language.name()), " or ");
    Problem::new(
        Code::Project,
        format!("`{}` has both {manifests}", root.display()),
    )
    .hint(format!("say which one the sink is for: {options}"))
}

/// Looks at the folder of an order; `providers` are the ids of all there are.
///
/// # Errors
///
/// It holds something else, or cannot be read.
pub fn find(
    order: &Order,
    previous: Option<&Lock>,
    providers: &[String],
    force: bool,
) -> Result<Found, Problem> {
    let root = order.root;
    let layout = previous.map(|lock| lock.layout);
    if let Some(other) = layout.and_then(languages::by_layout)
        && other.name() != order.language.name()
    {
        return Err(other_language(root, other));
    }
    let name = order.name.clone().unwrap_or_else(|| folder_name(root));
    let name = project_name(&name);
    let renamed = order.language.rename(&name, providers);
    let name = renamed.as_ref().map_or(name, |renamed| renamed.to.clone());
    let manifest = read(&root.join(order.language.manifest_name()))?;
    if previous.is_none() && manifest.is_none() && !force && !is_empty(root)? {
        return Err(not_empty(root));
    }
    let place = order.language.find_place(&Folder {
        root,
        name: &name,
        manifest: manifest.as_deref(),
        layout,
    })?;
    Ok(Found {
        place,
        // A name that is in a manifest is its owner's.
        renamed: renamed.filter(|_| manifest.is_none()),
        manifest,
    })
}

fn read(path: &Path) -> Result<Option<String>, Problem> {
    match read_regular_text(path, MAX_MANIFEST_BYTES) {
        Ok(text) => Ok(Some(text)),
        Err(_) if !path.exists() => Ok(None),
        Err(error) => Err(
            Problem::new(Code::System, format!("cannot read `{}`", path.display())).because(error),
        ),
    }
}

fn other_language(root: &Path, language: &dyn Language) -> Problem {
    let language = language.title();
    Problem::new(
        Code::Project,
        format!("`{}` holds sinks in {language}", root.display()),
    )
    .hint("name another folder with `--out`; `--lang both` makes one for each language")
}

fn not_empty(root: &Path) -> Problem {
    Problem::new(
        Code::Project,
        format!("`{}` is neither empty nor a project", root.display()),
    )
    .hint("choose a new folder with `--out`, or pass `--force` to write into this one")
}

/// Hidden files do not count: a new repository has them.
fn is_empty(root: &Path) -> Result<bool, Problem> {
    if !root.exists() {
        return Ok(true);
    }
    if !root.is_dir() {
        return Err(
            Problem::new(Code::Project, format!("`{}` is a file", root.display()))
                .hint("name a folder with `--out`"),
        );
    }
    let entries = fs::read_dir(root).map_err(|error| {
        Problem::new(
            Code::System,
            format!("cannot read the folder `{}`", root.display()),
        )
        .because(error)
    })?;
    Ok(entries
        .flatten()
        .all(|entry| entry.file_name().to_string_lossy().starts_with('.')))
}

/// The folder's own name, also for `.` and `..`.
#[must_use]
pub fn folder_name(root: &Path) -> String {
    let absolute =
        fs::canonicalize(root).or_else(|_| env::current_dir().map(|here| here.join(root)));
    let path = absolute.unwrap_or_else(|_| root.to_path_buf());
    path.file_name().map_or_else(
        || "sinks".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}
