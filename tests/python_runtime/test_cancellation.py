"""Callers that are cancelled, at each place where they wait."""

import asyncio
import itertools
import types
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from typing import Any

import orjson
import pytest
from fapilog.core.errors import SinkWriteError

from python.cloud_sink_base import Paused, Transient
from support import PATIENCE, Hanging, ScriptedSink, entry, settled

# Waits of one call that are tried out; polls make some calls wait far more often.
WAITS = 12

Call = Callable[[ScriptedSink], Coroutine[Any, Any, object]]


@types.coroutine
def cancelled_at(
    wait: int, call: Coroutine[Any, Any, object], waits: list[int]
) -> Generator[Any, Any, object]:
    """Run a call whose task is cancelled when it waits for the given time, counted from 0."""
    task = asyncio.current_task()
    assert task is not None
    step: Callable[[], Any] = partial(call.send, None)
    for number in itertools.count():
        try:
            waited_for = step()
        except StopIteration as end:
            return end.value
        waits.append(number)
        if number == wait:
            task.cancel()
        try:
            yield waited_for
        except BaseException as error:
            step = partial(call.throw, error)
        else:
            step = partial(call.send, None)
    raise AssertionError


async def is_cancelled(wait: int, call: Coroutine[Any, Any, object], waits: list[int]) -> bool:
    """Tell whether a call ended because it was cancelled."""

    async def run() -> None:
        await cancelled_at(wait, call, waits)

    task = asyncio.create_task(run())
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()
    return task.cancelled()


@pytest.mark.parametrize("wait", range(WAITS))
@pytest.mark.parametrize(
    "call",
    [
        ScriptedSink.start,
        ScriptedSink.stop,
        ScriptedSink.health_check,
        lambda sink: sink.flush(PATIENCE),
        lambda sink: sink.write(entry(5)),
    ],
    ids=["start", "stop", "health_check", "flush", "write"],
)
def test_a_cancelled_call_loses_nothing(call: Call, wait: int) -> None:
    # Failures first: a call that waits has something to wait for.
    sink = ScriptedSink([Transient("no"), Transient("no")], batch_size=2, max_in_flight=1)
    waits: list[int] = []

    async def run() -> int:
        if call is not ScriptedSink.start:
            for n in range(5):
                await sink.write(entry(n))
        before = sink.stats().accepted
        # Not each time: on Python 3.11 a wait that has just ended swallows it.
        if await is_cancelled(wait, call(sink), waits):
            assert wait in waits
        assert sink.stats().is_balanced
        # Another call finds the sink in order.
        await sink.write(entry(6))
        assert await sink.flush(PATIENCE)
        return before

    before = asyncio.run(run())

    stats = settled(sink)
    assert stats.accepted in (before + 1, before + 2)
    assert (stats.accepted, {}) == (stats.delivered, dict(stats.dropped))
    sent = [orjson.loads(r.bytes)["message"] for batch in sink.scripted.sent for r in batch]
    assert stats.accepted == len(set(sent))


@pytest.mark.parametrize("wait", range(WAITS))
def test_every_write_is_accepted_or_refused_wherever_it_is_cancelled(wait: int) -> None:
    hanging = Hanging()
    sink = ScriptedSink([hanging], batch_size=1, max_in_flight=1, queue_max_events=1)
    waits: list[int] = []

    async def run() -> None:
        # The first event of a loop waits for the task that drains the loop.
        first = await is_cancelled(wait, sink.write(entry(0)), waits)
        assert first == (wait in waits)
        waits.clear()
        assert await is_cancelled(wait, sink.write(entry(1)), waits)
        assert [*range(wait + 1)] == waits

    # Not drained at its end, which would wait for the attempt.
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(run())
    finally:
        hanging.release.set()
        loop.close()

    stats = settled(sink)
    assert (1, {"queue_full": 1}) == (stats.accepted, dict(stats.refused))
    assert 1 == stats.delivered


@pytest.mark.parametrize("wait", range(WAITS))
def test_a_stop_that_is_cancelled_leaves_its_books_in_order(wait: int) -> None:
    sink = ScriptedSink(itertools.repeat(Paused("no")), batch_size=2, exit_timeout_seconds=0.02)
    refused = 0

    async def run() -> None:
        nonlocal refused
        for n in range(5):
            await sink.write(entry(n))
        await is_cancelled(wait, sink.stop(), [])
        assert sink.stats().is_balanced
        try:
            await sink.write(entry(5))
        except SinkWriteError:
            refused += 1
        await sink.stop()

    asyncio.run(run())

    stats = settled(sink)
    assert 6 == stats.accepted + refused
    assert (0, stats.accepted) == (stats.delivered, stats.dropped["shutdown_deadline"])
