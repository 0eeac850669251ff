//! What the tests share: a scripted server, a clock that stands still, readers of what was sent.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use credentials_part_tests::cloud_sink_parts::credentials::{
    Credentials, CredentialsContext, OutgoingRequest, SendError, send,
};
use credentials_part_tests::cloud_sink_parts::http::{HttpClient, HttpResponse};
use reqwest::{Method, Url};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// A limit that only a machine which stands still reaches.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A limit for what never answers.
pub const IMPATIENCE: Duration = Duration::from_millis(200);

/// Seconds since 1970 at which the manual clock starts.
pub const START: u64 = 1_800_000_000;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub target: String,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Asked {
    /// The form that was posted. Panics when it is none.
    pub fn form(&self) -> BTreeMap<String, String> {
        assert_eq!("POST", self.method);
        assert_eq!(
            Some("application/x-www-form-urlencoded"),
            self.header("content-type")
        );
        pairs(std::str::from_utf8(&self.body).unwrap())
    }

    /// The query's parameters.
    pub fn query(&self) -> BTreeMap<String, String> {
        pairs(self.target.split_once('?').map_or("", |(_, query)| query))
    }

    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// Decodes `application/x-www-form-urlencoded`; a name that comes twice is a failure.
fn pairs(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let url = Url::parse(&format!("http://x/?{text}")).unwrap();
    for (name, value) in url.query_pairs() {
        assert!(
            found.insert(name.to_string(), value.to_string()).is_none(),
            "{name} twice"
        );
    }
    found
}

/// What a server does with a request.
#[derive(Clone)]
pub enum Reply {
    /// Status, headers and body.
    Http(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// The same, once the gate is open.
    Gated(Arc<Semaphore>, Box<Reply>),
    /// Nothing is ever said.
    Silence,
    /// The connection is closed without an answer.
    HangUp,
    /// Half of what the length announces, then the end.
    Truncated,
    /// A body without end, as fast as it is read.
    Endless,
    /// Headers without end, one byte at a time and none after the first few.
    Stalled,
}

pub fn reply(status: u16, body: &Value) -> Reply {
    Reply::Http(status, Vec::new(), body.to_string().into_bytes())
}

pub fn text(status: u16, body: &str) -> Reply {
    Reply::Http(status, Vec::new(), body.as_bytes().to_vec())
}

/// A token for an hour.
pub fn token(name: &str) -> Reply {
    token_for(name, 3_600)
}

pub fn token_for(name: &str, seconds: u64) -> Reply {
    reply(
        200,
        &json!({ "access_token": name, "token_type": "Bearer", "expires_in": seconds }),
    )
}

type Handler = Box<dyn FnMut(&Asked, usize) -> Reply + Send>;

struct State {
    handler: Handler,
    asked: Vec<Asked>,
}

/// A server on the loopback interface; it ends with the runtime it was started on.
#[derive(Clone)]
pub struct Server {
    pub url: String,
    pub host: String,
    state: Arc<Mutex<State>>,
}

impl Server {
    /// Answers by a function of the request and its number, from 1.
    pub async fn start(handler: impl FnMut(&Asked, usize) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let server = Self {
            url: format!("http://{host}"),
            host,
            state: Arc::new(Mutex::new(State {
                handler: Box::new(handler),
                asked: Vec::new(),
            })),
        };
        let running = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(running.clone().serve(stream));
            }
        });
        server
    }

    /// Always the same answer.
    pub async fn always(answer: Reply) -> Self {
        Self::start(move |_, _| answer.clone()).await
    }

    /// A new token each time: `token-1`, `token-2`, each for an hour.
    pub async fn counting() -> Self {
        Self::start(|_, number| token(&format!("token-{number}"))).await
    }

    /// A backend that takes these tokens and refuses others.
    pub async fn taking(tokens: &'static [&'static str]) -> Self {
        Self::start(move |asked, _| {
            let sent = asked.header("authorization").unwrap_or_default();
            let is_known = tokens.iter().any(|token| sent == format!("Bearer {token}"));
            text(if is_known { 200 } else { 401 }, "")
        })
        .await
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.with(|state| state.asked.clone())
    }

    pub fn count(&self) -> usize {
        self.with(|state| state.asked.len())
    }

    /// Waits until that many requests have come.
    pub async fn reached(&self, count: usize) {
        while self.count() < count {
            tokio::task::yield_now().await;
        }
    }

    fn with<T>(&self, read: impl FnOnce(&mut State) -> T) -> T {
        read(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn serve(self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        while let Some(asked) = read_request(&mut stream).await {
            let answer = self.with(|state| {
                state.asked.push(asked.clone());
                let number = state.asked.len();
                (state.handler)(&asked, number)
            });
            if answer_with(stream.get_mut(), answer).await.is_none() {
                return;
            }
        }
    }
}

/// Writes an answer; `None` when the connection is used up.
async fn answer_with(stream: &mut TcpStream, mut answer: Reply) -> Option<()> {
    while let Reply::Gated(gate, then) = answer {
        gate.acquire().await.ok()?.forget();
        answer = *then;
    }
    match answer {
        Reply::Http(status, headers, body) => {
            let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
            for (name, value) in headers {
                let _ = write!(head, "{name}: {value}\r\n");
            }
            head.push_str("\r\n");
            stream.write_all(head.as_bytes()).await.ok()?;
            stream.write_all(&body).await.ok()
        }
        Reply::Silence => std::future::pending().await,
        Reply::Truncated => {
            let head = b"HTTP/1.1 200 X\r\ncontent-length: 100\r\n\r\n{\"access_token\":";
            stream.write_all(head).await.ok()?;
            None
        }
        Reply::Endless => {
            let head = b"HTTP/1.1 200 X\r\n\r\n{\"access_token\":\"";
            stream.write_all(head).await.ok()?;
            loop {
                stream.write_all(&[b'x'; 4_096]).await.ok()?;
            }
        }
        Reply::Stalled => {
            stream.write_all(b"HTTP/1.1 200 X\r\nx-a: b").await.ok()?;
            std::future::pending().await
        }
        Reply::HangUp | Reply::Gated(..) => None,
    }
}

async fn read_request(stream: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut line = String::new();
    if stream.read_line(&mut line).await.ok()? == 0 {
        return None;
    }
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        let before = headers.insert(name.to_ascii_lowercase(), value.to_owned());
        assert_eq!(None, before, "{name} twice");
    }
    let length = headers.get("content-length");
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).await.ok()?;
    Some(Asked {
        method,
        target,
        headers,
        body,
    })
}

