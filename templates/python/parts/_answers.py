"""Reads answers that say for each event whether it was stored, and the codes in them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from ..cloud_sink_base import (
    Bisect,
    Delivered,
    Outcome,
    Partial,
    Paused,
    RejectedItem,
    Transient,
    Uncertain,
)
from ._http import HttpResponse, describe, is_page, printable, retry_after

_UNREADABLE = "the answer does not say what became of each event"


class Codes:
    """
    A set of codes: numbers, ranges of them, words.

    A text of digits is a number.

    Args:
        codes:
            What belongs to it.
        absent:
            A code that is missing or null belongs to it.
        present:
            Any other code belongs to it.
    """

    def __init__(
        self, *codes: int | range | str, absent: bool = False, present: bool = False
    ) -> None:
        self._words = frozenset(code for code in codes if isinstance(code, str))
        self._numbers = frozenset(code for code in codes if isinstance(code, int))
        self._ranges = tuple(code for code in codes if isinstance(code, range))
        self.absent = absent
        self.present = present

    def __contains__(self, found: object) -> bool:
        code = code_of(found)
        if code is None:
            return self.absent
        if self.present:
            return True
        if isinstance(code, str):
            return code in self._words
        return code in self._numbers or any(code in numbers for numbers in self._ranges)


@dataclass(frozen=True)
class ItemRules:
    """
    What per-item results mean.

    A pointer is a JSON pointer: ``/items``; empty for the value itself.

    Attributes:
        code: Pointer within an item to its status or code.
        delivered: Codes that mean stored.
        retryable: Codes worth another attempt; all others are rejected.
        error: Pointer within an item to its error text.
        refused_when: Pointer within an item and the text there that means refused, whatever the
            code says.
        delay: What reads the delay that an answer asks for whose results cannot be read.
    """

    code: str
    delivered: Codes
    retryable: Codes
    error: str | None = None
    refused_when: tuple[str, str] | None = None
    delay: Callable[[HttpResponse], float | None] = retry_after


def read_list(response: HttpResponse, items: str, rules: ItemRules) -> Outcome:
    """Sort events by a list with one result for each, in the order of the request."""

    def results(body: object) -> Iterator[tuple[int, Any, bool]]:
        found = pointed(body, items)
        if not isinstance(found, list) or len(found) != response.events:
            raise _UnreadableError
        for place, item in enumerate(found):
            has_code = pointed(item, rules.code) is not None
            if not has_code and not rules.delivered.absent and not rules.retryable.absent:
                raise _UnreadableError
            yield place, item, True

    return _sorted(response, results, rules)


def read_ids(response: HttpResponse, items: str, by: str, rules: ItemRules) -> Outcome:
    """Sort events by a list of those that failed, each with its position; the rest is stored."""

    def results(body: object) -> Iterator[tuple[int, Any, bool]]:
        found = pointed(body, items)
        if not isinstance(found, list | None):
            raise _UnreadableError
        for item in found or ():
            yield _position(pointed(item, by), response.events), item, False

    return _sorted(response, results, rules)


def read_map(response: HttpResponse, items: str, rules: ItemRules) -> Outcome:
    """Sort events by a map from the positions of those that failed; the rest is stored."""

    def results(body: object) -> Iterator[tuple[int, Any, bool]]:
        found = pointed(body, items)
        if not isinstance(found, dict | None):
            raise _UnreadableError
        for position, item in (found or {}).items():
            yield _position(position, response.events), item, False

    return _sorted(response, results, rules)


def read_count(
    response: HttpResponse,
    failed: str,
    delay: Callable[[HttpResponse], float | None] = retry_after,
) -> Outcome:
    """Return what the number of failed events means; nobody knows which they are."""
    if is_page(response):
        return Paused(describe(response))
    count = code_of(pointed(parse(response.body), failed))
    if not _is_json(response.body) or isinstance(count, str) or (count is not None and count < 0):
        return Transient(_UNREADABLE, delay(response))
    if not count or not response.events:
        return Delivered()
    return Uncertain(describe(response), min(count, response.events))


def first_bad(response: HttpResponse, pointer: str, reason: str) -> Outcome:
    """
    Sort the events of a request by the position of the first bad one.

    Those after it were not looked at and are sent again; the provider does not say whether it
    stored those before it.
    """
    if is_page(response):
        return Paused(reason)
    index, events = pointed(parse(response.body), pointer), response.events
    if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < events:
        return Bisect(reason)
    before = [RejectedItem(earlier, RejectedItem.UNCERTAIN) for earlier in range(index)]
    return Partial([*before, RejectedItem(index, reason)], range(index + 1, events))


def body_code(response: HttpResponse, pointer: str) -> int | str | None:
    """Return the provider's own code, from the body."""
    return code_of(pointed(parse(response.body), pointer))


