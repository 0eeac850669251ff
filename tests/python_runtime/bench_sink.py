"""CPU per event in the sink, batch 1000, against a loopback receiver in another process."""

import asyncio
import http.client
import subprocess
import sys
import time

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


class View:
    def __init__(self, data):
        self.data = data


def run(cls, url, serialized):
    sink = cls(url=url, api_key="example-api-key", batch_size=1000)
    entries = [
        entry(n, timestamp=f"2026-11-23T13:12:{n // 1000 % 60:02d}.{n % 1000:03d}Z") for n in range(50_000)
    ]
    if serialized:
        import orjson

        entries = [View(orjson.dumps({"log": e}, option=orjson.OPT_SORT_KEYS)) for e in entries]

    async def work():
        write = sink.write_serialized if serialized else sink.write
        for each in entries:
            await write(each)
        assert await sink.flush(60)

    cpu, wall = time.process_time(), time.perf_counter()
    asyncio.run(work())
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    stats = sink.stats()
    assert stats.delivered == 50_000, stats
    print(f"{cls.__name__:12} serialized={serialized!s:5} {cpu / 50_000 * 1e6:5.1f} us/event {50_000 / wall:8.0f} events/s, {stats.requests} requests")


def main():
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    try:
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 2):
            for cls in (HttpSink, StreamSink):
                for serialized in (False, True):
                    run(cls, url, serialized)
    finally:
        server.kill()


if __name__ == "__main__":
    main()
