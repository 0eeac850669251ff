//! A question to a person at a terminal; programs are never asked.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use crate::assets::Assets;
use crate::sink::load_all;

/// Answers that make no sense, before the question is given up.
const ATTEMPTS: usize = 3;

/// Whether somebody is there to answer.
#[must_use]
pub fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for one of the built-in providers. `None`: no answer that names one.
#[must_use]
pub fn provider(assets: &Assets) -> Option<String> {
    let sinks = load_all(assets).ok()?;
    let mut out = io::stderr().lock();
    for (index, sink) in sinks.iter().enumerate() {
        writeln!(out, "{:>3}  {:16} {}", index + 1, sink.id, sink.title).ok()?;
    }
    let ids: Vec<_> = sinks.iter().map(|sink| sink.id.as_str()).collect();
    for _ in 0..ATTEMPTS {
        write!(out, "provider (number or id): ").ok()?;
        out.flush().ok()?;
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(id) = chosen(&line, &ids) {
            return Some(id.to_owned());
        }
    }
    None
}

/// The id that an answer names.
fn chosen<'a>(answer: &str, ids: &[&'a str]) -> Option<&'a str> {
    let answer = answer.trim();
    let number = answer.parse::<usize>().ok();
    let by_number = number.and_then(|number| ids.get(number.checked_sub(1)?));
    by_number
        .or_else(|| ids.iter().find(|id| **id == answer))
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_number_or_an_id() {
        let ids = ["datadog", "loki"];

        assert_eq!(Some("loki"), chosen("2\n", &ids));
        assert_eq!(Some("datadog"), chosen(" datadog ", &ids));
        for nothing in ["", "0", "3", "Loki", "-1"] {
            assert_eq!(None, chosen(nothing, &ids), "{nothing}");
        }
    }
}
