//! Throughput, CPU time and memory of generated sinks, against a receiver on another core.
//!
//! Without arguments, or with `scaling`, it starts itself again for every measurement, so that each has a fresh
//! process: `receiver` on the second core, `send` or `encode` on the first.

mod encode;
mod events;
mod process;
mod receiver;
mod scaling;
mod send;
mod table;
mod usage;

use std::error::Error;

/// Errors end the program; the message is all anybody needs.
pub type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["receiver"] => receiver::run(false),
        ["receiver", "--held"] => receiver::run(true),
        ["send", providers, events] => send::run(providers, events.parse()?, None),
        ["send", providers, events, port] => {
            send::run(providers, events.parse()?, Some(port.parse()?))
        }
        ["encode", provider, events] => encode::run(provider, events.parse()?),
        [] => table::run(200_000, 5),
        ["--smoke"] => table::run(2_000, 1),
        ["scaling"] => scaling::run(100_000, 3),
        ["scaling", "--smoke"] => scaling::run(2_000, 1),
        _ => Err("usage: throughput-bench [scaling] [--smoke]".into()),
    }
}
