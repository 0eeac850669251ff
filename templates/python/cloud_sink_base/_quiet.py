"""
Keeps what the sink's own libraries log out of the application's log.

An HTTP library logs each request.  Where standard logging is bridged to fapilog, every batch would
become another event, without end.
"""

import logging
import threading

_own_threads = threading.local()


class _OwnThreads(logging.Filter):
    """Lets records pass unless a delivery thread made them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the record may pass; `record` itself does not matter."""
        del record
        return not getattr(_own_threads, "delivering", False)


_FILTER = _OwnThreads()


def mark_delivery_thread() -> None:
    """Say that the current thread belongs to a sink."""
    _own_threads.delivering = True


def unmark_delivery_thread() -> None:
    """Say that the current thread is the application's again."""
    _own_threads.delivering = False


def mute_own_requests(*libraries: str) -> None:
    """
    Stop loggers from passing on what delivery threads log.

    A filter works only on the logger it is attached to, so every logger below the given names
    that exists by now gets it: call this after the library's client was made.
    """
    for name in list(logging.root.manager.loggerDict):
        if name.split(".", 1)[0] in libraries:
            logger = logging.getLogger(name)
            if _FILTER not in logger.filters:
                logger.addFilter(_FILTER)
