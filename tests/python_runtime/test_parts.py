"""The parts: HTTP, compression, per-item answers, label sets."""

import datetime as dt
import email.utils
import gzip
import logging
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import orjson
import pytest
import zstandard

from python.cloud_sink_base import (
    Bisect,
    Delivered,
    HealthError,
    Outcome,
    Partial,
    Paused,
    Record,
    Records,
    Rejected,
    RejectedItem,
    Split,
    Throttled,
    Transient,
    outcome_of_status,
)
from python.parts._answers import Codes, ItemRules, first_bad, pointed, read_list
from python.parts._codecs import GZIP, NONE
from python.parts._http import (
    MAX_RESPONSE_BYTES,
    HttpClient,
    HttpRequest,
    HttpResponse,
    describe,
    retry_after,
)
from python.parts._streams import Label, StreamLabels, label_name, write_streams
from python.parts._zstd import ZSTD
from support import PATIENCE, QUICK, FakeServer, HttpSink, entry, write_all

# -- http ----------------------------------------------------------------------------------------


def read_request(connection: socket.socket) -> bytes:
    """Read all of a request: closing a connection with bytes unread would reset it."""
    with connection.makefile("rb") as stream:
        lines = [stream.readline()]
        while lines[-1].strip():
            lines.append(stream.readline())
        head = b"".join(lines)
        length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
        return head + stream.read(int(length[1]) if length else 0)


