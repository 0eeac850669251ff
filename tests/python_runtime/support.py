"""What the tests share: a scripted transport, a loopback server, and sinks written by hand."""

import asyncio
import gzip
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Annotated, Any
from unittest.mock import patch

import orjson

from python.cloud_sink_base import (
    Batch,
    CloudSinkBase,
    CloudSinkConfig,
    Delivered,
    Encoder,
    EndpointUrl,
    Env,
    Event,
    Limits,
    Outcome,
    Record,
    Records,
    Secret,
    Sizing,
    Stats,
    Transient,
    Transport,
    dumps,
    json_array,
    merge,
    outcome_of_status,
    unix_millis,
)
from python.parts._codecs import GZIP
from python.parts._http import HttpClient, HttpRequest, describe, retry_after
from python.parts._streams import Label, StreamLabels, write_streams

LIMITS = Limits(max_batch_events=1000, max_batch_bytes=5_000_000, max_event_bytes=1_000_000)


def entry(number: int = 0, **changes: Any) -> dict[str, Any]:
    """An entry as fapilog writes it."""
    made: dict[str, Any] = {
        "timestamp": "2026-11-23T13:12:31.559Z",
        "level": "INFO",
        "message": f"event {number}",
        "logger": "svc.api",
        "context": {"message_id": f"0d20c1de-{number}", "correlation_id": None},
        "diagnostics": {"origin": "native", "service": "shop", "host": "vm", "pid": 15556},
        "data": {"n": number, "user": "u-7", "amount": 12.5},
    }
    made.update(changes)
    return made


class ScriptedTransport:
    """Answers from a script; when it is used up, everything is delivered."""

    def __init__(self, script: Iterable[Outcome | Callable[[Batch], Outcome]] = ()) -> None:
        self._script = iter(script)
        self._lock = threading.Lock()
        self.sent: list[list[Record]] = []
        self.closed = 0
        self.healthy: Callable[[], None] = lambda: None

    def send(self, batch: Batch) -> Outcome:
        with self._lock:
            self.sent.append(list(batch.records))
            step = next(self._script, None)
        if step is None:
            return Delivered()
        return step(batch) if callable(step) else step

    def health_check(self) -> None:
        self.healthy()

    def close(self) -> None:
        self.closed += 1


class ScriptedSink(CloudSinkBase[CloudSinkConfig]):
    """A sink whose attempts come to what a script says."""

    name = "scripted"
    limits = LIMITS

    def __init__(
        self,
        script: Iterable[Outcome | Callable[[Batch], Outcome]] = (),
        **settings: Any,
    ) -> None:
        self.scripted = ScriptedTransport(script)
        super().__init__(**(QUICK | settings))

    def _make_transport(self) -> Transport:
        return self.scripted


class Hanging:
    """An attempt that delivers, but not before it is released."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.release = threading.Event()

    def __call__(self, batch: Batch) -> Outcome:
        self.begun.set()
        self.release.wait(PATIENCE)
        return Delivered()


class ManualTime:
    """Stands for the modules `time` and `asyncio` of the sink: only sleeping moves its clock."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.time_ns = time.time_ns

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


@contextmanager
def manual_time() -> Iterator[ManualTime]:
    """Have sinks wait for room on a clock of their own."""
    clock = ManualTime()
    sink = "python.cloud_sink_base._sink"
    with patch(f"{sink}.time", clock), patch(f"{sink}.asyncio", clock):
        yield clock


# Short are the delays that a test would sit through.  Long are the limits that only a machine which
# stands still reaches; a test that is about one of them sets it.
PATIENCE = 60.0
QUICK: dict[str, Any] = {
    "batch_timeout_seconds": PATIENCE,
    "retry_base_delay": 0.01,
    "retry_max_delay": 0.05,
    "timeout_seconds": PATIENCE,
    "block_timeout_seconds": PATIENCE,
    "drain_timeout_seconds": PATIENCE,
    "exit_timeout_seconds": PATIENCE,
}


class HttpSinkConfig(CloudSinkConfig):
    env_prefix = "HANDMADE_SINK_"
    required = ("api_key",)

    url: EndpointUrl = "http://127.0.0.1:1"
    api_key: Annotated[Secret | None, Env("HANDMADE_KEY")] = None
    service: str | None = None


TAKEN = frozenset(("timestamp", "status", "message", "service", "logger", "context", "diagnostics"))


class ObjectEncoder:
    """Writes events much as the Datadog sink does."""

    def __init__(self, config: HttpSinkConfig) -> None:
        self._service = config.service

    def encode(self, event: Event) -> tuple[bytes, None]:
        record: dict[str, Any] = {
            "timestamp": unix_millis(event.timestamp),
            "status": event.level,
            "message": event.message,
        }
        service = self._service or event.diagnostics.get("service")
        if service is not None:
            record["service"] = service
        if event.logger:
            record["logger"] = event.logger
        if event.data:
            merge(record, event.data, TAKEN, "data.")
        if event.context:
            record["context"] = event.context
        if event.diagnostics:
            record["diagnostics"] = event.diagnostics
        return dumps(record), None

    def write_payload(self, records: Records) -> bytes:
        return json_array(records)


