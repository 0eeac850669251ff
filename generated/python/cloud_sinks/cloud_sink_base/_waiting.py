"""Batches that wait for another attempt."""

from collections.abc import Iterator

from ._job import Batch


class Waiting:
    """
    The batches, and which of them is next.

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

    def put_second(self, *batches: Batch) -> None:
        """Put batches behind the first."""
        self._batches[1:1] = batches

    def next(self) -> Batch | None:
        """Return the batch that is due first."""
        if self._in_order:
            return self._batches[0] if self._batches else None
        return min(self._batches, key=lambda batch: batch.due, default=None)

    def remove(self, batch: Batch) -> Batch:
        """Take a batch out."""
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
