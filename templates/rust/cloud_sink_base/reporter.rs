//! What a sink says about itself, at a rate a person can read.
//!
//! error: events were dropped, or somebody must act; warn: an attempt failed and will be
//! repeated; info: started, stopped, recovered. Reasons come from transports and hold no secrets.

use std::time::Duration;

use tokio::time::Instant;
use tracing::{error, info, warn};

use super::{DropReason, Stats};

/// Shortest time between two lines of one kind.
const QUIET: Duration = Duration::from_secs(10);

const TARGET: &str = "cloud_sink_base";

/// The log lines of one sink.
#[derive(Debug)]
pub struct Reporter {
    sink: &'static str,
    failed: Limiter,
    lost: Limiter,
    kept: Limiter,
}

impl Reporter {
    pub fn new(sink: &'static str) -> Self {
        Self {
            sink,
            failed: Limiter::default(),
            lost: Limiter::default(),
            kept: Limiter::default(),
        }
    }

    pub fn started(&self) {
        info!(target: TARGET, sink = self.sink, "{} sink started", self.sink);
    }

    pub fn stopped(&self, stats: &Stats) {
        let (delivered, dead, dropped) =
            (stats.delivered, stats.dead_lettered, stats.dropped_total());
        info!(
            target: TARGET, sink = self.sink, delivered, dead_lettered = dead, dropped,
            "{} sink stopped: {delivered} delivered, {dead} dead-lettered, {dropped} dropped", self.sink
        );
    }

    pub fn attempt_failed(&mut self, now: Instant, events: usize, reason: &str) {
        if let Some(before) = self.failed.count(1, now) {
            warn!(
                target: TARGET, sink = self.sink, events, unreported = before,
                "{} took none of {events} events, they will be sent again: {reason}", self.sink
            );
        }
    }

    pub fn outage_began(&self) {
        warn!(target: TARGET, sink = self.sink, "{} does not answer; events are kept and probes sent", self.sink);
    }

    pub fn paused(&self, reason: &str) {
        error!(target: TARGET, sink = self.sink, "{} refuses this account, events are kept: {reason}", self.sink);
    }

    pub fn recovered(&self) {
        info!(target: TARGET, sink = self.sink, "{} answers again", self.sink);
    }

    pub fn dropped(&mut self, now: Instant, count: u64, reason: DropReason, detail: &str) {
        if let Some(before) = self.lost.count(count, now) {
            error!(
                target: TARGET, sink = self.sink, count, reason = reason.as_str(), unreported = before,
                "{} sink dropped {count} events, {}: {detail}", self.sink, reason.as_str()
            );
        }
    }

    pub fn dead_lettered(&mut self, now: Instant, count: u64, reason: DropReason, detail: &str) {
        if let Some(before) = self.kept.count(count, now) {
            warn!(
                target: TARGET, sink = self.sink, count, reason = reason.as_str(), unreported = before,
                "{} sink dead-lettered {count} events, {}: {detail}", self.sink, reason.as_str()
            );
        }
    }
}

/// Lets one line through per [`QUIET`] and counts what it held back.
#[derive(Debug, Default)]
struct Limiter {
    last: Option<Instant>,
    held_back: u64,
}

impl Limiter {
    /// Counts `amount`. `Some` when a line may be written: the amount held back before it.
    fn count(&mut self, amount: u64, now: Instant) -> Option<u64> {
        if self.last.is_some_and(|last| now < last + QUIET) {
            self.held_back += amount;
            return None;
        }
        self.last = Some(now);
        Some(std::mem::take(&mut self.held_back))
    }
}