class StreamEncoder:
    """Writes events much as the Loki sink does."""

    def __init__(self) -> None:
        self._labels = StreamLabels(
            [Label("job", "test"), Label("level"), Label("service")], 100, "other"
        )

    def encode(self, event: Event) -> tuple[bytes, str]:
        line: dict[str, Any] = {"message": event.message, "logger": event.logger}
        merge(line, event.data, TAKEN, "data.")
        if event.diagnostics:
            line["diagnostics"] = event.diagnostics
        entry_: list[object] = [str(event.timestamp), dumps(line).decode()]
        trace = event.context.get("trace_id")
        if trace is not None:
            entry_.append({"trace_id": trace})
        return dumps(entry_), self._labels.group((event.level, event.diagnostics.get("service")))

    def write_payload(self, records: Records) -> bytes:
        return write_streams(records)


class HttpTransport:
    """Posts gzip bodies."""

    def __init__(self, config: HttpSinkConfig, encoder: Encoder) -> None:
        key = config.api_key.get_secret_value() if config.api_key else ""
        self._encoder = encoder
        self._url = f"{config.url}/ingest"
        self._client = HttpClient(config.timeout_seconds, config.max_in_flight, self._url)
        self._headers = {
            "content-type": "application/json",
            "content-encoding": GZIP.name or "",
            "x-api-key": key,
        }

    def send(self, batch: Batch) -> Outcome:
        if batch.body is None:
            batch.body = GZIP.compress(self._encoder.write_payload(batch.records))
        answer = self._client.send(HttpRequest("POST", self._url, self._headers, batch.body))
        if isinstance(answer, Transient):
            return answer
        return outcome_of_status(answer.status, describe(answer), retry_after(answer))

    def health_check(self) -> None:
        self._client.check(HttpRequest("GET", self._url, self._headers), range(200, 300))

    def close(self) -> None:
        self._client.close()


class HttpSink(CloudSinkBase[HttpSinkConfig]):
    """A sink like the generated ones."""

    name = "handmade"
    config_class = HttpSinkConfig
    limits = LIMITS

    def _make_encoder(self) -> Encoder:
        return ObjectEncoder(self.config)

    def _make_transport(self) -> Transport:
        return HttpTransport(self.config, self._encoder)


class StreamSink(HttpSink):
    """The same with label sets."""

    name = "handmade_streams"
    limits = Limits(sizing=Sizing(14, 1, 27), max_batch_bytes=5_000_000)

    def _make_encoder(self) -> Encoder:
        return StreamEncoder()


Answer = tuple[int, dict[str, str], bytes]
OK: Answer = (202, {}, b"{}")
HANG = "hang"


class FakeServer(ThreadingHTTPServer):
    """
    A backend on the loopback interface.

    ``answers`` are given one by one, then everything is stored; an answer may be a function of the
    parsed body.  ``None`` hangs up without one, `HANG` says nothing until the test is over.
    """

    daemon_threads = True
    # A connection the kernel has no place for is tried again a second later.
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[Any] = []
        self.stored: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self.requests = 0
        self.lock = threading.Lock()
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def numbers(self) -> list[int]:
        """The `n` of every event stored, sorted."""
        with self.lock:
            return sorted(item["n"] for item in self.stored)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server: FakeServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer((200, {}, b"{}"))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        zipped = body.startswith(b"\x1f\x8b")
        items = orjson.loads(gzip.decompress(body) if zipped else body)
        server = self.server
        with server.lock:
            server.requests += 1
            server.headers.append({k.lower(): v for k, v in self.headers.items()})
            answer = server.answers.pop(0) if server.answers else OK
        if callable(answer):
            answer = answer(items)
        if answer == HANG:
            server.over.wait()
            answer = None
        if answer is None:
            self.close_connection = True
            self.connection.close()
            return
        if 200 <= answer[0] < 300:
            with server.lock:
                server.stored.extend(items)
        self._answer(answer)

    def _answer(self, answer: Answer) -> None:
        status, headers, body = answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet."""


@contextmanager
def serving() -> Iterator[FakeServer]:
    server = FakeServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()


def eventually(condition: Callable[[], object]) -> None:
    """Wait until a condition holds; fail when it never does."""
    deadline = time.monotonic() + PATIENCE / 2
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.002)


def write_all(sink: CloudSinkBase[Any], entries: Iterable[dict[str, Any]]) -> None:
    """Write entries from a loop of their own, then drain that loop as fapilog does."""

    async def run() -> None:
        for each in entries:
            await sink.write(each)

    asyncio.run(run())


def settled(sink: CloudSinkBase[Any]) -> Stats:
    """Wait until nothing is pending; the identity must hold all the while."""

    def done() -> bool:
        stats = sink.stats()
        assert stats.is_balanced
        return not stats.pending

    eventually(done)
    return sink.stats()
