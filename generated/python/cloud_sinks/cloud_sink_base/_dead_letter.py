"""
The file that keeps refused records for a person; nothing here reads it again.

One JSON object a line: provider, reason, detail, attempts, the event's timestamp, the record as
text, as it would have travelled.  No credential is in a record, so none reaches the file.  Several
sinks may share a file; each line names its provider.
"""

import os
import stat
import threading
from bisect import bisect_right
from itertools import accumulate
from pathlib import Path

import orjson

from ._job import Failure
from ._record import Record
from ._stats import DropReason
from ._timestamp import rfc3339_nanos


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

    def keep(self, sink: str, failure: Failure) -> tuple[int, DropReason]:
        """
        Append the records of a failure and wait until the disk has them.

        Returns:
            How many of the first records are in the file, and why the others are not.
        """
        try:
            lines = _lines(sink, failure)
            with self._lock:
                return self._append(lines), DropReason.DEAD_LETTER_FULL
        except (OSError, ValueError):  # a path with a null byte is a ValueError
            return 0, DropReason.DEAD_LETTER_FAILED

    def _append(self, lines: list[bytes]) -> int:
        """Append up to the first line that does not fit; return how many."""
        # A link planted at this place must not lead the events elsewhere, a pipe must not block.
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
        flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(self.path, flags, 0o600)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                message = "the dead-letter path is not a regular file"
                raise OSError(message)
            before = b"\n" if _ends_within_a_line(descriptor, found.st_size) else b""
            room = self.max_bytes - found.st_size - len(before)
            kept = bisect_right([*accumulate(map(len, lines))], room)
            if kept:
                _write_all(descriptor, before + b"".join(lines[:kept]))
                os.fsync(descriptor)
            return kept
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
    """Return a line for each record; what comes before the record is the same for most of them."""
    heads: dict[str, bytes] = {}
    lines = []
    records = failure.records
    for detail, data, stamp in zip(
        failure.details(), records.bytes, records.timestamps, strict=True
    ):
        head = heads.get(detail)
        if head is None:
            head = heads[detail] = _head(sink, failure, detail)
        text = orjson.dumps(data.decode("utf-8", "replace"))
        when = rfc3339_nanos(stamp).encode()
        lines.append(b'%b,"timestamp":"%b","record":%b}\n' % (head, when, text))
    return lines


def _head(sink: str, failure: Failure, detail: str) -> bytes:
    """Return the beginning of a line, without its closing brace."""
    entry = {
        "provider": sink,
        "reason": failure.reason.value,
        # A transport written by hand may quote anything, no text or a lone surrogate too.
        "detail": str(detail).encode("utf-8", "replace").decode(),
        "attempts": failure.attempts,
    }
    return orjson.dumps(entry)[:-1]


def _ends_within_a_line(descriptor: int, size: int) -> bool:
    """
    Tell whether a write was broken off there, by a full disk or a crash.

    What it left is kept, because a line of another sink may stand behind it; the next line must
    not continue it.
    """
    if size == 0:
        return False
    os.lseek(descriptor, -1, os.SEEK_END)
    return os.read(descriptor, 1) != b"\n"


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
