"""How records stand together in one body, beyond a plain list."""

from collections.abc import Sequence
from dataclasses import replace

import orjson

from ..cloud_sink_base import Records, dumps

# The place of the records. Of all values only this one makes a null byte in JSON text.
RECORDS = orjson.Fragment(b"[\0]")


def split_envelope(envelope: object) -> tuple[bytes, bytes]:
    """Return what stands before and after the records in the JSON text of an envelope."""
    before, _, after = dumps(envelope).partition(b"\0")
    return before, after


def numbered(records: Records, key: str) -> Records:
    """Return records that begin with ``key`` and their position in the request, as text."""
    start = b"{%b:" % dumps(key)
    bodies = [
        b'%b"%d"%b%b' % (start, place, b"" if data == b"{}" else b",", data[1:])
        for place, data in enumerate(records.bytes)
    ]
    return replace(records, bytes=bodies)


def lines(records: Records, before: bytes = b"", after: bytes = b"") -> bytes:
    """Return one record after the other, each between the same bytes."""
    return b"".join([before + data + after for data in records.bytes])


def shared_values(records: Records, count: int) -> Sequence[str | None]:
    """Return the values that the events of a request share, as their encoder wrote them."""
    group = records.groups[0] if records.groups else None
    values: list[str | None] = [None] * count if group is None else orjson.loads(group)
    return values
