"""What the programs share: the sink and logger that the variables of a test describe."""

import os
import sys
from typing import Any

from fapilog import Settings, get_async_logger, get_logger

from support import HttpSink

COUNT = int(os.environ.get("PROGRAM_COUNT", "25"))


def make_sink() -> HttpSink:
    settings: dict[str, Any] = {
        "url": os.environ["PROGRAM_URL"],
        "api_key": "example-key",
        "timeout_seconds": 10,
        "retry_base_delay": 0.01,
        "retry_max_delay": 0.05,
        "drain_timeout_seconds": os.environ["PROGRAM_END_SECONDS"],
        "exit_timeout_seconds": os.environ["PROGRAM_END_SECONDS"],
        "dead_letter_path": os.environ.get("PROGRAM_DEAD_LETTERS"),
    }
    return HttpSink(settings)


def make_logger() -> Any:
    return get_logger(settings=Settings(), sinks=[make_sink()], reuse=False)


async def make_async_logger() -> Any:
    return await get_async_logger(settings=Settings(), sinks=[make_sink()], reuse=False)


def log(logger: Any, start: int = 0, count: int = COUNT) -> None:
    for n in range(start, start + count):
        logger.info("order placed", n=n)


def say(text: str) -> None:
    """Tell the test that waits for it."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
