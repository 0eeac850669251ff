"""
What one attempt came to.

``reason`` is short, free of secrets, and meant for a log line.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, TypeAlias

from ._json import text_of


@dataclass(frozen=True)
class RejectedItem:
    """One refused event of a request: its position, from 0, and what the provider said."""

    index: int
    reason: str

    UNCERTAIN: ClassVar[str] = "uncertain"
    """Reason of an item the provider may or may not have stored; counted apart."""


@dataclass(frozen=True)
class Delivered:
    """Every event is stored."""


@dataclass(frozen=True)
class Partial:
    """
    Some are refused, some worth another attempt; all others are stored.

    Attributes:
        rejected: Events the provider will never take.
        retry: Positions worth another attempt.
    """

    rejected: Sequence[RejectedItem] = ()
    retry: Sequence[int] = ()

    def __post_init__(self) -> None:
        # Read more than once: a generator would look empty the second time, and its events stored.
        object.__setattr__(self, "rejected", tuple(self.rejected))
        object.__setattr__(self, "retry", tuple(self.retry))
        items: tuple[object, ...] = (*self.rejected, *self.retry)
        if not all(isinstance(item, RejectedItem | int) for item in items):
            message = "`rejected` holds `RejectedItem`, `retry` positions"
            raise TypeError(message)


@dataclass(frozen=True)
class Split:
    """Too large: both halves may fit."""

    reason: str


@dataclass(frozen=True)
class Bisect:
    """Some event is bad and the answer does not say which."""

    reason: str


@dataclass(frozen=True)
class Throttled:
    """Told to slow down, for ``retry_after`` seconds if the provider said so."""

    reason: str
    retry_after: float | None = None

    def __post_init__(self) -> None:
        _check_delay(self.retry_after)


@dataclass(frozen=True)
class Transient:
    """May work later."""

    reason: str
    retry_after: float | None = None

    def __post_init__(self) -> None:
        _check_delay(self.retry_after)


@dataclass(frozen=True)
class Paused:
    """The events are fine, the account is not: wrong key, missing permission, used-up quota."""

    reason: str


@dataclass(frozen=True)
class Rejected:
    """Will never work."""

    reason: str


@dataclass(frozen=True)
class Uncertain:
    """
    Some events are stored and some are lost, and nobody knows which; nothing is sent again.

    Attributes:
        reason: What the provider said.
        failed: How many are lost; None: unknown, so all count.
    """

    reason: str
    failed: int | None = None


Outcome: TypeAlias = (
    Delivered | Partial | Split | Bisect | Throttled | Transient | Paused | Uncertain | Rejected
)


def _check_delay(retry_after: object) -> None:
    """Refuse a header's text, here where the mistake is: nobody could wait that long."""
    if not isinstance(retry_after, int | float | None):
        message = "`retry_after` is a number of seconds"
        raise TypeError(message)


class AnswerError(Exception):
    """What is wrong with an answer of a transport."""


def checked(answer: object) -> Outcome:
    """
    Return a transport's answer as the runtime relies on it; a reason that is no text becomes one.

    Raises:
        AnswerError: It is no outcome, or holds positions that are no whole numbers.
    """
    if not isinstance(answer, Outcome):
        message = f"returned {type(answer).__name__}, which is no outcome"
        raise AnswerError(message)
    if isinstance(answer, Delivered):
        return answer
    if not isinstance(answer, Partial):
        return replace(answer, reason=text_of(answer.reason))
    for place in (*(item.index for item in answer.rejected), *answer.retry):
        if not isinstance(place, int):
            message = f"returned `Partial` with a position that is {type(place).__name__}, not int"
            raise AnswerError(message)
    if all(isinstance(item.reason, str) for item in answer.rejected):
        return answer
    items = [replace(item, reason=text_of(item.reason)) for item in answer.rejected]
    return Partial(items, answer.retry)


def outcome_of_status(status: int, reason: str, retry_after: float | None = None) -> Outcome:
    """
    Sort an HTTP status into an outcome, for providers without peculiarities.

    A refused body (400, 422) is bisected until the bad event is found; wrong credentials, a wrong
    address and a redirect keep the events.
    """
    if 200 <= status < 300:  # noqa: PLR2004  the statuses are the subject here
        return Delivered()
    if status == 429:  # noqa: PLR2004
        return Throttled(reason, retry_after)
    if status == 413:  # noqa: PLR2004
        return Split(reason)
    if status in (400, 422):
        return Bisect(reason)
    if status in (401, 402, 403, 404, 405, 407) or 300 <= status < 400:  # noqa: PLR2004
        return Paused(reason)
    if status in (408, 425) or status >= 500:  # noqa: PLR2004
        return Transient(reason, retry_after)
    return Rejected(reason)
