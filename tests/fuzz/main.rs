//! What comes from outside, damaged at random: nothing panics, and what is still taken is taken for
//! what it is. The stand-in's part is in `tests/mock/fuzz.rs`.
//!
//! A short run is part of every test; a long one: `FUZZ_RUNS=100000 FUZZ_SEED=7 cargo test --test fuzz`.

#[path = "../random_specs/dice.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod dice;
mod mutate;

use std::collections::BTreeSet;
use std::path::Path;

use fapilog_gen::assets::Assets;
use fapilog_gen::languages::{self, Folder, Language, Place, Standing};
use fapilog_gen::project::lock::Lock;
use fapilog_gen::project::merge::{Conflict, merge};
use fapilog_gen::sink::interpret::{Reply, WhatNow, interpret};
use fapilog_gen::sink::{ResponseVector, Sink, load_all, load_text};

use mutate::{check, corpus, dice, mutate, runs};

/// Checks each input as it is and damaged.
fn fuzz(target: &str, inputs: &[Vec<u8>], default: usize, of: impl Fn(&[u8])) {
    let mut dice = dice(target);
    for input in inputs {
        check(target, input, &of);
        for _ in 0..runs(default) {
            let other = &inputs[dice.below(inputs.len())];
            let damaged = mutate(&mut dice, input, other);
            check(target, &damaged, &of);
        }
    }
}

/// The texts of all files with this ending in folders of the repository.
fn files(folders: &[&str], extension: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in folders {
        for entry in std::fs::read_dir(root.join(folder)).expect("a folder") {
            paths.push(entry.expect("an entry").path());
        }
    }
    paths.retain(|path| path.extension().is_some_and(|found| found == extension));
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).expect("readable"))
        .collect()
}

fn sinks() -> Vec<Sink> {
    load_all(&Assets::embedded()).expect("the built-in specs are good")
}

#[test]
fn a_damaged_spec_is_refused_with_words_that_a_terminal_can_show() {
    let mut specs = files(&["providers", "tests/backends", "tests/specs"], "yaml");
    specs.extend(corpus("spec"));

    fuzz("spec", &specs, 3, |bytes| {
        let Err(problems) = load_text("fuzz.yaml", bytes) else {
            return;
        };
        let said = problems.render(false);
        let control = said
            .chars()
            .find(|found| found.is_control() && *found != '\n');
        assert_eq!(None, control, "{said:?}");
        assert!(said.starts_with("error["), "{said}");
    });
}

#[test]
fn a_damaged_lock_is_refused_or_read_as_it_stands() {
    let mut locks = files(&["generated/rust", "generated/python"], "lock");
    locks
        .retain(|lock| lock.starts_with(b"#") && String::from_utf8_lossy(lock).contains("fapilog"));
    assert_eq!(2, locks.len());
    locks.extend(corpus("lock"));

    fuzz("lock", &locks, 30, |bytes| {
        let Ok(lock) = std::str::from_utf8(bytes)
            .map_err(drop)
            .and_then(|text| Lock::parse(text).map_err(drop))
        else {
            return;
        };
        for file in lock.files.values() {
            // A damaged text is an error here, and not before.
            if let Ok(text) = file.pristine() {
                assert!(!file.claims(text.as_bytes()) || file.proves(text.as_bytes()));
            }
        }
        let written = lock.to_text();
        let again = Lock::parse(&written).expect("what was written is read");
        assert_eq!(written, again.to_text());
    });
}

#[test]
fn a_merge_takes_any_texts_and_loses_neither_side() {
    let texts = corpus("merge");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();

    let mut dice = dice("merge");
    for base in &texts {
        for _ in 0..runs(150) {
            let other = &texts[dice.below(texts.len())];
            let ours = mutate(&mut dice, base, other);
            let theirs = mutate(&mut dice, base, other);
            let input = [base.as_slice(), b"\n=-=\n", &ours, b"\n=-=\n", &theirs].concat();
            check("merge", &input, |_| {
                let (base, ours, theirs) = (text(base), text(&ours), text(&theirs));
                let merged =
                    |ours: &str, theirs: &str, conflict| merge(&base, ours, theirs, conflict);
                assert_eq!(ours, merged(&ours, &base, Conflict::Markers).text);
                assert_eq!(theirs, merged(&base, &theirs, Conflict::Markers).text);
                let both = merged(&ours, &theirs, Conflict::Markers);
                for conflict in [Conflict::Rej, Conflict::Ours, Conflict::Theirs] {
                    assert_eq!(both.conflicts, merged(&ours, &theirs, conflict).conflicts);
                }
                let base: BTreeSet<&str> = base.split('\n').collect();
                let kept: BTreeSet<&str> = both.text.split('\n').collect();
                for added in ours
                    .split('\n')
                    .chain(theirs.split('\n'))
                    .filter(|line| !base.contains(line))
                {
                    assert!(kept.contains(added), "lost {added:?} in {:?}", both.text);
                }
            });
        }
    }
}

