"""Encoded events, one and many."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, overload

Entry: TypeAlias = bytes | None


class Record:
    """
    One encoded event.

    Attributes:
        bytes: The event as it stands in the body, framing not included.
        timestamp: When the event happened, nanoseconds since 1970.
        group: What it shares with its neighbours, as JSON text, for bodies with groups.
        entry: The event's entry as JSON, where there is a dead-letter file to keep it.
    """

    __slots__ = ("bytes", "entry", "group", "timestamp")

    def __init__(
        self, data: bytes, timestamp: int, group: str | None = None, entry: bytes | None = None
    ) -> None:
        self.bytes = data
        self.timestamp = timestamp
        self.group = group
        self.entry = entry


@dataclass(eq=False, repr=False)
class Records(Sequence[Record]):
    """
    Encoded events in order: a list for each of their attributes.

    Objects would be as many for the garbage collector to visit; it would stop the application for
    longer the more events wait for a provider that is down.

    Attributes:
        bytes: `Record.bytes` of each.
        timestamps: `Record.timestamp` of each.
        groups: `Record.group` of each.
        queued_at: When each was accepted, on the sink's monotonic clock.
        entries: `Record.entry` of each.
    """

    bytes: list[bytes]
    timestamps: list[int]
    groups: list[str | None]
    queued_at: list[float]
    entries: list[Entry]

    @classmethod
    def of(cls, records: Iterable[Record]) -> "Records":
        """Return records that were accepted at the beginning of the clock."""
        items = list(records)
        return cls(
            [record.bytes for record in items],
            [record.timestamp for record in items],
            [record.group for record in items],
            [0.0] * len(items),
            [record.entry for record in items],
        )

    @property
    def size(self) -> int:
        """Their encoded length together."""
        return sum(map(len, self.bytes))

    @property
    def entries_size(self) -> int:
        """The length of their entries together; a sink keeps that of all or of none."""
        if not self.entries or self.entries[0] is None:
            return 0
        return sum([len(entry) for entry in self.entries if entry is not None])

    @property
    def oldest(self) -> float:
        """When the first of them was accepted, on the sink's monotonic clock."""
        return min(self.queued_at)

    def pick(self, places: Iterable[int]) -> "Records":
        """Return the records at some places, in the order of these."""
        places = list(places)
        return Records(
            [self.bytes[place] for place in places],
            [self.timestamps[place] for place in places],
            [self.groups[place] for place in places],
            [self.queued_at[place] for place in places],
            [self.entries[place] for place in places],
        )

    def __len__(self) -> int:
        return len(self.bytes)

    def __iter__(self) -> Iterator[Record]:
        return map(Record, self.bytes, self.timestamps, self.groups, self.entries)

    @overload
    def __getitem__(self, key: int) -> Record: ...
    @overload
    def __getitem__(self, key: slice) -> "Records": ...
    def __getitem__(self, key: int | slice) -> "Record | Records":
        if isinstance(key, int):
            return Record(
                self.bytes[key], self.timestamps[key], self.groups[key], self.entries[key]
            )
        return Records(
            self.bytes[key],
            self.timestamps[key],
            self.groups[key],
            self.queued_at[key],
            self.entries[key],
        )
