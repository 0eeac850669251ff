//! What a sink is in the middle of when it is told to stop.

use serde_json::{Value, json};

use crate::faults::{Fault, What};

/// Seconds each of these sinks has for its end.
pub const WITHIN: f64 = 1.0;

/// A moment at which a sink is stopped.
pub struct State {
    /// As the table names it.
    pub name: &'static str,
    /// What the peer does, to the end.
    pub fault: Fault,
    /// Settings that bring the sink there.
    pub settings: Value,
    /// Events written.
    pub events: u64,
    /// Attempts that are waited for.
    pub attempts: u64,
}

fn state(name: &'static str, what: What, events: u64, attempts: u64, settings: Value) -> State {
    let fault = Fault {
        name,
        what,
        times: usize::MAX,
        hangs: false,
        long: false,
    };
    State {
        name,
        fault,
        settings,
        events,
        attempts,
    }
}

fn answer(status: u16, headers: &'static str) -> What {
    What::Answer {
        status,
        headers,
        body: Vec::new(),
    }
}

/// Every one.
pub fn all() -> Vec<State> {
    // No limit of an attempt may end the wait in the place of the sink's own end.
    let patient = || json!({ "timeout_seconds": 3_600 });
    let slow = json!({ "retry_base_delay": 3_600, "retry_max_delay": 3_600 });
    let linger = json!({ "batch_timeout_seconds": 3_600 });
    let full = json!({
        "timeout_seconds": 3_600, "queue_max_events": 10, "overflow": "drop_newest",
    });
    vec![
        state("idle", What::Fine, 0, 0, json!({})),
        state("a batch that is not full", What::Fine, 3, 0, linger),
        state("a full queue", What::Silent, 60, 1, full),
        state("a silent peer", What::Silent, 30, 1, patient()),
        state(
            "a silent peer that stored",
            What::SilentAfter,
            30,
            1,
            patient(),
        ),
        state(
            "an answer that never ends",
            What::Trickles,
            30,
            1,
            patient(),
        ),
        state(
            "told to wait 300 s",
            answer(429, "retry-after: 300\r\n"),
            30,
            1,
            json!({}),
        ),
        state("before a retry", answer(503, ""), 30, 1, slow),
        state("an outage", answer(503, ""), 30, 8, json!({})),
        state("a pause", answer(401, ""), 30, 1, json!({})),
        state("nobody listens", What::Refused, 30, 8, json!({})),
        state("no such host", What::NoSuchHost, 30, 1, json!({})),
        state(
            "a TLS handshake that stalls",
            What::HandshakeStalls,
            30,
            1,
            patient(),
        ),
        state(
            "a token that does not come",
            What::TokenSilent,
            30,
            1,
            patient(),
        ),
    ]
}
