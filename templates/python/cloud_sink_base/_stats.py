"""What became of every event, counted."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any


class RefuseReason(str, Enum):
    """Why ``write`` did not take an event; it raised ``SinkWriteError`` instead."""

    QUEUE_FULL = "queue_full"
    """The queue stayed full."""
    CLOSED = "closed"
    """The interpreter is ending and the sink has been drained."""
    NOT_CONFIGURED = "not_configured"
    """A required setting is missing."""
    NOT_ENCODABLE = "not_encodable"
    """A serialized entry that is no JSON, or an encoder written by hand that raised."""


class DropReason(str, Enum):
    """Why an event was given up."""

    REJECTED = "rejected"
    """The provider will never take it."""
    UNCERTAIN = "uncertain"
    """The provider does not say whether it stored it."""
    OVERSIZE = "oversize"
    """Longer than the provider accepts."""
    OUT_OF_WINDOW = "out_of_window"
    """Too old or too far ahead for the provider, which would discard it without a word."""
    RETRIES_EXHAUSTED = "retries_exhausted"
    """All retries were used while the provider was taking other events."""
    DELIVERY_TIMEOUT = "delivery_timeout"
    """The delivery timeout passed."""
    SHUTDOWN_DEADLINE = "shutdown_deadline"
    """The sink had to stop first."""
    OVERFLOW = "overflow"
    """Pushed out of a full queue by a newer one."""
    DEAD_LETTER_FULL = "dead_letter_full"
    """The dead-letter file has reached its size."""
    DEAD_LETTER_FAILED = "dead_letter_failed"
    """The dead-letter file could not be written."""


@dataclass(frozen=True)
class Undelivered:
    """
    Accepted events that ended other than delivered.

    Attributes:
        sink: The sink's name.
        reason: Why.
        count: How many.
        detail: What was said of the first of them.
        is_kept: Whether they are in the dead-letter file.
    """

    sink: str
    reason: DropReason
    count: int
    detail: str
    is_kept: bool


@dataclass(frozen=True)
class Stats:
    """
    Counters of one sink, taken together at one moment.

    ``accepted = delivered + dead_lettered + dropped + pending`` in every snapshot.  ``pending`` is
    counted from what the queue and the worker hold, not computed from the others, so that the
    equation is a check.

    Attributes:
        accepted: Events taken over by ``write``.
        refused: Events ``write`` raised for, by reason; the caller still has them.
        delivered: Events the provider confirmed.
        dead_lettered: Events kept in the dead-letter file.
        dropped: Events given up, by reason; fapilog's fallback shows the first of each reason
            whole and counts the others.
        pending: Events that are still on their way.
        requests: Attempts made.
        retries: Attempts that repeated an earlier one.
        throttled: Answers that said to slow down.
        splits: Requests that were cut in two.
        events_without_time: Accepted events whose time was missing or could not be read; they have
            the time at which they were accepted.
        credentials_in_clear: Whether a setting that begins with ``dangerously_`` lets credentials
            travel unencrypted to another machine.
    """

    accepted: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    delivered: int = 0
    dead_lettered: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    pending: int = 0
    requests: int = 0
    retries: int = 0
    throttled: int = 0
    splits: int = 0
    events_without_time: int = 0
    credentials_in_clear: bool = False

    @property
    def dropped_total(self) -> int:
        """Events given up, for any reason."""
        return sum(self.dropped.values())

    @property
    def refused_total(self) -> int:
        """Events refused, for any reason."""
        return sum(self.refused.values())

    @property
    def is_balanced(self) -> bool:
        """Whether every accepted event is accounted for exactly once."""
        settled = self.delivered + self.dead_lettered + self.dropped_total
        return self.accepted == settled + self.pending

    def as_dict(self) -> dict[str, Any]:
        """Return the counters as plain data, for a metrics endpoint or a report."""
        return asdict(self)
