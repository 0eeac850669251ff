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

    Attributes:
        outages: Outages so far.  An attempt from before the latest says nothing new, whenever its
            answer comes.
    """

    def __init__(self, max_retries: int) -> None:
        self.outages = 0
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

    def on_attempt(self) -> None:
        """Note that an attempt starts; while the breaker is open it is the probe."""
        self._probing = self.is_open

    def on_success(self) -> bool:
        """Note that the provider answered; return whether this ends an outage."""
        was_open = self.is_open
        self._failures = self._probes = 0
        self._probe_at = None
        self._probing = False
        return was_open

    def on_failure(self, now: float, cooldown: Callable[[int], float]) -> bool:
        """
        Note that an attempt since the latest outage failed; return whether this opens the breaker.

        ``cooldown`` gives the pause before a probe by its number.
        """
        self._failures += 1
        if self._probing:
            self._probes += 1
            self._probing = False
            self._probe_at = now + cooldown(self._probes)
        elif not self.is_open and self._failures >= self._threshold:
            return self._open(now + cooldown(0))
        return False

    def pause(self, now: float) -> bool:
        """Note that the account is refused; return whether attempts were made freely until now."""
        self._probing = False
        return self._open(now + PAUSE_SECONDS)

    def _open(self, probe_at: float) -> bool:
        opens = not self.is_open
        self.outages += opens
        self._probes = 0
        self._probe_at = probe_at
        return opens

    def hurry(self, now: float) -> None:
        """Make the next probe due by ``now``."""
        if self._probe_at is not None:
            self._probe_at = min(self._probe_at, now)
