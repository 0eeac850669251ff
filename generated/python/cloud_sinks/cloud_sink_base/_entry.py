"""
Entries of other shapes than fapilog's, brought into the parts of an event.

docs/events.md of the generator has the rule as a table.  Nothing raises and nothing is lost: what
cannot be read where it stands goes to ``data``.
"""

import time as clock
from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple

import orjson

from ._json import as_text, is_null, plain_text, text_of, without_nulls
from ._level import read_level
from ._timestamp import read_time

KNOWN_KEYS = frozenset(
    ("timestamp", "level", "message", "logger", "context", "diagnostics", "data")
)


class EventTime(Enum):
    """Where the time of an event comes from."""

    READ = "read"
    """From the entry."""
    MISSING = "missing"
    """The entry had none; the event has the time at which it was accepted."""
    UNREADABLE = "unreadable"
    """So has this one; what the entry had is in ``data``."""


class Parts(NamedTuple):
    """What an entry holds, by the parts of an event."""

    timestamp: int
    level: str
    message: str
    logger: str
    context: dict[str, Any]
    diagnostics: dict[str, Any]
    data: dict[str, Any]
    time: EventTime


def unwrapped(entry: object) -> object:
    """
    Return what fapilog's envelope holds, ``{"log": {...}, "schema_version": ...}``.

    In every other entry ``log`` is a field.  Bytes are JSON, or else a text.
    """
    if not isinstance(entry, dict):
        text = None if isinstance(entry, str) else plain_text(entry)
        entry = entry if text is None else _loaded(text)
        if not isinstance(entry, dict):
            return entry
    log = entry.get("log")
    if isinstance(log, dict) and (
        len(entry) == 1 or (len(entry) == 2 and "schema_version" in entry)  # noqa: PLR2004
    ):
        return log
    return entry


def parts_of(entry: object, now: int | None) -> Parts:
    """Read an entry of any shape, accepted ``now``; one that is no object is a message."""
    now = clock.time_ns() if now is None else now
    found = _as_dict(entry)
    if found is None:
        return Parts(now, "info", as_text(entry), "", {}, {}, {}, EventTime.MISSING)
    nanos, time = _time(found.get("timestamp"))
    level = read_level(found.get("level"))
    strays: dict[str, Any] = {}
    parts: dict[str, dict[str, Any]] = {"context": {}, "diagnostics": {}, "data": {}}
    for key, value in found.items():
        part = _as_dict(value) if key in parts else None
        if part is not None:
            parts[key] = part
        elif (
            key not in KNOWN_KEYS
            or key in parts
            or (key == "timestamp" and time is EventTime.UNREADABLE)
            or (key == "level" and level is None)
        ):
            _add(strays, key, value)
    data = without_nulls(parts["data"])
    for key, value in strays.items():
        _add(data, key, value)
    return Parts(
        now if nanos is None else nanos,
        level or "info",
        as_text(found.get("message")),
        as_text(found.get("logger")),
        parts["context"],
        parts["diagnostics"],
        data,
        time,
    )


def _loaded(text: str) -> object:
    text = text.removeprefix("\ufeff")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _as_dict(value: object) -> dict[Any, Any] | None:
    """Return a copy of a mapping; None for everything else, one that cannot be read included."""
    if not isinstance(value, Mapping):
        return None
    try:
        return dict(value)
    except Exception:  # noqa: BLE001  an object of the application can raise anything
        return None


def _time(value: object) -> tuple[int | None, EventTime]:
    if is_null(value):
        return None, EventTime.MISSING
    nanos = read_time(value)
    if nanos is not None:
        return nanos, EventTime.READ
    text = plain_text(value)
    if text is not None and not text.strip(" \t\r\n"):
        return None, EventTime.MISSING
    return None, EventTime.UNREADABLE


def _add(target: dict[str, Any], key: object, value: object) -> None:
    """Add a value, with ``_`` appended to its key while that is taken."""
    if is_null(value):
        return
    name = key if isinstance(key, str) else text_of(key)
    while name in target:
        name += "_"
    target[name] = value
