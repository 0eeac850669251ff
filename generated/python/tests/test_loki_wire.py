"""The wire format, the reading of answers, and the limits of the Grafana Loki sink."""

import json
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pytest
from pydantic import ValidationError

from cloud_sinks._loki_encoder import LokiEncoder
from cloud_sinks._loki_transport import LokiTransport, classify
from cloud_sinks.cloud_sink_base import (
    Bisect,
    Delivered,
    Event,
    Outcome,
    Partial,
    Paused,
    Records,
    Rejected,
    Split,
    Throttled,
    Transient,
)
from cloud_sinks.cloud_sink_base._batcher import Batcher
from cloud_sinks.cloud_sink_base._encoder import encode_event
from cloud_sinks.cloud_sink_base._queue import Queue
from cloud_sinks.cloud_sink_parts._http import HttpResponse
from cloud_sinks.loki_sink import LIMITS, LokiSink, LokiSinkConfig

# Settings that make the sink start.
SETTINGS = '{"url":"http://localhost:3100"}'

# The moment the tests take for now: 2026-01-02T03:04:06Z.
NOW = 1_767_323_046_000_000_000


class Requested(NamedTuple):
    """Events, and the request they become."""

    settings: str
    events: Sequence[str]
    body: str
    url: str | None = None
    health_url: str | None = None
    headers: Mapping[str, str] = {}


class Answered(NamedTuple):
    """An answer, and what it means for the events of its request."""

    outcome: type[Outcome]
    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b""
    events: int = 1
    retry_after: float | None = None
    reason: str = ""
    rejected: Sequence[int] = ()
    retry: Sequence[int] = ()


class Packed(NamedTuple):
    """Equal events, ``spacing`` seconds apart and the newest ``age`` old, and how they leave."""

    events: int
    requests: int
    record_bytes: int | None = None
    spacing: int = 0
    age: int = 0
    unfit: int = 0
    truncated: int = 0


