//! Which files a request needs, as data: no file is read or written here.

use crate::docs::guide as page;
use crate::languages::{Place, PlannedFile};
use crate::spec::model::Spec;

/// Every file of the sinks of `specs` at `place`, sorted by path.
#[must_use]
pub fn plan(specs: &[&Spec], place: &dyn Place) -> Vec<PlannedFile> {
    let mut files = place.files(specs);
    files.extend(specs.iter().map(|spec| guide(spec, place)));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// The guide of one provider, as the code lies that it shows.
#[must_use]
pub fn guide(spec: &Spec, place: &dyn Place) -> PlannedFile {
    let words = place.guide(spec);
    PlannedFile::template(
        format!("docs/{}.md", spec.id),
        words.asset,
        page::context(spec, &words.words),
    )
}
