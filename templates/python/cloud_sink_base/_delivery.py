"""
What happens to every event a sink holds: the state between queue and transport.

Decides only.  Clocks and randomness are arguments, nothing here waits, sends or writes a file, and
the worker's lock guards all of it.  Each event is at every moment in exactly one of: the queue, a
parked batch, a batch in flight, a failure on its way to the dead-letter file, or a counter.
"""

import math
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from ._batcher import Batcher
from ._job import Batch, Failure, Line
from ._limits import Limits, Order
from ._outcome import (
    Bisect,
    Delivered,
    Outcome,
    Partial,
    Paused,
    Rejected,
    Split,
    Throttled,
    Transient,
)
from ._pace import Pace
from ._partial import defers_all, take_apart
from ._queue import Queue
from ._record import Record
from ._retry import asked_delay
from ._settings import CloudSinkConfig
from ._stats import Counters, DropReason, RefuseReason, Stats

# Reason for another attempt at events that a provider put off one by one.
_DEFERRED = "some events were deferred"

# Why events are given up before any attempt.
_UNFIT = {
    DropReason.OUT_OF_WINDOW: "the event's time is outside what the provider keeps",
    DropReason.OVERSIZE: "longer than the provider accepts",
}

Task: TypeAlias = Batch | Failure


class Delivery:
    """
    All events a sink holds.

    Attributes:
        notices: What a person should hear about, oldest first; the worker empties it.
        is_failing: Whether the last attempt failed.
        queue: The events that wait for their first attempt.
    """

    def __init__(
        self, config: CloudSinkConfig, limits: Limits, chance: Callable[[], float]
    ) -> None:
        self.notices: list[str] = []
        self.is_failing = False
        self.queue = Queue(config, limits)
        self._trouble = ""
        self._config = config
        self._counters = Counters()
        self._batcher = Batcher(limits, self.queue.batch_events, self.queue.batch_bytes)
        self._pace = Pace(config, chance)
        self._in_order = limits.order is Order.ACROSS_BATCHES
        self._max_in_flight = 1 if self._in_order else config.max_in_flight
        self._line = Line(in_order=self._in_order)
        self._in_flight: set[Batch] = set()
        self._failed: deque[Failure] = deque()
        self._burying: set[Failure] = set()
        self._flushes = 0

    # -- writers -----------------------------------------------------------------------------

    def offer(self, record: Record, now: float) -> Sequence[Record] | None:
        """
        Accept a record.

        Returns:
            The older records that were dropped for it, or None when there is no room.
        """
        evicted = self.queue.push(record, now)
        if evicted is None:
            return None
        self._counters.accepted += 1
        if evicted:
            self._counters.dropped[DropReason.OVERFLOW.value] += len(evicted)
        return evicted

    def refuse(self, reason: RefuseReason) -> None:
        """Count an event that was not accepted."""
        self._counters.refused[reason.value] += 1

    def count_without_time(self) -> None:
        """Count an accepted event that has the time of its acceptance."""
        self._counters.events_without_time += 1

    def stats(self) -> Stats:
        """Return the counters, with what is pending as it is held now."""
        return self._counters.snapshot(self.pending())

    def pending(self) -> int:
        """Count the events that are still on their way."""
        return len(self.queue) + sum([len(task) for task in self._tasks()])

    def oldest(self) -> float:
        """Return when the oldest pending event was accepted; infinite without any."""
        waiting = [self.queue.oldest] if self.queue else []
        return min([task.oldest for task in self._tasks()] + waiting, default=math.inf)

    def _tasks(self) -> Iterable[Task]:
        return (*self._line, *self._in_flight, *self._failed, *self._burying)

    # -- drains ------------------------------------------------------------------------------

    def begin_drain(self, now: float, *, hurries: bool = True) -> None:
        """Send everything without lingering; hurrying, try at once what waits for a retry."""
        self._flushes += 1
        if hurries:
            self._pace.begin_drain(now)
            self._line.hurry(now)

    def end_drain(self, *, hurries: bool = True) -> None:
        """Go back to filling batches."""
        self._flushes -= 1
        if hurries:
            self._pace.end_drain()

    def abandon(self, reason: DropReason, detail: str) -> None:
        """Give up everything; an answer that still comes for a batch in flight is ignored."""
        if self.is_failing:
            detail = f"{detail}; the last attempt: {self._trouble}"
        batches = sorted((*self._in_flight, *self._line), key=lambda batch: batch.oldest)
        self._in_flight.clear()
        self._line.clear()
        for batch in batches:
            self._failed.append(Failure(batch.records, reason, detail, batch.attempts))
        if self.queue:
            self._hold(Failure(self.queue.take(len(self.queue)), reason, detail))
        # What is written after this finds a sink that has seen nothing yet.
        self._pace.forget()
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
            wait = self._pace.wait(now)
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
        if isinstance(outcome, Partial) and defers_all(outcome, len(batch)):
            # Nothing got through: an outage, in which events are kept.
            outcome = Transient(_DEFERRED)
        self._note_health(outcome)
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
        if len(self._in_flight) >= self._max_in_flight or self._pace.breaker.is_open:
            return False
        return bool(self._failed or self._line or self.queue)

    # -- choosing ----------------------------------------------------------------------------

    def _choose(self, now: float, wall: int) -> tuple[Batch | None, float]:
        """Return the batch to send now, or how long to wait; zero: look again."""
        waiting, waits = self._line.next(), self._queue_wait(now)
        if waiting is None:
            return (self._pack(wall), 0.0) if waits <= 0 else (None, waits)
        if self._in_order:
            waits = math.inf
        # A probe takes events that have not failed yet, where there are any: a single batch that
        # makes the provider fail must not keep the breaker open.
        elif waits <= 0 and (self._pace.breaker.is_open or waiting.due > now):
            return self._pack(wall), 0.0
        if waiting.due <= now:
            return self._line.remove(waiting), 0.0
        return None, min(waits, waiting.due - now)

    def _queue_wait(self, now: float) -> float:
        """Return the seconds until the queue has a batch to send."""
        if not self.queue:
            return math.inf
        if self._flushes or self.queue.has_batch:
            return 0.0
        return max(self.queue.oldest + self._config.batch_timeout_seconds - now, 0.0)

    def _pack(self, wall: int) -> Batch | None:
        records, unfit = self._batcher.pack(self.queue, wall)
        for reason, others in unfit.items():
            self._hold(Failure(others, reason, _UNFIT[reason]))
        if not records:
            return None
        batch = Batch(records)
        self._count_held(batch)
        return batch

    def _start(self, batch: Batch, now: float) -> Batch:
        self._in_flight.add(batch)
        self._counters.requests += 1
        self._counters.retries += batch.repeats
        self._pace.begins(batch, now)
        return batch

    def _expire(self, now: float) -> None:
        for batch in self._line.take_expired(now - self._config.delivery_timeout_seconds):
            self._release(batch)
            self._give_up(batch, DropReason.DELIVERY_TIMEOUT, batch.reason)

    # -- settling ----------------------------------------------------------------------------

    def _note_health(self, outcome: Outcome) -> None:
        if isinstance(outcome, Throttled | Transient | Paused):
            self.is_failing, self._trouble = True, outcome.reason
            return
        self.is_failing = False
        if self._pace.answered():
            self.notices.append("recovered")

    def _settle_partial(self, batch: Batch, outcome: Partial, now: float) -> None:
        batch.progressed()
        failures, again = take_apart(batch, outcome)
        self._counters.delivered += len(batch) - len(again) - sum(map(len, failures))
        for failure in failures:
            self._hold(failure)
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
        halves = batch.halves()
        self._line.put_first(*halves)
        for half in halves:
            self._count_held(half)

    def _on_failure(self, batch: Batch, reason: str, asked: float | None, now: float) -> None:
        batch.reason = reason
        if self._pace.failed(batch, asked, now):
            self.notices.append(f"keeps its events and probes: {reason}")
        if self._pace.is_news(batch) and not self._pace.breaker.is_open:
            self._retry(batch, asked, now)
        else:
            self._park(batch, now)

    def _retry(self, batch: Batch, asked: float | None, now: float) -> None:
        if self._pace.may_retry(batch):
            self._park(batch, now + self._pace.delay(batch, asked))
        else:
            self._give_up(batch, DropReason.RETRIES_EXHAUSTED, batch.reason)

    def _pause(self, batch: Batch, reason: str, now: float) -> None:
        batch.reason = reason
        if self._pace.pause(now):
            self.notices.append(f"is paused and keeps its events: {reason}")
        self._park(batch, now)

    def _park(self, batch: Batch, due: float) -> None:
        self._line.park(batch, due)
        self._count_held(batch)

    def _give_up(self, batch: Batch, reason: DropReason, detail: str) -> None:
        self._hold(Failure(batch.records, reason, detail, batch.attempts))

    # -- what is held beside the queue -------------------------------------------------------

    def _hold(self, failure: Failure) -> None:
        self._failed.append(failure)
        self._count_held(failure)

    def _count_held(self, task: Task) -> None:
        self.queue.held += len(task)
        self.queue.held_size += task.size

    def _release(self, task: Task) -> None:
        self.queue.held -= len(task)
        self.queue.held_size -= task.size
