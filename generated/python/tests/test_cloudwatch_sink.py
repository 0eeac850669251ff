"""The Amazon CloudWatch Logs sink under fapilog, with answers from the loopback interface."""

import asyncio
import json
import time
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from fapilog import Settings, get_async_logger, get_logger
from fapilog.core.errors import SinkWriteError
from fapilog.core.serialization import SerializedView
from fapilog.plugins.metadata import PluginMetadata, validate_fapilog_compatibility
from fapilog.testing import assert_valid_sink, validate_plugin_lifecycle
from pydantic import ValidationError

from cloud_sinks.cloud_sink_base import Event
from cloud_sinks.cloud_sink_responder import Answer, Responder, responding
from cloud_sinks.cloudwatch_sink import PLUGIN_METADATA, CloudWatchSink, CloudWatchSinkConfig

# Settings that make the sink start, with credentials.
SETTINGS = '{"log_group":"/shop/checkout","region":"eu-central-1"}'

# Everything is stored; the provider is in trouble; the event is refused.
ACCEPTED = Answer(
    200,
    {
        "content-type": "application/x-amz-json-1.1",
        "x-amzn-requestid": "2b6a1c1e-0000-4000-8000-000000000000",
    },
    '{"nextSequenceToken":"49590302938475610293847561029384756102938475610293847561"}',
)
UNAVAILABLE = Answer(
    503,
    {"content-type": "application/x-amz-json-1.1"},
    '{"__type":"ServiceUnavailableException","message":"The service cannot complete the request."}',
)
REFUSED = Answer(
    200,
    {
        "content-type": "application/x-amz-json-1.1",
        "x-amzn-requestid": "2b6a1c1e-0000-4000-8000-000000000001",
    },
    '{"nextSequenceToken":"49590302938475610293847561029384756102938475610293847561","rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1}}',
)
HEALTHY = ACCEPTED

# A worked example: an event, and the request it becomes.
EVENT = '{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"order placed","logger":"shop.api","context":{"message_id":"m-1","correlation_id":null},"diagnostics":{"origin":"native","service":"shop","env":"prod","host":"web-1","pid":15556},"data":{"order_id":42,"amount":12.5,"express":true}}'
METHOD = "POST"
PATH = "/"
HEADERS = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "Logs_20140328.PutLogEvents",
}
BODY = '{"timestamp":"2026-01-02T03:04:05.678Z","level":"info","message":"order placed","logger":"shop.api","context":{"message_id":"m-1"},"diagnostics":{"origin":"native","service":"shop","env":"prod","host":"web-1","pid":15556},"data":{"order_id":42,"amount":12.5,"express":true}}'

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
    for name in CloudWatchSinkConfig.model_fields:
        for variable in CloudWatchSinkConfig.variables(name):
            monkeypatch.delenv(variable, raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "example-access-key-id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example-secret-access-key")


def settings_for(responder: Responder) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads(SETTINGS)
    return settings | QUICK | {"endpoint_url": responder.url}


