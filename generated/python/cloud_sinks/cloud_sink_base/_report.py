"""
What fapilog hears from a sink after ``write`` has returned.

An event given up later goes to fapilog's own fallback, the redacted line on standard error that a
failing ``write`` leads to as well.  What a person has to correct is a Python warning, said once.
Everything else is a diagnostic, which fapilog prints only with
``FAPILOG_CORE__INTERNAL_LOGGING_ENABLED=true``.
"""

import contextlib
import traceback
import warnings
from collections.abc import Sequence
from typing import Any

from fapilog.core import diagnostics
from fapilog.core.errors import SinkWriteError
from fapilog.plugins.sinks import fallback

from ._dead_letter import readable
from ._record import Record
from ._stats import DropReason


class DeliveryError(SinkWriteError):
    """An accepted event was given up."""


class Reporter:
    """
    Speaks for one sink; usable from any thread, with or without an event loop.

    Attributes:
        name: The sink's name.
        reported: Events handed to fapilog's fallback, by any thread; tells whether that goes on.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.reported = 0
        self._mistakes: set[str] = set()

    def dropped(
        self, records: Sequence[Record], reason: DropReason, details: Sequence[str]
    ) -> None:
        """Hand events that were given up to fapilog's fallback, and say how many."""
        for record, detail in zip(records, details, strict=True):
            text = f"{reason.value}: {detail}"
            error = DeliveryError(f"{self.name} dropped an event: {text}", sink_name=self.name)
            entry = {"sink": self.name, "error": text, "record": readable(record)}
            _run(fallback.handle_sink_write_failure(entry, sink=self, error=error))
            self.reported += 1
        self.warn(f"dropped {len(records)} events", reason=reason.value, error=details[0])

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
        if text in self._mistakes:
            return
        self._mistakes.add(text)
        self.warn(text + details, reason=text)
        with contextlib.suppress(Exception):
            warnings.warn(f"{self.name}: {text}{details}", RuntimeWarning, stacklevel=3)


def where_raised(error: BaseException) -> str:
    """Return the file and line an exception comes from."""
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    return f"{frame.f_code.co_filename}:{line}"


def _run(coroutine: Any) -> None:  # noqa: ANN401  a coroutine of fapilog's
    """
    Run a coroutine that never waits.

    The fallback only writes to standard error.  An event loop for that could not be had while the
    interpreter is ending.
    """
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
