//! Stops sending to an endpoint that is down. Events are kept, not dropped: one probe at a time
//! finds out when it is back. Pure: time comes in as an argument.

use std::time::Duration;

use tokio::time::Instant;

/// Consecutive failures that open the breaker, if the retries of one batch allow as many.
const THRESHOLD: u32 = 5;

/// Pause before each probe while an account is refused: nothing changes until a person acts.
const PAUSE: Duration = Duration::from_secs(30);

/// Whether attempts may be made.
#[derive(Debug)]
pub(super) struct Breaker {
    threshold: u32,
    failures: u32,
    /// Times it has opened.
    outages: u32,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed,
    Open { until: Instant, probes: u32 },
    Probing { probes: u32 },
}

/// What the breaker says to an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permit {
    Send,
    /// Send this one and see how it goes before sending another.
    Probe,
    Wait,
}

impl Breaker {
    /// Opens before a batch that fails alone has used its retries, so that an outage never
    /// exhausts them.
    pub(super) fn new(max_retries: u32) -> Self {
        Self {
            threshold: THRESHOLD.min(max_retries.saturating_add(1)),
            failures: 0,
            outages: 0,
            state: State::Closed,
        }
    }

    /// Outages so far. An attempt from before the latest says nothing new, whenever its answer
    /// comes.
    pub(super) fn outages(&self) -> u32 {
        self.outages
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    pub(super) fn permit(&self, now: Instant) -> Permit {
        match self.state {
            State::Closed => Permit::Send,
            State::Open { until, .. } if until <= now => Permit::Probe,
            State::Open { .. } | State::Probing { .. } => Permit::Wait,
        }
    }

    /// When the next probe is due, if that depends on time alone.
    pub(super) fn probe_due(&self) -> Option<Instant> {
        match self.state {
            State::Open { until, .. } => Some(until),
            State::Closed | State::Probing { .. } => None,
        }
    }

    pub(super) fn probe_sent(&mut self) {
        if let State::Open { probes, .. } = self.state {
            self.state = State::Probing { probes };
        }
    }

    /// The endpoint answered. `true` when this ends an outage.
    pub(super) fn success(&mut self) -> bool {
        self.failures = 0;
        std::mem::replace(&mut self.state, State::Closed) != State::Closed
    }

    /// An attempt since the latest outage failed for the endpoint's sake. `cooldown` gives the
    /// pause before a probe by its number. `true` when this opens the breaker.
    pub(super) fn failure(&mut self, now: Instant, cooldown: impl FnOnce(u32) -> Duration) -> bool {
        self.failures = self.failures.saturating_add(1);
        match self.state {
            State::Closed if self.failures >= self.threshold => self.open(now + cooldown(0)),
            State::Probing { probes } => {
                let probes = probes.saturating_add(1);
                self.state = State::Open {
                    until: now + cooldown(probes),
                    probes,
                };
                false
            }
            State::Closed | State::Open { .. } => false,
        }
    }

    /// The account is refused. `true` when attempts were made freely until now.
    pub(super) fn pause(&mut self, now: Instant) -> bool {
        self.open(now + PAUSE)
    }

    /// `true` when it was closed.
    fn open(&mut self, until: Instant) -> bool {
        let opens = self.is_closed();
        self.outages = self.outages.wrapping_add(u32::from(opens));
        self.state = State::Open { until, probes: 0 };
        opens
    }

    /// Makes the next probe due by `now`.
    pub(super) fn hurry(&mut self, now: Instant) {
        if let State::Open { until, .. } = &mut self.state {
            *until = now.min(*until);
        }
    }
}
