"""
Stops sending while the provider is down.  Events are kept, not dropped.

One probe at a time finds out when it is back.  Decides only: the clock comes from outside.
"""

import math
from collections.abc import Callable

# Failures in a row that open the breaker, if the retries of one batch allow as many.
_THRESHOLD = 5

# Pause before each probe while an account is refused: nothing changes until a person acts.
PAUSE_SECONDS = 30.0


class Breaker:
    """
    Whether attempts may be made.

    Args:
        max_retries:
            Retries of one batch.  The breaker opens before a batch that fails alone has used them,
            so that an outage never exhausts them.
    """

    def __init__(self, max_retries: int) -> None:
        self._threshold = min(_THRESHOLD, max_retries + 1)
        self._failures = 0
        self._probes = 0
        self._probe_at: float | None = None
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether the provider counts as down."""
        return self._probe_at is not None

    def wait(self, now: float) -> float:
        """Return the seconds until an attempt may start; infinite while a probe is under way."""
        if self._probe_at is None:
            return 0.0
        return math.inf if self._probing else max(self._probe_at - now, 0.0)

    def on_attempt(self) -> bool:
        """Note that an attempt starts; return whether it is a probe."""
        self._probing = self.is_open
        return self._probing

    def on_success(self) -> bool:
        """Note that the provider answered; return whether this ends an outage."""
        was_open = self.is_open
        self._failures = self._probes = 0
        self._probe_at = None
        self._probing = False
        return was_open

    def on_failure(self, now: float, cooldown: Callable[[int], float], *, probe: bool) -> bool:
        """
        Note a failed attempt; return whether this one opened the breaker.

        ``cooldown`` gives the pause before a probe by its number.  Attempts that were on their way
        when the breaker opened say nothing new.
        """
        self._failures += 1
        if not self.is_open and self._failures >= self._threshold:
            self._probe_at = now + cooldown(0)
            return True
        if self.is_open and probe:
            self._probes += 1
            self._probing = False
            self._probe_at = now + cooldown(self._probes)
        return False

    def pause(self, now: float) -> bool:
        """Note that the account is refused; return whether attempts were made freely until now."""
        was_open = self.is_open
        self._probing = False
        self._probe_at = now + PAUSE_SECONDS
        return not was_open

    def hurry(self, now: float) -> None:
        """Make the next probe due by ``now``."""
        if self._probe_at is not None:
            self._probe_at = min(self._probe_at, now)
