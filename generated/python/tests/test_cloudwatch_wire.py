"""The wire format, the reading of answers, and the limits of the Amazon CloudWatch Logs sink."""

import json
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pytest
from pydantic import ValidationError

from cloud_sinks._cloudwatch_encoder import CloudWatchEncoder
from cloud_sinks.cloud_sink_base import (
    Bisect,
    Delivered,
    Event,
    Outcome,
    Partial,
    Paused,
    Records,
    Split,
    Throttled,
    Transient,
)
from cloud_sinks.cloud_sink_base._batcher import Batcher
from cloud_sinks.cloud_sink_base._encoder import encode_event
from cloud_sinks.cloud_sink_base._queue import Queue
from cloud_sinks.cloud_sink_parts._aws_cloudwatch_classify import accepted, classify
from cloud_sinks.cloudwatch_sink import LIMITS, CloudWatchSink, CloudWatchSinkConfig

# Settings that make the sink start.
SETTINGS = '{"log_group":"/shop/checkout","region":"eu-central-1"}'

# The moment the tests take for now: 2026-01-02T03:04:06Z.
NOW = 1_767_323_046_000_000_000


class Requested(NamedTuple):
    """Events, and the request they become."""

    settings: str
    events: Sequence[str]
    body: str


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
        settings='{"log_group":"/shop/checkout","region":"eu-central-1"}',
        events=[
            '{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"order placed","logger":"shop.api","context":{"message_id":"m-1","correlation_id":null},"diagnostics":{"origin":"native","service":"shop","env":"prod","host":"web-1","pid":15556},"data":{"order_id":42,"amount":12.5,"express":true}}',
        ],
        body='{"timestamp":"2026-01-02T03:04:05.678Z","level":"info","message":"order placed","logger":"shop.api","context":{"message_id":"m-1"},"diagnostics":{"origin":"native","service":"shop","env":"prod","host":"web-1","pid":15556},"data":{"order_id":42,"amount":12.5,"express":true}}\n',
    ),
    "error_with_exception_unicode_and_escapes": Requested(
        settings='{"log_group":"/shop/checkout","region":"eu-central-1"}',
        events=[
            r'{"timestamp":"2026-01-02T03:04:05.999999999Z","level":"ERROR","message":"Zahlung \"abgelehnt\" \\ Grund:\n\tKärtchen 💳 \u0001","logger":"shop.pay","context":{"message_id":"m-2","request_id":"req-1","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"},"diagnostics":{"service":"shop","exception":{"error.type":"ZeroDivisionError","error.message":"division by zero","error.stack":"Traceback (most recent call last):\n  File \"a.py\", line 12\n","error.frames":[{"file":"a.py","line":12,"function":"<module>","code":"1/0"}]}},"data":{"order":{"id":5,"items":[1,2,{"a":null}]},"nothing":null,"größe":"XL"}}',
        ],
        body='{"timestamp":"2026-01-02T03:04:05.999Z","level":"error","message":"Zahlung \\"abgelehnt\\" \\\\ Grund:\\n\\tKärtchen 💳 \\u0001","logger":"shop.pay","context":{"message_id":"m-2","request_id":"req-1","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"},"diagnostics":{"service":"shop","exception":{"error.type":"ZeroDivisionError","error.message":"division by zero","error.stack":"Traceback (most recent call last):\\n  File \\"a.py\\", line 12\\n","error.frames":[{"file":"a.py","line":12,"function":"<module>","code":"1/0"}]}},"data":{"order":{"id":5,"items":[1,2,{"a":null}]},"größe":"XL"}}\n',
    ),
    "names_in_data_cannot_clash": Requested(
        settings='{"log_group":"/shop/checkout","region":"eu-central-1"}',
        events=[
            '{"timestamp":"2026-01-02T03:04:05Z","level":"WARNING","message":"","logger":"a","context":{"level":"c"},"diagnostics":{},"data":{"message":"mine","level":"loud","timestamp":"bogus","context":{"x":1}}}',
        ],
        body='{"timestamp":"2026-01-02T03:04:05.000Z","level":"warning","message":"","logger":"a","context":{"level":"c"},"data":{"message":"mine","level":"loud","timestamp":"bogus","context":{"x":1}}}\n',
    ),
    "several_events_keep_their_own_time_and_level": Requested(
        settings='{"log_group":"/shop/checkout","log_stream":"web-1","region":"us-east-1","endpoint_url":"http://localhost:4566","create_log_group":false,"create_log_stream":true,"retention_days":30}',
        events=[
            '{"timestamp":"2026-01-02T03:04:05.100Z","level":"TRACE","message":"one"}',
            '{"timestamp":"2026-01-02T05:04:05.200+02:00","level":"CRITICAL","message":"two","logger":"w"}',
            '{"timestamp":"2026-01-02T03:04:05.300Z","level":"AUDIT","message":"three","data":{"actor":"u-7"}}',
        ],
        body='{"timestamp":"2026-01-02T03:04:05.100Z","level":"trace","message":"one"}\n{"timestamp":"2026-01-02T03:04:05.200Z","level":"critical","message":"two","logger":"w"}\n{"timestamp":"2026-01-02T03:04:05.300Z","level":"audit","message":"three","data":{"actor":"u-7"}}\n',
    ),
}

