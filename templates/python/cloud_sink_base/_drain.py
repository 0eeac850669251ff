"""
The three moments at which fapilog leaves a sink alone with its events.

A logger's drain never calls ``stop``: it cancels what still runs on its event loop, so a task is
kept there that turns its cancellation into a flush.  A program that ends without a drain runs a
hook that waits until the logger's thread has handed over what it holds.  A forked child starts
anew.
"""

import asyncio
import atexit
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable
from typing import TypeVar

from ._quiet import mark_delivery_thread
from ._worker import Worker

T = TypeVar("T")

# A logger hands over a batch at the latest 0.25 s after the first event in it.
_QUIET_SECONDS = 0.6
_POLL_SECONDS = 0.005
# Standard error or a disk that takes nothing for so long keeps no program from ending.
_STUCK_SECONDS = 2.0
# Connections that take longer to close are left to the system.
_CLOSE_SECONDS = 1.0

_workers: weakref.WeakSet[Worker] = weakref.WeakSet()


def register(worker: Worker) -> None:
    """Have a worker drained at the end of the program and reset in a forked child."""
    _workers.add(worker)


async def flush(
    worker: Worker, seconds: float, *, hurries: bool = True, through_cancellation: bool = False
) -> bool:
    """
    Deliver what was accepted until now.

    Args:
        worker:
            Whose events.
        seconds:
            Longest to wait.  What is left then stays pending.
        hurries:
            Cut waits for retries short, because the end is near.
        through_cancellation:
            Go on until then even when cancelled again.

    Returns:
        Whether everything was settled.
    """
    deadline = time.monotonic() + seconds
    mark = worker.begin_drain(hurries=hurries)
    try:
        while not worker.is_drained(mark):
            if time.monotonic() >= deadline:
                return False
            try:
                await asyncio.sleep(_POLL_SECONDS)
            except asyncio.CancelledError:
                if not through_cancellation:
                    raise
        return True
    finally:
        worker.end_drain(hurries=hurries)


async def in_thread(work: Callable[[], T], seconds: float) -> T:
    """
    Run something that blocks, in a thread of its own.

    Not the loop's executor: that one is joined at the end of the program, however long it hangs.

    Raises:
        TimeoutError: It took longer; the thread is left behind.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: Exception | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        mark_delivery_thread()
        result, failure = None, None
        try:
            result = work()
        except Exception as error:  # noqa: BLE001  handed to whoever waits
            failure = error
        try:
            loop.call_soon_threadsafe(settle, result, failure)
        except RuntimeError:
            return  # the loop was closed meanwhile

    threading.Thread(target=run, daemon=True).start()
    return await asyncio.wait_for(done, seconds)


async def flush_when_cancelled(worker: Worker) -> None:
    """Sleep until a drain cancels this task, then flush."""
    try:
        await asyncio.get_running_loop().create_future()
    except asyncio.CancelledError:
        seconds = worker.config.drain_timeout_seconds
        await flush(worker, seconds, through_cancellation=True)


def _at_exit() -> None:
    """Deliver what the sinks of this process hold or are about to get, then close them."""
    workers = [worker for worker in _workers if not worker.is_closed]
    try:
        _deliver(workers)
    except KeyboardInterrupt:
        # Whoever interrupts the end does not want to wait; what was not sent is still told.
        for worker in workers:
            worker.close()
            _give_up(worker)
        raise


def _deliver(workers: list[Worker]) -> None:
    _wait_until_quiet(workers, time.monotonic())
    for worker in workers:
        worker.begin_drain()
    began = time.monotonic()
    for worker in workers:
        # Threads have worked for all sinks at once; a sink without any begins here.
        _finish(worker, began if worker.is_running() else time.monotonic())


def _wait_until_quiet(workers: list[Worker], started: float) -> None:
    """
    Wait until the loggers have handed over their events.

    Their threads still run.  A sink whose event loops have all been drained waits for nobody.
    """
    limit = started + max((w.config.exit_timeout_seconds for w in workers), default=0.0)
    writes = {worker: worker.last_write for worker in workers}
    # Counted by looks, not by the clock: while a machine stands still, the loggers do too.
    quiet = dict.fromkeys(workers, 0.0)
    while time.monotonic() < limit:
        if all(w.loops.have_ended() or quiet[w] >= _QUIET_SECONDS for w in workers):
            return
        time.sleep(_POLL_SECONDS)
        for worker in workers:
            quiet[worker] += _POLL_SECONDS
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
        time.sleep(_POLL_SECONDS)


def _give_up(worker: Worker) -> None:
    """Dead-letter or report what is pending."""
    if worker.stats().pending:
        worker.abandon("the program ended")
        _wait_until_reported(worker)


def _wait_until_reported(worker: Worker) -> None:
    """Wait until all that was given up is reported, as long as that goes on."""
    reported, stuck = -1, 0.0
    while worker.stats().pending and stuck < _STUCK_SECONDS:
        if reported != worker.reporter.reported:
            reported, stuck = worker.reporter.reported, 0.0
        worker.run_here(time.monotonic() + _POLL_SECONDS)
        time.sleep(_POLL_SECONDS)
        stuck += _POLL_SECONDS


def _work_off(worker: Worker, deadline: float) -> None:
    while worker.stats().pending and time.monotonic() < deadline:
        worker.run_here(deadline)
        time.sleep(_POLL_SECONDS)


def _after_fork() -> None:
    for worker in list(_workers):
        worker.reset()
    _hook_into_multiprocessing()


def _hook_into_multiprocessing() -> None:
    """
    Have a child of multiprocessing call the hook: it ends without the interpreter's own.

    It first forgets the finalizers it was born with, then calls what is registered for a fork.
    """
    process = sys.modules.get("multiprocessing.process")
    util = sys.modules.get("multiprocessing.util")
    if util is None or process is None:
        return
    util.register_after_fork(register, _finalize)
    if process.parent_process() is not None:
        _finalize(register)


def _finalize(_: object) -> None:
    sys.modules["multiprocessing.util"].Finalize(None, _at_exit, exitpriority=0)


# Registered when this module is imported, which is before a logger registers its own hook: hooks
# run in reverse order, so the logger has given up by the time this one starts.
atexit.register(_at_exit)
_hook_into_multiprocessing()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
