//! A loopback HTTP server for tests: answers what it is told to, and keeps what it was sent.

#![allow(
    clippy::missing_panics_doc,
    reason = "a worked example that cannot be read fails its test; the lint is silent in a program"
)]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use super::super::cloud_sink_base::Encoder;
use super::http::HttpResponse;
use super::http_transport::HttpTransport;
use super::testing;

/// One canned answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Header lines, `name: value`.
    pub headers: &'static [&'static str],
    /// Body.
    pub body: &'static str,
}

impl Answer {
    /// A redirect to `location`.
    #[must_use]
    pub fn redirect(location: &str) -> Self {
        // Answers are constants everywhere else; this one may outlive its test.
        let line: &'static str = format!("location: {location}").leak();
        Self {
            status: 307,
            headers: Box::leak(Box::new([line])),
            body: "",
        }
    }
}

/// An answer as a transport reads it.
///
/// A body that its headers call protobuf is told in hexadecimal.
#[must_use]
pub fn response(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> HttpResponse {
    let header = |(name, value): &(&'static str, &'static str)| {
        let name = HeaderName::from_static(name);
        (name, HeaderValue::from_static(value))
    };
    let headers: HeaderMap = headers.iter().map(header).collect();
    let body = if is_protobuf(&headers) {
        from_hex(body)
    } else {
        body.as_bytes().to_vec()
    };
    HttpResponse {
        status,
        headers,
        body,
    }
}

fn is_protobuf(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    kind == Some(b"application/x-protobuf")
}

fn from_hex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2).map(str::from_utf8);
    let bytes = pairs.map(|pair| u8::from_str_radix(pair.expect("digits"), 16));
    bytes.map(|byte| byte.expect("hexadecimal")).collect()
}

/// What a sink would send.
#[derive(Debug)]
pub struct Sent {
    /// Where to.
    pub url: Address,
    /// Headers.
    pub headers: HeaderMap,
    /// Where the health check goes; empty where there is none.
    pub health_url: Address,
    /// The body before compression; of protobuf in hexadecimal.
    pub body: String,
}

/// What a sink would send of these events.
pub fn sent<E: Encoder>(transport: &HttpTransport<E>, encoder: &E, events: &[&str]) -> Sent {
    let records = testing::records(encoder, events);
    let request = transport.request(&records).expect("a request");
    let health = transport.health();
    let body = if is_protobuf(&request.headers) {
        testing::hex_body(encoder, &records)
    } else {
        testing::written_body(encoder, &records)
    };
    Sent {
        url: Address(request.url.into()),
        headers: request.headers,
        health_url: Address(health.map_or_else(String::new, |check| check.request.url.to_string())),
        body,
    }
}

/// An address as the client writes it; equal to any text for the same.
#[derive(Debug, PartialEq, Eq)]
pub struct Address(String);

impl PartialEq<&str> for Address {
    fn eq(&self, other: &&str) -> bool {
        Url::parse(other).is_ok_and(|other| other.as_str() == self.0)
    }
}

/// A request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// `POST /path HTTP/1.1`.
    pub line: String,
    /// Header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body as it was on the wire.
    pub body: Vec<u8>,
}

impl Received {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let matching = |(known, _): &&(String, String)| known.eq_ignore_ascii_case(name);
        self.headers
            .iter()
            .find(matching)
            .map(|(_, value)| value.as_str())
    }
}

/// The running server; it ends with the test's process.
#[derive(Debug)]
pub struct Responder {
    url: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Responder {
    /// Listens on a free port. Gives `answers` in order, the last of them again and again.
    ///
    /// # Errors
    ///
    /// When no port is free.
    pub fn start(answers: Vec<Answer>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let url = format!("http://{}", listener.local_addr()?);
        let received = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&received);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answers, received) = (answers.clone(), Arc::clone(&shared));
                // A broken connection is the client's to notice.
                thread::spawn(move || serve(stream, &answers, &received).ok());
            }
        });
        Ok(Self { url, received })
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What arrived so far, in order.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        lock(&self.received).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(stream: TcpStream, answers: &[Answer], received: &Mutex<Vec<Received>>) -> io::Result<()> {
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader)? {
        let number = {
            let mut received = lock(received);
            received.push(request);
            received.len() - 1
        };
        let Some(answer) = answers.get(number).or(answers.last()) else {
            return Ok(());
        };
        let (status, length) = (answer.status, answer.body.len());
        let mut head = format!("HTTP/1.1 {status} Canned\r\ncontent-length: {length}\r\n");
        for line in answer.headers {
            head.push_str(line);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        writer.write_all(head.as_bytes())?;
        writer.write_all(answer.body.as_bytes())?;
    }
    Ok(())
}

/// The next request of a connection, `None` at its end.
fn read(reader: &mut BufReader<TcpStream>) -> io::Result<Option<Received>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
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
    Ok(Some(Received {
        line: line.trim_end().to_owned(),
        headers,
        body,
    }))
}
