"""The wire format, the reading of answers, and the limits of the Amazon CloudWatch Logs sink."""

import json

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
    Rejected,
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

# The moment the tests take for now: 2026-01-02T03:04:05Z.
NOW = 1_767_323_045_000_000_000


@pytest.fixture(autouse=True)
def _without_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CloudWatchSinkConfig.model_fields:
        for variable in CloudWatchSinkConfig.variables(name):
            monkeypatch.delenv(variable, raising=False)


def make_config(settings: str) -> CloudWatchSinkConfig:
    return CloudWatchSinkConfig(**json.loads(settings))


def body(settings: str, events: list[str]) -> str:
    encoder = CloudWatchEncoder(make_config(settings))
    read = [Event.from_entry(json.loads(event), NOW) for event in events]
    records = Records.of(encode_event(encoder, event, LIMITS) for event in read)
    return encoder.write_payload(records).decode()


def outcome_of(status: int, text: str, events: int) -> Outcome:
    """Return what the service's answer means for a request of some events."""
    answer = json.loads(text or "{}")
    if status != 200:
        return classify(answer.get("__type", ""), status, answer.get("message", ""))
    ranges = answer.get("rejectedLogEventsInfo", {})
    return accepted(
        events,
        ranges.get("tooOldLogEventEndIndex"),
        ranges.get("expiredLogEventEndIndex"),
        ranges.get("tooNewLogEventStartIndex"),
    )


def partial(outcome: Outcome) -> tuple[list[int], list[int]]:
    """Return the positions that are not stored, and those that are sent again."""
    assert isinstance(outcome, Partial)
    return [item.index for item in outcome.rejected], list(outcome.retry)


def equal_events(
    count: int, record_bytes: int | None = None, spacing: int = 0, age: int = 0
) -> list[Event]:
    """Return equal events, the newest ``age`` seconds old, whose records have ``record_bytes``."""
    encoder = CloudWatchEncoder(make_config(SETTINGS))
    newest = NOW - age * 1_000_000_000
    message = "x"
    if record_bytes is not None:
        message *= record_bytes - len(encoder.encode(Event(newest, "info", ""))[0])
    moments = [newest - index * spacing * 1_000_000_000 for index in reversed(range(count))]
    return [Event(moment, "info", message) for moment in moments]


def packed(events: list[Event]) -> tuple[list[Records], int]:
    """Return the batches that leave at the provider's limits, and how many events do not."""
    sink = CloudWatchSink(make_config(SETTINGS))
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
    settings = '{"log_group":"/shop/checkout","region":"eu-central-1"}'
    events = [
        '{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"order placed","logger":"shop.api","context":{"message_id":"m-1","correlation_id":null},"diagnostics":{"origin":"native","service":"shop","env":"prod","host":"web-1","pid":15556},"data":{"order_id":42,"amount":12.5,"express":true}}',
    ]
    expected = '{"timestamp":"2026-01-02T03:04:05.678Z","level":"info","message":"order placed","logger":"shop.api","context":{"message_id":"m-1"},"diagnostics":{"origin":"native","service":"shop","env":"prod","host":"web-1","pid":15556},"data":{"order_id":42,"amount":12.5,"express":true}}\n'

    assert body(settings, events) == expected


def test_error_with_exception_unicode_and_escapes() -> None:
    settings = '{"log_group":"/shop/checkout","region":"eu-central-1"}'
    events = [
        r'{"timestamp":"2026-01-02T03:04:05.999999999Z","level":"ERROR","message":"Zahlung \"abgelehnt\" \\ Grund:\n\tKärtchen 💳 \u0001","logger":"shop.pay","context":{"message_id":"m-2","request_id":"req-1","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"},"diagnostics":{"service":"shop","exception":{"error.type":"ZeroDivisionError","error.message":"division by zero","error.stack":"Traceback (most recent call last):\n  File \"a.py\", line 12\n","error.frames":[{"file":"a.py","line":12,"function":"<module>","code":"1/0"}]}},"data":{"order":{"id":5,"items":[1,2,{"a":null}]},"nothing":null,"größe":"XL"}}',
    ]
    expected = '{"timestamp":"2026-01-02T03:04:05.999Z","level":"error","message":"Zahlung \\"abgelehnt\\" \\\\ Grund:\\n\\tKärtchen 💳 \\u0001","logger":"shop.pay","context":{"message_id":"m-2","request_id":"req-1","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"},"diagnostics":{"service":"shop","exception":{"error.type":"ZeroDivisionError","error.message":"division by zero","error.stack":"Traceback (most recent call last):\\n  File \\"a.py\\", line 12\\n","error.frames":[{"file":"a.py","line":12,"function":"<module>","code":"1/0"}]}},"data":{"order":{"id":5,"items":[1,2,{"a":null}]},"größe":"XL"}}\n'

    assert body(settings, events) == expected


