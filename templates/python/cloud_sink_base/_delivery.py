"""
What happens to every event a sink holds: the state between queue and transport.

Decides only.  Clocks and randomness are arguments, nothing here waits, sends or writes a file, and
the worker's lock guards all of it.  Each event is at every moment in exactly one of: the queue, a
parked batch, a batch in flight, a failure on its way to the dead-letter file, or a counter.
"""

import math
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ._batcher import Batcher
from ._breaker import Breaker
from ._limits import Limits, Order
from ._outcome import (
    Bisect,
    Delivered,
    Outcome,
    Partial,
    Paused,
    Rejected,
    RejectedItem,
    Split,
    Throttled,
    Transient,
)
from ._queue import RECORD_COST, Queue
from ._record import Batch, Record, record_bytes
from ._retry import RetryBudget, RetryPolicy, asked_delay
from ._settings import CloudSinkConfig
from ._stats import Counters, DropReason, RefuseReason, Stats

# Reason for another attempt at events that a provider put off one by one.
_DEFERRED = "some events were deferred"

# Why events are given up before any attempt.
_UNFIT = {
    DropReason.OUT_OF_WINDOW: "the event's time is outside what the provider keeps",
    DropReason.OVERSIZE: "longer than the provider accepts",
}

# Longest backoff while somebody waits for the end.
_DRAIN_MAX_DELAY = 0.5


@dataclass(eq=False)
class Failure:
    """
    Records that will not be delivered, why, and after how many attempts.

    They end together: each append to the dead-letter file waits for the disk.

    Attributes:
        each: What was said of each record, where an answer told them apart; `detail` is the first.
    """

    records: list[Record]
    reason: DropReason
    detail: str
    attempts: int = 0
    each: Sequence[str] = ()
    size: int = field(init=False)
    oldest: float = field(init=False)

    def __post_init__(self) -> None:
        self.size = record_bytes(self.records)
        self.oldest = min([record.queued_at for record in self.records])

    def __len__(self) -> int:
        return len(self.records)

    def details(self) -> Sequence[str]:
        """Return the detail of each record."""
        return self.each or [self.detail] * len(self.records)


Task: TypeAlias = Batch | Failure


