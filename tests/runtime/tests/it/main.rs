//! Behaviour of the delivery runtime, by topic.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod acknowledgement;
mod batching;
mod by_hand;
mod connection;
mod dead_letter;
mod events;
mod events_cases;
mod events_without_time;
mod faults;
mod http;
mod layer;
mod metrics;
mod outcomes;
mod queue;
mod reporter;
mod retries;
mod settings;
mod shapes;
mod shutdown;
mod support;
