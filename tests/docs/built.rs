//! What the site's generator makes of text that tries to be more than text. Needs the generator, which
//! `fapilog-gen docs build` installs.

use std::fs;
use std::path::Path;

use super::{copy_of_the_repository, hostile_spec, root, run, said};

/// A page of the site without the navigation around it.
fn article(folder: &Path, page: &str) -> String {
    let path = folder.join("target/docs/site").join(page);
    let html = fs::read_to_string(path).expect("a page");
    let (_, rest) = html.split_once("<article").expect("an article");
    let (article, _) = rest.split_once("</article>").expect("its end");
    article.to_owned()
}

fn build(folder: &Path) {
    let zensical = root().join("target/docs/python/bin/zensical");
    let zensical = zensical.to_str().expect("a path in UTF-8");

    let output = run(folder, &["docs", "build", "--zensical", zensical]);

    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

#[test]
#[ignore = "needs the site's generator: run `docs build` first, then this with `-- --ignored`"]
fn text_of_a_spec_is_text_on_the_built_site_too() {
    let folder = copy_of_the_repository();
    build(folder.path());
    let guide = "examples/cloud-sinks/honeycomb.html";
    let before = article(folder.path(), guide);
    fs::write(folder.path().join("providers/hostile.yaml"), hostile_spec()).expect("written");
    let generated = run(folder.path(), &["generate"]);
    assert_eq!(generated.status.code(), Some(0), "{}", said(&generated));

    build(folder.path());

    let page = article(folder.path(), "examples/cloud-sinks/hostile.html");
    for tag in page.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name = tag.split_ascii_whitespace().next().unwrap_or_default();
        let is_known = !["script", "img", "iframe", "abbr", "object", "embed"].contains(&name);
        let is_calm = ![
            "javascript:",
            "evil.example",
            "onerror",
            "onclick",
            "admonition",
        ]
        .iter()
        .any(|word| tag.contains(word));
        assert!(is_known && is_calm, "<{tag}> in {page}");
    }
    for text in [
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "{{ 7 * 7 }}",
        "!!! danger",
        "--- title: stolen ---",
        "<li>&#61;== \"Tab\"</li>",
        "<li># Heading</li>",
    ] {
        assert!(page.contains(text), "{text} is not in {page}");
    }
    let before: Vec<_> = before.lines().collect();
    let after = article(folder.path(), guide);
    assert_eq!(before, after.lines().collect::<Vec<_>>());
}
