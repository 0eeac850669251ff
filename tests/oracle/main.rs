//! Every fault against the sinks of every provider in both languages, with books on the peer's side.
//!
//! `cargo test --features whole --test oracle` runs a covering selection; `tests/oracle/run` runs every cell and writes
//! `docs/fault-matrix.md`.

mod cell;
mod exchange;
mod faults;
mod ledger;
mod peer;
mod programs;
#[path = "../python/mod.rs"]
mod python;
mod respond;
mod rows;
mod settings;
mod stopping;
mod table;
mod tls;

use std::path::Path;
use std::sync::Arc;

use fapilog_gen::assets::Assets;
use fapilog_gen::sink::{Sink, load_all};
use tokio::sync::Semaphore;

use cell::{Cell, Ending};
use faults::Fault;
use programs::{Language, Program};
use tls::Certificates;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Which cells are run.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Selection {
    /// Each fault with a few providers, each provider with a few faults.
    Covering,
    /// All whose fault and provider have these words in their names.
    All { fault: String, provider: String },
}

impl Selection {
    fn of_environment() -> Self {
        let word = |name: &str| std::env::var(name).unwrap_or_default();
        if word("ORACLE").is_empty() {
            return Self::Covering;
        }
        Self::All {
            fault: word("ORACLE_FAULT"),
            provider: word("ORACLE_PROVIDER"),
        }
    }

    fn has(&self, fault: (usize, &Fault), provider: (usize, &Sink)) -> bool {
        match self {
            // A prime to both numbers: no fault and no provider is left out.
            Self::Covering => {
                fault.1.what.is_of_tokens() || (fault.0 + 5 * provider.0).is_multiple_of(16)
            }
            Self::All {
                fault: word,
                provider: id,
            } => fault.1.name.contains(word.as_str()) && provider.1.id.contains(id.as_str()),
        }
    }

    fn is_whole(&self) -> bool {
        let is_whole = matches!(self, Self::All { fault, provider } if fault.is_empty() && provider.is_empty());
        is_whole && Language::chosen().len() == 2
    }
}

/// A cell that has been run.
struct Done {
    provider: usize,
    fault: usize,
    language: Language,
    ending: Ending,
}

async fn run(selection: &Selection, sinks: &[Arc<Sink>], faults: &[Fault]) -> Vec<Done> {
    let owned: Vec<Sink> = sinks.iter().map(|sink| (**sink).clone()).collect();
    let languages = Language::chosen();
    let start = |language: &Language| Arc::new(Program::start(*language, &owned));
    let programs: Vec<Arc<Program>> = languages.iter().map(start).collect();
    let certificates = Arc::new(Certificates::new());
    let folder = tempfile::tempdir().expect("a folder");
    // Most of a cell is waiting.
    let at_once = Arc::new(Semaphore::new(if *selection == Selection::Covering {
        12
    } else {
        96
    }));
    let mut tasks = Vec::new();
    let mut number = 0;
    for (f, fault) in faults.iter().enumerate() {
        for (p, sink) in sinks.iter().enumerate() {
            if !selection.has((f, fault), (p, sink)) || !settings::is_possible(sink, fault) {
                continue;
            }
            for (language, program) in languages.iter().copied().zip(&programs) {
                number += 1;
                let (program, certificates) = (Arc::clone(program), Arc::clone(&certificates));
                let (sink, fault, at_once) =
                    (Arc::clone(sink), fault.clone(), Arc::clone(&at_once));
                let path = folder.path().to_owned();
                let patient = *selection != Selection::Covering;
                tasks.push((
                    p,
                    f,
                    language,
                    tokio::spawn(async move {
                        let _permit = at_once.acquire().await.expect("it is never closed");
                        let cell = Cell {
                            number,
                            sink: &sink,
                            language,
                            fault: &fault,
                            patient,
                            keeps: number % 4 < 2,
                            state: None,
                        };
                        cell::run(&cell, &program, &certificates, &path).await
                    }),
                ));
            }
        }
    }
    let mut done = Vec::new();
    for (provider, fault, language, task) in tasks {
        let ending = task.await.expect("a cell does not panic");
        done.push(Done {
            provider,
            fault,
            language,
            ending,
        });
    }
    for (language, program) in languages.iter().copied().zip(&programs) {
        assert!(
            !program.told().contains("example-"),
            "{language:?} shows a secret"
        );
        if let Some(peak) = program.peak_memory() {
            eprintln!("{}: {peak} MiB at most", language.name());
        }
    }
    done
}

