"""
Stops sending while the provider is down.  Events are kept, not dropped.

Decides only: the clock comes from outside.
"""

from dataclasses import dataclass


@dataclass
class Breaker:
    """
    Opens after a row of failures, then lets one probe through per cool-down.

    Attributes:
        threshold: Failures in a row that open it.
        cooldown: Seconds from opening to the first probe; doubles with each failed one.
        max_cooldown: Longest wait between probes, seconds.
    """

    threshold: int = 5
    cooldown: float = 1.0
    max_cooldown: float = 30.0
    _failures: int = 0
    _probes: int = 0
    _probe_at: float | None = None
    _probing: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the provider counts as down."""
        return self._probe_at is not None

    def wait(self, now: float) -> float:
        """Return the seconds until an attempt may start; infinite while a probe is under way."""
        if self._probe_at is None:
            return 0.0
        if self._probing:
            return float("inf")
        return max(self._probe_at - now, 0.0)

    def on_attempt(self) -> None:
        """Note that an attempt starts."""
        self._probing = self.is_open

    def on_success(self) -> bool:
        """Note that the provider answered; return whether it had been down."""
        was_open = self.is_open
        self._failures = 0
        self._probes = 0
        self._probe_at = None
        self._probing = False
        return was_open

    def on_failure(self, now: float, *, at_once: bool = False) -> bool:
        """
        Note a failed attempt; return whether this one opened the breaker.

        ``at_once`` opens it without waiting for more of them.  An attempt that was under way
        when the breaker opened counts for nothing more.
        """
        self._failures += 1
        if self.is_open:
            if self._probing:
                self._probes += 1
                self._probing = False
                self._probe_at = now + self._next_cooldown()
            return False
        if at_once or self._failures >= self.threshold:
            self._probe_at = now + self._next_cooldown()
            return True
        return False

    def probe_now(self, now: float) -> None:
        """Make the next probe due, because somebody is waiting for the end."""
        if self._probe_at is not None:
            self._probe_at = now

    def _next_cooldown(self) -> float:
        return min(self.max_cooldown, self.cooldown * 2.0 ** min(self._probes, 62))
