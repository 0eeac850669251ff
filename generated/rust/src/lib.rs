//! Sinks that ship structured log events to cloud backends.
//!
//! One module for each provider, over a shared delivery runtime ([`cloud_sink_base`]): bounded
//! queue, batching, retries, dead letters, counters. [`settings`] starts sinks by name from one
//! YAML file.

#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![allow(
    unknown_lints,
    clippy::duration_suboptimal_units,
    reason = "minutes and hours came to `Duration` after the oldest Rust that this builds with"
)]

pub mod cloud_sink_base;
pub mod cloud_sink_parts;
pub mod cloudwatch;
pub mod loki;
pub mod settings;
