"""
CPU time of generated Python sinks beside fapilog's own, against a receiver in another process.

Without arguments, or with ``--smoke``, it starts itself again for every measurement, in turn, and
prints the medians as two tables; `benches/run python` prepares what it imports.
"""

import asyncio
import gc
import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

BATCH = 1000
SINKS = ("noop", "loki", "fapilog-loki", "datadog", "cloudwatch", "fapilog-cloudwatch")
TITLES = {
    "noop": "a sink that does nothing",
    "loki": "Loki",
    "datadog": "Datadog",
    "cloudwatch": "CloudWatch",
    "fapilog-loki": "fapilog's own Loki",
    "fapilog-cloudwatch": "fapilog's own CloudWatch",
}


# -- receiver --------------------------------------------------------------------------------------


class Receiver(BaseHTTPRequestHandler):
    """Takes everything; unpacks and counts only when asked, after the measurement."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body of an answer in one segment; two wait for an acknowledgement
    bodies: list[tuple[str, bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.bodies.append((self.headers.get("x-amz-target") or self.path, body))
        if self.path == "/loki/api/v1/push":
            self._answer(204, b"")
        else:
            self._answer(202 if self.path == "/api/v2/logs" else 200, b"{}")

    def do_GET(self) -> None:
        self._answer(200, str(sum(count(*body) for body in self.bodies)).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.send_header("x-amzn-requestid", "bench")  # without it an answer is not from AWS
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def count(what: str, body: bytes) -> int:
    if body.startswith(b"\x1f\x8b"):
        body = gzip.decompress(body)
    if what == "/loki/api/v1/push":
        return sum(len(stream["values"]) for stream in json.loads(body)["streams"])
    if what == "/api/v2/logs":
        return len(json.loads(body))
    if what.endswith(".PutLogEvents"):
        return len(json.loads(body)["logEvents"])
    return 0


def receive() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()  # ends with the process that asked for it


@contextmanager
def receiver() -> Iterator[str]:
    command = [sys.executable, __file__, "receive"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.kill()


# -- one measurement -------------------------------------------------------------------------------


class NoopSink:
    name = "noop"

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def write(self, entry: dict[str, Any]) -> None: ...


def make_sink(name: str, url: str) -> Any:
    if name == "noop":
        return NoopSink()
    # Importing is no work on events: fapilog's own sinks import their clients at once, the generated
    # ones when the first batch leaves, and httpx the part that connects with the first client.
    import boto3  # noqa: F401
    import httpcore  # noqa: F401
    import httpx  # noqa: F401

    if name == "fapilog-loki":
        from fapilog.plugins.sinks.contrib.loki import LokiSink, LokiSinkConfig

        return LokiSink(LokiSinkConfig(url=url, batch_size=BATCH))
    if name == "fapilog-cloudwatch":
        from fapilog.plugins.sinks.contrib.cloudwatch import CloudWatchSink, CloudWatchSinkConfig

        place = {"log_group_name": "bench", "log_stream_name": "bench", "region": "eu-central-1"}
        return CloudWatchSink(CloudWatchSinkConfig(endpoint_url=url, batch_size=BATCH, **place))
    import bench_sinks

    if name == "loki":
        return bench_sinks.LokiSink(url=url, batch_size=BATCH)
    if name == "datadog":
        return bench_sinks.DatadogSink(url=url, api_key="example-api-key", batch_size=BATCH)
    place = {"log_group": "bench", "log_stream": "bench", "region": "eu-central-1"}
    return bench_sinks.CloudWatchSink(endpoint_url=url, batch_size=BATCH, **place)


def entry(n: int) -> dict[str, Any]:
    """Return an entry as fapilog writes it."""
    seconds, millis = divmod(int(time.time() * 1000) - 1000 + n, 1000)
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return {
        "timestamp": f"{stamp}.{millis:03d}Z",
        "level": ("INFO", "INFO", "DEBUG", "WARNING", "ERROR")[n % 5],
        "message": "order placed",
        "logger": "shop.checkout",
        "context": {"message_id": f"0d20c1de-6f0e-4d61-9a3f-{n:012d}", "correlation_id": None},
        "diagnostics": {
            "origin": "native",
            "service": "shop",
            "env": "prod",
            "host": "web-1",
            "pid": 15556,
            "python": "3.11.7",
        },
        "data": {"n": n, "customer": f"c-{n % 997}", "amount": n / 100, "path": "/api/v1/orders"},
    }


def through_sink(sink: Any, events: int) -> Callable[[], None]:
    """Write entries straight into the sink: a thousand again and again, as warm as fresh ones."""
    entries = [entry(n) for n in range(1000)]

    async def work() -> None:
        await sink.start()
        for n in range(events):
            await sink.write(entries[n % 1000])
        await sink.stop()

    return lambda: asyncio.run(work())


def through_logger(sink: Any, events: int) -> Callable[[], None]:
    """Log through fapilog's default pipeline."""
    from fapilog import Settings, get_logger

    # Large enough that fapilog itself drops nothing.
    settings = Settings.model_validate({"core": {"max_queue_size": 2 * events}})
    logger = get_logger(settings=settings, sinks=[sink], reuse=False)

    def work() -> None:
        for n in range(events):
            logger.info("order placed", n=n, customer=f"c-{n % 997}", amount=n / 100, path="/api")
        result = asyncio.run(logger.stop_and_drain())
        assert result.dropped == 0, result

    return work


