"""One background task on each event loop that uses a sink."""

import asyncio
import threading
import weakref
from collections.abc import Callable, Coroutine
from typing import Any


class Loops:
    """
    The event loops seen so far, each with its task.

    fapilog writes from the loop of a logger's thread; applications and self-tests from their own.
    """

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []
        self._lock = threading.Lock()
        self._last_loop: Callable[[], object] = _no_loop

    async def watch(self, make: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Make sure the loop this runs on has a task, and that the task has begun."""
        loop = asyncio.get_running_loop()
        with self._lock:
            self._tasks = [task for task in self._tasks if not _has_ended(task)]
            if all(task.get_loop() is not loop for task in self._tasks):
                task = loop.create_task(make())
                # A loop that is closed with the task pending is no reason for a warning.
                task._log_destroy_pending = False  # type: ignore[attr-defined]  # noqa: SLF001
                task.add_done_callback(self._on_done)
                self._tasks.append(task)
            self._last_loop = weakref.ref(loop)
        # A task that is cancelled before its first step never learns of it.
        await asyncio.sleep(0)

    def is_watched(self) -> bool:
        """Tell whether nothing is left to do for the running loop, as nearly always."""
        return self._last_loop() is asyncio.get_running_loop()

    def are_others_open(self) -> bool:
        """Tell whether another loop than the running one may write, and will be drained."""
        running = asyncio.get_running_loop()
        with self._lock:
            return any(
                task.get_loop() is not running and not _has_ended(task) for task in self._tasks
            )

    def have_ended(self) -> bool:
        """Tell whether loops were seen and all of them were drained or closed."""
        with self._lock:
            return bool(self._tasks) and all(_has_ended(task) for task in self._tasks)

    def _on_done(self, task: "asyncio.Task[None]") -> None:
        # The loop may go on after its tasks were cancelled; the next write needs a new one.
        del task
        self._last_loop = _no_loop


def _no_loop() -> None:
    return None


def _has_ended(task: "asyncio.Task[None]") -> bool:
    return task.done() or task.get_loop().is_closed()
