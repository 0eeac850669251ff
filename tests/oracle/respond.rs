//! What a peer says: the answers of each fault.

use std::fmt::Write as _;
use std::io;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

use crate::exchange::{Answer, Request, forward, reply};
use crate::faults::What;
use crate::peer::{Peer, Wire};

/// Whether a request asks for a token: the sinks are told that this peer issues them.
pub fn is_for_token(request: &Request) -> bool {
    let mut words = request.head.split(' ');
    words.nth(1).is_some_and(|path| path.ends_with("/token"))
}

/// Answers whoever wants a token. Returns whether the connection goes on.
pub async fn issue(wire: &mut impl Wire, peer: &Peer, what: What) -> io::Result<bool> {
    const GOOD: &str =
        r#"{"access_token":"example-token","expires_in":3600,"token_type":"Bearer"}"#;
    let (status, headers, body) = match what {
        What::TokenSilent => return hold(wire).await.map(|()| false),
        What::TokenReset => {
            wire.reset();
            return Ok(false);
        }
        What::TokenEndless => {
            return flood(
                wire,
                b"HTTP/1.1 200 Told\r\ntransfer-encoding: chunked\r\n\r\n",
            )
            .await;
        }
        What::Token {
            status,
            headers,
            body,
        } => {
            // A sink whose account is refused may wait for a person.
            peer.ledger().pauses = true;
            (status, headers, body)
        }
        _ => (200, "content-type: application/json\r\n", GOOD),
    };
    let length = body.len();
    let answer =
        format!("HTTP/1.1 {status} Told\r\n{headers}content-length: {length}\r\n\r\n{body}");
    wire.write_all(answer.as_bytes()).await?;
    Ok(true)
}

