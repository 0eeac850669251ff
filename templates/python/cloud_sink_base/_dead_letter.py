"""
The file that keeps events which cannot be delivered, for a person to look at.

One JSON object a line, the same in every language: provider, reason, status, detail, attempts, the
times of the first and the last of these, the entry.  Readable by its owner alone, never beyond its
size.  Several sinks may share a file; each line names its provider.  The generator's
``dead-letter`` command lists what is in it and sends it again.
"""

import os
import re
import threading
import time
from bisect import bisect_right
from itertools import accumulate
from pathlib import Path

import orjson

from ._job import Failure
from ._private_file import opened
from ._record import Record
from ._stats import DropReason
from ._timestamp import rfc3339_nanos

# Characters of a detail that are kept; transports quote less.
_DETAIL_CHARS = 500

# The status that a detail begins with, of a request or of one event.
_STATUS = re.compile(r"(?:HTTP|status) ([0-9]{3})(?![0-9])")


class DeadLetterFile:
    """
    Appends records; created on first use, readable by its owner only.

    Attributes:
        path: The file.
        max_bytes: Size it does not exceed.
    """

    def __init__(self, path: Path, max_bytes: int) -> None:
        self.path = path
        self.max_bytes = max_bytes
        self._lock = threading.Lock()
        # The file that was appended to since the last sync.
        self._unsynced: int | None = None

    def keep(self, sink: str, failure: Failure) -> tuple[int, DropReason]:
        """
        Append the records of a failure.

        Those in the file outlive the process, and a loss of power after the next `sync`.

        Returns:
            How many of the first records are in the file, and why the others are not.
        """
        try:
            lines = _lines(sink, failure)
            with self._lock:
                return self._append(lines)
        except (OSError, ValueError):  # a path with a null byte is a ValueError
            return 0, DropReason.DEAD_LETTER_FAILED

    def _append(self, lines: list[bytes]) -> tuple[int, DropReason]:
        """Append up to the first line that does not fit."""
        with opened(self.path) as file:
            if file.ends_within_a_line():
                lines[0] = b"\n" + lines[0]
            ends = [*accumulate(map(len, lines))]
            fit = bisect_right(ends, self.max_bytes - file.size)
            kept = file.append(b"".join(lines[:fit]), ends[:fit])
            if kept:
                if self._unsynced is not None:
                    os.close(self._unsynced)
                self._unsynced = file.to_sync()
        return kept, DropReason.DEAD_LETTER_FULL if kept == fit else DropReason.DEAD_LETTER_FAILED

    def sync(self) -> None:
        """
        Wait until the disk has what was appended.  Appends go on meanwhile.

        Raises:
            OSError: The disk does not take it.
        """
        with self._lock:
            descriptor, self._unsynced = self._unsynced, None
        if descriptor is not None:
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def readable(record: Record) -> object:
    """Return a record as JSON where it is JSON, else as text; lines within a list are unfolded."""
    try:
        value = orjson.loads(record.bytes)
    except orjson.JSONDecodeError:
        return record.bytes.decode("utf-8", "replace")
    if isinstance(value, list):
        return [_unfold(item) for item in value]
    return value


def _unfold(item: object) -> object:
    if isinstance(item, str) and item.startswith("{"):
        try:
            return orjson.loads(item)
        except orjson.JSONDecodeError:
            return item
    return item


def _lines(sink: str, failure: Failure) -> list[bytes]:
    """Return a line for each record; what comes before the entry is the same for most of them."""
    entries = failure.records.entries
    if not failure.each:
        head = _head(sink, failure, failure.detail)
        return [b"%b%b}\n" % (head, entry or b"null") for entry in entries]
    heads: dict[str, bytes] = {}
    lines = []
    for detail, entry in zip(failure.each, entries, strict=True):
        head = heads.get(detail) or heads.setdefault(detail, _head(sink, failure, detail))
        lines.append(b"%b%b}\n" % (head, entry or b"null"))
    return lines


def _head(sink: str, failure: Failure, detail: str) -> bytes:
    """Return the beginning of a line, up to the entry."""
    # A transport written by hand may quote anything, no text or a lone surrogate too.
    text = str(detail).encode("utf-8", "replace").decode()
    status = _STATUS.match(text)
    line = {
        "provider": sink,
        "reason": failure.reason.value,
        "status": int(status[1]) if status else None,
        "detail": text[:_DETAIL_CHARS],
        "attempts": failure.attempts,
        "first_attempt": _time_of_day(failure.first_attempt),
        "last_attempt": _time_of_day(failure.last_attempt),
    }
    return orjson.dumps(line)[:-1] + b',"entry":'


def _time_of_day(moment: float | None) -> str | None:
    """Return a moment on the sink's monotonic clock as RFC 3339."""
    if moment is None:
        return None
    return rfc3339_nanos(time.time_ns() - round((time.monotonic() - moment) * 1e9))
