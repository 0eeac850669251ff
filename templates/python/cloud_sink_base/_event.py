"""What an application logged, read from the entries fapilog hands to a sink."""

from collections.abc import Mapping
from typing import Any

from ._json import clean_map, without_nulls
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
        context: Correlation and request identifiers; no nulls at its top level.
        diagnostics: Service, host, process, exception.
        data: What the application logged besides the message.

    The three objects belong to the application: read them, never change them.
    """

    __slots__ = ("context", "data", "diagnostics", "level", "logger", "message", "timestamp")

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
        self.context = {} if context is None else context
        self.diagnostics = {} if diagnostics is None else diagnostics
        self.data = {} if data is None else data

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any], now: int) -> "Event":
        """
        Read an entry, alone or wrapped in ``{"log": {...}}``.

        Never fails.  An entry without a readable timestamp happened ``now`` (nanoseconds since
        1970), one without a level is ``info``; unknown keys go to ``data``.
        """
        wrapped = entry.get("log")
        if isinstance(wrapped, dict):
            entry = wrapped
        context = entry.get("context")
        diagnostics = entry.get("diagnostics")
        data = entry.get("data")
        timestamp, level = entry.get("timestamp"), entry.get("level")
        message, logger = entry.get("message"), entry.get("logger")
        # With all seven known keys present, a length of seven says there is no other.
        if (
            type(context) is not dict
            or type(diagnostics) is not dict
            or type(data) is not dict
            or len(entry) != len(_KNOWN_KEYS)
            or timestamp is None
            or level is None
            or message is None
            or logger is None
        ):
            context, diagnostics, data = _sort_parts(entry)
        return cls(
            _read_timestamp(timestamp, now),
            "info" if level is None else _LEVELS.get(level) or level_name(level),
            message if type(message) is str else _read_text(message),
            logger if type(logger) is str else _read_text(logger),
            without_nulls(context),
            diagnostics,
            data,
        )

    def cleaned(self) -> "Event":
        """Return this event with every value in a form JSON has."""
        texts = clean_map({"level": self.level, "message": self.message, "logger": self.logger})
        return Event(
            self.timestamp,
            texts["level"],
            texts["message"],
            texts["logger"],
            without_nulls(clean_map(self.context)),
            clean_map(self.diagnostics),
            clean_map(self.data),
        )

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


def level_name(level: object) -> str:
    """Return the name of a level in lower case; ``WARN`` and ``FATAL`` have another name here."""
    text = str(level)
    return _LEVELS.get(text.upper()) or text.lower()


def _read_timestamp(value: object, now: int) -> int:
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
    return "" if value is None else str(value)


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
