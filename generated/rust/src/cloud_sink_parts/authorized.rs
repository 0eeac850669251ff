//! Requests that carry credentials which are fetched or computed when they are sent.
//!
//! Joins a scheme of `credentials.rs` to the HTTP transport.

use bytes::Bytes;

use super::super::cloud_sink_base::{BoxFuture, Outcome, Secret, ToText, filled};
use super::credentials::{self, Credentials, OutgoingRequest};
use super::http::{HttpClient, HttpResponse};
use super::http_transport::{SendError, Sender};
use super::request::HttpRequest;

/// Puts credentials into requests, and sends them.
#[derive(Debug)]
pub struct Authorized<C>(pub C);

impl<C: Credentials> Sender for Authorized<C> {
    fn send<'a>(
        &'a self,
        client: &'a HttpClient,
        request: HttpRequest,
        body: Bytes,
    ) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
        Box::pin(async move {
            let outgoing = OutgoingRequest {
                method: request.method,
                url: request.url,
                headers: request.headers,
                body,
            };
            let answer = credentials::send(client, &self.0, &outgoing).await;
            answer.map_err(|error| SendError {
                reason: error.to_string(),
                outcome: Outcome::from(error),
            })
        })
    }
}

/// Text made of settings; empty when one of them is not set.
#[must_use]
pub fn text(pieces: &[&dyn ToText]) -> String {
    filled(pieces).unwrap_or_default()
}

/// A setting that is a secret.
#[must_use]
pub fn secret(value: &dyn ToText) -> Secret {
    Secret::new(text(&[value]))
}

/// A setting that is a secret and may be unset.
#[must_use]
pub fn optional_secret(value: &dyn ToText) -> Option<Secret> {
    filled(&[value]).map(Secret::new)
}
