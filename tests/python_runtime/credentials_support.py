"""What the tests of credentials share: a scripted server, a clock, and readers of what was sent."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from python.cloud_sink_base import Paused, Transient
from python.parts._credentials import Credentials, CredentialsContext, CredentialsError, send
from python.parts._http import HttpClient, HttpRequest, HttpResponse
from support import PATIENCE

# A limit for what never answers.
IMPATIENCE = 0.2
# Seconds since 1970 at which the manual clock starts.
START = 1_800_000_000


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        """The form that was posted."""
        assert self.method == "POST"
        assert self.headers["content-type"] == "application/x-www-form-urlencoded"
        return _pairs(self.body.decode("ascii"))

    def query(self) -> dict[str, str]:
        return _pairs(urlsplit(self.target).query)

    def path(self) -> str:
        return urlsplit(self.target).path


def _pairs(text: str) -> dict[str, str]:
    pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs), "a field twice"
    return dict(pairs)


@dataclass(frozen=True)
class Reply:
    """
    What a server does with a request.

    ``fault`` stands for an answer that is none: ``silence``, ``hang_up``, ``truncated``,
    ``endless``, ``stalled``.  ``gate`` holds the answer back until it is set.
    """

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    fault: str = ""
    gate: threading.Event | None = None


def reply(status: int, body: object) -> Reply:
    return Reply(status, json.dumps(body).encode())


def token(name: str, seconds: Any = 3600, gate: threading.Event | None = None) -> Reply:
    answer = {"access_token": name, "token_type": "Bearer", "expires_in": seconds}
    return Reply(200, json.dumps(answer).encode(), gate=gate)


Handler = Callable[[Asked, int], Reply]


def counting(_: Asked, number: int) -> Reply:
    """A new token each time, for an hour."""
    return token(f"token-{number}")


def always(answer: Reply) -> Handler:
    return lambda _asked, _number: answer


def taking(*tokens: str) -> Handler:
    """Take these tokens and refuse others."""
    known = [f"Bearer {token}" for token in tokens]
    return lambda asked, _: Reply(200 if asked.headers.get("authorization") in known else 401)


class Server(ThreadingHTTPServer):
    """A server on the loopback interface that answers by a function."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, handler: Handler) -> None:
        super().__init__(("127.0.0.1", 0), _RequestHandler)
        self.handler = handler
        self.asked: list[Asked] = []
        self.changed = threading.Condition()
        self.over = threading.Event()
        self.host = f"127.0.0.1:{self.server_address[1]}"
        self.url = f"http://{self.host}"

    @property
    def count(self) -> int:
        with self.changed:
            return len(self.asked)

    def reached(self, count: int) -> None:
        """Wait until that many requests have come."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.asked) >= count, PATIENCE)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the tests."""


class _RequestHandler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        names = [name.lower() for name in self.headers]
        assert len(set(names)) == len(names), "a header twice"
        asked = Asked(
            self.command,
            self.path,
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(int(self.headers.get("content-length", 0))),
        )
        server = self.server
        with server.changed:
            server.asked.append(asked)
            number = len(server.asked)
            server.changed.notify_all()
        answer = server.handler(asked, number)
        if answer.gate is not None:
            answer.gate.wait(PATIENCE)
        if answer.fault:
            self._misbehave(answer.fault)
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _misbehave(self, fault: str) -> None:
        match fault:
            case "silence":
                self.server.over.wait()
            case "stalled":
                self.wfile.write(b"HTTP/1.1 200 X\r\nx-a: b")
                self.server.over.wait()
            case "truncated":
                self.wfile.write(b'HTTP/1.1 200 X\r\ncontent-length: 99\r\n\r\n{"access_token":')
            case "endless":
                self.wfile.write(b'HTTP/1.1 200 X\r\n\r\n{"access_token":"')
                while True:
                    self.wfile.write(b"x" * 4096)

    do_GET = do_POST = _serve  # noqa: N815  names that http.server looks for

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet."""


@contextmanager
def serving(handler: Handler = counting) -> Iterator[Server]:
    server = Server(handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()


class ManualClock:
    """Moves when it is told to."""

    def __init__(self) -> None:
        self.now = float(START)

    def __call__(self) -> float:
        return self.now

    def context(
        self, timeout_seconds: float = 2 * PATIENCE, /, **environment: str
    ) -> CredentialsContext:
        return CredentialsContext(timeout_seconds, self, environment)


def authorization(credentials: Credentials) -> str:
    """The value of the header that a request would have."""
    request, _ = credentials.authorize(HttpRequest("POST", "http://127.0.0.1:1/", {}))
    return request.headers["authorization"]


def failure(credentials: Credentials) -> Transient | Paused:
    """What a request without credentials comes to."""
    with pytest.raises(CredentialsError) as caught:
        authorization(credentials)
    assert str(caught.value) == caught.value.outcome.reason
    return caught.value.outcome


def send_to(server: Server, credentials: Credentials) -> HttpResponse | Transient | Paused:
    """Send to a backend the way a transport does."""
    client = HttpClient(PATIENCE, 1, server.url)
    try:
        return send(client, credentials, HttpRequest("POST", server.url, {}, b"event"))
    finally:
        client.close()


def status_of(answer: HttpResponse | Transient | Paused) -> int:
    assert isinstance(answer, HttpResponse), answer
    return answer.status


class Together:
    """That many callers who start at once."""

    def __init__(self, work: Callable[[], Any], callers: int) -> None:
        self._work = work
        self._results: list[Any] = []
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(callers)]
        for thread in self._threads:
            thread.start()

    def _run(self) -> None:
        try:
            self._results.append(self._work())
        except CredentialsError as error:
            self._results.append(error.outcome)

    def results(self) -> list[Any]:
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()
        return self._results