def measure(way: str, name: str, events: int, url: str) -> None:
    sink = make_sink(name, url)
    work = (through_sink if way == "sink" else through_logger)(sink, events)
    gc.collect()
    gc.freeze()  # entries made beforehand are no work for the collector
    peak = peak_mib()
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = peak_mib() - peak
    with urllib.request.urlopen(url) as answer:
        arrived = int(answer.read())
    print(json.dumps({"cpu": cpu, "wall": wall, "peak": peak, "arrived": arrived}))


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts in KiB


# -- tables ----------------------------------------------------------------------------------------


def run(way: str, name: str, events: int) -> dict[str, float]:
    credentials = {"AWS_ACCESS_KEY_ID": "example", "AWS_SECRET_ACCESS_KEY": "example"}
    with receiver() as url:
        done = subprocess.run(
            [sys.executable, __file__, way, name, str(events), url],
            env={**os.environ, **credentials},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=600,
        )
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    # fapilog's own sinks lose an unfinished batch when the logger is drained.
    if name not in {"noop", "fapilog-loki", "fapilog-cloudwatch"} and result["arrived"] != events:
        sys.exit(f"{name}: {result['arrived']} of {events} events arrived")
    print(f"{way} {name}: {result}", file=sys.stderr)
    return result


@dataclass(frozen=True)
class Row:
    """
    Medians of one sink.

    ``against`` is the CPU time in parts of that of a sink that does nothing, measured right before
    and right after: a machine is at times slower for minutes.
    """

    cpu_micros: float
    rate: float
    peak_mib: float
    arrived: float
    against: float


def row(runs: list[dict[str, float]], events: int, against: list[float]) -> Row:
    def median(key: str) -> float:
        return statistics.median(each[key] for each in runs)

    return Row(
        median("cpu") / events * 1e6,
        events / median("wall"),
        median("peak"),
        median("arrived"),
        statistics.median(against) if against else 1.0,
    )


def through_sinks(events: int, rounds: int) -> dict[str, Row]:
    """Measure the sinks in turn."""
    names = [name for name in SINKS if name != "noop"]
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            runs[name].append(run("sink", name, events))
    return {name: row(runs[name], events, []) for name in names}


def through_loggers(events: int, rounds: int) -> dict[str, Row]:
    """Measure the sinks in turn, and the one that does nothing between each two."""
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in SINKS}
    against: dict[str, list[float]] = {name: [] for name in SINKS}
    for _ in range(rounds):
        runs["noop"].append(run("logger", "noop", events))
        for name in SINKS[1:]:
            before = runs["noop"][-1]
            runs[name].append(run("logger", name, events))
            runs["noop"].append(run("logger", "noop", events))
            idle = (before["cpu"] + runs["noop"][-1]["cpu"]) / 2
            against[name].append(runs[name][-1]["cpu"] / idle)
    return {name: row(runs[name], events, against[name]) for name in SINKS}


def main(*, smoke: bool) -> None:
    events, rounds = (2000, 1) if smoke else (100_000, 5)
    print(f"{events:,} events straight into the sink, batches of {BATCH}, median of {rounds}:\n")
    print("| sink | CPU µs an event | events/s | peak MiB | arrived |\n|---|---|---|---|---|")
    for name, found in through_sinks(events, rounds).items():
        print(
            f"| {TITLES[name]} | {found.cpu_micros:.1f} | {found.rate:,.0f} | {found.peak_mib:.0f} "
            f"| {found.arrived:,.0f} |"
        )
    events = 2000 if smoke else 50_000
    print(f"\n{events:,} events through `get_logger`, batches of {BATCH}, median of {rounds}:\n")
    print(
        "| sink | CPU µs an event | against nothing | events/s | arrived |\n|---|---|---|---|---|"
    )
    for name, found in through_loggers(events, rounds).items():
        print(
            f"| {TITLES[name]} | {found.cpu_micros:.1f} | {(found.against - 1) * 100:+.1f} % "
            f"| {found.rate:,.0f} | {found.arrived:,.0f} |"
        )


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            main(smoke=False)
        case ["--smoke"]:
            main(smoke=True)
        case ["receive"]:
            receive()
        case ["sink" | "logger" as way, name, events, url]:
            measure(way, name, int(events), url)
        case _:
            sys.exit(f"usage: {Path(__file__).name} [--smoke]")
