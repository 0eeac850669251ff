"""OTLP as protobuf, read by the messages that OpenTelemetry publishes."""

import base64
import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python.cloud_sink_base import Delivered, Outcome, Record, Records, Rejected
from python.parts._body import RECORDS
from python.parts._http import HttpResponse
from python.parts._otlp import otlp_attributes, otlp_value
from python.parts._otlp_answer import as_json, reads_protobuf
from python.parts._otlp_protobuf import GROWTH, OtlpEnvelope, otlp_record

# Without types of their own for a strict check.
logs: Any = importlib.import_module("opentelemetry.proto.logs.v1.logs_pb2")
service: Any = importlib.import_module("opentelemetry.proto.collector.logs.v1.logs_service_pb2")
yaml: Any = importlib.import_module("yaml")
json_format: Any = importlib.import_module("google.protobuf.json_format")

SPEC = Path(__file__).parents[1] / "backends" / "otlp_protobuf.yaml"
PROVIDERS = Path(__file__).parents[2] / "providers"
ENVELOPE: dict[str, object] = {
    "resourceLogs": [
        {
            "resource": {"attributes": otlp_attributes({"service.name": "bücher"})},
            "scopeLogs": [
                {"scope": {"name": "s", "version": "1"}, "logRecords": RECORDS, "schemaUrl": "u"}
            ],
            "schemaUrl": "v",
        }
    ]
}


def as_dict(message: Any) -> Any:
    """Return a message as its JSON form has it in OTLP: identifiers in hexadecimal."""
    found = json_format.MessageToDict(message, use_integers_for_enums=True)
    for name in ("traceId", "spanId"):
        if name in found:
            found[name] = base64.b64decode(found[name]).hex()
    return found


def decoded(record: dict[str, object]) -> Any:
    """Return one record as OpenTelemetry's own code reads it."""
    (found,) = logs.ScopeLogs.FromString(otlp_record(record)).log_records
    return as_dict(found)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=30,
)


def plain(value: Any) -> Any:
    """Return a value of an event as it must come out of an ``AnyValue``."""
    return [plain(item) for item in value] if isinstance(value, list) else value


def read(value: Any) -> Any:
    """Return what an ``AnyValue`` holds."""
    match value.WhichOneof("value"):
        case None:
            return None
        case "array_value":
            return [read(item) for item in value.array_value.values]
        case "kvlist_value":
            return {item.key: read(item.value) for item in value.kvlist_value.values}
        case field:
            return getattr(value, field)


@given(values)
def test_every_value_is_what_opentelemetry_reads(value: Any) -> None:
    (record,) = logs.ScopeLogs.FromString(otlp_record({"body": otlp_value(value)})).log_records

    found = read(record.body)

    assert value == found
    assert type(value) is type(found)


def test_every_field_of_a_record_has_its_number() -> None:
    record: dict[str, object] = {
        "timeUnixNano": "1767323045678000000",
        "observedTimeUnixNano": "18446744073709551615",
        "severityNumber": 9,
        "severityText": "INFO",
        "body": {"stringValue": "hi"},
        "attributes": [{"key": "b", "value": {"bytesValue": "AAH/"}}],
        "droppedAttributesCount": 3,
        "flags": 1,
        "traceId": "5b8efff798038103d269b633813fc60c",
        "spanId": "eee19b7ec3c1b174",
        "eventName": "e",
    }

    assert record == decoded(record)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("traceId", "no trace"),
        ("traceId", "5b8efff7-9803-8103-d269-b633813f"),
        ("traceId", "eee19b7ec3c1b174"),
        ("spanId", 7),
        ("timeUnixNano", "-1"),
        ("timeUnixNano", str(2**64)),
        ("severityNumber", "error"),
        ("severityNumber", 1.5),
        ("severityNumber", True),
        ("flags", 2**32),
        ("body", "text"),
        ("attributes", [1]),
        ("eventName", {"a": 1}),
        ("eventName", None),
        ("unknown", {"a": [1, {"b": 2}]}),
    ],
)
def test_a_value_that_does_not_fit_its_field_is_left_out(key: str, value: object) -> None:
    assert decoded({key: value, "severityText": "INFO"}) == {"severityText": "INFO"}


