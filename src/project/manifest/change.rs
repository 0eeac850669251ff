//! What a run makes of a manifest: what its sinks need joins it, and what they no longer need leaves it.

use std::fs;
use std::path::Path;

use super::Additions;
use crate::diagnostics::Code;
use crate::languages::{Manifest, Place, Standing};
use crate::problem::Problem;
use crate::project::lock::Lock;
use crate::sink::Sink;

/// What becomes of a manifest, and what of it is ours from now on.
pub struct ManifestChange {
    /// What becomes of it.
    pub manifest: Manifest,
    /// What in it is ours.
    pub added: Additions,
    /// What is taken out of it.
    pub taken: Vec<String>,
    /// What would be, and stays because a person edited it.
    pub left: Vec<String>,
}

/// The manifest with what the sinks need, and without what they needed once.
pub fn grow(
    place: &dyn Place,
    sinks: &[&Sink],
    standing: &Standing,
    previous: Option<&Lock>,
) -> Result<ManifestChange, Problem> {
    let mut manifest = place.manifest(sinks, standing)?;
    let known = previous.map(|lock| lock.added.clone()).unwrap_or_default();
    let Some(after) = manifest.text.take_if(|_| !place.is_own()) else {
        return Ok(ManifestChange {
            manifest,
            added: known,
            taken: Vec::new(),
            left: Vec::new(),
        });
    };
    let obsolete = obsolete(place, sinks, standing, &after, &known)?;
    let without = super::without(&after, &obsolete);
    let mut added = super::additions(standing.text.unwrap_or_default(), &without.text);
    added.extend(known.difference(&obsolete).cloned());
    manifest.text = Some(without.text);
    Ok(ManifestChange {
        manifest,
        added,
        taken: without.taken,
        left: without.left,
    })
}

/// What was added to a person's manifest and would not be added now.
fn obsolete(
    place: &dyn Place,
    sinks: &[&Sink],
    standing: &Standing,
    text: &str,
    added: &Additions,
) -> Result<Additions, Problem> {
    if added.is_empty() {
        return Ok(Additions::new());
    }
    let stripped = super::without(text, added).text;
    let merged = with(place, sinks, standing, Some(&stripped))?;
    let needed = super::additions(&stripped, &merged);
    Ok(added.difference(&needed).cloned().collect())
}

/// A manifest as it is, or a new one, with what the sinks need; without sinks they need nothing.
fn with(
    place: &dyn Place,
    sinks: &[&Sink],
    standing: &Standing,
    text: Option<&str>,
) -> Result<String, Problem> {
    if sinks.is_empty() {
        return Ok(text.unwrap_or_default().to_owned());
    }
    let manifest = place.manifest(sinks, &Standing { text, ..*standing })?;
    Ok(manifest.text.unwrap_or_default())
}

/// The manifest without what only sinks need that go. An empty text is one of ours that goes too.
pub fn shrink(
    place: &dyn Place,
    before: &[&Sink],
    sinks: &[&Sink],
    standing: &Standing,
    previous: Option<&Lock>,
) -> Result<ManifestChange, Problem> {
    let (Some(text), Some(previous)) = (standing.text, previous) else {
        return grow(place, sinks, standing, previous);
    };
    // Ours is all of a manifest that we made, and what we added to a person's.
    let obsolete: Additions = if place.is_own() {
        let needed = super::all(&with(place, sinks, standing, None)?);
        let ours = super::all(&with(place, before, standing, None)?);
        ours.difference(&needed).cloned().collect()
    } else {
        obsolete(place, sinks, standing, text, &previous.added)?
    };
    let without = super::without(text, &obsolete);
    let is_all_gone = place.is_own() && super::all(&without.text).is_empty();
    let text = if is_all_gone {
        String::new()
    } else {
        without.text
    };
    let added = previous.added.difference(&obsolete).cloned().collect();
    Ok(ManifestChange {
        manifest: Manifest::new(text),
        added,
        taken: without.taken,
        left: without.left,
    })
}

/// Replacing a file asks nobody whether it may be written.
pub fn refuse_read_only(path: &Path, before: Option<&str>, after: &str) -> Result<(), Problem> {
    let is_read_only = fs::metadata(path).is_ok_and(|found| found.permissions().readonly());
    if !is_read_only || before == Some(after) {
        return Ok(());
    }
    let problem = Problem::new(Code::Project, format!("`{}` is read-only", path.display()));
    Err(problem.hint("make it writable, or pass `--no-deps` and add what is missing by hand; nothing was written"))
}
