"""Events as fapilog writes them, and the comparison of what went in with what a server gives back."""

from __future__ import annotations

import json
import random
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone


def ndjson(events: list[dict]) -> bytes:
    """One event a line."""
    return b"".join(json.dumps(event, ensure_ascii=False).encode() + b"\n" for event in events)


EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
LEVELS = ["DEBUG", "INFO", "INFO", "INFO", "WARNING", "ERROR", "CRITICAL", "AUDIT"]
MESSAGES = [
    "request served",
    'tab\tquote" backslash\\ slash/',
    "line one\nline two\r\nline three",
    "naïve café – 東京 – 🦀",
    "control \u0001 and separator \u2028",
    "",
    '{"looks": "like json"}',
]


def make_events(count: int, spacing_ms: int = 40, seed: int = 7) -> list[dict]:
    """
    Entries as fapilog writes them, the newest some seconds ago.

    Neighbours are swapped here and there: applications with threads write so.
    """
    rng = random.Random(seed)
    first = datetime.now(timezone.utc) - timedelta(milliseconds=spacing_ms * count + 2000)
    events = []
    for index in range(count):
        moment = first + timedelta(milliseconds=spacing_ms * index)
        events.append(make_event(index, moment, rng.choice(LEVELS), rng.choice(MESSAGES)))
    for index in range(0, count - 1, 17):
        events[index], events[index + 1] = events[index + 1], events[index]
    return events


def make_event(index: int, moment: datetime, level: str, message: str) -> dict:
    """One entry."""
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    return {
        "timestamp": stamp,
        "level": level,
        "message": message,
        "logger": f"shop.module{index % 5}",
        "context": {"message_id": str(uuid.uuid4()), "correlation_id": None, "request_id": f"req-{index // 4}"},
        "diagnostics": {"origin": "native", "service": "shop", "env": "test", "host": "peer-host", "pid": 4711},
        "data": {"index": index, "order": {"id": index * 3, "items": [1, None, "x"]}, "price": 12.5, "paid": index % 2 == 0},
    }


def message_id(event: dict) -> str:
    """The identifier events are compared by."""
    return event["context"]["message_id"]


def millis(event: dict) -> int:
    """The event's own time, milliseconds since 1970."""
    return millis_of(event["timestamp"])


def millis_of(stamp: str) -> int:
    """Milliseconds since 1970 of an RFC 3339 time in UTC; finer digits are cut."""
    seconds, _, fraction = stamp.removesuffix("Z").partition(".")
    moment = datetime.strptime(seconds, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return (moment - EPOCH) // timedelta(milliseconds=1) + int(fraction[:3].ljust(3, "0"))


@dataclass
class Stored:
    """One event as the server gave it back."""

    millis: int
    line: dict


@dataclass
class Difference:
    """How what came back differs from what went in."""

    expected: int
    missing: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    duplicates: int = 0
    wrong_time: list[str] = field(default_factory=list)
    wrong_content: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Nothing is different."""
        return not (self.missing or self.foreign or self.duplicates or self.wrong_time or self.wrong_content)

    def __str__(self) -> str:
        if self.empty:
            return f"{self.expected:,} of {self.expected:,} ids, once each, times and content equal"
        parts = [f"{self.expected - len(self.missing):,} of {self.expected:,} ids"]
        for name in ("missing", "foreign", "wrong_time", "wrong_content"):
            found = getattr(self, name)
            if found:
                parts.append(f"{len(found)} {name.replace('_', ' ')} (first: {found[0]})")
        if self.duplicates:
            parts.append(f"{self.duplicates} duplicates")
        return ", ".join(parts)


def compare(events: list[dict], stored: list[Stored], same: Callable[[dict, dict], bool] | None = None) -> Difference:
    """Id by id: present, once, with its own time, and with all that was logged."""
    same = same or same_content
    difference = Difference(len(events))
    found: dict[str, Stored] = {}
    counts: Counter[str] = Counter()
    for item in stored:
        identifier = item.line.get("context", {}).get("message_id") or item.line.get("message_id", "no id")
        counts[identifier] += 1
        found[identifier] = item
    difference.duplicates = sum(count - 1 for count in counts.values())
    for event in events:
        identifier = message_id(event)
        item = found.pop(identifier, None)
        if item is None:
            difference.missing.append(identifier)
            continue
        if item.millis != millis(event):
            difference.wrong_time.append(identifier)
        if not same(event, item.line):
            difference.wrong_content.append(identifier)
    difference.foreign.extend(found)
    return difference


def same_content(event: dict, line: dict) -> bool:
    """Message, level and every field of ``data`` are there, nested or at the top."""
    data = line.get("data", line)
    return (
        line.get("message") == event["message"]
        and str(line.get("level", "")).lower() == event["level"].lower()
        and all(data.get(key) == value for key, value in event["data"].items())
    )
