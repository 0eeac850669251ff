//! The arrows between the rooms of `src/` run one way: commands → project → languages → sink →
//! spec, the pages and the stand-in beside them. The stand-in knows the form of a sink and shares no
//! code that makes or reads requests: its independence is its point.
//!
//! Reads the paths that the code names, `crate::` and `super::` alike, and asks of each whether its
//! room may know the other.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Rooms, and those that each may know.
const ARROWS: [(&str, &[&str]); 7] = [
    (
        "commands",
        &["project", "languages", "docs", "mock", "sink", "spec"],
    ),
    ("project", &["languages", "docs", "sink", "spec"]),
    ("languages", &["sink"]),
    ("docs", &["sink"]),
    ("mock", &["sink"]),
    ("sink", &["spec"]),
    ("spec", &[]),
];

/// What every room may know, and what knows no room.
const FLOOR: [&str; 5] = ["assets", "diagnostics", "files", "problem", "text"];

/// A path that a file names, of modules from the crate's root.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mention {
    /// Relative to `src`, `/` separated.
    file: String,
    path: Vec<String>,
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
}

/// The modules that a file's code lies in: `mock/clock.rs` is `mock::clock`.
fn modules(file: &str) -> Vec<String> {
    let name = file.strip_suffix(".rs").unwrap_or(file);
    let name = name.strip_suffix("/mod").unwrap_or(name);
    name.split('/').map(str::to_owned).collect()
}

/// The room of a module; the command line is the door of the commands.
fn room(path: &[String]) -> &str {
    match path.first().map_or("", String::as_str) {
        "cli" => "commands",
        other => other,
    }
}

/// Names of a path that starts after `crate` or some `super`.
fn names(text: &str) -> Vec<String> {
    text.split("::")
        .skip(1)
        .map(|name| {
            let end = name.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '#');
            name[..end.unwrap_or(name.len())].to_owned()
        })
        .take_while(|name| !name.is_empty())
        .collect()
}

/// Texts in quotes are not paths, and neither are comments.
fn code(line: &str) -> String {
    let line = line.split("//").next().unwrap_or_default();
    line.split('"').step_by(2).collect::<Vec<_>>().join("\"")
}

/// Paths that one line names. Within a nested module `super` reaches less far than is assumed
/// here, into no other room.
fn mentions_of(file: &str, line: &str) -> Vec<Mention> {
    let line = code(line);
    let mention = |path| Mention {
        file: file.to_owned(),
        path,
    };
    let mut found = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        assert!(
            !line[at..].starts_with("crate::{"),
            "{file}: a line for each room, not `{}`",
            line.trim()
        );
        found.push(mention(names(&line[at..])));
    }
    for (at, _) in line.match_indices("super::") {
        if line[..at].ends_with("super::") {
            continue;
        }
        let mut rest = &line[at..];
        let mut path = modules(file);
        while let Some(after) = rest.strip_prefix("super::") {
            path.pop();
            rest = after;
        }
        path.extend(names(&format!("::{rest}")));
        found.push(mention(path));
    }
    found
}

/// Every source file, its path relative to `src` and `/` separated.
fn texts() -> Vec<(String, String)> {
    let root = source();
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let texts = paths.into_iter().map(|path| {
        let relative = path.strip_prefix(&root).expect("below the source");
        let file = relative.to_string_lossy().replace('\\', "/");
        (file, fs::read_to_string(&path).expect("a source file"))
    });
    texts.collect()
}

fn mentions() -> BTreeSet<Mention> {
    let texts = texts();
    let lines = texts
        .iter()
        .flat_map(|(file, text)| text.lines().map(move |line| (file, line)));
    lines
        .flat_map(|(file, line)| mentions_of(file, line))
        .collect()
}

/// Whether an arrow of [`ARROWS`], or the floor under all, leads there.
fn is_drawn(mention: &Mention) -> bool {
    let from = modules(&mention.file);
    let (from, to) = (room(&from), room(&mention.path));
    let is_room = |name: &str| ARROWS.iter().any(|(room, _)| *room == name);
    let may_know = ARROWS.iter().find(|(room, _)| *room == from);
    from == to
        // The crate's root declares rooms; what is no room is the floor, or an item of the root.
        || ["lib", "main"].contains(&from)
        || !is_room(to)
        || may_know.is_some_and(|(_, known)| known.contains(&to))
}

#[test]
fn arrows_between_rooms_run_one_way() {
    let wrong: Vec<String> = mentions()
        .iter()
        .filter(|mention| !is_drawn(mention))
        .map(|mention| format!("src/{} knows {}", mention.file, mention.path.join("::")))
        .collect();

    assert!(
        wrong.is_empty(),
        "these rooms must not know those: {wrong:#?}"
    );
}

/// It may know the form of a sink, an arrow leads there; with the code that makes and reads requests
/// it would judge itself. The names alone are looked for, however they are imported.
#[test]
fn the_stand_in_shares_no_code_that_makes_or_reads_requests() {
    let mut wrong = Vec::new();
    for (file, text) in texts() {
        if !file.starts_with("mock/") {
            continue;
        }
        let code = text.lines().map(code).collect::<Vec<_>>().join("\n");
        let words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
        wrong.extend(
            words
                .filter(|word| ["interpret", "prove", "lower"].contains(word))
                .map(|word| format!("src/{file} names `{word}`")),
        );
    }

    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A language is known to nobody by its name: not to the other one, not to those who ask for files.
#[test]
fn no_code_outside_of_a_language_names_it() {
    for language in fapilog_gen::languages::ALL {
        let own = format!("languages/{}/", language.name());
        let path = ["languages", language.name()];
        let strangers: Vec<String> = mentions()
            .into_iter()
            .filter(|mention| {
                !mention.file.starts_with(&own)
                    && mention.path.starts_with(&path.map(str::to_owned))
            })
            .map(|mention| mention.file)
            .collect();

        assert!(
            strangers.is_empty(),
            "{} is named in {strangers:#?}",
            language.title()
        );
    }
}

#[test]
fn each_folder_and_file_of_the_source_has_its_place_in_the_drawing() {
    let entries = fs::read_dir(source()).expect("the source");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let unknown: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| {
            let module = modules(name);
            let room = room(&module);
            !["lib", "main"].contains(&room)
                && !FLOOR.contains(&room)
                && !ARROWS.iter().any(|(known, _)| *known == room)
        })
        .collect();

    assert!(unknown.is_empty(), "draw an arrow for {unknown:?}");
}

#[test]
fn paths_are_read_as_the_compiler_reads_them() {
    let read = |file, line| -> Vec<String> {
        let mentions = mentions_of(file, line).into_iter();
        mentions.map(|mention| mention.path.join("::")).collect()
    };

    assert_eq!(
        ["mock::json"],
        *read("spec/validate/vectors.rs", "use crate::mock::json;")
    );
    assert_eq!(
        ["languages::rust::names::snake"],
        *read(
            "languages/python/names.rs",
            "use super::super::rust::names::snake;"
        )
    );
    assert_eq!(
        ["languages::python::text"],
        *read(
            "languages/python/mod.rs",
            "use super::python::text::{a, b};"
        )
    );
    assert!(
        read(
            "docs/guide.rs",
            "let root = \"crate::sinks\"; // crate::spec"
        )
        .is_empty()
    );
}
