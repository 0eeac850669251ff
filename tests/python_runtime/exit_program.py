"""A program that logs and ends; run by test_exit.py in a process of its own."""

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
import time
from typing import Any, NoReturn

from fapilog import get_async_logger, get_logger

from python.cloud_sink_base import Transport, _shutdown, _threads
from support import HttpSink, HttpTransport, entry

COUNT = 120


class HangsWhenMade(HttpSink):
    """A sink whose client never comes to be."""

    def _make_transport(self) -> Transport:
        hang()


class HangsWhenClosed(HttpSink):
    """A sink whose connections never close."""

    def _make_transport(self) -> Transport:
        transport = HttpTransport(self.config, self._encoder)
        transport.close = hang  # type: ignore[method-assign]
        return transport


class SaysWhenClosed(HttpSink):
    """A sink whose connections take a moment to close."""

    def _make_transport(self) -> Transport:
        transport = HttpTransport(self.config, self._encoder)
        transport.close = say_closed  # type: ignore[method-assign]
        return transport


KINDS: dict[str, type[HttpSink]] = {
    "says_closed": SaysWhenClosed,
    "made": HangsWhenMade,
    "closed": HangsWhenClosed,
}


def hang() -> NoReturn:
    while True:
        time.sleep(3600)


def say_closed() -> None:
    time.sleep(0.1)
    sys.stdout.write("closed\n")
    sys.stdout.flush()


def main(url: str, how: str, attempt: str, end: str) -> None:
    if how.startswith("process_"):
        context: Any = multiprocessing.get_context(how.removeprefix("process_"))
        child = context.Process(target=main, args=(url, "falls_off", attempt, end))
        child.start()
        child.join()
        sys.exit(child.exitcode)
    if how == "no_threads":
        _threads.SPARE_IS_NEEDED = True
    sink = KINDS.get(how, HttpSink)(
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
    elif how in {"direct", "interrupted"}:
        write_directly(sink)
    else:
        log(sink, how)
    if how == "interrupted":
        setattr(_shutdown, "_wait_until_quiet", interrupt)  # noqa: B010


def log(sink: HttpSink, how: str) -> None:
    logger: Any = get_logger(sinks=[sink], reuse=False)
    if how == "no_threads":
        setattr(threading.Thread, "start", refuse_thread)  # noqa: B010  mypy takes no assignment
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


def write_directly(sink: HttpSink) -> None:
    asyncio.run(sink.write(entry(0)))
    loop = asyncio.new_event_loop()
    for n in range(1, COUNT):
        loop.run_until_complete(sink.write(entry(n)))


async def log_async(sink: HttpSink) -> None:
    logger: Any = await get_async_logger(sinks=[sink], reuse=False)
    for n in range(COUNT):
        await logger.info("order placed", n=n)


def interrupt(*_: object) -> None:
    signal.raise_signal(signal.SIGINT)


def refuse_thread(_: threading.Thread) -> NoReturn:
    raise RuntimeError("can't create new thread at interpreter shutdown")


if __name__ == "__main__":
    main(*sys.argv[1:])
