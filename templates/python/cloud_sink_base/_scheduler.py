"""
What happens to every event a sink holds: the state between queue and transport.

Decides only.  Clocks and randomness are arguments, nothing here waits, sends or writes a file, and
the worker's lock guards all of it.  Each event is at every moment in exactly one of: the queue, a
parked batch, a batch in flight, a failure on its way to the dead-letter file, or a counter.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from ._accounts import Accounts
from ._job import Batch, Failure, defers_all, take_apart
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
    Uncertain,
)
from ._packer import Packer
from ._queue import Queue
from ._record import Record
from ._retry import asked_delay
from ._search import Search, Step
from ._settings import CloudSinkConfig
from ._stats import DropReason, RefuseReason, Stats
from ._throttle import Throttle
from ._waiting import Waiting

# Reason for another attempt at events that a provider put off one by one.
_DEFERRED = "some events were deferred"

# A batch throttled so often in a row is sent in halves: it may be larger than what is allowed at
# once.
_BURST = 3

Task: TypeAlias = Batch | Failure


class Scheduler:
    """
    All events a sink holds.

    Attributes:
        notices: What a person should hear about, oldest first; the worker empties it.
        losses: How many events were lost of which nobody knows which, and what was said; likewise.
        is_failing: Whether the last attempt failed.
        queue: The events that wait for their first attempt.
    """

    def __init__(
        self, config: CloudSinkConfig, limits: Limits, chance: Callable[[], float]
    ) -> None:
        self.notices: list[str] = []
        self.losses: list[tuple[int, str]] = []
        self.is_failing = False
        self.queue = Queue(config, limits)
        self._trouble = ""
        self._config = config
        self._accounts = Accounts(self.queue)
        self._packer = Packer(config, limits, self.queue, self._accounts)
        self._throttle = Throttle(config, chance)
        self._in_order = limits.order is Order.ACROSS_BATCHES
        self._max_in_flight = 1 if self._in_order else config.max_in_flight
        self._waiting = Waiting(in_order=self._in_order)
        self._in_flight: set[Batch] = set()
        # Requests the provider understood, and how many these were when it was found that no event
        # is to blame for its refusals.
        self._understood = 0
        self._wrong_since = -1

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
        self._accounts.accepted += 1
        if evicted:
            self._accounts.spare(len(evicted))
            self._accounts.dropped[DropReason.OVERFLOW.value] += len(evicted)
        return evicted

    def refuse(self, reason: RefuseReason) -> None:
        """Count an event that was not accepted."""
        self._accounts.refused[reason.value] += 1

    def count_without_time(self) -> None:
        """Count an accepted event that has the time of its acceptance."""
        self._accounts.events_without_time += 1

    def stats(self) -> Stats:
        """Return the counters, with what is pending as it is held now."""
        return self._accounts.snapshot(self.pending())

    def pending(self) -> int:
        """Count the events that are still on their way."""
        return len(self.queue) + sum([len(task) for task in self._tasks()])

    def oldest(self) -> float:
        """Return when the oldest pending event was accepted; infinite without any."""
        waiting = [self.queue.oldest] if self.queue else []
        return min([task.oldest for task in self._tasks()] + waiting, default=math.inf)

    def _tasks(self) -> Iterable[Task]:
        return (*self._waiting, *self._in_flight, *self._accounts)

    # -- drains ------------------------------------------------------------------------------

    def begin_drain(self, now: float, *, hurries: bool = True) -> None:
        """Send everything without lingering; hurrying, try at once what waits for a retry."""
        self._packer.flushes += 1
        if hurries:
            self._throttle.begin_drain(now)
            self._waiting.hurry(now)

    def end_drain(self, *, hurries: bool = True) -> None:
        """Go back to filling batches."""
        self._packer.flushes -= 1
        if hurries:
            self._throttle.end_drain()

    def abandon(self, reason: DropReason, detail: str) -> None:
        """Give up everything; an answer that still comes for a batch in flight is ignored."""
        if self.is_failing:
            detail = f"{detail}; the last attempt: {self._trouble}"
        batches = sorted((*self._in_flight, *self._waiting), key=lambda batch: batch.oldest)
        self._in_flight.clear()
        self._waiting.clear()
        for batch in batches:
            self._accounts.release(batch)
            self._accounts.give_up(batch, reason, detail)
        self._accounts.give_up_queued(reason, detail)
        # What is written after this finds a sink that has seen nothing yet.
        self._throttle.forget()
        self._wrong_since = -1
        self.is_failing = False

    # -- the worker --------------------------------------------------------------------------

    def take(self, now: float, wall: int) -> Task | float:
        """
        Return what to do next, or the seconds until there may be something.

        A batch is to be sent and then given to `settle`, a failure to be written to the
        dead-letter file and then given to `bury`.
        """
        self._expire(now)
        while not self._accounts.has_work:
            if len(self._in_flight) >= self._max_in_flight:
                return math.inf
            wait = self._throttle.wait(now)
            if wait > 0:
                return wait
            batch, wait = self._choose(now, wall)
            if batch is not None:
                return self._start(batch, now)
            if wait > 0:
                return wait
        return self._accounts.next_failure()

    def settle(self, batch: Batch, outcome: Outcome, now: float) -> None:
        """Note what an attempt came to.  Each outcome decides for itself: one flat match."""
        if batch not in self._in_flight:
            return  # given up while the attempt was under way, and counted then
        self._in_flight.remove(batch)
        self._accounts.release(batch)
        if isinstance(outcome, Partial) and defers_all(outcome, len(batch)):
            # Nothing got through: an outage, in which events are kept.
            outcome = Transient(_DEFERRED)
        self._learn(batch, outcome)
        match outcome:
            case Delivered():
                self._accounts.delivered += len(batch)
            case Partial():
                self._settle_partial(batch, outcome, now)
            case Split(reason):
                self._divide(batch, DropReason.OVERSIZE, reason, now)
            case Bisect(reason):
                self._divide(batch, DropReason.REJECTED, reason, now)
            case Uncertain():
                self._lose(batch, outcome)
            case Rejected(reason):
                self._accounts.give_up(batch, DropReason.REJECTED, reason)
            case Throttled(reason, retry_after):
                self._accounts.throttled += 1
                self._on_failure(batch, reason, asked_delay(retry_after), now)
            case Transient(reason, retry_after):
                self._on_failure(batch, reason, asked_delay(retry_after), now)
            case Paused(reason):
                self._pause(batch, reason, now)

    def bury(self, failure: Failure, kept: int, reason: DropReason) -> None:
        """Count a failure whose first ``kept`` records are in the dead-letter file."""
        self._accounts.bury(failure, kept, reason)

    def has_failures(self) -> bool:
        """Tell whether there is a failure to be given to `bury`."""
        return self._accounts.has_work

    def has_more(self) -> bool:
        """Tell whether another thread would find something to send, now or when it is due."""
        if len(self._in_flight) >= self._max_in_flight or self._throttle.breaker.is_open:
            return False
        return bool(self._accounts.has_work or self._waiting or self.queue)

    # -- choosing ----------------------------------------------------------------------------

    def _choose(self, now: float, wall: int) -> tuple[Batch | None, float]:
        """Return the batch to send now, or how long to wait; zero: look again."""
        waiting, waits = self._waiting.next(), self._packer.wait(now)
        alone = self._is_form_wrong()
        if waiting is None:
            return (self._packer.pack(wall, alone=alone), 0.0) if waits <= 0 else (None, waits)
        if self._in_order:
            waits = math.inf
        # A probe takes events that have not failed yet, where there are any: a single batch that
        # makes the provider fail must not keep the breaker open.
        elif waits <= 0 and (self._throttle.breaker.is_open or waiting.due > now):
            return self._packer.pack(wall, alone=alone), 0.0
        if waiting.due <= now:
            self._waiting.remove(waiting)
            return self._first_alone(waiting) if self._is_doubted(waiting) else waiting, 0.0
        return None, min(waits, waiting.due - now)

    def _start(self, batch: Batch, now: float) -> Batch:
        self._in_flight.add(batch)
        self._accounts.requests += 1
        self._accounts.retries += batch.repeats
        self._throttle.begins(batch, now)
        return batch

    def _expire(self, now: float) -> None:
        for batch in self._waiting.take_expired(now - self._config.delivery_timeout_seconds):
            self._accounts.release(batch)
            self._accounts.give_up(batch, DropReason.DELIVERY_TIMEOUT, batch.reason)

    # -- settling ----------------------------------------------------------------------------

    def _learn(self, batch: Batch, outcome: Outcome) -> None:
        """Note what an answer says of the provider."""
        batch.throttled = batch.throttled + 1 if isinstance(outcome, Throttled) else 0
        if isinstance(outcome, Delivered | Partial | Uncertain):
            self._understood += 1
            if batch.search is not None:
                batch.search.progressed()
        if isinstance(outcome, Throttled | Transient | Paused):
            self.is_failing, self._trouble = True, outcome.reason
            return
        if isinstance(outcome, Split | Bisect) and self._is_form_wrong():
            return  # nothing has changed
        self.is_failing = False
        if self._throttle.answered():
            self.notices.append("recovered")

    def _lose(self, batch: Batch, outcome: Uncertain) -> None:
        failed = outcome.failed
        lost = len(batch) if failed is None else min(max(failed, 0), len(batch))
        self._accounts.lose(batch, lost)
        self.notices.append(
            f"{lost} events are lost, the provider does not say which: {outcome.reason}"
        )
        if lost:
            self.losses.append((lost, outcome.reason))

    def _settle_partial(self, batch: Batch, outcome: Partial, now: float) -> None:
        failures, again = take_apart(batch, outcome)
        self._accounts.delivered += len(batch) - len(again) - sum(map(len, failures))
        for failure in failures:
            self._accounts.hold(failure)
        if again:
            rest = batch.part(again)
            rest.reason = _DEFERRED
            self._retry(rest, None, now)

    def _on_failure(self, batch: Batch, reason: str, asked: float | None, now: float) -> None:
        batch.reason = reason
        if self._throttle.failed(batch, asked, now):
            self.notices.append(f"outage, events are kept: {reason}")
        batches = self._shrunk(batch) if batch.throttled >= _BURST else (batch,)
        for each in batches:
            if self._throttle.is_news(batch) and not self._throttle.breaker.is_open:
                self._retry(each, asked, now)
            else:
                self._park(each, now)

    def _shrunk(self, batch: Batch) -> tuple[Batch, ...]:
        """Return the halves of a batch, the second first: they are parked one before the other."""
        if len(batch) == 1:
            return (batch,)
        self._accounts.splits += 1
        first, second = batch.parts(len(batch) // 2)
        # Other requests than the ones that used retries up.
        first.retries = second.retries = 0
        return second, first

    def _retry(self, batch: Batch, asked: float | None, now: float) -> None:
        if self._throttle.may_retry(batch):
            self._park(batch, now + self._throttle.delay(batch, asked))
        else:
            self._accounts.give_up(batch, DropReason.RETRIES_EXHAUSTED, batch.reason)

    def _pause(self, batch: Batch, reason: str, now: float) -> None:
        batch.reason = reason
        if self._throttle.pause(now):
            self.notices.append(f"paused, events are kept: {reason}")
        self._park(batch, now)

    def _park(self, batch: Batch, due: float) -> None:
        self._waiting.park(batch, due)
        self._accounts.count_held(batch)

    # -- the search for bad events -----------------------------------------------------------

    def _divide(self, batch: Batch, reason: DropReason, detail: str, now: float) -> None:
        """Go on with a search after a refusal that does not say which event is bad."""
        if self._is_form_wrong():
            self._pause_for_form(batch, detail, now)
            return
        if batch.search is None:
            if len(batch) == 1:
                self._accounts.give_up(batch, reason, detail)
                return
            batch.search = Search.of(len(batch), self._understood, detail)
        search = batch.search
        others = any(each.search is search for each in self._in_flight)
        step = search.refused(
            len(batch),
            self._understood,
            detail,
            was_held=batch.is_held,
            others_under_way=others,
        )
        match step:
            case Step.GIVE_UP:
                self._accounts.give_up(batch, reason, detail)
            case Step.WRONG_FORM:
                self._wrong_since = self._understood
                self._pause_for_form(batch, detail, now)
            case Step.HOLD:
                batch.is_held = True
                delay = self._config.retry_base_delay if others else 0.0
                self._put_back(batch, due=now + delay, behind=True)
            case Step.ONE_BY_ONE:
                self._put_back(batch, due=now)
            case Step.HALVE if reason is DropReason.REJECTED and not search.may_halve():
                detail = f"too many bad events to tell them apart: {detail}"
                self._accounts.give_up(batch, reason, detail)
            case Step.HALVE:
                self._accounts.splits += 1
                # The other half comes before the quarters: it may get through.
                is_half = search.alike == 2 and not self._in_order  # noqa: PLR2004
                self._put_back(*batch.parts(len(batch) // 2), due=now, behind=is_half)

    def _put_back(self, *batches: Batch, due: float, behind: bool = False) -> None:
        for batch in batches:
            batch.repeats = batch.is_held
            batch.due = due
            self._accounts.count_held(batch)
        if behind:
            self._waiting.put_second(*batches)
        else:
            self._waiting.put_first(*batches)

    def _pause_for_form(self, batch: Batch, detail: str, now: float) -> None:
        self.is_failing, self._trouble = True, detail
        self._pause(batch, f"{detail} (whatever is sent: not the events are wrong)", now)

    def _is_form_wrong(self) -> bool:
        """Tell whether refusals are of all requests: nothing was understood since it was found."""
        return self._wrong_since == self._understood

    def _is_doubted(self, batch: Batch) -> bool:
        """Tell whether one event of a batch is to be sent alone."""
        if len(batch) == 1:
            return False
        search = batch.search
        return self._is_form_wrong() or (
            search is not None and search.doubts_form(self._understood)
        )

    def _first_alone(self, batch: Batch) -> Batch:
        """Return a batch of the first event; the others wait on."""
        lone, rest = batch.parts(1)
        self._waiting.put_first(rest)
        return lone
