"""CPU per event in the sink, batch 1000, against a loopback receiver in another process."""

import asyncio
import subprocess
import sys
import time
from typing import Any

import orjson
from fapilog.core.serialization import SerializedView

from support import HttpSink, StreamSink, entry

SERVER = """
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class H(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(202); self.send_header("content-length", "0"); self.end_headers()
    def log_message(self, *a): pass
s = ThreadingHTTPServer(("127.0.0.1", 0), H)
print(s.server_address[1], flush=True)
s.serve_forever()
"""


EVENTS = 50_000


def entries() -> list[dict[str, Any]]:
    return [
        entry(n, timestamp=f"2026-11-23T13:12:{n // 1000 % 60:02d}.{n % 1000:03d}Z")
        for n in range(EVENTS)
    ]


def run(sink: HttpSink, *, serialized: bool) -> None:
    made = entries()
    views = [SerializedView(orjson.dumps({"log": e}, option=orjson.OPT_SORT_KEYS)) for e in made]

    async def work() -> None:
        if serialized:
            for view in views:
                await sink.write_serialized(view)
        else:
            for each in made:
                await sink.write(each)
        assert await sink.flush(60)

    cpu, wall = time.process_time(), time.perf_counter()
    asyncio.run(work())
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    stats = sink.stats()
    assert stats.delivered == EVENTS, stats
    way = "write_serialized" if serialized else "write"
    print(
        f"{sink.name:16} {way:16} {cpu / EVENTS * 1e6:5.1f} us CPU/event"
        f" {EVENTS / wall:8.0f} events/s {stats.requests} requests"
    )


def main(rounds: int) -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        for _ in range(rounds):
            for kind in (HttpSink, StreamSink):
                for serialized in (False, True):
                    sink = kind(url=url, api_key="example-api-key", batch_size=1000)
                    run(sink, serialized=serialized)
    finally:
        server.kill()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
