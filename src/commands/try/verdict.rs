//! The result of a try, for a person.

use std::collections::BTreeMap;

use serde_json::Value;

use super::account::{Account, total};
use super::exchange::{Exchange, Request};
use crate::commands::console::{BAD, FAINT, GOOD, STRONG};
use crate::commands::{Console, Result};
use crate::mock::{RequestSeen, StoredRecord};
use crate::sink::{Parameter, Scheme, Sink};

/// Lines of a record shown.
const MAX_LINES: usize = 40;
/// Characters of a line shown.
const MAX_WIDTH: usize = 400;

/// Prints the table and one record.
pub fn print(
    console: &mut Console,
    request: &Request,
    exchange: &Exchange,
    account: &Account,
) -> Result<()> {
    let sink = &request.sink;
    let title = console.paint(
        STRONG,
        format_args!("{} sink, {} entries", sink.title, account.entries),
    );
    console.line(title)?;
    console.line(format_args!("  accepted      {:>6}", account.accepted))?;
    console.line(format_args!("  delivered     {:>6}", account.delivered))?;
    console.line(format_args!(
        "  retried       {:>6}  requests sent again",
        account.retries
    ))?;
    console.line(format_args!(
        "  refused       {:>6}{}",
        total(&account.refused),
        explained(&account.refused)
    ))?;
    let place = match account.dead_lettered {
        0 => String::new(),
        _ => format!("  in {}", request.dead_letters.display()),
    };
    console.line(format_args!(
        "  dead-lettered {:>6}{place}",
        account.dead_lettered
    ))?;
    if let Some(reason) = first_reason(&exchange.dead_letters) {
        console.line(format_args!(
            "                        the first: {}",
            cut(&reason)
        ))?;
    }
    console.line(format_args!(
        "  dropped       {:>6}{}",
        total(&account.dropped),
        explained(&account.dropped)
    ))?;
    print_traffic(console, exchange)?;
    print_balance(console, account)?;
    if !account.is_complete() {
        for line in exchange.said.lines() {
            console.line(format_args!("  the sink said: {line}"))?;
        }
    }
    print_record(console, sink, exchange)
}

/// Why the first dead letter is one, in the sink's words.
fn first_reason(dead_letters: &str) -> Option<String> {
    let letter: Value = serde_json::from_str(dead_letters.lines().next()?).ok()?;
    let text = |key: &str| letter.get(key)?.as_str().filter(|text| !text.is_empty());
    text("detail").or_else(|| text("reason")).map(str::to_owned)
}

fn explained(reasons: &BTreeMap<String, u64>) -> String {
    let words: Vec<_> = reasons
        .iter()
        .map(|(reason, count)| format!("{count} {}", reason.replace('_', " ")))
        .collect();
    if words.is_empty() {
        String::new()
    } else {
        format!("  {}", words.join(", "))
    }
}

fn print_traffic(console: &mut Console, exchange: &Exchange) -> Result<()> {
    let counters = &exchange.seen.counters;
    console.line(format_args!("  requests      {:>6}", counters.requests))?;
    console.line(format_args!(
        "  bytes sent    {:>6}{}",
        counters.wire_bytes,
        compression(&exchange.seen.requests)
    ))
}

/// How much smaller compression made the requests that were read to their end.
fn compression(requests: &[RequestSeen]) -> String {
    let compressed = requests.iter().filter(|request| {
        let encoded = |(name, _): &(String, String)| name.eq_ignore_ascii_case("content-encoding");
        request.body_bytes > 0 && request.headers.iter().any(encoded)
    });
    let (wire, body) = compressed.fold((0, 0), |(wire, body), request| {
        (wire + request.wire_bytes, body + request.body_bytes)
    });
    if wire == 0 {
        return String::new();
    }
    format!("  compressed {:.1} times", ratio(body, wire))
}

#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
fn ratio(body: usize, wire: usize) -> f64 {
    body as f64 / wire as f64
}

fn print_balance(console: &mut Console, account: &Account) -> Result<()> {
    let how = if account.by_id {
        "by context.message_id"
    } else {
        "by count: some have no context.message_id"
    };
    let sum = format!(
        "{} of {} entries accounted for, {how}",
        account.accounted(),
        account.entries
    );
    if account.is_complete() {
        let sum = console.paint(GOOD, sum);
        return console.line(sum);
    }
    let bad = console.paint(BAD, "not complete");
    console.line(format_args!(
        "{bad}: {sum}; the stand-in has {}, the sink still held {}",
        account.stored, account.pending
    ))?;
    for id in account.lost.iter().take(10) {
        console.line(format_args!("  lost: {id}"))?;
    }
    Ok(())
}

fn print_record(console: &mut Console, sink: &Sink, exchange: &Exchange) -> Result<()> {
    let Some((request, record)) = example(exchange) else {
        return Ok(());
    };
    let title = console.paint(STRONG, "one record as it looked on the wire");
    console.line(format_args!("\n{title}"))?;
    console.line(format_args!("  {} {}", request.method, request.path))?;
    for (name, value) in request
        .headers
        .iter()
        .filter(|(name, _)| is_telling(sink, name))
    {
        let line = console.paint(FAINT, format_args!("{name}: {value}"));
        console.line(format_args!("  {line}"))?;
    }
    if let Some(group) = &record.group {
        console.line(format_args!("  in {group}"))?;
    }
    let text = pretty(&record.text);
    for line in text.lines().take(MAX_LINES) {
        console.line(format_args!("  {}", cut(line)))?;
    }
    if text.lines().count() > MAX_LINES {
        console.line("  …")?;
    }
    Ok(())
}

/// The shortest record with an exception shows most in little room; else the first.
fn example(exchange: &Exchange) -> Option<(&RequestSeen, &StoredRecord)> {
    let records = &exchange.seen.records;
    let telling = records
        .iter()
        .filter(|record| record.text.contains("trace_id"))
        .min_by_key(|record| record.text.len());
    let record = telling.or(records.first())?;
    let request = exchange
        .seen
        .requests
        .iter()
        .find(|request| request.number == record.request)?;
    Some((request, record))
}

/// Headers that say something about this provider.
fn is_telling(sink: &Sink, name: &str) -> bool {
    let common = [
        "content-type",
        "content-encoding",
        "authorization",
        "x-amz-target",
    ];
    let named = |header: &str| header.eq_ignore_ascii_case(name);
    let own = sink.endpoint().is_some_and(|endpoint| {
        endpoint.headers.iter().any(|header| match header {
            Parameter::Named { name, .. } => named(name),
            Parameter::Each(_) => false,
        })
    });
    let credential = sink.credentials.iter().any(|credentials| {
        matches!(&credentials.scheme, Scheme::Header { name, .. } if name.literal().is_some_and(named))
    });
    common.iter().any(|header| named(header)) || own || credential
}

fn pretty(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(value) => format!("{value:#}"),
        Err(_) => text.to_owned(),
    }
}

fn cut(line: &str) -> String {
    let line = crate::diagnostics::escape(line);
    match line.char_indices().nth(MAX_WIDTH) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_dead_letter_says_why() {
        let letters = "{\"reason\":\"rejected\",\"detail\":\"HTTP 400: too old\"}\n{}\n";

        assert_eq!(first_reason(letters).as_deref(), Some("HTTP 400: too old"));
        assert_eq!(
            first_reason("{\"reason\":\"oversize\",\"detail\":\"\"}").as_deref(),
            Some("oversize")
        );
        assert_eq!(first_reason(""), None);
    }
}
