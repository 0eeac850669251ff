"""Three methods make a sink; the page on extending shows them."""

import asyncio
from pathlib import Path

import pytest
from fapilog import get_logger
from fapilog.core.errors import SinkWriteError
from fapilog.testing import assert_valid_sink

from by_hand import TeamSink
from python.cloud_sink_base import Event
from support import QUICK, serving

HERE = Path(__file__).parent


def log_and_drain(sink: TeamSink, events: int) -> None:
    logger = get_logger(sinks=[sink], reuse=False)
    for number in range(events):
        logger.info("order placed", n=number)
    asyncio.run(logger.stop_and_drain())


def test_three_methods_make_a_sink() -> None:
    with serving() as server:
        sink = TeamSink(QUICK | {"url": server.url, "token": "example"})
        server.answers = [(503, {}, b""), None]

        log_and_drain(sink, 7)
        asyncio.run(sink.stop())

    assert_valid_sink(sink)
    assert list(range(7)) == server.numbers()
    assert "order placed" == server.stored[0]["text"]
    assert "example" == server.headers[0]["x-token"]
    assert (7, 7, 2) == (sink.stats().accepted, sink.stats().delivered, sink.stats().retries)
    assert "example" not in repr((sink, sink.config))


def test_data_of_the_same_name_does_not_replace_the_message_of_it() -> None:
    event = Event(0, "info", "order placed", data={"text": "of the data", "n": 1})

    assert {"at": 0, "text": "order placed", "n": 1} == TeamSink()._transform_entry(event)


def test_a_missing_setting_of_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEAM_SINK_URL", raising=False)

    with pytest.raises(SinkWriteError, match="TEAM_SINK_URL"):
        asyncio.run(TeamSink().write({"message": "order placed"}))


def test_the_page_on_extending_shows_this_code() -> None:
    page = (HERE / "../../docs/extending.md").read_text()

    blocks = [part.split("```")[0] for part in page.split("```python\n")[1:]]

    assert 1 == len(blocks)
    assert blocks[0] in (HERE / "by_hand.py").read_text()
