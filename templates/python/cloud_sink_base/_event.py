"""What an application logged, read from the entries fapilog hands to a sink."""

from math import isfinite
from typing import Any

from ._entry import KNOWN_KEYS, EventTime, parts_of, unwrapped
from ._json import as_text, clean_map, dumps, may_be_deep, without_nulls
from ._level import LEVELS, read_level
from ._timestamp import parse_time, rfc3339_nanos

_KNOWN = len(KNOWN_KEYS)

_new = object.__new__
_READ = EventTime.READ


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
        time: Where `timestamp` comes from.
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
        "time",
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
        time: EventTime = EventTime.READ,
    ) -> None:
        self.timestamp = timestamp
        self.level = level
        self.message = message
        self.logger = logger
        self.context = without_nulls(context or {})
        self.diagnostics = without_nulls(diagnostics or {})
        self.data = without_nulls(data or {})
        self.time = time
        self.is_flat = False

    @classmethod
    def from_entry(cls, entry: object, now: int | None = None) -> "Event":
        """
        Read an entry, alone or in fapilog's envelope ``{"log": {...}, "schema_version": ...}``.

        Never fails, whatever the entry is; docs/events.md of the generator has the rule as a table.
        An entry without a readable timestamp happened ``now`` (nanoseconds since 1970; None: the
        system's time), and `time` tells so.
        """
        if type(entry) is not dict or len(entry) != _KNOWN:
            entry = unwrapped(entry)
            if type(entry) is not dict or len(entry) != _KNOWN:
                return cls._from_other_shape(entry, now)
        try:
            context, diagnostics, data = entry["context"], entry["diagnostics"], entry["data"]
            level, logger, message = entry["level"], entry["logger"], entry["message"]
            timestamp = parse_time(entry["timestamp"])
        except Exception:  # noqa: BLE001  an object of the application can raise anything
            return cls._from_other_shape(entry, now)
        if type(context) is not dict or type(diagnostics) is not dict or type(data) is not dict:
            return cls._from_other_shape(entry, now)
        # As fapilog writes it.  Each log call of an application comes through here: what other
        # places leave to functions is spelled out.
        name = LEVELS.get(level) if type(level) is str else None
        if name is None:
            name = read_level(level)
            if name is None:
                return cls._from_other_shape(entry, now)
        event = _new(cls)
        event.timestamp = timestamp
        event.time = _READ
        event.level = name
        event.message = message if type(message) is str else as_text(message)
        event.logger = logger if type(logger) is str else as_text(logger)
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
    def _from_other_shape(cls, entry: object, now: int | None) -> "Event":
        return cls(*parts_of(entry, now))

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
            self.time,
        )

    def to_entry(self, given: object = None) -> bytes:
        """
        Return an entry, as JSON, that this event is read from again.

        That is what was ``given``, where JSON can carry it and the time was in it.
        """
        if self.time is _READ and type(given) is dict and type(given.get("timestamp")) is str:
            try:
                data = dumps(given)
            except Exception:  # noqa: BLE001  objects of the application can raise anything
                data = b""
            if data and (self.is_flat or not may_be_deep(data)):
                return b"%b" % data
        event = self.cleaned()
        return b"%b" % dumps(
            {
                "timestamp": rfc3339_nanos(event.timestamp),
                "level": event.level,
                "message": event.message,
                "logger": event.logger,
                "context": event.context,
                "diagnostics": event.diagnostics,
                "data": event.data,
            }
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
            self.time,
        )
