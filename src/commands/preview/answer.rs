//! `preview --answer`: what an answer would mean for the events of a request.

use crate::commands::console::{FAINT, GOOD, NOTABLE};
use crate::commands::{Console, Failure, Result};
use crate::diagnostics::Code;
use crate::sink::Sink;
use crate::sink::interpret::{Reply, Verdict, WhatNow, interpret};

/// Reads `STATUS[:BODY]` and headers `NAME: VALUE`.
pub fn read(answer: &str, headers: &[String]) -> Result<Reply> {
    let (status, body) = answer.split_once(':').unwrap_or((answer, ""));
    let status = status.trim().parse().ok();
    let Some(status) = status.filter(|status| (100..=999).contains(status)) else {
        let hint = "write a status, or a status and a body: `--answer 429` or `--answer '400:{}'`";
        return Err(Failure::new(Code::Usage, "`--answer` starts with no HTTP status").hint(hint));
    };
    let headers = headers.iter().map(|header| match header.split_once(':') {
        Some((name, value)) => Ok((name.trim().to_owned(), value.trim().to_owned())),
        None => Err(
            Failure::new(Code::Usage, "`--answer-header` takes NAME:VALUE")
                .hint("write the name, a colon and the value: `--answer-header 'Retry-After: 7'`"),
        ),
    });
    Ok(Reply {
        status,
        body: body.to_owned(),
        headers: headers.collect::<Result<_>>()?,
    })
}

/// Says what an answer to a request of `sent` events means, `now` in nanoseconds since 1970.
pub fn say(console: &mut Console, sink: &Sink, reply: &Reply, sent: usize, now: i64) -> Result<()> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds of this century fit exactly"
    )]
    let seconds = (now / 1_000_000_000) as f64;
    let verdict = interpret(sink, reply, sent, seconds);
    let is_delivered = verdict.outcome == WhatNow::Delivered;
    let (word, meaning) = meaning(&verdict, sent);
    let word = console.paint(if is_delivered { GOOD } else { NOTABLE }, word);
    console.line(format_args!("{word}: {meaning}"))?;
    if is_delivered || verdict.reason.is_empty() {
        return Ok(());
    }
    let reason = console.paint(FAINT, &verdict.reason);
    console.line(format_args!("  {reason}"))
}

/// A verdict in a word and in a sentence.
fn meaning(verdict: &Verdict, sent: usize) -> (&'static str, String) {
    let all = counted(sent);
    let again = match verdict.retry_after {
        Some(seconds) => format!("after {seconds} seconds, as asked"),
        None => "after a growing, random delay".to_owned(),
    };
    match &verdict.outcome {
        WhatNow::Delivered => ("delivered", format!("{all} stored")),
        WhatNow::Partial {
            rejected,
            uncertain,
            retry,
        } => {
            let stored = sent - rejected.len() - uncertain.len() - retry.len();
            let mut parts = vec![format!("{stored} of {all} stored")];
            let kinds = [
                ("refused for good", rejected),
                ("stored or not, nobody knows", uncertain),
                ("sent again", retry),
            ];
            let named = kinds.iter().filter(|(_, positions)| !positions.is_empty());
            parts.extend(named.map(|(what, positions)| format!("{what}: {}", numbers(positions))));
            ("partial", parts.join("; "))
        }
        WhatNow::Split => ("split", "the request is too large; its halves are sent".to_owned()),
        WhatNow::Bisect => (
            "bisect",
            "some event is refused; halves are sent until it is found".to_owned(),
        ),
        WhatNow::Throttled => ("throttled", format!("the same request is sent again {again}")),
        WhatNow::Transient => ("transient", format!("the same request is sent again {again}")),
        WhatNow::Paused => (
            "paused",
            "the events are kept and the sink says so; one probe at a time finds out when it goes on"
                .to_owned(),
        ),
        WhatNow::Uncertain { failed: Some(failed) } => (
            "uncertain",
            format!("{failed} of {all} lost and nobody knows which; none is sent again"),
        ),
        WhatNow::Uncertain { failed: None } => (
            "uncertain",
            "some events are lost and nobody knows which; none is sent again".to_owned(),
        ),
        WhatNow::Rejected => ("rejected", format!("{all} refused for good")),
    }
}

fn counted(events: usize) -> String {
    match events {
        1 => "1 event".to_owned(),
        many => format!("{many} events"),
    }
}

/// Positions as a person counts: the first event is 1.
fn numbers(positions: &[usize]) -> String {
    let numbers: Vec<String> = positions
        .iter()
        .map(|position| format!("event {}", position + 1))
        .collect();
    numbers.join(", ")
}
