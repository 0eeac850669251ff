"""
What this package knows of fapilog's loggers that fapilog does not tell: two things it cannot do.

A logger hands over its events when its own clock says so, and a forked child has its loggers but
none of their threads.  Both are private to fapilog.  Where a release has changed them, nothing is
done here, and a program needs the recipes of `docs/processes.md` instead.
"""

import asyncio
import threading
from collections.abc import Callable, Iterable
from typing import Any

from fapilog.core import shutdown

# What is looked at, and what a logger looks like before its first event.
_HANDING_OVER = ("_worker_loop", "_flush_event", "_flush_done_event")
_UNSTARTED: dict[str, Callable[[], object]] = {
    "_worker_loop": lambda: None,
    "_worker_thread": lambda: None,
    "_worker_tasks": list,
    "_thread_ready": threading.Event,
}


def loggers_of(sinks: Iterable[object]) -> list[Any]:
    """Return the loggers that write to any of some sinks."""
    wanted = {id(sink) for sink in sinks}
    return [
        logger
        for logger in list(getattr(shutdown, "_registered_loggers", ()))
        if wanted.intersection(map(id, getattr(logger, "_sinks", ())))
    ]


async def hand_over(logger: Any) -> None:  # noqa: ANN401  a facade of fapilog's
    """Have a logger write what it holds; return when its sinks have it."""
    loop, flush, done = (getattr(logger, name, None) for name in _HANDING_OVER)
    if loop is None or flush is None or done is None or loop is asyncio.get_running_loop():
        return

    async def on_its_loop() -> None:
        done.clear()
        flush.set()
        await done.wait()

    handing = on_its_loop()
    try:
        future = asyncio.run_coroutine_threadsafe(handing, loop)
    except RuntimeError:  # it was drained meanwhile
        handing.close()
        return
    await asyncio.wrap_future(future)


def revive(logger: Any) -> bool:  # noqa: ANN401  a facade of fapilog's
    """
    Have a logger that a forked child was born with start again with its next event.

    What it holds is the parent's, which will write it.
    """
    queue = getattr(logger, "_queue", None)
    if queue is None or not all(hasattr(logger, name) for name in _UNSTARTED):
        return False
    try:
        empty = _emptied(queue)
    except (AttributeError, TypeError):
        return False
    logger._queue = empty  # noqa: SLF001
    for name, make in _UNSTARTED.items():
        setattr(logger, name, make())
    return True


def _emptied(queue: Any) -> object:  # noqa: ANN401  fapilog's
    """Return a queue like another: that one's locks may be held for ever."""
    return type(queue)(
        main_capacity=queue._main.capacity,  # noqa: SLF001
        protected_capacity=queue.protected_capacity,
        protected_levels=queue._protected_levels,  # noqa: SLF001
    )
