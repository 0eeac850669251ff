//! Which files a request needs, as data: no file is read or written here.

use crate::docs::guide as page;
use crate::languages::{Place, PlannedFile};
use crate::sink::Sink;

/// Every file of `sinks` at `place`, sorted by path.
#[must_use]
pub fn plan(sinks: &[&Sink], place: &dyn Place) -> Vec<PlannedFile> {
    let mut files = place.files(sinks);
    files.extend(sinks.iter().map(|sink| guide(sink, place)));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// The guide of one provider, as the code lies that it shows.
#[must_use]
pub fn guide(sink: &Sink, place: &dyn Place) -> PlannedFile {
    let words = place.guide(sink);
    PlannedFile::template(
        format!("docs/{}.md", sink.id),
        words.asset,
        page::context(sink, &words.words),
    )
}
