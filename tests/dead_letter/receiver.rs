//! A receiver that keeps what it is sent and answers as it is told to.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// Longer than anything takes, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(120);

/// What happens to a request.
pub enum Reply {
    Answer {
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
    },
    /// None comes.
    Silence,
}

impl Reply {
    pub fn status(status: u16) -> Self {
        Self::Answer {
            status,
            headers: Vec::new(),
            body: "{}".to_owned(),
        }
    }

    pub fn json(status: u16, body: &Value) -> Self {
        Self::Answer {
            status,
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            body: body.to_string(),
        }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Request {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// What it was answered with.
    pub status: Option<u16>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

type Rule = dyn Fn(usize, &str) -> Reply + Send + Sync;

#[derive(Default)]
struct Seen {
    requests: Mutex<Vec<Request>>,
    changed: Condvar,
}

/// Runs until the test's process ends.
pub struct Receiver {
    url: String,
    seen: Arc<Seen>,
}

impl Receiver {
    /// One that answers by the number of the request, from 0, and its body.
    pub fn start(rule: impl Fn(usize, &str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Seen::default());
        let (shared, rule): (_, Arc<Rule>) = (Arc::clone(&seen), Arc::new(rule));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, rule) = (Arc::clone(&shared), Arc::clone(&rule));
                // A connection that breaks is the client's to notice.
                thread::spawn(move || serve(stream, &seen, &*rule).ok());
            }
        });
        Self { url, seen }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn requests(&self) -> Vec<Request> {
        self.seen.requests.lock().expect("no panic").clone()
    }

    /// Whether so many requests have arrived, waiting for them.
    pub fn wait_for(&self, count: usize) -> bool {
        let requests = self.seen.requests.lock().expect("no panic");
        let waited = self
            .seen
            .changed
            .wait_timeout_while(requests, PATIENCE, |requests| requests.len() < count);
        !waited.expect("no panic").1.timed_out()
    }
}

fn serve(stream: TcpStream, seen: &Seen, rule: &Rule) -> io::Result<()> {
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader)? {
        let body = request.body.clone();
        let number = {
            let mut requests = seen.requests.lock().expect("no panic");
            requests.push(request);
            requests.len() - 1
        };
        let reply = rule(number, &body);
        let status = match &reply {
            Reply::Answer { status, .. } => Some(*status),
            Reply::Silence => None,
        };
        seen.requests.lock().expect("no panic")[number].status = status;
        seen.changed.notify_all();
        let Reply::Answer {
            status,
            headers,
            body,
        } = reply
        else {
            // Held open: the client waits.
            thread::sleep(PATIENCE);
            return Ok(());
        };
        let mut answer = format!(
            "HTTP/1.1 {status} Said\r\ncontent-length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            answer.extend([&*name, ": ", &*value, "\r\n"]);
        }
        write!(writer, "{answer}\r\n{body}")?;
    }
    Ok(())
}

fn read(reader: &mut BufReader<TcpStream>) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, value)| value.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    Ok(Some(Request {
        path,
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
        status: None,
    }))
}
