"""What a person hears from a sink, and how often."""

import asyncio
import importlib.metadata
import itertools
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from fapilog import Settings, get_logger
from pydantic import ValidationError

from python.cloud_sink_base import (
    Batch,
    CloudSinkBase,
    CloudSinkConfig,
    Delivered,
    DropReason,
    Outcome,
    Paused,
    Record,
    Records,
    Rejected,
    Transient,
    sinks,
)
from python.cloud_sink_base import _reporter as module
from python.cloud_sink_base._reporter import Reporter
from support import QUICK, HttpSink, HttpSinkConfig, ScriptedSink, entry, eventually, write_all

pytestmark = pytest.mark.filterwarnings("default")


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now

    def time_ns(self) -> int:
        return 1_795_439_551_559_000_000


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock()
    with patch.object(module, "time", clock):
        yield clock


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def records(count: int) -> Records:
    return Records.of(Record(b'{"n":%d}' % n, 0) for n in range(count))


def test_the_first_events_of_a_kind_are_shown_whole_and_the_others_counted(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    reporter = Reporter("loki")

    for batch in range(200):
        reporter.dropped(records(1_000), DropReason.REJECTED, [f"HTTP 400 in {batch}"] * 1_000)
        reporter.dropped(records(2), DropReason.OVERSIZE, ["too long"] * 2)
        reporter.speak()

    first, *shown = [line for line in lines(capsys) if "record" in line or "message" in line]
    assert {"sink": "loki", "error": "rejected: HTTP 400 in 0", "record": {"n": 0}} == first
    whole = [line["error"] for line in shown if "record" in line]
    assert ["rejected: HTTP 400 in 0"] * 9 + ["oversize: too long"] * 10 == sorted(
        whole, reverse=True
    )
    sums = [line["message"] for line in shown if "message" in line]
    assert ["dropped 990 more events, rejected: HTTP 400 in 0"] == sums

    clock.now += 10.0
    reporter.speak()
    (line,) = lines(capsys)
    assert {
        "timestamp": "2026-11-23T13:12:31.559Z",
        "level": "WARNING",
        "sink": "loki",
        "message": "dropped 199,000 more events, rejected: HTTP 400 in 199; "
        "dropped 390 more events, oversize: too long",
    } == line


def test_after_a_while_events_are_shown_whole_again(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    reporter = Reporter("loki")

    for seconds in (0.0, 9.9, 0.2):
        clock.now += seconds
        reporter.dropped(records(11), DropReason.REJECTED, ["bad"] * 11)

    assert 20 == len(lines(capsys))


def test_a_state_is_said_at_once_and_then_at_most_every_ten_seconds(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    reporter = Reporter("loki")
    said: list[tuple[float, str]] = []
    for step in range(100):
        reporter.state("recovered" if step % 3 == 2 else f"paused {step}")
        reporter.speak()
        said += [(clock.now, line["message"]) for line in lines(capsys)]
        clock.now += 1.0

    times = [moment for moment, _ in said]
    assert (1_000.0, "paused 0") == said[0]
    assert 9 <= len(times) <= 10
    assert all(later - earlier >= 10.0 for earlier, later in itertools.pairwise(times))


def test_a_state_that_is_back_is_not_said_again(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    reporter = Reporter("loki")

    for text in ("paused", "recovered", "paused"):
        reporter.state(text)
        reporter.speak()
    clock.now += 60.0
    reporter.speak()

    assert ["paused"] == [line["message"] for line in lines(capsys)]


def test_the_end_does_not_wait_for_the_time_to_speak(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    reporter = Reporter("loki")
    reporter.state("paused")
    reporter.speak()
    reporter.dead_lettered(7, DropReason.SHUTDOWN_DEADLINE, "the end")

    reporter.speak()
    assert reporter.has_more
    reporter.hurry()
    reporter.speak()

    said = [line["message"] for line in lines(capsys)]
    assert ["paused", "dead-lettered 7 events, shutdown_deadline: the end"] == said
    assert not reporter.has_more


def test_a_pause_and_a_recovery_are_said_while_the_program_runs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    up = threading.Event()

    def answer(batch: Batch) -> Outcome:
        return Delivered() if up.is_set() else Paused("HTTP 403: wrong key")

    shown: list[dict[str, Any]] = []

    def hears(text: str) -> bool:
        shown.extend(lines(capsys))
        return any(text in line.get("message", "") for line in shown)

    sink = ScriptedSink([answer] * 100, batch_size=1)
    with patch.object(module, "_QUIET_SECONDS", 0.01):
        loop = asyncio.new_event_loop()
        loop.run_until_complete(sink.write(entry()))
        eventually(lambda: hears("paused, events are kept: HTTP 403: wrong key"))
        up.set()
        sink._worker.begin_drain()
        eventually(lambda: hears("recovered"))
        loop.close()

    assert 2 == len(shown)
    assert 1 == sink.stats().delivered


def test_an_outage_is_said_when_it_begins(capsys: pytest.CaptureFixture[str]) -> None:
    sink = ScriptedSink([Transient("HTTP 503: later")] * 6, batch_size=1, max_retries=2)

    write_all(sink, [entry()])

    said = [line["message"] for line in lines(capsys)]
    assert ["outage, events are kept: HTTP 503: later", "recovered"] == said


def test_what_is_said_later_is_said_by_a_sink_nobody_writes_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sink = ScriptedSink([Rejected("HTTP 400")] * 3, batch_size=20, max_in_flight=1)
    shown: list[dict[str, Any]] = []

    def hears_all() -> bool:
        shown.extend(lines(capsys))
        return sum(int(x["message"].split()[1]) for x in shown if "message" in x) == 50

    with (
        patch.object(module, "_QUIET_SECONDS", 0.2),
        patch("python.cloud_sink_base._worker._IDLE_SECONDS", 0.01),
    ):
        loop = asyncio.new_event_loop()
        for n in range(60):
            loop.run_until_complete(sink.write(entry(n)))
        eventually(hears_all)
        loop.close()


# -- settings --------------------------------------------------------------------------------------


def test_a_setting_that_does_not_exist_is_named_with_the_closest() -> None:
    with pytest.raises(ValidationError, match=r"`batchsize` \(did you mean `batch_size`\?\)"):
        HttpSink(batchsize=3)
    with pytest.raises(ValidationError, match=r"no such setting: `batch-size` .*, `\{x\}`"):
        HttpSink({"batch-size": 3, "{x}": "example-canary"})


def test_a_variable_that_nothing_reads_is_named_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Longer(HttpSinkConfig):
        env_prefix = "HANDMADE_SINK_EU_"

    monkeypatch.setenv("HANDMADE_SINK_BATCHSIZE", "example-canary")
    monkeypatch.setenv("HANDMADE_SINK_SERVICE", "shop")
    monkeypatch.setenv("HANDMADE_SINK_EMPTY", "")
    monkeypatch.setenv("HANDMADE_SINK_EU_SERVICE", "shop")

    HttpSink(api_key="example-key")

    (line,) = lines(capsys)
    assert (
        "nothing reads the environment variable `HANDMADE_SINK_BATCHSIZE` "
        "(did you mean `HANDMADE_SINK_BATCH_SIZE`?)" == line["message"]
    )


def test_a_sink_that_is_not_configured_says_so_when_it_is_made(
    capsys: pytest.CaptureFixture[str],
) -> None:
    HttpSink()

    (line,) = lines(capsys)
    assert "is not configured and takes no events: `api_key` is not set" in line["message"]


@pytest.fixture
def by_name(monkeypatch: pytest.MonkeyPatch) -> Any:
    point = importlib.metadata.EntryPoint("handmade", "support:HttpSink", "fapilog.sinks")
    points = importlib.metadata.EntryPoints([point])
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda: points)

    def by_name(**settings: Any) -> Any:
        return get_logger(
            settings=Settings.model_validate(
                {
                    "core": {"sinks": ["handmade"]},
                    "plugins": {"allow_external": True},
                    "sink_config": {"extra": {"handmade": settings}},
                }
            ),
            reuse=False,
        )

    return by_name


def test_fapilog_cannot_hide_why_a_sink_is_not_made(
    by_name: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    logger = by_name(batchsize=3, api_key="example-canary")
    asyncio.run(logger.stop_and_drain())

    (line,) = lines(capsys)
    assert (
        "cannot be made, and fapilog goes on without it: no such setting: "
        "`batchsize` (did you mean `batch_size`?)" == line["message"]
    )

    by_name(batch_size=0, api_key="example-canary\r\n x", url="http://user:example-canary@x")
    (line,) = lines(capsys)
    for name in ("batch_size", "api_key", "url"):
        assert f"`{name}`: " in line["message"]
    assert "canary" not in line["message"]


def test_a_sink_made_in_code_raises_and_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValidationError):
        HttpSink(batchsize=3)

    assert [] == lines(capsys)


def test_a_sink_that_fapilog_made_can_be_asked_for_its_counters(by_name: Any) -> None:
    before = {id(sink) for sink in sinks()}
    logger = by_name(
        api_key="example-key", url="http://127.0.0.1:1", **(QUICK | {"drain_timeout_seconds": 0})
    )

    (sink,) = (sink for sink in sinks() if id(sink) not in before)
    logger.info("order placed")
    asyncio.run(logger.stop_and_drain())

    assert ("handmade", 1) == (sink.name, sink.stats().accepted)


@pytest.mark.parametrize(
    "url", ["http://user:example-canary/x@host", "http://[example-canary", "http://x:99999"]
)
def test_no_part_of_an_address_is_quoted(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        HttpSink(url=url)

    assert "canary" not in str(refused.value)


def test_events_left_at_the_end_are_all_in_the_dead_letter_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    count = 25_000
    sink = ScriptedSink(
        [Paused("HTTP 403")] * 100, exit_timeout_seconds=0, dead_letter_path=tmp_path / "dead"
    )
    loop = asyncio.new_event_loop()

    async def write() -> None:
        for n in range(count):
            await sink.write(entry(n))
        await sink.stop()

    loop.run_until_complete(write())
    loop.close()

    assert count == sink.stats().dead_lettered
    kept = (tmp_path / "dead").read_text(encoding="utf-8").splitlines()
    assert count == len({json.loads(line)["entry"]["data"]["n"] for line in kept})
    said = [line["message"] for line in lines(capsys)]
    assert any("dead-lettered 25,000 events, shutdown_deadline" in line for line in said), said


class Loud(CloudSinkBase[CloudSinkConfig]):
    name = "loud"

    def _send_batch(self, batch: Batch) -> Outcome:
        return Paused("HTTP 403")


def test_a_full_standard_error_keeps_nobody_from_ending() -> None:
    sink = Loud(QUICK | {"exit_timeout_seconds": 0, "drain_timeout_seconds": 0})
    release = threading.Event()

    async def run() -> None:
        await sink.write(entry())
        await sink.stop()

    with (
        patch("fapilog.plugins.sinks.fallback._write_to_stderr", lambda *_, **__: release.wait()),
        patch("python.cloud_sink_base._drain._STUCK_SECONDS", 0.05),
    ):
        asyncio.run(run())
        release.set()
        eventually(lambda: not sink.stats().pending)
