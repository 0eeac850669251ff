"""When a failed batch is sent again.  Decides only: clock and randomness come from outside."""

from dataclasses import dataclass

# Longest delay a provider can ask for; a wrong header must not park the sink for a day.
MAX_RETRY_AFTER_SECONDS = 300.0


@dataclass(frozen=True)
class RetryPolicy:
    """
    Exponential backoff with full jitter.

    Attributes:
        max_retries: Retries after the first attempt.
        base_delay: Upper end of the first delay, seconds; doubles with each attempt.
        max_delay: Longest delay, seconds.
    """

    max_retries: int
    base_delay: float
    max_delay: float

    def delay(self, retry: int, chance: float) -> float:
        """
        Return the seconds to wait before retry number ``retry``, from 0.

        ``chance`` is a random number from 0 to 1.  Full jitter, not equal: after an outage every
        instance wakes together.
        """
        return chance * self._ceiling(retry)

    def cooldown(self, probe: int, chance: float) -> float:
        """
        Return the seconds to wait before probe number ``probe`` of a provider that is down.

        At least half of the ceiling, so that probes stay rare whatever the dice say.
        """
        return (0.5 + chance / 2) * self._ceiling(probe)

    def _ceiling(self, number: int) -> float:
        # The exponent is bounded because 2.0**1024 does not exist.
        return min(self.max_delay, self.base_delay * 2.0 ** min(number, 30))


def asked_delay(retry_after: float | None) -> float | None:
    """Return a delay the provider asked for, within bounds."""
    # In this order NaN, from a transport written by hand, is no delay either.
    return None if retry_after is None else min(max(0.0, retry_after), MAX_RETRY_AFTER_SECONDS)


class RetryBudget:
    """
    Keeps retries to about a tenth of the traffic while only some attempts fail.

    A sink that is part of an overload must not double it.
    """

    # Thousandths of a token: what a first attempt earns, what a retry costs, what it holds at most.
    _EARNED = 100
    _COST = 1_000
    _CAPACITY = 20_000

    def __init__(self) -> None:
        self._tokens = self._CAPACITY

    def earn(self) -> None:
        """Count a first attempt."""
        self._tokens = min(self._tokens + self._EARNED, self._CAPACITY)

    def spend(self) -> bool:
        """Pay for a retry; False when it should wait as long as retries ever wait."""
        paid = self._tokens >= self._COST
        if paid:
            self._tokens -= self._COST
        return paid
