"""
What it costs to report events that are given up, and for how long that stops the event loop.

    python benches/refusals.py

Each row is measured in a process of its own beside the same events delivered, so that the
difference is what a refusal costs.  A pause is what the process works while a task on the loop that
sleeps for a millisecond is late: CPU time, so that other programs do not count.
"""

import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# In place of this folder, where `python` is something else.
sys.path[0] = str(Path(__file__).parent.parent / "templates")

from python.cloud_sink_base import (
    Batch,
    CloudSinkBase,
    CloudSinkConfig,
    Delivered,
    Limits,
    Outcome,
    Partial,
    Paused,
    Rejected,
    RejectedItem,
)

FLOOD = 200_000
LEFT = 100_000
TITLES = {
    "delivered": "delivered, for comparison",
    "window": "outside the provider's window",
    "window_kept": "the same, with a dead-letter file",
    "items": "refused one by one in answers",
    "whole": "refused with their request",
    "left": "left at the end",
    "left_kept": "the same, with a dead-letter file",
}


class Sink(CloudSinkBase[CloudSinkConfig]):
    """Gets the same answer again and again."""

    name = "bench"
    limits = Limits(max_age_seconds=3600.0, max_batch_bytes=5_000_000)
    answer: Callable[[Batch], Outcome] = staticmethod(lambda batch: Delivered())

    def _send_batch(self, batch: Batch) -> Outcome:
        return self.answer(batch)


ANSWERS: dict[str, Callable[[Batch], Outcome]] = {
    "items": lambda batch: Partial([RejectedItem(n, "too old") for n in range(len(batch))]),
    "whole": lambda batch: Rejected("HTTP 400: bad"),
    "left": lambda batch: Paused("HTTP 403: wrong key"),
}


def entry(stamp: str) -> dict[str, Any]:
    return {
        "timestamp": stamp,
        "level": "INFO",
        "message": "order placed",
        "logger": "shop.checkout",
        "context": {"message_id": "0d20c1de-6f0e-4d61-9a3f-000000000000", "correlation_id": None},
        "diagnostics": {"service": "shop", "host": "web-1", "pid": 15556, "python": "3.11.7"},
        "data": {"n": 17, "customer": "c-17", "amount": 0.17, "path": "/api/v1/orders"},
    }


class Pauses:
    """How late a task is that sleeps for a millisecond."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def watch(self) -> None:
        while True:
            began, worked = time.perf_counter(), time.process_time()
            await asyncio.sleep(0.001)
            late = time.perf_counter() - began - 0.001
            self.longest = max(self.longest, min(late, time.process_time() - worked))


async def flood(sink: Sink, given: dict[str, Any], pauses: Pauses) -> None:
    watching = asyncio.create_task(pauses.watch())
    for n in range(FLOOD):
        await sink.write(given)
        if n % 50 == 0:
            await asyncio.sleep(0)
    sink._worker.begin_drain()
    while sink.stats().pending:
        await asyncio.sleep(0.001)
    watching.cancel()


async def leave(sink: Sink, given: dict[str, Any], pauses: Pauses) -> float:
    for n in range(LEFT):
        await sink.write(given)
        if n % 1000 == 0:
            await asyncio.sleep(0)
    watching = asyncio.create_task(pauses.watch())
    await asyncio.sleep(0.05)
    began = time.process_time()
    await sink.stop()
    watching.cancel()
    return time.process_time() - began


def measure(name: str) -> None:
    old, kept = name.startswith("window"), name.endswith("_kept")
    kind = name.removesuffix("_kept")
    given = entry("2020-01-01T00:00:00.000Z" if old else time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()))
    settings: dict[str, Any] = {"queue_max_events": 1_000_000, "queue_max_bytes": 10**9}
    settings |= {"exit_timeout_seconds": 0, "dead_letter_max_bytes": 10**9}
    with tempfile.TemporaryDirectory() as folder:
        if kept:
            settings["dead_letter_path"] = Path(folder) / "dead"
        sink = Sink(settings)
        sink.answer = ANSWERS.get(kind, Sink.answer)
        pauses = Pauses()
        gc.collect()
        gc.freeze()
        cpu = time.process_time()
        if kind == "left":
            seconds, count = asyncio.run(leave(sink, given, pauses)), LEFT
        else:
            asyncio.run(flood(sink, given, pauses))
            seconds, count = time.process_time() - cpu, FLOOD
        stats = sink.stats()
        ends = {"dropped": stats.dropped_total, "kept": stats.dead_lettered}
        assert stats.accepted == count == stats.delivered + sum(ends.values()), stats
        if kept:
            assert stats.dead_lettered == len((Path(folder) / "dead").read_bytes().splitlines())
    print(json.dumps({"micros": seconds / count * 1e6, "pause": pauses.longest * 1e3}))


def main() -> None:
    print("| events | CPU µs an event | more than delivered | longest pause of the loop, ms | lines |")
    print("|---|---|---|---|---|")
    base = 0.0
    for name, title in TITLES.items():
        runs, lines = [], 0
        for _ in range(3):
            done = subprocess.run(
                [sys.executable, __file__, name],
                capture_output=True,
                text=True,
                check=True,
                env=os.environ,
            )
            runs.append(json.loads(done.stdout))
            lines = len(done.stderr.splitlines())
        micros = sorted(run["micros"] for run in runs)[1]
        pause = sorted(run["pause"] for run in runs)[1]
        base = micros if name == "delivered" else base
        more = "–" if name == "delivered" or name.startswith("left") else f"{micros - base:+.2f}"
        print(f"| {title} | {micros:.2f} | {more} | {pause:.1f} | {lines} |", flush=True)


if __name__ == "__main__":
    measure(sys.argv[1]) if len(sys.argv) > 1 else main()
