"""Waiting until a provider says that it has stored what it took."""

import threading
import time
from collections.abc import Iterator

import pytest

from python.cloud_sink_base import Delivered, Outcome, Paused, Transient
from python.parts import _acknowledgement
from python.parts._acknowledgement import Acknowledgement
from python.parts._http import HttpRequest, HttpResponse
from support import PATIENCE

BATCH = HttpRequest(
    "POST",
    "http://a/in",
    {"authorization": "Splunk t", "content-type": "text/plain", "content-encoding": "gzip"},
    b"...",
)
PENDING = HttpResponse(200, {}, b'{"acks":{"7":false}}')
STORED = HttpResponse(200, {}, b'{"acks":{"7":true}}')

Reply = HttpResponse | Transient | Paused


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_acknowledgement, "FIRST_PAUSE_SECONDS", 0.0)


class Provider:
    """Answers questions."""

    def __init__(self, *replies: Reply) -> None:
        self.asked: list[HttpRequest] = []
        self._replies: Iterator[Reply] = iter(replies)

    def ask(self, question: HttpRequest) -> Reply:
        self.asked.append(question)
        return next(self._replies, PENDING)


def acknowledgement(within: float = PATIENCE) -> Acknowledgement:
    question = HttpRequest("POST", "http://a/ack", {}, b'{"acks":[{id}]}')
    return Acknowledgement(question, "/ackId", "/acks/{id}", every=10.0, within=within)


def confirm(provider: Provider, answer: bytes = b'{"code":0,"ackId":7}') -> Outcome:
    return acknowledgement().confirm(provider.ask, BATCH, HttpResponse(200, {}, answer))


def test_what_is_acknowledged_is_delivered() -> None:
    provider = Provider(PENDING, STORED)

    outcome = confirm(provider)

    assert outcome == Delivered()
    _, question = provider.asked
    assert (question.method, question.url) == ("POST", "http://a/ack")
    assert question.body == b'{"acks":[7]}'
    assert question.headers == {
        "authorization": "Splunk t",
        "content-type": "application/json",
    }


def test_questions_that_fail_are_asked_again() -> None:
    replies: list[Reply] = [
        Transient("ConnectError"),
        Paused("no token"),
        HttpResponse(503, {}, STORED.body),
        HttpResponse(200, {}, b'{"acks":'),
        HttpResponse(200, {}, b"<html>login</html>"),
        HttpResponse(200, {}, b'{"acks":{"7":"true"}}'),
        HttpResponse(200, {}, b'{"acks":{"8":true}}'),
        STORED,
    ]
    provider = Provider(*replies)

    assert confirm(provider) == Delivered()
    assert len(provider.asked) == len(replies)


def test_what_is_not_acknowledged_in_time_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    # Each question takes a second, and so does each look at the clock.
    clock = iter(range(1_000))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    provider = Provider()

    waiting = acknowledgement(within=10.0)
    outcome = waiting.confirm(provider.ask, BATCH, HttpResponse(200, {}, b'{"ackId":7}'))

    reason = 'not acknowledged within 10 s, perhaps stored: HTTP 200: {"acks":{"7":false}}'
    assert outcome == Transient(reason)
    assert len(provider.asked) == 9


@pytest.mark.parametrize(
    "answer",
    [b"", b"{}", b'{"ackId":null}', b'{"ackId":-1}', b'{"ackId":true}', b'{"ackId":""}'],
)
def test_an_answer_without_an_id_pauses(answer: bytes) -> None:
    provider = Provider()

    outcome = confirm(provider, answer)

    assert isinstance(outcome, Paused)
    assert "`/ackId`" in outcome.reason
    assert not provider.asked


def test_an_id_may_be_a_text() -> None:
    provider = Provider(HttpResponse(200, {}, b'{"acks":{"a/\\"~b":true}}'))

    outcome = confirm(provider, b'{"ackId":"a/\\"~b"}')

    assert outcome == Delivered()
    assert provider.asked[0].body == b'{"acks":["a/\\"~b"]}'


def test_the_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_acknowledgement, "FIRST_PAUSE_SECONDS", PATIENCE)
    provider, outcomes = Provider(), list[Outcome]()
    waiting = Acknowledgement(BATCH, "/ackId", "/acks/{id}", every=PATIENCE, within=PATIENCE)
    answer = HttpResponse(200, {}, b'{"ackId":7}')
    thread = threading.Thread(
        target=lambda: outcomes.append(waiting.confirm(provider.ask, BATCH, answer))
    )
    began = time.monotonic()
    thread.start()

    waiting.end()
    thread.join()

    assert isinstance(outcomes[0], Transient)
    assert not provider.asked
    assert time.monotonic() - began < PATIENCE
