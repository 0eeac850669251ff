"""
Threads beside the delivery threads: for what blocks, and for the end of the program.

Python 3.12 starts no thread while it is ending.  Delivering in the thread that ends the program
could hold it up for as long as an attempt takes.
"""

import asyncio
import sys
import threading
import weakref
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeVar

from ._reporter import mark_delivery_thread

T = TypeVar("T")

SPARE_IS_NEEDED = sys.version_info[:2] == (3, 12)


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


def spare_for(owner: object, name: str) -> "Spare | None":
    """Return a thread for the end of the program, where one will be needed."""
    if not SPARE_IS_NEEDED:
        return None
    try:
        return Spare(owner, name)
    except RuntimeError:  # the end has come
        return None


class Spare(threading.Thread):
    """
    A thread that waits for one piece of work.

    It ends with its owner, which it does not keep alive.
    """

    def __init__(self, owner: object, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._work: SimpleQueue[Callable[[], None]] = SimpleQueue()
        weakref.finalize(owner, self._work.put, _nothing).atexit = False
        self.start()

    def hand(self, work: Callable[[], None]) -> None:
        """Have the thread do its work."""
        self._work.put(work)

    def run(self) -> None:
        """Wait for the work and do it."""
        self._work.get()()


def _nothing() -> None:
    return
