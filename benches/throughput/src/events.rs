//! Events to measure with: entries of about 350 bytes, with what compresses badly in real ones.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::Failure;

const MESSAGES: [&str; 6] = [
    "order placed",
    "payment authorised by provider",
    "inventory reserved for checkout",
    "request served",
    "cache miss, reading through",
    "retrying call to pricing service",
];

/// The entries as fapilog writes them; `seq` numbers them from 0.
pub fn entries(count: usize) -> impl Iterator<Item = Value> {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let start = now_millis() - i64::try_from(count).unwrap_or(0);
    (0..count).map(move |seq| entry(seq, start + i64::try_from(seq).unwrap_or(0), &mut random))
}

fn entry(seq: usize, millis: i64, random: &mut Random) -> Value {
    let level = ["INFO", "INFO", "INFO", "DEBUG", "WARNING", "ERROR"][random.below(6)];
    json!({
        "timestamp": millis as f64 / 1_000.0,
        "level": level,
        "message": MESSAGES[random.below(MESSAGES.len())],
        "logger": "shop.checkout",
        "context": { "message_id": random.hex(32), "request_id": format!("req-{}", random.hex(8)) },
        "diagnostics": { "service": "shop", "env": "prod", "host": "web-1", "pid": 15_556 },
        "data": {
            "seq": seq,
            "customer": format!("c-{}", random.below(50_000)),
            "amount": random.below(100_000) as f64 / 100.0,
            "express": random.below(2) == 0,
            "path": "/api/v1/orders",
        },
    })
}

/// Mean length of the first entries as JSON text.
pub fn mean_bytes() -> Result<usize, Failure> {
    let sample: Vec<_> = entries(1_000).collect();
    Ok(serde_json::to_string(&sample)?.len() / sample.len())
}

fn now_millis() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(0))
}

/// xorshift64*: the same events in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or(0) % bound
    }

    fn hex(&mut self, digits: usize) -> String {
        let mut text = String::with_capacity(digits + 16);
        while text.len() < digits {
            // Writing to a string cannot fail.
            let _ = write!(text, "{:016x}", self.next());
        }
        text.truncate(digits);
        text
    }
}
