"""What leaves the queue together: batches, the line of those that wait, and what is given up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ._record import Records
from ._stats import DropReason

_REQUESTS_OF_A_HALVING = 2


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
        size: Encoded bytes of the records.
        oldest: When the oldest of the records was accepted, on the sink's monotonic clock.
    """

    records: Records
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
        self.size, self.oldest = self.records.size, self.records.oldest

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
            search=self.search,
        )


@dataclass(eq=False)
class Failure:
    """
    Records that will not be delivered, why, and after how many attempts.

    They end together: each append to the dead-letter file waits for the disk.

    Attributes:
        each: What was said of each record, where an answer told them apart; `detail` is the first.
        size: Encoded bytes of the records.
        oldest: When the oldest of the records was accepted, on the sink's monotonic clock.
    """

    records: Records
    reason: DropReason
    detail: str
    attempts: int = 0
    each: Sequence[str] = ()
    size: int = field(init=False)
    oldest: float = field(init=False)

    def __post_init__(self) -> None:
        self.size, self.oldest = self.records.size, self.records.oldest

    def __len__(self) -> int:
        return len(self.records)

    def details(self) -> Sequence[str]:
        """Return the detail of each record."""
        return self.each or [self.detail] * len(self.records)


class Line:
    """
    Batches that wait for another attempt.

    Args:
        in_order:
            Whether none may overtake another.
    """

    def __init__(self, *, in_order: bool) -> None:
        self._in_order = in_order
        self._batches: list[Batch] = []

    def __len__(self) -> int:
        return len(self._batches)

    def __iter__(self) -> Iterator[Batch]:
        return iter(self._batches)

    def park(self, batch: Batch, due: float) -> None:
        """Keep a batch until it is sent again."""
        batch.due = due
        batch.repeats = True
        if self._in_order:
            self._batches.insert(0, batch)
        else:
            self._batches.append(batch)

    def put_first(self, *batches: Batch) -> None:
        """Put batches at the front: where order matters, nothing may overtake them."""
        self._batches[:0] = batches

    def next(self) -> Batch | None:
        """Return the batch that is due first."""
        if self._in_order:
            return self._batches[0] if self._batches else None
        return min(self._batches, key=lambda batch: batch.due, default=None)

    def remove(self, batch: Batch) -> Batch:
        """Take a batch out of the line."""
        self._batches.remove(batch)
        return batch

    def take_expired(self, started: float) -> list[Batch]:
        """Take out the batches whose first attempt began by ``started``."""
        expired = [b for b in self._batches if b.started is not None and b.started <= started]
        for batch in expired:
            self._batches.remove(batch)
        return expired

    def hurry(self, now: float) -> None:
        """Make every batch due."""
        for batch in self._batches:
            batch.due = now

    def clear(self) -> None:
        """Forget all batches."""
        self._batches.clear()
