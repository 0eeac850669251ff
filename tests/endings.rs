//! Every way an accepted event can end other than delivered has the same name everywhere, and a test
//! in each language that makes it happen.

use std::fs;
use std::path::Path;

use fapilog_gen::docs::endings::Ending;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn names() -> Vec<&'static str> {
    Ending::ALL.map(|ending| ending.told().name).to_vec()
}

/// The texts in quotes between two marks.
fn quoted<'t>(text: &'t str, from: &str, to: &str) -> Vec<&'t str> {
    let (_, rest) = text.split_once(from).expect("the first mark");
    let (part, _) = rest.split_once(to).expect("the second mark");
    part.split('"').skip(1).step_by(2).collect()
}

#[test]
fn the_rust_runtime_has_these_reasons_and_no_others() {
    let text = read("templates/rust/cloud_sink_base/accounts.rs");
    let (_, text) = text.split_once("impl DropReason").expect("the enum");

    assert_eq!(names(), quoted(text, "fn as_str", "\n    }\n"));
}

#[test]
fn the_python_runtime_has_these_reasons_and_no_others() {
    let text = read("templates/python/cloud_sink_base/_stats.py");
    let (_, text) = text.split_once("class DropReason").expect("the enum");
    let (text, _) = text.split_once("@dataclass").expect("its end");
    let found = text.lines().filter_map(|line| line.split_once(" = \""));
    let found: Vec<&str> = found
        .map(|(_, value)| value.trim_end_matches('"'))
        .collect();

    assert_eq!(names(), found);
}

/// The text of a test: to the next one.
fn body<'t>(text: &'t str, function: &str, next: &str) -> &'t str {
    let start = text
        .find(function)
        .unwrap_or_else(|| panic!("there is no `{function}`"));
    let rest = &text[start..];
    let end = rest[function.len()..].find(next);
    end.map_or(rest, |end| &rest[..end + function.len()])
}

fn variant(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let (first, rest) = word.split_at(1);
        format!("{}{rest}", first.to_uppercase())
    });
    words.collect()
}

#[test]
fn every_reason_has_a_test_in_rust_that_makes_it_happen() {
    for ending in Ending::ALL {
        let told = ending.told();
        let (file, test) = told.rust;
        let source = read(&format!("tests/runtime/tests/it/{file}"));

        let body = body(&source, &format!("fn {test}("), "\nasync fn ");

        let reason = format!("DropReason::{}", variant(told.name));
        assert!(body.contains(&reason), "{test} never asserts {reason}");
    }
}

#[test]
fn every_reason_has_a_test_in_python_that_makes_it_happen() {
    for ending in Ending::ALL {
        let told = ending.told();
        let (file, test) = told.python;
        let source = read(&format!("tests/python_runtime/{file}"));
        let at = source
            .find(&format!("def {test}("))
            .unwrap_or_else(|| panic!("no {test}"));

        // What it is parametrized with stands before it.
        let before = source[..at].rfind("\n\n\n").unwrap_or(0);
        let whole = &source[before..];
        let whole = &whole[..body(whole, &format!("def {test}("), "\n\n\n").len() + at - before];

        let (value, member) = (told.name, told.name.to_uppercase());
        let is_named = whole.contains(value) || whole.contains(&format!("DropReason.{member}"));
        assert!(is_named, "{test} never asserts {value}");
    }
}
