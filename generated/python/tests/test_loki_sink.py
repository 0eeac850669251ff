"""The Grafana Loki sink under fapilog, with answers from the loopback interface."""

import asyncio
import json
from importlib.metadata import entry_points
from typing import Any

import pytest
from fapilog import Settings, get_async_logger, get_logger
from fapilog.core.errors import SinkWriteError
from fapilog.plugins.metadata import PluginMetadata, validate_fapilog_compatibility
from fapilog.testing import assert_valid_sink, validate_plugin_lifecycle
from pydantic import ValidationError

from cloud_sink_responder import Answer, Responder, responding
from cloud_sinks.loki_sink import PLUGIN_METADATA, LokiSink, LokiSinkConfig

# Settings that make the sink start.
SETTINGS = '{"url":"http://localhost:3100"}'

# Everything is stored; the provider is in trouble.
ACCEPTED = Answer(204, {}, "")
UNAVAILABLE = Answer(
    503,
    {"Content-Type": "text/plain; charset=utf-8"},
    "at least 1 live replicas required, could only find 0\n",
)

# No wait before a retry, and limits that only a machine which stands still reaches.
QUICK = {
    "retry_base_delay": 0.001,
    "retry_max_delay": 0.001,
    "timeout_seconds": 60.0,
    "drain_timeout_seconds": 60.0,
}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LokiSinkConfig.model_fields:
        for variable in LokiSinkConfig.variables(name):
            monkeypatch.delenv(variable, raising=False)


def settings_for(responder: Responder) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads(SETTINGS)
    return settings | QUICK | {"url": responder.url}


def log_and_drain(sink: LokiSink, *, serialized: bool = False) -> None:
    settings = Settings.model_validate({"core": {"serialize_in_flush": serialized}})
    logger = get_logger(settings=settings, sinks=[sink], reuse=False)
    logger.info("order placed", order_id=42)
    asyncio.run(logger.stop_and_drain())


def test_a_tail_below_a_full_batch_is_delivered_by_the_drain() -> None:
    with responding(ACCEPTED) as responder:
        sink = LokiSink(**settings_for(responder), batch_timeout_seconds=60)
        log_and_drain(sink)

    assert sink.stats().delivered == 1
    assert sink.stats().is_balanced
    assert len(responder.received) == 1


def test_an_entry_that_fapilog_serialized_travels_the_same() -> None:
    with responding(ACCEPTED) as responder:
        sink = LokiSink(**settings_for(responder))
        log_and_drain(sink, serialized=True)

    assert sink.stats().delivered == 1


def test_the_async_logger_delivers() -> None:
    async def log(sink: LokiSink) -> None:
        logger = await get_async_logger(sinks=[sink], reuse=False)
        await logger.info("order placed", order_id=42)
        await logger.stop_and_drain()

    with responding(ACCEPTED) as responder:
        sink = LokiSink(**settings_for(responder))
        asyncio.run(log(sink))

    assert sink.stats().delivered == 1


def test_a_batch_that_failed_is_sent_again_and_counted_once() -> None:
    with responding(UNAVAILABLE, ACCEPTED) as responder:
        sink = LokiSink(**settings_for(responder))
        log_and_drain(sink)

    stats = sink.stats()
    assert (stats.accepted, stats.delivered, stats.retries) == (1, 1, 1)
    assert stats.is_balanced
    assert responder.received[0].body == responder.received[1].body


def test_a_redirect_is_not_followed() -> None:
    with responding(ACCEPTED) as elsewhere:
        redirect = Answer(307, {"location": f"{elsewhere.url}/elsewhere"})
        with responding(redirect, ACCEPTED) as responder:
            sink = LokiSink(**settings_for(responder))
            log_and_drain(sink)

    # The redirect itself delivers nothing; the attempt after it may.
    assert sink.stats().delivered == len(responder.received) - 1
    assert sink.stats().is_balanced
    assert not elsewhere.received


def test_fapilog_takes_it_for_a_sink() -> None:
    sink = LokiSink(**json.loads(SETTINGS))

    assert_valid_sink(sink)
    assert asyncio.run(validate_plugin_lifecycle(sink)).valid


def test_the_metadata_is_what_fapilog_expects() -> None:
    metadata = PluginMetadata(**PLUGIN_METADATA)

    assert validate_fapilog_compatibility(metadata)
    assert metadata.name == LokiSink.name


def test_settings_of_fapilog_load_it_by_name() -> None:
    if not entry_points(group="fapilog.sinks", name="cloud_loki"):
        pytest.skip("the package is not installed: pip install -e .")
    with responding(ACCEPTED) as responder:
        settings = Settings.model_validate(
            {
                "core": {"sinks": ["cloud_loki"]},
                "plugins": {"allow_external": True, "validation_mode": "strict"},
                "sink_config": {"extra": {"cloud_loki": settings_for(responder)}},
            }
        )
        logger = get_logger(settings=settings, reuse=False)
        logger.info("order placed", order_id=42)
        asyncio.run(logger.stop_and_drain())

    assert len(responder.received) == 1


def test_a_missing_setting_refuses_events_by_name() -> None:
    names = ["url"]

    sink = LokiSink()
    with pytest.raises(SinkWriteError) as refused:
        asyncio.run(sink.write({"message": "order placed"}))

    assert all(name in str(refused.value) for name in names)
    assert sink.stats().refused_total == 1


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="batch_sizes"):
        LokiSink(batch_sizes=1)


def test_secrets_do_not_print() -> None:
    settings = '{"url":"http://localhost:3100","password":"example-password","bearer_token":"example-bearer-token","username":"user"}'

    config = LokiSinkConfig(**json.loads(settings))
    sink = LokiSink(config)

    assert "example-" not in f"{config!r} {config} {sink!r} {config.model_dump()}"
