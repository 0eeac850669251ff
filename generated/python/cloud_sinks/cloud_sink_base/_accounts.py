"""Where events end: delivered, kept in the dead-letter file or dropped, and counted."""

from collections import Counter, deque
from collections.abc import Iterator

from ._job import Batch, Failure
from ._queue import Queue
from ._stats import DropReason, Stats

# Events that leave the queue together, at most: more would hold up whoever needs the lock.
_MOST_AT_ONCE = 2_000


class Accounts:
    """
    The counters while they run, and the events that were given up but are not counted yet.

    Guarded by the worker's lock.

    Args:
        queue:
            Told of what is held beside it.
    """

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._failed: deque[Failure] = deque()
        self._burying: set[Failure] = set()
        # Events at the front of the queue that were given up, and why.
        self._leaving = 0
        self._why = DropReason.SHUTDOWN_DEADLINE, ""
        self.accepted = 0
        self.refused: Counter[str] = Counter()
        self.delivered = 0
        self.dead_lettered = 0
        self.dropped: Counter[str] = Counter()
        self.requests = 0
        self.retries = 0
        self.throttled = 0
        self.splits = 0
        self.events_without_time = 0

    def __iter__(self) -> Iterator[Failure]:
        """Iterate over what was given up and is not counted yet."""
        yield from self._failed
        yield from self._burying

    @property
    def has_work(self) -> bool:
        """
        Whether a failure waits to be written, and no other is being written.

        Several threads would only get in the way of each other, and of the application's.
        """
        return not self._burying and (bool(self._failed) or self.is_leaving)

    @property
    def is_leaving(self) -> bool:
        """Whether events at the front of the queue were given up."""
        return self._leaving > 0

    def give_up(self, batch: Batch, reason: DropReason, detail: str) -> None:
        """Note that a batch, which nobody holds any more, will not be delivered."""
        tries = batch.attempts, (), batch.started, batch.latest
        self.hold(Failure(batch.records, reason, detail, *tries))

    def lose(self, batch: Batch, lost: int) -> None:
        """Count a batch that is stored but for some events; nobody knows which."""
        self.delivered += len(batch) - lost
        self.dropped[DropReason.UNCERTAIN.value] += lost

    def give_up_queued(self, reason: DropReason, detail: str) -> None:
        """Note that what is in the queue now will not be delivered; it leaves piece by piece."""
        self._leaving = len(self._queue)
        self._why = reason, detail

    def spare(self, count: int) -> None:
        """Note that the oldest events were pushed out of the queue."""
        self._leaving = max(self._leaving - count, 0)

    def hold(self, failure: Failure) -> None:
        """Keep a failure until it is written."""
        self._failed.append(failure)
        self.count_held(failure)

    def next_failure(self) -> Failure:
        """Hand out the oldest failure; there must be one."""
        if not self._failed:
            count = min(self._leaving, _MOST_AT_ONCE)
            self._leaving -= count
            self.hold(Failure(self._queue.take(count), *self._why))
        failure = self._failed.popleft()
        self._burying.add(failure)
        return failure

    def bury(self, failure: Failure, kept: int, reason: DropReason) -> None:
        """Count a failure whose first ``kept`` records are in the dead-letter file."""
        self._burying.discard(failure)
        self.release(failure)
        self.dead_lettered += kept
        if len(failure) > kept:
            self.dropped[reason.value] += len(failure) - kept

    def count_held(self, task: Batch | Failure) -> None:
        """Count events the sink holds beside the queue."""
        self._queue.held += len(task)
        self._queue.held_size += task.size

    def release(self, task: Batch | Failure) -> None:
        """Take back `count_held`."""
        self._queue.held -= len(task)
        self._queue.held_size -= task.size

    def snapshot(self, pending: int) -> Stats:
        """Return the counters as they are now."""
        return Stats(
            accepted=self.accepted,
            refused=dict(self.refused),
            delivered=self.delivered,
            dead_lettered=self.dead_lettered,
            dropped=dict(self.dropped),
            pending=pending,
            requests=self.requests,
            retries=self.retries,
            throttled=self.throttled,
            splits=self.splits,
            events_without_time=self.events_without_time,
        )
