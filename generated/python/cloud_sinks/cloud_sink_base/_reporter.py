"""
What a person hears from a sink after ``write`` has returned, at a rate a person can read.

All of it goes to fapilog's own fallback, the redacted line on standard error that a failing
``write`` leads to as well: it is seen without a switch, and never leads through the sink.  Events
that were given up are shown whole, the first few of a kind; the others are counted in a line that
comes at most every ten seconds, as do changes of state.  What a person has to correct in code is a
Python warning, said once.  Everything else is a diagnostic, which fapilog prints only with
``FAPILOG_CORE__INTERNAL_LOGGING_ENABLED=true``.
"""

import contextlib
import logging
import math
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from fapilog.core import diagnostics
from fapilog.core.errors import SinkWriteError
from fapilog.plugins.sinks import fallback

from ._dead_letter import readable
from ._record import Record
from ._stats import DropReason, Undelivered
from ._timestamp import rfc3339_millis

# Shortest time between two lines of a sink about itself.
_QUIET_SECONDS = 10.0
# Events of one kind that are shown whole within that time.
_SHOWN_WHOLE = 10


class DeliveryError(SinkWriteError):
    """An accepted event was given up."""


class Reporter:
    """
    Speaks for one sink; usable from any thread, with or without an event loop.

    Attributes:
        name: The sink's name.
        reported: Lines written, by any thread; tells whether that goes on.
        listener: Called with what was given up, on a delivery thread.
        due: When `speak` has something to say, on the monotonic clock; infinite: nothing.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._told: set[str] = set()
        self.listener: Callable[[Undelivered], None] | None = None
        self.reset()

    def reset(self) -> None:
        """Start from nothing: at the beginning, and in a forked child."""
        self._lock = threading.Lock()
        self.reported = 0
        self.due = math.inf
        self._speaking = 0
        self._spoke = -math.inf
        self._state = self._said = ""
        self._sums: dict[str, tuple[int, str]] = {}
        self._whole: dict[DropReason, tuple[float, int]] = {}

    def dropped(
        self, records: Sequence[Record], reason: DropReason, details: Sequence[str]
    ) -> None:
        """Show the first events of a kind that were given up, and count the others."""
        count = len(records)
        self._call(reason, count, details[0], is_kept=False)
        with self._lock:
            whole = self._admit(reason, count)
            if count > whole:
                self._add(f"dropped {{}} more events, {reason.value}", count - whole, details[-1])
        for record, detail in islice(zip(records, details, strict=True), whole):
            text = f"{reason.value}: {detail}"
            _to_fallback({"sink": self.name, "error": text, "record": readable(record)}, self)

    def dead_lettered(self, count: int, reason: DropReason, detail: str) -> None:
        """Count events that are in the dead-letter file."""
        self._call(reason, count, detail, is_kept=True)
        with self._lock:
            self._add(f"dead-lettered {{}} events, {reason.value}", count, detail)

    def file_in_doubt(self, detail: str) -> None:
        """Note that what was dead-lettered last may not be on the disk."""
        with self._lock:
            self._add("the dead-letter file may not be on the disk", 0, detail)

    def lost(self, count: int, detail: str) -> None:
        """Note events of which nobody knows which they are."""
        self._call(DropReason.UNCERTAIN, count, detail, is_kept=False)

    def state(self, text: str) -> None:
        """Note a change of state; of several within a short time the latest is said."""
        with self._lock:
            self._state = text
            self._plan()

    def hurry(self) -> None:
        """Let what there is to say be due: the end is near."""
        with self._lock:
            if self.due < math.inf:
                self.due = -math.inf

    @property
    def has_more(self) -> bool:
        """Whether there is something to say that is not written yet."""
        return self.due < math.inf or self._speaking > 0

    def speak(self) -> None:
        """Say what there is to say, if it is time."""
        if self.due == math.inf:
            return
        with self._lock:
            now = time.monotonic()
            if now < self.due:
                return
            self.due = math.inf
            said = [text.format(f"{n:,}") + f": {why}" for text, (n, why) in self._sums.items()]
            if self._state != self._said:
                said.insert(0, self._state)
                self._said = self._state
            self._sums.clear()
            if not said:
                return
            self._spoke = now
            self._speaking += 1
        self._line("; ".join(said))
        with self._lock:
            self._speaking -= 1

    def tell(self, text: str) -> None:
        """Say once what is wrong with the settings."""
        if text not in self._told:
            self._told.add(text)
            self._line(text)

    def warn(self, message: str, **fields: object) -> None:
        """Emit a diagnostic, at most a few a second for each reason."""
        key = f"{self.name}-sink-{fields.get('reason', message)}"
        # Looked up at the call: tests replace it.
        diagnostics.warn(f"{self.name}-sink", message, _rate_limit_key=key, **fields)

    def mistake(self, text: str, details: str = "") -> None:
        """
        Say once, where it is seen without a switch, what no waiting will repair.

        Not through `logging`, which may lead into this sink.  Where warnings are errors it stays a
        diagnostic: a delivery thread has nobody to raise them for.
        """
        if text in self._told:
            return
        self._told.add(text)
        self.warn(text + details, reason=text)
        with contextlib.suppress(Exception):
            warnings.warn(f"{self.name}: {text}{details}", RuntimeWarning, stacklevel=3)

    def _call(self, reason: DropReason, count: int, detail: str, *, is_kept: bool) -> None:
        if self.listener is None:
            return
        try:
            self.listener(Undelivered(self.name, reason, count, detail, is_kept))
        except Exception as error:  # noqa: BLE001  the application's; delivery goes on
            self.mistake(f"`on_undelivered` raised {type(error).__name__}")

    # -- with the lock held ------------------------------------------------------------------

    def _admit(self, reason: DropReason, count: int) -> int:
        """Return how many of so many events to show whole."""
        now = time.monotonic()
        began, shown = self._whole.get(reason, (-math.inf, 0))
        if now >= began + _QUIET_SECONDS:
            began, shown = now, 0
        whole = min(count, _SHOWN_WHOLE - shown)
        self._whole[reason] = began, shown + whole
        return whole

    def _add(self, text: str, count: int, detail: str) -> None:
        before, _ = self._sums.get(text, (0, ""))
        self._sums[text] = before + count, detail
        self._plan()

    def _plan(self) -> None:
        if self.due == math.inf:
            self.due = max(time.monotonic(), self._spoke + _QUIET_SECONDS)

    # -- writing -----------------------------------------------------------------------------

    def _line(self, text: str) -> None:
        stamp = rfc3339_millis(time.time_ns())
        line = {"timestamp": stamp, "level": "WARNING", "sink": self.name, "message": text}
        _to_fallback(line, self)


def where_raised(error: BaseException) -> str:
    """Return the file and line an exception comes from."""
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    return f"{frame.f_code.co_filename}:{line}"


def _to_fallback(line: dict[str, Any], reporter: Reporter) -> None:
    """
    Print a line as fapilog does.

    The fallback's coroutine never waits.  An event loop for it could not be had while the
    interpreter is ending.
    """
    error = DeliveryError(f"{reporter.name} gave up an event", sink_name=reporter.name)
    coroutine = fallback.handle_sink_write_failure(line, sink=reporter, error=error)
    try:
        coroutine.send(None)
    except StopIteration:
        reporter.reported += 1
        return
    coroutine.close()


# -- what the sink's own libraries log -------------------------------------------------------------
#
# An HTTP library logs each request.  Where standard logging is bridged to fapilog, every batch
# would become another event, without end.

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
