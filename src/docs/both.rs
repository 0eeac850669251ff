//! One page of the guides that several languages have of the same provider: what they say alike
//! stands once, what differs stands in tabs.
//!
//! The tabs are comments, so that the page reads well where nothing knows them.

use super::outline::{Outline, slug};
use super::tabs::{CLOSE, open};

/// A language's guide.
#[derive(Debug, Clone, Copy)]
pub struct Guide<'a> {
    /// The language's name in a sentence.
    pub language: &'a str,
    /// The guide, a heading of level 1 first.
    pub text: &'a str,
}

/// A heading of level 2 and what stands below it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Section<'a> {
    heading: &'a str,
    body: &'a str,
}

/// Every section of the guides, in the first one's order.
#[must_use]
pub fn sections(guides: &[Guide]) -> String {
    let told: Vec<_> = guides.iter().map(|guide| split(guide.text)).collect();
    let mut out = String::new();
    for heading in order(&told) {
        out.push_str(&format!("## {heading}\n\n"));
        let bodies: Vec<_> = guides
            .iter()
            .zip(&told)
            .filter_map(|(guide, sections)| {
                let section = sections.iter().find(|it| it.heading == heading)?;
                Some((guide.language, blocks(section.body)))
            })
            .collect();
        let everybody = bodies.len() == guides.len();
        out.push_str(&join(&bodies, everybody));
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// A guide as a part of a page with others: its headings one level deeper and named after it.
#[must_use]
pub fn nested(text: &str, name: &str) -> String {
    let outline = Outline::of(text);
    let mut out = String::with_capacity(text.len() + 1024);
    let mut done = 0;
    let mut edits: Vec<_> = outline
        .headings
        .iter()
        .map(|heading| {
            let line = text[heading.span.clone()].trim_end();
            (heading.span.start..heading.span.start + line.len(), {
                let own = if heading.level == 1 {
                    String::new()
                } else {
                    format!(" ({name})")
                };
                format!("#{line}{own}")
            })
        })
        .chain(
            outline
                .links
                .iter()
                .filter(|link| link.target.starts_with('#'))
                .map(|link| {
                    let words = &text[link.words.clone()];
                    let target = format!("{}-{}", link.target, slug(name));
                    (link.span.clone(), format!("[{words}]({target})"))
                }),
        )
        .collect();
    edits.sort_by_key(|(span, _)| span.start);
    for (span, new) in edits {
        out.push_str(&text[done..span.start]);
        out.push_str(&new);
        done = span.end;
    }
    out.push_str(&text[done..]);
    out
}

fn split(text: &str) -> Vec<Section<'_>> {
    let outline = Outline::of(text);
    let starts: Vec<_> = outline
        .headings
        .iter()
        .filter(|heading| heading.level == 2)
        .map(|heading| heading.span.clone())
        .collect();
    let ends = starts
        .iter()
        .skip(1)
        .map(|span| span.start)
        .chain([text.len()]);
    let sections = starts.iter().zip(ends).map(|(span, end)| Section {
        heading: text[span.clone()].trim_start_matches('#').trim(),
        body: text[span.end..end].trim(),
    });
    sections.collect()
}

/// The first language's headings; those of the others after what they follow there.
fn order<'a>(told: &[Vec<Section<'a>>]) -> Vec<&'a str> {
    let mut order: Vec<&str> = Vec::new();
    for sections in told {
        let mut at = 0;
        for section in sections {
            let found = order.iter().position(|it| *it == section.heading);
            if found.is_none() {
                order.insert(at, section.heading);
            }
            at = found.unwrap_or(at) + 1;
        }
    }
    order
}

/// Paragraphs, lists, tables and code blocks, as blank lines outside of fences divide them.
fn blocks(body: &str) -> Vec<&str> {
    let mut blocks = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let mut in_fence = false;
    for line in body.split_inclusive('\n') {
        in_fence ^= line.starts_with("```");
        at += line.len();
        if !in_fence && line.trim().is_empty() {
            blocks.push(body[start..at].trim());
            start = at;
        }
    }
    blocks.push(body[start..].trim());
    blocks.retain(|block| !block.is_empty());
    blocks
}

/// What all begin and end with once, what lies between in a tab for each.
fn join(bodies: &[(&str, Vec<&str>)], everybody: bool) -> String {
    let shortest = bodies
        .iter()
        .map(|(_, blocks)| blocks.len())
        .min()
        .unwrap_or(0);
    let first = &bodies[0].1;
    let same = |at: &dyn Fn(&[&str]) -> usize| {
        bodies
            .iter()
            .all(|(_, blocks)| blocks[at(blocks)] == first[at(first)])
    };
    let mut before = 0;
    let mut after = 0;
    if everybody {
        while before < shortest && same(&|_| before) {
            before += 1;
        }
        while after < shortest - before && same(&|blocks| blocks.len() - 1 - after) {
            after += 1;
        }
    }
    let mut parts: Vec<String> = first[..before]
        .iter()
        .map(|&block| block.to_owned())
        .collect();
    if bodies
        .iter()
        .any(|(_, blocks)| blocks.len() > before + after)
    {
        for (language, blocks) in bodies {
            parts.push(open(language));
            let own = &blocks[before..blocks.len() - after];
            parts.extend(own.iter().map(|&block| block.to_owned()));
        }
        parts.push(CLOSE.to_owned());
    }
    parts.extend(
        first[first.len() - after..]
            .iter()
            .map(|&block| block.to_owned()),
    );
    parts.join("\n\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(rust: &str, python: &str) -> String {
        sections(&[
            Guide {
                language: "Rust",
                text: rust,
            },
            Guide {
                language: "Python",
                text: python,
            },
        ])
    }

    #[test]
    fn what_is_alike_stands_once() {
        let page = page("# A\n\n## Same\n\nText.\n", "# B\n\n## Same\n\nText.\n");

        assert_eq!("## Same\n\nText.\n", page);
    }

    #[test]
    fn what_differs_stands_in_tabs_between_what_is_alike() {
        let rust = "# A\n\n## Go\n\nFirst.\n\n```rust\na\n\nb\n```\n\nLast.\n";
        let python = "# A\n\n## Go\n\nFirst.\n\n```python\nc\n```\n\nLast.\n";

        assert_eq!(
            "## Go\n\nFirst.\n\n<!-- tab: Rust -->\n**Rust**\n\n```rust\na\n\nb\n```\n\n\
             <!-- tab: Python -->\n**Python**\n\n```python\nc\n```\n\n<!-- /tabs -->\n\nLast.\n",
            page(rust, python)
        );
    }

    #[test]
    fn a_section_of_one_language_stands_after_what_it_follows_there() {
        let page = page(
            "# A\n\n## One\n\n1\n\n## Three\n\n3\n",
            "# A\n\n## One\n\n1\n\n## Two\n\n2\n",
        );

        let two = page
            .find("## Two\n\n<!-- tab: Python -->")
            .expect("the section");
        assert!(
            page.find("## One").expect("one") < two && two < page.find("## Three").expect("three")
        );
    }

    #[test]
    fn a_guide_beside_others_keeps_its_links_to_itself() {
        let nested = nested(
            "# A\n\n## Go\n\nSee [this](#go) and [that](b.md).\n",
            "Open Search",
        );

        assert_eq!(
            "## A\n\n### Go (Open Search)\n\nSee [this](#go-open-search) and [that](b.md).\n",
            nested
        );
    }
}
