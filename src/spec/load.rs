//! From a file to a checked [`Spec`].
//!
//! Text, then YAML, then structure, then meaning: each step reports every problem it sees, and the
//! last one runs as long as the structure allows.

use std::path::Path;

use super::model::Spec;
use super::node::Node;
use super::source::{Problems, Source};
use super::{parse, shape, structure, validate};
use crate::diagnostics::{Diagnostic, Diagnostics};
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
}

/// Reads and checks a provider file.
///
/// # Errors
///
/// All problems of the file, or the one that kept it from being read.
pub fn load_file(path: &Path) -> Result<LoadedSpec, Diagnostics> {
    let origin = path.display().to_string();
    match read_regular(path, MAX_FILE_BYTES) {
        Ok(text) => load_text(&origin, &text),
        Err(error) => Err(Diagnostic::unreadable(&origin, &error).into()),
    }
}

/// Checks the text of a provider file; `origin` is what messages call it.
///
/// # Errors
///
/// All problems of the file.
pub fn load_text(origin: &str, text: &[u8]) -> Result<LoadedSpec, Diagnostics> {
    if text.len() > MAX_FILE_BYTES {
        let message = format!("is larger than {MAX_FILE_BYTES} bytes");
        return Err(Diagnostic::file(origin, message).into());
    }
    let text = utf8(origin, text)?;
    let source = Source::new(origin, text);
    let mut problems = Problems::default();
    let spec = check(&source, &mut problems);
    match spec {
        Some(spec) if problems.is_empty() => Ok(LoadedSpec {
            spec,
            origin: origin.to_owned(),
            text: source.text,
        }),
        _ => Err(Diagnostics::sorted(problems.into_diagnostics(&source))),
    }
}

fn check(source: &Source, problems: &mut Problems) -> Option<Spec> {
    problems.check_raw(source);
    if !problems.is_empty() {
        return None;
    }
    let root = parse::parse(source, problems)?;
    validate::secrets::check(&root, problems);
    validate::text::check(&root, problems);
    let value = structure::check(&root, shape::spec(), problems)?;
    let spec = deserialize(value, &root, problems)?;
    validate::check(&spec, &root, source, problems);
    Some(spec)
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
            ..Diagnostic::file(origin, format!("not UTF-8: byte 0x{byte:02x}"))
        };
        problem.with_hint("save the file as UTF-8").into()
    })
}
