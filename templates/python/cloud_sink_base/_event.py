"""What an application logged, read from the entries fapilog hands to a sink."""

import time
from collections.abc import Mapping
from math import isfinite
from typing import Any

from ._json import clean_map, text_of, without_nulls
from ._timestamp import from_unix_seconds, parse_rfc3339

_KNOWN_KEYS = frozenset(
    ("timestamp", "level", "message", "logger", "context", "diagnostics", "data")
)

# Names fapilog and the standard library use, and the ones the level stands for here.
_LEVELS = {
    "TRACE": "trace",
    "DEBUG": "debug",
    "INFO": "info",
    "NOTICE": "notice",
    "WARN": "warning",
    "WARNING": "warning",
    "ERROR": "error",
    "CRITICAL": "critical",
    "FATAL": "critical",
    "AUDIT": "audit",
    "SECURITY": "security",
}


_new = object.__new__


class Event:
    """
    One structured log item.

    Attributes:
        timestamp: When it happened, nanoseconds since 1970; travels to the provider, never the
            time of sending.
        level: How serious it is, in lower case: ``trace`` to ``critical``, ``audit``,
            ``security``, or a level the application registered.
        message: What happened, in words.
        logger: Who says so.  Empty when unknown.
        context: Correlation and request identifiers.
        diagnostics: Service, host, process, exception.
        data: What the application logged besides the message.
        is_flat: Whether no value of the three objects holds other values; False: not known.

    The three objects have no nulls at their top level, nor floats that become one.
    """

    __slots__ = (
        "context",
        "data",
        "diagnostics",
        "is_flat",
        "level",
        "logger",
        "message",
        "timestamp",
    )

    def __init__(  # noqa: PLR0913  one per part of an event
        self,
        timestamp: int,
        level: str,
        message: str,
        logger: str = "",
        context: dict[str, Any] | None = None,
        diagnostics: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
    ) -> None:
        self.timestamp = timestamp
        self.level = level
        self.message = message
        self.logger = logger
        self.context = without_nulls(context or {})
        self.diagnostics = without_nulls(diagnostics or {})
        self.data = without_nulls(data or {})
        self.is_flat = False

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any], now: int | None = None) -> "Event":
        """
        Read an entry, alone or wrapped in ``{"log": {...}}``.

        Never fails.  An entry without a readable timestamp happened ``now`` (nanoseconds since
        1970; None: the system's time), one without a level is ``info``; unknown keys go to
        ``data``.
        """
        if "log" in entry and isinstance(entry["log"], dict):
            entry = entry["log"]
        try:
            context, diagnostics, data = entry["context"], entry["diagnostics"], entry["data"]
            level, logger, message = entry["level"], entry["logger"], entry["message"]
            timestamp = entry["timestamp"]
        except KeyError:
            return cls._from_other_shape(entry, now)
        if (
            len(entry) != len(_KNOWN_KEYS)
            or type(context) is not dict
            or type(diagnostics) is not dict
            or type(data) is not dict
        ):
            return cls._from_other_shape(entry, now)
        # As fapilog writes it.  Each log call of an application comes through here: what other
        # places leave to functions is spelled out.
        event = _new(cls)
        try:
            event.timestamp = parse_rfc3339(timestamp)
        except Exception:  # noqa: BLE001  an object of the application can raise anything
            event.timestamp = _read_timestamp(timestamp, now)
        event.level = (
            _LEVELS.get(level) or level_name(level) if type(level) is str else _read_level(level)
        )
        event.message = message if type(message) is str else _read_text(message)
        event.logger = logger if type(logger) is str else _read_text(logger)
        # fapilog's contexts hold a null for every identifier there is not.
        context = {key: value for key, value in context.items() if value is not None}
        event.is_flat = True
        for value in [*context.values(), *diagnostics.values(), *data.values()]:
            kind = type(value)
            if (
                kind is not str
                and kind is not int
                and (kind is not float or not isfinite(value))
                and kind is not bool
            ):
                event.is_flat = False
                context = without_nulls(context)
                diagnostics, data = without_nulls(diagnostics), without_nulls(data)
                break
        event.context, event.diagnostics, event.data = context, diagnostics, data
        return event

    @classmethod
    def _from_other_shape(cls, entry: Mapping[str, Any], now: int | None) -> "Event":
        return cls(
            _read_timestamp(entry.get("timestamp"), now),
            _read_level(entry.get("level")),
            _read_text(entry.get("message")),
            _read_text(entry.get("logger")),
            *_sort_parts(entry),
        )

    def cleaned(self) -> "Event":
        """Return this event with every value in a form JSON has."""
        texts = clean_map({"level": self.level, "message": self.message, "logger": self.logger})
        return Event(
            self.timestamp,
            texts["level"],
            texts["message"],
            texts["logger"],
            clean_map(self.context),
            clean_map(self.diagnostics),
            clean_map(self.data),
        )

    def moved(self, timestamp: int) -> "Event":
        """Return this event at another time."""
        if timestamp == self.timestamp:
            return self
        parts = (self.context, self.diagnostics, self.data)
        event = Event(timestamp, self.level, self.message, self.logger, *parts)
        event.is_flat = self.is_flat
        return event

    def with_message(self, message: str) -> "Event":
        """Return this event with another message."""
        return Event(
            self.timestamp,
            self.level,
            message,
            self.logger,
            self.context,
            self.diagnostics,
            self.data,
        )


def _read_level(value: object) -> str:
    return "info" if value is None else level_name(value)


def level_name(level: object) -> str:
    """Return the name of a level in lower case; ``WARN`` and ``FATAL`` have another name here."""
    text = text_of(level)
    return _LEVELS.get(text.upper()) or text.lower()


def _read_timestamp(value: object, now: int | None) -> int:
    now = time.time_ns() if now is None else now
    try:
        if isinstance(value, str):
            return parse_rfc3339(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return from_unix_seconds(value)
    except (ValueError, OverflowError):
        return now
    return now


def _read_text(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else text_of(value)


def _sort_parts(entry: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Bring an entry of another shape into the three parts."""
    parts: dict[str, dict[str, Any]] = {"context": {}, "diagnostics": {}, "data": {}}
    strays: dict[str, Any] = {}
    for key, value in entry.items():
        if key in parts and isinstance(value, Mapping):
            parts[key] = dict(value)
        elif (key in parts and value is not None) or key not in _KNOWN_KEYS:
            strays[key] = value
    data = parts["data"]
    for key, value in strays.items():
        data.setdefault(key, value)
    return parts["context"], parts["diagnostics"], data
