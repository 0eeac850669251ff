//! When attempts are made: how the sink goes easy on a provider that fails or asks it to. No I/O;
//! time comes in as an argument, randomness from a seed.

use std::time::Duration;

use tokio::time::Instant;

use super::DeliveryConfig;
use super::waiting::Job;

/// Longest wait between attempts once the sink is stopping.
const DRAIN_DELAY: Duration = Duration::from_millis(500);

/// Longest delay an answer may ask for. A larger one would be a mistake or an attack.
pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(300);

/// The throttle of one sink, over all its batches.
#[derive(Debug)]
pub struct Throttle {
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
pub enum Failure {
    /// The batch's: a retry may follow, after the delay `asked` for if any.
    Batch { asked: Option<Duration> },
    /// The endpoint's: it is down, and `begins` to be with this attempt.
    Endpoint { begins: bool },
}

impl Throttle {
    pub fn new(delivery: &DeliveryConfig, seed: u64) -> Self {
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

    pub fn permit(&self, now: Instant) -> Permit {
        if self.silent_until.is_some_and(|until| now < until) {
            return Permit::Wait;
        }
        self.breaker.permit(now)
    }

    /// An attempt is about to be made with this permit.
    pub fn begins(&mut self, job: &mut Job, permit: Permit) {
        if permit == Permit::Probe {
            self.breaker.probe_sent();
        }
        job.outages = self.breaker.outages();
        if job.tries.attempts == 0 {
            self.budget.earn();
        }
    }

    /// When time alone may change the permit.
    pub fn changes_at(&self) -> [Option<Instant>; 2] {
        [self.silent_until, self.breaker.probe_due()]
    }

    /// The provider answered. `true` when this ends an outage.
    pub fn answered(&mut self) -> bool {
        let recovers = self.breaker.success();
        if recovers {
            self.silent_until = None;
        }
        recovers
    }

    /// An attempt failed that began after so many `outages`; the provider may have asked for a
    /// delay.
    pub fn failed(&mut self, outages: u32, retry_after: Option<Duration>, now: Instant) -> Failure {
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
    pub fn delay(&mut self, retries: u32, asked: Option<Duration>) -> Duration {
        let own = if self.budget.spend() {
            self.backoff.delay(retries, &mut self.random)
        } else {
            self.backoff.max
        };
        // None at all, or a date gone by on a clock that is ahead, asks for nothing.
        let asked = asked.filter(|asked| !asked.is_zero());
        asked.unwrap_or(own).min(self.longest_delay())
    }

    /// The account is refused. `true` when attempts were made freely until now.
    pub fn pause(&mut self, now: Instant) -> bool {
        let is_news = self.breaker.pause(now);
        if self.draining {
            self.breaker.hurry(now + DRAIN_DELAY);
        }
        is_news
    }

    /// Permits attempts at once and waits little from here on.
    pub fn drain(&mut self, now: Instant) {
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

/// Consecutive failures that open the breaker, if the retries of one batch allow as many.
const THRESHOLD: u32 = 5;

/// Pause before each probe while an account is refused: nothing changes until a person acts.
const PAUSE: Duration = Duration::from_secs(30);

/// Whether attempts may be made.
#[derive(Debug)]
pub struct Breaker {
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
pub enum Permit {
    Send,
    /// Send this one and see how it goes before sending another.
    Probe,
    Wait,
}

impl Breaker {
    /// Opens before a batch that fails alone has used its retries, so that an outage never
    /// exhausts them.
    pub fn new(max_retries: u32) -> Self {
        Self {
            threshold: THRESHOLD.min(max_retries.saturating_add(1)),
            failures: 0,
            outages: 0,
            state: State::Closed,
        }
    }

    /// Outages so far. An attempt from before the latest says nothing new, whenever its answer
    /// comes.
    pub fn outages(&self) -> u32 {
        self.outages
    }

    pub fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    pub fn permit(&self, now: Instant) -> Permit {
        match self.state {
            State::Closed => Permit::Send,
            State::Open { until, .. } if until <= now => Permit::Probe,
            State::Open { .. } | State::Probing { .. } => Permit::Wait,
        }
    }

    /// When the next probe is due, if that depends on time alone.
    pub fn probe_due(&self) -> Option<Instant> {
        match self.state {
            State::Open { until, .. } => Some(until),
            State::Closed | State::Probing { .. } => None,
        }
    }

    pub fn probe_sent(&mut self) {
        if let State::Open { probes, .. } = self.state {
            self.state = State::Probing { probes };
        }
    }

    /// The endpoint answered. `true` when this ends an outage.
    pub fn success(&mut self) -> bool {
        self.failures = 0;
        std::mem::replace(&mut self.state, State::Closed) != State::Closed
    }

    /// An attempt since the latest outage failed for the endpoint's sake. `cooldown` gives the
    /// pause before a probe by its number. `true` when this opens the breaker.
    pub fn failure(&mut self, now: Instant, cooldown: impl FnOnce(u32) -> Duration) -> bool {
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
    pub fn pause(&mut self, now: Instant) -> bool {
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
    pub fn hurry(&mut self, now: Instant) {
        if let State::Open { until, .. } = &mut self.state {
            *until = now.min(*until);
        }
    }
}

/// Thousandths of a token a first attempt earns: one retry for ten first attempts.
const EARNED: u32 = 100;
/// Thousandths of a token a retry costs.
const COST: u32 = 1_000;
/// Thousandths of a token a budget holds, and starts with.
const CAPACITY: u32 = 20 * COST;

/// A small random sequence (`SplitMix64`), good enough to spread retries.
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A duration from zero to `limit`, both included.
    fn up_to(&mut self, limit: Duration) -> Duration {
        let nanos = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX - 1);
        Duration::from_nanos(self.next() % (nanos + 1))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// Delays between attempts.
#[derive(Debug, Clone, Copy)]
pub struct Backoff {
    pub base: Duration,
    pub max: Duration,
}

impl Backoff {
    /// Delay before retry number `retry`, from 0: anything up to the doubled base.
    ///
    /// Full jitter, not equal: after an outage every instance wakes together.
    pub fn delay(&self, retry: u32, random: &mut Random) -> Duration {
        random.up_to(self.ceiling(retry))
    }

    /// Pause before probe number `probe`, from 0, of an endpoint that is down. At least half of
    /// the ceiling, so that probes stay rare whatever the dice say.
    pub fn cooldown(&self, probe: u32, random: &mut Random) -> Duration {
        let half = self.ceiling(probe) / 2;
        half + random.up_to(half)
    }

    fn ceiling(&self, retry: u32) -> Duration {
        self.base.saturating_mul(1 << retry.min(30)).min(self.max)
    }
}

/// Keeps retries to about a tenth of the traffic while only some attempts fail: a sink that is
/// part of an overload must not double it.
#[derive(Debug)]
pub struct RetryBudget {
    tokens: u32,
}

impl RetryBudget {
    pub fn new() -> Self {
        Self { tokens: CAPACITY }
    }

    /// Counts a first attempt.
    pub fn earn(&mut self) {
        self.tokens = (self.tokens + EARNED).min(CAPACITY);
    }

    /// Pays for a retry; `false` when it should wait as long as retries ever wait.
    pub fn spend(&mut self) -> bool {
        let paid = self.tokens >= COST;
        if paid {
            self.tokens -= COST;
        }
        paid
    }
}
