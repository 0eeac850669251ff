//! From the text of a provider file to a sink: loaded, checked, lowered.

use std::path::Path;

use super::lower::lower;
use super::model::Sink;
use super::prove::{Step, prove};
use crate::assets::Assets;
use crate::diagnostics::Diagnostics;
use crate::spec::{self, LoadedSpec, PathStep, Whole};

/// A sink and the text it was made from.
#[derive(Debug, Clone)]
pub struct LoadedSink {
    /// The sink.
    pub sink: Sink,
    /// Path as the user knows it.
    pub origin: String,
    /// The file.
    pub text: String,
    /// The file and all it extends as one text; absent where it extends nothing.
    pub whole: Option<Whole>,
}

impl LoadedSink {
    fn of(loaded: LoadedSpec) -> Self {
        Self {
            sink: lower(&loaded.spec),
            origin: loaded.origin,
            text: loaded.text,
            whole: loaded.whole,
        }
    }

    /// A text that stays what it is when it is read in another folder: a built-in spec that it extends is
    /// looked up again, a file is in it.
    #[must_use]
    pub fn portable(&self) -> &str {
        let whole = self.whole.as_ref().filter(|whole| whole.of_a_file);
        whole.map_or(&self.text, |whole| &whole.text)
    }

    /// All that the sink was made from as one text.
    #[must_use]
    pub fn whole_text(&self) -> &str {
        self.whole.as_ref().map_or(&self.text, |whole| &whole.text)
    }

    /// Carries out the worked examples.
    ///
    /// # Errors
    ///
    /// Every example that is not what the spec means, with its place in the file.
    pub fn proved(self) -> Result<Self, Diagnostics> {
        let found = prove(&self.sink);
        if found.is_empty() {
            return Ok(self);
        }
        let findings = found.into_iter().map(|finding| {
            let steps = finding.at.into_iter().map(|step| match step {
                Step::Key(key) => PathStep::Key(key),
                Step::Index(index) => PathStep::Index(index),
            });
            (steps.collect(), finding.message, finding.hint)
        });
        Err(spec::diagnose(&self.origin, &self.text, findings))
    }
}

/// Reads and checks a provider file, its worked examples included.
///
/// # Errors
///
/// All problems of the file, or the one that kept it from being read.
pub fn load_file(path: &Path) -> Result<LoadedSink, Diagnostics> {
    LoadedSink::of(spec::load_file(path)?).proved()
}

/// Reads and checks a provider file, but for its worked examples.
///
/// # Errors
///
/// All problems of the file, or the one that kept it from being read.
pub fn load_file_unproved(path: &Path, assets: &Assets) -> Result<LoadedSink, Diagnostics> {
    Ok(LoadedSink::of(spec::load_file_with(path, assets)?))
}

/// Checks the text of a provider file; `origin` is what messages call it. The worked examples are not
/// carried out: [`LoadedSink::proved`] does that.
///
/// # Errors
///
/// All problems of the file.
pub fn load_text(origin: &str, text: &[u8]) -> Result<LoadedSink, Diagnostics> {
    Ok(LoadedSink::of(spec::load_text(origin, text)?))
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
) -> Result<LoadedSink, Diagnostics> {
    Ok(LoadedSink::of(spec::load_text_with(origin, text, assets)?))
}
