"""The Grafana Loki sink under fapilog, with answers from the loopback interface."""

import asyncio
import gzip
import json
import re
import ssl
import time
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import httpx
import pytest
from fapilog import Settings, get_async_logger, get_logger
from fapilog.core.errors import SinkWriteError
from fapilog.core.serialization import SerializedView
from fapilog.plugins.metadata import PluginMetadata, validate_fapilog_compatibility
from fapilog.testing import assert_valid_sink, validate_plugin_lifecycle
from pydantic import ValidationError

from cloud_sinks.cloud_sink_base import Event
from cloud_sinks.cloud_sink_responder import Answer, Received, Responder, responding
from cloud_sinks.loki_sink import PLUGIN_METADATA, LokiSink, LokiSinkConfig

# Settings that make the sink start, with credentials.
SETTINGS = '{"url":"http://localhost:3100","bearer_token":"example-bearer-token"}'

# Everything is stored; the provider is in trouble; the event is refused.
ACCEPTED = Answer(204, {}, "")
UNAVAILABLE = Answer(
    503,
    {"content-type": "text/plain; charset=utf-8"},
    "at least 1 live replicas required, could only find 0\n",
)
REFUSED = Answer(
    400,
    {"content-type": "text/plain; charset=utf-8"},
    "entry with timestamp 2026-01-02 03:04:05 +0000 UTC ignored, reason: 'entry too far behind, entry timestamp is: 2026-01-02T03:04:05Z, oldest acceptable timestamp is: 2026-01-02T04:04:05Z',\nuser 'fake', total ignored: 1 out of 3 for stream: {job=\"fapilog\"}\n",
)
HEALTHY = Answer(200)

# A worked example: an event, and the request it becomes.
EVENT = '{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"order placed","logger":"shop.api","context":{"message_id":"m-1","correlation_id":null},"diagnostics":{"origin":"native","service":"shop","env":"prod","host":"web-1","pid":15556},"data":{"order_id":42,"amount":12.5,"express":true}}'
METHOD = "POST"
PATH = "/loki/api/v1/push"
HEADERS = {
    "authorization": "Bearer example-bearer-token",
    "content-type": "application/json",
    "content-encoding": "gzip",
}
BODY = r'{"streams":[{"stream":{"service_name":"shop","job":"fapilog"},"values":[["1767323045678000000","{\"level\":\"info\",\"logger\":\"shop.api\",\"message\":\"order placed\",\"context\":{\"message_id\":\"m-1\"},\"diagnostics\":{\"origin\":\"native\",\"service\":\"shop\",\"env\":\"prod\",\"host\":\"web-1\",\"pid\":15556},\"data\":{\"order_id\":42,\"amount\":12.5,\"express\":true}}",{"level":"info","logger":"shop.api"}]]}]}'
HEALTH_PATH = "/ready"

# No wait before a retry, and limits that only a machine which stands still reaches.
QUICK = {
    "retry_base_delay": 0.001,
    "retry_max_delay": 0.001,
    "timeout_seconds": 60.0,
    "drain_timeout_seconds": 60.0,
}

# The moment of an event that has none: 2026-01-02T03:04:05Z.
NOW = 1_767_323_045_000_000_000


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LokiSinkConfig.model_fields:
        for variable in LokiSinkConfig.variables(name):
            monkeypatch.delenv(variable, raising=False)


def settings_for(responder: Responder) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads(SETTINGS)
    return settings | QUICK | {"url": responder.url}


def decoded(request: Received) -> str:
    """Return a body as the provider reads it."""
    encoding = request.headers.get("content-encoding")
    if encoding == "gzip":
        return gzip.decompress(request.body).decode()
    return request.body.decode()


def write_and_drain(
    sink: LokiSink,
    *entries: dict[str, Any],
    serialized: bool = False,
) -> None:
    async def write() -> None:
        for entry in entries:
            if serialized:
                await sink.write_serialized(SerializedView(json.dumps(entry).encode()))
            else:
                await sink.write(entry)

    # The end of the loop drains, as the end of a logger does.
    asyncio.run(write())


def log_and_drain(sink: LokiSink, *, serialized: bool = False) -> None:
    settings = Settings.model_validate({"core": {"serialize_in_flush": serialized}})
    logger = get_logger(settings=settings, sinks=[sink], reuse=False)
    logger.info("order placed", order_id=42)
    asyncio.run(logger.stop_and_drain())


