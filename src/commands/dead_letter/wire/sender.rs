//! Sends the requests that the interpreter makes, and returns answers without secrets in them.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, HeaderMap, HeaderName};
use reqwest::{Method as HttpMethod, Url};

use super::aws::put_log_events;
use super::cloud_sink_base::Fields;
use super::cloud_sink_parts::connection::{ConnectionConfig, is_plain};
use super::cloud_sink_parts::credentials::{
    self, CredentialsContext, CredentialsError, OutgoingRequest, SendError,
};
use super::cloud_sink_parts::http::{HttpClient, HttpError, HttpResponse, secret_header};
use super::cloud_sink_parts::scrub::{Scrubber, hide_headers, parts};
use super::credentials::{AnyCredentials, Maker};
use crate::commands::Failure;
use crate::diagnostics::Code;
use crate::sink::interpret::{Encoded, Interpreter, Reply, Request, from_hex, request};
use crate::sink::{Method, SettingId};

/// Limit of one attempt.
const ATTEMPT: Duration = Duration::from_secs(30);

/// Sends requests for one sink.
pub struct Sender {
    client: HttpClient,
    credentials: Option<AnyCredentials>,
    secrets: Vec<String>,
    allows_plain: bool,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Unsent {
    /// It may work later.
    Outage(String),
    /// A person has to change something first.
    Refused(String),
}

impl Sender {
    /// A client with the connection settings and credentials that the sink would have.
    pub fn new(interpreter: &Interpreter<'_>, now: i64) -> Result<Self, Failure> {
        let sink = interpreter.sink();
        let mut fields = Fields::from_env();
        let connection = ConnectionConfig::read(&mut fields, &sink.env_prefix);
        fields.finish().map_err(refused)?;
        let client = HttpClient::connected(ATTEMPT, &connection).map_err(refused)?;
        let maker = Maker {
            interpreter,
            context: CredentialsContext::new(ATTEMPT).over(&connection),
            now,
        };
        let chosen = interpreter.settings().credentials(sink);
        let credentials = chosen.map(|chosen| maker.credentials(&chosen.scheme));
        let ids = (0..sink.settings.len()).map(SettingId);
        let secrets = ids.filter(|id| sink.setting(*id).is_secret());
        let secrets = secrets.filter_map(|id| interpreter.settings().text(id));
        let proxy = connection
            .proxy
            .iter()
            .map(|proxy| proxy.expose().to_owned());
        Ok(Self {
            client,
            credentials: credentials.transpose().map_err(refused)?.flatten(),
            secrets: secrets.chain(proxy).flat_map(|it| parts(&it)).collect(),
            allows_plain: connection.dangerously_allow_plain_http,
        })
    }

    /// Sends records in one request.
    pub async fn send(
        &self,
        interpreter: &Interpreter<'_>,
        records: &[&Encoded],
        now: i64,
    ) -> Result<Reply, Unsent> {
        let unmade = || Unsent::Refused("the settings make no valid request".to_owned());
        let outgoing = match request(interpreter, records, now) {
            Some(made) => self.outgoing(made),
            None => put_log_events(interpreter, records, now),
        };
        let outgoing = outgoing.ok_or_else(unmade)?;
        if is_plain(&outgoing.url) && !self.allows_plain && !self.secrets.is_empty() {
            return Err(Unsent::Refused(
                "the address is `http://` and not on this machine, so anyone in between could \
                 read the credentials"
                    .to_owned(),
            ));
        }
        let mut response = self.ask(&outgoing).await?;
        hide_headers(&mut response.body, &outgoing.headers);
        Scrubber::new(self.secrets.iter().map(String::as_str)).clean(&mut response.body);
        Ok(reply(&response))
    }

    async fn ask(&self, outgoing: &OutgoingRequest) -> Result<HttpResponse, Unsent> {
        if let Some(credentials) = &self.credentials {
            let answer = credentials::send(&self.client, credentials.as_ref(), outgoing).await;
            return answer.map_err(Unsent::from);
        }
        let attempt = self
            .client
            .request(outgoing.method.clone(), &outgoing.url)
            .headers(outgoing.headers.clone())
            .body(outgoing.body.clone());
        Ok(self.client.send(attempt).await?)
    }

    /// A request as it goes over the wire, not compressed; `None` when a header cannot hold its value.
    fn outgoing(&self, made: Request) -> Option<OutgoingRequest> {
        let mut headers = HeaderMap::new();
        for header in made.headers {
            let name = HeaderName::from_bytes(header.name.as_bytes()).ok()?;
            // Credentials that are fetched stand there as stars.
            let is_shown = self.credentials.is_some() && name == AUTHORIZATION;
            if name != CONTENT_ENCODING && !is_shown {
                headers.append(name, secret_header(&header.value)?);
            }
        }
        let body = if made.is_protobuf {
            from_hex(&made.body)?
        } else {
            made.body.into_bytes()
        };
        Some(OutgoingRequest {
            method: method(made.method),
            url: Url::parse(&made.url).ok()?,
            headers,
            body: body.into(),
        })
    }
}

fn method(method: Method) -> HttpMethod {
    match method {
        Method::Post => HttpMethod::POST,
        Method::Put => HttpMethod::PUT,
        Method::Get => HttpMethod::GET,
        Method::Head => HttpMethod::HEAD,
        Method::Options => HttpMethod::OPTIONS,
    }
}

fn reply(response: &HttpResponse) -> Reply {
    let headers = response.headers.iter();
    let headers = headers.map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.to_string(), value)
    });
    let headers: Vec<(String, String)> = headers.collect();
    let is_protobuf = headers.iter().any(|(name, value)| {
        name == "content-type" && value.trim().starts_with("application/x-protobuf")
    });
    let body = if is_protobuf {
        crate::text::hex(&response.body)
    } else {
        String::from_utf8_lossy(&response.body).into_owned()
    };
    Reply {
        status: response.status,
        headers,
        body,
    }
}

impl From<SendError> for Unsent {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Credentials(CredentialsError::Refused { reason }) => Self::Refused(reason),
            SendError::Credentials(CredentialsError::Outage { reason, .. }) => Self::Outage(reason),
            SendError::Http(error) => error.into(),
        }
    }
}

impl From<HttpError> for Unsent {
    fn from(error: HttpError) -> Self {
        Self::Outage(error.to_string())
    }
}

fn refused(error: impl std::fmt::Display) -> Failure {
    Failure::new(Code::Delivery, format!("cannot send: {error}"))
}