def write_and_drain(
    sink: CloudWatchSink,
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


def log_and_drain(sink: CloudWatchSink, *, serialized: bool = False) -> None:
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
        sink = CloudWatchSink(**settings_for(responder))
        write_and_drain(sink, {"log": entry} if wrapped else entry, serialized=serialized)

    (request,) = responder.received
    assert request.method == METHOD
    assert request.path == PATH
    assert {name: request.headers.get(name) for name in HEADERS} == HEADERS
    assert "Credential=example-access-key-id/" in request.headers["authorization"]
    sent = json.loads(request.body)
    assert sent["logGroupName"] == json.loads(SETTINGS)["log_group"]
    assert [event["message"] for event in sent["logEvents"]] == BODY.splitlines()
    assert sink.stats().delivered == 1


def test_it_is_healthy_while_the_provider_is(monkeypatch: pytest.MonkeyPatch) -> None:
    # fapilog's own limit, which a loaded machine may reach.
    monkeypatch.setattr("cloud_sinks.cloud_sink_base._sink._HEALTH_SECONDS", 60.0)

    with responding(HEALTHY, UNAVAILABLE) as responder:
        sink = CloudWatchSink(**settings_for(responder))
        health = [asyncio.run(sink.health_check()) for _ in range(2)]

    assert health == [True, False]


def test_a_tail_below_a_full_batch_is_delivered_by_the_drain() -> None:
    with responding(ACCEPTED) as responder:
        sink = CloudWatchSink(**settings_for(responder), batch_timeout_seconds=60)
        log_and_drain(sink)

    assert sink.stats().delivered == 1
    assert sink.stats().is_balanced
    assert len(responder.received) == 1


def test_an_entry_that_fapilog_serialized_travels_the_same() -> None:
    with responding(ACCEPTED) as responder:
        sink = CloudWatchSink(**settings_for(responder))
        log_and_drain(sink, serialized=True)

    (request,) = responder.received
    # fapilog wraps what it serializes; of that nothing is left.
    assert "order placed" in request.body.decode()
    assert "schema_version" not in request.body.decode()


def test_the_async_logger_delivers() -> None:
    async def log(sink: CloudWatchSink) -> None:
        logger = await get_async_logger(sinks=[sink], reuse=False)
        await logger.info("order placed", order_id=42)
        await logger.stop_and_drain()

    with responding(ACCEPTED) as responder:
        sink = CloudWatchSink(**settings_for(responder))
        asyncio.run(log(sink))

    assert sink.stats().delivered == 1


def test_a_batch_that_failed_is_sent_again_and_counted_once() -> None:
    with responding(UNAVAILABLE, ACCEPTED) as responder:
        sink = CloudWatchSink(**settings_for(responder))
        log_and_drain(sink)

    stats = sink.stats()
    assert (stats.accepted, stats.delivered, stats.retries) == (1, 1, 1)
    assert stats.is_balanced
    assert responder.received[0].body == responder.received[1].body


def test_an_event_that_is_refused_ends_alone_and_is_counted() -> None:
    with responding(REFUSED, ACCEPTED) as responder:
        sink = CloudWatchSink(**settings_for(responder), batch_size=1, max_in_flight=1)
        write_and_drain(sink, {"message": "refused"}, {"message": "order placed"})

    stats = sink.stats()
    assert (stats.accepted, stats.delivered, stats.dropped_total) == (2, 1, 1)
    assert stats.is_balanced


def test_what_an_outage_leaves_at_the_end_is_kept_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "dead.ndjson"
    with responding(UNAVAILABLE) as responder:
        settings = settings_for(responder) | {"drain_timeout_seconds": 0.5}
        sink = CloudWatchSink(**settings, dead_letter_path=path)
        write_and_drain(sink, *({"message": f"order {number}"} for number in range(3)))

    stats = sink.stats()
    assert (stats.dead_lettered, stats.pending) == (3, 0)
    assert stats.is_balanced
    kept = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["reason"] for line in kept] == ["shutdown_deadline"] * 3


def test_fapilog_takes_it_for_a_sink() -> None:
    sink = CloudWatchSink(**json.loads(SETTINGS))

    assert_valid_sink(sink)
    assert asyncio.run(validate_plugin_lifecycle(sink)).valid


def test_the_metadata_is_what_fapilog_expects() -> None:
    metadata = PluginMetadata(**PLUGIN_METADATA)

    assert validate_fapilog_compatibility(metadata)
    assert metadata.name == CloudWatchSink.name


def test_settings_of_fapilog_load_it_by_name() -> None:
    if not entry_points(group="fapilog.sinks", name="cloudwatch_logs"):
        pytest.skip("the package is not installed: pip install -e .")
    with responding(ACCEPTED) as responder:
        settings = Settings.model_validate(
            {
                "core": {"sinks": ["cloudwatch_logs"]},
                "plugins": {"allow_external": True, "validation_mode": "strict"},
                "sink_config": {"extra": {"cloudwatch_logs": settings_for(responder)}},
            }
        )
        logger = get_logger(settings=settings, reuse=False)
        logger.info("order placed", order_id=42)
        asyncio.run(logger.stop_and_drain())

    assert len(responder.received) == 1


def test_a_missing_setting_refuses_events_by_name() -> None:
    names = ["log_group"]

    sink = CloudWatchSink()
    with pytest.raises(SinkWriteError) as refused:
        asyncio.run(sink.write({"message": "order placed"}))

    assert all(name in str(refused.value) for name in names)
    assert sink.stats().refused_total == 1


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="batch_sizes"):
        CloudWatchSink(batch_sizes=1)