@contextmanager
def answering(*chunks: bytes, pause: float = 0.0) -> Iterator[tuple[str, list[bytes]]]:
    """A server that says these bytes to every connection, whatever it is asked."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    asked.append(read_request(connection))
                    for chunk in chunks:
                        connection.sendall(chunk)
                        time.sleep(pause)
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def ask(
    url: str, timeout: float = PATIENCE, headers: Mapping[str, str] | None = None
) -> HttpResponse | Transient:
    client = HttpClient(timeout, 2, url)
    try:
        return client.send(HttpRequest("POST", url, headers or {}, b"[]"))
    finally:
        client.close()


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    with answering() as (elsewhere, asked_elsewhere):
        location = f"HTTP/1.1 307 x\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n"
        with answering(location.encode()) as (url, _):
            answer = ask(url)

    assert isinstance(answer, HttpResponse)
    assert (307, []) == (answer.status, asked_elsewhere)


def test_a_response_is_read_to_its_bound() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"
    with answering(head, *[b"x" * 65536] * 40) as (url, _):
        answer = ask(url)

    assert isinstance(answer, HttpResponse)
    assert len(answer.body) == MAX_RESPONSE_BYTES


def test_a_compressed_response_is_not_unpacked() -> None:
    bomb = gzip.compress(b"x" * 1_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
    with answering(head.encode() + bomb) as (url, asked):
        answer = ask(url)

    assert isinstance(answer, HttpResponse)
    assert bomb == answer.body
    assert b"accept-encoding: identity" in asked[0].lower()


def test_a_body_that_trickles_ends_with_the_timeout() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n"
    # No wait for the next byte is as long as the timeout, all of them together are far longer.
    with answering(head, *[b"x"] * 5_000, pause=0.02) as (url, _):
        answer = ask(url, timeout=0.2)

    assert Transient("ReadTimeout after 0.2 s") == answer


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nx-y: ", b""])
def test_headers_that_trickle_end_with_the_timeout(head: bytes) -> None:
    # Either one header that never ends, or interim responses without an end.
    drop = b"y" if head else b"HTTP/1.1 103 Early Hints\r\n\r\n"
    with answering(head + drop, *[drop] * 5_000, pause=0.02) as (url, _):
        answer = ask(url, timeout=0.2)

    assert isinstance(answer, Transient)
    assert answer.reason.endswith(" after 0.2 s")


@pytest.mark.parametrize(
    "said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"]
)
def test_a_broken_answer_is_transient(said: bytes) -> None:
    with answering(said) as (url, _):
        assert isinstance(ask(url), Transient)


def test_nobody_listening_is_transient() -> None:
    assert isinstance(ask("http://127.0.0.1:1"), Transient)


def test_a_header_that_cannot_be_sent_shows_nothing() -> None:
    answer = ask("http://127.0.0.1:1", headers={"x-key": "example-canary\r\nx: y"})

    assert isinstance(answer, Transient)
    assert "canary" not in answer.reason + repr(HttpRequest("GET", "/", {"x": "example-canary"}))


@pytest.mark.parametrize(
    ("urls", "trusts"),
    [(["http://a"], False), (["http://a", "HTTPS://b"], True), (["https://a", "http://b"], True)],
)
def test_certificates_are_read_where_a_request_may_need_them(
    monkeypatch: pytest.MonkeyPatch, urls: list[str], trusts: bool
) -> None:
    used: list[ssl.SSLContext] = []
    client = httpx.Client

    def note(*, verify: ssl.SSLContext, **settings: Any) -> httpx.Client:
        used.append(verify)
        return client(verify=verify, **settings)

    monkeypatch.setattr(httpx, "Client", note)
    HttpClient(PATIENCE, 1, *urls).close()

    # Without certificates no peer is trusted: what needs TLS after all fails.
    assert [trusts] == [context.cert_store_stats()["x509_ca"] > 0 for context in used]
    assert all(context.verify_mode is ssl.CERT_REQUIRED for context in used)
    assert all(context.check_hostname for context in used)


def test_cookies_are_not_kept(server: FakeServer) -> None:
    client = HttpClient(PATIENCE, 1, server.url)
    server.answers = [(202, {"Set-Cookie": "a=b; Path=/"}, b"")]
    for _ in range(2):
        client.send(HttpRequest("POST", server.url, {}, gzip.compress(b"[]")))
    client.close()

    assert 2 == len(server.headers)
    assert all("cookie" not in headers for headers in server.headers)


def test_a_health_check_tells_why_it_failed(server: FakeServer) -> None:
    client = HttpClient(PATIENCE, 1, server.url)
    client.check(HttpRequest("GET", server.url, {}), (200,))
    with pytest.raises(HealthError, match="HTTP 200"):
        client.check(HttpRequest("GET", server.url, {}), (204,))
    client.close()


NOW = 1_795_439_551.0


def in_seconds(seconds: float) -> str:
    moment = dt.datetime.fromtimestamp(NOW + seconds, dt.timezone.utc)
    return email.utils.format_datetime(moment, usegmt=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7", 7),
        (" 1.5 ", 1.5),
        ("0", 0),
        ("86400", 300),
        ("9" * 400, 300),
        (time.asctime(time.gmtime(NOW + 60)), 60),
        (in_seconds(60), 60),
        (in_seconds(-60), 0),
        (in_seconds(10**6), 300),
    ],
)
def test_retry_after_is_read_and_bounded(text: str, expected: float) -> None:
    assert expected == retry_after(HttpResponse(429, {"retry-after": text}, b""), now=NOW)


@pytest.mark.parametrize(
    "text",
    ["", "nan", "inf", "-3", "+1", "1e9", "1_0", "1.2.3", "soon", "7 seconds", "1,2", "0x10"],
)
def test_retry_after_that_is_no_delay_is_ignored(text: str) -> None:
    assert None is retry_after(HttpResponse(429, {"retry-after": text}, b""))


def test_a_description_is_one_short_line() -> None:
    text = describe(HttpResponse(400, {}, b"bad\n\x1b[31m" + b"x" * 1000))

    assert text.startswith("HTTP 400: bad  [31mxxx")
    assert (True, True) == (text.isprintable(), len(text) < 230)
    assert "HTTP 502" == describe(HttpResponse(502, {}, b""))


def test_requests_are_not_logged_from_delivery_threads(
    server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sink = HttpSink(QUICK | {"url": server.url, "api_key": "example-key"})
    write_all(sink, [entry(1)])

    assert [1] == server.numbers()
    assert [] == [r for r in caplog.records if r.name.startswith(("httpx", "httpcore"))]
    sink._worker.release_transport()


@pytest.mark.parametrize(
    ("statuses", "kind"),
    [
        ((200, 202, 204), Delivered),
        ((400, 422), Bisect),
        ((401, 403, 404, 302, 307), Paused),
        ((408, 500, 503, 599), Transient),
        ((413,), Split),
        ((429,), Throttled),
        ((409, 451, 100), Rejected),
    ],
)
def test_statuses_have_an_outcome(statuses: tuple[int, ...], kind: type[Outcome]) -> None:
    assert all(isinstance(outcome_of_status(status, "x"), kind) for status in statuses)


# -- compression ---------------------------------------------------------------------------------


def test_zstd_is_read_back_and_repeatable() -> None:
    body = b'{"a":1}' * 1000

    assert body == zstandard.ZstdDecompressor().decompress(ZSTD.compress(body))
    assert ZSTD.compress(body) == ZSTD.compress(body)


def test_gzip_is_read_back_and_repeatable() -> None:
    body = b'{"a":1}' * 1000

    assert body == gzip.decompress(GZIP.compress(body))
    assert GZIP.compress(body) == GZIP.compress(body)
    assert (body, None) == (NONE.compress(body), NONE.name)


# -- items ---------------------------------------------------------------------------------------

RULES = ItemRules(
    code="/index/status",
    delivered=Codes(200, 201, 409),
    retryable=Codes(429, 503),
    error="/index/error",
    refused_when=("/note", "refused"),
)


def item(status: Any, **more: Any) -> dict[str, Any]:
    return {"index": {"status": status, "error": "why"}} | more


def answer(body: bytes, events: int) -> HttpResponse:
    return HttpResponse(200, {}, body, events)


def test_items_are_sorted_by_their_results() -> None:
    items = [item(201), item(400), item(429), item(409), item(200, note="refused")]

    outcome = read_list(answer(orjson.dumps({"items": items}), 5), "/items", RULES)

    assert (
        Partial([RejectedItem(1, "status 400: why"), RejectedItem(4, "status 200: why")], [2])
        == outcome
    )


def test_items_that_are_all_stored_are_delivered() -> None:
    items = [item(200), item(201), item("200")]

    assert Delivered() == read_list(answer(orjson.dumps({"items": items}), 3), "/items", RULES)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"items":[]}', b'{"items":{}}', b'{"items":[{"index":{}}]}']
)
def test_an_answer_that_does_not_name_every_event_is_repeated(body: bytes) -> None:
    assert isinstance(read_list(answer(body, 1), "/items", RULES), Transient)


def test_the_first_bad_event_splits_the_request() -> None:
    outcome = first_bad(answer(b'{"invalid-event-number":2}', 5), "/invalid-event-number", "bad")

    assert isinstance(outcome, Partial)
    assert [(0, "uncertain"), (1, "uncertain"), (2, "bad")] == [
        (each.index, each.reason) for each in outcome.rejected
    ]
    assert [3, 4] == list(outcome.retry)


@pytest.mark.parametrize("index", [b"5", b"-1", b"true", b'"2"', b"null"])
def test_a_first_bad_event_out_of_range_is_searched(index: bytes) -> None:
    assert Bisect("bad") == first_bad(answer(b'{"n":' + index + b"}", 5), "/n", "bad")


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("", {"a/b": [{"~": 1}]}),
        ("/a~1b/0/~0", 1),
        ("/a~1b/1", None),
        ("/a~1b/x", None),
        ("/no", None),
    ],
)
def test_json_pointers_lead_somewhere_or_nowhere(pointer: str, expected: object) -> None:
    assert expected == pointed({"a/b": [{"~": 1}]}, pointer)


# -- streams -------------------------------------------------------------------------------------


def test_label_sets_keep_order_and_leave_out_what_is_absent() -> None:
    labels = StreamLabels([Label("job", "x"), Label("level"), Label("9a-b"), Label("job")], 10, "…")

    assert '{"job":"x","level":"info","_9a_b":"v"}' == labels.group(("info", "v", "late"))
    assert '{"job":"x","level":"info"}' == labels.group(("info", None, ""))
    assert "a_b" == label_name("a.b")


def test_label_sets_beyond_the_guard_share_an_overflow_value() -> None:
    labels = StreamLabels([Label("job", "x"), Label("user"), Label("level")], 2, "other")

    texts = [labels.group((f"u{n}", "info")) for n in range(5)]

    assert 3 == len(set(texts))
    assert '{"job":"x","user":"other","level":"other"}' == texts[4]
    assert '{"job":"x","user":"other"}' == labels.group(("u9", None))
    assert texts[0] == labels.group(("u0", "info"))


def test_streams_are_written_in_order_of_appearance() -> None:
    records = Records.of(
        [
            Record(b"1", 0, '{"a":"x"}'),
            Record(b"2", 0, '{"a":"y"}'),
            Record(b"3", 0, '{"a":"x"}'),
        ]
    )

    assert (
        b'{"streams":[{"stream":{"a":"x"},"values":[1,3]},{"stream":{"a":"y"},"values":[2]}]}'
        == write_streams(records)
    )
