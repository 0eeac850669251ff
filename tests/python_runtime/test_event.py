"""Entries of every shape, read without failing."""

import asyncio
import collections
import datetime as dt
import decimal
import enum
import math
import time
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest
from fapilog.core.errors import SinkWriteError
from hypothesis import given
from hypothesis import strategies as st

from python.cloud_sink_base import (
    Event,
    EventTime,
    parse_time,
    rfc3339_millis,
    rfc3339_nanos,
    unix_millis,
    unix_seconds,
)
from support import Hanging, ScriptedSink, entry, write_all

NOW = 1_800_000_000_000_000_000
MOMENT = 1_795_439_551_559_000_000


def test_an_entry_of_fapilog_is_read_whole() -> None:
    event = Event.from_entry(entry(3), NOW)

    assert MOMENT == event.timestamp
    assert ("info", "event 3", "svc.api") == (event.level, event.message, event.logger)
    assert {"message_id": "0d20c1de-3"} == event.context
    assert "shop" == event.diagnostics["service"]
    assert {"n": 3, "user": "u-7", "amount": 12.5} == event.data


class Level(enum.Enum):
    LOUD = 40


class Named:
    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return self.name


class Hostile:
    def __str__(self) -> str:
        raise RuntimeError("no text")

    def __getitem__(self, key: object) -> object:
        raise RuntimeError("no item")


class Broken(Hostile, Mapping[str, Any]):
    def __iter__(self) -> Any:
        raise RuntimeError("no keys")

    def __len__(self) -> int:
        raise RuntimeError("no length")


# What the expressions of the case file use.
NAMES: dict[str, Any] = {
    **vars(dt),
    "ChainMap": collections.ChainMap,
    "OrderedDict": collections.OrderedDict,
    "Decimal": decimal.Decimal,
    "MappingProxyType": types.MappingProxyType,
    "inf": math.inf,
    "nan": math.nan,
    "Broken": Broken,
    "Hostile": Hostile,
    "Level": Level,
    "Named": Named,
}

CASES = orjson.loads(
    (Path(__file__).parents[1].joinpath("events", "cases.json")).read_bytes(),
)


def given_by(case: dict[str, Any]) -> object:
    if "python" in case:
        return eval(case["python"], dict(NAMES))
    if "text" in case:
        return case["text"].encode()
    if "hex" in case:
        return bytes.fromhex(case["hex"])
    return case["entry"]


def normal_form(event: Event) -> dict[str, Any]:
    """The event as the encoders take it."""
    clean = event.cleaned()
    names = ("timestamp", "level", "message", "logger", "context", "diagnostics", "data")
    parts = {name: getattr(clean, name) for name in names}
    return {**parts, "time": clean.time.value}


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["says"])
def test_an_entry_becomes_the_event_of_the_case_file(case: dict[str, Any]) -> None:
    event = Event.from_entry(given_by(case), CASES["accepted_at"])

    found = normal_form(event)
    expected = {name: case["expected"][name] for name in found}
    assert expected == found
    # Equal also in what `==` does not tell: the order of keys, and 1 from 1.0 and from true.
    assert orjson.dumps(expected) == orjson.dumps(found)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_of_every_type_are_read(kind: Any) -> None:
    assert "m" == Event.from_entry(kind(b'{"message":"m"}'), NOW).message


def test_a_time_that_is_missing_is_the_time_of_the_call() -> None:
    before = time.time_ns()

    assert before <= Event.from_entry({}).timestamp <= time.time_ns()


@given(st.integers(-(2**63), 2**63 - 1))
def test_a_time_written_is_the_time_read(nanos: int) -> None:
    assert nanos == parse_time(rfc3339_nanos(nanos))


@given(st.integers(-(2**62), 2**62))
def test_a_time_written_in_milliseconds_is_cut(nanos: int) -> None:
    assert unix_millis(nanos) == unix_millis(parse_time(rfc3339_millis(nanos)))


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


@pytest.mark.parametrize("stamp", ["2026-01-02T03:04:05.678Z", "2026-01-02T24:00:00.000Z"])
def test_a_time_that_follows_one_of_the_same_second_is_read_alike(stamp: str) -> None:
    parse_time(stamp)
    later = stamp.replace("000Z", "001Z").replace("678Z", "679Z")

    if later.startswith("2026-01-02T24"):
        with pytest.raises(ValueError, match="time"):
            parse_time(later)
    else:
        assert parse_time(stamp) + 1_000_000 == parse_time(later)


@pytest.mark.parametrize("extra", [{}, {"tags": ["a"]}], ids=["fapilog's shape", "another shape"])
@pytest.mark.parametrize("part", ["message", "level", "logger"])
def test_a_value_without_a_text_becomes_its_type(part: str, extra: dict[str, Any]) -> None:
    event = Event.from_entry(entry(1) | {part: Hostile()} | extra, NOW)

    assert "<hostile>" == getattr(event, part).lower()


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=[]))
    | st.binary()
    | st.datetimes(timezones=st.none() | st.just(dt.timezone.utc))
    | st.decimals(),
    lambda inner: st.lists(inner) | st.dictionaries(st.integers() | st.text() | st.none(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*entry(1), "log", "schema_version"]), anything) | anything)
def test_no_entry_raises_and_every_event_can_be_written(given: object) -> None:
    event = Event.from_entry(given, NOW)

    assert (event.time is EventTime.READ) or NOW == event.timestamp
    orjson.dumps(normal_form(event))


def test_events_without_time_are_delivered_counted_and_told_once_of_each_kind() -> None:
    sink = ScriptedSink()

    with pytest.warns(RuntimeWarning) as said:
        write_all(sink, [{"message": "m"}, {"timestamp": "soon"}, entry(1)] * 3)

    stats = sink.stats()
    assert (9, 6) == (stats.delivered, stats.events_without_time)
    missing, unreadable = [str(each.message) for each in said]
    assert "scripted: an event has no `timestamp`: it gets the time" in missing
    assert "scripted: a `timestamp` cannot be read: the event gets the time" in unreadable


def test_an_event_without_time_that_is_refused_is_not_counted() -> None:
    hanging = Hanging()
    sink = ScriptedSink([hanging] * 9, queue_max_events=1, overflow="drop_newest", batch_size=1)

    async def write_some() -> None:
        for _ in range(9):
            await sink.write({"message": "m"})

    async def fill() -> None:
        with pytest.raises(SinkWriteError):
            await write_some()
        hanging.release.set()

    with pytest.warns(RuntimeWarning):
        asyncio.run(fill())

    stats = sink.stats()
    assert 9 > stats.accepted == stats.events_without_time
