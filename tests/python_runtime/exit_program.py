"""A program that logs and ends; run by test_exit.py in a process of its own."""

import asyncio
import os
import sys
from typing import Any

from fapilog import get_async_logger, get_logger

from support import HttpSink, entry

COUNT = 120


def main(url: str, how: str, attempt: str, end: str) -> None:
    sink = HttpSink(
        {
            "url": url,
            "api_key": "example-key",
            "timeout_seconds": attempt,
            "drain_timeout_seconds": end,
            "exit_timeout_seconds": end,
        }
    )
    if how == "async":
        asyncio.run(log_async(sink))
        return
    if how == "direct":
        asyncio.run(sink.write(entry(0)))
        loop = asyncio.new_event_loop()
        for n in range(1, COUNT):
            loop.run_until_complete(sink.write(entry(n)))
        return
    logger: Any = get_logger(sinks=[sink], reuse=False)
    for n in range(COUNT):
        logger.info("order placed", n=n)
    if how == "sys_exit":
        sys.exit(3)
    if how == "exception":
        raise RuntimeError("unhandled")
    if how == "fork":
        pid = os.fork()
        if pid == 0:
            return
        os.waitpid(pid, 0)


async def log_async(sink: HttpSink) -> None:
    logger: Any = await get_async_logger(sinks=[sink], reuse=False)
    for n in range(COUNT):
        await logger.info("order placed", n=n)


if __name__ == "__main__":
    main(*sys.argv[1:])
