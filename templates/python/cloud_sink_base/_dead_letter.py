"""
The file that keeps refused records for a person; nothing here reads it again.

One JSON object a line: provider, reason, detail, attempts, the event's timestamp, the record as
text, as it would have travelled.  No credential is in a record, so none reaches the file.
"""

import os
import threading
from pathlib import Path

import orjson

from ._delivery import Failure
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
        lines = [_line(sink, failure, record) for record in failure.records]
        with self._lock:
            try:
                return self._append(lines), DropReason.DEAD_LETTER_FULL
            except OSError:
                return 0, DropReason.DEAD_LETTER_FAILED

    def _append(self, lines: list[bytes]) -> int:
        # A link planted at this place must not lead the events elsewhere.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(self.path, flags, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            kept: list[bytes] = []
            for line in lines:
                size += len(line)
                if size > self.max_bytes:
                    break
                kept.append(line)
            _write_all(descriptor, b"".join(kept))
            os.fsync(descriptor)
            return len(kept)
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


def _line(sink: str, failure: Failure, record: Record) -> bytes:
    entry = {
        "provider": sink,
        "reason": failure.reason.value,
        "detail": failure.detail,
        "attempts": failure.attempts,
        "timestamp": rfc3339_nanos(record.timestamp),
        "record": record.bytes.decode("utf-8", "replace"),
    }
    return orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE)


def _write_all(descriptor: int, data: bytes) -> None:
    """Write everything or take back what was written, so that no half line stays."""
    start = os.fstat(descriptor).st_size
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(descriptor, view) :]
    except OSError:
        os.ftruncate(descriptor, start)
        raise