REQUESTS: dict[str, Requested] = {
    "plain_info_event": Requested(
        settings='{"url":"http://localhost:3100"}',
        events=[
            '{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"order placed","logger":"shop.api","context":{"message_id":"m-1","correlation_id":null},"diagnostics":{"origin":"native","service":"shop","env":"prod","host":"web-1","pid":15556},"data":{"order_id":42,"amount":12.5,"express":true}}',
        ],
        body=r'{"streams":[{"stream":{"service_name":"shop","job":"fapilog"},"values":[["1767323045678000000","{\"level\":\"info\",\"logger\":\"shop.api\",\"message\":\"order placed\",\"context\":{\"message_id\":\"m-1\"},\"diagnostics\":{\"origin\":\"native\",\"service\":\"shop\",\"env\":\"prod\",\"host\":\"web-1\",\"pid\":15556},\"data\":{\"order_id\":42,\"amount\":12.5,\"express\":true}}",{"level":"info","logger":"shop.api"}]]}]}',
        url="http://localhost:3100/loki/api/v1/push",
        health_url="http://localhost:3100/ready",
        headers={"content-type": "application/json"},
    ),
    "error_with_exception_unicode_and_escapes": Requested(
        settings='{"url":"http://localhost:3100/"}',
        events=[
            r'{"timestamp":"2026-01-02T03:04:05.123456789Z","level":"ERROR","message":"Zahlung \"abgelehnt\" \\ Grund:\n\tKärtchen 💳 \u0001","logger":"shop.pay","context":{"message_id":"m-2","correlation_id":"c-9","request_id":"req-1","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","user_id":7},"diagnostics":{"service":"shop","exception":{"error.type":"ZeroDivisionError","error.message":"division by zero","error.stack":"Traceback (most recent call last):\n  File \"a.py\", line 12\n","error.frames":[{"file":"a.py","line":12,"function":"<module>","code":"1/0"}]}},"data":{"order":{"id":5,"items":[1,2,{"a":null}]},"nothing":null}}',
        ],
        body=r'{"streams":[{"stream":{"service_name":"shop","job":"fapilog"},"values":[["1767323045123456789","{\"level\":\"error\",\"logger\":\"shop.pay\",\"message\":\"Zahlung \\\"abgelehnt\\\" \\\\ Grund:\\n\\tKärtchen 💳 \\u0001\",\"context\":{\"message_id\":\"m-2\",\"correlation_id\":\"c-9\",\"request_id\":\"req-1\",\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"span_id\":\"00f067aa0ba902b7\",\"user_id\":7},\"diagnostics\":{\"service\":\"shop\",\"exception\":{\"error.type\":\"ZeroDivisionError\",\"error.message\":\"division by zero\",\"error.stack\":\"Traceback (most recent call last):\\n  File \\\"a.py\\\", line 12\\n\",\"error.frames\":[{\"file\":\"a.py\",\"line\":12,\"function\":\"<module>\",\"code\":\"1/0\"}]}},\"data\":{\"order\":{\"id\":5,\"items\":[1,2,{\"a\":null}]}}}",{"level":"error","logger":"shop.pay","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","correlation_id":"c-9","request_id":"req-1"}]]}]}',
        url="http://localhost:3100/loki/api/v1/push",
    ),
    "names_in_data_cannot_clash": Requested(
        settings='{"url":"http://localhost:3100","service_name":"checkout"}',
        events=[
            '{"timestamp":"2026-01-02T03:04:05Z","level":"WARNING","message":"names","logger":"a","context":{"level":"c","request_id":""},"diagnostics":{"service":"shop"},"data":{"message":"mine","level":"loud","timestamp":"bogus","context":{"x":1}}}',
        ],
        body=r'{"streams":[{"stream":{"service_name":"checkout","job":"fapilog"},"values":[["1767323045000000000","{\"level\":\"warning\",\"logger\":\"a\",\"message\":\"names\",\"context\":{\"level\":\"c\",\"request_id\":\"\"},\"diagnostics\":{\"service\":\"shop\"},\"data\":{\"message\":\"mine\",\"level\":\"loud\",\"timestamp\":\"bogus\",\"context\":{\"x\":1}}}",{"level":"warning","logger":"a"}]]}]}',
        url="http://localhost:3100/loki/api/v1/push",
    ),
    "events_are_grouped_by_label_set_in_order": Requested(
        settings='{"url":"https://logs.example.com","labels":{"job":"api","env-name":"prod"},"label_fields":["level","context.tenant_id","data.shard"],"tenant_id":"team-a","username":"123456","password":"example-password"}',
        events=[
            '{"timestamp":"2026-01-02T03:04:05.001Z","level":"INFO","message":"one","logger":"w","context":{"tenant_id":"acme"},"diagnostics":{},"data":{"shard":3}}',
            '{"timestamp":"2026-01-02T03:04:05.002Z","level":"ERROR","message":"two","logger":"w","context":{"tenant_id":"acme"},"diagnostics":{},"data":{}}',
            '{"timestamp":"2026-01-02T03:04:05.003Z","level":"INFO","message":"three","logger":"w","context":{"tenant_id":"acme"},"diagnostics":{},"data":{"shard":3}}',
            '{"timestamp":"2026-01-02T03:04:05.004Z","level":"INFO","message":"four","logger":"w","context":{"tenant_id":""},"diagnostics":{},"data":{}}',
        ],
        body=r'{"streams":[{"stream":{"job":"api","env_name":"prod","level":"info","tenant_id":"acme","shard":"3"},"values":[["1767323045001000000","{\"level\":\"info\",\"logger\":\"w\",\"message\":\"one\",\"context\":{\"tenant_id\":\"acme\"},\"data\":{\"shard\":3}}",{"level":"info","logger":"w"}],["1767323045003000000","{\"level\":\"info\",\"logger\":\"w\",\"message\":\"three\",\"context\":{\"tenant_id\":\"acme\"},\"data\":{\"shard\":3}}",{"level":"info","logger":"w"}]]},{"stream":{"job":"api","env_name":"prod","level":"error","tenant_id":"acme"},"values":[["1767323045002000000","{\"level\":\"error\",\"logger\":\"w\",\"message\":\"two\",\"context\":{\"tenant_id\":\"acme\"}}",{"level":"error","logger":"w"}]]},{"stream":{"job":"api","env_name":"prod","level":"info"},"values":[["1767323045004000000","{\"level\":\"info\",\"logger\":\"w\",\"message\":\"four\",\"context\":{\"tenant_id\":\"\"}}",{"level":"info","logger":"w"}]]}]}',
        url="https://logs.example.com/loki/api/v1/push",
        headers={
            "x-scope-orgid": "team-a",
            "authorization": "Basic MTIzNDU2OmV4YW1wbGUtcGFzc3dvcmQ=",
        },
    ),
    "dynamic_labels_beyond_the_guard_overflow": Requested(
        settings='{"url":"http://localhost:3100","service_name":"api","label_fields":["context.user_id"],"max_streams":2,"bearer_token":"example-bearer-token"}',
        events=[
            '{"timestamp":"2026-01-02T03:04:05.001Z","level":"INFO","message":"one","context":{"user_id":"u-1"}}',
            '{"timestamp":"2026-01-02T03:04:05.002Z","level":"INFO","message":"two","context":{"user_id":"u-2"}}',
            '{"timestamp":"2026-01-02T03:04:05.003Z","level":"INFO","message":"three","context":{"user_id":"u-3"}}',
            '{"timestamp":"2026-01-02T03:04:05.004Z","level":"INFO","message":"four","context":{"user_id":"u-1"}}',
        ],
        body=r'{"streams":[{"stream":{"service_name":"api","job":"fapilog","user_id":"u-1"},"values":[["1767323045001000000","{\"level\":\"info\",\"message\":\"one\",\"context\":{\"user_id\":\"u-1\"}}",{"level":"info"}],["1767323045004000000","{\"level\":\"info\",\"message\":\"four\",\"context\":{\"user_id\":\"u-1\"}}",{"level":"info"}]]},{"stream":{"service_name":"api","job":"fapilog","user_id":"u-2"},"values":[["1767323045002000000","{\"level\":\"info\",\"message\":\"two\",\"context\":{\"user_id\":\"u-2\"}}",{"level":"info"}]]},{"stream":{"service_name":"api","job":"fapilog","user_id":"overflow"},"values":[["1767323045003000000","{\"level\":\"info\",\"message\":\"three\",\"context\":{\"user_id\":\"u-3\"}}",{"level":"info"}]]}]}',
        url="http://localhost:3100/loki/api/v1/push",
        headers={"authorization": "Bearer example-bearer-token"},
    ),
}

