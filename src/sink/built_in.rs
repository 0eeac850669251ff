//! The providers that come with the program, or lie in the folder that stands in for them.

use std::{panic, thread};

use super::model::Sink;
use super::{LoadedSink, load_text_with};
use crate::assets::Assets;
use crate::diagnostics::{Code, Diagnostics, escape};
use crate::problem::{Problem, Refusal};
use crate::spec::suggest::closest;

/// Loads and checks a built-in provider.
///
/// # Errors
///
/// There is none of that id, or all problems of its spec.
pub fn load_provider(assets: &Assets, id: &str) -> Result<LoadedSink, Refusal> {
    match assets.provider(id) {
        Ok(Some((origin, text))) => Ok(load_text_with(&origin, &text, assets)?),
        Err(error) => {
            let message = format!("the spec of `{}` cannot be read", escape(id));
            Err(Problem::new(Code::System, message).because(error).into())
        }
        Ok(None) => Err(unknown(id, &assets.provider_ids()).into()),
    }
}

/// Loads and checks all providers there are; the problems of all of them, when there are any.
///
/// # Errors
///
/// All problems of all specs.
pub fn load_all(assets: &Assets) -> Result<Vec<Sink>, Refusal> {
    let ids = assets.provider_ids();
    let load =
        |ids: &[String]| -> Vec<_> { ids.iter().map(|id| load_provider(assets, id)).collect() };
    let (half, rest) = ids.split_at(ids.len() / 2);
    let loaded = thread::scope(|scope| {
        let half = scope.spawn(|| load(half));
        let rest = load(rest);
        let half = half
            .join()
            .unwrap_or_else(|panic| panic::resume_unwind(panic));
        half.into_iter().chain(rest)
    });
    let mut sinks = Vec::new();
    let mut problems = Diagnostics::default();
    for loaded in loaded {
        match loaded {
            Ok(loaded) => sinks.push(loaded.sink),
            Err(Refusal::Spec(found)) => problems.extend(found),
            Err(other) => return Err(other),
        }
    }
    if problems.is_empty() {
        Ok(sinks)
    } else {
        Err(Refusal::Spec(problems))
    }
}

fn unknown(id: &str, known: &[String]) -> Problem {
    let names = known
        .iter()
        .map(|id| format!("`{id}`"))
        .collect::<Vec<_>>()
        .join(", ");
    let hint = match closest(id, known) {
        Some(word) => format!("did you mean `{word}`? known providers are {names}"),
        None if known.is_empty() => "there are no providers in this folder".to_owned(),
        None => format!("known providers are {names}; `--spec FILE` takes a spec of your own"),
    };
    Problem::new(
        Code::UnknownName,
        format!("unknown provider `{}`", escape(id)),
    )
    .hint(hint)
}
