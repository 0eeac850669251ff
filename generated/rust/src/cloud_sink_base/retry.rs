//! When to try again. Pure: time comes in as an argument, randomness from a seed.

use std::time::Duration;

/// Thousandths of a token a first attempt earns: one retry for ten first attempts.
const EARNED: u32 = 100;
/// Thousandths of a token a retry costs.
const COST: u32 = 1_000;
/// Thousandths of a token a budget holds, and starts with.
const CAPACITY: u32 = 20 * COST;

/// A small random sequence (`SplitMix64`), good enough to spread retries.
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
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
pub(super) struct Backoff {
    pub(super) base: Duration,
    pub(super) max: Duration,
}

impl Backoff {
    /// Delay before retry number `retry`, from 0: anything up to the doubled base.
    ///
    /// Full jitter, not equal: after an outage every instance wakes together.
    pub(super) fn delay(&self, retry: u32, random: &mut Random) -> Duration {
        random.up_to(self.ceiling(retry))
    }

    /// Pause before probe number `probe`, from 0, of an endpoint that is down. At least half of
    /// the ceiling, so that probes stay rare whatever the dice say.
    pub(super) fn cooldown(&self, probe: u32, random: &mut Random) -> Duration {
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
pub(super) struct RetryBudget {
    tokens: u32,
}

impl RetryBudget {
    pub(super) fn new() -> Self {
        Self { tokens: CAPACITY }
    }

    /// Counts a first attempt.
    pub(super) fn earn(&mut self) {
        self.tokens = (self.tokens + EARNED).min(CAPACITY);
    }

    /// Pays for a retry; `false` when it should wait as long as retries ever wait.
    pub(super) fn spend(&mut self) -> bool {
        let paid = self.tokens >= COST;
        if paid {
            self.tokens -= COST;
        }
        paid
    }
}
