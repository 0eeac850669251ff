"""
Drains: delivering what a sink holds because somebody waits for it.

fapilog never calls ``stop``: a logger that is drained cancels what still runs on its event loop, so
a task is kept there that turns its cancellation into a flush.  Whatever follows may end the process
without another word, so that what the flush could not deliver is given up, and reported, first.
"""

import asyncio
import time
from collections.abc import Callable, Iterator

from ._worker import Worker

POLL_SECONDS = 0.005
# Standard error or a disk that takes nothing for so long keeps nobody from ending.
_STUCK_SECONDS = 2.0


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
            await _pause(through_cancellation=through_cancellation)
        return True
    finally:
        worker.end_drain(hurries=hurries)


async def give_up(worker: Worker, why: str, *, through_cancellation: bool = False) -> None:
    """Dead-letter or report what is pending."""
    worker.abandon(why)
    for _ in reporting(worker):
        await _pause(through_cancellation=through_cancellation)


async def speak_up(worker: Worker, *, through_cancellation: bool = False) -> None:
    """Have everything said that waits to be said."""
    for _ in speaking(worker):
        await _pause(through_cancellation=through_cancellation)


def reporting(worker: Worker) -> Iterator[None]:
    """Wait, where the caller pauses, until all that was given up is reported."""
    return _as_long_as(worker, lambda: worker.stats().pending > 0)


def speaking(worker: Worker) -> Iterator[None]:
    """Wait, where the caller pauses, until everything is said."""
    worker.speak_up()
    return _as_long_as(worker, lambda: worker.reporter.has_more)


def _as_long_as(worker: Worker, condition: Callable[[], bool]) -> Iterator[None]:
    """Yield as long as a condition holds, unless nothing moves any more."""
    progress, stuck = worker.progress(), 0.0
    while condition() and stuck < _STUCK_SECONDS:
        yield
        stuck += POLL_SECONDS
        if progress != worker.progress():
            progress, stuck = worker.progress(), 0.0


async def flush_when_cancelled(worker: Worker) -> None:
    """Sleep until a drain cancels this task, then flush."""
    try:
        await asyncio.get_running_loop().create_future()
    except asyncio.CancelledError:
        seconds = worker.config.drain_timeout_seconds
        is_done = await flush(worker, seconds, through_cancellation=True)
        # While another logger uses the sink, its own drain is still to come.
        if not is_done and not worker.loops.are_others_open():
            await give_up(worker, "the time of its drain was over", through_cancellation=True)
        await speak_up(worker, through_cancellation=True)


async def _pause(*, through_cancellation: bool) -> None:
    try:
        await asyncio.sleep(POLL_SECONDS)
    except asyncio.CancelledError:
        if not through_cancellation:
            raise