def header_code(response: HttpResponse, name: str) -> int | str | None:
    """Return the provider's own code, from a header."""
    text = response.headers.get(name)
    return None if text is None else code_of(text.strip())


def error_text(response: HttpResponse, pointer: str) -> str:
    """Return status and error text for a log line."""
    text = pointed(parse(response.body), pointer)
    if isinstance(text, int | float) and not isinstance(text, bool):
        text = orjson.dumps(text).decode()
    return describe(response, text if isinstance(text, str) else None)


def has_text(response: HttpResponse, *texts: str) -> bool:
    """Tell whether one of some texts stands in the body."""
    body = response.body.decode("utf-8", "replace")
    return any(text in body for text in texts)


def code_of(found: object) -> int | str | None:
    """Return a code as a number or a word; None when it is missing or null."""
    if found is None or (isinstance(found, int) and not isinstance(found, bool)):
        return found
    if not isinstance(found, str):
        return ""  # there, and neither a number nor a word
    digits = found.removeprefix("-")
    is_number = digits.isascii() and digits.isdecimal() and (digits[0] != "0" or digits == "0")
    return int(found) if is_number else found


def parse(body: bytes) -> Any:  # noqa: ANN401  any JSON value
    """Return the body's JSON value; None when it is no JSON."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def pointed(value: Any, pointer: str) -> Any:  # noqa: ANN401  any JSON value
    """Return what a JSON pointer leads to; None when it leads nowhere."""
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isascii() and key.isdecimal():
            value = value[int(key)] if int(key) < len(value) else None
        else:
            return None
    return value


class _UnreadableError(Exception):
    pass


def _sorted(
    response: HttpResponse,
    results: Callable[[object], Iterable[tuple[int, Any, bool]]],
    rules: ItemRules,
) -> Outcome:
    """
    Sort the events of a request by results: position, item, whether it may have been stored.

    An answer that does not say what became of each event says nothing: the request is repeated.
    """
    if is_page(response):
        return Paused(describe(response))
    rejected: list[RejectedItem] = []
    retry: list[int] = []
    if not _is_json(response.body):
        return Transient(_UNREADABLE, rules.delay(response))
    try:
        for place, item, may_be_stored in results(parse(response.body)):
            code = pointed(item, rules.code)
            refused = rules.refused_when is not None and (
                pointed(item, rules.refused_when[0]) == rules.refused_when[1]
            )
            if may_be_stored and code in rules.delivered and not refused:
                continue
            if code in rules.retryable and not refused:
                retry.append(place)
            else:
                rejected.append(RejectedItem(place, _reason(item, code, rules.error)))
    except _UnreadableError:
        return Transient(_UNREADABLE, rules.delay(response))
    return Partial(rejected, retry) if rejected or retry else Delivered()


def _is_json(body: bytes) -> bool:
    return body.strip() == b"null" or parse(body) is not None


def _position(found: object, events: int) -> int:
    position = code_of(found)
    if not isinstance(position, int) or not 0 <= position < events:
        raise _UnreadableError
    return position


def _reason(item: object, code: object, error: str | None) -> str:
    reason = "refused" if code is None else f"status {_text(code)}"
    text = None if error is None else pointed(item, error)
    return reason if text is None else f"{reason}: {printable(_text(text))}"


def _text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
