"""
The bounded queue between writers and the worker.

Not thread-safe: the worker's lock guards it together with the counters, so that a snapshot of both
is consistent.
"""

from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import Any

from ._limits import Limits
from ._record import Record, Records
from ._settings import CloudSinkConfig, Overflow

# What a held record costs besides its bytes: its time, and its places in the queue.
RECORD_COST = 64


class Queue:
    """
    Records that wait for their first attempt, oldest first.

    Attributes:
        size: Their encoded length, with `RECORD_COST` for each.
        entries_size: The length of their entries.
        held: Other records the sink holds: those under way.
        held_size: The encoded length of these.
        batch_events: Events that fill a batch.
        batch_bytes: Bytes that do, as the provider counts them.
        has_batch: Whether the records fill a batch, or the queue.
        has_news: Whether the newest record was the first, or filled a batch.
    """

    def __init__(self, config: CloudSinkConfig, limits: Limits) -> None:
        self.size = self.entries_size = self.held = self.held_size = 0
        self.has_batch = self.has_news = False
        # An attribute each, as in `Records`.
        self._bytes: deque[bytes] = deque()
        self._timestamps: deque[int] = deque()
        self._groups: deque[str | None] = deque()
        self._queued_at: deque[float] = deque()
        self._entries: deque[bytes | None] = deque()
        self._max_events = config.queue_max_events
        self._max_size = config.queue_max_bytes
        self._drops_oldest = config.overflow is Overflow.DROP_OLDEST
        self.batch_events = min(config.batch_size, limits.max_batch_events)
        self.batch_bytes = min(config.batch_bytes, limits.max_batch_bytes)
        # The provider counts a record's bytes in its own way.
        self._count_difference = limits.sizing.record - RECORD_COST

    def __len__(self) -> int:
        return len(self._bytes)

    @property
    def oldest(self) -> float:
        """When the first was accepted; there must be one."""
        return self._queued_at[0]

    def push(self, record: Record, now: float) -> Sequence[Record] | None:
        """
        Add a record.

        A sink that holds nothing takes any record, so that none is too long to ever get through.

        Returns:
            The records that had to go for it, or None when there is no room.
        """
        data = record.bytes
        cost = len(data) + RECORD_COST
        kept = 0 if record.entry is None else len(record.entry)
        evicted: Sequence[Record] | None = ()
        if (
            len(self._bytes) + self.held >= self._max_events
            or self.size + self.entries_size + self.held_size + cost + kept > self._max_size
        ):
            evicted = self._make_room(cost + kept)
            if evicted is None:
                # What is there leaves at once: a full queue gains nothing from lingering.
                self.has_news = bool(self._bytes) and not self.has_batch
                self.has_batch = bool(self._bytes)
                return None
        self._bytes.append(data)
        self._timestamps.append(record.timestamp)
        self._groups.append(record.group)
        self._queued_at.append(now)
        self._entries.append(record.entry)
        self.size += cost
        self.entries_size += kept
        count = len(self._bytes)
        self.has_news = count == 1
        if not self.has_batch and (
            evicted
            or count >= self.batch_events
            or self.size + count * self._count_difference >= self.batch_bytes
        ):
            self.has_batch = self.has_news = True
        return evicted

    def front(self, count: int) -> Records:
        """Return the first records, which stay."""
        return Records(
            list(islice(self._bytes, count)),
            list(islice(self._timestamps, count)),
            list(islice(self._groups, count)),
            list(islice(self._queued_at, count)),
            list(islice(self._entries, count)),
        )

    def take(self, count: int) -> Records:
        """Remove and return the first records."""
        taken = self.front(count)
        columns = (self._bytes, self._timestamps, self._groups, self._queued_at, self._entries)
        for column in columns:
            _drop(column, count)
        self.entries_size -= taken.entries_size
        self._resize(-taken.size - count * RECORD_COST)
        return taken

    def put_back(self, records: Records) -> None:
        """Add records that were taken, before the others."""
        self._bytes.extendleft(reversed(records.bytes))
        self._timestamps.extendleft(reversed(records.timestamps))
        self._groups.extendleft(reversed(records.groups))
        self._queued_at.extendleft(reversed(records.queued_at))
        self._entries.extendleft(reversed(records.entries))
        self.entries_size += records.entries_size
        self._resize(records.size + len(records) * RECORD_COST)

    def _resize(self, difference: int) -> None:
        self.size += difference
        count = len(self._bytes)
        self.has_batch = (
            count >= self.batch_events
            or self.size + count * self._count_difference >= self.batch_bytes
        )

    def _make_room(self, cost: int) -> Sequence[Record] | None:
        """Make room for another record as the settings say; None: there is none."""
        events = self._max_events - self.held
        room = self._max_size - self.held_size - cost
        if not self._drops_oldest or events <= 0 or room < 0:
            return None if self._bytes or self.held else ()
        count, left = 0, self.size + self.entries_size
        for data, entry in zip(self._bytes, self._entries, strict=True):
            if len(self._bytes) - count < events and left <= room:
                break
            left -= len(data) + RECORD_COST + (0 if entry is None else len(entry))
            count += 1
        # A full queue was a batch already, however short, and stays one.
        had_batch = self.has_batch
        evicted = self.take(count)
        self.has_batch = had_batch
        return evicted


def _drop(column: deque[Any], count: int) -> None:
    if count == len(column):
        column.clear()
        return
    drop = column.popleft
    for _ in range(count):
        drop()
