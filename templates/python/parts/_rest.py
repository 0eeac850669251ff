"""What a record takes of an event as it comes: whole parts, with other keys or in another form."""

import math
import re
from collections.abc import Collection, Iterator
from enum import Enum
from typing import Any

import orjson

from ..cloud_sink_base import Event, dumps, value_text

# Nested objects are flattened to this depth.
_MAX_DEPTH = 32
_JSON = (str, int, float, type(None))


class Values(Enum):
    """What values may be; others become their JSON text."""

    ANY = "any"
    """Any JSON value."""
    SCALARS = "scalars"
    """Texts, numbers and booleans."""
    TEXTS = "texts"
    """Texts."""


class Rest:
    """
    Takes parts of events.

    Args:
        parts:
            Names of parts in order, each with what is put before a key that is taken.
        prefix:
            Put before every key.
        flatten:
            Joins the keys of nested objects; None: they stay objects.
        values:
            What values may be.
        keys:
            Characters keys may have, as in a bracket; others become ``_``.
        most:
            Most members; those beyond stand together as JSON text under ``_rest``.
    """

    def __init__(
        self,
        *parts: tuple[str, str],
        prefix: str = "",
        flatten: str | None = None,
        values: Values = Values.ANY,
        keys: str | None = None,
        most: int | None = None,
    ) -> None:
        self._prefix = prefix
        self._flatten = flatten
        self._values = values
        self._unfit = None if keys is None else re.compile(f"[^{_escaped(keys)}]")
        self._most = most
        self._parts = [(part, self._key(clash)) for part, clash in parts]

    def members(self, event: Event, taken: Collection[str] = ()) -> dict[str, object]:
        """Return the members an event has; none has a key that is ``taken``."""
        result: dict[str, object] = {}
        used = set(taken)
        for name, clash in self._parts:
            shaped = list(self._shaped(getattr(event, name)))
            own = {self._prefix + key for key, _ in shaped}
            seen: set[str] = set()
            for plain, value in shaped:
                key = self._prefix + plain
                rest = plain
                while key in used or key in seen or (rest is not plain and key in own):
                    rest = clash + rest
                    key = self._prefix + rest
                seen.add(key)
                result[key] = value
            used |= seen
        return result if self._most is None else self._capped(result, self._most)

    def _shaped(self, part: dict[str, Any]) -> Iterator[tuple[str, object]]:
        for path, value in self._flat(part, "", 1):
            yield self._key(path), self._value(value)

    def _flat(self, part: dict[str, Any], start: str, depth: int) -> Iterator[tuple[str, object]]:
        for key, given in part.items():
            value = plain_json(given)
            if value is None or (isinstance(value, float) and not math.isfinite(value)):
                continue
            if self._flatten is not None and isinstance(value, dict) and depth <= _MAX_DEPTH:
                yield from self._flat(value, f"{start}{key}{self._flatten}", depth + 1)
            else:
                yield start + key, value

    def _key(self, key: str) -> str:
        return key if self._unfit is None else self._unfit.sub("_", key)

    def _value(self, value: object) -> object:
        is_scalar = isinstance(value, str | int | float)
        if self._values is Values.ANY or (is_scalar and self._values is Values.SCALARS):
            return value
        return value_text(value)

    def _capped(self, members: dict[str, object], most: int) -> dict[str, object]:
        if len(members) <= most:
            return members
        pairs = list(members.items())
        kept = dict(pairs[: most - 1])
        kept[f"{self._prefix}_rest"] = dumps(dict(pairs[most - 1 :])).decode()
        return kept


def plain_json(value: object) -> object:
    """Return a value as JSON has it: text, number, boolean, list, object or null."""
    if isinstance(value, list | dict) or type(value) in _JSON or isinstance(value, bool):
        return value
    return orjson.loads(dumps(value))


def _escaped(characters: str) -> str:
    """Return what a bracket expression of `re` calls these characters and ranges."""
    result = ""
    rest = characters
    while rest:
        if len(rest) > 2 and rest[1] == "-":  # noqa: PLR2004  a range: both ends and a hyphen
            result += f"{re.escape(rest[0])}-{re.escape(rest[2])}"
            rest = rest[3:]
        else:
            result += re.escape(rest[0])
            rest = rest[1:]
    return result
