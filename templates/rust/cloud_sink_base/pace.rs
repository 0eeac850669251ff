//! When attempts are made: how the sink goes easy on a provider that fails or asks it to. No I/O;
//! time comes in as an argument.

use std::time::Duration;

use tokio::time::Instant;

use super::DeliveryConfig;
use super::breaker::{Breaker, Permit};
use super::job::Job;
use super::retry::{Backoff, Random, RetryBudget};

/// Longest wait between attempts once the sink is stopping.
const DRAIN_DELAY: Duration = Duration::from_millis(500);

/// Longest delay an answer may ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(300);

/// The pace of one sink, over all its batches.
#[derive(Debug)]
pub(super) struct Pace {
    breaker: Breaker,
    budget: RetryBudget,
    backoff: Backoff,
    random: Random,
    /// The provider asked for silence until then.
    silent_until: Option<Instant>,
    draining: bool,
}

/// Whose failure an attempt's was.
#[derive(Debug)]
pub(super) enum Failure {
    /// The batch's: a retry may follow, after the delay `asked` for if any.
    Batch { asked: Option<Duration> },
    /// The endpoint's: it is down, and `begins` to be with this attempt.
    Endpoint { begins: bool },
}

impl Pace {
    pub(super) fn new(delivery: &DeliveryConfig, seed: u64) -> Self {
        Self {
            breaker: Breaker::new(delivery.max_retries),
            budget: RetryBudget::new(),
            backoff: Backoff {
                base: delivery.retry_base_delay,
                max: delivery.retry_max_delay,
            },
            random: Random::new(seed),
            silent_until: None,
            draining: false,
        }
    }

    pub(super) fn permit(&self, now: Instant) -> Permit {
        if self.silent_until.is_some_and(|until| now < until) {
            return Permit::Wait;
        }
        self.breaker.permit(now)
    }

    /// An attempt is about to be made with this permit.
    pub(super) fn begins(&mut self, job: &mut Job, permit: Permit) {
        if permit == Permit::Probe {
            self.breaker.probe_sent();
        }
        job.outages = self.breaker.outages();
        if job.attempts == 0 {
            self.budget.earn();
        }
    }

    /// When time alone may change the permit.
    pub(super) fn changes_at(&self) -> [Option<Instant>; 2] {
        [self.silent_until, self.breaker.probe_due()]
    }

    /// The provider answered. `true` when this ends an outage.
    pub(super) fn answered(&mut self) -> bool {
        let recovers = self.breaker.success();
        if recovers {
            self.silent_until = None;
        }
        recovers
    }

    /// An attempt failed that began after so many `outages`; the provider may have asked for a
    /// delay.
    pub(super) fn failed(
        &mut self,
        outages: u32,
        retry_after: Option<Duration>,
        now: Instant,
    ) -> Failure {
        let cap = self.longest_delay();
        let is_news = outages == self.breaker.outages();
        let (backoff, random) = (self.backoff, &mut self.random);
        let cooldown = |probe| backoff.cooldown(probe, random).min(cap);
        let begins = is_news && self.breaker.failure(now, cooldown);
        let asked = retry_after.map(|asked| asked.min(MAX_RETRY_AFTER).min(cap));
        // For the whole sink: the provider means the sender, not one of its requests.
        self.silent_until = asked.map(|asked| now + asked).max(self.silent_until);
        if is_news && self.breaker.is_closed() {
            Failure::Batch { asked }
        } else {
            Failure::Endpoint { begins }
        }
    }

    /// Delay before the next retry of a batch that had so many.
    pub(super) fn delay(&mut self, retries: u32, asked: Option<Duration>) -> Duration {
        let own = if self.budget.spend() {
            self.backoff.delay(retries, &mut self.random)
        } else {
            self.backoff.max
        };
        asked.unwrap_or(own).min(self.longest_delay())
    }

    /// The account is refused. `true` when attempts were made freely until now.
    pub(super) fn pause(&mut self, now: Instant) -> bool {
        let is_news = self.breaker.pause(now);
        if self.draining {
            self.breaker.hurry(now + DRAIN_DELAY);
        }
        is_news
    }

    /// Permits attempts at once and waits little from here on.
    pub(super) fn drain(&mut self, now: Instant) {
        self.draining = true;
        self.silent_until = None;
        self.breaker.hurry(now);
    }

    fn longest_delay(&self) -> Duration {
        if self.draining {
            DRAIN_DELAY
        } else {
            Duration::MAX
        }
    }
}
