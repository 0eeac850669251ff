"""
Times as text and as numbers, in the forms programs write them.

docs/events.md of the generator has the rule as a table: what is read, what it means, what is not
read.  Text without a zone is UTC.  Digits beyond the nanosecond are cut, never rounded.
"""

import re
from datetime import date

_NANOS_PER_SECOND = 1_000_000_000

_DAYS_BEFORE_1970 = date(1970, 1, 1).toordinal()
_YEARS = range(1677, 2263)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?"
_ZONE = (
    r"(?: ?(?:Z|UTC|GMT"
    r"|(?P<sign>[+-])(?P<zone_hour>\d\d)(?::?(?P<zone_minute>\d\d)|:(?P<zone_minute_of_3>\d\d)"
    r":(?P<zone_second>\d\d))?))?"
)
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun),? +)?"
_NAME = f"(?P<name>{'|'.join(_MONTHS)})"

# 2026-01-02T03:04:05.678+01:00, 2026/01/02 03:04, 2026-01-02
_NUMERIC = (
    r"(?P<year>\d{4})(?P<dash>[/-])(?P<month>\d\d)(?P=dash)(?P<day>\d\d)"
    rf"(?:[T ]{_CLOCK}{_ZONE})?"
)
# 20260102T030405Z
_COMPACT = (
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)T(?P<hour>\d\d)(?P<minute>\d\d)"
    rf"(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?{_ZONE}"
)
# Fri Jan  2 03:04:05 2026, Fri Jan  2 03:04:05 UTC 2026
_UNIX = rf"{_WEEKDAY}{_NAME} +(?P<day>\d\d?) +{_CLOCK}{_ZONE} +(?P<year>\d{{4}})"
# Fri, 02 Jan 2026 03:04:05 GMT, 02/Jan/2026:03:04:05 +0000
_MAIL = (
    rf"{_WEEKDAY}(?P<day>\d\d?)(?: +|[/-]){_NAME}(?: +|[/-])(?P<year>\d{{4}})(?: +|:)"
    rf"{_CLOCK}{_ZONE}"
)
_FORMS = [re.compile(form, re.ASCII | re.IGNORECASE) for form in (_NUMERIC, _COMPACT, _UNIX, _MAIL)]

_NUMBER = re.compile(r"([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?", re.ASCII | re.IGNORECASE)


def nanos_of_text(text: str) -> int | None:
    """Read a time in one of the forms; None when it is in none.  It may be out of range."""
    for form in _FORMS:
        match = form.fullmatch(text)
        if match is not None:
            return _nanos_of_fields(match.groupdict())
    return nanos_of_number(text)


def nanos_of_number(text: str) -> int | None:
    """
    Read a number since 1970; its size tells the unit.

    Up to 11 digits before the decimal point are seconds, up to 14 milliseconds, up to 17
    microseconds, up to 19 nanoseconds; the unit changes at 1973-03-03T09:46:40Z in each of them.
    """
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    sign, whole, fraction, exponent = match.groups()
    digits = whole + (fraction or "")
    significant = digits.lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(digits) - len(significant))
    if not significant:
        return 0
    if point > 19:  # noqa: PLR2004  the digits of the last nanosecond there is
        return None
    shift = 9 if point <= 11 else 6 if point <= 14 else 3 if point <= 17 else 0  # noqa: PLR2004
    kept = max(point + shift, 0)
    nanos = int(significant[:kept].ljust(kept, "0") or "0")
    return -nanos if sign == "-" else nanos


def _nanos_of_fields(fields: dict[str, str]) -> int | None:
    name = fields.get("name")
    month = int(fields["month"]) if name is None else _MONTHS.index(name.lower()) + 1
    days = _days(int(fields["year"]), month, int(fields["day"]))
    hour, minute, second = fields["hour"] or 0, fields["minute"] or 0, fields["second"] or 0
    seconds = _seconds(int(hour), int(minute), int(second))
    offset = _offset(fields) if fields["sign"] else 0
    if days is None or seconds is None or offset is None:
        return None
    nanos = int(fields["fraction"][:9].ljust(9, "0")) if fields["fraction"] else 0
    if hour == "24" and nanos:  # the end of a day is one moment
        return None
    return (days * 86_400 + seconds - offset) * _NANOS_PER_SECOND + nanos


def _days(year: int, month: int, day: int) -> int | None:
    if year not in _YEARS:
        return None
    try:
        return date(year, month, day).toordinal() - _DAYS_BEFORE_1970
    except ValueError:
        return None


def _seconds(hour: int, minute: int, second: int) -> int | None:
    """Return seconds since midnight; a leap second is the first second of the next minute."""
    ends_day = hour == 24 and minute == second == 0  # noqa: PLR2004
    if (hour > 23 and not ends_day) or minute > 59 or second > 60:  # noqa: PLR2004
        return None
    return hour * 3600 + minute * 60 + second


def _offset(fields: dict[str, str]) -> int | None:
    """Return seconds east of UTC."""
    hours = int(fields["zone_hour"])
    minutes = int(fields["zone_minute"] or fields["zone_minute_of_3"] or 0)
    seconds = int(fields["zone_second"] or 0)
    if hours > 23 or minutes > 59 or seconds > 59:  # noqa: PLR2004
        return None
    offset = hours * 3600 + minutes * 60 + seconds
    return -offset if fields["sign"] == "-" else offset
