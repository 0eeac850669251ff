//! The stand-in's own pages under `/__mock/`, for tests in any language.

use std::io;

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming as Wire;
use hyper::{Method, Request, Response};
use serde::Serialize;
use serde_json::json;

use super::answer::Reply;
use super::fault::Fault;
use super::response::{Out, response};
use super::service::Shared;

/// Longest list of faults read.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// Answers a request for one of the pages.
pub(super) async fn answer(
    shared: &Shared,
    request: Request<Wire>,
) -> Result<Response<Out>, io::Error> {
    let path = request
        .uri()
        .path()
        .trim_start_matches("/__mock/")
        .to_owned();
    let reply = match (request.method(), path.as_str()) {
        (&Method::GET, "records") => ndjson(&shared.store().snapshot().records),
        (&Method::GET, "requests") => ndjson(&shared.store().snapshot().requests),
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

fn ndjson<T: Serialize>(items: &[T]) -> Reply {
    let body = items
        .iter()
        .map(|item| json!(item).to_string() + "\n")
        .collect::<String>();
    let headers = vec![("content-type".to_owned(), "application/x-ndjson".to_owned())];
    Reply {
        status: 200,
        headers,
        body,
    }
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
        Ok(added) => {
            shared.store().faults.extend(added);
            Reply::text(200, faults(shared))
        }
    })
}
