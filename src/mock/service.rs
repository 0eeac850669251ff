//! One request from its head to its answer.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming as Wire;
use hyper::{Request, Response};
use tokio::sync::broadcast;

use super::answer::{self, Reply};
use super::arrivals::Mark;
use super::fault::{Fault, QuestionFault};
use super::gate::Incoming;
use super::judge::{self, Judgement};
use super::response::{Out, response};
use super::store::{SharedStore, Store};
use super::{MockOptions, acknowledge, admin, cloudwatch, examine, health, journal};
use crate::sink::Sink;

/// A client that sends its body slower than this is cut off.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);

/// What all connections share.
#[derive(Debug)]
pub(super) struct Shared {
    pub sink: Arc<Sink>,
    pub options: MockOptions,
    pub arrivals: broadcast::Sender<Mark>,
    pub store: SharedStore,
}

impl Shared {
    /// State at the start: the options' faults, nothing arrived.
    pub fn new(sink: Arc<Sink>, options: MockOptions) -> Self {
        let store = SharedStore::default();
        store.lock().faults.clone_from(&options.faults);
        Self {
            sink,
            options,
            arrivals: broadcast::channel(1024).0,
            store,
        }
    }

    /// The state.
    pub fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock()
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
    let (request, complete) = read(&shared.sink, request).await?;
    let (reply, fault) = if complete {
        judge_with_faults(&shared, &request)
    } else {
        let problem = format!(
            "the body is larger than {} bytes",
            examine::body_bound(&shared.sink)
        );
        let too_large = Reply::from_spec(&shared.sink.canned.too_large);
        (
            record(
                &shared,
                &request,
                Judgement::refused(too_large, problem),
                None,
            ),
            None,
        )
    };
    let delay = shared.store().delay();
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
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
        Some(Fault::HalfAnswer(_)) if reply.status == 204 => {
            Err(io::ErrorKind::ConnectionAborted.into())
        }
        Some(Fault::HalfAnswer(_)) => response(reply, true),
        _ => response(reply, false),
    }
}

/// Reads a request; false when its body is longer than anything a sink may send.
async fn read(sink: &Sink, request: Request<Wire>) -> Result<(Incoming, bool), io::Error> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, examine::body_bound(sink)).collect();
    let (wire, complete) = match tokio::time::timeout(BODY_TIMEOUT, body).await {
        Err(_) => return Err(io::ErrorKind::TimedOut.into()),
        Ok(Ok(body)) => (body.to_bytes(), true),
        Ok(Err(error)) if error.is::<LengthLimitError>() => (Bytes::new(), false),
        Ok(Err(error)) => return Err(io::Error::other(error)),
    };
    let request = Incoming {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: head.headers,
        wire,
    };
    Ok((request, complete))
}

/// Where the `redirect` fault points, so that a client that follows is seen.
pub(super) const REDIRECTED: &str = "/__mock/redirected";

/// Judges a request unless a fault takes its place.
fn judge_with_faults(shared: &Shared, request: &Incoming) -> (Reply, Option<Fault>) {
    let sink = &shared.sink;
    let secrets = &shared.options.secrets;
    if let Some(judgement) = health::answer(sink, secrets, request) {
        return (record(shared, request, judgement, None), None);
    }
    if request.path == REDIRECTED {
        let judgement =
            Judgement::refused(Reply::text(404, "not found"), "a redirect was followed");
        return (record(shared, request, judgement, None), None);
    }
    if acknowledge::is_question(sink, request) {
        return answer_question(shared, request);
    }
    let fault = shared.store().next_fault();
    let judgement = match &fault {
        Some(Fault::Answer(kind, _)) => Judgement::fine(answer::for_fault(*kind, sink)),
        Some(Fault::Reset(_) | Fault::Stall(_)) => Judgement::fine(Reply::text(0, "")),
        _ => {
            let reply = judge(shared, request, fault.as_ref());
            return (reply, fault);
        }
    };
    (record(shared, request, judgement, fault.as_ref()), fault)
}

/// Answers a question about an acknowledgement; a reset is as that of any other request.
fn answer_question(shared: &Shared, request: &Incoming) -> (Reply, Option<Fault>) {
    let mut store = shared.store();
    let what = store.next_question_fault();
    let secrets = &shared.options.secrets;
    let acknowledgements = &mut store.acknowledgements;
    let answered = acknowledgements.answer(&shared.sink, secrets, request, what);
    let judgement = answered.unwrap_or_else(|| Judgement::fine(Reply::text(404, "not found")));
    let fault = what.map(|what| Fault::Question(what, 1));
    let reply = journal::record(shared, &mut store, request, judgement, fault.as_ref());
    let is_reset = what == Some(QuestionFault::Reset);
    (reply, is_reset.then_some(Fault::Reset(1)))
}

fn judge(shared: &Shared, request: &Incoming, fault: Option<&Fault>) -> Reply {
    let (sink, options) = (&shared.sink, &shared.options);
    if !sink.is_http() {
        let mut store = shared.store();
        let number = store.counters.requests + 1;
        let judgement = cloudwatch::judge(sink, options, &mut store, number, request);
        return journal::record(shared, &mut store, request, judgement, fault);
    }
    // The body is taken apart without the lock, so that connections do not wait for each other.
    match examine::examine(sink, options, request) {
        Err(judgement) => record(shared, request, *judgement, fault),
        Ok(push) => {
            let mut store = shared.store();
            let number = store.counters.requests + 1;
            let mut judgement = judge::decide(sink, &mut store, number, push);
            if judgement.problem.is_none() {
                let acknowledgements = &mut store.acknowledgements;
                judgement.reply = acknowledgements.issue(sink, request, judgement.reply);
            }
            journal::record(shared, &mut store, request, judgement, fault)
        }
    }
}

fn record(
    shared: &Shared,
    request: &Incoming,
    judgement: Judgement,
    fault: Option<&Fault>,
) -> Reply {
    journal::record(shared, &mut shared.store(), request, judgement, fault)
}
