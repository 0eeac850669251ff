//! From a file to a checked [`Spec`].
//!
//! Text, then YAML, then structure, then meaning: each step reports every problem it sees, and the
//! last one runs as long as the structure allows.

use std::path::Path;

use super::model::Spec;
use super::node::{Node, Value};
use super::place::{At, Step};
use super::source::{Problems, Source, Span};
use super::{complete, extends, parse, shape, structure, validate};
use crate::assets::Assets;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::files::read_regular;

pub use super::reference::reference;
pub use super::schema::schema;

/// Bytes a provider file may have.
pub const MAX_FILE_BYTES: usize = 1024 * 1024;

/// A checked spec and the text it came from.
#[derive(Debug, Clone)]
pub struct LoadedSpec {
    /// The spec.
    pub spec: Spec,
    /// Path as the user knows it.
    pub origin: String,
    /// The file.
    pub text: String,
    /// The file and all it extends as one text; absent where it extends nothing.
    pub whole: Option<Whole>,
}

/// A spec together with what it extends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// One text, which extends nothing.
    pub text: String,
    /// Whether what it extends is a file, and not a built-in spec.
    pub of_a_file: bool,
}

/// Reads and checks a provider file.
///
/// # Errors
///
/// All problems of the file, or the one that kept it from being read.
pub fn load_file(path: &Path) -> Result<LoadedSpec, Diagnostics> {
    load_file_with(path, &Assets::embedded())
}

/// The same with other built-in specs to extend.
///
/// # Errors
///
/// As [`load_file`].
pub fn load_file_with(path: &Path, assets: &Assets) -> Result<LoadedSpec, Diagnostics> {
    let origin = path.display().to_string();
    match read_regular(path, MAX_FILE_BYTES) {
        Ok(text) => load_text_with(&origin, &text, assets),
        Err(error) => Err(Diagnostic::unreadable(&origin, &error).into()),
    }
}

/// Checks the text of a provider file; `origin` is what messages call it.
///
/// # Errors
///
/// All problems of the file.
pub fn load_text(origin: &str, text: &[u8]) -> Result<LoadedSpec, Diagnostics> {
    load_text_with(origin, text, &Assets::embedded())
}

/// The same with other built-in specs to extend.
///
/// # Errors
///
/// As [`load_text`].
pub fn load_text_with(
    origin: &str,
    text: &[u8],
    assets: &Assets,
) -> Result<LoadedSpec, Diagnostics> {
    if text.len() > MAX_FILE_BYTES {
        let message = format!("is larger than {MAX_FILE_BYTES} bytes");
        return Err(Diagnostic::file(origin, message).into());
    }
    let text = utf8(origin, text)?;
    let source = Source::new(origin, text);
    let mut problems = Problems::about(Code::Yaml);
    let checked = check(&source, assets, &mut problems);
    match checked {
        Some((spec, whole)) if problems.is_empty() => Ok(LoadedSpec {
            spec,
            origin: origin.to_owned(),
            text: source.text,
            whole,
        }),
        _ => Err(Diagnostics::sorted(problems.into_diagnostics(&source))),
    }
}

fn check(
    source: &Source,
    assets: &Assets,
    problems: &mut Problems,
) -> Option<(Spec, Option<Whole>)> {
    problems.check_raw(source);
    if !problems.is_empty() {
        return None;
    }
    let root = parse::parse(source, problems)?;
    problems.turn_to(Code::Extends);
    let root = extends::resolve(root, source, assets, problems);
    problems.turn_to(Code::Secret);
    validate::secrets::check(&root, problems);
    problems.turn_to(Code::Text);
    validate::text::check(&root, problems);
    let whole = extends::whole(&root);
    problems.turn_to(Code::WrongType);
    let value = structure::check(&root, shape::spec(), problems)?;
    let mut spec = deserialize(value, &root, problems)?;
    complete::complete(&mut spec);
    validate::check(&spec, &root, source, problems);
    Some((spec, whole))
}

fn deserialize(value: serde_json::Value, root: &Node, problems: &mut Problems) -> Option<Spec> {
    match serde_json::from_value(value) {
        Ok(spec) => Some(spec),
        // The structure check knows the same types; this is for the case that it does not.
        Err(error) => {
            problems.add(root.span, format!("not a provider spec: {error}"));
            None
        }
    }
}

fn utf8<'t>(origin: &str, text: &'t [u8]) -> Result<&'t str, Diagnostics> {
    std::str::from_utf8(text).map_err(|error| {
        let valid = &text[..error.valid_up_to()];
        let line = valid.split(|&byte| byte == b'\n').count();
        let start = valid
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |at| at + 1);
        let column = String::from_utf8_lossy(&valid[start..]).chars().count() + 1;
        let byte = text[error.valid_up_to()];
        let problem = Diagnostic {
            line,
            column,
            length: 1,
            ..Diagnostic::file(origin, format!("not UTF-8: byte 0x{byte:02x}"))
        };
        problem.with_hint("save the file as UTF-8").into()
    })
}

/// A step from a value of a spec to one inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathStep {
    /// A key.
    Key(String),
    /// A position in a list.
    Index(usize),
}

/// Problems found after loading, with their places in the text; each is a path, what was found, and
/// what to type instead.
#[must_use]
pub fn diagnose(
    origin: &str,
    text: &str,
    found: impl IntoIterator<Item = (Vec<PathStep>, String, Option<String>)>,
) -> Diagnostics {
    let source = Source::new(origin, text);
    let mut problems = Problems::about(Code::Proof);
    let root = parse::parse(&source, &mut problems)
        .map(|root| extends::resolve(root, &source, &Assets::embedded(), &mut problems));
    for (path, message, hint) in found {
        let span = root.as_ref().map_or(Span::START, |root| place(root, &path));
        let base = root.as_ref().and_then(extends::span_of);
        let message = match base {
            Some(base) if base == span => format!("`{}` of the base: {message}", at(&path).shown()),
            _ => message,
        };
        let problem = problems.add(span, message);
        if let Some(hint) = hint {
            problem.hint(hint);
        }
    }
    if let Some(root) = &root {
        problems.turn_to(Code::Secret);
        validate::secrets::check(root, &mut problems);
    }
    Diagnostics::sorted(problems.into_diagnostics(&source))
}

fn at(path: &[PathStep]) -> At<'_> {
    let step = |step| match step {
        &PathStep::Index(index) => Step::Index(index),
        PathStep::Key(key) => Step::Key(key),
    };
    At(path.iter().map(step).collect())
}

/// Where a path leads; where it ends too early, the last place on it.
fn place(root: &Node, path: &[PathStep]) -> Span {
    let mut node = root;
    let mut span = node.span;
    for step in path {
        let next = match step {
            PathStep::Key(key) => node.get(key).map(|entry| (&entry.value, entry.key_span)),
            PathStep::Index(index) => node.item(*index).map(|item| (item, item.span)),
        };
        let Some((value, key)) = next else { break };
        node = value;
        span = match value.value {
            Value::List(_) | Value::Map(_) => key,
            _ => value.span,
        };
    }
    span
}