/// A clock that moves when it is told to.
#[derive(Clone)]
pub struct ManualClock(Arc<Mutex<SystemTime>>);

impl ManualClock {
    pub fn new() -> Self {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(START);
        Self(Arc::new(Mutex::new(start)))
    }

    pub fn advance(&self, seconds: u64) {
        *self.0.lock().unwrap() += Duration::from_secs(seconds);
    }

    pub fn set_back(&self, seconds: u64) {
        *self.0.lock().unwrap() -= Duration::from_secs(seconds);
    }

    pub fn context(&self, attempt_timeout: Duration) -> CredentialsContext {
        self.context_with(attempt_timeout, &[])
    }

    /// A context whose environment holds these variables and no others.
    pub fn context_with(
        &self,
        attempt_timeout: Duration,
        variables: &[(&'static str, &str)],
    ) -> CredentialsContext {
        let clock = Arc::clone(&self.0);
        let variables: BTreeMap<_, _> = variables
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        CredentialsContext {
            clock: Arc::new(move || *clock.lock().unwrap()),
            environment: Arc::new(move |name| variables.get(name).cloned()),
            ..CredentialsContext::new(attempt_timeout)
        }
    }
}

/// A request to a backend.
pub fn request_to(url: &str) -> OutgoingRequest {
    OutgoingRequest {
        method: Method::POST,
        url: Url::parse(url).unwrap(),
        headers: reqwest::header::HeaderMap::new(),
        body: "event".into(),
    }
}

/// The value of the `Authorization` header that a request would have.
pub async fn authorization(credentials: &dyn Credentials) -> Result<String, String> {
    let mut request = request_to("http://127.0.0.1:1/");
    match credentials.authorize(&mut request).await {
        Ok(_) => {
            let value = &request.headers["authorization"];
            assert!(value.is_sensitive());
            Ok(value.to_str().unwrap().to_owned())
        }
        Err(error) => Err(format!("{error:?}")),
    }
}

/// Sends to a backend the way a transport does.
pub async fn send_to(
    backend: &Server,
    credentials: &dyn Credentials,
) -> Result<HttpResponse, SendError> {
    let client = HttpClient::new(PATIENCE).unwrap();
    send(&client, credentials, &request_to(&backend.url)).await
}
