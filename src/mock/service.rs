//! One request from its head to its answer.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Frame, Incoming as Wire, SizeHint};
use hyper::{Request, Response};
use tokio::sync::broadcast;

use super::answer::{self, Reply};
use super::fault::Fault;
use super::gate::{self, Incoming};
use super::judge::{self, Judgement};
use super::store::{Arrival, Kept, RequestSeen, Store};
use super::{MockOptions, admin, cloudwatch, health};
use crate::provider::model::{Auth, Spec, Transport};

/// A client that sends its body slower than this is cut off.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);

/// Body of every response.
pub(super) type Out = BoxBody<Bytes, io::Error>;

/// What all connections share.
#[derive(Debug)]
pub(super) struct Shared {
    pub spec: Arc<Spec>,
    pub options: MockOptions,
    pub arrivals: broadcast::Sender<Arrival>,
    store: Mutex<Store>,
}

impl Shared {
    /// State at the start: the options' faults, nothing arrived.
    pub fn new(spec: Arc<Spec>, options: MockOptions) -> Self {
        let store = Store {
            faults: options.faults.clone(),
            ..Store::default()
        };
        Self {
            spec,
            options,
            arrivals: broadcast::channel(1024).0,
            store: Mutex::new(store),
        }
    }

    /// The state; a panic elsewhere does not make it unreadable.
    pub fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers one request; an error closes the connection, with a reset when `reset` is set.
pub(super) async fn serve(
    shared: Arc<Shared>,
    reset: Arc<AtomicBool>,
    request: Request<Wire>,
) -> Result<Response<Out>, io::Error> {
    if request.uri().path().starts_with("/__mock/") && request.uri().path() != REDIRECTED {
        return admin::answer(&shared, request).await;
    }
    let (head, body) = request.into_parts();
    let bound = judge::body_bound(&shared.spec);
    let read = tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, bound).collect()).await;
    let mut request = Incoming {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: head.headers,
        wire: Bytes::new(),
    };
    let whole = match read {
        Err(_) => return Err(io::ErrorKind::TimedOut.into()),
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(format!("the body is larger than {bound} bytes"))
        }
        Ok(Err(error)) => return Err(io::Error::other(error)),
    };
    let (judgement, fault) = match whole {
        Ok(wire) => {
            request.wire = wire;
            judge_with_faults(&shared, &request)
        }
        Err(problem) => {
            let reply = Reply::from_spec(&shared.spec.answers.too_large);
            (
                record(&shared, &request, Judgement::refused(reply, problem), None),
                None,
            )
        }
    };
    let delay = shared.store().delay();
    tokio::time::sleep(delay).await;
    match fault {
        Some(Fault::Reset(_)) => {
            reset.store(true, Ordering::Relaxed);
            Err(io::ErrorKind::ConnectionReset.into())
        }
        Some(Fault::Stall(stall)) => {
            tokio::time::sleep(stall).await;
            Err(io::ErrorKind::ConnectionAborted.into())
        }
        Some(Fault::LostAnswer(_)) => Err(io::ErrorKind::ConnectionAborted.into()),
        // Without a body there is no middle to break off in.
        Some(Fault::HalfAnswer(_)) if judgement.status == 204 => {
            Err(io::ErrorKind::ConnectionAborted.into())
        }
        Some(Fault::HalfAnswer(_)) => response(judgement, true),
        _ => response(judgement, false),
    }
}

/// Where the `redirect` fault points, so that a client that follows is seen.
pub(super) const REDIRECTED: &str = "/__mock/redirected";

/// Judges a request unless a fault takes its place.
fn judge_with_faults(shared: &Shared, request: &Incoming) -> (Reply, Option<Fault>) {
    let spec = &shared.spec;
    let secrets = &shared.options.secrets;
    if let Some(judgement) = health::answer(spec, secrets, request) {
        return (record(shared, request, judgement, None), None);
    }
    if request.path == REDIRECTED {
        let judgement =
            Judgement::refused(Reply::text(404, "not found"), "a redirect was followed");
        return (record(shared, request, judgement, None), None);
    }
    let fault = shared.store().next_fault();
    let judgement = match &fault {
        Some(Fault::Answer(kind, _)) => Judgement::fine(answer::for_fault(*kind, &spec.answers)),
        Some(Fault::Reset(_) | Fault::Stall(_)) => Judgement::fine(Reply::text(0, "")),
        _ => {
            let reply = judge(shared, request, fault.as_ref());
            return (reply, fault);
        }
    };
    (record(shared, request, judgement, fault.as_ref()), fault)
}

