"""
The bounded queue between writers and the worker.

Not thread-safe: the worker's lock guards it together with the counters, so that a snapshot of both
is consistent.
"""

from collections import deque

from ._record import Record
from ._settings import CloudSinkConfig, Overflow

# What a held record costs besides its bytes: the object and its place in the queue.
RECORD_COST = 64


class Queue:
    """
    Records that wait for their first attempt, oldest first.

    Attributes:
        records: The records.
        bytes: Their encoded lengths, with `RECORD_COST` for each.
    """

    def __init__(self, config: CloudSinkConfig) -> None:
        self.records: deque[Record] = deque()
        self.bytes = 0
        self._max_events = config.queue_max_events
        self._max_bytes = config.queue_max_bytes
        self._drop_oldest = config.overflow is Overflow.DROP_OLDEST

    def __len__(self) -> int:
        return len(self.records)

    def push(self, record: Record, held: int, held_bytes: int) -> list[Record] | None:
        """
        Add a record, next to ``held`` others that are under way.

        A sink that holds nothing takes any record, so that none is too long to ever get through.

        Returns:
            The records that had to go for it, or None when there is no room.
        """
        records, cost = self.records, len(record.bytes) + RECORD_COST
        events = self._max_events - held
        size = self._max_bytes - held_bytes - cost
        evicted: list[Record] = []
        if len(records) >= events or self.bytes > size:
            if self._drop_oldest and events > 0 and size >= 0:
                evicted = self._evict(events, size)
            elif records or held:
                return None
        records.append(record)
        self.bytes += cost
        return evicted

    def forget(self, count: int, size: int) -> None:
        """Note that ``count`` records of ``size`` encoded bytes were taken from the front."""
        self.bytes -= size + count * RECORD_COST

    def clear(self) -> list[Record]:
        """Remove and return everything."""
        records = list(self.records)
        self.records.clear()
        self.bytes = 0
        return records

    def _evict(self, events: int, size: int) -> list[Record]:
        """Remove the oldest until another record fits beside the rest."""
        evicted: list[Record] = []
        while self.records and (len(self.records) >= events or self.bytes > size):
            oldest = self.records.popleft()
            self.bytes -= len(oldest.bytes) + RECORD_COST
            evicted.append(oldest)
        return evicted
