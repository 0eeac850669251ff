//! A plain HTTP client over a socket, and specs to test with.

use std::fmt::Write;
use std::io;
use std::sync::Arc;

use fapilog_gen::mock::{Clock, MockOptions, MockServer, start};
use fapilog_gen::sink::{Sink, load_file, load_text};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// 2026-01-02T03:04:06Z, a second after the events of the vectors.
pub const NOW: i64 = 1_767_323_046_000_000_000;

/// An answer as it came off the wire.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: String,
    pub body: String,
}

impl Answer {
    /// True when the head has this header line, in any case.
    pub fn has_header(&self, name: &str, value: &str) -> bool {
        let line = format!("{name}: {value}").to_lowercase();
        self.headers
            .to_lowercase()
            .lines()
            .any(|found| found == line)
    }
}

/// One request, sent as it stands.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: &'static str,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(path: &str, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Self {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        Self {
            method: "POST",
            path: path.into(),
            headers: headers.collect(),
            body: body.into(),
        }
    }

    /// The same with one header replaced, added, or taken away.
    pub fn header(mut self, name: &str, value: Option<&str>) -> Self {
        self.headers
            .retain(|(found, _)| !found.eq_ignore_ascii_case(name));
        self.headers
            .extend(value.map(|value| (name.to_owned(), value.to_owned())));
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    pub fn path(mut self, path: &str) -> Self {
        self.path = path.into();
        self
    }
}

/// Sends a request and reads the answer until the connection ends.
pub async fn send(mock: &MockServer, request: &Request) -> io::Result<Answer> {
    let host = mock.url().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&host).await?;
    let mut head = format!(
        "{} {} HTTP/1.1\r\nconnection: close\r\n",
        request.method, request.path
    );
    if !request.headers.iter().any(|(name, _)| name == "host") {
        write!(head, "host: {host}\r\n").unwrap();
    }
    for (name, value) in &request.headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    write!(head, "content-length: {}\r\n\r\n", request.body.len()).unwrap();
    stream.write_all(head.as_bytes()).await?;
    // A server that has heard enough may close while we still write; its answer counts.
    let _ = stream.write_all(&request.body).await;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let text = String::from_utf8(answer).unwrap();
    let (head, body) = text
        .split_once("\r\n\r\n")
        .ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body = if head.contains("transfer-encoding: chunked") {
        joined(body).ok_or(io::ErrorKind::UnexpectedEof)?
    } else {
        body.to_owned()
    };
    Ok(Answer {
        status,
        headers: head.replace("\r\n", "\n"),
        body,
    })
}

/// A chunked body in one piece; `None` when its end is missing.
fn joined(mut chunks: &str) -> Option<String> {
    let mut body = String::new();
    loop {
        let (length, rest) = chunks.split_once("\r\n")?;
        let length = usize::from_str_radix(length, 16).ok()?;
        if length == 0 {
            return Some(body);
        }
        body += rest.get(..length)?;
        chunks = rest.get(length + 2..)?;
    }
}

/// GET on one of the stand-in's own pages.
pub async fn page(mock: &MockServer, path: &str) -> String {
    let request = Request::new(path, &[], "").method("GET");
    send(mock, &request).await.unwrap().body
}

/// A sink of the repository, by the path of its spec.
pub fn sink(path: &str) -> Sink {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    load_file(path.as_ref()).unwrap().sink
}

/// A sink from the text of its spec.
pub fn parse(text: &str) -> Sink {
    load_text("small.yaml", text.as_bytes()).unwrap().sink
}

/// Options with the clock of the vectors.
pub fn options() -> MockOptions {
    MockOptions {
        now: Clock::Fixed(NOW),
        ..MockOptions::default()
    }
}

/// A stand-in with the clock of the vectors and these faults.
pub async fn mock_with(sink: Sink, faults: &[&str]) -> MockServer {
    let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    start(
        Arc::new(sink),
        MockOptions {
            faults,
            ..options()
        },
    )
    .await
    .unwrap()
}

/// A stand-in with the clock of the vectors.
pub async fn mock(sink: Sink) -> MockServer {
    mock_with(sink, &[]).await
}

/// gzip, made here so that no encoder of a sink is involved.
pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    out.extend(miniz_oxide::deflate::compress_to_vec(content, 6));
    out.extend(crc32fast::hash(content).to_le_bytes());
    out.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
    out
}

/// zstd with the content in raw blocks.
pub fn zstd(content: &[u8]) -> Vec<u8> {
    let mut out = b"(\xb5/\xfd".to_vec();
    out.push(0xa0); // single segment, content size in four bytes
    out.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
    let header = u32::try_from(content.len()).unwrap() << 3 | 1;
    out.extend(&header.to_le_bytes()[..3]);
    out.extend(content);
    out
}

/// One Datadog record `offset` seconds from now, with an id to tell it by.
pub fn datadog_record(id: usize, offset: i64) -> String {
    let millis = NOW / 1_000_000 + offset * 1000;
    format!(
        r#"{{"timestamp":{millis},"status":"info","level":"info","message":"event {id:04}","ddsource":"fapilog"}}"#
    )
}

/// A Datadog push of these records.
pub fn datadog(records: &[String]) -> Request {
    let headers = [
        ("dd-api-key", "example-api-key"),
        ("content-type", "application/json"),
    ];
    Request::new("/api/v2/logs", &headers, format!("[{}]", records.join(",")))
}
