"""Packs records into batches the provider will accept.  Decides only: the clock is an argument."""

from collections import deque
from dataclasses import dataclass

from ._limits import Limits, Order
from ._record import Record
from ._stats import DropReason
from ._timestamp import NANOS_PER_SECOND


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

    def unfit(self, record: Record, now: int) -> DropReason | None:
        """Say why a record can never be stored, at the time ``now`` (nanoseconds since 1970)."""
        limits = self.limits
        if len(record.bytes) > limits.max_event_bytes or self._alone(record) > (
            limits.max_batch_bytes
        ):
            return DropReason.OVERSIZE
        age = (now - record.timestamp) / NANOS_PER_SECOND
        if limits.max_age_seconds is not None and age > limits.max_age_seconds:
            return DropReason.OUT_OF_WINDOW
        if limits.max_ahead_seconds is not None and -age > limits.max_ahead_seconds:
            return DropReason.OUT_OF_WINDOW
        return None

    def pack(
        self, queue: deque[Record], now: int
    ) -> tuple[list[Record], list[tuple[Record, DropReason]]]:
        """
        Remove the records of the next batch from the front of the queue.

        Returns:
            The batch, in the order the provider needs, and the records that can never be stored.
            Both are empty only when the queue is.
        """
        sizing = self.limits.sizing
        span = self.limits.max_span_seconds
        max_span = float("inf") if span is None else span * NANOS_PER_SECOND
        batch: list[Record] = []
        unfit: list[tuple[Record, DropReason]] = []
        groups: set[str] = set()
        size = sizing.batch
        first = last = 0
        while queue and len(batch) < self.batch_size:
            record = queue[0]
            reason = self.unfit(record, now)
            if reason is not None:
                unfit.append((queue.popleft(), reason))
                continue
            cost = len(record.bytes) + sizing.record
            if record.group is not None and record.group not in groups:
                cost += len(record.group.encode()) + sizing.group
            stamp = record.timestamp
            low, high = (min(first, stamp), max(last, stamp)) if batch else (stamp, stamp)
            if batch and (size + cost > self.batch_bytes or high - low >= max_span):
                break
            if record.group is not None:
                groups.add(record.group)
            batch.append(queue.popleft())
            size += cost
            first, last = low, high
        if self.limits.order is Order.WITHIN_BATCH:
            # Stable: events of the same moment keep the order they were written in.
            batch.sort(key=lambda record: record.timestamp)
        return batch, unfit

    def _alone(self, record: Record) -> int:
        """Return the counted bytes of a request that carries only this record."""
        sizing = self.limits.sizing
        group = 0 if record.group is None else len(record.group.encode()) + sizing.group
        return sizing.batch + len(record.bytes) + sizing.record + group
