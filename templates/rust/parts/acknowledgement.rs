//! Waits until a provider says that it has stored what it took.
//!
//! Its answer to a batch carries an id, and a question about that id is asked until it is
//! acknowledged. A question that fails is asked again: what is not stored yet and what nobody answers
//! look the same from here. Without an acknowledgement in time the batch is sent again, so its events
//! may be stored twice.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout_at};

use super::super::cloud_sink_base::{BoxFuture, Outcome};
use super::answer::{Answer, Places};
use super::http::HttpResponse;
use super::http_transport::{Ask, Confirm};
use super::request::HttpRequest;

/// The first pause before a question; those after it are twice as long each.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The question of one provider. Its `{id}` is the id, in `body` as JSON.
pub struct Acknowledgement {
    /// Where it is asked; its headers are those of the batch it is about.
    pub request: HttpRequest,
    /// What is asked.
    pub body: &'static str,
    /// JSON pointer to the id in the answer to a batch.
    pub id: &'static str,
    /// JSON pointer to what is `true` in the answer to the question.
    pub acknowledged: &'static str,
    /// Longest pause between two questions.
    pub every: Duration,
    /// How long the acknowledgement may take.
    pub within: Duration,
}

impl Confirm for Acknowledgement {
    fn confirm<'a>(
        &'a self,
        batch: HttpRequest,
        answer: HttpResponse,
        ask: Ask<'a>,
    ) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Some(id) = id_at(&answer.body, self.id) else {
                let reason = format!(
                    "the answer has no id to ask about at `{}`: the provider acknowledges nothing",
                    self.id
                );
                return Outcome::Paused { reason };
            };
            let end = Instant::now() + self.within;
            let mut said = "no question was answered".to_owned();
            let asking = self.ask_until_acknowledged(&batch, &id, &ask, &mut said);
            if timeout_at(end, asking).await.is_ok() {
                return Outcome::Delivered;
            }
            let within = self.within.as_secs_f32();
            Outcome::Transient {
                retry_after: None,
                reason: format!("not acknowledged within {within} s, perhaps stored: {said}"),
            }
        })
    }

    fn longest(&self) -> Duration {
        self.within
    }
}

impl Acknowledgement {
    async fn ask_until_acknowledged(
        &self,
        batch: &HttpRequest,
        id: &Value,
        ask: &Ask<'_>,
        said: &mut String,
    ) {
        let body = Bytes::from(self.body.replace("{id}", &id.to_string()));
        let step = id.as_str().map_or_else(|| id.to_string(), step);
        let place = self.acknowledged.replace("{id}", &step);
        let mut pause = FIRST_PAUSE.min(self.every);
        loop {
            sleep(pause).await;
            match ask(self.question(batch), body.clone()).await {
                Ok(answer) if says_yes(&answer, &place) => return,
                Ok(answer) => *said = Answer::new(&answer, Places::USUAL, 0).reason(),
                Err(error) => *said = error.reason,
            }
            pause = (pause * 2).min(self.every);
        }
    }

    fn question(&self, batch: &HttpRequest) -> HttpRequest {
        let mut question = self.request.clone();
        question.headers = batch.headers.clone();
        question.headers.remove(CONTENT_ENCODING);
        let json = HeaderValue::from_static("application/json");
        question.headers.insert(CONTENT_TYPE, json);
        question.secrets.extend(batch.secrets.iter().cloned());
        question
    }
}

/// A number or a text.
fn id_at(body: &[u8], pointer: &str) -> Option<Value> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let id = body.pointer(pointer)?;
    (id.is_u64() || id.as_str().is_some_and(|text| !text.is_empty())).then(|| id.clone())
}

fn says_yes(answer: &HttpResponse, place: &str) -> bool {
    let body = || serde_json::from_slice::<Value>(&answer.body).ok();
    let is_true = |body: Value| body.pointer(place) == Some(&Value::Bool(true));
    matches!(answer.status, 200..=299) && body().is_some_and(is_true)
}

/// A text as a step of a JSON pointer.
fn step(text: &str) -> String {
    text.replace('~', "~0").replace('/', "~1")
}
