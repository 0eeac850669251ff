"""The CloudWatch Logs part: its classification, and boto3 against moto's server."""

import itertools
import threading
import time
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from fapilog.core import diagnostics
from moto.server import ThreadedMotoServer

from python.cloud_sink_base import (
    Batch,
    Bisect,
    Delivered,
    HealthError,
    Partial,
    Paused,
    Record,
    Records,
    Split,
    Throttled,
    Transient,
)
from python.parts._aws_cloudwatch_classify import accepted, classify
from python.parts._aws_cloudwatch_logs import CloudWatchOptions, CloudWatchTransport
from support import PATIENCE

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


def batch(*texts: str, at: int | None = None) -> Batch:
    nanos = time.time_ns() if at is None else at
    return Batch(
        Records.of(Record(text.encode(), nanos + i * 1_000_000) for i, text in enumerate(texts))
    )


_names = itertools.count()


def transport(url: str, **changes: Any) -> CloudWatchTransport:
    group = f"group-{next(_names)}"
    # A busy machine takes longer than a service does.
    patient: dict[str, Any] = {"timeout_seconds": PATIENCE, **changes}
    return CloudWatchTransport(CloudWatchOptions(group, "stream", endpoint_url=url, **patient))


def stored(url: str, made: CloudWatchTransport) -> list[str]:
    client = boto3.client("logs", endpoint_url=url)
    options = made._options
    answer = client.get_log_events(
        logGroupName=options.log_group, logStreamName=options.log_stream, startFromHead=True
    )
    return [event["message"] for event in answer["events"]]


def test_the_place_is_created_on_first_use(moto: str) -> None:
    made = transport(moto, retention_days=7)

    assert Delivered() == made.send(batch("a", "ä"))
    assert Delivered() == made.send(batch("c"))

    assert ["a", "ä", "c"] == stored(moto, made)
    (group,) = boto3.client("logs", endpoint_url=moto).describe_log_groups(
        logGroupNamePrefix=made._options.log_group
    )["logGroups"]
    assert 7 == group["retentionInDays"]


def test_refused_retention_is_reported_and_does_not_hold_events_back(
    moto: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(diagnostics, "warn", lambda _, text, **more: said.append((text, more)))
    made = transport(moto, retention_days=7)
    client = made._connect()

    with patch.object(client, "put_retention_policy", side_effect=refused("AccessDeniedException")):
        outcome = made.send(batch("a"))

    assert Delivered() == outcome
    ((text, more),) = said
    assert "log group is kept for ever" == text
    assert made._options.log_group == more["group"]
    assert "AccessDeniedException" in str(more["error"])


def test_an_event_that_boto3_refuses_to_send_is_searched_for(moto: str) -> None:
    made = transport(moto)
    now = time.time_ns()
    records = Records.of([Record(b"old", -5_000_000_000), Record(b"fine", now)])

    outcome = made.send(Batch(records))

    assert isinstance(outcome, Bisect)
    assert "logEvents[0].timestamp" in outcome.reason


def test_parallel_first_batches_all_arrive(moto: str) -> None:
    made = transport(moto)
    outcomes: list[object] = []
    threads = [
        threading.Thread(target=lambda n=n: outcomes.append(made.send(batch(f"m{n}"))))
        for n in range(4)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [Delivered()] * 4 == outcomes
    assert 4 == len(stored(moto, made))


def test_a_place_that_may_not_be_created_pauses(moto: str) -> None:
    made = transport(moto, create_log_group=False)

    outcome = made.send(batch("a"))

    assert isinstance(outcome, Paused)
    assert "does not exist" in outcome.reason
    with pytest.raises(HealthError):
        made.health_check()


def test_events_outside_the_window_are_rejected_one_by_one(moto: str) -> None:
    # Only the far end: moto gives the position of the last event that is too old, AWS the one
    # after it.
    made = transport(moto)
    now = time.time_ns()
    records = Records.of([Record(b"fine", now), Record(b"new", now + 24 * 3600 * 10**9)])

    outcome = made.send(Batch(records))

    assert isinstance(outcome, Partial)
    assert [1] == [item.index for item in outcome.rejected]
    assert ["fine"] == stored(moto, made)


def test_a_health_check_does_what_the_first_batch_would(moto: str) -> None:
    made = transport(moto)

    made.health_check()
    made.health_check()

    assert Delivered() == made.send(batch("a"))


def test_nobody_listening_is_transient() -> None:
    assert isinstance(transport("http://127.0.0.1:1").send(batch("a")), Transient)


class Scripted:
    """A client whose `put_log_events` answers from a script."""

    def __init__(self, *script: Any) -> None:
        self.script = list(script)
        self.calls: list[dict[str, Any]] = []

    def put_log_events(self, **arguments: Any) -> Any:
        self.calls.append(arguments)
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    def close(self) -> None:
        """Nothing to release."""


STORED = {"ResponseMetadata": {"RequestId": "r", "HTTPStatusCode": 200}}


def refused(code: str, status: int = 400, **more: Any) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": "text"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    } | more
    return ClientError(answer, "PutLogEvents")


def send(*script: Any) -> tuple[object, Scripted]:
    client = Scripted(*script)
    made = transport("http://127.0.0.1:1")
    with patch.object(made, "_connect", return_value=client):
        return made.send(batch("a")), client


def test_a_sequence_token_is_sent_only_when_asked_for() -> None:
    wrong = refused("InvalidSequenceTokenException", expectedSequenceToken="t7")

    outcome, client = send(wrong, STORED)

    assert Delivered() == outcome
    assert [None, "t7"] == [call.get("sequenceToken") for call in client.calls]


def test_a_bare_200_is_not_taken_for_delivery() -> None:
    outcome, _ = send({"ResponseMetadata": {"HTTPStatusCode": 200}})

    assert isinstance(outcome, Transient)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (refused("ThrottlingException"), Throttled),
        (refused("AccessDeniedException"), Paused),
        (NoCredentialsError(), Paused),
        (EndpointConnectionError(endpoint_url="http://x"), Transient),
    ],
)
def test_what_a_call_raises_is_sorted(error: Exception, kind: type) -> None:
    outcome, _ = send(error)

    assert isinstance(outcome, kind)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("com.amazonaws.logs#ThrottlingException", 400, Throttled),
        ("", 429, Throttled),
        ("ServiceUnavailableException:http://x", 503, Transient),
        ("", 502, Transient),
        ("ResourceNotFoundException", 400, Paused),
        ("", 403, Paused),
        ("", 302, Paused),
        ("", 413, Split),
        ("InvalidParameterException", 400, Bisect),
        ("DataAlreadyAcceptedException", 400, Delivered),
        ("Unheard", 400, Paused),
    ],
)
def test_error_codes_decide_before_the_status(code: str, status: int, kind: type) -> None:
    assert isinstance(classify(code, status, "text"), kind)


def test_rejected_ranges_become_positions() -> None:
    outcome = accepted(6, too_old_end=1, expired_end=2, too_new_start=5)

    assert isinstance(outcome, Partial)
    assert [
        (0, "older than 14 days"),
        (1, "older than the log group's retention"),
        (5, "more than two hours ahead"),
    ] == [(item.index, item.reason) for item in outcome.rejected]
    assert Delivered() == accepted(6)
