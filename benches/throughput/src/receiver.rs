//! A receiver that only keeps what arrives; it decodes when asked, after the measurement.
//!
//! `GET /verify` decodes with a codec the sinks do not use and answers with what was found. One that
//! is held answers nothing else before `GET /release`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use serde_json::{Value, json};

use crate::Failure;

struct Received {
    bodies: Vec<Body>,
    is_held: bool,
}

type Shared = (Mutex<Received>, Condvar);

struct Body {
    gzip: bool,
    bytes: Vec<u8>,
}

/// Listens on a free port, prints it, and serves until the process is ended.
pub fn run(is_held: bool) -> Result<(), Failure> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    println!("{}", listener.local_addr()?.port());
    let bodies = Vec::new();
    let received = Arc::new((Mutex::new(Received { bodies, is_held }), Condvar::new()));
    for stream in listener.incoming() {
        let received = Arc::clone(&received);
        let stream = stream?;
        thread::spawn(move || {
            if let Err(error) = serve(stream, &received) {
                eprintln!("receiver: {error}");
            }
        });
    }
    Ok(())
}

/// What a receiver answers.
pub fn ask(port: u16, path: &str) -> Result<String, Failure> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\n\r\n").as_bytes())?;
    stream.shutdown(Shutdown::Write)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, body) = answer
        .split_once("\r\n\r\n")
        .ok_or("the receiver could not decode what arrived")?;
    Ok(body.to_owned())
}

fn serve(stream: TcpStream, (received, released): &Shared) -> Result<(), Failure> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::with_capacity(256 * 1_024, stream);
    loop {
        let mut request = String::new();
        if reader.read_line(&mut request)? == 0 {
            return Ok(());
        }
        let (length, gzip) = read_headers(&mut reader)?;
        let mut bytes = vec![0; length];
        reader.read_exact(&mut bytes)?;

        let mut received = received.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = if request.starts_with("GET /verify ") {
            ok(&verify(&received.bodies)?.to_string())
        } else if request.starts_with("GET /release ") {
            received.is_held = false;
            released.notify_all();
            ok("{}")
        } else {
            while received.is_held {
                received = released
                    .wait(received)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            received.bodies.push(Body { gzip, bytes });
            if request.starts_with("POST /loki/") {
                "HTTP/1.1 204 No Content\r\n\r\n".to_owned()
            } else {
                "HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\n{}".to_owned()
            }
        };
        drop(received);
        reader.get_mut().write_all(answer.as_bytes())?;
    }
}

fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn read_headers(reader: &mut impl BufRead) -> Result<(usize, bool), Failure> {
    let (mut length, mut gzip) = (0, false);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            return Ok((length, gzip));
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse()?,
            "content-encoding" => gzip = value.trim() == "gzip",
            "transfer-encoding" => return Err("chunked bodies are not read here".into()),
            _ => {}
        }
    }
}

/// Which of the numbered events are there, and how often.
fn verify(bodies: &[Body]) -> Result<Value, Failure> {
    let mut seen = Vec::new();
    let (mut wire_bytes, mut body_bytes, mut duplicates, mut records) = (0, 0, 0, 0);
    for body in bodies {
        wire_bytes += body.bytes.len();
        let text = if body.gzip {
            gunzip(&body.bytes)?
        } else {
            body.bytes.clone()
        };
        body_bytes += text.len();
        for seq in numbers(&serde_json::from_slice(&text)?)? {
            records += 1;
            if seen.len() <= seq {
                seen.resize(seq + 1, false);
            }
            duplicates += usize::from(std::mem::replace(&mut seen[seq], true));
        }
    }
    Ok(json!({
        "requests": bodies.len(),
        "records": records,
        "distinct": seen.iter().filter(|seen| **seen).count(),
        "duplicates": duplicates,
        "wire_bytes": wire_bytes,
        "body_bytes": body_bytes,
    }))
}

/// The `seq` of every record of a body: Loki's streams of lines, or a list of objects.
fn numbers(body: &Value) -> Result<Vec<usize>, Failure> {
    let mut found = Vec::new();
    if let Some(streams) = body["streams"].as_array() {
        for entry in streams
            .iter()
            .flat_map(|stream| stream["values"].as_array().into_iter().flatten())
        {
            let line = entry[1].as_str().ok_or("an entry without a line")?;
            found.push(number(&serde_json::from_str(line)?).ok_or("a line without its number")?);
        }
    } else {
        for record in body
            .as_array()
            .ok_or("a body that is neither streams nor a list")?
        {
            found.push(number(record).ok_or("a record without its number")?);
        }
    }
    Ok(found)
}

/// `seq`, at the top or in an object within.
fn number(value: &Value) -> Option<usize> {
    let object = value.as_object()?;
    if let Some(seq) = object.get("seq").and_then(Value::as_u64) {
        return usize::try_from(seq).ok();
    }
    object.values().find_map(number)
}

/// RFC 1952 around `miniz_oxide`; length and format are checked, the sinks set no optional fields.
fn gunzip(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let [0x1F, 0x8B, 8, 0, _, _, _, _, _, _, rest @ ..] = bytes else {
        return Err("not a plain gzip header".into());
    };
    let (deflated, trailer) = rest.split_last_chunk::<8>().ok_or("gzip body is cut off")?;
    let text =
        miniz_oxide::inflate::decompress_to_vec(deflated).map_err(|error| error.to_string())?;
    let length = u32::from_le_bytes([trailer[4], trailer[5], trailer[6], trailer[7]]);
    if usize::try_from(length)? != text.len() {
        return Err("gzip length does not match".into());
    }
    Ok(text)
}
