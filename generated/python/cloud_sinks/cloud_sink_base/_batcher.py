"""Packs records into batches the provider will accept.  Decides only: the clock is an argument."""

from dataclasses import dataclass

from ._limits import Limits, Order
from ._queue import Queue
from ._record import Records
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

    def pack(self, queue: Queue, now: int) -> tuple[Records, dict[DropReason, Records]]:
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
        limits = self.limits
        oldest = now - _nanos(limits.max_age_seconds)
        newest = now + _nanos(limits.max_ahead_seconds)
        sorts = limits.order is Order.WITHIN_BATCH or (
            limits.order is Order.ANY and limits.max_span_seconds is not None
        )
        if not sorts and self._fit(queue.front(self.batch_size), oldest, newest):
            return queue.take(min(self.batch_size, len(queue))), {}
        return self._choose(queue, oldest, newest, sorts=sorts)

    def _fit(self, records: Records, oldest: int, newest: int) -> bool:
        """Tell whether records are a batch as they stand, as nearly always; False: not known."""
        limits, sizing = self.limits, self.limits.sizing
        if not records or limits.max_span_seconds is not None:
            return False
        lengths = [*map(len, records.bytes)]
        size = sizing.batch + sum(lengths) + len(lengths) * sizing.record
        for group in set(records.groups):
            if group is not None and not limits.partitioned:
                size += len(group.encode()) + sizing.group
        if limits.partitioned and len(set(records.groups)) > 1:
            return False
        return (
            size <= self.batch_bytes
            and max(lengths) <= limits.max_event_bytes
            and oldest <= min(records.timestamps)
            and max(records.timestamps) <= newest
        )

    def _choose(
        self, queue: Queue, oldest: int, newest: int, *, sorts: bool
    ) -> tuple[Records, dict[DropReason, Records]]:
        """Look at each record."""
        limits, sizing = self.limits, self.limits.sizing
        max_span = _nanos(limits.max_span_seconds)
        fit: list[int] = []
        unfit: dict[DropReason, list[int]] = {}
        others: list[int] = []
        groups: set[str | None] = {None}
        size = sizing.batch
        first, last = _EVER, -_EVER
        front = queue.front(2 * self.batch_size)
        for place, (data, stamp, group) in enumerate(
            zip(front.bytes, front.timestamps, front.groups, strict=True)
        ):
            if limits.partitioned and fit and group != front.groups[fit[0]]:
                others.append(place)
                continue
            length = len(data)
            cost = alone = length + sizing.record
            if group is not None and not limits.partitioned:
                alone += len(group.encode()) + sizing.group
                cost = cost if group in groups else alone
            if not oldest <= stamp <= newest:
                unfit.setdefault(DropReason.OUT_OF_WINDOW, []).append(place)
                continue
            if limits.is_too_long(data) or sizing.batch + alone > limits.max_batch_bytes:
                unfit.setdefault(DropReason.OVERSIZE, []).append(place)
                continue
            if fit and (len(fit) >= self.batch_size or size + cost > self.batch_bytes):
                break
            if max_span < _EVER:
                low, high = min(first, stamp), max(last, stamp)
                if fit and high - low >= max_span and not sorts:
                    break
                first, last = low, high
            fit.append(place)
            size += cost
            groups.add(group)
        taken = queue.take(len(fit) + len(others) + sum(map(len, unfit.values())))
        batch = taken.pick(fit) if unfit or others else taken
        if others:
            queue.put_back(taken.pick(others))
        if sorts:
            if last - first >= max_span:
                # Events that are far apart as they came may be neighbours in time.
                batch, rest = _until(batch, first + max_span)
                queue.put_back(rest)
            batch = _sorted(batch)
        return batch, {reason: taken.pick(places) for reason, places in unfit.items()}


def _until(records: Records, moment: int) -> tuple[Records, Records]:
    """Return the records from before a moment, and the others."""
    before = [stamp < moment for stamp in records.timestamps]
    places = range(len(records))
    return (
        records.pick(place for place in places if before[place]),
        records.pick(place for place in places if not before[place]),
    )


def _sorted(records: Records) -> Records:
    """Return the records by time; those of the same moment keep the order they were written in."""
    return records.pick(sorted(range(len(records)), key=records.timestamps.__getitem__))


def _nanos(seconds: float | None) -> int:
    return _EVER if seconds is None else round(seconds * NANOS_PER_SECOND)
