//! The spec's health check.

use std::collections::BTreeMap;

use super::answer::{self, Reply};
use super::auth;
use super::gate::{self, Incoming};
use super::judge::Judgement;
use super::template;
use crate::sink::Sink;

/// Answers a request that is the spec's health check; `None` when it is another.
pub(super) fn answer(
    sink: &Sink,
    secrets: &BTreeMap<String, String>,
    request: &Incoming,
) -> Option<Judgement> {
    let health = sink.endpoint()?.health.as_ref()?;
    let same = gate::method_name(health.method) == request.method
        && template::matches_path(&health.path, &request.path)
        // Where the check goes to the push's own address, its body tells them apart.
        && health.body.as_deref().unwrap_or_default().as_bytes() == request.wire;
    if !same {
        return None;
    }
    if health.authenticated
        && let Err(problem) = auth::authorized(sink, secrets, request)
    {
        return Some(Judgement::refused(
            answer::unauthorized(&sink.canned),
            problem,
        ));
    }
    // The first status of those that mean healthy.
    let status = health.healthy.first().map_or(200, |range| *range.start());
    Some(Judgement::fine(Reply::text(status, "ready\n")))
}
