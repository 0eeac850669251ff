"""What a provider accepts, as data the batcher and the writer check against."""

from dataclasses import dataclass
from enum import Enum

import orjson

_NANOS_PER_SECOND = 1_000_000_000


class Oversize(Enum):
    """What happens to a record over ``Limits.max_event_bytes``."""

    TRUNCATE = "truncate"
    """The message is cut and marked; dead-lettered when that is not enough."""
    DEAD_LETTER = "dead_letter"
    """Dead-lettered."""


class Order(Enum):
    """Order a provider needs."""

    ANY = "any"
    """Any."""
    WITHIN_BATCH = "within_batch"
    """Oldest first within a request."""
    ACROSS_BATCHES = "across_batches"
    """One request after the other, in the order events were written."""


@dataclass(frozen=True)
class Sizing:
    """
    How a provider counts the bytes of a request.

    ``batch + Σ (record length + record) + Σ (group length + group)``

    Attributes:
        batch: Bytes of an empty body.
        record: Bytes added for each record.
        group: Bytes added for each group besides its text.
    """

    batch: int = 0
    record: int = 0
    group: int = 0


@dataclass(frozen=True)
class Limits:
    """
    What a provider accepts in one request.

    Attributes:
        max_batch_events: Events in one request.
        max_batch_bytes: Bytes of one request, counted as ``sizing`` says.
        max_event_bytes: Bytes of one record, or of the line in it.
        counts_line: Records are ``[time, line, …]``; the line's bytes count, before it is escaped.
        oversize: What happens to a longer one.
        max_age_seconds: Events older than this would be discarded without a word; they are
            dead-lettered.
        max_ahead_seconds: The same for events further ahead than this.
        clamp_age_seconds: Events older than this are sent as if they were this old.
        clamp_ahead_seconds: The same for events further ahead than this.
        max_span_seconds: Time between the first and the last event of a request stays below this.
            Events are sorted for it unless `order` forbids.
        order: Order the provider needs.
        partitioned: Only records of the same group travel together.
        sizing: How bytes are counted; the default counts a JSON array.
    """

    max_batch_events: int = 1_000
    max_batch_bytes: int = 1_000_000
    max_event_bytes: int = 256_000
    counts_line: bool = False
    oversize: Oversize = Oversize.TRUNCATE
    max_age_seconds: float | None = None
    max_ahead_seconds: float | None = None
    clamp_age_seconds: float | None = None
    clamp_ahead_seconds: float | None = None
    max_span_seconds: float | None = None
    order: Order = Order.ANY
    partitioned: bool = False
    sizing: Sizing = Sizing(batch=2, record=1)

    def counted(self, record: bytes) -> int:
        """Return the bytes of a record as ``max_event_bytes`` counts them."""
        return len(orjson.loads(record)[1].encode()) if self.counts_line else len(record)

    def is_too_long(self, record: bytes) -> bool:
        """Tell whether a record has more than ``max_event_bytes``."""
        return len(record) > self.max_event_bytes < self.counted(record)

    def clamped(self, timestamp: int, now: int) -> int:
        """Return the nearest time that is taken, nanoseconds since 1970."""
        if self.clamp_age_seconds is not None:
            timestamp = max(timestamp, now - round(self.clamp_age_seconds * _NANOS_PER_SECOND))
        if self.clamp_ahead_seconds is not None:
            timestamp = min(timestamp, now + round(self.clamp_ahead_seconds * _NANOS_PER_SECOND))
        return timestamp
