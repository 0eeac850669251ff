"""The wire format, the reading of answers, and the limits of the Grafana Loki sink."""

import json

import pytest
from pydantic import ValidationError

from cloud_sinks._loki_encoder import LokiEncoder
from cloud_sinks._loki_transport import LokiTransport, classify
from cloud_sinks.cloud_sink_base import (
    Bisect,
    Delivered,
    Event,
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

# The moment the tests take for now: 2026-01-02T03:04:05Z.
NOW = 1_767_323_045_000_000_000


@pytest.fixture(autouse=True)
def _without_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LokiSinkConfig.model_fields:
        for variable in LokiSinkConfig.variables(name):
            monkeypatch.delenv(variable, raising=False)


def make_config(settings: str) -> LokiSinkConfig:
    return LokiSinkConfig(**json.loads(settings))


def body(settings: str, events: list[str]) -> str:
    encoder = LokiEncoder(make_config(settings))
    read = [Event.from_entry(json.loads(event), NOW) for event in events]
    records = Records.of(encode_event(encoder, event, LIMITS) for event in read)
    return encoder.write_payload(records).decode()


def make_transport(settings: str) -> LokiTransport:
    config = make_config(settings)
    return LokiTransport(config, LokiEncoder(config))


def equal_events(
    count: int, record_bytes: int | None = None, spacing: int = 0, age: int = 0
) -> list[Event]:
    """Return equal events, the newest ``age`` seconds old, whose records have ``record_bytes``."""
    encoder = LokiEncoder(make_config(SETTINGS))
    newest = NOW - age * 1_000_000_000
    message = "x"
    if record_bytes is not None:
        message *= record_bytes - len(encoder.encode(Event(newest, "info", ""))[0])
    moments = [newest - index * spacing * 1_000_000_000 for index in reversed(range(count))]
    return [Event(moment, "info", message) for moment in moments]


def packed(events: list[Event]) -> tuple[list[Records], int]:
    """Return the batches that leave at the provider's limits, and how many events do not."""
    sink = LokiSink(make_config(SETTINGS))
    limits = sink._make_limits()
    encoder = sink._make_encoder()
    queue = Queue(sink.config, limits)
    queue.put_back(Records.of(encode_event(encoder, event, limits) for event in events))
    batcher = Batcher(limits, limits.max_batch_events, limits.max_batch_bytes)
    batches: list[Records] = []
    unfit = 0
    while queue:
        batch, refused = batcher.pack(queue, NOW)
        unfit += sum(map(len, refused.values()))
        if batch:
            batches.append(batch)
    return batches, unfit


def refused(settings: str) -> str:
    """Return why settings are refused."""
    with pytest.raises(ValidationError) as error:
        make_config(settings)
    return str(error.value)


def test_plain_info_event() -> None:
    settings = '{"url":"http://localhost:3100"}'
    events = [
        '{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"order placed","logger":"shop.api","context":{"message_id":"m-1","correlation_id":null},"diagnostics":{"origin":"native","service":"shop","env":"prod","host":"web-1","pid":15556},"data":{"order_id":42,"amount":12.5,"express":true}}',
    ]
    expected = r'{"streams":[{"stream":{"service_name":"shop","job":"fapilog"},"values":[["1767323045678000000","{\"level\":\"info\",\"logger\":\"shop.api\",\"message\":\"order placed\",\"context\":{\"message_id\":\"m-1\"},\"diagnostics\":{\"origin\":\"native\",\"service\":\"shop\",\"env\":\"prod\",\"host\":\"web-1\",\"pid\":15556},\"data\":{\"order_id\":42,\"amount\":12.5,\"express\":true}}",{"level":"info","logger":"shop.api"}]]}]}'

    transport = make_transport(settings)

    assert transport.url == "http://localhost:3100/loki/api/v1/push"
    assert transport.health_url == "http://localhost:3100/ready"
    assert transport.headers["content-type"] == "application/json"
    assert body(settings, events) == expected


def test_error_with_exception_unicode_and_escapes() -> None:
    settings = '{"url":"http://localhost:3100/"}'
    events = [
        r'{"timestamp":"2026-01-02T03:04:05.123456789Z","level":"ERROR","message":"Zahlung \"abgelehnt\" \\ Grund:\n\tKärtchen 💳 \u0001","logger":"shop.pay","context":{"message_id":"m-2","correlation_id":"c-9","request_id":"req-1","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","user_id":7},"diagnostics":{"service":"shop","exception":{"error.type":"ZeroDivisionError","error.message":"division by zero","error.stack":"Traceback (most recent call last):\n  File \"a.py\", line 12\n","error.frames":[{"file":"a.py","line":12,"function":"<module>","code":"1/0"}]}},"data":{"order":{"id":5,"items":[1,2,{"a":null}]},"nothing":null}}',
    ]
    expected = r'{"streams":[{"stream":{"service_name":"shop","job":"fapilog"},"values":[["1767323045123456789","{\"level\":\"error\",\"logger\":\"shop.pay\",\"message\":\"Zahlung \\\"abgelehnt\\\" \\\\ Grund:\\n\\tKärtchen 💳 \\u0001\",\"context\":{\"message_id\":\"m-2\",\"correlation_id\":\"c-9\",\"request_id\":\"req-1\",\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"span_id\":\"00f067aa0ba902b7\",\"user_id\":7},\"diagnostics\":{\"service\":\"shop\",\"exception\":{\"error.type\":\"ZeroDivisionError\",\"error.message\":\"division by zero\",\"error.stack\":\"Traceback (most recent call last):\\n  File \\\"a.py\\\", line 12\\n\",\"error.frames\":[{\"file\":\"a.py\",\"line\":12,\"function\":\"<module>\",\"code\":\"1/0\"}]}},\"data\":{\"order\":{\"id\":5,\"items\":[1,2,{\"a\":null}]}}}",{"level":"error","logger":"shop.pay","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","correlation_id":"c-9","request_id":"req-1"}]]}]}'

    transport = make_transport(settings)

    assert transport.url == "http://localhost:3100/loki/api/v1/push"
    assert body(settings, events) == expected


def test_names_in_data_cannot_clash() -> None:
    settings = '{"url":"http://localhost:3100","service_name":"checkout"}'
    events = [
        '{"timestamp":"2026-01-02T03:04:05Z","level":"WARNING","message":"names","logger":"a","context":{"level":"c","request_id":""},"diagnostics":{"service":"shop"},"data":{"message":"mine","level":"loud","timestamp":"bogus","context":{"x":1}}}',
    ]
    expected = r'{"streams":[{"stream":{"service_name":"checkout","job":"fapilog"},"values":[["1767323045000000000","{\"level\":\"warning\",\"logger\":\"a\",\"message\":\"names\",\"context\":{\"level\":\"c\",\"request_id\":\"\"},\"diagnostics\":{\"service\":\"shop\"},\"data\":{\"message\":\"mine\",\"level\":\"loud\",\"timestamp\":\"bogus\",\"context\":{\"x\":1}}}",{"level":"warning","logger":"a"}]]}]}'

    transport = make_transport(settings)

    assert transport.url == "http://localhost:3100/loki/api/v1/push"
    assert body(settings, events) == expected


def test_events_are_grouped_by_label_set_in_order() -> None:
    settings = '{"url":"https://logs.example.com","labels":{"job":"api","env-name":"prod"},"label_fields":["level","context.tenant_id","data.shard"],"tenant_id":"team-a","username":"123456","password":"example-password"}'
    events = [
        '{"timestamp":"2026-01-02T03:04:05.001Z","level":"INFO","message":"one","logger":"w","context":{"tenant_id":"acme"},"diagnostics":{},"data":{"shard":3}}',
        '{"timestamp":"2026-01-02T03:04:05.002Z","level":"ERROR","message":"two","logger":"w","context":{"tenant_id":"acme"},"diagnostics":{},"data":{}}',
        '{"timestamp":"2026-01-02T03:04:05.003Z","level":"INFO","message":"three","logger":"w","context":{"tenant_id":"acme"},"diagnostics":{},"data":{"shard":3}}',
        '{"timestamp":"2026-01-02T03:04:05.004Z","level":"INFO","message":"four","logger":"w","context":{"tenant_id":""},"diagnostics":{},"data":{}}',
    ]
    expected = r'{"streams":[{"stream":{"job":"api","env_name":"prod","level":"info","tenant_id":"acme","shard":"3"},"values":[["1767323045001000000","{\"level\":\"info\",\"logger\":\"w\",\"message\":\"one\",\"context\":{\"tenant_id\":\"acme\"},\"data\":{\"shard\":3}}",{"level":"info","logger":"w"}],["1767323045003000000","{\"level\":\"info\",\"logger\":\"w\",\"message\":\"three\",\"context\":{\"tenant_id\":\"acme\"},\"data\":{\"shard\":3}}",{"level":"info","logger":"w"}]]},{"stream":{"job":"api","env_name":"prod","level":"error","tenant_id":"acme"},"values":[["1767323045002000000","{\"level\":\"error\",\"logger\":\"w\",\"message\":\"two\",\"context\":{\"tenant_id\":\"acme\"}}",{"level":"error","logger":"w"}]]},{"stream":{"job":"api","env_name":"prod","level":"info"},"values":[["1767323045004000000","{\"level\":\"info\",\"logger\":\"w\",\"message\":\"four\",\"context\":{\"tenant_id\":\"\"}}",{"level":"info","logger":"w"}]]}]}'

    transport = make_transport(settings)

    assert transport.url == "https://logs.example.com/loki/api/v1/push"
    assert transport.headers["x-scope-orgid"] == "team-a"
    assert transport.headers["authorization"] == "Basic MTIzNDU2OmV4YW1wbGUtcGFzc3dvcmQ="
    assert body(settings, events) == expected


def test_dynamic_labels_beyond_the_guard_overflow() -> None:
    settings = '{"url":"http://localhost:3100","service_name":"api","label_fields":["context.user_id"],"max_streams":2,"bearer_token":"example-bearer-token"}'
    events = [
        '{"timestamp":"2026-01-02T03:04:05.001Z","level":"INFO","message":"one","context":{"user_id":"u-1"}}',
        '{"timestamp":"2026-01-02T03:04:05.002Z","level":"INFO","message":"two","context":{"user_id":"u-2"}}',
        '{"timestamp":"2026-01-02T03:04:05.003Z","level":"INFO","message":"three","context":{"user_id":"u-3"}}',
        '{"timestamp":"2026-01-02T03:04:05.004Z","level":"INFO","message":"four","context":{"user_id":"u-1"}}',
    ]
    expected = r'{"streams":[{"stream":{"service_name":"api","job":"fapilog","user_id":"u-1"},"values":[["1767323045001000000","{\"level\":\"info\",\"message\":\"one\",\"context\":{\"user_id\":\"u-1\"}}",{"level":"info"}],["1767323045004000000","{\"level\":\"info\",\"message\":\"four\",\"context\":{\"user_id\":\"u-1\"}}",{"level":"info"}]]},{"stream":{"service_name":"api","job":"fapilog","user_id":"u-2"},"values":[["1767323045002000000","{\"level\":\"info\",\"message\":\"two\",\"context\":{\"user_id\":\"u-2\"}}",{"level":"info"}]]},{"stream":{"service_name":"api","job":"fapilog","user_id":"overflow"},"values":[["1767323045003000000","{\"level\":\"info\",\"message\":\"three\",\"context\":{\"user_id\":\"u-3\"}}",{"level":"info"}]]}]}'

    transport = make_transport(settings)

    assert transport.url == "http://localhost:3100/loki/api/v1/push"
    assert transport.headers["authorization"] == "Bearer example-bearer-token"
    assert body(settings, events) == expected


def test_stored() -> None:
    response = HttpResponse(204, {}, b"")

    outcome = classify(response)

    assert isinstance(outcome, Delivered)


def test_ingestion_is_blocked() -> None:
    response = HttpResponse(260, {}, b"ingestion blocked for user team-a\n")

    outcome = classify(response)

    assert isinstance(outcome, Rejected)


def test_plain_200_stores_nothing() -> None:
    response = HttpResponse(200, {}, b"")

    outcome = classify(response)

    assert isinstance(outcome, Rejected)


def test_some_entries_are_refused() -> None:
    response = HttpResponse(
        400,
        {},
        b"1 errors like: max entry size '262144' bytes exceeded for stream '{job=\"fapilog\"}' while adding an entry with length '262145' bytes\n",
    )

    outcome = classify(response)

    assert isinstance(outcome, Bisect)


def test_no_tenant() -> None:
    response = HttpResponse(401, {}, b"no org id\n")

    outcome = classify(response)

    assert isinstance(outcome, Paused)
    assert "no org id" in outcome.reason


def test_gateway_forbids() -> None:
    response = HttpResponse(403, {}, b"")

    outcome = classify(response)

    assert isinstance(outcome, Paused)


def test_wrong_path() -> None:
    response = HttpResponse(404, {}, b"404 page not found\n")

    outcome = classify(response)

    assert isinstance(outcome, Paused)


def test_redirect_is_not_followed() -> None:
    response = HttpResponse(301, {"location": "https://example.com/"}, b"")

    outcome = classify(response)

    assert isinstance(outcome, Paused)


def test_permanent_redirect_is_not_followed() -> None:
    response = HttpResponse(308, {"location": "https://example.com/"}, b"")

    outcome = classify(response)

    assert isinstance(outcome, Paused)


def test_wrong_method() -> None:
    response = HttpResponse(405, {}, b"")

    outcome = classify(response)

    assert isinstance(outcome, Paused)


def test_gateway_gave_up_waiting() -> None:
    response = HttpResponse(408, {}, b"")

    outcome = classify(response)

    assert isinstance(outcome, Transient)
    assert outcome.retry_after is None


def test_too_large() -> None:
    response = HttpResponse(413, {}, b"")

    outcome = classify(response)

    assert isinstance(outcome, Split)


def test_no_streams_in_the_request() -> None:
    response = HttpResponse(422, {}, b"error at least one valid stream is required for ingestion\n")

    outcome = classify(response)

    assert isinstance(outcome, Rejected)


def test_over_the_tenant_rate() -> None:
    response = HttpResponse(
        429, {}, b"ingestion rate limit exceeded for user fake (limit: 10485 bytes/sec)\n"
    )

    outcome = classify(response)

    assert isinstance(outcome, Throttled)
    assert outcome.retry_after is None


def test_gateway_names_a_delay() -> None:
    response = HttpResponse(429, {"retry-after": "3"}, b"")

    outcome = classify(response)

    assert isinstance(outcome, Throttled)
    assert outcome.retry_after == 3.0


def test_server_error() -> None:
    response = HttpResponse(500, {}, b"")

    outcome = classify(response)

    assert isinstance(outcome, Transient)
    assert outcome.retry_after is None


def test_last_server_error() -> None:
    response = HttpResponse(599, {}, b"")

    outcome = classify(response)

    assert isinstance(outcome, Transient)
    assert outcome.retry_after is None


def test_no_live_replica() -> None:
    response = HttpResponse(503, {}, b"at least 1 live replicas required, could only find 0\n")

    outcome = classify(response)

    assert isinstance(outcome, Transient)
    assert outcome.retry_after is None


def test_four_megabytes_fit() -> None:
    events = equal_events(16, record_bytes=249_995)

    batches, unfit = packed(events)

    assert len(batches) == 1
    assert unfit == 0


def test_above_four_megabytes_makes_two() -> None:
    events = equal_events(16, record_bytes=249_996)

    batches, unfit = packed(events)

    assert len(batches) == 2
    assert unfit == 0


def test_the_longest_entry_fits() -> None:
    events = equal_events(1, record_bytes=262_144)

    batches, unfit = packed(events)

    assert len(batches) == 1
    assert unfit == 0
    lengths = {len(data) for batch in batches for data in batch.bytes}
    assert lengths == {262_144}


def test_a_longer_entry_is_dead_lettered() -> None:
    events = equal_events(1, record_bytes=262_145)

    batches, unfit = packed(events)

    assert len(batches) == 0
    assert unfit == 1


def test_an_event_older_than_a_week_is_sent() -> None:
    events = equal_events(1, age=604_801)

    batches, unfit = packed(events)

    assert len(batches) == 1
    assert unfit == 0


def test_an_event_far_ahead_is_sent() -> None:
    events = equal_events(1, age=-601)

    batches, unfit = packed(events)

    assert len(batches) == 1
    assert unfit == 0


def test_a_password_without_its_user() -> None:
    settings = '{"url":"http://localhost:3100","password":"example-password"}'

    assert "password" in refused(settings)


def test_a_label_field_that_no_event_has() -> None:
    settings = '{"url":"http://localhost:3100","label_fields":["level","levle"]}'

    assert "label_fields" in refused(settings)


def test_a_label_field_without_its_part() -> None:
    settings = '{"url":"http://localhost:3100","label_fields":["tenant"]}'

    assert "label_fields" in refused(settings)


def test_a_label_field_without_a_key() -> None:
    settings = '{"url":"http://localhost:3100","label_fields":["data."]}'

    assert "label_fields" in refused(settings)


def test_a_label_without_a_name() -> None:
    settings = '{"url":"http://localhost:3100","labels":{"":"x"}}'

    assert "labels" in refused(settings)


def test_a_label_of_lokis_own() -> None:
    settings = '{"url":"http://localhost:3100","labels":{"__path__":"x"}}'

    assert "labels" in refused(settings)


def test_more_labels_than_loki_takes() -> None:
    settings = '{"url":"http://localhost:3100","labels":{"a":"x","b":"x","c":"x","d":"x","e":"x","f":"x","g":"x","h":"x","i":"x","j":"x","k":"x","l":"x","m":"x","n":"x","o":"x","p":"x"}}'

    assert "labels" in refused(settings)


def test_more_labels_than_loki_takes_with_those_of_events() -> None:
    settings = '{"url":"http://localhost:3100","labels":{"a":"x","b":"x","c":"x","d":"x","e":"x","f":"x","g":"x","h":"x","i":"x","j":"x","k":"x","l":"x","m":"x","n":"x"},"label_fields":["level","data.shard"]}'

    assert "label_fields" in refused(settings)
