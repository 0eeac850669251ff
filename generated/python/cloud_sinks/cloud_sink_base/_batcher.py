"""Packs records into batches the provider will accept.  Decides only: the clock is an argument."""

from collections import deque
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter

from ._limits import Limits, Order
from ._record import Record
from ._stats import DropReason
from ._timestamp import NANOS_PER_SECOND

# Nanoseconds; longer than from any moment to any other.
_EVER = 2**65


@dataclass(frozen=True)
class Batcher:
    """
    Takes records from the front of a queue, as many as fit one request.

    Every batch satisfies all limits at once: event count, counted bytes and time span.

    Attributes:
        limits: What the provider accepts.
        batch_size: Events per request aimed for; not above the provider's limit.
        batch_bytes: Counted bytes per request aimed for; not above the provider's limit.
    """

    limits: Limits
    batch_size: int
    batch_bytes: int

    def pack(
        self, queue: deque[Record], now: int
    ) -> tuple[list[Record], list[tuple[Record, DropReason]]]:
        """
        Remove the records of the next batch from the front of the queue.

        Args:
            queue:
                Oldest first.
            now:
                The time, nanoseconds since 1970.

        Returns:
            The batch, in the order the provider needs, and the records that can never be stored.
            Both are empty only when the queue is.
        """
        limits, sizing = self.limits, self.limits.sizing
        oldest = now - _nanos(limits.max_age_seconds)
        newest = now + _nanos(limits.max_ahead_seconds)
        max_span = _nanos(limits.max_span_seconds)
        sorts = limits.order is Order.WITHIN_BATCH or (
            limits.order is Order.ANY and limits.max_span_seconds is not None
        )
        batch: list[Record] = []
        unfit: list[tuple[Record, DropReason]] = []
        groups: set[str | None] = {None}
        size = sizing.batch
        first, last = _EVER, -_EVER
        for record in islice(queue, 2 * self.batch_size):
            stamp, length, group = record.timestamp, len(record.bytes), record.group
            cost = alone = length + sizing.record
            if group is not None:
                alone += len(group.encode()) + sizing.group
                cost = cost if group in groups else alone
            if not oldest <= stamp <= newest:
                unfit.append((record, DropReason.OUT_OF_WINDOW))
                continue
            if length > limits.max_event_bytes or sizing.batch + alone > limits.max_batch_bytes:
                unfit.append((record, DropReason.OVERSIZE))
                continue
            if batch and (len(batch) >= self.batch_size or size + cost > self.batch_bytes):
                break
            if max_span < _EVER:
                low, high = min(first, stamp), max(last, stamp)
                if batch and high - low >= max_span and not sorts:
                    break
                first, last = low, high
            batch.append(record)
            size += cost
            groups.add(group)
        for _ in range(len(batch) + len(unfit)):
            queue.popleft()
        if sorts:
            if last - first >= max_span:
                # Events that are far apart as they came may be neighbours in time.
                queue.extendleft([r for r in reversed(batch) if r.timestamp - first >= max_span])
                batch = [r for r in batch if r.timestamp - first < max_span]
            # Stable: events of the same moment keep the order they were written in.
            batch.sort(key=attrgetter("timestamp"))
        return batch, unfit


def _nanos(seconds: float | None) -> int:
    return _EVER if seconds is None else round(seconds * NANOS_PER_SECOND)
