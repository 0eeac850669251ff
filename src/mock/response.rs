//! Responses as hyper sends them, a broken one among them.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::Response;
use hyper::body::{Body, Frame, SizeHint};

use super::answer::Reply;

/// Body of every response.
pub(super) type Out = BoxBody<Bytes, io::Error>;

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
