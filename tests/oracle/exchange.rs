//! Requests as they come off the wire, and answers as the stand-in gives them.

use std::fmt::Write as _;
use std::io;

use fapilog_gen::mock::MockServer;
use fapilog_gen::sink::interpret::Reply;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::peer::Wire;

/// A request.
pub struct Request {
    pub head: String,
    pub body: Vec<u8>,
}

impl Request {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1);
        let mut fields = lines.filter_map(|line| line.split_once(':'));
        let found = fields.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim())
    }
}

/// Reads a request whole; `None`: the connection has ended.
pub async fn read_request(
    wire: &mut impl Wire,
    buffer: &mut Vec<u8>,
) -> io::Result<Option<Request>> {
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if wire.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    buffer.drain(..end);
    let mut request = Request {
        head,
        body: Vec::new(),
    };
    assert!(
        request.header("transfer-encoding").is_none(),
        "sinks know the length of what they send"
    );
    if request.header("expect").is_some() {
        wire.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
    }
    let length: usize = request
        .header("content-length")
        .map_or(0, |text| text.parse().expect("a number"));
    while buffer.len() < length {
        if wire.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
    request.body = buffer.drain(..length).collect();
    Ok(Some(request))
}

/// An answer of the stand-in, to be written as it is.
pub struct Answer {
    pub reply: Reply,
    pub head: String,
    pub body: Vec<u8>,
}

/// Has the stand-in answer a request.
pub async fn forward(mock: &MockServer, request: &Request) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(mock.address()).await?;
    let (line, rest) = request.head.split_once("\r\n").expect("a request line");
    let head = format!("{line}\r\nconnection: close\r\n{rest}");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&request.body).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
    let body = answer.split_off(end + 4);
    let text = String::from_utf8_lossy(&answer[..end]).into_owned();
    let kept = text
        .lines()
        .filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let head = kept.collect::<Vec<_>>().join("\r\n");
    let status = head.split(' ').nth(1).and_then(|text| text.parse().ok());
    Ok(Answer {
        reply: reply(status.unwrap_or(0), &head, &body),
        head,
        body,
    })
}

/// An answer as the interpreter reads it.
pub fn reply(status: u16, head: &str, body: &[u8]) -> Reply {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let headers: Vec<(String, String)> = lines
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let is_protobuf = |(name, value): &(String, String)| {
        name.eq_ignore_ascii_case("content-type") && value == "application/x-protobuf"
    };
    let body = if headers.iter().any(is_protobuf) {
        body.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("memory");
            text
        })
    } else {
        match std::str::from_utf8(body) {
            Ok(text) => text.to_owned(),
            // Bytes that are no text are no JSON either, which a repaired text might be.
            Err(_) => format!("\u{fffd}{}", String::from_utf8_lossy(body)),
        }
    };
    Reply {
        status,
        headers,
        body,
    }
}
