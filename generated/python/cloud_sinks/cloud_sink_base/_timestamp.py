"""
Moments in time, as whole nanoseconds since 1970, and the ways providers write them.

Text is cut to its precision, never rounded.  Converting the calendar part is the expensive step;
consecutive events share their second, so the last one is remembered.
"""

from datetime import date, datetime, timezone

import orjson

from ._json import plain_text, text_of
from ._time_text import nanos_of_number, nanos_of_text

NANOS_PER_SECOND = 1_000_000_000
NANOS_PER_MILLI = 1_000_000

# The range of 64-bit nanoseconds: 1677 to 2262.
_EARLIEST = -(2**63)
_LATEST = 2**63 - 1

_CALENDAR_LENGTH = 19

# What fapilog writes after the seconds.
_MILLIS = {f".{millis:03d}Z": millis * NANOS_PER_MILLI for millis in range(1000)}

# The last calendar part and its nanoseconds.  Replaced as a whole, so that threads see a matching
# pair.
_last_parsed = ("", 0)
_last_written = (0, "1970-01-01T00:00:00")


def parse_time(text: str) -> int:
    """
    Read a time in any of the forms programs write: RFC 3339 and its relatives, asctime, numbers.

    Raises:
        ValueError: The text is in none of the forms, or outside 1677 to 2262.
    """
    global _last_parsed  # noqa: PLW0603  a cache of one entry
    calendar, rest = text[:_CALENDAR_LENGTH], text[_CALENDAR_LENGTH:]
    known, start = _last_parsed
    if calendar == known:
        millis = _MILLIS.get(rest)
        if millis is not None:
            return start + millis
    nanos = nanos_of_text(text.strip(" \t\r\n"))
    if nanos is None or not _EARLIEST <= nanos <= _LATEST:
        message = "not a time between 1677 and 2262"
        raise ValueError(message)
    millis = _MILLIS.get(rest)
    # Hour 24 has no milliseconds, and a moment near the end of the range not every one.
    if millis is not None and calendar[11:13] != "24" and abs(nanos) < _LATEST - NANOS_PER_SECOND:
        _last_parsed = (calendar, nanos - millis)
    return nanos


def read_time(value: object) -> int | None:
    """
    Read a time of any type; None when it cannot be read.  Never raises.

    A date or time object is what it prints as by ISO 8601, a float the decimal number it prints as,
    any other object its ``str``.
    """
    try:
        return _read(value)
    except Exception:  # noqa: BLE001  an object of the application can raise anything
        return None


def _read(value: object) -> int | None:
    text = plain_text(value)
    if text is not None:
        return parse_time(text)
    if isinstance(value, bool):
        return None
    nanos = None
    if isinstance(value, int):
        nanos = nanos_of_number(str(int(value))) if _EARLIEST <= value <= _LATEST else None
    elif isinstance(value, float):
        nanos = nanos_of_number(repr(float(value)))
    elif isinstance(value, date):
        return parse_time(value.isoformat())
    elif not isinstance(value, dict | list | tuple | set | frozenset):
        return parse_time(text_of(value))
    return nanos if nanos is None or _EARLIEST <= nanos <= _LATEST else None


def unix_millis(nanos: int) -> int:
    """Return whole milliseconds since 1970."""
    return nanos // NANOS_PER_MILLI


def unix_seconds(nanos: int) -> orjson.Fragment:
    """Return seconds since 1970 as a JSON number with three decimals: ``1795439551.559``."""
    millis = nanos // NANOS_PER_MILLI
    sign = "-" if millis < 0 else ""
    return orjson.Fragment(f"{sign}{abs(millis) // 1000}.{abs(millis) % 1000:03d}")


def rfc3339_millis(nanos: int) -> str:
    """Return ``2026-11-23T13:12:31.559Z``."""
    seconds, rest = divmod(nanos, NANOS_PER_SECOND)
    return f"{_calendar(seconds)}.{rest // NANOS_PER_MILLI:03d}Z"


def rfc3339_nanos(nanos: int) -> str:
    """Return ``2026-11-23T13:12:31.559000000Z``."""
    seconds, rest = divmod(nanos, NANOS_PER_SECOND)
    return f"{_calendar(seconds)}.{rest:09d}Z"


def _calendar(seconds: int) -> str:
    global _last_written  # noqa: PLW0603  a cache of one entry
    known, text = _last_written
    if seconds != known:
        moment = datetime.fromtimestamp(seconds, timezone.utc)
        text = moment.strftime("%Y-%m-%dT%H:%M:%S")
        _last_written = (seconds, text)
    return text
