"""The sink as fapilog calls it, with a scripted transport: threads, loops, drains, reports."""

import asyncio
import gc
import itertools
import json
import logging
import os
import stat
import threading
import time
import warnings
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import orjson
import pytest
from fapilog.core.errors import SinkWriteError
from fapilog.core.serialization import SerializedView
from fapilog.testing import assert_valid_sink, validate_plugin_lifecycle

from python.cloud_sink_base import (
    Batch,
    Bisect,
    CloudSinkBase,
    CloudSinkConfig,
    Delivered,
    Event,
    HealthError,
    Limits,
    Outcome,
    Partial,
    Paused,
    Rejected,
    RejectedItem,
    Stats,
    Throttled,
    Transient,
    _drain,
    _shutdown,
    parse_time,
)
from support import (
    PATIENCE,
    QUICK,
    Hanging,
    HttpSink,
    ScriptedSink,
    entry,
    eventually,
    manual_time,
    settled,
    write_all,
)


def messages(sink: ScriptedSink) -> list[str]:
    return [orjson.loads(r.bytes)["message"] for batch in sink.scripted.sent for r in batch]


def lines_on_fallback(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The events that were given up and are shown whole."""
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    return [line for line in lines if "record" in line]


def test_a_drained_loop_delivers_a_tail_smaller_than_a_batch() -> None:
    sink = ScriptedSink(batch_timeout_seconds=60)

    write_all(sink, (entry(n) for n in range(7)))

    assert [f"event {n}" for n in range(7)] == messages(sink)
    assert (7, 7, 0) == (sink.stats().accepted, sink.stats().delivered, sink.stats().pending)


def test_a_batch_leaves_when_it_has_lingered() -> None:
    sink = ScriptedSink(batch_timeout_seconds=0.02)

    async def run() -> None:
        await sink.write(entry())
        while not sink.stats().delivered:
            await asyncio.sleep(0.005)

    asyncio.run(asyncio.wait_for(run(), PATIENCE))


def test_writes_from_several_loops_and_threads_arrive_once_each() -> None:
    sink = ScriptedSink(batch_size=50)
    threads = [
        threading.Thread(target=write_all, args=(sink, [entry(t * 500 + n) for n in range(500)]))
        for t in range(4)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 2000 == settled(sink).delivered
    assert sorted(f"event {n}" for n in range(2000)) == sorted(messages(sink))


def test_requests_overlap_up_to_the_limit() -> None:
    together = threading.Barrier(3, timeout=PATIENCE)

    def meet(batch: Batch) -> Outcome:
        del batch
        together.wait()
        return Delivered()

    sink = ScriptedSink([meet, meet, meet], batch_size=1, max_in_flight=3)

    write_all(sink, [entry(n) for n in range(3)])

    stats = settled(sink)
    assert (3, 0) == (stats.delivered, stats.retries)


def test_a_request_that_hangs_stops_no_other() -> None:
    hanging = Hanging()
    sink = ScriptedSink([hanging], batch_size=1, max_in_flight=2)

    async def run() -> None:
        await sink.write(entry(0))
        eventually(hanging.begun.is_set)
        for n in range(1, 4):
            await sink.write(entry(n))
        eventually(lambda: sink.stats().delivered == 3)
        hanging.release.set()

    asyncio.run(run())

    assert 4 == settled(sink).delivered


def test_a_full_sink_refuses_in_bounded_time() -> None:
    hanging = Hanging()
    sink = ScriptedSink([hanging] * 9, queue_max_events=3, block_timeout_seconds=0.5, batch_size=1)

    async def run() -> None:
        for n in range(3):
            await sink.write(entry(n))
        with manual_time() as clock:
            began = clock.now
            with pytest.raises(SinkWriteError, match="is full"):
                await sink.write(entry(3))
            assert 0.5 <= clock.now - began < 0.52
        hanging.release.set()

    asyncio.run(run())

    stats = settled(sink)
    assert (3, {"queue_full": 1}) == (stats.delivered, dict(stats.refused))


def test_writes_to_a_sink_that_stays_full_share_one_wait() -> None:
    hanging = Hanging()
    sink = ScriptedSink([hanging], queue_max_events=1, block_timeout_seconds=0.5)

    async def run() -> None:
        await sink.write(entry(0))
        with manual_time() as clock:
            began = clock.now
            for n in range(1, 50):
                with pytest.raises(SinkWriteError):
                    await sink.write(entry(n))
            assert 0.5 <= clock.now - began < 0.52
        hanging.release.set()
        await sink.flush(PATIENCE)
        await sink.write(entry(50))
        await sink.flush(PATIENCE)

    asyncio.run(run())

    assert 2 == sink.stats().delivered


def test_waiting_for_room_does_not_block_the_event_loop() -> None:
    hanging = Hanging()
    sink = ScriptedSink([hanging], queue_max_events=1, batch_size=1)

    async def run() -> None:
        await sink.write(entry(0))
        asyncio.get_running_loop().call_later(0.02, hanging.release.set)
        await sink.write(entry(1))

    asyncio.run(run())

    assert 2 == settled(sink).delivered


def test_drop_newest_refuses_at_once() -> None:
    hanging = Hanging()
    sink = ScriptedSink([hanging], queue_max_events=1, overflow="drop_newest")

    async def run() -> None:
        await sink.write(entry(0))
        with manual_time() as clock:
            began = clock.now
            with pytest.raises(SinkWriteError):
                await sink.write(entry(1))
            assert began == clock.now
        hanging.release.set()

    asyncio.run(run())


def test_drop_oldest_counts_and_reports_what_it_drops(capsys: pytest.CaptureFixture[str]) -> None:
    hanging = Hanging()
    sink = ScriptedSink(
        [hanging], queue_max_events=2, overflow="drop_oldest", batch_size=1, max_in_flight=1
    )
    loop = asyncio.new_event_loop()

    loop.run_until_complete(sink.write(entry(0)))
    eventually(hanging.begun.is_set)
    for n in range(1, 5):
        loop.run_until_complete(sink.write(entry(n)))
    loop.close()
    hanging.release.set()

    stats = settled(sink)
    assert (5, 2, {"overflow": 3}) == (stats.accepted, stats.delivered, dict(stats.dropped))
    assert [1, 2, 3] == [line["record"]["data"]["n"] for line in lines_on_fallback(capsys)]


def test_a_full_queue_does_not_linger() -> None:
    sink = ScriptedSink(
        queue_max_events=2, overflow="drop_newest", batch_timeout_seconds=2 * PATIENCE
    )
    loop = asyncio.new_event_loop()

    def is_taken() -> bool:
        try:
            loop.run_until_complete(sink.write(entry(0)))
        except SinkWriteError:
            return False
        return True

    # The third finds the queue full, and has it sent.
    for _ in range(3):
        eventually(is_taken)
    loop.close()

    assert 3 == sink.stats().accepted


def test_an_event_given_up_is_on_the_fallback_with_its_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sink = ScriptedSink([Rejected("HTTP 400: no")])

    write_all(sink, [entry(1, data={"n": 1, "password": "hunter2"})])

    assert {"rejected": 1} == dict(settled(sink).dropped)
    (line,) = lines_on_fallback(capsys)
    assert ("scripted", "rejected: HTTP 400: no") == (line["sink"], line["error"])
    assert {"n": 1, "password": "***"} == line["record"]["data"]


def test_dead_letters_are_kept_in_a_private_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "dead.ndjson"
    sink = ScriptedSink([Rejected("HTTP 400")], dead_letter_path=path)

    write_all(sink, [entry(n) for n in range(3)])

    stats = settled(sink)
    kept = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert (3, {}) == (stats.dead_lettered, dict(stats.dropped))
    assert [entry(n) for n in range(3)] == [line["entry"] for line in kept]
    assert ("scripted", "rejected", 400, "HTTP 400", 1) == (
        *(kept[0][key] for key in ("provider", "reason", "status", "detail", "attempts")),
    )
    for key in ("first_attempt", "last_attempt"):
        assert abs(time.time_ns() - parse_time(kept[0][key])) < 60e9
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    asyncio.run(sink.stop())
    line = json.loads(capsys.readouterr().err)
    assert ("scripted", "dead-lettered 3 events, rejected: HTTP 400") == (
        line["sink"],
        line["message"],
    )


@pytest.mark.parametrize(
    ("settings", "reason", "kept"),
    [
        ({"dead_letter_max_bytes": 900}, "dead_letter_full", 1),
        ({"dead_letter_path": "/proc/no/such/place"}, "dead_letter_failed", 0),
    ],
)
def test_what_the_dead_letter_file_cannot_hold_is_reported(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    settings: dict[str, Any],
    reason: str,
    kept: int,
) -> None:
    place = {"dead_letter_path": tmp_path / "dead.ndjson"} | settings
    sink = ScriptedSink([Rejected("HTTP 400")], **place)

    write_all(sink, [entry(n) for n in range(3)])

    stats = settled(sink)
    assert (kept, {reason: 3 - kept}) == (stats.dead_lettered, dict(stats.dropped))
    assert 3 - kept == len(lines_on_fallback(capsys))


def test_a_link_in_place_of_the_dead_letter_file_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    (tmp_path / "dead").symlink_to(target)
    sink = ScriptedSink([Rejected("HTTP 400")], dead_letter_path=tmp_path / "dead")

    write_all(sink, [entry()])

    assert {"dead_letter_failed": 1} == dict(settled(sink).dropped)
    assert not target.exists()


@pytest.mark.parametrize("kind", ["pipe", "device", "no path at all"])
def test_only_a_regular_file_takes_dead_letters(tmp_path: Path, kind: str) -> None:
    path = {"pipe": tmp_path / "pipe", "device": Path("/dev/null")}.get(kind, Path("a\0b"))
    if kind == "pipe":
        os.mkfifo(path)
    sink = ScriptedSink([Rejected("HTTP 400")], dead_letter_path=path)

    write_all(sink, [entry()])

    assert {"dead_letter_failed": 1} == dict(settled(sink).dropped)


def test_a_line_that_was_broken_off_does_not_spoil_the_next(tmp_path: Path) -> None:
    path = tmp_path / "dead.ndjson"
    path.write_text('{"old":1}\n{"rec', encoding="utf-8")
    sink = ScriptedSink([Rejected("HTTP 400")], dead_letter_path=path)

    write_all(sink, [entry(0), entry(1)])

    assert 2 == settled(sink).dead_lettered
    lines = path.read_text(encoding="utf-8").splitlines()
    assert ['{"old":1}', '{"rec'] == lines[:2]
    assert [0, 1] == [json.loads(line)["entry"]["data"]["n"] for line in lines[2:]]


def test_a_write_that_breaks_off_takes_no_line_of_another_sink_with_it(tmp_path: Path) -> None:
    path = tmp_path / "dead.ndjson"
    real_write = os.write

    def break_off(descriptor: int, data: bytes) -> int:
        real_write(descriptor, bytes(data)[:10])
        with path.open("ab") as other:
            other.write(b'\n{"of":"another"}\n')
        raise OSError(28, "no space left")

    sink = ScriptedSink([Rejected("HTTP 400")], dead_letter_path=path)
    with patch("os.write", break_off):
        write_all(sink, [entry()])
        assert {"dead_letter_failed": 1} == dict(settled(sink).dropped)

    assert '{"of":"another"}' == path.read_text(encoding="utf-8").splitlines()[1]


def test_each_refused_event_is_kept_with_its_own_reason_in_one_append(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reasons = [RejectedItem.UNCERTAIN if n == 3 else f"bad {n} \udc80" for n in range(10)]
    answer = Partial([RejectedItem(n, reason) for n, reason in enumerate(reasons)])
    path = tmp_path / "dead.ndjson"
    sinks = [ScriptedSink([answer], dead_letter_path=path), ScriptedSink([answer])]

    with patch("os.fsync", wraps=os.fsync) as synced:
        for sink in sinks:
            write_all(sink, [entry(n) for n in range(10)])
            settled(sink)
        eventually(lambda: synced.call_count)

    assert 1 == synced.call_count
    kept = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    by_event = {line["entry"]["data"]["n"]: line["detail"] for line in kept}
    assert {n: "uncertain" if n == 3 else f"bad {n} ?" for n in range(10)} == by_event
    assert 10 == sinks[0].stats().dead_lettered
    shown = {line["record"]["data"]["n"]: line["error"] for line in lines_on_fallback(capsys)}
    assert {
        n: "uncertain: uncertain" if n == 3 else f"rejected: {r}" for n, r in enumerate(reasons)
    } == shown


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_forked_during_an_append_keeps_dead_letters(tmp_path: Path) -> None:
    sink = ScriptedSink(itertools.repeat(Rejected("x")), dead_letter_path=tmp_path / "dead")
    dead_letters = sink._worker._dead_letters
    assert dead_letters is not None
    with dead_letters._lock:
        child = os.fork()
        if child == 0:
            try:
                write_all(sink, [entry()])
                os._exit(settled(sink).dead_lettered)
            finally:
                os._exit(99)

    assert 1 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class Unprintable:
    def __str__(self) -> str:
        raise ValueError("no text")


@pytest.mark.parametrize(("reason", "text"), [(None, "None"), (Unprintable(), "<Unprintable>")])
@pytest.mark.parametrize("answer", [Rejected, lambda reason: Partial([RejectedItem(0, reason)])])
def test_a_reason_that_is_no_text_is_kept_as_text(
    tmp_path: Path, answer: Callable[[Any], Outcome], reason: object, text: str
) -> None:
    path = tmp_path / "dead"
    sink = ScriptedSink([answer(reason)], dead_letter_path=path)

    write_all(sink, [entry()])

    assert 1 == settled(sink).dead_lettered
    assert text == json.loads(path.read_text(encoding="utf-8"))["detail"]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (None, "NoneType, which is no outcome"),
        ("ok", "str, which is no outcome"),
        (Partial([RejectedItem("0", "bad")]), "position that is str"),  # type: ignore[arg-type]
        (Partial([RejectedItem([], "bad")]), "position that is list"),  # type: ignore[arg-type]
        (Partial(retry=[0], rejected=[RejectedItem(0.0, "bad")]), "position that is float"),  # type: ignore[arg-type]
    ],
)
def test_a_wrong_answer_is_said_once_and_costs_no_event(answer: Any, problem: str) -> None:
    sink = ScriptedSink([lambda batch: answer] * 2)

    with pytest.warns(
        RuntimeWarning, match=f"scripted: the transport returned .*{problem}"
    ) as said:
        write_all(sink, [entry(n) for n in range(3)])

    stats = settled(sink)
    assert (3, 2, 1) == (stats.delivered, stats.retries, len(said))


def test_what_a_transport_raises_is_said_once_with_its_place_and_without_its_text() -> None:
    def fail(batch: Batch) -> Outcome:
        raise KeyError("example-canary")

    def leave(batch: Batch) -> Outcome:
        raise SystemExit("example-canary")

    sink = ScriptedSink([fail, leave, fail, leave])

    with pytest.warns(RuntimeWarning) as said:
        write_all(sink, [entry()])

    assert 1 == settled(sink).delivered
    places = [f"{__file__}:{step.__code__.co_firstlineno + 1}" for step in (fail, leave)]
    assert [
        f"scripted: the transport raised KeyError at {places[0]}",
        f"scripted: the transport raised SystemExit at {places[1]}",
    ] == [str(warning.message) for warning in said]


@pytest.mark.filterwarnings("error")
def test_a_warning_that_is_an_error_ends_no_delivery_thread() -> None:
    sink = ScriptedSink([lambda batch: None])  # type: ignore[list-item, return-value]

    write_all(sink, [entry()])

    assert 1 == settled(sink).delivered


@pytest.mark.parametrize("folder", [".", "made", "no/such"])
def test_a_dead_letter_path_without_a_folder_is_said_when_the_sink_is_made(
    tmp_path: Path, folder: str
) -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        ScriptedSink(dead_letter_path=tmp_path / folder / "dead")

    expected = f"scripted: `dead_letter_path`: there is no folder `{tmp_path / 'no'}`"
    assert ([expected] if folder == "no/such" else []) == [str(warning.message) for warning in said]


def test_both_ways_to_write_give_the_same_record() -> None:
    sink = ScriptedSink(batch_timeout_seconds=60)

    async def run() -> None:
        await sink.write(entry(1))
        text = orjson.dumps({"log": entry(1), "schema_version": "1.1"})
        await sink.write_serialized(SerializedView(data=text))
        await sink.write_serialized(SerializedView(data=memoryview(text)))  # type: ignore[arg-type]

    asyncio.run(run())

    first, second, third = sink.scripted.sent[0]
    assert first.bytes == second.bytes == third.bytes


@pytest.mark.parametrize("data", [b"\xff", b"{", b"[1]", None, "text"])
def test_serialized_bytes_that_are_no_entry_are_refused(data: Any) -> None:
    sink = ScriptedSink()
    view = SerializedView(data=data)

    with patch("fapilog.core.diagnostics.warn") as warn, pytest.raises(SinkWriteError) as refused:
        asyncio.run(sink.write_serialized(view))

    assert "scripted" == refused.value.context.plugin_name
    if data != b"[1]":
        assert refused.value.__cause__ is not None
        warn.assert_called_once()
        assert "deserialization" in warn.call_args.args[1]
    assert {"not_encodable": 1} == dict(sink.stats().refused)


def test_a_missing_setting_refuses_instead_of_raising_early() -> None:
    sink = HttpSink()

    with pytest.raises(SinkWriteError, match="HANDMADE_KEY"):
        asyncio.run(sink.write(entry()))

    assert {"not_configured": 1} == dict(sink.stats().refused)
    assert not asyncio.run(sink.health_check())


def test_a_missing_library_names_what_installs_it() -> None:
    class Needy(ScriptedSink):
        needs = {"no_such_module": "my-sinks[needy]"}

    with pytest.raises(SinkWriteError, match=r"pip install my-sinks\[needy\]"):
        asyncio.run(Needy().write(entry()))


def test_a_missing_library_within_a_missing_one_is_not_installed() -> None:
    class Needy(ScriptedSink):
        needs = {"no_such_package.module": "no-such-package"}

    with pytest.raises(SinkWriteError, match="pip install no-such-package"):
        asyncio.run(Needy().write(entry()))


def test_keywords_beside_a_config_are_refused() -> None:
    configs: list[Any] = [TwentyLineConfig(), {}]

    for config in configs:
        with pytest.raises(TypeError, match="`batch_size` beside a config"):
            TwentyLineSink(config, batch_size=7)


def test_values_json_cannot_carry_are_delivered_by_the_rule() -> None:
    cycle: dict[str, Any] = {}
    cycle["me"] = cycle
    data = {"nan": float("nan"), "big": 2**70, "set": {2, 1}, 5: "key", "sur": "\ud800", "c": cycle}
    sink = ScriptedSink()

    write_all(sink, [entry(1, data=data)])

    assert {
        "big": str(2**70),
        "set": [1, 2],
        "5": "key",
        "sur": "\ufffd",
        "c": {"me": "…"},
    } == orjson.loads(sink.scripted.sent[0][0].bytes)["data"]


def test_a_message_that_is_too_long_is_cut() -> None:
    class Short(ScriptedSink):
        limits = type(ScriptedSink.limits)(max_event_bytes=400)

    sink = Short()

    write_all(sink, [entry(1, message="ä\n" * 1000), entry(2, data={"n": "x" * 1000})])

    (record,) = sink.scripted.sent[0]
    assert 200 <= len(record.bytes) <= 400
    assert orjson.loads(record.bytes)["message"].endswith("…[truncated]")
    assert {"oversize": 1} == dict(settled(sink).dropped)


def test_a_transport_that_raises_counts_as_a_failed_attempt() -> None:
    def fail(batch: Batch) -> Outcome:
        raise RuntimeError("example-canary")

    sink = ScriptedSink([fail, fail])

    write_all(sink, [entry()])

    stats = settled(sink)
    assert (1, 3, 2) == (stats.delivered, stats.requests, stats.retries)


@pytest.mark.parametrize(
    "send",
    [
        lambda _: None,
        lambda _: Throttled("HTTP 429", "30"),  # type: ignore[arg-type]
        lambda _: (_ for _ in ()).throw(asyncio.CancelledError),
        lambda _: Partial([(0, "bad")]),  # type: ignore[list-item]
    ],
    ids=["returns nothing", "delay as text", "cancelled", "items of another kind"],
)
def test_a_transport_that_breaks_its_contract_loses_nothing(
    send: Callable[[Batch], Outcome],
) -> None:
    sink = ScriptedSink([send, send], max_in_flight=1)

    write_all(sink, [entry()])

    stats = settled(sink)
    assert (1, 3, 2) == (stats.delivered, stats.requests, stats.retries)


def test_a_retry_does_not_wait_for_an_attempt_under_way() -> None:
    hanging = Hanging()
    sink = ScriptedSink([Throttled("HTTP 429", 0.5), hanging], batch_size=1)

    with patch("python.cloud_sink_base._worker._IDLE_SECONDS", 0.02):
        loop = asyncio.new_event_loop()
        loop.run_until_complete(sink.write(entry(0)))
        eventually(lambda: sink.stats().throttled)
        sink._worker._scheduler._throttle._hold_until = 0.0
        loop.run_until_complete(sink.write(entry(1)))
        eventually(hanging.begun.is_set)

        eventually(lambda: sink.stats().delivered)
        hanging.release.set()
        assert 2 == settled(sink).delivered
    loop.close()


def test_a_flush_keeps_the_delay_a_provider_asked_for() -> None:
    sink = ScriptedSink([Throttled("HTTP 429", 60)], batch_size=1)

    async def run() -> bool:
        await sink.write(entry())
        eventually(lambda: sink.stats().throttled)
        return await sink.flush(0.3)

    loop = asyncio.new_event_loop()
    assert not loop.run_until_complete(run())
    assert 1 == sink.stats().requests
    loop.run_until_complete(sink.stop())
    loop.close()


def test_limits_that_depend_on_settings_decide_what_is_cut() -> None:
    class Short(ScriptedSink):
        def _make_limits(self) -> Limits:
            return Limits(max_event_bytes=400)

    sink = Short()

    write_all(sink, [entry(1, message="ä" * 1000)])

    assert len(sink.scripted.sent[0][0].bytes) <= 400
    assert 1 == sink.stats().delivered


def test_a_drain_shortens_the_backoff() -> None:
    # The drain's own limit is shorter than what the provider asks for.
    sink = ScriptedSink([Throttled("HTTP 429", 300), Transient("HTTP 503", 300)], batch_size=1)

    async def run() -> None:
        await sink.write(entry())
        eventually(lambda: sink.stats().throttled)

    asyncio.run(run())

    assert 1 == sink.stats().delivered


def test_a_drain_absorbs_further_cancellation_until_its_deadline() -> None:
    hanging = Hanging()
    sink = ScriptedSink([hanging])

    async def run() -> None:
        await sink.write(entry())
        (task,) = asyncio.all_tasks() - {asyncio.current_task()}
        for _ in range(5):
            task.cancel()
            await asyncio.sleep(0.01)
        assert not task.done()
        hanging.release.set()
        await asyncio.wait([task])

    asyncio.run(run())

    assert 1 == sink.stats().delivered


def test_a_drain_gives_up_what_is_left_at_its_deadline(tmp_path: Path) -> None:
    hanging = Hanging()
    path = tmp_path / "dead"
    sink = ScriptedSink(
        [hanging], batch_size=1, drain_timeout_seconds=0.05, max_in_flight=1, dead_letter_path=path
    )

    write_all(sink, [entry(n) for n in range(3)])

    # Whatever follows: there is no other moment.
    stats = sink.stats()
    assert (0, 3, True) == (stats.pending, stats.dead_lettered, stats.is_balanced)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert ["the time of its drain was over"] * 3 == [line["detail"] for line in lines]
    hanging.release.set()


def test_a_drain_keeps_what_another_loggers_drain_may_still_deliver() -> None:
    hanging = Hanging()
    sink = ScriptedSink([hanging], batch_size=2, drain_timeout_seconds=0.05, max_in_flight=1)
    other = asyncio.new_event_loop()
    other.run_until_complete(sink.write(entry(0)))

    write_all(sink, [entry(1)])

    assert 2 == sink.stats().pending
    hanging.release.set()
    assert 2 == settled(sink).delivered
    other.close()


def test_stop_gives_up_after_its_deadline_and_reports(capsys: pytest.CaptureFixture[str]) -> None:
    script = itertools.repeat(Paused("HTTP 403"))
    sink = ScriptedSink(script, batch_size=3, exit_timeout_seconds=0.05)

    async def run() -> None:
        for n in range(3):
            await sink.write(entry(n))
        eventually(lambda: sink._worker.is_failing)
        await sink.stop()
        await sink.stop()

    asyncio.run(run())

    stats = settled(sink)
    assert ({"shutdown_deadline": 3}, 0) == (dict(stats.dropped), stats.pending)
    assert stats.is_balanced
    eventually(lambda: sink.scripted.closed)
    assert 3 == len(lines_on_fallback(capsys))


def test_stop_leaves_a_hung_attempt_behind(capsys: pytest.CaptureFixture[str]) -> None:
    hanging = Hanging()
    sink = ScriptedSink([hanging], batch_size=1, exit_timeout_seconds=0.05, max_in_flight=1)
    left_behind: list[threading.Thread] = []

    async def run() -> None:
        await sink.write(entry())
        eventually(hanging.begun.is_set)
        left_behind.extend(sink._worker._threads)
        await sink.stop()

    asyncio.run(run())
    settled(sink)
    hanging.release.set()
    left_behind[0].join()

    assert ({"shutdown_deadline": 1}, 0) == (dict(sink.stats().dropped), sink.stats().delivered)


def test_connections_that_fail_to_close_are_no_failure_of_stop() -> None:
    sink = ScriptedSink()
    write_all(sink, [entry(0)])

    def fail() -> None:
        message = "close"
        raise OSError(message)

    with patch.object(sink.scripted, "close", fail):
        asyncio.run(sink.stop())

    assert 1 == sink.stats().delivered


def test_connections_that_never_close_are_no_failure_of_stop() -> None:
    sink = ScriptedSink()
    write_all(sink, [entry(0)])
    release = threading.Event()

    with (
        patch.object(sink.scripted, "close", release.wait),
        patch("python.cloud_sink_base._sink._HEALTH_SECONDS", 0.01),
    ):
        asyncio.run(sink.stop())
    release.set()

    assert 1 == sink.stats().delivered


def test_a_stopped_sink_starts_again() -> None:
    sink = ScriptedSink()

    async def run() -> None:
        await sink.write(entry(0))
        await sink.stop()
        await sink.start()
        await sink.write(entry(1))
        await sink.stop()

    asyncio.run(run())

    assert 2 == sink.stats().delivered


def test_concurrent_starts_start_one_thread() -> None:
    sink = ScriptedSink()

    async def run() -> None:
        await asyncio.gather(*(sink.start() for _ in range(16)))
        assert 1 == len(sink._worker._threads)

    asyncio.run(run())


def test_health_follows_the_last_attempt_and_the_provider() -> None:
    hanging = Hanging()
    sink = ScriptedSink([Transient("HTTP 503"), hanging], batch_size=1)

    async def run() -> list[bool]:
        seen = [await sink.health_check()]
        await sink.write(entry())
        eventually(hanging.begun.is_set)
        seen.append(await sink.health_check())
        hanging.release.set()
        await sink.flush(PATIENCE)
        seen.append(await sink.health_check())

        def unhealthy() -> None:
            raise HealthError("HTTP 404")

        sink.scripted.healthy = unhealthy
        seen.append(await sink.health_check())
        return seen

    assert [True, False, True, False] == asyncio.run(run())


def test_flush_says_whether_everything_was_settled() -> None:
    hanging = Hanging()
    sink = ScriptedSink([hanging])

    async def run() -> list[bool]:
        await sink.write(entry())
        hangs = await sink.flush(0.05)
        hanging.release.set()
        return [hangs, await sink.flush(PATIENCE)]

    assert [False, True] == asyncio.run(run())


def test_a_forgotten_sink_delivers_and_is_collected() -> None:
    sink = ScriptedSink(batch_timeout_seconds=0.05)
    scripted, reference = sink.scripted, weakref.ref(sink)
    with patch("python.cloud_sink_base._worker._IDLE_SECONDS", 0.05):
        loop = asyncio.new_event_loop()
        loop.run_until_complete(sink.write(entry()))
        loop.close()
        del sink, loop

        def collected() -> bool:
            gc.collect()
            return reference() is None

        eventually(collected)
    assert 1 == len(scripted.sent)


def test_an_idle_thread_ends_and_the_next_write_starts_one() -> None:
    with patch("python.cloud_sink_base._worker._IDLE_SECONDS", 0.02):
        sink = ScriptedSink()
        write_all(sink, [entry(0)])
        eventually(lambda: not sink._worker._threads)

        write_all(sink, [entry(1)])

    assert 2 == sink.stats().delivered


def test_a_machine_that_stands_still_is_not_taken_for_a_logger_that_is_done() -> None:
    sink = ScriptedSink()
    looks: list[float] = []

    class Standing:
        now = 1_000.0

        def monotonic(self) -> float:
            return self.now

        def sleep(self, seconds: float) -> None:
            self.now += seconds if looks else 10.0
            looks.append(self.now)
            if len(looks) == 50:
                sink._worker.last_write = self.now

    with patch("python.cloud_sink_base._shutdown.time", Standing()):
        _shutdown._wait_until_quiet([sink._worker], Standing.now)

    quiet = round(_shutdown._QUIET_SECONDS / _drain.POLL_SECONDS)
    assert 50 + quiet <= len(looks) <= 50 + quiet + 1


def test_the_end_of_a_program_waits_while_events_are_reported() -> None:
    sink = ScriptedSink(itertools.repeat(Paused("HTTP 403")), exit_timeout_seconds=0)
    permits = threading.Semaphore(0)
    lines: list[dict[str, Any]] = []

    def write_slowly(payload: dict[str, Any], **_: Any) -> None:
        permits.acquire()
        lines.append(payload)

    def is_silent() -> bool:
        return not sink.stats().pending and not sink._worker.reporter.has_more

    class Stepping:
        """One line is written while the end of the program waits once."""

        now = 1_000.0

        def monotonic(self) -> float:
            return self.now

        def sleep(self, seconds: float) -> None:
            self.now += seconds
            before = len(lines)
            permits.release()
            eventually(lambda: len(lines) > before or is_silent())

    loop = asyncio.new_event_loop()
    for n in range(1_000):
        loop.run_until_complete(sink.write(entry(n)))
    loop.close()
    with (
        patch("fapilog.plugins.sinks.fallback._write_to_stderr", write_slowly),
        patch("python.cloud_sink_base._shutdown.time", Stepping()),
    ):
        _shutdown._finish(sink._worker, Stepping.now)

    assert 10 == sum("record" in line for line in lines)
    assert "dropped 990 more events" in lines[-1]["message"]
    assert {"shutdown_deadline": 1_000} == dict(sink.stats().dropped)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_starts_anew_and_the_parent_goes_on() -> None:
    hanging = Hanging()
    sink = ScriptedSink([hanging], batch_size=1, max_in_flight=1)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(sink.write(entry(0)))
    # Not before: the child would inherit the script's lock as it is held while a step is chosen.
    eventually(hanging.begun.is_set)
    reader, writer = os.pipe()

    child = os.fork()
    if child == 0:
        try:
            sink.scripted.sent.clear()
            write_all(sink, [entry(1), entry(2)])
            os.write(writer, orjson.dumps([sink.stats().as_dict(), messages(sink)]))
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        stats, seen = orjson.loads(pipe.read())
    os.waitpid(child, 0)
    hanging.release.set()
    loop.close()

    assert (2, 2, ["event 1", "event 2"]) == (stats["accepted"], stats["delivered"], seen)
    assert 1 == settled(sink).delivered


def test_what_the_http_library_logs_on_delivery_threads_stays_inside() -> None:
    from python.cloud_sink_base import mute_own_requests

    library = logging.getLogger("some_library.connection")
    seen: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(record.getMessage())

    handler = Keep()
    logging.getLogger().addHandler(handler)
    library.setLevel(logging.DEBUG)
    mute_own_requests("some_library")

    def send(batch: Batch) -> Outcome:
        library.info("sent %d", len(batch))
        return Delivered()

    try:
        write_all(ScriptedSink([send]), [entry()])
        library.info("of the application")
    finally:
        logging.getLogger().removeHandler(handler)

    assert ["of the application"] == seen


def test_bisecting_dead_letters_only_the_poison(tmp_path: Path) -> None:
    def answer(batch: Batch) -> Outcome:
        bad = any(b'"poison"' in record.bytes for record in batch.records)
        return Bisect("HTTP 400") if bad else Delivered()

    sink = ScriptedSink(itertools.repeat(answer), dead_letter_path=tmp_path / "dead")

    write_all(sink, [entry(n, message="poison" if n == 77 else "fine") for n in range(200)])

    assert (199, 1) == (settled(sink).delivered, sink.stats().dead_lettered)


def test_the_identity_holds_at_every_moment() -> None:
    outcomes: list[Outcome] = [
        Transient("a"),
        Bisect("b"),
        Throttled("c"),
        Rejected("d"),
        Delivered(),
    ] * 20
    ended = threading.Event()
    snapshots: list[Stats] = []

    def during(outcome: Outcome) -> Callable[[Batch], Outcome]:
        def step(batch: Batch) -> Outcome:
            snapshots.append(sink.stats())
            return outcome

        return step

    sink = ScriptedSink(map(during, outcomes), batch_size=7, batch_timeout_seconds=0)

    def watch() -> None:
        while not ended.is_set():
            snapshots.append(sink.stats())

    watcher = threading.Thread(target=watch)
    watcher.start()
    with patch("fapilog.plugins.sinks.fallback._write_to_stderr"):
        write_all(sink, [entry(n) for n in range(500)])
        settled(sink)
    ended.set()
    watcher.join()

    assert len(snapshots) > 20
    assert all(stats.is_balanced for stats in snapshots)


def test_fapilogs_own_validators_pass() -> None:
    sink = ScriptedSink()

    assert_valid_sink(sink)
    asyncio.run(_lifecycle(sink))


async def _lifecycle(sink: ScriptedSink) -> None:
    assert (await validate_plugin_lifecycle(sink)).valid


class TwentyLineConfig(CloudSinkConfig):
    env_prefix = "TEAM_SINK_"


class TwentyLineSink(CloudSinkBase[TwentyLineConfig]):
    name = "team"
    config_class = TwentyLineConfig
    made = 0

    def _initialize_client(self) -> None:
        self.made += 1
        self.posted: list[list[Any]] = []

    def _transform_entry(self, event: Event) -> dict[str, Any]:
        return {**event.data, "t": event.timestamp // 1_000_000, "text": event.message}

    def _send_batch(self, batch: Batch) -> Outcome:
        self.posted.append([orjson.loads(record.bytes) for record in batch.records])
        return Delivered()


def test_a_sink_written_by_hand_gets_everything_else() -> None:
    sink = TwentyLineSink(QUICK | {"batch_size": 2})

    write_all(sink, [entry(n) for n in range(3)])

    assert {"t": 1795439551559, "text": "event 0", "n": 0, "user": "u-7", "amount": 12.5} == (
        sink.posted[0][0]
    )
    assert (1, [2, 1]) == (sink.made, [len(batch) for batch in sink.posted])
    assert (3, True) == (sink.stats().delivered, sink.stats().is_balanced)


def test_an_encoder_written_by_hand_that_raises_refuses_the_event() -> None:
    class Broken(TwentyLineSink):
        def _transform_entry(self, event: Event) -> dict[str, Any]:
            raise KeyError("missing")

    with pytest.raises(SinkWriteError, match="cannot encode") as refused:
        asyncio.run(Broken().write(entry()))

    assert isinstance(refused.value.__cause__, KeyError)


@pytest.mark.parametrize(
    "method",
    ["_initialize_client", "_transform_entry", "_send_batch", "_check_health", "_close_client"],
)
def test_a_coroutine_function_in_a_sink_written_by_hand_is_refused(method: str) -> None:
    async def awaited(self: object, given: object = None) -> None:
        """Nothing would await it."""

    kind = type("Awaited", (TwentyLineSink,), {method: awaited})

    with pytest.raises(TypeError, match=f"`Awaited.{method}` must be a plain `def`"):
        kind()


def test_a_sink_written_by_hand_that_cannot_send_is_refused() -> None:
    class Silent(CloudSinkBase[CloudSinkConfig]):
        name = "silent"

    with pytest.raises(TypeError, match="`Silent` has no `_send_batch`"):
        Silent()


def test_a_client_that_cannot_be_made_is_said_with_its_place() -> None:
    class Broken(TwentyLineSink):
        def _initialize_client(self) -> None:
            super()._initialize_client()
            if self.made == 1:
                raise ImportError("example-canary")

    place = f"{__file__}:{Broken._initialize_client.__code__.co_firstlineno + 3}"
    sink = Broken(QUICK)

    with pytest.warns(RuntimeWarning) as said:
        write_all(sink, [entry()])

    assert 1 == settled(sink).delivered
    assert [f"team: the transport raised ImportError at {place}"] == [
        str(warning.message) for warning in said
    ]
