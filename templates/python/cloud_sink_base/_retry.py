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

    def is_exhausted(self, attempts: int) -> bool:
        """Tell whether a batch that failed ``attempts`` times has used all its retries."""
        return attempts > self.max_retries

    def delay(self, attempts: int, chance: float, retry_after: float | None = None) -> float:
        """
        Return the seconds to wait after ``attempts`` failed attempts.

        ``chance`` is a random number from 0 to 1.  Full jitter, not equal: after an outage every
        instance wakes together.  A delay the provider asked for is kept, up to its bound.
        """
        if retry_after is not None:
            return min(max(retry_after, 0.0), MAX_RETRY_AFTER_SECONDS)
        # The exponent is bounded because 2.0**1024 does not exist.
        ceiling = min(self.max_delay, self.base_delay * 2.0 ** min(max(attempts - 1, 0), 62))
        return chance * ceiling