ANSWERS: dict[str, Answered] = {
    "stored": Answered(Delivered, 204),
    "ingestion_is_blocked": Answered(
        Paused,
        260,
        body=b"ingestion blocked for user team-a\n",
        reason="ingestion blocked",
    ),
    "ingestion_is_blocked_with_200": Answered(
        Paused,
        200,
        body=b"ingestion blocked for user team-a\n",
    ),
    "a_compatible_store_has_stored_it": Answered(Delivered, 200),
    "a_login_page_is_no_answer": Answered(
        Paused,
        200,
        headers={"content-type": "text/html"},
        body=b"<html>login</html>",
    ),
    "some_entries_are_refused": Answered(
        Bisect,
        400,
        body=b"1 errors like: max entry size '262144' bytes exceeded for stream '{job=\"fapilog\"}' while adding an entry with length '262145' bytes\n",
        events=4,
    ),
    "no_tenant": Answered(Paused, 401, body=b"no org id\n", reason="no org id"),
    "gateway_forbids": Answered(Paused, 403),
    "wrong_path": Answered(Paused, 404, body=b"404 page not found\n"),
    "redirect_is_not_followed": Answered(Paused, 301, headers={"location": "https://example.com/"}),
    "permanent_redirect_is_not_followed": Answered(
        Paused,
        308,
        headers={"location": "https://example.com/"},
    ),
    "wrong_method": Answered(Paused, 405),
    "gateway_gave_up_waiting": Answered(Transient, 408),
    "too_large": Answered(Split, 413, events=1_000),
    "no_streams_in_the_request": Answered(
        Rejected,
        422,
        body=b"error at least one valid stream is required for ingestion\n",
    ),
    "above_the_tenant_rate_or_burst": Answered(
        Throttled,
        429,
        body=b"ingestion rate limit exceeded for user fake (limit: 10485 bytes/sec) while attempting to ingest '600' lines totaling '606653' bytes, reduce log volume or contact your Loki administrator to see if the limit can be increased\n",
        events=600,
    ),
    "over_the_stream_rate": Answered(
        Throttled,
        429,
        body=b"entry with timestamp 2026-11-24 00:19:31 +0000 UTC ignored, reason: 'Per stream rate limit exceeded (limit: 1KB/sec)'",
    ),
    "gateway_names_a_delay": Answered(
        Throttled,
        429,
        headers={"retry-after": "3"},
        retry_after=3.0,
    ),
    "server_error": Answered(Transient, 500),
    "last_server_error": Answered(Transient, 599),
    "no_live_replica": Answered(
        Transient,
        503,
        body=b"at least 1 live replicas required, could only find 0\n",
    ),
}

PACKED: dict[str, Packed] = {
    "four_megabytes_fit": Packed(events=16, requests=1, record_bytes=249_995),
    "above_four_megabytes_makes_two": Packed(events=16, requests=2, record_bytes=249_996),
    "the_longest_entry_fits": Packed(events=1, requests=1, record_bytes=262_195),
    "a_longer_entry_is_dead_lettered": Packed(events=1, requests=0, record_bytes=262_196, unfit=1),
    "an_event_older_than_a_week_is_sent": Packed(events=1, requests=1, age=604_801),
    "an_event_far_ahead_is_sent": Packed(events=1, requests=1, age=-601),
}

