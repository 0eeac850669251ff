//! All pages of the site: those written by hand as they lie in `docs/`, those that are made as they
//! would be made now.

use std::fs;
use std::path::Path;

use super::Repository;
use crate::commands::generate::outputs::{GUIDES_FOLDER, PAGE_MARK, REFERENCE_PAGES_FOLDER};
use crate::commands::generate::pages;
use crate::commands::{Failure, Result};
use crate::diagnostics::Code;
use crate::docs::site::{self, Pages, Section};
use crate::sink::{Sink, load_all};
use crate::spec;

/// Pages that lie outside of `docs/`.
const OUTSIDE: [&str; 4] = [
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
];
/// The reference of the spec language.
pub const SPEC_PAGE: &str = "providers/README.md";
/// Deeper than any folder of pages.
const MAX_DEPTH: usize = 6;

/// The pages, and the providers that they are about.
pub fn gather(repository: &Repository) -> Result<(Pages, Vec<Sink>)> {
    let assets = repository.assets();
    let sinks = load_all(&assets)?;
    let mut pages = Pages::new();
    written(&repository.root, "docs", MAX_DEPTH, &mut pages)?;
    for name in OUTSIDE {
        let text = read(&repository.root.join(name))?;
        pages.insert(name.to_owned(), text);
    }
    let made = [
        (GUIDES_FOLDER, pages::guides(&assets, &sinks)?),
        (REFERENCE_PAGES_FOLDER, pages::references(&assets, &sinks)?),
    ];
    for (folder, made) in made {
        let made = made.into_iter();
        pages.extend(made.map(|page| {
            (
                format!("{folder}/{}", page.path),
                page.contents.into_owned(),
            )
        }));
    }
    pages.insert(SPEC_PAGE.to_owned(), spec::reference());
    Ok((pages, sinks))
}

/// The navigation.
pub fn sections(repository: &Repository, pages: &Pages) -> Result<Vec<Section>> {
    let path = repository.site().join("site.toml");
    site::sections(&read(&path)?, pages).map_err(|problems| {
        Failure::new(
            Code::Site,
            format!("docs/site/site.toml: {}", problems.join("; ")),
        )
        .hint("name each page of `docs` in one section, or the folder it lies in")
    })
}

/// Text of a file.
pub fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| {
        Failure::new(Code::System, format!("cannot read `{}`", path.display())).because(error)
    })
}

/// Pages below a folder that nobody generated. `docs/site` holds none.
fn written(root: &Path, folder: &str, depth: usize, pages: &mut Pages) -> Result<()> {
    let path = root.join(folder);
    let unreadable = |error| {
        Failure::new(Code::System, format!("cannot read `{}`", path.display())).because(error)
    };
    for entry in fs::read_dir(&path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() && depth > 0 && name != "docs/site" {
            written(root, &name, depth - 1, pages)?;
        } else if kind.is_file() && entry.path().extension().is_some_and(|it| it == "md") {
            let text = read(&entry.path())?;
            if !text.lines().take(3).any(|line| line.contains(PAGE_MARK)) {
                pages.insert(name, text);
            }
        }
    }
    Ok(())
}
