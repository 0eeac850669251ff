"""Answers that tell events apart: some are stored, some refused, some worth another attempt."""

from ._job import Batch, Failure
from ._outcome import Partial, RejectedItem
from ._record import Records
from ._stats import DropReason


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
        failures.append(Failure(batch.records.pick(places), kind, each[0], batch.attempts, each))
    return failures, batch.records.pick(again)
