"""Reads answers that say for each event whether it was stored."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from ..cloud_sink_base import Bisect, Delivered, Outcome, Partial, RejectedItem, Transient

_MAX_REASON_CHARACTERS = 200


@dataclass(frozen=True)
class ItemRules:
    """
    Where per-item results stand and what they mean.

    A pointer is a JSON pointer: ``/items``; empty for the value itself.

    Attributes:
        items: Pointer to the list; items stand in request order.
        status: Pointer within an item to its status.
        error: Pointer within an item to its error text.
        delivered: Statuses that mean stored.
        retryable: Statuses worth another attempt; all others are rejected.
        refused_when: Pointer within an item and the text there that means refused, whatever the
            status says.
    """

    items: str
    status: str
    delivered: Container[int]
    retryable: Container[int]
    error: str | None = None
    refused_when: tuple[str, str] | None = None


def read_items(body: bytes, events: int, rules: ItemRules) -> Outcome:
    """
    Sort the events of a request by the results in its answer.

    An answer that does not name every event says nothing about any: the request is repeated.
    """
    items = pointed(parse(body), rules.items)
    if not isinstance(items, list) or len(items) != events:
        return Transient("the answer does not have one result for each event")
    rejected: list[RejectedItem] = []
    retry: list[int] = []
    for index, item in enumerate(items):
        status = _status(pointed(item, rules.status))
        refused = rules.refused_when is not None and (
            pointed(item, rules.refused_when[0]) == rules.refused_when[1]
        )
        if status is None:
            return Transient("the answer does not have one result for each event")
        if status in rules.delivered and not refused:
            continue
        if status in rules.retryable and not refused:
            retry.append(index)
        else:
            rejected.append(RejectedItem(index, _reason(item, status, rules.error)))
    return Partial(rejected, retry) if rejected or retry else Delivered()


def first_bad(body: bytes, events: int, pointer: str, reason: str) -> Outcome:
    """
    Sort the events of a request by the position of the first bad one.

    Those after it were not looked at and are sent again; the provider does not say whether it
    stored those before it.
    """
    index = pointed(parse(body), pointer)
    if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < events:
        return Bisect(reason)
    before = [RejectedItem(earlier, RejectedItem.UNCERTAIN) for earlier in range(index)]
    return Partial([*before, RejectedItem(index, reason)], range(index + 1, events))


def parse(body: bytes) -> Any:  # noqa: ANN401  any JSON value
    """Return the body's JSON value; None when it is no JSON."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def pointed(value: Any, pointer: str) -> Any:  # noqa: ANN401  any JSON value
    """Return what a JSON pointer leads to; None when it leads nowhere."""
    for step in _steps(pointer):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isascii() and step.isdecimal():
            value = value[int(step)] if int(step) < len(value) else None
        else:
            return None
    return value


def _steps(pointer: str) -> Sequence[str]:
    if not pointer:
        return ()
    return [s.replace("~1", "/").replace("~0", "~") for s in pointer.split("/")[1:]]


def _status(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _reason(item: Any, status: int, error: str | None) -> str:  # noqa: ANN401  any JSON value
    text = None if error is None else pointed(item, error)
    if text is None:
        return f"status {status}"
    text = text if isinstance(text, str) else orjson.dumps(text).decode()
    text = "".join(c if c.isprintable() else " " for c in text[:_MAX_REASON_CHARACTERS])
    return f"status {status}: {text}"
