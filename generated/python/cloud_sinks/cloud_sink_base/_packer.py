"""From the queue to batches.  Decides only: clocks are arguments."""

import math

from ._accounts import Accounts
from ._batcher import Batcher
from ._job import Batch, Failure
from ._limits import Limits
from ._queue import Queue
from ._settings import CloudSinkConfig
from ._stats import DropReason

# Why events are given up before any attempt.
_UNFIT = {
    DropReason.OUT_OF_WINDOW: "the event's time is outside what the provider keeps",
    DropReason.OVERSIZE: "longer than the provider accepts",
}


class Packer:
    """
    Packs what the queue holds; gives up what no batch can carry.

    Attributes:
        flushes: How many wait for everything to be sent: batches do not wait to fill then.
    """

    def __init__(
        self, config: CloudSinkConfig, limits: Limits, queue: Queue, accounts: Accounts
    ) -> None:
        self.flushes = 0
        self._queue = queue
        self._accounts = accounts
        self._linger = config.batch_timeout_seconds
        self._batcher = Batcher(limits, queue.batch_events, queue.batch_bytes)
        self._sampler = Batcher(limits, 1, queue.batch_bytes)

    def wait(self, now: float) -> float:
        """Return the seconds until the queue has a batch to send."""
        if not self._queue or self._accounts.is_leaving:
            return math.inf
        if self.flushes or self._queue.has_batch:
            return 0.0
        return max(self._queue.oldest + self._linger - now, 0.0)

    def pack(self, wall: int, *, alone: bool) -> Batch | None:
        """Return the next batch, of one event if it is to be ``alone``; None: look again."""
        batcher = self._sampler if alone else self._batcher
        records, unfit = batcher.pack(self._queue, wall)
        for reason, others in unfit.items():
            self._accounts.hold(Failure(others, reason, _UNFIT[reason]))
        if not records:
            return None
        batch = Batch(records)
        self._accounts.count_held(batch)
        return batch
