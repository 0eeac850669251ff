"""
JSON text of events, and the one rule for values JSON has no form for.

The rule, the same in every sink of this project:

- NaN and the infinities become ``null``; other floats are printed by shortest round trip, as
  serde_json prints them (``1e+16``; both libraries wrote ``1e16`` before they took up zmij).
- A whole number outside -2^63 .. 2^64-1 becomes its decimal digits as text.
- Bytes become UTF-8 text, invalid parts U+FFFD; so does each surrogate code point in a text.
- A set becomes a list, sorted by the JSON text of its items; a tuple becomes a list.
- A list or object that raises when it is read becomes its type's name, ``<Name>``.
- Date, time, UUID, enum member and dataclass are written as orjson writes them, which is how
  fapilog's own serialized entries carry them; every other object becomes ``str(object)``.
- A key that is no text becomes ``str(key)``, with ``_`` appended while that is taken.
- A list or object that contains itself, and one nested deeper than ``MAX_DEPTH``, becomes ``…``.
  A value that stands directly in an event's data, context or diagnostics has depth 1.

`dumps` is the fast way and refuses what it cannot carry; `clean` applies the rule in full.
"""

import dataclasses
import enum
import math
import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import orjson

MAX_DEPTH = 32
ELLIPSIS = "…"

_MAY_BE_NULL = frozenset((float, type(None)))
_SURROGATE = re.compile("[\ud800-\udfff]")
_SMALLEST_INT = -(2**63)
_LARGEST_INT = 2**64 - 1


def dumps(value: object) -> bytes:
    """
    Write a value as compact JSON.

    Raises:
        TypeError: The value holds something only `clean` can deal with: a key that is no text, a
            number beyond 64 bit, a surrogate, a cycle.
    """
    return orjson.dumps(value, _convert)


def clean(value: object) -> object:
    """Return a value of the same meaning that `dumps` always accepts."""
    return _clean(value, 1, set())


def clean_map(part: dict[Any, Any]) -> dict[str, Any]:
    """Return `clean` of every value of an event's data, context or diagnostics."""
    return _clean_items(part, 0, set())


def may_be_deep(text: bytes) -> bool:
    """Tell whether a JSON text has enough brackets to be nested beyond `MAX_DEPTH`."""
    return text.count(b"{") + text.count(b"[") > MAX_DEPTH


def merge(target: dict[str, Any], part: dict[str, Any], taken: frozenset[str], prefix: str) -> None:
    """
    Merge the entries of an event's part into a record.

    A key that is ``taken`` or already in ``target`` gets ``prefix`` until it is free, so that no
    key appears twice and no value is lost.
    """
    if taken.isdisjoint(part) and target.keys().isdisjoint(part):
        target.update(part)
        return
    for key, value in part.items():
        name = key
        if name in taken or name in target:
            name = prefix + name
            while name in taken or name in target or name in part:
                name = prefix + name
        target[name] = value


def without_nulls(part: dict[str, Any]) -> dict[str, Any]:
    """Return a part of an event without the nulls, and floats that become one, at its top level."""
    if _MAY_BE_NULL.isdisjoint(map(type, part.values())):
        return part
    return {
        key: value
        for key, value in part.items()
        if value is not None and (type(value) is not float or math.isfinite(value))
    }


def lookup(part: dict[str, Any], *path: str) -> Any:  # noqa: ANN401  any JSON value
    """Return what stands in nested objects below a part of an event; None when nothing does."""
    value: Any = part
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return None if type(value) is float and not math.isfinite(value) else value


def value_text(value: object) -> str | None:
    """Return a value as text, for labels and tags: text as it is, null as nothing, else JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return dumps(value).decode()


def plain_text(value: object) -> str | None:
    """Return text as it is and bytes as UTF-8, invalid parts U+FFFD; None for everything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return None


def as_text(value: object) -> str:
    """Return a value where only a text will do: text as it is, null as none, the rest as JSON."""
    if isinstance(value, str):
        return value
    cleaned = clean(value)
    if isinstance(cleaned, str):
        return cleaned
    return "" if cleaned is None else dumps(cleaned).decode()


def is_null(value: object) -> bool:
    """Tell whether a value has no other form in JSON than null."""
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def text_of(value: object) -> str:
    """Return ``str(value)``, or the type's name where that raises."""
    try:
        return str(value)
    except Exception:  # noqa: BLE001  an object of the application; whatever it raises, log on
        return f"<{type(value).__name__}>"


def _convert(value: object) -> object:
    """Turn what orjson has no form for into something it has one for."""
    text = plain_text(value)
    if text is not None:
        return text
    if isinstance(value, set | frozenset):
        return _clean_set(value, 1, set())
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, float):
        return float(value)
    return text_of(value)


def _clean(value: object, depth: int, path: set[int]) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, enum.Enum):
        return _clean(value.value, depth, path)
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, int):
        return int(value) if _SMALLEST_INT <= value <= _LARGEST_INT else _digits(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, datetime | date | time | UUID):
        return _as_orjson_writes(value)
    children = _children_cleaner(value)
    if children is None:
        return _SURROGATE.sub("\ufffd", str(_convert(value)))
    if depth > MAX_DEPTH or id(value) in path:
        return ELLIPSIS
    return _clean_children(children, value, depth, path)


def _clean_children(
    children: Callable[[Any, int, set[int]], object], value: object, depth: int, path: set[int]
) -> object:
    path.add(id(value))
    try:
        return children(value, depth, path)
    except Exception:  # noqa: BLE001  an object of the application can raise anything
        return f"<{type(value).__name__}>"
    finally:
        path.discard(id(value))


def _children_cleaner(value: object) -> Callable[[Any, int, set[int]], object] | None:
    if isinstance(value, dict):
        return _clean_items
    if isinstance(value, list | tuple):
        return _clean_list
    if isinstance(value, set | frozenset):
        return _clean_set
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _clean_dataclass
    return None


def _clean_items(value: dict[Any, Any], depth: int, path: set[int]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, item in list(value.items()):
        name = _SURROGATE.sub("\ufffd", key if isinstance(key, str) else text_of(key))
        while name in result:
            name += "_"
        result[name] = _clean(item, depth + 1, path)
    return result


def _clean_list(value: list[Any] | tuple[Any, ...], depth: int, path: set[int]) -> list[object]:
    return [_clean(item, depth + 1, path) for item in list(value)]


def _clean_set(value: set[Any] | frozenset[Any], depth: int, path: set[int]) -> list[object]:
    return sorted((_clean(item, depth + 1, path) for item in list(value)), key=orjson.dumps)


def _clean_dataclass(value: Any, depth: int, path: set[int]) -> dict[str, Any]:  # noqa: ANN401
    names = [field.name for field in dataclasses.fields(value) if not field.name.startswith("_")]
    return _clean_items({name: getattr(value, name, None) for name in names}, depth, path)


def _as_orjson_writes(value: object) -> str:
    try:
        return str(orjson.loads(orjson.dumps(value)))
    except TypeError:  # a time with a zone, a zone without an offset
        return text_of(value)


def _digits(value: int) -> str:
    try:
        return str(int(value))
    except ValueError:  # beyond the interpreter's limit for decimal conversion
        return hex(value)