def test_names_in_data_cannot_clash() -> None:
    settings = '{"log_group":"/shop/checkout","region":"eu-central-1"}'
    events = [
        '{"timestamp":"2026-01-02T03:04:05Z","level":"WARNING","message":"","logger":"a","context":{"level":"c"},"diagnostics":{},"data":{"message":"mine","level":"loud","timestamp":"bogus","context":{"x":1}}}',
    ]
    expected = '{"timestamp":"2026-01-02T03:04:05.000Z","level":"warning","message":"","logger":"a","context":{"level":"c"},"data":{"message":"mine","level":"loud","timestamp":"bogus","context":{"x":1}}}\n'

    assert body(settings, events) == expected


def test_several_events_keep_their_own_time_and_level() -> None:
    settings = '{"log_group":"/shop/checkout","log_stream":"web-1","region":"us-east-1","endpoint_url":"http://localhost:4566","create_log_group":false,"create_log_stream":true,"retention_days":30}'
    events = [
        '{"timestamp":"2026-01-02T03:04:05.100Z","level":"TRACE","message":"one"}',
        '{"timestamp":"2026-01-02T05:04:05.200+02:00","level":"CRITICAL","message":"two","logger":"w"}',
        '{"timestamp":"2026-01-02T03:04:05.300Z","level":"AUDIT","message":"three","data":{"actor":"u-7"}}',
    ]
    expected = '{"timestamp":"2026-01-02T03:04:05.100Z","level":"trace","message":"one"}\n{"timestamp":"2026-01-02T03:04:05.200Z","level":"critical","message":"two","logger":"w"}\n{"timestamp":"2026-01-02T03:04:05.300Z","level":"audit","message":"three","data":{"actor":"u-7"}}\n'

    assert body(settings, events) == expected


def test_stored() -> None:
    outcome = outcome_of(200, '{"nextSequenceToken":"1"}', 2)

    assert isinstance(outcome, Delivered)


def test_first_events_are_too_old() -> None:
    outcome = outcome_of(
        200, '{"nextSequenceToken":"1","rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1}}', 4
    )

    assert partial(outcome) == ([0], [])


def test_last_events_are_too_new() -> None:
    outcome = outcome_of(
        200, '{"nextSequenceToken":"1","rejectedLogEventsInfo":{"tooNewLogEventStartIndex":3}}', 4
    )

    assert partial(outcome) == ([3], [])


def test_old_expired_and_new_together() -> None:
    outcome = outcome_of(
        200,
        '{"rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1,"expiredLogEventEndIndex":2,"tooNewLogEventStartIndex":4}}',
        5,
    )

    assert partial(outcome) == ([0, 1, 4], [])


def test_throttling_is_a_400() -> None:
    outcome = outcome_of(400, '{"__type":"ThrottlingException","message":"Rate exceeded"}', 1)

    assert isinstance(outcome, Throttled)
    assert "Rate exceeded" in outcome.reason
    assert outcome.retry_after is None


def test_throttling_with_a_namespace() -> None:
    outcome = outcome_of(
        400, '{"__type":"com.amazonaws.logs#ThrottlingException","message":"Rate exceeded"}', 1
    )

    assert isinstance(outcome, Throttled)
    assert outcome.retry_after is None


def test_gateway_throttles() -> None:
    outcome = outcome_of(429, "{}", 1)

    assert isinstance(outcome, Throttled)
    assert outcome.retry_after is None