ANSWERS: dict[str, Answered] = {
    "stored": Answered(Delivered, 200, body=b'{"nextSequenceToken":"1"}', events=2),
    "first_events_are_too_old": Answered(
        Partial,
        200,
        body=b'{"nextSequenceToken":"1","rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1}}',
        events=4,
        rejected=[0],
    ),
    "last_events_are_too_new": Answered(
        Partial,
        200,
        body=b'{"nextSequenceToken":"1","rejectedLogEventsInfo":{"tooNewLogEventStartIndex":3}}',
        events=4,
        rejected=[3],
    ),
    "old_expired_and_new_together": Answered(
        Partial,
        200,
        body=b'{"rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1,"expiredLogEventEndIndex":2,"tooNewLogEventStartIndex":4}}',
        events=5,
        rejected=[0, 1, 4],
    ),
    "throttling_is_a_400": Answered(
        Throttled,
        400,
        body=b'{"__type":"ThrottlingException","message":"Rate exceeded"}',
        reason="Rate exceeded",
    ),
    "throttling_with_a_namespace": Answered(
        Throttled,
        400,
        body=b'{"__type":"com.amazonaws.logs#ThrottlingException","message":"Rate exceeded"}',
    ),
    "gateway_throttles": Answered(Throttled, 429, body=b"{}"),
    "service_is_unavailable": Answered(
        Transient,
        503,
        body=b'{"__type":"ServiceUnavailableException","message":"later"}',
    ),
    "another_writer_is_at_work": Answered(
        Transient,
        400,
        body=b'{"__type":"OperationAbortedException","message":"Multiple concurrent requests"}',
    ),
    "unknown_server_error": Answered(Transient, 500),
    "last_server_error": Answered(Transient, 599),
    "group_is_missing": Answered(
        Paused,
        400,
        body=b'{"__type":"ResourceNotFoundException","message":"The specified log group does not exist."}',
    ),
    "wrong_key": Answered(
        Paused,
        400,
        body=b'{"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."}',
    ),
    "expired_credentials": Answered(
        Paused,
        400,
        body=b'{"__type":"ExpiredTokenException","message":"The security token included in the request is expired"}',
    ),
    "permission_is_missing": Answered(Paused, 403, body=b'{"message":"not authorized"}'),
    "proxy_limit": Answered(Split, 413, events=10),
    "batch_is_not_valid": Answered(
        Bisect,
        400,
        body=b'{"__type":"InvalidParameterException","message":"1 validation error detected"}',
        events=3,
    ),
    "emulator_had_the_events_already": Answered(
        Delivered,
        400,
        body=b'{"__type":"DataAlreadyAcceptedException","message":"The given batch of log events has already been accepted."}',
    ),
    "unknown_refusal": Answered(
        Paused,
        400,
        body=b'{"__type":"SomethingNewException","message":"?"}',
    ),
}

PACKED: dict[str, Packed] = {
    "ten_thousand_events_fit": Packed(events=10_000, requests=1, record_bytes=78),
    "one_event_more_makes_two_requests": Packed(events=10_001, requests=2, record_bytes=78),
    "exactly_one_mebibyte_fits": Packed(events=1_024, requests=1, record_bytes=998),
    "one_byte_more_each_makes_two": Packed(events=1_024, requests=2, record_bytes=999),
    "the_longest_event_fits": Packed(events=1, requests=1, record_bytes=1_000_000),
    "a_longer_event_is_dead_lettered": Packed(
        events=1,
        requests=0,
        record_bytes=1_000_001,
        unfit=1,
    ),
    "just_below_a_day_fits": Packed(events=2, requests=1, spacing=86_399),
    "a_whole_day_makes_two_requests": Packed(events=2, requests=2, spacing=86_400),
}

# Settings, and the one of them that is refused.
REFUSED = {
    "a_retention_that_aws_does_not_take": (
        '{"log_group":"/shop/checkout","retention_days":2}',
        "retention_days",
    ),
}


@pytest.fixture(autouse=True)
def _elsewhere_and_now(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CloudWatchSinkConfig.model_fields:
        for variable in CloudWatchSinkConfig.variables(name):
            monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(time, "time", lambda: NOW / 1_000_000_000)
    monkeypatch.setattr(time, "time_ns", lambda: NOW)


def make_config(settings: str) -> CloudWatchSinkConfig:
    return CloudWatchSinkConfig(**json.loads(settings))


@pytest.mark.parametrize("name", REQUESTS)
def test_events_become_the_request(name: str) -> None:
    example = REQUESTS[name]
    events = [Event.from_entry(json.loads(event), NOW) for event in example.events]
    config = make_config(example.settings)
    encoder = CloudWatchEncoder(config)

    records = Records.of(encode_event(encoder, event, LIMITS) for event in events)

    assert encoder.write_payload(records).decode() == example.body


def classified(answer: Answered) -> Outcome:
    said = json.loads(answer.body or b"{}")
    if answer.status != 200:
        return classify(said.get("__type", ""), answer.status, said.get("message", ""))
    ranges = said.get("rejectedLogEventsInfo", {})
    return accepted(
        answer.events,
        ranges.get("tooOldLogEventEndIndex"),
        ranges.get("expiredLogEventEndIndex"),
        ranges.get("tooNewLogEventStartIndex"),
    )


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_means_for_the_events(name: str) -> None:
    example = ANSWERS[name]

    outcome = classified(example)

    assert isinstance(outcome, example.outcome)
    assert example.reason in getattr(outcome, "reason", "")
    if example.retry_after is not None:
        assert getattr(outcome, "retry_after", None) == pytest.approx(example.retry_after)
    if isinstance(outcome, Partial):
        assert [item.index for item in outcome.rejected] == [*example.rejected]
        assert [*outcome.retry] == [*example.retry]


def equal_events(example: Packed) -> list[Event]:
    encoder = CloudWatchEncoder(make_config(SETTINGS))
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
    sink = CloudWatchSink(make_config(SETTINGS))
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
