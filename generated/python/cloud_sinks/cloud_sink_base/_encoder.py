"""The provider's half of the encoding: event to record, records to body."""

import time
from typing import Protocol

from ._event import Event
from ._json import may_be_deep
from ._limits import Limits, Oversize
from ._record import Record, Records

# Stands where a message was cut.
_MARKER = "…[truncated]"


class Encoder(Protocol):
    """
    Turns events into records and records into a request body.

    ``encode`` runs where ``write`` runs, once per event; ``write_payload`` runs on the delivery
    thread, once per batch.
    """

    def encode(self, event: Event) -> tuple[bytes, str | None]:
        """
        Return one record and the name of its group, if the body has groups.

        May raise for a value JSON has no form for, as `dumps` does; it is then called again with
        `Event.cleaned`, for which it must not fail.
        """

    def write_payload(self, records: Records) -> bytes:
        """Return the body that carries ``records``, in their order, before compression."""


def encode_event(encoder: Encoder, event: Event, limits: Limits, now: int | None = None) -> Record:
    """
    Encode an event, by the rule of `_json` where the plain way fails, cut where it is too long.

    A record that is still too long is left to the worker, which dead-letters it.  ``now`` is in
    nanoseconds since 1970; None: the system's time.
    """
    if limits.clamp_age_seconds is not None or limits.clamp_ahead_seconds is not None:
        event = event.moved(limits.clamped(event.timestamp, time.time_ns() if now is None else now))
    try:
        data, group = encoder.encode(event)
        simple = event.is_flat or not may_be_deep(data)
    except Exception:  # noqa: BLE001  objects of the application can raise anything
        simple = False
    if not simple:
        event = event.cleaned()
        data, group = encoder.encode(event)
    if limits.oversize is Oversize.TRUNCATE and limits.is_too_long(data):
        excess = limits.counted(data) - limits.max_event_bytes
        data, group = _truncate(encoder, event, excess)
    # A copy: what orjson returns lies in a larger block, of which nobody else can use the rest.
    return Record(b"%b" % data, event.timestamp, group)


def json_array(records: Records, before: bytes = b"[", after: bytes = b"]") -> bytes:
    """Return ``[r,r,r]``, or a list that something else stands ``before`` and ``after``."""
    return enclosed(before, list(records.bytes), after)


def ndjson(records: Records) -> bytes:
    """Return one record per line, each line ended by a newline."""
    return b"\n".join([*records.bytes, b""])


def enclosed(before: bytes, items: list[bytes], after: bytes) -> bytes:
    """
    Return items with commas between them; the list is used up.

    The whole body is copied once: each copy of its size takes as long as compressing a part of it.
    """
    if not items:
        return before + after
    items[0] = before + items[0]
    items[-1] += after
    return b",".join(items)


def _truncate(encoder: Encoder, event: Event, excess: int) -> tuple[bytes, str | None]:
    """
    Encode an event again with a shorter message.

    A character never takes fewer bytes encoded than plain, so cutting the excess from the plain
    message cuts at least as much from the record.
    """
    message = event.message.encode()
    kept = message[: max(len(message) - excess - len(_MARKER.encode()), 0)]
    return encoder.encode(event.with_message(kept.decode("utf-8", "ignore") + _MARKER))
