"""Entries of every shape, read without failing."""

import math
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from python.cloud_sink_base import (
    Event,
    parse_rfc3339,
    rfc3339_millis,
    rfc3339_nanos,
    unix_millis,
    unix_seconds,
)
from support import entry

NOW = 1_800_000_000_000_000_000
MOMENT = 1_795_439_551_559_000_000


def test_an_entry_of_fapilog_is_read_whole() -> None:
    event = Event.from_entry(entry(3), NOW)

    assert MOMENT == event.timestamp
    assert ("info", "event 3", "svc.api") == (event.level, event.message, event.logger)
    assert {"message_id": "0d20c1de-3"} == event.context
    assert "shop" == event.diagnostics["service"]
    assert {"n": 3, "user": "u-7", "amount": 12.5} == event.data


def test_a_wrapped_entry_is_the_same_event() -> None:
    wrapped = Event.from_entry({"log": entry(3), "schema_version": "1.1"}, NOW)

    assert Event.from_entry(entry(3), NOW).data == wrapped.data
    assert MOMENT == wrapped.timestamp


def test_unknown_keys_go_to_data() -> None:
    event = Event.from_entry(entry(1) | {"tags": ["a"], "n": "loses", "metadata": {"x": 1}}, NOW)

    assert 1 == event.data["n"]
    assert (["a"], {"x": 1}) == (event.data["tags"], event.data["metadata"])


def test_a_part_of_another_type_goes_to_data() -> None:
    event = Event.from_entry({"message": "m", "context": "c", "data": [1]}, NOW)

    assert {} == event.context
    assert {"context": "c", "data": [1]} == event.data


@pytest.mark.parametrize("stamp", [None, "", "yesterday", "2026-13-01T00:00:00Z", [], True])
def test_an_entry_without_a_readable_timestamp_happened_now(stamp: object) -> None:
    assert NOW == Event.from_entry(entry(1, timestamp=stamp), NOW).timestamp


def test_a_numeric_timestamp_is_seconds() -> None:
    assert MOMENT == Event.from_entry(entry(1, timestamp=1795439551.559), NOW).timestamp


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("WARN", "warning"),
        ("fatal", "critical"),
        ("Audit", "audit"),
        ("MyLevel", "mylevel"),
        (7, "7"),
    ],
)
def test_levels_have_one_name(level: object, expected: str) -> None:
    assert expected == Event.from_entry(entry(1, level=level), NOW).level


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23T13:12:31.559Z", MOMENT),
        ("2026-11-23T14:12:31.559+01:00", MOMENT),
        ("2026-11-23t13:12:31.559000000z", MOMENT),
        ("2026-11-23T13:12:31Z", MOMENT - 559_000_000),
        ("1969-12-31T23:59:59.999999999Z", -1),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000),
    ],
)
def test_rfc3339_is_read(text: str, expected: int) -> None:
    assert expected == parse_rfc3339(text)


@pytest.mark.parametrize(
    "text", ["2026-11-23", "2026-11-23T13:12:31", "9999-01-01T00:00:00Z", "2026-11-23T13:12:31.Z"]
)
def test_what_is_no_rfc3339_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="time"):
        parse_rfc3339(text)


@given(st.integers(-(2**63), 2**63 - 1))
def test_a_time_written_is_the_time_read(nanos: int) -> None:
    assert nanos == parse_rfc3339(rfc3339_nanos(nanos))


@given(st.integers(-(2**62), 2**62))
def test_a_time_written_in_milliseconds_is_cut(nanos: int) -> None:
    assert unix_millis(nanos) == unix_millis(parse_rfc3339(rfc3339_millis(nanos)))


def test_times_are_cut_to_their_precision() -> None:
    assert "2026-11-23T13:12:31.559Z" == rfc3339_millis(MOMENT + 999_999)
    assert b"1795439551.559" == orjson.dumps(unix_seconds(MOMENT + 999_999))
    assert b"-0.001" == orjson.dumps(unix_seconds(-1))


@pytest.mark.parametrize("extra", [{}, {"tags": ["a"]}], ids=["fapilog's shape", "another shape"])
def test_an_event_has_no_nulls_at_its_top_level(extra: dict[str, Any]) -> None:
    part = {"none": None, "nan": math.nan, "infinite": math.inf, "deep": {"none": None}, "n": 1.5}

    event = Event.from_entry(entry(1, context=part, diagnostics=part, data=part) | extra, NOW)

    for found in (event.context, event.diagnostics, event.data):
        assert {"deep": {"none": None}, "n": 1.5}.items() <= found.items()
        assert {"none", "nan", "infinite"}.isdisjoint(found)


@pytest.mark.parametrize("value", ["text", 1, 2**70, True, 0.5, None, math.nan])
def test_an_event_of_plain_values_is_flat(value: object) -> None:
    event = Event.from_entry(entry(1, context={"v": None}, data={"v": value, "w": 1}), NOW)

    assert event.is_flat is (value is not None and value == value)


@pytest.mark.parametrize("value", [[], {}, (), {1}, b"x", object()])
@pytest.mark.parametrize("part", ["context", "diagnostics", "data"])
def test_an_event_that_holds_anything_else_may_be_deep(part: str, value: object) -> None:
    assert not Event.from_entry(entry(1, **{part: {"v": value}}), NOW).is_flat


@pytest.mark.parametrize("level", [None, [], {}, 20, "info"])
def test_any_level_is_read(level: object) -> None:
    assert Event.from_entry(entry(1, level=level), NOW).level == (
        "info" if level is None else str(level)
    )


class Hostile:
    def __str__(self) -> str:
        raise RuntimeError("no text")

    def __getitem__(self, key: object) -> object:
        raise RuntimeError("no item")


@pytest.mark.parametrize("extra", [{}, {"tags": ["a"]}], ids=["fapilog's shape", "another shape"])
@pytest.mark.parametrize("part", ["message", "level", "logger"])
def test_a_value_without_a_text_becomes_its_type(part: str, extra: dict[str, Any]) -> None:
    event = Event.from_entry(entry(1) | {part: Hostile()} | extra, NOW)

    assert "<hostile>" == getattr(event, part).lower()


def test_a_timestamp_that_raises_is_now() -> None:
    assert NOW == Event.from_entry(entry(1, timestamp=Hostile()), NOW).timestamp
