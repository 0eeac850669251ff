//! The stand-in's own pages under `/__mock/`, for tests in any language.

use std::io;

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming as Wire;
use hyper::{Method, Request, Response};
use serde_json::json;

use super::answer::Reply;
use super::caller;
use super::fault::Fault;
use super::lines::{Lines, json};
use super::response::{Out, response};
use super::service::Shared;
use super::shelf::{Shelf, Weigh};
use super::store::{Kept, RequestSeen, Store};

/// Longest list of faults read.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// Faults that wait at once.
const MAX_FAULTS: usize = 1000;

/// Answers a request for one of the pages.
pub(super) async fn answer(
    shared: &Shared,
    request: Request<Wire>,
) -> Result<Response<Out>, io::Error> {
    let local = shared.options.listen.ip().is_loopback();
    if let Some(refused) = caller::refused(request.headers(), local) {
        return response(refused, false);
    }
    let path = request
        .uri()
        .path()
        .trim_start_matches("/__mock/")
        .to_owned();
    let reply = match (request.method(), path.as_str()) {
        (&Method::GET, "records") => {
            let end = shared.store().records.end();
            let shelf: fn(&Store) -> &Shelf<Kept> = |store| &store.records;
            return ndjson(Lines::new(&shared.store, shelf, end, |kept| {
                json(&kept.show())
            }));
        }
        (&Method::GET, "requests") => {
            let end = shared.store().requests.end();
            let shelf: fn(&Store) -> &Shelf<RequestSeen> = |store| &store.requests;
            return ndjson(Lines::new(&shared.store, shelf, end, json));
        }
        (&Method::GET, "stats") => Reply::json(200, json!(shared.store().counters).to_string()),
        (&Method::GET, "faults") => Reply::text(200, faults(shared)),
        (&Method::DELETE, "faults") => {
            shared.store().faults.clear();
            Reply::text(200, "")
        }
        (&Method::POST, "faults") => add_faults(shared, request).await?,
        (&Method::POST, "reset") => {
            shared.store().reset();
            Reply::text(200, "")
        }
        (_, "records" | "requests" | "stats" | "faults" | "reset") => {
            Reply::text(405, "method not allowed\n")
        }
        _ => Reply::text(
            404,
            "pages are records, requests, stats, faults and reset\n",
        ),
    };
    response(reply, false)
}

fn ndjson<T: Weigh + Send + Sync + 'static>(lines: Lines<T>) -> Result<Response<Out>, io::Error> {
    let reply = Reply {
        headers: vec![("content-type".to_owned(), "application/x-ndjson".to_owned())],
        ..Reply::text(200, "")
    };
    let (head, _) = response(reply, false)?.into_parts();
    Ok(Response::from_parts(head, lines.boxed()))
}

fn faults(shared: &Shared) -> String {
    let store = shared.store();
    store.faults.iter().fold(String::new(), |text, fault| {
        text + &fault.to_string() + "\n"
    })
}

/// Adds the faults of a body, one a line; nothing is added when one of them is wrong.
async fn add_faults(shared: &Shared, request: Request<Wire>) -> Result<Reply, io::Error> {
    let body = Limited::new(request.into_body(), MAX_BODY_BYTES)
        .collect()
        .await
        .map_err(io::Error::other)?;
    let text = String::from_utf8_lossy(&body.to_bytes()).into_owned();
    let parsed: Result<Vec<Fault>, _> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(str::parse)
        .collect();
    Ok(match parsed {
        Err(error) => Reply::text(400, format!("{error}\n")),
        Ok(added) if shared.store().faults.len() + added.len() > MAX_FAULTS => {
            Reply::text(400, format!("more than {MAX_FAULTS} faults\n"))
        }
        Ok(added) => {
            shared.store().faults.extend(added);
            Reply::text(200, faults(shared))
        }
    })
}
