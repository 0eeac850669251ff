"""What leaves the queue together: batches, what an answer makes of them, and what is given up."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ._outcome import Partial, RejectedItem
from ._record import Records
from ._search import Search
from ._stats import DropReason


@dataclass(eq=False)
class Batch:
    """
    Records that travel in one request.

    Attributes:
        records: Never empty; in the order the provider needs.
        body: The body as it goes over the wire, made on the first attempt and kept for the next.
        attempts: Attempts made.
        retries: Retries used while the provider was taking other events.
        throttled: Attempts in a row that the provider answered with "slow down".
        outages: Outages there had been when the latest attempt began.
        repeats: Whether the next attempt repeats an earlier one.
        reason: Why the latest attempt failed.
        due: Earliest moment of the next attempt, on the sink's monotonic clock.
        started: When the first attempt began; None before it.
        latest: When the latest attempt began; None before the first.
        search: The search for bad events it is a part of; None before there is one.
        is_held: Whether it is a lone event that was refused, and may not be to blame.
        size: Encoded bytes of the records, their entries included.
        oldest: When the oldest of the records was accepted, on the sink's monotonic clock.
    """

    records: Records
    body: bytes | None = None
    attempts: int = 0
    retries: int = 0
    throttled: int = 0
    outages: int = 0
    repeats: bool = False
    reason: str = ""
    due: float = 0.0
    started: float | None = None
    latest: float | None = None
    search: Search | None = field(default=None, repr=False)
    is_held: bool = False
    size: int = field(init=False)
    oldest: float = field(init=False)

    def __post_init__(self) -> None:
        self.size = self.records.size + self.records.entries_size
        self.oldest = self.records.oldest

    def __len__(self) -> int:
        return len(self.records)

    def parts(self, first: int) -> tuple["Batch", "Batch"]:
        """Return the first records, and the others; both must be some."""
        return self.part(self.records[:first]), self.part(self.records[first:])

    def part(self, records: Records) -> "Batch":
        """Return a batch of some of the records that goes on where this one stands."""
        return Batch(
            records,
            attempts=self.attempts,
            retries=self.retries,
            repeats=self.repeats,
            reason=self.reason,
            due=self.due,
            started=self.started,
            latest=self.latest,
            search=self.search,
        )


@dataclass(eq=False)
class Failure:
    """
    Records that will not be delivered, why, and after how many attempts.

    They end together: each append to the dead-letter file waits for the disk.

    Attributes:
        each: What was said of each record, where an answer told them apart; `detail` is the first.
        first_attempt: When the first attempt began, on the sink's clock; None without any.
        last_attempt: When the last one began.
        size: Encoded bytes of the records, their entries included.
        oldest: When the oldest of the records was accepted, on the sink's monotonic clock.
    """

    records: Records
    reason: DropReason
    detail: str
    attempts: int = 0
    each: Sequence[str] = ()
    first_attempt: float | None = None
    last_attempt: float | None = None
    size: int = field(init=False)
    oldest: float = field(init=False)

    def __post_init__(self) -> None:
        self.size = self.records.size + self.records.entries_size
        self.oldest = self.records.oldest

    def __len__(self) -> int:
        return len(self.records)

    def details(self) -> Sequence[str]:
        """Return the detail of each record."""
        return self.each or [self.detail] * len(self.records)


def defers_all(outcome: Partial, count: int) -> bool:
    """Tell whether nothing got through and nothing was refused."""
    refused = any(0 <= item.index < count for item in outcome.rejected)
    return not refused and set(range(count)) <= set(outcome.retry)


def take_apart(batch: Batch, outcome: Partial) -> tuple[list[Failure], Records]:
    """
    Return the refused events of a batch, those of one kind together, and those to send again.

    A position beyond the request is ignored, rejected beats retry.
    """
    reasons = {item.index: item.reason for item in outcome.rejected}
    retry = set(outcome.retry)
    refused: dict[DropReason, list[int]] = {}
    again: list[int] = []
    for place in range(len(batch)):
        if place in reasons:
            uncertain = reasons[place] == RejectedItem.UNCERTAIN
            kind = DropReason.UNCERTAIN if uncertain else DropReason.REJECTED
            refused.setdefault(kind, []).append(place)
        elif place in retry:
            again.append(place)
    failures = []
    for kind, places in refused.items():
        each = [reasons[place] for place in places]
        tries = batch.attempts, each, batch.started, batch.latest
        failures.append(Failure(batch.records.pick(places), kind, each[0], *tries))
    return failures, batch.records.pick(again)
