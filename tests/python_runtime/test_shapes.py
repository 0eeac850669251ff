"""The parts that shape records, bodies and the reading of answers."""

import pytest

from python.cloud_sink_base import (
    Delivered,
    Event,
    Limits,
    Order,
    Paused,
    Record,
    Records,
    Rejected,
    Transient,
    Uncertain,
)
from python.cloud_sink_base._batcher import Batcher
from python.cloud_sink_base._encoder import encode_event
from python.cloud_sink_base._queue import Queue
from python.cloud_sink_base._settings import CloudSinkConfig
from python.parts._answers import Codes, ItemRules, read_count, read_ids, read_map
from python.parts._body import RECORDS, numbered, split_envelope
from python.parts._http import (
    HttpResponse,
    never_from_a_page,
    retry_after_millis,
    retry_at,
    retry_at_reset,
)
from python.parts._otlp import otlp_value
from python.parts._rest import Rest, Values
from python.parts._text import one_line, rfc3339_micros, spaced_nanos

RULES = ItemRules(code="/code", delivered=Codes(), retryable=Codes(8, "Busy"))


def event(**data: object) -> Event:
    return Event(0, "info", "m", "", {"a": 1}, {}, data)


def test_an_envelope_is_cut_at_the_place_of_the_records() -> None:
    envelope = {"log": "\0[]", "logs": RECORDS, "last": 1}

    assert (b'{"log":"\\u0000[]","logs":[', b'],"last":1}') == split_envelope(envelope)


def test_records_begin_with_their_position() -> None:
    records = Records.of([Record(b'{"a":1}', 0), Record(b"{}", 0)])

    assert [b'{"Id":"0","a":1}', b'{"Id":"1"}'] == numbered(records, "Id").bytes


def test_a_rest_flattens_renames_and_caps() -> None:
    rest = Rest(
        ("data", "data."),
        ("context", "context."),
        prefix="_",
        flatten=".",
        values=Values.SCALARS,
        keys="A-Za-z0-9.",
        most=3,
    )

    members = rest.members(event(a=2, n={"x-y": [1], "z": None}))

    assert {"_a": 2, "_n.x_y": "[1]", "_context.a": 1} == members
    capped = rest.members(event(a=2, n={"x-y": [1]}, last=True))
    assert ["_a", "_n.x_y", "__rest"] == list(capped)


def test_values_of_opentelemetry_keep_their_kind() -> None:
    whole = otlp_value({"n": 2**63, "i": -1, "b": True, "l": [None]})

    assert {
        "kvlistValue": {
            "values": [
                {"key": "n", "value": {"doubleValue": 2.0**63}},
                {"key": "i", "value": {"intValue": "-1"}},
                {"key": "b", "value": {"boolValue": True}},
                {"key": "l", "value": {"arrayValue": {"values": [{}]}}},
            ]
        }
    } == whole


def test_a_line_has_no_line_breaks_and_times_have_their_digits() -> None:
    moment = 1_767_323_045_678_901_234

    assert b"a b  c" == one_line("a\nb", None, " ", "\rc")
    assert "2026-01-02T03:04:05.678901Z" == rfc3339_micros(moment)
    assert "2026-01-02 03:04:05.678901234" == spaced_nanos(moment)


def test_failed_events_are_named_by_id_or_by_position() -> None:
    by_id = HttpResponse(200, {}, b'{"Failed":[{"Id":"1","code":8},{"Id":"0","code":3}]}', 3)
    by_place = HttpResponse(200, {}, b'{"errors":{"2":{"code":"Busy"}}}', 3)

    first, second = read_ids(by_id, "/Failed", "/Id", RULES), read_map(by_place, "/errors", RULES)

    assert "Partial(rejected=(RejectedItem(index=0, reason='status 3'),), retry=(1,))" == repr(
        first
    )
    assert "Partial(rejected=(), retry=(2,))" == repr(second)
    beyond = HttpResponse(200, {}, b'{"errors":{"3":{"code":8}}}', 3)
    assert isinstance(read_map(beyond, "/errors", RULES), Transient)


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b"{}", Delivered),
        (b'{"failed":0}', Delivered),
        (b'{"failed":9}', Uncertain),
        (b"x", Transient),
    ],
)
def test_a_count_of_failed_events_says_not_which(body: bytes, outcome: type) -> None:
    found = read_count(HttpResponse(200, {}, body, 3), "/failed")

    assert isinstance(found, outcome)
    assert not isinstance(found, Uncertain) or found.failed == 3


def test_a_web_page_is_no_verdict() -> None:
    read = never_from_a_page(lambda _: Rejected("no"))

    assert isinstance(read(HttpResponse(400, {}, b" <!DOCTYPE html>")), Paused)
    assert isinstance(read(HttpResponse(400, {"content-type": "Text/HTML"}, b"")), Paused)
    assert isinstance(read(HttpResponse(400, {}, b"{}")), Rejected)


def test_delays_come_in_several_units() -> None:
    response = HttpResponse(429, {"a": "1500", "b": "1007", "c": "limit=5, reset=7"}, b"")

    assert retry_after_millis(response, "A") == 1.5
    assert retry_at(response, "b", now=1000.0) == 7.0
    assert retry_at_reset(response, "c") == 7.0


def test_a_partitioned_batch_has_one_group() -> None:
    limits = Limits(partitioned=True, order=Order.ANY)
    queue = Queue(CloudSinkConfig(), limits)
    groups = ["a", "b", "a", "b", "b"]
    queue.put_back(Records.of(Record(bytes([65 + i]), 0, g) for i, g in enumerate(groups)))
    batcher = Batcher(limits, 10, 1_000)

    batches = [batcher.pack(queue, 0)[0].bytes for _ in range(2)]

    assert [[b"A", b"C"], [b"B", b"D", b"E"]] == batches
    assert not queue


class Lines:
    """Entries of a stream."""

    def encode(self, event: Event) -> tuple[bytes, None]:
        return b'["%d","%b"]' % (event.timestamp, event.message.encode()), None

    def write_payload(self, records: Records) -> bytes:
        return b"".join(records.bytes)


def test_a_line_is_counted_as_it_is_and_times_are_clamped() -> None:
    limits = Limits(max_event_bytes=20, counts_line=True, clamp_age_seconds=1)

    record = encode_event(Lines(), Event(5, "info", "x" * 20), limits, 3_000_000_000)

    assert record.timestamp == 2_000_000_000
    assert b"x" * 20 in record.bytes
    assert not limits.is_too_long(record.bytes)
