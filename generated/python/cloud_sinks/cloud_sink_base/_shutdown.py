"""
The end of a program that nobody drained.

A hook waits until the loggers' threads, which still run, have handed over what they hold, delivers
it, and gives up what is left when the time is over.  A signal that comes meanwhile waits for it: a
handler of fapilog's would drain its loggers, which fails at that time, and end the program.
"""

import atexit
import signal
import threading
import time
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import FrameType

from ._drain import POLL_SECONDS, reporting, speaking
from ._worker import Worker

# A logger hands over a batch at the latest 0.25 s after the first event in it.
_QUIET_SECONDS = 0.6
# Connections that take longer to close are left to the system.
_CLOSE_SECONDS = 1.0

workers: weakref.WeakSet[Worker] = weakref.WeakSet()
"""Those of the sinks of this process."""


class _ImpatientError(BaseException):
    """Whoever interrupts the end, or ends the program twice, does not want to wait."""


def finish_all() -> None:
    """Deliver what the sinks of this process hold or are about to get, then close them."""
    still_open = [worker for worker in workers if not worker.is_closed]
    if not still_open:
        return
    with _signals_wait():
        try:
            _deliver(still_open)
        except _ImpatientError:
            # What was not sent is still told.
            for worker in still_open:
                worker.close()
                _give_up(worker)


def outlast_sigterm() -> None:
    """
    Have SIGTERM find a forked child's events delivered, even where its end has begun.

    Between the end of threads and the hook a drain of fapilog's fails: it starts a thread.
    """
    theirs = signal.getsignal(signal.SIGTERM)
    if not callable(theirs):
        return

    def ours(number: int, frame: FrameType | None) -> None:
        if not _are_threads_startable():
            finish_all()
        theirs(number, frame)

    signal.signal(signal.SIGTERM, ours)


def _are_threads_startable() -> bool:
    with ThreadPoolExecutor(max_workers=1) as executor:
        try:
            executor.submit(int)
        except RuntimeError:
            return False
    return True


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Hold signals that end the program until this is over; only the main thread gets any."""
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        del frame
        came.append(number)
        if number == signal.SIGINT or len(came) > 1:
            raise _ImpatientError

    theirs = {}
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            handler = signal.getsignal(number)
            if handler not in (signal.SIG_IGN, None):
                theirs[number] = signal.signal(number, note)
    try:
        yield
    finally:
        for number, handler in theirs.items():
            signal.signal(number, handler)
    if came:
        signal.raise_signal(came[0])


def _deliver(open_workers: list[Worker]) -> None:
    _wait_until_quiet(open_workers, time.monotonic())
    for worker in open_workers:
        worker.begin_drain()
    began = time.monotonic()
    for worker in open_workers:
        # Threads have worked for all sinks at once; a sink without any begins here.
        _finish(worker, began if worker.is_running() else time.monotonic())


def _wait_until_quiet(open_workers: list[Worker], started: float) -> None:
    """
    Wait until the loggers have handed over their events.

    Their threads still run.  A sink whose event loops have all been drained waits for nobody.
    """
    limit = started + max((w.config.exit_timeout_seconds for w in open_workers), default=0.0)
    writes = {worker: worker.last_write for worker in open_workers}
    # Counted by looks, not by the clock: while a machine stands still, the loggers do too.
    quiet = dict.fromkeys(open_workers, 0.0)
    while time.monotonic() < limit:
        if all(w.loops.have_ended() or quiet[w] >= _QUIET_SECONDS for w in open_workers):
            return
        time.sleep(POLL_SECONDS)
        for worker in open_workers:
            quiet[worker] += POLL_SECONDS
            if writes[worker] != worker.last_write:
                writes[worker], quiet[worker] = worker.last_write, 0.0


def _finish(worker: Worker, began: float) -> None:
    """Deliver until the sink's time is over, close it, give up what is left."""
    deadline = began + worker.config.exit_timeout_seconds
    _work_off(worker, deadline)
    worker.close()
    _work_off(worker, deadline)
    _give_up(worker)
    closed = time.monotonic() + _CLOSE_SECONDS
    while not worker.is_idle() and time.monotonic() < closed:
        time.sleep(POLL_SECONDS)


def _give_up(worker: Worker) -> None:
    """Dead-letter or report what is pending."""
    if worker.stats().pending:
        worker.abandon("the program ended")
        _pause_while(worker, reporting(worker))
    _pause_while(worker, speaking(worker))


def _pause_while(worker: Worker, going_on: Iterator[None]) -> None:
    for _ in going_on:
        worker.run_here(time.monotonic() + POLL_SECONDS)
        time.sleep(POLL_SECONDS)


def _work_off(worker: Worker, deadline: float) -> None:
    while worker.stats().pending and time.monotonic() < deadline:
        worker.run_here(deadline)
        time.sleep(POLL_SECONDS)


# Registered when this module is imported, which is before a logger registers its own hook: hooks
# run in reverse order, so the logger has given up by the time this one starts.
atexit.register(finish_all)