# Settings, and the one of them that is refused.
REFUSED = {
    "a_password_without_its_user": (
        '{"url":"http://localhost:3100","password":"example-password"}',
        "password",
    ),
    "a_label_field_that_no_event_has": (
        '{"url":"http://localhost:3100","label_fields":["level","levle"]}',
        "label_fields",
    ),
    "a_label_field_without_its_part": (
        '{"url":"http://localhost:3100","label_fields":["tenant"]}',
        "label_fields",
    ),
    "a_label_field_without_a_key": (
        '{"url":"http://localhost:3100","label_fields":["data."]}',
        "label_fields",
    ),
    "a_label_without_a_name": ('{"url":"http://localhost:3100","labels":{"":"x"}}', "labels"),
    "a_label_of_lokis_own": ('{"url":"http://localhost:3100","labels":{"__path__":"x"}}', "labels"),
    "more_labels_than_loki_takes": (
        '{"url":"http://localhost:3100","labels":{"a":"x","b":"x","c":"x","d":"x","e":"x","f":"x","g":"x","h":"x","i":"x","j":"x","k":"x","l":"x","m":"x","n":"x","o":"x","p":"x"}}',
        "labels",
    ),
    "more_labels_than_loki_takes_with_those_of_events": (
        '{"url":"http://localhost:3100","labels":{"a":"x","b":"x","c":"x","d":"x","e":"x","f":"x","g":"x","h":"x","i":"x","j":"x","k":"x","l":"x","m":"x","n":"x"},"label_fields":["level","data.shard"]}',
        "label_fields",
    ),
}


@pytest.fixture(autouse=True)
def _elsewhere_and_now(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LokiSinkConfig.model_fields:
        for variable in LokiSinkConfig.variables(name):
            monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(time, "time", lambda: NOW / 1_000_000_000)
    monkeypatch.setattr(time, "time_ns", lambda: NOW)


def make_config(settings: str) -> LokiSinkConfig:
    return LokiSinkConfig(**json.loads(settings))


@pytest.mark.parametrize("name", REQUESTS)
def test_events_become_the_request(name: str) -> None:
    example = REQUESTS[name]
    events = [Event.from_entry(json.loads(event), NOW) for event in example.events]
    config = make_config(example.settings)
    encoder = LokiEncoder(config)

    records = Records.of(encode_event(encoder, event, LIMITS) for event in events)

    assert encoder.write_payload(records).decode() == example.body
    transport = LokiTransport(config, encoder)
    url, headers = transport.address(records)
    assert example.url in (None, url)
    assert {name: headers.get(name) for name in example.headers} == example.headers
    if example.health_url is not None:
        assert transport.health is not None
        assert transport.health.url == example.health_url


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_means_for_the_events(name: str) -> None:
    example = ANSWERS[name]

    response = HttpResponse(example.status, example.headers, example.body, example.events)
    outcome = classify(response)

    assert isinstance(outcome, example.outcome)
    assert example.reason in getattr(outcome, "reason", "")
    if example.retry_after is not None:
        assert getattr(outcome, "retry_after", None) == pytest.approx(example.retry_after)
    if isinstance(outcome, Partial):
        assert [item.index for item in outcome.rejected] == [*example.rejected]
        assert [*outcome.retry] == [*example.retry]


def equal_events(example: Packed) -> list[Event]:
    encoder = LokiEncoder(make_config(SETTINGS))
    newest = NOW - example.age * 1_000_000_000
    message = "x"
    if example.record_bytes is not None:
        plain = len(encoder.encode(Event(newest, "info", ""))[0])
        room = example.record_bytes - plain
        # What says how long a record is may have grown with it.
        padded = len(encoder.encode(Event(newest, "info", message * room))[0])
        message *= room - (padded - example.record_bytes)
    ages = reversed(range(example.events))
    return [Event(newest - age * example.spacing * 1_000_000_000, "info", message) for age in ages]


@pytest.mark.parametrize("name", PACKED)
def test_events_leave_within_the_limits(name: str) -> None:
    example = PACKED[name]
    sink = LokiSink(make_config(SETTINGS))
    limits = sink._make_limits()
    encoder = sink._make_encoder()
    queue = Queue(sink.config, limits)
    events = equal_events(example)
    queue.put_back(Records.of(encode_event(encoder, event, limits, NOW) for event in events))
    batcher = Batcher(limits, limits.max_batch_events, limits.max_batch_bytes)
    batches: list[Records] = []
    unfit = 0
    while queue:
        batch, refused = batcher.pack(queue, NOW)
        unfit += sum(map(len, refused.values()))
        if batch:
            batches.append(batch)

    assert len(batches) == example.requests
    assert unfit == example.unfit
    if example.record_bytes is not None:
        sizes = [len(data) for batch in batches for data in batch.bytes]
        assert sum(size < example.record_bytes for size in sizes) == example.truncated


@pytest.mark.parametrize("name", REFUSED)
def test_settings_that_cannot_work_are_refused(name: str) -> None:
    settings, refused = REFUSED[name]

    with pytest.raises(ValidationError) as error:
        make_config(settings)

    assert refused in str(error.value)
