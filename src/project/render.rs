//! Planned files to text: copies verbatim files, fills the holes of templates.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::{error, fmt};

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior};

use crate::assets::{AssetError, Assets};
use crate::diagnostics::Code;
use crate::languages::{self, Content, PlannedFile};
use crate::problem::Problem;

/// Steps a template may take; the largest built-in one takes a few thousand.
const FUEL: u64 = 2_000_000;

/// A file's final text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedFile {
    /// Relative to the output folder, `/` separated.
    pub path: String,
    /// Text, ending in one newline.
    pub contents: Cow<'static, str>,
}

/// Renders every planned file, in order.
///
/// # Errors
///
/// The first template that is missing or does not fit its context: with the embedded templates that
/// is a bug of ours, with `--templates` it is the user's template.
pub fn render(assets: &Assets, files: &[PlannedFile]) -> Result<Vec<RenderedFile>, RenderError> {
    let sources = sources(assets, files)?;
    let environment = environment(&sources)?;
    files
        .iter()
        .map(|file| render_one(&environment, &sources, file))
        .collect()
}

/// The text of every asset, each read once.
fn sources<'a>(
    assets: &Assets,
    files: &'a [PlannedFile],
) -> Result<BTreeMap<&'a str, Cow<'static, str>>, RenderError> {
    let mut sources = BTreeMap::new();
    let planned = files.iter().map(|file| match &file.content {
        Content::Verbatim { asset } | Content::Template { asset, .. } => asset.as_str(),
    });
    for asset in planned {
        if !sources.contains_key(asset) {
            sources.insert(asset, assets.template(asset).map_err(RenderError::Asset)?);
        }
    }
    Ok(sources)
}

fn environment<'a>(
    sources: &'a BTreeMap<&'a str, Cow<'static, str>>,
) -> Result<Environment<'a>, RenderError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    let syntax = SyntaxConfig::builder()
        .keep_trailing_newline(true)
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
        .map_err(RenderError::Template)?;
    environment.set_syntax(syntax);
    for (name, filter) in languages::ALL.iter().flat_map(|it| it.filters()) {
        environment.add_filter(*name, *filter);
    }
    environment.set_fuel(Some(FUEL));
    for (name, source) in sources.iter().filter(|(name, _)| is_template(name)) {
        environment
            .add_template(name, source)
            .map_err(RenderError::Template)?;
    }
    Ok(environment)
}

fn is_template(asset: &str) -> bool {
    asset.rsplit('.').next() == Some("j2")
}

fn render_one(
    environment: &Environment,
    sources: &BTreeMap<&str, Cow<'static, str>>,
    file: &PlannedFile,
) -> Result<RenderedFile, RenderError> {
    let contents = match &file.content {
        Content::Verbatim { asset } => sources[asset.as_str()].clone(),
        Content::Template { asset, context } => environment
            .get_template(asset)
            .and_then(|template| template.render(context))
            .map_err(RenderError::Template)?
            .into(),
    };
    Ok(RenderedFile {
        path: file.path.clone(),
        contents,
    })
}

/// Why a file could not be rendered.
#[derive(Debug)]
pub enum RenderError {
    /// A template is missing or unreadable.
    Asset(AssetError),
    /// A template does not fit its context.
    Template(minijinja::Error),
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asset(error) => error.fmt(f),
            Self::Template(error) => match (error.name(), error.line()) {
                (Some(name), Some(line)) => write!(f, "template {name}:{line}: {}", error.kind()),
                _ => write!(f, "template: {}", error.kind()),
            },
        }
    }
}

impl error::Error for RenderError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Asset(error) => error.source(),
            Self::Template(error) => Some(error),
        }
    }
}

impl From<RenderError> for Problem {
    fn from(error: RenderError) -> Self {
        let is_absent = matches!(&error, RenderError::Asset(asset) if asset.is_of_a_folder());
        let problem = Self::of(Code::Templates, error);
        if is_absent {
            problem.hint("`templates export` writes all templates of this version to a folder")
        } else {
            problem
        }
    }
}
