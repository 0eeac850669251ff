"""Where events end: delivered, kept in the dead-letter file or dropped, and counted."""

from collections import Counter, deque
from collections.abc import Iterator

from ._job import Batch, Failure
from ._queue import Queue
from ._stats import DropReason, Stats

# Events given up together, at most: longer lists would hold up whoever needs the lock.
_MOST_AT_ONCE = 10_000


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
    def has_failures(self) -> bool:
        """Whether a failure waits to be written to the dead-letter file."""
        return bool(self._failed)

    def give_up(self, batch: Batch, reason: DropReason, detail: str) -> None:
        """Note that a batch, which nobody holds any more, will not be delivered."""
        self.hold(Failure(batch.records, reason, detail, batch.attempts))

    def lose(self, batch: Batch, lost: int) -> None:
        """Count a batch that is stored but for some events; nobody knows which."""
        self.delivered += len(batch) - lost
        self.dropped[DropReason.UNCERTAIN.value] += lost

    def give_up_queued(self, reason: DropReason, detail: str) -> None:
        """Note that what is in the queue will not be delivered."""
        while self._queue:
            count = min(len(self._queue), _MOST_AT_ONCE)
            self.hold(Failure(self._queue.take(count), reason, detail))

    def hold(self, failure: Failure) -> None:
        """Keep a failure until it is written."""
        self._failed.append(failure)
        self.count_held(failure)

    def next_failure(self) -> Failure:
        """Hand out the oldest failure; there must be one."""
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
