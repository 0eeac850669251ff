"""
Moments in time, as whole nanoseconds since 1970, and the ways providers write them.

Text is cut to its precision, never rounded.  Converting the calendar part is the expensive step;
consecutive events share their second, so the last one is remembered.
"""

import re
from datetime import datetime, timezone

import orjson

NANOS_PER_SECOND = 1_000_000_000
NANOS_PER_MILLI = 1_000_000

# The range of 64-bit nanoseconds: 1677 to 2262.
_EARLIEST = -(2**63)
_LATEST = 2**63 - 1

_CALENDAR = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d", re.ASCII)
_REST = re.compile(r"(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII)
_CALENDAR_LENGTH = 19

# What fapilog writes after the seconds.
_MILLIS = {f".{millis:03d}Z": millis * NANOS_PER_MILLI for millis in range(1000)}

# The last calendar part and its nanoseconds.  Replaced as a whole, so that threads see a matching
# pair.
_last_parsed = ("", 0)
_last_written = (0, "1970-01-01T00:00:00")


def parse_rfc3339(text: str) -> int:
    """
    Read RFC 3339 text, any offset.

    Raises:
        ValueError: The text is not RFC 3339 or outside 1677 to 2262.
    """
    global _last_parsed  # noqa: PLW0603  a cache of one entry
    calendar, rest = text[:_CALENDAR_LENGTH], text[_CALENDAR_LENGTH:]
    known, start = _last_parsed
    if calendar == known:
        millis = _MILLIS.get(rest)
        if millis is not None:
            return start + millis
    start = _parse_calendar(calendar) * NANOS_PER_SECOND
    nanos = start + _parse_rest(rest)
    if not _EARLIEST <= nanos <= _LATEST:
        message = "time is outside 1677 to 2262"
        raise ValueError(message)
    if _EARLIEST <= start <= _LATEST - NANOS_PER_SECOND:
        _last_parsed = (calendar, start)
    return nanos


def from_unix_seconds(seconds: float) -> int:
    """Read seconds since 1970; microseconds are what a float can hold of today's seconds."""
    return min(max(round(seconds * 1e6) * 1_000, _EARLIEST), _LATEST)


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


def _parse_calendar(text: str) -> int:
    if _CALENDAR.fullmatch(text) is None:
        message = "not an RFC 3339 time"
        raise ValueError(message)
    # A leap second is counted as the first second of the next minute.
    leap = text.endswith(":60")
    moment = datetime.fromisoformat(text[:-2] + "59" if leap else text.replace("t", "T"))
    return int(moment.replace(tzinfo=timezone.utc).timestamp()) + leap


def _parse_rest(rest: str) -> int:
    match = _REST.fullmatch(rest)
    if match is None:
        message = "not an RFC 3339 time"
        raise ValueError(message)
    fraction, sign, hours, minutes = match.groups()
    nanos = int((fraction or "0").ljust(9, "0"))
    if sign is None:
        return nanos
    offset = (int(hours) * 3600 + int(minutes) * 60) * NANOS_PER_SECOND
    return nanos - offset if sign == "+" else nanos + offset


def _calendar(seconds: int) -> str:
    global _last_written  # noqa: PLW0603  a cache of one entry
    known, text = _last_written
    if seconds != known:
        moment = datetime.fromtimestamp(seconds, timezone.utc)
        text = moment.strftime("%Y-%m-%dT%H:%M:%S")
        _last_written = (seconds, text)
    return text