@pytest.mark.parametrize("serialized", [False, True], ids=["written", "serialized"])
@pytest.mark.parametrize("wrapped", [False, True], ids=["plain", "wrapped"])
def test_an_event_becomes_the_request_of_the_example(
    monkeypatch: pytest.MonkeyPatch, *, serialized: bool, wrapped: bool
) -> None:
    entry = json.loads(EVENT)
    now = Event.from_entry(entry, NOW).timestamp
    monkeypatch.setattr(time, "time_ns", lambda: now)

    with responding(ACCEPTED) as responder:
        sink = LokiSink(**settings_for(responder))
        write_and_drain(sink, {"log": entry} if wrapped else entry, serialized=serialized)

    (request,) = responder.received
    assert request.method == METHOD
    assert request.path == PATH
    assert {name: request.headers.get(name) for name in HEADERS} == HEADERS
    assert decoded(request) == BODY
    assert sink.stats().delivered == 1


@pytest.mark.parametrize("compression", ["gzip", "none"])
def test_the_provider_can_read_every_compression(compression: str) -> None:
    with responding(ACCEPTED) as responder:
        settings = settings_for(responder) | {"compression": compression}
        sink = LokiSink(**settings)
        write_and_drain(sink, {"message": "order placed"})

    (request,) = responder.received
    assert request.headers.get("content-encoding", "none") == compression
    assert "order placed" in decoded(request)


def test_no_request_overtakes_one_that_failed() -> None:
    messages = [f"event {number:02}" for number in range(20)]

    with responding(UNAVAILABLE, ACCEPTED) as responder:
        settings = settings_for(responder) | {"batch_size": 1, "max_in_flight": 4}
        sink = LokiSink(**settings)
        write_and_drain(sink, *({"message": message} for message in messages))

    bodies = [decoded(request) for request in responder.received]
    arrived = [re.findall(r"event \d\d", body)[0] for body in bodies]
    assert arrived == [messages[0], *messages]


def test_it_is_healthy_while_the_provider_is(monkeypatch: pytest.MonkeyPatch) -> None:
    # fapilog's own limit, which a loaded machine may reach.
    monkeypatch.setattr("cloud_sinks.cloud_sink_base._sink._HEALTH_SECONDS", 60.0)

    with responding(HEALTHY, UNAVAILABLE) as responder:
        sink = LokiSink(**settings_for(responder))
        health = [asyncio.run(sink.health_check()) for _ in range(2)]

    assert health == [True, False]
    assert [request.path for request in responder.received] == [HEALTH_PATH] * 2


def test_a_server_has_to_prove_who_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Mock(wraps=httpx.Client)
    monkeypatch.setattr(httpx, "Client", client)

    settings = json.loads(SETTINGS) | {"url": "https://127.0.0.1"}
    sink = LokiSink(**settings)
    sink._worker.transport()

    context = client.call_args.kwargs["verify"]
    assert isinstance(context, ssl.SSLContext)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


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

    (request,) = responder.received
    # fapilog wraps what it serializes; of that nothing is left.
    assert "order placed" in decoded(request)
    assert "schema_version" not in decoded(request)


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


def test_an_event_that_is_refused_ends_alone_and_is_counted() -> None:
    with responding(REFUSED, ACCEPTED) as responder:
        sink = LokiSink(**settings_for(responder), batch_size=1, max_in_flight=1)
        write_and_drain(sink, {"message": "refused"}, {"message": "order placed"})

    stats = sink.stats()
    assert (stats.accepted, stats.delivered, stats.dropped_total) == (2, 1, 1)
    assert stats.is_balanced


def test_what_an_outage_leaves_at_the_end_is_kept_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "dead.ndjson"
    with responding(UNAVAILABLE) as responder:
        settings = settings_for(responder) | {"drain_timeout_seconds": 0.5}
        sink = LokiSink(**settings, dead_letter_path=path)
        write_and_drain(sink, *({"message": f"order {number}"} for number in range(3)))

    stats = sink.stats()
    assert (stats.dead_lettered, stats.pending) == (3, 0)
    assert stats.is_balanced
    kept = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["reason"] for line in kept] == ["shutdown_deadline"] * 3


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
    settings = '{"url":"http://localhost:3100","username":"user","password":"example-password","bearer_token":"example-bearer-token"}'

    config = LokiSinkConfig(**json.loads(settings))
    sink = LokiSink(config)

    assert "example-" not in f"{config!r} {config} {sink!r} {config.model_dump()}"
