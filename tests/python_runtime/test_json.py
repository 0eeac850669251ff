"""The one rule for values JSON has no form for."""

import dataclasses
import datetime as dt
import enum
import math
import uuid
from decimal import Decimal
from typing import Any, NamedTuple

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python.cloud_sink_base._event import Event
from python.cloud_sink_base._json import (
    MAX_DEPTH,
    clean,
    clean_map,
    dumps,
    lookup,
    may_be_deep,
    merge,
    value_text,
    without_nulls,
)

NAN = math.nan


class Color(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Order:
    number: int
    _secret: str = "hidden"


class Hostile:
    def __str__(self) -> str:
        raise RuntimeError


class Point(NamedTuple):
    x: int
    y: int


CASES: list[tuple[object, str]] = [
    (float("nan"), "null"),
    (float("inf"), "null"),
    (-float("inf"), "null"),
    (-0.0, "-0.0"),
    # Exponents with a sign, as serde_json writes them too; orjson before 3.11 wrote `1e16`.
    (1e16, "1e+16"),
    (1e15, "1000000000000000.0"),
    (1e-5, "0.00001"),
    (2**64 - 1, "18446744073709551615"),
    (2**64, '"18446744073709551616"'),
    (-(2**63), "-9223372036854775808"),
    (-(2**63) - 1, '"-9223372036854775809"'),
    (2**70, '"1180591620717411303424"'),
    (b"caf\xc3\xa9 \xff", '"café \ufffd"'),
    (bytearray(b"x"), '"x"'),
    (memoryview(b"x"), '"x"'),
    ({3, 1, 20}, "[1,20,3]"),
    (frozenset(("b", "a")), '["a","b"]'),
    ((1, "a"), '[1,"a"]'),
    (Point(1, 2), "[1,2]"),
    ("a\ud800b", '"a\ufffdb"'),
    ({1: "a", "1": "b"}, '{"1":"a","1_":"b"}'),
    ({None: 1, True: 2}, '{"None":1,"True":2}'),
    ({(1, 2): 3}, '{"(1, 2)":3}'),
    (Color.RED, '"red"'),
    (Order(5), '{"number":5}'),
    (Decimal("1.10"), '"1.10"'),
    (uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
    (dt.date(2026, 1, 2), '"2026-01-02"'),
    (
        dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.timezone.utc),
        '"2026-01-02T03:04:05+00:00"',
    ),
    (Hostile(), '"<Hostile>"'),
    (range(2), '"range(0, 2)"'),
]


@pytest.mark.parametrize(("value", "expected"), CASES, ids=lambda case: str(type(case).__name__))
def test_values_without_a_json_form_follow_the_rule(value: object, expected: str) -> None:
    assert expected == orjson.dumps(clean(value)).decode()


@pytest.mark.parametrize("value", [case[0] for case in CASES])
def test_the_fast_way_writes_the_same_or_refuses(value: object) -> None:
    try:
        fast = dumps({"k": [value]})
    except TypeError:
        return

    assert dumps(clean({"k": [value]})) == fast


def test_a_cycle_becomes_an_ellipsis() -> None:
    cycle: dict[str, Any] = {"a": 1}
    cycle["self"] = [cycle]

    assert {"a": 1, "self": ["…"]} == clean(cycle)


def test_a_value_used_twice_is_no_cycle() -> None:
    shared = {"a": 1}

    assert [shared, shared] == clean([shared, shared])


def test_nesting_beyond_the_limit_becomes_an_ellipsis() -> None:
    def nested(depth: int) -> dict[str, Any]:
        value: Any = 1
        for _ in range(depth):
            value = [value]
        return {"v": value}

    def depth_of(value: Any) -> int:
        return 1 + depth_of(value[0]) if isinstance(value, list) else 0

    assert depth_of(clean_map(nested(MAX_DEPTH))["v"]) == MAX_DEPTH
    assert nested(MAX_DEPTH) == clean_map(nested(MAX_DEPTH))
    assert "…" in str(clean_map(nested(MAX_DEPTH + 1)))


json_like = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary(max_size=8)
    | st.characters(min_codepoint=0xD800, max_codepoint=0xDFFF, categories=["Cs"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=4) | st.integers(), inner, max_size=4)
        | st.sets(st.integers() | st.text(max_size=2), max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=300)
@given(json_like)
def test_clean_values_always_have_a_json_form(value: object) -> None:
    once = clean(value)

    assert once == clean(once)
    dumps(once)


@settings(max_examples=200)
@given(json_like)
def test_clean_changes_nothing_that_already_has_one(value: object) -> None:
    try:
        fast = dumps(value)
    except TypeError:
        return

    assert may_be_deep(fast) or dumps(clean(value)) == fast


def test_merge_moves_keys_that_are_taken() -> None:
    record: dict[str, Any] = {"message": "m"}
    data = {"message": 1, "data.message": 2, "status": 404, "ok": 1}

    merge(record, data, frozenset(("status",)), "data.")

    assert {
        "message": "m",
        "data.data.message": 1,
        "data.message": 2,
        "data.status": 404,
        "ok": 1,
    } == record


def test_merge_knows_the_keys_of_earlier_merges() -> None:
    record: dict[str, Any] = {}

    merge(record, {"n": 1}, frozenset(), "context.")
    merge(record, {"n": 2, "m": 3}, frozenset(), "data.")

    assert {"n": 1, "data.n": 2, "m": 3} == record


def test_a_float_that_becomes_null_is_left_out_as_null_is() -> None:
    part = {"nan": NAN, "infinite": -math.inf, "none": None, "deep": [NAN], "ok": 1.5}

    assert ["deep", "ok"] == list(without_nulls(part))
    assert [None, None, 1.5] == [lookup(part, key) for key in ("nan", "none", "ok")]


def test_value_text_keeps_text_and_writes_the_rest_as_json() -> None:
    assert [None, None, "a", "true", "1.5", '{"a":[1]}'] == [
        value_text(v) for v in (None, NAN, "a", True, 1.5, {"a": [1]})
    ]


def test_an_event_is_cleaned_as_a_whole() -> None:
    context: dict[Any, Any] = {1: {2}}
    event = Event(1, "in\ud800fo", "m\udfff", "l", context, {"d": b"x"}, {"n": float("nan")})

    cleaned = event.cleaned()

    assert ("in\ufffdfo", "m\ufffd") == (cleaned.level, cleaned.message)
    assert ({"1": [2]}, {"d": "x"}, {}) == (
        cleaned.context,
        cleaned.diagnostics,
        cleaned.data,
    )


@dataclasses.dataclass
class Torn:
    number: int = 1

    def __getattribute__(self, name: str) -> Any:
        if name == "number":
            raise RuntimeError
        return super().__getattribute__(name)


def test_a_value_that_raises_when_it_is_read_is_its_type() -> None:
    assert {"a": "<Torn>", "b": 1} == clean({"a": Torn(), "b": 1})