#[test]
fn every_event_is_accounted_for_whatever_the_peer_does_with_python_and_rust_sinks() {
    let selection = Selection::of_environment();
    let sinks = load_all(&Assets::embedded()).unwrap_or_else(|problems| panic!("{problems:?}"));
    let sinks: Vec<Arc<Sink>> = sinks.into_iter().map(Arc::new).collect();
    let faults = rows::all();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");

    let done = runtime.block_on(run(&selection, &sinks, &faults));

    if selection == Selection::Covering {
        let of = |which: fn(&Done) -> usize| {
            done.iter()
                .map(which)
                .collect::<std::collections::BTreeSet<_>>()
                .len()
        };
        assert_eq!(faults.len(), of(|done| done.fault), "a fault is left out");
        assert_eq!(
            sinks.len(),
            of(|done| done.provider),
            "a provider is left out"
        );
    }
    let wrong: Vec<String> = done
        .iter()
        .flat_map(|done| {
            let (sink, fault) = (&sinks[done.provider].id, faults[done.fault].name);
            let first = done.ending.violations.iter().take(3);
            first
                .map(move |problem| format!("{sink}, {fault}, {}: {problem}", done.language.name()))
        })
        .collect();
    for done in &done {
        assert!(done.ending.scrapes >= 20 || !done.ending.violations.is_empty());
    }
    if selection.is_whole() {
        table::write(&sinks, &faults, &done);
    }
    assert!(
        wrong.is_empty(),
        "{} of {} cells:\n{}",
        wrong.len(),
        done.len(),
        wrong.join("\n")
    );
}

/// Providers whose transports differ.
const STOPPED: [&str; 4] = ["azure_monitor", "cloudwatch", "datadog", "loki"];

/// What a sink may take beyond its limit; a machine that is busy with other tests gets far more.
fn may_take(language: Language) -> f64 {
    match (Selection::of_environment(), language) {
        (Selection::Covering, _) => 60.0,
        (_, Language::Rust) => 0.1,
        (_, Language::Python) => 0.25,
    }
}

async fn stop_in_every_state(sinks: &[Arc<Sink>]) -> Vec<String> {
    let owned: Vec<Sink> = sinks.iter().map(|sink| (**sink).clone()).collect();
    let certificates = Arc::new(Certificates::new());
    let folder = tempfile::tempdir().expect("a folder");
    let mut wrong = Vec::new();
    let mut number = 0;
    for language in Language::chosen() {
        let program = Arc::new(Program::start(language, &owned));
        for state in stopping::all().into_iter().map(Arc::new) {
            let stopped = sinks
                .iter()
                .filter(|sink| STOPPED.contains(&sink.id.as_str()));
            let mut tasks = Vec::new();
            for sink in stopped.filter(|sink| settings::is_possible(sink, &state.fault)) {
                number += 1;
                let (program, certificates) = (Arc::clone(&program), Arc::clone(&certificates));
                let (sink, state) = (Arc::clone(sink), Arc::clone(&state));
                let path = folder.path().to_owned();
                let of = format!("{}, {}, {}", sink.id, state.name, language.name());
                let task = tokio::spawn(async move {
                    let cell = Cell {
                        number,
                        sink: &sink,
                        language,
                        fault: &state.fault,
                        patient: false,
                        keeps: number % 2 == 0,
                        state: Some(&state),
                    };
                    cell::run(&cell, &program, &certificates, &path).await
                });
                tasks.push((of, task));
            }
            for (of, task) in tasks {
                let mut ending = task.await.expect("a cell does not panic");
                if ending.over > may_take(language) {
                    let over = ending.over;
                    ending.violations.push(format!("{over:.3} s too long"));
                }
                eprintln!("{of}: {:+.3} s", ending.over);
                let problems = ending.violations.iter();
                wrong.extend(problems.map(|problem| format!("{of}: {problem}")));
            }
        }
    }
    wrong
}

#[test]
fn python_and_rust_sinks_stop_in_time_whatever_they_are_in_the_middle_of() {
    let sinks = load_all(&Assets::embedded()).unwrap_or_else(|problems| panic!("{problems:?}"));
    let sinks: Vec<Arc<Sink>> = sinks.into_iter().map(Arc::new).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");

    let wrong = runtime.block_on(stop_in_every_state(&sinks));

    assert!(
        wrong.is_empty(),
        "{} problems:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
