"""A program that is stopped as a whole for a while; run by test_exit.py in a process of its own."""

import asyncio
import json
import signal
import sys
import time
from dataclasses import asdict

from support import HttpSink, entry

STOPPED_SECONDS = 60.0

real, skipped = time.monotonic, 0.0


def skip(*_: object) -> None:
    """Have the stop seem longer than a test may take."""
    global skipped  # noqa: PLW0603
    skipped += STOPPED_SECONDS


async def main(url: str) -> None:
    """Log, wait to be told to go on, log the rest."""
    sink = HttpSink(url=url, api_key="key", batch_size=10, timeout_seconds=20, max_in_flight=2)
    for number in range(50):
        await sink.write(entry(number))
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    for number in range(50, 100):
        await sink.write(entry(number))
    await sink.stop()
    stats = sink.stats()
    sys.stdout.write(json.dumps(asdict(stats) | {"is_balanced": stats.is_balanced}))


signal.signal(signal.SIGCONT, skip)
time.monotonic = lambda: real() + skipped
asyncio.run(main(sys.argv[1]))