/// Answers as the fault says. Returns whether the connection goes on.
#[expect(clippy::too_many_lines, reason = "a table")]
pub async fn respond(
    wire: &mut impl Wire,
    peer: &Peer,
    request: &Request,
    events: &[u64],
    what: What,
    began: Instant,
) -> io::Result<bool> {
    match what {
        What::Answer {
            status,
            headers,
            body,
        } => {
            let reply = reply(status, headers, &body);
            let acked = peer.ledger().answers(&peer.sink, &reply, events);
            let length = match status {
                204 => String::new(),
                _ => format!("content-length: {}\r\n", body.len()),
            };
            let head = format!("HTTP/1.1 {status} Told\r\n{headers}{length}\r\n");
            wire.write_all(&[head.as_bytes(), &body].concat()).await?;
            settle(peer, acked, began);
            return Ok(true);
        }
        What::Ends => return Ok(false),
        What::Silent => return hold(wire).await.map(|()| false),
        What::TricklesRefusal => {
            let head = b"HTTP/1.1 503 Told\r\ncontent-length: 1000000\r\n\r\n";
            return trickle(wire, head).await;
        }
        What::EndlessRefusal => {
            return flood(
                wire,
                b"HTTP/1.1 503 Told\r\ntransfer-encoding: chunked\r\n\r\n",
            )
            .await;
        }
        What::EndlessContinues => loop {
            wire.write_all(&b"HTTP/1.1 100 Continue\r\n\r\n".repeat(20))
                .await?;
            tokio::time::sleep(Duration::from_millis(2)).await;
        },
        _ => {}
    }
    // From here on the backend has seen the request.
    let answer = forward(&peer.mock, request).await?;
    peer.note_vendor_faults();
    let acked = peer.ledger().answers(&peer.sink, &answer.reply, events);
    peer.ledger().stored(&acked);
    let Answer { head, body, .. } = &answer;
    let whole = [head.as_bytes(), b"\r\n\r\n", body].concat();
    let lost = |acked: &[u64]| peer.ledger().unanswered += acked.len();
    match what {
        What::ResetAfter => {
            lost(&acked);
            wire.reset();
            Ok(false)
        }
        What::EndsAfter => {
            lost(&acked);
            Ok(false)
        }
        What::SilentAfter => {
            lost(&acked);
            hold(wire).await.map(|()| false)
        }
        What::Dribbles => {
            for byte in whole {
                wire.write_all(&[byte]).await?;
                tokio::task::yield_now().await;
            }
            settle(peer, acked, began);
            Ok(true)
        }
        What::Trickles => {
            lost(&acked);
            let status = answer.reply.status;
            trickle(
                wire,
                format!("HTTP/1.1 {status} Told\r\ncontent-length: 1000000\r\n\r\n").as_bytes(),
            )
            .await
        }
        What::Endless => {
            lost(&acked);
            let status = answer.reply.status;
            flood(
                wire,
                format!("HTTP/1.1 {status} Told\r\ntransfer-encoding: chunked\r\n\r\n").as_bytes(),
            )
            .await
        }
        What::Short => {
            lost(&acked);
            let status = answer.reply.status;
            wire.write_all(
                format!("HTTP/1.1 {status} Told\r\ncontent-length: 1000\r\n\r\n{{").as_bytes(),
            )
            .await?;
            Ok(false)
        }
        What::TwoAnswers => {
            wire.write_all(&[&whole[..], &whole[..]].concat()).await?;
            settle(peer, acked, began);
            // A client that takes the second for its next request's learns nothing of that one.
            hold(wire).await.map(|()| false)
        }
        What::BadChunks => {
            lost(&acked);
            let status = answer.reply.status;
            wire.write_all(
                format!(
                    "HTTP/1.1 {status} Told\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{{}}\r\n"
                )
                .as_bytes(),
            )
            .await?;
            Ok(false)
        }
        What::LongHeader => {
            lost(&acked);
            let long = format!("{head}\r\nx-long: {}\r\n\r\n", "x".repeat(1 << 20));
            wire.write_all(&[long.as_bytes(), body].concat()).await?;
            Ok(true)
        }
        What::ManyHeaders(count) => {
            lost(&acked);
            let mut many = head.clone();
            for number in 0..count {
                write!(many, "\r\nx-{number}: y").expect("memory");
            }
            wire.write_all(&[many.as_bytes(), b"\r\n\r\n", body].concat())
                .await?;
            Ok(true)
        }
        What::Continues(count) => {
            lost(&acked);
            for _ in 0..count {
                wire.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
            }
            wire.write_all(&whole).await?;
            Ok(true)
        }
        What::NoHttp => {
            lost(&acked);
            wire.write_all(b"220 smtp.example ESMTP\r\n").await?;
            Ok(false)
        }
        What::Stale => {
            wire.write_all(&whole).await?;
            settle(peer, acked, began);
            Ok(false)
        }
        _ => {
            wire.write_all(&whole).await?;
            settle(peer, acked, began);
            Ok(true)
        }
    }
}

/// An answer was written whole: it counts, unless it took so long that nobody may have listened.
fn settle(peer: &Peer, acked: Vec<u64>, began: Instant) {
    if began.elapsed() < peer.prompt {
        peer.ledger().acked.extend(acked);
    } else {
        peer.ledger().unanswered += acked.len();
    }
}

/// A body that is never complete.
async fn trickle(wire: &mut impl Wire, head: &[u8]) -> io::Result<bool> {
    wire.write_all(head).await?;
    loop {
        tokio::time::sleep(Duration::from_millis(50)).await;
        wire.write_all(b" ").await?;
    }
}

/// A body without end, as fast as it goes.
async fn flood(wire: &mut impl Wire, head: &[u8]) -> io::Result<bool> {
    wire.write_all(head).await?;
    let chunk = [b"10000\r\n", &*vec![b' '; 0x10000], b"\r\n"].concat();
    loop {
        wire.write_all(&chunk).await?;
    }
}

/// Says nothing until the other side gives up.
pub async fn hold(wire: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
    let mut rest = [0; 4096];
    while wire.read(&mut rest).await? > 0 {}
    Ok(())
}
