"""Encoded events and the requests they travel in."""

from dataclasses import dataclass, field

_REQUESTS_OF_A_HALVING = 2


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


@dataclass
class Search:
    """The search for the bad events of one batch, shared by all its parts."""

    allowance: int
    left: int


@dataclass(eq=False)
class Batch:
    """
    Records that travel in one request.

    Attributes:
        records: Never empty; in the order the provider needs.
        body: The body as it goes over the wire, made on the first attempt and kept for the next.
        attempts: Attempts made.
        retries: Retries used while the provider was taking other events.
        outages: Outages there had been when the latest attempt began.
        repeats: Whether the next attempt repeats an earlier one.
        reason: Why the latest attempt failed.
        due: Earliest moment of the next attempt, on the sink's monotonic clock.
        started: When the first attempt began; None before it.
        search: The search for bad events it is a part of; None before there is one.
        size: Bytes of the records.
        oldest: When the oldest of the records was accepted, on the sink's monotonic clock.
    """

    records: list[Record]
    body: bytes | None = None
    attempts: int = 0
    retries: int = 0
    outages: int = 0
    repeats: bool = False
    reason: str = ""
    due: float = 0.0
    started: float | None = None
    search: Search | None = field(default=None, repr=False)
    size: int = field(init=False)
    oldest: float = field(init=False)

    def __post_init__(self) -> None:
        self.size = record_bytes(self.records)
        self.oldest = min([record.queued_at for record in self.records])

    def __len__(self) -> int:
        return len(self.records)

    def may_halve(self) -> bool:
        """
        Take two requests from the allowance of the search for bad events.

        False when it is used up: a search that meets nothing but refusals must end before it has
        tried every event.
        """
        if self.search is None:
            allowance = 8 * ((len(self.records) - 1).bit_length() + 1)
            self.search = Search(allowance, allowance)
        allowed = self.search.left >= _REQUESTS_OF_A_HALVING
        if allowed:
            self.search.left -= _REQUESTS_OF_A_HALVING
        return allowed

    def progressed(self) -> None:
        """Note that some of it got through: the search is worth going on with."""
        if self.search is not None:
            self.search.left = self.search.allowance

    def halves(self) -> tuple["Batch", "Batch"]:
        """Return the first and the second half; there must be two records at least."""
        middle = len(self.records) // 2
        return self.part(self.records[:middle]), self.part(self.records[middle:])

    def part(self, records: list[Record]) -> "Batch":
        """Return a batch of some of the records that goes on where this one stands."""
        return Batch(
            records,
            attempts=self.attempts,
            retries=self.retries,
            repeats=self.repeats,
            reason=self.reason,
            due=self.due,
            started=self.started,
            search=self.search,
        )


def record_bytes(records: list[Record]) -> int:
    """Return the encoded length of records together."""
    return sum([len(record.bytes) for record in records])
