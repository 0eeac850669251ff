//! Writes down what arrived, with credentials replaced.

use super::answer::Reply;
use super::arrivals::Mark;
use super::auth;
use super::fault::Fault;
use super::gate::Incoming;
use super::judge::Judgement;
use super::service::Shared;
use super::store::{RequestSeen, Store};
use super::template;
use crate::sink::{Parameter, Scheme, Sink, Text};

/// Counts a request, keeps its records, tells the listeners.
pub(super) fn record(
    shared: &Shared,
    store: &mut Store,
    request: &Incoming,
    judgement: Judgement,
    fault: Option<&Fault>,
) -> Reply {
    let Judgement {
        reply,
        problem,
        body_bytes,
        found,
        kept,
        duplicates,
    } = judgement;
    let silent = matches!(
        fault,
        Some(Fault::Reset(_) | Fault::Stall(_) | Fault::LostAnswer(_))
    );
    let discarded = kept.iter().filter(|record| record.discarded).count();
    let stored = kept.len() - discarded;
    let counters = &mut store.counters;
    counters.requests += 1;
    counters.stored += stored as u64;
    counters.discarded += discarded as u64;
    counters.duplicates += duplicates;
    counters.refused += (found as u64).saturating_sub(kept.len() as u64 + duplicates);
    let seen = RequestSeen {
        number: counters.requests,
        method: request.method.clone(),
        path: shown_path(&shared.sink, request),
        status: if silent { 0 } else { reply.status },
        wire_bytes: request.wire.len(),
        body_bytes,
        records: found,
        stored,
        problem,
        fault: fault.map(Fault::to_string),
        headers: shown_headers(&shared.sink, request),
    };
    let mark = Mark {
        request: store.requests.end(),
        records: store.records.end()..store.records.end() + kept.len() as u64,
    };
    store.remember(seen, shared.options.room(shared.options.max_requests));
    store.keep(kept, shared.options.room(shared.options.max_records));
    // Fails only when nobody listens.
    let _ = shared.arrivals.send(mark);
    reply
}

fn shown_headers(sink: &Sink, request: &Incoming) -> Vec<(String, String)> {
    let secret = auth::secret_headers(sink);
    let any_is_secret = has_secret_headers(sink);
    let shown = |name: &str, value: &hyper::header::HeaderValue| {
        if secret.iter().any(|known| known == name) || (any_is_secret && !is_usual(sink, name)) {
            "***".to_owned()
        } else {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        }
    };
    request
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), shown(name.as_str(), value)))
        .collect()
}

/// Whether a setting may add headers whose values are secrets, under any name.
fn has_secret_headers(sink: &Sink) -> bool {
    let mut headers = sink.endpoint().into_iter().flat_map(|it| &it.headers);
    headers.any(|header| matches!(header, Parameter::Each(id) if sink.setting(*id).is_secret()))
}

/// Whether it is a header of every client, or one that the spec names.
fn is_usual(sink: &Sink, name: &str) -> bool {
    const OF_CLIENTS: [&str; 8] = [
        "accept",
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    ];
    let mut headers = sink.endpoint().into_iter().flat_map(|it| &it.headers);
    OF_CLIENTS.contains(&name)
        || headers.any(
            |header| matches!(header, Parameter::Named { name: known, .. } if known.eq_ignore_ascii_case(name)),
        )
}

fn shown_path(sink: &Sink, request: &Incoming) -> String {
    let path = match sink.endpoint() {
        Some(endpoint) if is_secret(sink, &endpoint.path) => template::masked(sink, &endpoint.path),
        _ => request.path.clone(),
    };
    let secret = |name: &str| is_secret_parameter(sink, name);
    let Some(query) = &request.query else {
        return path;
    };
    let pairs: Vec<_> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, _)) if secret(name) => format!("{name}=***"),
            _ => pair.to_owned(),
        })
        .collect();
    format!("{path}?{}", pairs.join("&"))
}

fn is_secret(sink: &Sink, text: &Text) -> bool {
    text.settings().any(|id| sink.setting(id).is_secret())
}

fn is_secret_parameter(sink: &Sink, name: &str) -> bool {
    let mut credentials = sink.credentials.iter();
    let mut parameters = sink.endpoint().into_iter().flat_map(|it| &it.query);
    credentials.any(|it| matches!(&it.scheme, Scheme::Query { name: known, .. } if known == name))
        || parameters.any(|parameter| match parameter {
            Parameter::Named { name: known, value } => known == name && is_secret(sink, value),
            Parameter::Each(_) => false,
        })
}
