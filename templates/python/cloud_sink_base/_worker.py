"""
The threads that deliver, and the lock around what they and the writers share.

Every thread runs the same loop: take a task, perform it, note what came of it.  Threads are
daemons, start when there is work and end when there is none, so an idle or forgotten sink costs
nothing.  The same loop runs in the caller's thread where none can be started: while the interpreter
is ending.
"""

import random
import threading
import time
from collections.abc import Callable

from ._dead_letter import DeadLetterFile
from ._delivery import Delivery, Task
from ._job import Batch, Failure
from ._limits import Limits
from ._loops import Loops
from ._outcome import AnswerError, Outcome, Transient, checked
from ._quiet import mark_delivery_thread, unmark_delivery_thread
from ._record import Record
from ._report import Reporter, where_raised
from ._settings import CloudSinkConfig
from ._spare import spare_for
from ._stats import DropReason, RefuseReason, Stats
from ._transport import Transport

# A thread without work ends after this long, and looks at its clocks at least this often.
_IDLE_SECONDS = 5.0


class Worker:
    """
    Delivers what writers offer.

    Attributes:
        config: The sink's settings.
        reporter: Where failures are reported.
        is_closed: Whether the interpreter is ending and no event is taken any more.
        loops: The event loops that write.
        last_write: When the last event was offered, on the monotonic clock.
    """

    def __init__(
        self,
        config: CloudSinkConfig,
        limits: Limits,
        make_transport: Callable[[], Transport],
        reporter: Reporter,
    ) -> None:
        self.config = config
        self.reporter = reporter
        self.is_closed = False
        self._limits = limits
        self._make_transport = make_transport
        self.reset()

    def reset(self) -> None:
        """
        Start from nothing: at the beginning, and in a forked child.

        The child has none of the threads, a copy of a lock that may be held for ever, connections
        that belong to the parent, and copies of events the parent will deliver.
        """
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._transport_lock = threading.Lock()
        self._transport: Transport | None = None
        self._delivery = Delivery(self.config, self._limits, random.random)
        path = self.config.dead_letter_path
        self._dead_letters = (
            None if path is None else DeadLetterFile(path, self.config.dead_letter_max_bytes)
        )
        self._threads: set[threading.Thread] = set()
        self._spare = spare_for(self, self._thread_name())
        self._releasing = 0
        self._waiting = 0
        self.loops = Loops()
        self.last_write = float("-inf")

    # -- writers -----------------------------------------------------------------------------

    def offer(self, record: Record) -> bool:
        """Accept a record, unless there is no room.  Never waits."""
        now = time.monotonic()
        with self._lock:
            self.last_write = now
            evicted = self._delivery.offer(record, now)
            if not self._threads:
                self._spawn()
            elif self._delivery.queue.has_news:
                self._call_thread()
            if evicted is None:
                return False
        if evicted:
            details = ["the queue was full"] * len(evicted)
            self.reporter.dropped(evicted, DropReason.OVERFLOW, details)
        return True

    def refuse(self, reason: RefuseReason) -> None:
        """Count an event that was not accepted."""
        with self._changed:
            self._delivery.refuse(reason)

    def count_without_time(self) -> None:
        """Count an accepted event that has the time of its acceptance."""
        with self._changed:
            self._delivery.count_without_time()

    def ensure_thread(self) -> None:
        """Start a delivery thread if there is none."""
        with self._changed:
            if not self._threads:
                self._spawn()

    # -- observers ---------------------------------------------------------------------------

    def stats(self) -> Stats:
        """Return the counters as they are at this moment."""
        with self._changed:
            return self._delivery.stats()

    @property
    def is_failing(self) -> bool:
        """Whether the last attempt failed."""
        with self._changed:
            return self._delivery.is_failing

    def is_running(self) -> bool:
        """Tell whether there is a delivery thread."""
        with self._changed:
            return self._is_running()

    def is_idle(self) -> bool:
        """Tell whether there is no thread, and none that closes connections."""
        with self._changed:
            return not self._is_running() and not self._releasing

    # -- drains ------------------------------------------------------------------------------

    def begin_drain(self, *, hurries: bool = True) -> float:
        """Send everything now; return the mark to ask `is_drained` with.  End with `end_drain`."""
        now = time.monotonic()
        with self._changed:
            self._delivery.begin_drain(now, hurries=hurries)
            if self._delivery.pending() and not self._threads:
                self._spawn()
            self._changed.notify_all()
        return now

    def end_drain(self, *, hurries: bool = True) -> None:
        """Go back to filling batches."""
        with self._changed:
            self._delivery.end_drain(hurries=hurries)

    def is_drained(self, mark: float) -> bool:
        """Tell whether everything accepted until `mark` has been settled."""
        with self._changed:
            return self._delivery.oldest() > mark

    def abandon(self, detail: str) -> None:
        """Give up everything that is pending; threads that hang in an attempt are left behind."""
        with self._changed:
            self._delivery.abandon(DropReason.SHUTDOWN_DEADLINE, detail)
            self._threads.clear()
            if self._delivery.pending():
                self._spawn()
            self._changed.notify_all()

    def close(self) -> None:
        """Take no events any more; once nothing is pending, threads end and connections close."""
        with self._changed:
            self.is_closed = True
            self._changed.notify_all()

    def run_here(self, deadline: float) -> None:
        """Do the threads' work in this thread, while there is no other and work is left."""
        mark_delivery_thread()
        try:
            while time.monotonic() < deadline:
                with self._changed:
                    if self._is_running() or not self._delivery.pending():
                        return
                    task = self._delivery.take(time.monotonic(), time.time_ns())
                if isinstance(task, float):
                    time.sleep(min(task, 0.01))
                else:
                    self._perform(task)
        finally:
            unmark_delivery_thread()

    # -- transport ---------------------------------------------------------------------------

    def transport(self) -> Transport:
        """Return the transport, made on first use; whatever making it raises is raised here."""
        with self._transport_lock:
            if self._transport is None:
                self._transport = self._make_transport()
            return self._transport

    def release_transport(self) -> None:
        """Close connections; the next attempt opens new ones."""
        with self._transport_lock:
            transport, self._transport = self._transport, None
        if transport is None:
            return
        try:
            transport.close()
        except Exception as error:  # noqa: BLE001  written by hand perhaps; nothing depends on it
            self.reporter.warn("closing connections failed", error=type(error).__name__)

    # -- threads -----------------------------------------------------------------------------

    def _is_running(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def _spawn(self) -> None:
        """Start a thread; called with the lock held."""
        thread = threading.Thread(target=self._run, name=self._thread_name(), daemon=True)
        self._threads.add(thread)
        try:
            thread.start()
        except RuntimeError:
            # The interpreter is ending.  Without a spare thread the exit hook delivers in its own.
            self._threads.discard(thread)
            spare, self._spare = self._spare, None
            if spare is not None:
                self._threads.add(spare)
                spare.hand(self._run)

    def _thread_name(self) -> str:
        return f"{self.reporter.name}-sink"

    def _run(self) -> None:
        mark_delivery_thread()
        while (task := self._next_task()) is not None:
            self._perform(task)
        with self._changed:
            is_last = not self._threads
            self._releasing += is_last
        if is_last:
            # An idle sink keeps no connection; the next batch opens one.
            self.release_transport()
            with self._changed:
                self._releasing -= 1

    def _next_task(self) -> Task | None:
        """Wait for something to do; None ends this thread."""
        me = threading.current_thread()
        with self._changed:
            while me in self._threads:
                now = time.monotonic()
                task = self._delivery.take(now, time.time_ns())
                if not isinstance(task, float):
                    self._call_help()
                    return task
                if (self.is_closed and not self._delivery.pending()) or (
                    not self._wait(task) and self._may_end()
                ):
                    self._threads.discard(me)
        return None

    def _call_help(self) -> None:
        """Let another thread have what is left to send, and watch its clocks."""
        if self._delivery.has_more():
            self._call_thread()

    def _call_thread(self) -> None:
        """Have a thread look at what there is, a new one while all others are busy."""
        if self._waiting:
            self._changed.notify()
        elif len(self._threads) < self.config.max_in_flight:
            self._spawn()

    def _wait(self, seconds: float) -> bool:
        """Wait; return False when nobody called for so long that this thread may end."""
        self._waiting += 1
        try:
            return self._changed.wait(min(seconds, _IDLE_SECONDS)) or seconds < _IDLE_SECONDS
        finally:
            self._waiting -= 1

    def _may_end(self) -> bool:
        # Not while the others are busy: an attempt may take longer than a batch has to wait.
        return not self._delivery.pending() or self._waiting > 0

    def _perform(self, task: Task) -> None:
        if isinstance(task, Failure):
            self._bury(task)
            return
        outcome = self._attempt(task)
        with self._changed:
            self._delivery.settle(task, outcome, time.monotonic())
            notices, self._delivery.notices = self._delivery.notices, []
            self._changed.notify_all()
        for notice in notices:
            self.reporter.warn(notice, reason=notice.split(":")[0])

    def _attempt(self, batch: Batch) -> Outcome:
        try:
            return checked(self.transport().send(batch))
        except AnswerError as error:
            problem, details = f"the transport {error}", ""
        except BaseException as error:  # noqa: BLE001  written by hand perhaps; the thread must live
            # Type and place only: a text from elsewhere could show a credential.
            problem = f"the transport raised {type(error).__name__}"
            details = f" at {where_raised(error)}"
        self.reporter.mistake(problem, details)
        return Transient(problem)

    def _bury(self, failure: Failure) -> None:
        """
        Write a failure to the dead-letter file, report what is not in the file, count both.

        Counted last: once nothing is pending, everything has been reported.
        """
        kept, reason = 0, failure.reason
        if self._dead_letters is not None:
            kept, reason = self._dead_letters.keep(self.reporter.name, failure)
        if kept:
            why = failure.reason.value
            self.reporter.warn(f"dead-lettered {kept} events", reason=why, error=failure.detail)
        if kept < len(failure):
            self.reporter.dropped(failure.records[kept:], reason, failure.details()[kept:])
        with self._changed:
            self._delivery.bury(failure, kept, reason)
            self._changed.notify_all()
