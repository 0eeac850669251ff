//! How a worker ends: what is pending is delivered until a deadline, what is left then is given up.

use std::time::Duration;

use tokio::time::Instant;

use super::Worker;

/// Records given up at a time when the sink must stop, so that the counters keep moving.
const ABANDON_CHUNK: usize = 10_000;

/// Share of the time to stop that is kept for writing dead letters, at most this long.
const ABANDON_RESERVE: Duration = Duration::from_millis(250);

impl Worker {
    /// Sends everything without lingering from here on, at most for `within`.
    pub(super) fn begin_stop(&mut self, within: Duration, now: Instant) {
        let reserve = if self.desk.ledger.keeps_dead_letters() {
            within / 10
        } else {
            Duration::ZERO
        };
        let end = now + within.saturating_sub(reserve.min(ABANDON_RESERVE));
        self.gives_up_at = Some(self.gives_up_at.map_or(end, |old| old.min(end)));
        self.desk.drain(now);
    }

    /// Whether the worker may end: nothing is left, or no time.
    pub(super) fn is_done(&self, now: Instant) -> bool {
        self.gives_up_at.is_some_and(|end| {
            end <= now || (self.held() == 0 && self.shared.lock().queue.len() == 0)
        })
    }

    /// Gives up what is left when the time to stop is over.
    pub(super) fn abandon(&mut self) {
        // Answers that are here already count.
        while let Some((job, outcome)) = self.in_flight.try_ended() {
            self.desk.settle(job, outcome, Instant::now());
        }
        let now = Instant::now();
        let mut rest = self.desk.abandon(self.in_flight.abort(), now);
        rest.extend(self.intake.take_open());
        loop {
            self.desk.ledger.had_to_stop(&rest, 0, now);
            rest.clear();
            self.publish();
            self.shared.take(ABANDON_CHUNK, &mut rest);
            if rest.is_empty() {
                break;
            }
        }
        self.flushes.finish_all();
    }
}
