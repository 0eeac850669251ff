"""Programs that end in the way the first argument names; run by test_programs.py."""

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
from typing import Any

import uvicorn
from common import COUNT, log, make_async_logger, make_logger, make_sink, say

from python.cloud_sink_base import sinks


def waits_for_a_signal() -> None:
    log(make_logger())
    say("ready")
    while True:
        signal.pause()


def exits() -> None:
    log(make_logger())
    raise SystemExit(3)


def drains() -> None:
    logger = make_logger()
    log(logger)
    asyncio.run(logger.stop_and_drain())
    # No hook runs after this.
    os.kill(os.getpid(), signal.SIGKILL)


def asyncio_run() -> None:
    async def main() -> None:
        logger = await make_async_logger()
        for n in range(COUNT):
            await logger.info("order placed", n=n)

    asyncio.run(main())


def asyncio_run_writes() -> None:
    async def main() -> None:
        sink = make_sink()
        for n in range(COUNT):
            await sink.write({"message": "order placed", "level": "INFO", "data": {"n": n}})

    asyncio.run(main())
    os.kill(os.getpid(), signal.SIGKILL)


def asyncio_sigterm() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    async def main() -> None:
        logger = await make_async_logger()
        for n in range(COUNT):
            await logger.info("order placed", n=n)
        say("ready")
        await asyncio.Event().wait()

    asyncio.run(main())


def uvicorn_server() -> None:
    logger: Any = None

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal logger
        assert scope["type"] == "lifespan"
        await receive()
        logger = make_logger()
        log(logger)
        await send({"type": "lifespan.startup.complete"})
        say("ready")
        await receive()
        await logger.stop_and_drain()
        await send({"type": "lifespan.shutdown.complete"})

    uvicorn.run(app, port=0, log_level="warning")


def forks() -> None:
    """Log in a child that was born with the logger."""
    logger = make_logger()
    log(logger, count=1)
    child = os.fork()
    if child == 0:
        log(logger, 1, COUNT - 1)
        return
    os.waitpid(child, 0)


def in_a_process(method: str) -> None:
    logger = make_logger() if method == "fork" else None
    context: Any = multiprocessing.get_context(method)
    child = context.Process(target=log_there, args=(logger,))
    child.start()
    child.join()


def log_there(logger: Any) -> None:
    log(logger or make_logger())


def in_a_pool() -> None:
    """Workers of a pool are ended by SIGTERM when its block is left."""
    logger = make_logger()
    pool = multiprocessing.get_context("fork").Pool(2, become, (logger,))
    with pool:
        pool.map(log_one, range(COUNT), chunksize=1)


worker_logger: Any = None


def become(logger: Any) -> None:
    global worker_logger
    worker_logger = logger


def log_one(n: int) -> None:
    worker_logger.info("order placed", n=n)


def freezes() -> None:
    """Handle one invocation a line, as a function that is frozen after each."""
    logger = make_logger()
    (sink,) = sinks()
    for line in sys.stdin:
        log(logger, int(line), 1)
        is_done = asyncio.run(sink.flush(30))
        say(f"{is_done} {sink.stats().delivered}")
    os.kill(os.getpid(), signal.SIGKILL)


PROGRAMS = {
    "waits_for_a_signal": waits_for_a_signal,
    "exits": exits,
    "drains": drains,
    "asyncio_run": asyncio_run,
    "asyncio_run_writes": asyncio_run_writes,
    "asyncio_sigterm": asyncio_sigterm,
    "uvicorn_server": uvicorn_server,
    "forks": forks,
    "fork": lambda: in_a_process("fork"),
    "forkserver": lambda: in_a_process("forkserver"),
    "spawn": lambda: in_a_process("spawn"),
    "in_a_pool": in_a_pool,
    "freezes": freezes,
}

if __name__ == "__main__":
    # A program that hangs says where.
    watchdog = threading.Timer(100, os._exit, (99,))
    watchdog.daemon = True
    watchdog.start()
    PROGRAMS[sys.argv[1]]()
