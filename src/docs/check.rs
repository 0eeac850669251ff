//! What is wrong with pages: links and anchors that lead nowhere, and things that no page names.

use std::fmt;

use super::outline::{Outline, line_at};
use super::site::{Pages, Target};

/// Something wrong.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The page, from the root of the repository.
    pub page: String,
    /// Its line, from 1; 0: the page as a whole.
    pub line: usize,
    /// What was found.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.page, self.message),
            line => write!(f, "{}:{line}: {}", self.page, self.message),
        }
    }
}

/// Something that a page owes its readers.
#[derive(Debug)]
pub struct Owed {
    /// What it is, as in `a setting of loki`.
    pub what: String,
    /// Its name, which the page shows as code or as a heading.
    pub name: String,
    /// What is said about it; empty is a finding too.
    pub said: String,
    /// The page.
    pub page: String,
}

/// Links to files and anchors that are not there. `exists` knows the files that are no pages.
#[must_use]
pub fn links(pages: &Pages, exists: &dyn Fn(&str) -> bool) -> Vec<Finding> {
    let outlines: Vec<_> = pages
        .iter()
        .map(|(path, text)| (path, text, Outline::of(text)))
        .collect();
    let outline_of = |path: &str| {
        outlines
            .iter()
            .find(|(page, _, _)| *page == path)
            .map(|(_, _, outline)| outline)
    };
    let mut found = Vec::new();
    for (page, text, outline) in &outlines {
        for link in &outline.links {
            let mut report = |message| {
                found.push(Finding {
                    page: (*page).clone(),
                    line: line_at(text, link.span.start),
                    message,
                });
            };
            let (path, anchor) = match Target::of(link, page) {
                Some(target) => (target.path, target.anchor),
                None if link.target.starts_with('#') => ((*page).clone(), link.target.clone()),
                None => {
                    if !["https://", "http://", "mailto:"]
                        .iter()
                        .any(|scheme| link.target.starts_with(scheme))
                    {
                        report(format!("`{}` is no address of a page", link.target));
                    }
                    continue;
                }
            };
            let anchor = anchor.trim_start_matches('#');
            match outline_of(&path) {
                Some(there) if !anchor.is_empty() && !there.has_anchor(anchor) => {
                    report(format!("`{path}` has no heading for `#{anchor}`"));
                }
                None if !exists(&path) => report(format!("`{path}` is not there")),
                _ => {}
            }
        }
    }
    found
}

/// What is not documented.
#[must_use]
pub fn owed(pages: &Pages, owed: &[Owed]) -> Vec<Finding> {
    let missing = owed.iter().filter_map(|owed| {
        let text = pages
            .get(&owed.page)
            .map(String::as_str)
            .unwrap_or_default();
        let message = if owed.said.trim().is_empty() {
            format!("nothing is said about {} `{}`", owed.what, owed.name)
        } else if !text.contains(&owed.name) {
            format!("{} `{}` is not on the page", owed.what, owed.name)
        } else {
            return None;
        };
        Some(Finding {
            page: owed.page.clone(),
            line: 0,
            message,
        })
    });
    missing.collect()
}

/// Words that promise instead of saying what happens.
const EMPTY_WORDS: [&str; 8] = [
    "simply",
    "blazing",
    "robust",
    "seamless",
    "seamlessly",
    "effortless",
    "effortlessly",
    "powerful",
];

/// Words in prose that say nothing.
#[must_use]
pub fn prose(pages: &Pages) -> Vec<Finding> {
    let mut found = Vec::new();
    for (page, text) in pages {
        let mut in_fence = false;
        for (number, line) in text.lines().enumerate() {
            in_fence ^= line.trim_start().starts_with("```");
            let words = line
                .split(|c: char| !c.is_alphanumeric())
                .map(str::to_lowercase);
            for word in words.filter(|word| !in_fence && EMPTY_WORDS.contains(&word.as_str())) {
                found.push(Finding {
                    page: page.clone(),
                    line: number + 1,
                    message: format!("`{word}` says nothing"),
                });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(pages: &[(&str, &str)]) -> Pages {
        pages
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn dead_links_and_anchors_are_found_with_their_line() {
        let pages = pages(&[
            (
                "docs/a.md",
                "# A\n\n[ok](b.md#b), [gone](b.md#c)\n[no](d.md) [here](#a) [js](javascript:x)\n[f](../f.rs)\n",
            ),
            ("docs/b.md", "# B\n"),
        ]);

        let found: Vec<_> = links(&pages, &|path| path == "f.rs")
            .iter()
            .map(ToString::to_string)
            .collect();

        assert_eq!(
            found,
            [
                "docs/a.md:3: `docs/b.md` has no heading for `#c`",
                "docs/a.md:4: `docs/d.md` is not there",
                "docs/a.md:4: `docs/javascript:x` is not there",
            ]
        );
    }

    #[test]
    fn what_is_missing_or_without_words_is_found() {
        let pages = pages(&[("docs/a.md", "# A\n\n`--out`\n")]);
        let owe = |name: &str, said: &str| Owed {
            what: "the option".to_owned(),
            name: name.to_owned(),
            said: said.to_owned(),
            page: "docs/a.md".to_owned(),
        };

        let found = owed(
            &pages,
            &[
                owe("--out", "Folder."),
                owe("--out", ""),
                owe("--in", "Folder."),
            ],
        );

        let messages: Vec<_> = found
            .iter()
            .map(|finding| finding.message.as_str())
            .collect();
        assert_eq!(
            messages,
            [
                "nothing is said about the option `--out`",
                "the option `--in` is not on the page"
            ]
        );
    }

    #[test]
    fn empty_words_are_found_in_prose_only() {
        let pages = pages(&[("docs/a.md", "Simply run it.\n\n```sh\nsimply\n```\n")]);

        assert_eq!(
            "docs/a.md:1: `simply` says nothing",
            prose(&pages)[0].to_string()
        );
        assert_eq!(1, prose(&pages).len());
    }
}