fn judge(shared: &Shared, request: &Incoming, fault: Option<&Fault>) -> Reply {
    let (spec, options) = (&shared.spec, &shared.options);
    if spec.transport == Transport::AwsCloudwatchLogs {
        let mut store = shared.store();
        let number = store.counters.requests + 1;
        let judgement = cloudwatch::judge(
            spec,
            &options.secrets,
            options.now,
            &mut store,
            number,
            request,
        );
        return record_locked(shared, &mut store, request, judgement, fault);
    }
    // The body is taken apart without the lock, so that connections do not wait for each other.
    match judge::examine(spec, &options.secrets, options.now.now(), request) {
        Err(judgement) => record(shared, request, *judgement, fault),
        Ok(push) => {
            let mut store = shared.store();
            let number = store.counters.requests + 1;
            let judgement = judge::decide(spec, &mut store, number, push);
            record_locked(shared, &mut store, request, judgement, fault)
        }
    }
}

fn record(
    shared: &Shared,
    request: &Incoming,
    judgement: Judgement,
    fault: Option<&Fault>,
) -> Reply {
    record_locked(shared, &mut shared.store(), request, judgement, fault)
}

/// Counts a request, keeps its records, tells the listeners.
fn record_locked(
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
        path: shown_path(&shared.spec, request),
        status: if silent { 0 } else { reply.status },
        wire_bytes: request.wire.len(),
        body_bytes,
        records: found,
        stored,
        problem,
        fault: fault.map(Fault::to_string),
        headers: shown_headers(&shared.spec, request),
    };
    if shared.arrivals.receiver_count() > 0 {
        let records = kept.iter().map(Kept::show).collect();
        // Fails only when the last listener left meanwhile.
        let _ = shared.arrivals.send(Arrival {
            request: seen.clone(),
            records,
        });
    }
    store.remember(seen, shared.options.max_requests);
    store.keep(kept, shared.options.max_records);
    reply
}

fn shown_headers(spec: &Spec, request: &Incoming) -> Vec<(String, String)> {
    let secret = gate::secret_headers(spec);
    let shown = |name: &str, value: &hyper::header::HeaderValue| {
        if secret.iter().any(|known| known == name) {
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

fn shown_path(spec: &Spec, request: &Incoming) -> String {
    let secret = |name: &str| {
        spec.auth
            .iter()
            .any(|auth| matches!(auth, Auth::Query { name: known, .. } if known == name))
    };
    let Some(query) = &request.query else {
        return request.path.clone();
    };
    let pairs: Vec<_> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, _)) if secret(name) => format!("{name}=***"),
            _ => pair.to_owned(),
        })
        .collect();
    format!("{}?{}", request.path, pairs.join("&"))
}

/// The response for a reply, whole or broken off in the middle of its body.
pub(super) fn response(reply: Reply, broken: bool) -> Result<Response<Out>, io::Error> {
    let mut builder = Response::builder()
        .status(reply.status)
        .header("server", "fapilog-gen-mock");
    for (name, value) in &reply.headers {
        builder = builder.header(name, value);
    }
    let body = Bytes::from(reply.body);
    let body = if broken {
        Broken {
            rest: Some(body),
            paused: false,
        }
        .boxed()
    } else {
        Full::new(body).map_err(|never| match never {}).boxed()
    };
    builder.body(body).map_err(io::Error::other)
}

/// A body that promises more than it has and then fails.
struct Broken {
    rest: Option<Bytes>,
    paused: bool,
}

impl Body for Broken {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(half) = self.rest.take() {
            return Poll::Ready(Some(Ok(Frame::data(half))));
        }
        if !self.paused {
            // Lets the server flush what it has before it learns of the failure.
            self.paused = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.as_ref().map_or(0, Bytes::len) as u64 + 16)
    }
}