@pytest.mark.parametrize("count", [0, 1, 2, 20, 3000])
def test_records_stand_in_their_envelope_and_the_size_is_never_more_than_counted(
    count: int,
) -> None:
    envelope = OtlpEnvelope(ENVELOPE)
    record = otlp_record({"body": {"stringValue": "x" * 100}})
    records = Records.of([Record(record, 0)] * count)

    body = envelope.around(records)

    request = service.ExportLogsServiceRequest.FromString(body)
    (resource,) = request.resource_logs
    (scope,) = resource.scope_logs
    assert len(scope.log_records) == count
    assert (resource.schema_url, scope.schema_url, scope.scope.version) == ("v", "u", "1")
    assert resource.resource.attributes[0].value.string_value == "bücher"
    counted = len(envelope.around(Records.of([]))) + GROWTH + count * len(record)
    assert counted - GROWTH <= len(body) <= counted


def test_worked_examples_are_requests_of_opentelemetry() -> None:
    bodies = re.findall(
        r"^ +body: ([0-9a-f]{20,})$", SPEC.read_text(encoding="utf-8"), re.MULTILINE
    )

    requests = [service.ExportLogsServiceRequest.FromString(bytes.fromhex(body)) for body in bodies]

    records = [[*request.resource_logs[0].scope_logs[0].log_records] for request in requests]
    ((first,), (second, third)) = records
    assert as_dict(first) == {
        "timeUnixNano": "1767323045678000000",
        "observedTimeUnixNano": "1767323046000000000",
        "severityNumber": 9,
        "severityText": "INFO",
        "body": {"stringValue": "hi"},
        "attributes": [{"key": "n", "value": {"intValue": "1"}}],
    }
    assert second.body.string_value == 'line\none "\\ \x01 😀'
    assert second.trace_id.hex() == "5b8efff798038103d269b633813fc60c"
    attributes = {item.key: read(item.value) for item in second.attributes}
    assert json.dumps(attributes["list"]) == '[1, "a", [], {"k": [null]}]'
    assert attributes["map"] == {"": {"x": -0.5}}
    assert attributes["bigger"] == float(2**64)
    assert (attributes["i"], attributes["t"], attributes["e"]) == (-7, True, 1e300)
    # Before 1970 there is no time, and what is no identifier is none.
    assert (third.time_unix_nano, third.trace_id, third.span_id) == (0, b"", b"")


@reads_protobuf
def classify(response: HttpResponse) -> Outcome:
    return Delivered() if response.body == b"{}" else Rejected(response.body.decode())


def answer(status: int, body: bytes, kind: str = "application/x-protobuf") -> HttpResponse:
    return HttpResponse(status, {"content-type": kind}, body, 3)


def test_answers_are_read_as_the_json_of_the_same_message() -> None:
    partial = service.ExportLogsPartialSuccess(rejected_log_records=2, error_message="öld")
    said = service.ExportLogsServiceResponse(partial_success=partial).SerializeToString()

    expected = {"partialSuccess": {"rejectedLogRecords": 2, "errorMessage": "öld"}}
    assert json.loads(as_json(answer(200, said)) or b"") == expected
    assert as_json(answer(400, b"\x08\x03\x12\x03bad")) == b'{"code":3,"message":"bad"}'
    assert classify(answer(200, said)) != Delivered()


@pytest.mark.parametrize("kind", ["application/x-protobuf", "", "text/plain"])
def test_an_empty_answer_means_that_all_is_stored(kind: str) -> None:
    assert classify(answer(200, b"", kind)) == Delivered()


@pytest.mark.parametrize("body", [b"\x0a\xff", b"\x0a\x05\x08", b"\xff" * 11, b"\x0b"])
def test_what_is_no_message_stays_as_it_is(body: bytes) -> None:
    assert as_json(answer(200, body)) is None


def test_json_stays_as_it_is() -> None:
    assert as_json(answer(200, b"{}", "application/json")) is None
    assert as_json(answer(503, b"", "text/plain")) is None


def worked_examples(provider: str) -> dict[str, str]:
    """Return the bodies of a provider's worked examples by their names."""
    spec = yaml.safe_load((PROVIDERS / f"{provider}.yaml").read_text(encoding="utf-8"))
    return {vector["name"]: str(vector["body"]) for vector in spec["vectors"]["requests"]}


def test_what_the_provider_sends_is_what_opentelemetry_reads() -> None:
    bodies = worked_examples("otlp_protobuf")
    expected = worked_examples("otlp")

    assert expected.keys() == bodies.keys()
    for name, body in bodies.items():
        message = service.ExportLogsServiceRequest.FromString(bytes.fromhex(body))
        found = json_format.MessageToDict(message, use_integers_for_enums=True)
        for record in found["resourceLogs"][0]["scopeLogs"][0]["logRecords"]:
            for identifier in ("traceId", "spanId"):
                if identifier in record:
                    record[identifier] = base64.b64decode(record[identifier]).hex()
        assert json.loads(expected[name]) == found, name
