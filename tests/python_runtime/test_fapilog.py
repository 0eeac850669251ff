"""The sink under real fapilog, with a backend on the loopback interface."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fapilog import Settings, get_async_logger, get_logger
from fapilog.core.presets import get_preset, list_presets
from fapilog.plugins.sinks.contrib import loki  # noqa: F401  built-ins stay importable beside ours

from support import HANG, PATIENCE, QUICK, FakeServer, HttpSink, entry, eventually

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture
def make(server: FakeServer) -> Iterator[Callable[..., HttpSink]]:
    made: list[HttpSink] = []

    def make(**settings: Any) -> HttpSink:
        made.append(HttpSink(**({"url": server.url, "api_key": "example-key"} | QUICK | settings)))
        return made[-1]

    yield make
    for sink in made:
        asyncio.run(sink.stop())


@pytest.fixture
def logger_for() -> Callable[..., Any]:
    def logger_for(*sinks: HttpSink, **core: Any) -> Any:
        settings = core.pop("settings", None) or Settings.model_validate({"core": core})
        return get_logger(settings=settings, sinks=list(sinks), reuse=False)

    return logger_for


def drain(logger: Any) -> Any:
    return asyncio.run(asyncio.wait_for(logger.stop_and_drain(), 2 * PATIENCE))


def log(logger: Any, count: int, start: int = 0) -> None:
    for n in range(start, start + count):
        logger.info("order placed", n=n)


def test_a_tail_smaller_than_a_batch_arrives(
    server: FakeServer, make: Any, logger_for: Any
) -> None:
    sink = make(batch_size=100, batch_timeout_seconds=60)
    logger = logger_for(sink)

    log(logger, 250)
    drain(logger)

    assert list(range(250)) == server.numbers()
    assert (250, True) == (sink.stats().delivered, sink.stats().is_balanced)
    assert "example-key" == server.headers[0]["x-api-key"]


def test_serialize_in_flush_arrives(server: FakeServer, make: Any, logger_for: Any) -> None:
    sink = make(batch_size=100)
    logger = logger_for(sink, serialize_in_flush=True)

    log(logger, 120)
    logger.info("needs the other way", n=120, value={1, 2}, big=2**70)
    drain(logger)

    assert list(range(121)) == server.numbers()
    (odd,) = [item for item in server.stored if item["n"] == 120]
    assert ([1, 2], str(2**70)) == (odd["value"], odd["big"])


def test_concurrent_lazy_starts_lose_nothing(
    server: FakeServer, make: Any, logger_for: Any
) -> None:
    sink = make(batch_size=10)
    logger = logger_for(sink, worker_count=4, sink_concurrency=16)

    log(logger, 330)
    drain(logger)

    assert list(range(330)) == server.numbers()


def test_two_loggers_share_a_sink(server: FakeServer, make: Any) -> None:
    sink = make(batch_timeout_seconds=60)
    loggers = [get_logger(name=f"shared-{i}", sinks=[sink], reuse=False) for i in range(2)]

    log(loggers[0], 35)
    log(loggers[1], 35, 35)
    for logger in loggers:
        drain(logger)

    assert list(range(70)) == server.numbers()


@pytest.mark.parametrize("preset", list_presets())
def test_every_preset_delivers(
    preset: Any, server: FakeServer, make: Any, logger_for: Any, tmp_path: Any
) -> None:
    sink = make(batch_size=100)
    settings = {k: v for k, v in get_preset(preset).items() if not k.startswith("_")}
    settings.get("sink_config", {}).pop("rotating_file", None)
    logger = logger_for(sink, settings=Settings(**settings))

    log(logger, 130)
    drain(logger)

    assert list(range(130)) == server.numbers()


def test_the_async_logger_delivers(server: FakeServer, make: Any) -> None:
    sink = make(batch_timeout_seconds=60)

    async def run() -> None:
        logger = await get_async_logger(sinks=[sink], reuse=False)
        for n in range(20):
            await logger.info("order placed", n=n)
        await logger.drain()

    asyncio.run(run())

    assert list(range(20)) == server.numbers()


def test_health_and_writes_on_a_foreign_loop(
    server: FakeServer, make: Any, logger_for: Any
) -> None:
    sink = make()
    logger = logger_for(sink)
    assert asyncio.run(sink.health_check())
    log(logger, 5)

    asyncio.run(sink.write(entry(99)))
    assert asyncio.run(sink.health_check())
    drain(logger)

    assert [0, 1, 2, 3, 4, 99] == server.numbers()


def test_a_lost_answer_is_a_repeated_request(
    server: FakeServer, make: Any, logger_for: Any
) -> None:
    server.answers = [None, (503, {}, b"later"), (429, {"Retry-After": "0"}, b"slow")]
    sink = make(batch_size=1000)
    logger = logger_for(sink)

    log(logger, 50)
    drain(logger)

    stats = sink.stats()
    assert list(range(50)) == server.numbers()
    assert (50, 1, True) == (stats.delivered, stats.throttled, stats.is_balanced)


def test_one_poison_event_is_found_and_reported(
    server: FakeServer, make: Any, logger_for: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    def answer(items: list[Any]) -> Any:
        bad = any(item["n"] == 13 for item in items)
        return (400, {}, b"bad") if bad else (202, {}, b"{}")

    server.answers = [answer] * 100
    sink = make(batch_size=1000)
    logger = logger_for(sink)

    log(logger, 64)
    drain(logger)
    eventually(lambda: not sink.stats().pending)

    assert [n for n in range(64) if n != 13] == server.numbers()
    assert {"rejected": 1} == dict(sink.stats().dropped)
    assert '"n":13' in capfd.readouterr().err


def test_a_hung_server_hangs_neither_the_writer_nor_the_drain(
    server: FakeServer, make: Any, logger_for: Any
) -> None:
    server.answers = [HANG]
    sink = make(timeout_seconds=0.5)
    logger = logger_for(sink)

    log(logger, 10)
    drain(logger)

    # A later request may have been stored after it was given up: at-least-once.
    assert set(range(10)) == set(server.numbers())
    assert 10 == sink.stats().delivered


def test_an_outage_costs_nothing(server: FakeServer, make: Any, logger_for: Any) -> None:
    up = threading.Event()
    server.answers = [lambda _: (202, {}, b"") if up.is_set() else (503, {}, b"down")] * 10_000
    sink = make(batch_size=20, max_retries=1)
    logger = logger_for(sink)

    log(logger, 200)
    eventually(lambda: sink._worker._scheduler._throttle.breaker.is_open)
    assert not asyncio.run(sink.health_check())
    log(logger, 200, 200)
    up.set()
    drain(logger)
    eventually(lambda: not sink.stats().pending)

    stats = sink.stats()
    assert list(range(400)) == server.numbers()
    assert (400, {}, {}) == (stats.delivered, dict(stats.dropped), dict(stats.refused))


def test_what_a_full_sink_refuses_is_on_the_fallback(
    server: FakeServer, make: Any, logger_for: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    server.answers = [(503, {}, b"down")] * 10_000
    sink = make(
        batch_size=5,
        queue_max_events=20,
        block_timeout_seconds=0.01,
        exit_timeout_seconds=0.1,
        drain_timeout_seconds=0.1,
    )
    logger = logger_for(sink)

    log(logger, 30)
    drain(logger)
    asyncio.run(sink.stop())
    eventually(lambda: not sink.stats().pending)

    stats = sink.stats()
    shown = capfd.readouterr().err
    lines = [line for line in shown.splitlines() if '"n":' in line]
    assert (20, 10) == (stats.accepted, stats.refused_total)
    assert {"shutdown_deadline": 20} == dict(stats.dropped)
    # fapilog shows what was refused, and the sink the first ten of what it gave up.
    assert 20 == len(lines)
    assert "dropped 10 more events, shutdown_deadline: the time of its drain was over" in shown


def test_secrets_stay_out_of_everything_written(
    server: FakeServer, make: Any, logger_for: Any, capfd: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    from fapilog.core.diagnostics import configure_diagnostics

    server.answers = [(403, {}, b"wrong key"), (400, {}, b"bad"), (302, {"Location": "/x"}, b"")]
    # One request at a time: each gets the answer meant for it.
    dead_letters = tmp_path / "dead"
    sink = make(
        api_key="example-canary", dead_letter_path=dead_letters, batch_size=1, max_in_flight=1
    )
    configure_diagnostics(enabled=True)
    try:
        logger = logger_for(sink)
        log(logger, 3)
        drain(logger)
        asyncio.run(sink.stop())
    finally:
        configure_diagnostics(enabled=False)

    shown = capfd.readouterr()
    dead = dead_letters.read_text(encoding="utf-8")
    assert "example-canary" not in shown.err + shown.out + dead
    assert "paused, events are kept: HTTP 403" in shown.err
