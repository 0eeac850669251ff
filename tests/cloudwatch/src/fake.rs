//! A stand-in for CloudWatch Logs that gives scripted answers and remembers what it was asked.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// One scripted answer.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Status, whether a request id is sent along, and the body.
    Http(u16, bool, String),
    /// The connection is closed without an answer.
    HangUp,
    /// Nothing is ever answered.
    Silence,
}

impl Answer {
    /// 200 with this body and a request id.
    #[must_use]
    pub fn ok(body: &Value) -> Self {
        Self::Http(200, true, body.to_string())
    }

    /// A service error as AWS writes it.
    #[must_use]
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Self::Http(
            status,
            true,
            json!({ "__type": code, "message": message }).to_string(),
        )
    }
}

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Operation, without the service prefix.
    pub operation: String,
    /// Region of the signature's scope.
    pub region: String,
    /// Body.
    pub body: Value,
}

#[derive(Debug, Default)]
struct State {
    answers: VecDeque<Answer>,
    asked: Vec<Asked>,
}

/// A running stand-in; it ends with the runtime it was started on.
#[derive(Debug, Clone)]
pub struct Fake {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Fake {
    /// Listens on a free port and answers in this order.
    ///
    /// # Panics
    ///
    /// When the loopback interface cannot be listened on.
    pub async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("loopback is there");
        let address = listener.local_addr().expect("the listener is bound");
        let state = Arc::new(Mutex::new(State {
            answers: answers.into_iter().collect(),
            asked: Vec::new(),
        }));
        let fake = Self { address, state };
        let server = fake.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(server.clone().serve(stream));
            }
        });
        fake
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything asked so far.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.state().asked.clone()
    }

    /// The operations asked for so far.
    #[must_use]
    pub fn operations(&self) -> Vec<String> {
        self.state()
            .asked
            .iter()
            .map(|asked| asked.operation.clone())
            .collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        while let Some(asked) = read_request(&mut stream).await {
            let answer = {
                let mut state = self.state();
                state.asked.push(asked);
                state.answers.pop_front()
            };
            match answer {
                Some(Answer::Http(status, identified, body)) => {
                    let id = if identified {
                        "x-amzn-RequestId: 6f1c\r\n"
                    } else {
                        ""
                    };
                    let length = body.len();
                    let text = format!(
                        "HTTP/1.1 {status} Scripted\r\ncontent-type: application/x-amz-json-1.1\r\n\
                         {id}content-length: {length}\r\n\r\n{body}"
                    );
                    if stream.get_mut().write_all(text.as_bytes()).await.is_err() {
                        return;
                    }
                }
                Some(Answer::HangUp) | None => return,
                Some(Answer::Silence) => std::future::pending().await,
            }
        }
    }
}

async fn read_request(stream: &mut BufReader<TcpStream>) -> Option<Asked> {
    let (mut operation, mut region, mut length) = (String::new(), String::new(), 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            if line == "\r\n" {
                break;
            }
            continue;
        };
        match name.to_ascii_lowercase().as_str() {
            "x-amz-target" => operation = value.trim_start_matches("Logs_20140328.").to_owned(),
            "content-length" => length = value.parse().ok()?,
            "authorization" => region = value.split('/').nth(2).unwrap_or_default().to_owned(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Asked {
        operation,
        region,
        body: serde_json::from_slice(&body).ok()?,
    })
}
