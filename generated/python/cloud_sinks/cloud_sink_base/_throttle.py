"""
When attempts are made: how the sink goes easy on a provider that fails or asks it to.

Decides only: clock and randomness come from outside.
"""

import math
from collections.abc import Callable

from ._breaker import Breaker
from ._job import Batch
from ._retry import RetryBudget, RetryPolicy
from ._settings import CloudSinkConfig

# Longest backoff while somebody waits for the end.
_DRAIN_MAX_DELAY = 0.5


class Throttle:
    """
    Breaker, retry budget, backoff, and the waits a provider asked for.

    Attributes:
        breaker: Whether the provider counts as down.
    """

    def __init__(self, config: CloudSinkConfig, chance: Callable[[], float]) -> None:
        self._chance = chance
        self._policy = RetryPolicy(
            config.max_retries, config.retry_base_delay, config.retry_max_delay
        )
        self._budget = RetryBudget()
        self._drains = 0
        self.forget()

    def forget(self) -> None:
        """Know nothing of the provider, as at the beginning."""
        self.breaker = Breaker(self._policy.max_retries)
        self._hold_until = -math.inf

    def wait(self, now: float) -> float:
        """Return the seconds until an attempt may be made."""
        return max(self.breaker.wait(now), self._hold_until - now)

    def begins(self, batch: Batch, now: float) -> None:
        """Note that an attempt is made."""
        if batch.attempts == 0:
            self._budget.earn()
            batch.started = now
        batch.latest = now
        batch.attempts += 1
        self.breaker.on_attempt()
        batch.outages = self.breaker.outages

    def answered(self) -> bool:
        """Note that the provider took events or refused some; return whether an outage ended."""
        ended = self.breaker.on_success()
        if ended:
            self._hold_until = -math.inf
        return ended

    def failed(self, batch: Batch, asked: float | None, now: float) -> bool:
        """
        Note that an attempt failed, with the seconds the provider asked for.

        Returns:
            Whether this opens the breaker.
        """
        opens = self.is_news(batch) and self.breaker.on_failure(now, self._cooldown)
        if asked is not None:
            # For the whole sink: the provider means the sender, not one of its requests.
            self._hold_until = max(self._hold_until, now + self._in_drain(asked))
        return opens

    def is_news(self, batch: Batch) -> bool:
        """Tell whether the latest attempt began after the latest outage."""
        return batch.outages == self.breaker.outages

    def may_retry(self, batch: Batch) -> bool:
        """Tell whether a batch has retries left."""
        return batch.retries < self._policy.max_retries

    def delay(self, batch: Batch, asked: float | None) -> float:
        """Return the seconds before the next retry of a batch, and count it."""
        delay = self._policy.max_delay
        if self._budget.spend():
            delay = self._policy.delay(batch.retries, self._chance())
        batch.retries += 1
        # None at all, or a date gone by on a clock that is ahead, asks for nothing.
        return self._in_drain(asked or delay)

    def pause(self, now: float) -> bool:
        """Note that the account is refused; return whether attempts were made freely until now."""
        paused = self.breaker.pause(now)
        if self._drains:
            self.breaker.hurry(now + _DRAIN_MAX_DELAY)
        return paused

    def begin_drain(self, now: float) -> None:
        """End all waits, and keep those to come short."""
        self._drains += 1
        self._hold_until = now
        self.breaker.hurry(now)

    def end_drain(self) -> None:
        """Go back to longer waits."""
        self._drains -= 1

    def _cooldown(self, number: int) -> float:
        return self._in_drain(self._policy.cooldown(number, self._chance()))

    def _in_drain(self, delay: float) -> float:
        return min(delay, _DRAIN_MAX_DELAY) if self._drains else delay
