"""Encoded events and the requests they travel in."""

from dataclasses import dataclass, field


class Record:
    """
    One encoded event.

    Attributes:
        bytes: The event as it stands in the body, framing not included.
        timestamp: When the event happened, nanoseconds since 1970.
        group: What it shares with its neighbours, as JSON text, for bodies with groups.
        queued_at: When it was accepted, on the sink's monotonic clock.
    """

    __slots__ = ("bytes", "group", "queued_at", "timestamp")

    def __init__(self, data: bytes, timestamp: int, group: str | None = None) -> None:
        self.bytes = data
        self.timestamp = timestamp
        self.group = group
        self.queued_at = 0.0


@dataclass(eq=False)
class Batch:
    """
    Records that travel in one request.

    Attributes:
        records: Never empty; in the order the provider needs.
        body: The body as it goes over the wire, made on the first attempt and kept for the next.
        attempts: Attempts that failed since the provider last was down.
        due: Earliest moment of the next attempt, on the sink's monotonic clock.
        started: When the first attempt began; None before it.
        stored_before: How many requests had been stored when the first attempt failed.
        size: Bytes of the records.
        oldest: When the oldest of the records was accepted, on the sink's monotonic clock.
    """

    records: list[Record]
    body: bytes | None = None
    attempts: int = 0
    due: float = 0.0
    started: float | None = None
    stored_before: int | None = None
    size: int = field(init=False)
    oldest: float = field(init=False)

    def __post_init__(self) -> None:
        self.size = record_bytes(self.records)
        self.oldest = min([record.queued_at for record in self.records])

    def __len__(self) -> int:
        return len(self.records)

    def halves(self) -> tuple["Batch", "Batch"]:
        """Return the first and the second half; there must be two records at least."""
        middle = (len(self.records) + 1) // 2
        return self.part(self.records[:middle]), self.part(self.records[middle:])

    def part(self, records: list[Record]) -> "Batch":
        """Return a batch of some of the records that goes on where this one stands."""
        return Batch(
            records,
            attempts=self.attempts,
            due=self.due,
            started=self.started,
            stored_before=self.stored_before,
        )


def record_bytes(records: list[Record]) -> int:
    """Return the encoded length of records together."""
    return sum([len(record.bytes) for record in records])
