//! What a page can be linked at and what it links to, read as GitHub reads it.

use std::collections::BTreeSet;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

/// Headings, links and code of a page.
#[derive(Debug, Default)]
pub struct Outline {
    /// Headings in order.
    pub headings: Vec<Heading>,
    /// Links to somewhere, in order; addresses in angle brackets are not among them.
    pub links: Vec<Link>,
    /// Code blocks in order.
    pub blocks: Vec<Block>,
}

/// A heading.
#[derive(Debug, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its text without markup.
    pub text: String,
    /// What stands after `#` in a link to it; `None` for the second of the same name.
    pub anchor: Option<String>,
    /// Where its line stands in the page.
    pub span: Range<usize>,
}

/// A link.
#[derive(Debug, PartialEq, Eq)]
pub struct Link {
    /// Where it leads, as written.
    pub target: String,
    /// The whole of it in the page.
    pub span: Range<usize>,
    /// Its words in the page.
    pub words: Range<usize>,
    /// Whether it is an image.
    pub is_image: bool,
}

/// A code block.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// What stands after the fence; empty where nothing does, or where the block is indented.
    pub language: String,
    /// The code.
    pub code: String,
    /// Where it begins in the page.
    pub start: usize,
}

impl Outline {
    /// Reads a page.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut outline = Self::default();
        let mut anchors = BTreeSet::new();
        let mut words = String::new();
        let mut in_heading = false;
        let mut open: Option<Link> = None;
        let mut block: Option<Block> = None;
        let parser = Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter();
        for (event, span) in parser {
            match event {
                Event::Start(Tag::Heading { .. }) => {
                    in_heading = true;
                    words.clear();
                }
                Event::End(TagEnd::Heading(level)) => {
                    in_heading = false;
                    let anchor = slug(&words);
                    outline.headings.push(Heading {
                        level: level as u8,
                        text: words.clone(),
                        anchor: anchors.insert(anchor.clone()).then_some(anchor),
                        span,
                    });
                }
                Event::Start(
                    Tag::Link {
                        link_type,
                        dest_url,
                        ..
                    }
                    | Tag::Image {
                        link_type,
                        dest_url,
                        ..
                    },
                ) if link_type != LinkType::Autolink && link_type != LinkType::Email => {
                    let is_image = text[span.clone()].starts_with('!');
                    let words = span.start + 1 + usize::from(is_image);
                    open = Some(Link {
                        target: dest_url.to_string(),
                        words: words..words,
                        is_image,
                        span,
                    });
                }
                Event::End(TagEnd::Link | TagEnd::Image) => outline.links.extend(open.take()),
                Event::Start(Tag::CodeBlock(kind)) => {
                    let language = match kind {
                        CodeBlockKind::Fenced(language) => language.to_string(),
                        CodeBlockKind::Indented => String::new(),
                    };
                    block = Some(Block {
                        language,
                        code: String::new(),
                        start: span.start,
                    });
                }
                Event::End(TagEnd::CodeBlock) => outline.blocks.extend(block.take()),
                Event::Text(said) | Event::Code(said) => {
                    if in_heading {
                        words.push_str(&said);
                    }
                    if let Some(block) = &mut block {
                        block.code.push_str(&said);
                    }
                    if let Some(link) = &mut open {
                        link.words.end = span.end;
                    }
                }
                _ => {}
            }
        }
        outline
    }

    /// Whether a link to `#anchor` finds something.
    #[must_use]
    pub fn has_anchor(&self, anchor: &str) -> bool {
        let mut headings = self.headings.iter();
        headings.any(|heading| heading.anchor.as_deref() == Some(anchor))
    }

    /// The text of the first heading.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.headings.first().map(|heading| heading.text.as_str())
    }
}

/// A heading's anchor, as GitHub makes it.
#[must_use]
pub fn slug(heading: &str) -> String {
    let lower = heading.trim().to_lowercase();
    let kept = lower
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' '));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The number of the line at an offset, from 1.
#[must_use]
pub fn line_at(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_those_of_github() {
        assert_eq!(
            "tls-proxy-and-plain-http",
            slug("TLS, proxy and plain http")
        );
        assert_eq!("a--b_c", slug("A & `b_c`"));
    }

    #[test]
    fn headings_and_links_of_code_are_none() {
        let page = "# A\n\n```sh\n# no heading [x](y)\n```\n\n[to](b.md#c) and `[n](o)` <https://x.example>\n";

        let outline = Outline::of(page);

        assert_eq!(Some("A"), outline.title());
        let targets: Vec<_> = outline
            .links
            .iter()
            .map(|link| link.target.as_str())
            .collect();
        assert_eq!(targets, ["b.md#c"]);
        assert_eq!("[to](b.md#c)", &page[outline.links[0].span.clone()]);
        assert_eq!("to", &page[outline.links[0].words.clone()]);
        assert_eq!(("sh", "# no heading [x](y)\n"), {
            let block = &outline.blocks[0];
            (block.language.as_str(), block.code.as_str())
        });
    }

    #[test]
    fn the_second_heading_of_a_name_cannot_be_linked_at() {
        let outline = Outline::of("# A\n\n## B\n\n## B\n");

        assert!(outline.has_anchor("b"));
        assert_eq!(None, outline.headings[2].anchor);
    }
}