class Delivery:
    """
    All events a sink holds.

    Attributes:
        notices: What a person should hear about, oldest first; the worker empties it.
        is_failing: Whether the last attempt failed.
        has_news: Whether the newest record changed what the worker has to do.
    """

    def __init__(
        self, config: CloudSinkConfig, limits: Limits, chance: Callable[[], float]
    ) -> None:
        self.notices: list[str] = []
        self.is_failing = False
        self.has_news = False
        self._trouble = ""
        self._has_batch = False
        self._config = config
        self._chance = chance
        self._counters = Counters()
        self._queue = Queue(config)
        self._batch_size = min(config.batch_size, limits.max_batch_events)
        self._batch_bytes = min(config.batch_bytes, limits.max_batch_bytes)
        self._batcher = Batcher(limits, self._batch_size, self._batch_bytes)
        # The provider counts a record's bytes in its own way.
        self._count_difference = limits.sizing.record - RECORD_COST
        self._policy = RetryPolicy(
            config.max_retries, config.retry_base_delay, config.retry_max_delay
        )
        self._breaker = Breaker(config.max_retries)
        self._budget = RetryBudget()
        self._in_order = limits.order is Order.ACROSS_BATCHES
        self._max_in_flight = 1 if self._in_order else config.max_in_flight
        self._parked: list[Batch] = []
        self._in_flight: set[Batch] = set()
        self._failed: deque[Failure] = deque()
        self._burying: set[Failure] = set()
        self._held = 0
        self._held_bytes = 0
        self._hold_until = -math.inf
        self._flushes = 0
        self._drains = 0

    # -- writers -----------------------------------------------------------------------------

    def offer(self, record: Record, now: float) -> list[Record] | None:
        """
        Accept a record.

        Returns:
            The older records that were dropped for it, or None when there is no room.
        """
        queue = self._queue
        evicted = queue.push(record, self._held, self._held_bytes)
        if evicted is None:
            return None
        record.queued_at = now
        self._counters.accepted += 1
        count = len(queue.records)
        self.has_news = count == 1
        if evicted:
            self._counters.dropped[DropReason.OVERFLOW.value] += len(evicted)
            self._has_batch = self._queue_is_full_batch()
        elif not self._has_batch and (
            count >= self._batch_size
            or queue.bytes + count * self._count_difference >= self._batch_bytes
        ):
            self._has_batch = self.has_news = True
        return evicted

    def refuse(self, reason: RefuseReason) -> None:
        """Count an event that was not accepted."""
        self._counters.refused[reason.value] += 1

    def stats(self) -> Stats:
        """Return the counters, with what is pending as it is held now."""
        return self._counters.snapshot(self.pending())

    def pending(self) -> int:
        """Count the events that are still on their way."""
        return len(self._queue) + sum([len(task) for task in self._tasks()])

    def oldest(self) -> float:
        """Return when the oldest pending event was accepted; infinite without any."""
        waiting = [self._queue.records[0].queued_at] if len(self._queue) else []
        return min([task.oldest for task in self._tasks()] + waiting, default=math.inf)

    def _tasks(self) -> Iterable[Task]:
        return (*self._parked, *self._in_flight, *self._failed, *self._burying)

    # -- drains ------------------------------------------------------------------------------

    def begin_drain(self, now: float, *, hurries: bool = True) -> None:
        """Send everything without lingering; hurrying, try at once what waits for a retry."""
        self._flushes += 1
        if not hurries:
            return
        self._drains += 1
        self._hold_until = now
        self._breaker.hurry(now)
        for batch in self._parked:
            batch.due = now

    def end_drain(self, *, hurries: bool = True) -> None:
        """Go back to filling batches."""
        self._flushes -= 1
        self._drains -= hurries

    def abandon(self, reason: DropReason, detail: str) -> None:
        """Give up everything; an answer that still comes for a batch in flight is ignored."""
        if self.is_failing:
            detail = f"{detail}; the last attempt: {self._trouble}"
        batches = sorted((*self._in_flight, *self._parked), key=lambda batch: batch.oldest)
        self._in_flight.clear()
        self._parked.clear()
        for batch in batches:
            self._failed.append(Failure(batch.records, reason, detail, batch.attempts))
        queued = self._queue.clear()
        self._has_batch = False
        if queued:
            self._hold(Failure(queued, reason, detail))
        # What is written after this finds a sink that has seen nothing yet.
        self._breaker = Breaker(self._policy.max_retries)
        self._hold_until = -math.inf
        self.is_failing = False

    # -- the worker --------------------------------------------------------------------------

    def take(self, now: float, wall: int) -> Task | float:
        """
        Return what to do next, or the seconds until there may be something.

        A batch is to be sent and then given to `settle`, a failure to be written to the
        dead-letter file and then given to `bury`.
        """
        self._expire(now)
        while not self._failed:
            if len(self._in_flight) >= self._max_in_flight:
                return math.inf
            wait = max(self._breaker.wait(now), self._hold_until - now)
            if wait > 0:
                return wait
            batch, wait = self._choose(now, wall)
            if batch is not None:
                return self._start(batch, now)
            if wait > 0:
                return wait
        failure = self._failed.popleft()
        self._burying.add(failure)
        return failure

    def settle(self, batch: Batch, outcome: Outcome, now: float) -> None:
        """Note what an attempt came to.  Each outcome decides for itself: one flat match."""
        if batch not in self._in_flight:
            return  # given up while the attempt was under way, and counted then
        self._in_flight.remove(batch)
        self._release(batch)
        if isinstance(outcome, Partial) and _defers_all(outcome, len(batch)):
            # Nothing got through: an outage, in which events are kept.
            outcome = Transient(_DEFERRED)
        if isinstance(outcome, Throttled | Transient | Paused):
            self.is_failing, self._trouble = True, outcome.reason
        else:
            self.is_failing = False
            self._on_answer()
        match outcome:
            case Delivered():
                batch.progressed()
                self._counters.delivered += len(batch)
            case Partial():
                self._settle_partial(batch, outcome, now)
            case Split(reason):
                self._divide(batch, DropReason.OVERSIZE, reason, now)
            case Bisect(reason):
                self._divide(batch, DropReason.REJECTED, reason, now)
            case Rejected(reason):
                self._give_up(batch, DropReason.REJECTED, reason)
            case Throttled(reason, retry_after):
                self._counters.throttled += 1
                self._on_failure(batch, reason, asked_delay(retry_after), now)
            case Transient(reason, retry_after):
                self._on_failure(batch, reason, asked_delay(retry_after), now)
            case Paused(reason):
                self._pause(batch, reason, now)

    def bury(self, failure: Failure, kept: int, reason: DropReason) -> None:
        """Count a failure whose first ``kept`` records are in the dead-letter file."""
        self._burying.discard(failure)
        self._release(failure)
        self._counters.dead_lettered += kept
        if len(failure) > kept:
            self._counters.dropped[reason.value] += len(failure) - kept

    def has_more(self) -> bool:
        """Tell whether another thread would find something to send, now or when it is due."""
        if len(self._in_flight) >= self._max_in_flight or self._breaker.is_open:
            return False
        return bool(self._failed or self._parked or self._queue.records)

    # -- choosing ----------------------------------------------------------------------------

    def _choose(self, now: float, wall: int) -> tuple[Batch | None, float]:
        """Return the batch to send now, or how long to wait; zero: look again."""
        waits = self._queue_wait(now)
        if self._in_order and self._parked:
            head = self._parked[0]
            return (self._unpark(head), 0.0) if head.due <= now else (None, head.due - now)
        # A probe takes events that have not failed yet, where there are any: a single batch that
        # makes the provider fail must not keep the breaker open.
        if waits <= 0 and (self._breaker.is_open or not self._parked):
            return self._pack(wall), 0.0
        due = min(self._parked, key=lambda batch: batch.due, default=None)
        if due is not None and due.due <= now:
            return self._unpark(due), 0.0
        if waits <= 0:
            return self._pack(wall), 0.0
        return None, waits if due is None else min(waits, due.due - now)

    def _queue_wait(self, now: float) -> float:
        """Return the seconds until the queue has a batch to send."""
        if not len(self._queue):
            return math.inf
        if self._flushes or self._queue_is_full_batch():
            return 0.0
        lingered = now - self._queue.records[0].queued_at
        return max(self._config.batch_timeout_seconds - lingered, 0.0)

    def _queue_is_full_batch(self) -> bool:
        count = len(self._queue.records)
        if count >= self._batch_size:
            return True
        return self._queue.bytes + count * self._count_difference >= self._batch_bytes

    def _pack(self, wall: int) -> Batch | None:
        records, unfit = self._batcher.pack(self._queue.records, wall)
        taken = len(records) + len(unfit)
        self._queue.forget(
            taken, record_bytes(records) + record_bytes([record for record, _ in unfit])
        )
        self._has_batch = self._queue_is_full_batch()
        for reason, detail in _UNFIT.items():
            failed = [record for record, why in unfit if why is reason]
            if failed:
                self._hold(Failure(failed, reason, detail))
        if not records:
            return None
        batch = Batch(records)
        self._count_held(batch)
        return batch

    def _unpark(self, batch: Batch) -> Batch:
        self._parked.remove(batch)
        return batch

    def _start(self, batch: Batch, now: float) -> Batch:
        self._in_flight.add(batch)
        self._counters.requests += 1
        self._counters.retries += batch.repeats
        if batch.attempts == 0:
            self._budget.earn()
            batch.started = now
        batch.attempts += 1
        self._breaker.on_attempt()
        batch.outages = self._breaker.outages
        return batch

    def _expire(self, now: float) -> None:
        limit = now - self._config.delivery_timeout_seconds
        for batch in [b for b in self._parked if b.started is not None and b.started <= limit]:
            self._parked.remove(batch)
            self._release(batch)
            self._give_up(batch, DropReason.DELIVERY_TIMEOUT, batch.reason)

    # -- settling ----------------------------------------------------------------------------

    def _settle_partial(self, batch: Batch, outcome: Partial, now: float) -> None:
        """Sort the events; a position beyond the request is ignored, rejected beats retry."""
        batch.progressed()
        reasons = {item.index: item.reason for item in outcome.rejected}
        retry = set(outcome.retry)
        refused: dict[DropReason, dict[int, Record]] = {}
        again: list[Record] = []
        for index, record in enumerate(batch.records):
            if index in reasons:
                uncertain = reasons[index] == RejectedItem.UNCERTAIN
                reason = DropReason.UNCERTAIN if uncertain else DropReason.REJECTED
                refused.setdefault(reason, {})[index] = record
            elif index in retry:
                again.append(record)
            else:
                self._counters.delivered += 1
        for reason, records in refused.items():
            each = [reasons[index] for index in records]
            self._hold(Failure([*records.values()], reason, each[0], batch.attempts, each))
        if again:
            rest = batch.part(again)
            rest.reason = _DEFERRED
            self._retry(rest, None, now)

    def _divide(self, batch: Batch, reason: DropReason, detail: str, now: float) -> None:
        if len(batch) == 1:
            self._give_up(batch, reason, detail)
            return
        if reason is DropReason.REJECTED and not batch.may_halve():
            self._give_up(batch, reason, f"too many bad events to tell them apart: {detail}")
            return
        self._counters.splits += 1
        batch.repeats = False
        batch.due = now
        first, second = batch.halves()
        # Both to the front: where order matters, nothing may overtake them.
        self._parked[:0] = [first, second]
        self._count_held(first)
        self._count_held(second)

    def _on_failure(self, batch: Batch, reason: str, asked: float | None, now: float) -> None:
        batch.reason = reason
        cap = _DRAIN_MAX_DELAY if self._drains else math.inf
        is_news = batch.outages == self._breaker.outages

        def cooldown(number: int) -> float:
            return min(self._policy.cooldown(number, self._chance()), cap)

        if is_news and self._breaker.on_failure(now, cooldown):
            self.notices.append(f"keeps its events and probes: {reason}")
        if asked is not None:
            asked = min(asked, cap)
            # For the whole sink: the provider means the sender, not one of its requests.
            self._hold_until = max(self._hold_until, now + asked)
        if is_news and not self._breaker.is_open:
            self._retry(batch, asked, now)
        else:
            self._park(batch, now)

    def _retry(self, batch: Batch, asked: float | None, now: float) -> None:
        if batch.retries >= self._policy.max_retries:
            self._give_up(batch, DropReason.RETRIES_EXHAUSTED, batch.reason)
            return
        delay = self._policy.max_delay
        if self._budget.spend():
            delay = self._policy.delay(batch.retries, self._chance())
        batch.retries += 1
        delay = delay if asked is None else asked
        self._park(batch, now + (min(delay, _DRAIN_MAX_DELAY) if self._drains else delay))

    def _pause(self, batch: Batch, reason: str, now: float) -> None:
        batch.reason = reason
        if self._breaker.pause(now):
            self.notices.append(f"is paused and keeps its events: {reason}")
        if self._drains:
            self._breaker.hurry(now + _DRAIN_MAX_DELAY)
        self._park(batch, now)

    def _park(self, batch: Batch, due: float) -> None:
        batch.due = due
        batch.repeats = True
        self._count_held(batch)
        if self._in_order:
            self._parked.insert(0, batch)
        else:
            self._parked.append(batch)

    def _on_answer(self) -> None:
        if self._breaker.on_success():
            self._hold_until = -math.inf
            self.notices.append("recovered")

    def _give_up(self, batch: Batch, reason: DropReason, detail: str) -> None:
        self._hold(Failure(batch.records, reason, detail, batch.attempts))

    # -- what is held beside the queue -------------------------------------------------------

    def _hold(self, failure: Failure) -> None:
        self._failed.append(failure)
        self._held += len(failure)
        self._held_bytes += failure.size

    def _count_held(self, batch: Batch) -> None:
        self._held += len(batch)
        self._held_bytes += batch.size

    def _release(self, task: Task) -> None:
        self._held -= len(task)
        self._held_bytes -= task.size


def _defers_all(outcome: Partial, count: int) -> bool:
    refused = any(0 <= item.index < count for item in outcome.rejected)
    return not refused and set(range(count)) <= set(outcome.retry)
