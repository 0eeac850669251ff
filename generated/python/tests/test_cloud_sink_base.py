"""The delivery every sink shares, with an attempt that comes to what a test says."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fapilog.core.errors import SinkWriteError

from cloud_sinks.cloud_sink_base import (
    Batch,
    CloudSinkBase,
    CloudSinkConfig,
    Delivered,
    HealthError,
    Limits,
    Order,
    Outcome,
    Record,
    Rejected,
    Throttled,
)
from cloud_sinks.cloud_sink_base._scheduler import Scheduler

# A limit that only a machine which stands still reaches.
PATIENCE = 60.0

# What both programs begin with.  Each delivery is a line: the process, and what it delivered.
SINK = """
import os
from cloud_sinks.cloud_sink_base import CloudSinkBase, CloudSinkConfig, Delivered

began = os.getpid()

class PrintingSink(CloudSinkBase[CloudSinkConfig]):
    name = "printing"

    def _transform_entry(self, event):
        return event.message.encode()

    def _send_batch(self, batch):
        process = "parent" if os.getpid() == began else "child"
        for data in batch.records.bytes:
            os.write(1, f"{process} {data.decode()}\\n".encode())
        return Delivered()

sink = PrintingSink(batch_timeout_seconds=60, exit_timeout_seconds=60)
"""
LOGGING_PROGRAM = """
from fapilog import get_logger
get_logger(sinks=[sink]).info("order placed")
"""
FORKING_PROGRAM = """
import asyncio
loop = asyncio.new_event_loop()
loop.run_until_complete(sink.write({"message": "of the parent"}))
loop.close()
child = os.fork()
if child == 0:
    asyncio.run(sink.write({"message": "of the child"}))
else:
    os.waitpid(child, 0)
"""


class ScriptedSink(CloudSinkBase[CloudSinkConfig]):
    """Gives the outcomes of a script in order, then delivers."""

    name = "scripted"

    def __init__(
        self,
        script: Iterable[Outcome] = (),
        **settings: Any,  # noqa: ANN401  each setting has its type
    ) -> None:
        self.script = iter(script)
        self.released = threading.Event()
        self.released.set()
        self.unhealthy = False
        patient = {"drain_timeout_seconds": PATIENCE, "exit_timeout_seconds": PATIENCE}
        super().__init__(**(patient | settings))

    @contextmanager
    def held_up(self) -> Iterator[None]:
        """Let no attempt end meanwhile."""
        self.released.clear()
        try:
            yield
        finally:
            self.released.set()

    def _send_batch(self, batch: Batch) -> Outcome:
        del batch
        self.released.wait(PATIENCE)
        return next(self.script, Delivered())

    def _check_health(self) -> None:
        if self.unhealthy:
            message = "starting"
            raise HealthError(message)


def write_and_drain(sink: ScriptedSink, *messages: str) -> None:
    async def write() -> None:
        for message in messages:
            await sink.write({"message": message})

    # The end of the loop drains, as the end of a logger does.
    asyncio.run(write())


def deliveries_of(program: str) -> list[str]:
    """Run a program and return what its sinks delivered."""
    done = subprocess.run(  # noqa: S603  the program stands above
        [sys.executable, "-c", SINK + program],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
        check=True,
    )
    return sorted(done.stdout.splitlines())


def scheduler_of(order: Order) -> Scheduler:
    """Return the state of a sink that holds two batches of one event, at zero of its clock."""
    config = CloudSinkConfig(batch_size=1, max_in_flight=4)
    scheduler = Scheduler(config, Limits(order=order), lambda: 0.0)
    for message in (b"first", b"second"):
        assert scheduler.offer(Record(message, 0), 0.0) == ()
    return scheduler


def sent_of(task: object) -> list[bytes]:
    assert isinstance(task, Batch)
    return list(task.records.bytes)


def test_a_retry_waits_as_long_as_the_provider_asks() -> None:
    scheduler = scheduler_of(Order.ACROSS_BATCHES)
    batch = scheduler.take(0.0, 0)
    assert isinstance(batch, Batch)

    scheduler.settle(batch, Throttled("slow down", 30.0), 0.0)

    assert scheduler.take(29.0, 0) == 1.0
    assert sent_of(scheduler.take(30.0, 0)) == [b"first"]


def test_where_order_matters_nothing_is_sent_before_an_earlier_batch_is_settled() -> None:
    scheduler = scheduler_of(Order.ACROSS_BATCHES)

    first, second = scheduler.take(0.0, 0), scheduler.take(0.0, 0)

    assert sent_of(first) == [b"first"]
    assert not isinstance(second, Batch)


def test_where_order_does_not_matter_batches_travel_side_by_side() -> None:
    scheduler = scheduler_of(Order.ANY)

    first, second = scheduler.take(0.0, 0), scheduler.take(0.0, 0)

    assert sent_of(first) == [b"first"]
    assert sent_of(second) == [b"second"]


def test_a_rejected_event_reaches_the_dead_letter_file(tmp_path: Path) -> None:
    path = tmp_path / "dead-letters.ndjson"
    sink = ScriptedSink([Rejected("no such field")], dead_letter_path=path)

    write_and_drain(sink, "order placed")

    (line,) = path.read_text().splitlines()
    letter = json.loads(line)
    assert letter["detail"] == "no such field"
    assert letter["entry"]["message"] == "order placed"
    assert sink.stats().dead_lettered == 1
    assert sink.stats().is_balanced


def test_a_rejected_event_without_a_file_is_shown_on_standard_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sink = ScriptedSink([Rejected("no such field")])

    write_and_drain(sink, "order placed")

    shown = capsys.readouterr().err
    assert "no such field" in shown
    assert "order placed" in shown
    assert sink.stats().dropped == {"rejected": 1}


def test_a_full_sink_refuses() -> None:
    sink = ScriptedSink(queue_max_events=2, overflow="drop_newest")

    async def write() -> None:
        with sink.held_up():
            await sink.write({"message": "first"})
            await sink.write({"message": "second"})
            with pytest.raises(SinkWriteError, match="is full"):
                await sink.write({"message": "third"})

    asyncio.run(write())

    stats = sink.stats()
    assert (stats.accepted, stats.delivered, stats.refused_total) == (2, 2, 1)


@pytest.mark.parametrize("unhealthy", [False, True])
def test_health_is_what_the_transport_says(*, unhealthy: bool) -> None:
    sink = ScriptedSink()
    sink.unhealthy = unhealthy

    assert asyncio.run(sink.health_check()) is not unhealthy


def test_a_program_that_ends_without_a_drain_delivers() -> None:
    assert deliveries_of(LOGGING_PROGRAM) == ["parent order placed"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_child_delivers_its_own_events_and_none_of_its_parent() -> None:
    assert deliveries_of(FORKING_PROGRAM) == ["child of the child", "parent of the parent"]