def test_service_is_unavailable() -> None:
    outcome = outcome_of(503, '{"__type":"ServiceUnavailableException","message":"later"}', 1)

    assert isinstance(outcome, Transient)
    assert outcome.retry_after is None


def test_another_writer_is_at_work() -> None:
    outcome = outcome_of(
        400, '{"__type":"OperationAbortedException","message":"Multiple concurrent requests"}', 1
    )

    assert isinstance(outcome, Transient)
    assert outcome.retry_after is None


def test_unknown_server_error() -> None:
    outcome = outcome_of(500, "", 1)

    assert isinstance(outcome, Transient)
    assert outcome.retry_after is None


def test_last_server_error() -> None:
    outcome = outcome_of(599, "", 1)

    assert isinstance(outcome, Transient)
    assert outcome.retry_after is None


def test_group_is_missing() -> None:
    outcome = outcome_of(
        400,
        '{"__type":"ResourceNotFoundException","message":"The specified log group does not exist."}',
        1,
    )

    assert isinstance(outcome, Paused)


def test_wrong_key() -> None:
    outcome = outcome_of(
        400,
        '{"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."}',
        1,
    )

    assert isinstance(outcome, Paused)


def test_expired_credentials() -> None:
    outcome = outcome_of(
        400,
        '{"__type":"ExpiredTokenException","message":"The security token included in the request is expired"}',
        1,
    )

    assert isinstance(outcome, Paused)


def test_permission_is_missing() -> None:
    outcome = outcome_of(403, '{"message":"not authorized"}', 1)

    assert isinstance(outcome, Paused)


def test_proxy_limit() -> None:
    outcome = outcome_of(413, "", 10)

    assert isinstance(outcome, Split)


def test_batch_is_not_valid() -> None:
    outcome = outcome_of(
        400, '{"__type":"InvalidParameterException","message":"1 validation error detected"}', 3
    )

    assert isinstance(outcome, Bisect)


def test_emulator_had_the_events_already() -> None:
    outcome = outcome_of(
        400,
        '{"__type":"DataAlreadyAcceptedException","message":"The given batch of log events has already been accepted."}',
        1,
    )

    assert isinstance(outcome, Delivered)


def test_unknown_refusal() -> None:
    outcome = outcome_of(400, '{"__type":"SomethingNewException","message":"?"}', 1)

    assert isinstance(outcome, Rejected)


def test_ten_thousand_events_fit() -> None:
    events = equal_events(10_000, record_bytes=78)

    batches, unfit = packed(events)

    assert len(batches) == 1
    assert unfit == 0


def test_one_event_more_makes_two_requests() -> None:
    events = equal_events(10_001, record_bytes=78)

    batches, unfit = packed(events)

    assert len(batches) == 2
    assert unfit == 0


def test_exactly_one_mebibyte_fits() -> None:
    events = equal_events(1_024, record_bytes=998)

    batches, unfit = packed(events)

    assert len(batches) == 1
    assert unfit == 0


def test_one_byte_more_each_makes_two() -> None:
    events = equal_events(1_024, record_bytes=999)

    batches, unfit = packed(events)

    assert len(batches) == 2
    assert unfit == 0


def test_the_longest_event_fits() -> None:
    events = equal_events(1, record_bytes=1_000_000)

    batches, unfit = packed(events)

    assert len(batches) == 1
    assert unfit == 0
    lengths = {len(data) for batch in batches for data in batch.bytes}
    assert lengths == {1_000_000}


def test_a_longer_event_is_dead_lettered() -> None:
    events = equal_events(1, record_bytes=1_000_001)

    batches, unfit = packed(events)

    assert len(batches) == 0
    assert unfit == 1


def test_just_below_a_day_fits() -> None:
    events = equal_events(2, spacing=86_399)

    batches, unfit = packed(events)

    assert len(batches) == 1
    assert unfit == 0


def test_a_whole_day_makes_two_requests() -> None:
    events = equal_events(2, spacing=86_400)

    batches, unfit = packed(events)

    assert len(batches) == 2
    assert unfit == 0


def test_a_retention_that_aws_does_not_take() -> None:
    settings = '{"log_group":"/shop/checkout","retention_days":2}'

    assert "retention_days" in refused(settings)
