"""
A provider on a loopback port that gives canned answers, for the tests of sinks, your own too.

It lies in the package so that tests find it however pytest imports them.  No sink imports it.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    """What the provider says."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True)
class Received:
    """
    What a sink sent.

    Attributes:
        path: Path and query, as they stood in the request.
        headers: Names in lower case.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Responder:
    """
    Gives its answers in order, the last one for ever.

    Attributes:
        url: Scheme, host and port.
        received: The requests until now.
    """

    def __init__(self, answers: list[Answer]) -> None:
        self.received: list[Received] = []
        self._answers = answers
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def serve(self) -> None:
        """Answer until `stop`."""
        self._server.serve_forever(poll_interval=0.01)

    def stop(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, received: Received) -> Answer:
        with self._lock:
            self.received.append(received)
            return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answer_of = self._answer

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def respond(self) -> None:
                length = int(self.headers.get("content-length", "0"))
                headers = {name.lower(): value for name, value in self.headers.items()}
                sent = self.rfile.read(length)
                answer = answer_of(Received(self.command, self.path, headers, sent))
                body = b"" if self.command == "HEAD" else answer.body.encode()
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT"):
            setattr(Handler, f"do_{method}", Handler.respond)
        return Handler


@contextmanager
def responding(*answers: Answer) -> Iterator[Responder]:
    """Run a provider that gives these answers."""
    responder = Responder(list(answers))
    thread = threading.Thread(target=responder.serve, daemon=True)
    thread.start()
    try:
        yield responder
    finally:
        responder.stop()
        thread.join()
