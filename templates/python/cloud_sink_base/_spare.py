"""
A thread kept for the end of the program.

Python 3.12 starts none while it is ending.  Delivering in the thread that ends the program could
hold it up for as long as an attempt takes.
"""

import sys
import threading
import weakref
from collections.abc import Callable
from queue import SimpleQueue

IS_NEEDED = sys.version_info[:2] == (3, 12)


def spare_for(owner: object, name: str) -> "Spare | None":
    """Return a thread for the end of the program, where one will be needed."""
    if not IS_NEEDED:
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
