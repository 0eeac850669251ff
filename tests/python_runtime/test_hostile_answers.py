"""Answers that nobody asked for, and answers without an end."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from python.cloud_sink_base import Batch, Outcome, Record, Records, Transient
from python.parts._aws_cloudwatch_logs import CloudWatchOptions, CloudWatchTransport
from python.parts._http import HttpClient, HttpRequest, HttpResponse
from support import PATIENCE


def read_request(connection: socket.socket) -> bool:
    """Read a request whole; False: there is none."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return False
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    lines = (line.lower() for line in head.split(b"\r\n"))
    lengths = [int(line[15:]) for line in lines if line.startswith(b"content-length:")]
    while len(body) < sum(lengths):
        body += connection.recv(65536)
    return True


@contextmanager
def serving(answer: Any) -> Iterator[str]:
    """A server that lets ``answer`` do with each connection what it wants."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def meet(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            answer(connection)

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threads.append(threading.Thread(target=meet, args=(connection,), daemon=True))
                threads[-1].start()

    threads.append(threading.Thread(target=serve, daemon=True))
    threads[0].start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in threads:
            thread.join(PATIENCE)


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 204 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    ],
)
def test_an_answer_that_came_before_its_request_is_none(said: bytes) -> None:
    """A second answer to one request would pass for that to the next one on the connection."""
    taken: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        is_first = not taken
        while read_request(connection):
            taken.append(said)
            # Whoever gets two answers to the first request gets none to another.
            if len(taken) == 1:
                connection.sendall(said + said)
            elif not is_first:
                connection.sendall(said)

    with serving(answer) as url:
        client = HttpClient(PATIENCE, 1, url)
        first, second, third = (client.send(HttpRequest("POST", url, {}, b"[]")) for _ in range(3))
        client.close()

    assert isinstance(first, HttpResponse)
    assert second == Transient("an answer that came before the request")
    assert isinstance(third, HttpResponse)


def put(url: str, timeout_seconds: float, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    """Send one event with boto3."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    options = CloudWatchOptions("g", "s", "eu-west-1", url, timeout_seconds=timeout_seconds)
    made = CloudWatchTransport(options)
    outcome = made.send(Batch(Records.of([Record(b"x", 1_700_000_000_000_000_000)])))
    made.close()
    return outcome


def test_an_endless_answer_to_boto3_is_read_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = 0

    def answer(connection: socket.socket) -> None:
        nonlocal sent
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")
            sent += 65536

    with serving(answer) as url:
        outcome = put(url, PATIENCE, monkeypatch)

    assert outcome == Transient("ReadTimeoutError")
    # What the sockets hold comes on top.
    assert sent < 64 * 1024 * 1024


@pytest.mark.parametrize(
    ("said", "again"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nx: ", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_an_answer_to_boto3_that_does_not_end_is_late(
    said: bytes, again: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte comes within the limit that an HTTP client has for one read."""
    over = threading.Event()

    def answer(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(said)
        while not over.wait(0.02):
            connection.sendall(again)

    with serving(answer) as url:
        outcome = put(url, 0.3, monkeypatch)
        over.set()

    assert isinstance(outcome, Transient)


def test_an_answer_to_boto3_that_is_no_text_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n\xff\xfe")

    with serving(answer) as url:
        outcome = put(url, PATIENCE, monkeypatch)

    assert outcome == Transient("UnicodeDecodeError")
