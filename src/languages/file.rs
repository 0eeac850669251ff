//! A file to be, as data: nothing is read or written here.

use minijinja::Value;

/// One file to be.
#[derive(Debug, Clone)]
pub struct PlannedFile {
    /// Relative to the output folder, `/` separated.
    pub path: String,
    /// Where its text comes from.
    pub content: Content,
}

/// Where a file's text comes from.
#[derive(Debug, Clone)]
pub enum Content {
    /// A file below `templates/`, copied as it is.
    Verbatim {
        /// Path below `templates/`.
        asset: String,
    },
    /// A template below `templates/` and what fills its holes.
    Template {
        /// Path below `templates/`.
        asset: String,
        /// Values of the holes.
        context: Value,
    },
}

impl PlannedFile {
    /// A copy of the asset.
    #[must_use]
    pub fn verbatim(path: String, asset: String) -> Self {
        Self {
            path,
            content: Content::Verbatim { asset },
        }
    }

    /// The template with its holes filled.
    #[must_use]
    pub fn template(path: String, asset: &str, context: Value) -> Self {
        Self {
            path,
            content: Content::Template {
                asset: asset.to_owned(),
                context,
            },
        }
    }
}