/// A folder that is not there: what lies beside a manifest is no part of this.
const NOWHERE: &str = "/nowhere/at/all";

/// Merges the dependencies of sinks into a manifest, and again into the result.
fn merge_twice(language: &dyn Language, place: &dyn Place, sinks: &[&Sink], text: &str) {
    let standing = |text| Standing {
        root: Path::new(NOWHERE),
        text: Some(text),
        leave_alone: false,
    };
    let Ok(first) = place.manifest(sinks, &standing(text)) else {
        return;
    };
    let merged = first.text.as_deref().unwrap_or(text);
    let parsed = merged.parse::<toml_edit::DocumentMut>();
    assert!(parsed.is_ok(), "{}: {merged}", language.name());
    let again = place
        .manifest(sinks, &standing(merged))
        .expect("what was merged is taken");
    assert_eq!(
        merged,
        again.text.as_deref().unwrap_or(merged),
        "merged twice"
    );
}

#[test]
fn a_damaged_manifest_is_refused_or_merged_once() {
    let all = sinks();
    let sinks: Vec<&Sink> = all.iter().collect();

    for language in languages::ALL {
        let target = format!("manifest-{}", language.name());
        let inputs = corpus(&target);
        fuzz(&target, &inputs, 100, |bytes| {
            let Ok(text) = std::str::from_utf8(bytes) else {
                return;
            };
            let folder = Folder {
                root: Path::new(NOWHERE),
                name: "shop",
                manifest: Some(text),
                layout: None,
            };
            if let Ok(place) = language.find_place(&folder) {
                merge_twice(language, &*place, &sinks, text);
            }
        });
    }
}

#[test]
fn a_damaged_answer_ends_no_event_twice() {
    let sinks = sinks();
    for sink in &sinks {
        let mut inputs = corpus("answer");
        inputs.extend(sink.vectors.responses.iter().map(answer));

        fuzz("answer", &inputs, 5, |bytes| read(sink, &reply(bytes)));
    }
}

/// Events of the request that is answered.
const SENT: usize = 5;

fn read(sink: &Sink, reply: &Reply) {
    let verdict = interpret(sink, reply, SENT, 1_767_323_046.0);
    if let WhatNow::Partial {
        rejected,
        uncertain,
        retry,
    } = verdict.outcome
    {
        let all = [rejected, uncertain, retry].concat();
        let different: BTreeSet<_> = all.iter().collect();
        assert_eq!(all.len(), different.len(), "{}: {all:?}", sink.id);
        assert!(
            all.iter().all(|position| *position < SENT),
            "{}: {all:?}",
            sink.id
        );
    }
    if let Some(delay) = verdict.retry_after {
        assert!((0.0..=300.0).contains(&delay), "{}: {delay}", sink.id);
    }
    assert!(
        !verdict.reason.contains('\n'),
        "{}: {:?}",
        sink.id,
        verdict.reason
    );
}

/// An answer as a text: status, headers, an empty line, body.
fn answer(vector: &ResponseVector) -> Vec<u8> {
    let headers = vector
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"));
    let headers: String = headers.collect();
    format!("{}\n{headers}\n{}", vector.status, vector.body).into_bytes()
}

/// The same read, as well as it can be.
fn reply(bytes: &[u8]) -> Reply {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let mut lines = head.lines();
    let status = lines.next().and_then(|status| status.trim().parse().ok());
    Reply {
        status: status.unwrap_or(200),
        headers: lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: body.to_owned(),
    }
}
