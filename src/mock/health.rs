//! The spec's health check.

use std::collections::BTreeMap;

use super::answer::{self, Reply};
use super::auth;
use super::gate::{self, Incoming};
use super::judge::Judgement;
use super::template;
use crate::spec::model::{Health, Method, Spec, StatusSet};

/// Answers a request that is the spec's health check; `None` when it is another.
pub(super) fn answer(
    spec: &Spec,
    secrets: &BTreeMap<String, String>,
    request: &Incoming,
) -> Option<Judgement> {
    let health = spec.endpoint.as_ref()?.health.as_ref()?;
    let method = health.method.unwrap_or(Method::Get);
    let path = health.path.split('?').next().unwrap_or_default();
    let same = gate::method_name(method) == request.method
        && template::matches(path, &request.path, template::percent_encoded)
        // Where the check goes to the push's own address, its body tells them apart.
        && health.body.as_deref().unwrap_or_default().as_bytes() == request.wire;
    if !same {
        return None;
    }
    if health.authenticated.unwrap_or(true)
        && let Err(problem) = auth::authorized(spec, secrets, request)
    {
        return Some(Judgement::refused(
            answer::unauthorized(&spec.answers),
            problem,
        ));
    }
    Some(Judgement::fine(Reply::text(healthy(health), "ready\n")))
}

/// The first status of those that mean healthy.
fn healthy(health: &Health) -> u16 {
    match health.healthy.first() {
        Some(StatusSet::One(status)) => *status,
        Some(StatusSet::Range(range)) => range
            .split('-')
            .next()
            .and_then(|first| first.trim().parse().ok())
            .unwrap_or(200),
        None => 200,
    }
}
