"""
The threads that deliver, and the lock around what they and the writers share.

Every thread runs the same loop: take a task, perform it, note what came of it.  Threads are
daemons, start when there is work and end when there is none, so an idle or forgotten sink costs
nothing.  The same loop runs in the caller's thread where none can be started: while the interpreter
is ending.
"""

import math
import random
import threading
import time
from collections.abc import Callable

from ._dead_letter import DeadLetterFile
from ._job import Batch, Failure
from ._limits import Limits
from ._loops import Loops
from ._outcome import AnswerError, Outcome, Transient, checked
from ._record import Record
from ._reporter import Reporter, mark_delivery_thread, unmark_delivery_thread, where_raised
from ._scheduler import Scheduler, Task
from ._settings import CloudSinkConfig
from ._stats import DropReason, RefuseReason, Stats
from ._threads import spare_for
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
        self.reporter.reset()
        self._scheduler = Scheduler(self.config, self._limits, random.random)
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
            evicted = self._scheduler.offer(record, now)
            if not self._threads:
                self._spawn()
            elif self._scheduler.queue.has_news:
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
            self._scheduler.refuse(reason)

    def count_without_time(self) -> None:
        """Count an accepted event that has the time of its acceptance."""
        with self._changed:
            self._scheduler.count_without_time()

    def ensure_thread(self) -> None:
        """Start a delivery thread if there is none."""
        with self._changed:
            if not self._threads:
                self._spawn()

    # -- observers ---------------------------------------------------------------------------

    def stats(self) -> Stats:
        """Return the counters as they are at this moment."""
        with self._changed:
            return self._scheduler.stats()

    def progress(self) -> tuple[int, int]:
        """Return what changes as long as events that were given up are being reported."""
        return self.stats().pending, self.reporter.reported

    @property
    def is_failing(self) -> bool:
        """Whether the last attempt failed."""
        with self._changed:
            return self._scheduler.is_failing

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
            self._scheduler.begin_drain(now, hurries=hurries)
            if self._scheduler.pending() and not self._threads:
                self._spawn()
            self._changed.notify_all()
        return now

    def end_drain(self, *, hurries: bool = True) -> None:
        """Go back to filling batches."""
        with self._changed:
            self._scheduler.end_drain(hurries=hurries)

    def is_drained(self, mark: float) -> bool:
        """Tell whether everything accepted until `mark` has been settled."""
        with self._changed:
            return self._scheduler.oldest() > mark

    def abandon(self, detail: str) -> None:
        """Give up everything that is pending; threads that hang in an attempt are left behind."""
        with self._changed:
            self._scheduler.abandon(DropReason.SHUTDOWN_DEADLINE, detail)
            self._threads.clear()
            if self._scheduler.pending():
                self._spawn()
            self._changed.notify_all()

    def speak_up(self) -> None:
        """Have a thread say at once what there is to say: this one could be held up by it."""
        self.reporter.hurry()
        with self._changed:
            # One that is busy may be so with the disk.
            if self.reporter.has_more and not self._waiting:
                self._spawn()
            self._changed.notify_all()

    def close(self) -> None:
        """Take no events any more; once nothing is pending, threads end and connections close."""
        with self._changed:
            self.is_closed = True
            self._changed.notify_all()

    def run_here(self, deadline: float) -> None:
        """Do the threads' work in this thread, where there is no other and work is left."""
        mark_delivery_thread()
        try:
            while time.monotonic() < deadline:
                now = time.monotonic()
                task: Task | Reporter | float = self.reporter
                with self._changed:
                    if self._is_running():
                        return
                    if self.reporter.due > now:
                        if not self._scheduler.pending():
                            return
                        task = self._scheduler.take(now, time.time_ns())
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

    def _next_task(self) -> Task | Reporter | None:
        """Wait for something to do or to say; None ends this thread."""
        me = threading.current_thread()
        with self._changed:
            while me in self._threads:
                now = time.monotonic()
                if self.reporter.due <= now:
                    return self.reporter
                task = self._scheduler.take(now, time.time_ns())
                if not isinstance(task, float):
                    self._call_help()
                    return task
                if (self.is_closed and not self._scheduler.pending()) or (
                    not self._wait(min(task, self.reporter.due - now)) and self._may_end()
                ):
                    self._threads.discard(me)
        return None

    def _call_help(self) -> None:
        """Let another thread have what is left to send, and watch its clocks."""
        if self._scheduler.has_more():
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
        has_more = self._scheduler.pending() or self.reporter.due < math.inf
        return not has_more or self._waiting > 0

    def _perform(self, task: Task | Reporter) -> None:
        if isinstance(task, Failure):
            self._bury(task)
        elif isinstance(task, Batch):
            self._send(task)
        self.reporter.speak()

    def _send(self, batch: Batch) -> None:
        outcome = self._attempt(batch)
        with self._changed:
            self._scheduler.settle(batch, outcome, time.monotonic())
            notices, self._scheduler.notices = self._scheduler.notices, []
            losses, self._scheduler.losses = self._scheduler.losses, []
            self._changed.notify_all()
        for notice in notices:
            self.reporter.state(notice)
        for count, detail in losses:
            self.reporter.lost(count, detail)

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

        Counted last: once nothing is pending, everything has been reported.  Only the disk is
        waited for after that, once for all there is: it may be slower than a stop is long.
        """
        kept, reason = 0, failure.reason
        if self._dead_letters is not None:
            kept, reason = self._dead_letters.keep(self.reporter.name, failure)
        if kept:
            self.reporter.dead_lettered(kept, failure.reason, failure.detail)
        if kept < len(failure):
            self.reporter.dropped(failure.records[kept:], reason, failure.details()[kept:])
        with self._changed:
            self._scheduler.bury(failure, kept, reason)
            is_last = not self._scheduler.has_failures()
            self._changed.notify_all()
        if self._dead_letters is not None and is_last:
            try:
                self._dead_letters.sync()
            except OSError as error:
                self.reporter.file_in_doubt(f"it could not be synced to the disk: {error}")
