"""Grafana Loki itself: built from the Go module, started alone, read back with query_range."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
import urllib.parse
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path

from common import (
    CACHE,
    HERE,
    Check,
    PeerError,
    Program,
    Server,
    Stored,
    compare,
    free_port,
    http,
    make_event,
    make_events,
    message_id,
    millis,
    ndjson,
    of_sink,
    programs,
    require,
    run_logged,
)

PEER = "Grafana Loki"
SOURCE = HERE / "loki-server"

# Two limits are lower than Loki's own defaults, and lower than what the sink sends without
# asking, so that Loki itself has something to refuse.
CONFIG = """\
auth_enabled: false
analytics: {{reporting_enabled: false}}
server:
  http_listen_address: 127.0.0.1
  http_listen_port: {port}
  grpc_listen_address: 127.0.0.1
  grpc_listen_port: {grpc_port}
  log_level: warn
common:
  instance_addr: 127.0.0.1
  path_prefix: {data}
  replication_factor: 1
  ring: {{kvstore: {{store: inmemory}}}}
  storage: {{filesystem: {{chunks_directory: {data}/chunks, rules_directory: {data}/rules}}}}
schema_config:
  configs:
    - {{from: 2020-10-24, store: tsdb, object_store: filesystem, schema: v13, index: {{prefix: index_, period: 24h}}}}
ingester: {{lifecycler: {{min_ready_duration: 0s, final_sleep: 0s}}}}
frontend: {{scheduler_dns_lookup_period: 100ms}}
limits_config: {{reject_old_samples_max_age: 24h, max_line_size: 64KB}}
"""


def install() -> str:
    """Build Loki once; the version, as pinned in go.mod."""
    version = next(line.split()[-1] for line in (SOURCE / "go.mod").read_text().splitlines() if "grafana/loki/v3" in line)
    binary = CACHE / "bin" / "loki"
    if not binary.exists():
        go = require("go", "install Go 1.26 or newer from https://go.dev/dl")
        print(f"building Loki {version} (about nine minutes, once) …", flush=True)
        package = "github.com/grafana/loki/v3/cmd/loki"
        unfinished = binary.with_suffix(".part")
        binary.parent.mkdir(parents=True, exist_ok=True)
        run_logged(
            [go, "build", "-trimpath", "-ldflags=-s -w", "-o", str(unfinished), package],
            "loki-build.log",
            cwd=SOURCE,
            env={**os.environ, "GOFLAGS": "-p=2 -buildvcs=false", "GOTOOLCHAIN": "local", "GOWORK": "off"},
        )
        unfinished.rename(binary)
    return version


def run(events: int) -> list[Check]:
    """All checks for each language, against one Loki."""
    checks = []
    data = Path(tempfile.mkdtemp(prefix="loki-", dir=CACHE))
    port, grpc_port = free_port(), free_port()
    config = data / "loki.yaml"
    config.write_text(CONFIG.format(port=port, grpc_port=grpc_port, data=data))
    url = f"http://127.0.0.1:{port}"
    try:
        with Server("loki", [str(CACHE / "bin" / "loki"), f"-config.file={config}"], f"{url}/ready") as server:
            for sink, program in programs("loki_ndjson").items():
                checks += of_sink(sink, ships_everything(program, url, events))
                checks += of_sink(sink, stores_the_good_ones(program, url, data / sink))
                checks += of_sink(sink, survives_an_outage(program, url, server))
            return checks
    finally:
        shutil.rmtree(data, ignore_errors=True)


def environment(url: str, run_id: str) -> dict[str, str]:
    """Settings of the sink; the label keeps one check's events apart from another's."""
    return {"LOKI_SINK_URL": url, "LOKI_SINK_LABELS": f"run:{run_id}"}


def ships_everything(program: Program, url: str, count: int) -> list[Check]:
    """Every event arrives once, with its own time and content."""
    run_id = uuid.uuid4().hex[:12]
    events = make_events(count)

    shipment = program.ship(events, environment(url, run_id))

    difference = compare(events, read_back(url, run_id, events))
    return [
        Check(PEER, f"{count:,} events are stored as written", difference.empty, str(difference)),
        Check(
            PEER,
            "the sink's report says so",
            shipment.report["delivered"] == count and shipment.unaccounted == 0,
            f"{shipment.report['delivered']:,} delivered in {shipment.report['requests']} requests, {shipment.seconds:.1f} s",
        ),
    ]


def stores_the_good_ones(program: Program, url: str, data: Path) -> list[Check]:
    """Loki answers 400 and stores the rest: the refused two are found and kept apart."""
    run_id = uuid.uuid4().hex[:12]
    events = make_events(200)
    now = datetime.now(timezone.utc)
    too_old = make_event(9_001, now - timedelta(hours=48), "ERROR", "two days late")
    too_long = make_event(9_002, now, "ERROR", "x" * 100_000)
    mixed = [*events[:70], too_old, *events[70:140], too_long, *events[140:]]
    data.mkdir()
    dead_letters = data / "dead-letters.ndjson"

    shipment = program.ship(mixed, {**environment(url, run_id), "LOKI_SINK_DEAD_LETTER_PATH": str(dead_letters)})

    difference = compare(events, read_back(url, run_id, mixed))
    kept = dead_letters.read_text() if dead_letters.exists() else ""
    both_kept = all(message_id(event) in kept for event in (too_old, too_long)) and len(kept.splitlines()) == 2
    report = shipment.report
    return [
        Check(PEER, "good events beside refused ones are stored", difference.empty, str(difference)),
        Check(
            PEER,
            "a late and an overlong event are dead-lettered",
            both_kept and report["dead_lettered"] == 2 and report["delivered"] == 200 and shipment.unaccounted == 0,
            f"{report['delivered']} delivered, {report['dead_lettered']} dead-lettered, {report['splits']} splits",
        ),
    ]


def survives_an_outage(program: Program, url: str, server: Server) -> list[Check]:
    """Loki is killed while events flow and comes back after three seconds."""
    run_id = uuid.uuid4().hex[:12]
    events = make_events(2_000)
    env = {
        **environment(url, run_id),
        "LOKI_SINK_BATCH_SIZE": "100",
        "LOKI_SINK_BATCH_TIMEOUT_SECONDS": "0.05",
        "LOKI_SINK_RETRY_MAX_DELAY": "1",
    }

    process = program.start(env)
    started = time.monotonic()
    feed = process.stdin
    if feed is None:
        raise PeerError("the program has no standard input")
    for start in range(0, 1_000, 100):
        feed.write(ndjson(events[start : start + 100]))
        feed.flush()
        time.sleep(0.1)
    server.stop(force=True)
    feed.write(ndjson(events[1_000:1_900]))
    feed.flush()
    time.sleep(3)
    server.start()
    shipment = program.finish(process, started, ndjson(events[1_900:]))

    difference = compare(events, read_back(url, run_id, events))
    report = shipment.report
    return [
        Check(PEER, "2,000 events arrive although Loki is killed for 3 s", difference.empty, str(difference)),
        Check(
            PEER,
            "the sink noticed",
            report["retries"] > 0 and report["delivered"] == 2_000 and shipment.unaccounted == 0,
            f"{report['delivered']:,} delivered, {report['retries']} retries",
        ),
    ]


def read_back(url: str, run_id: str, events: list[dict]) -> list[Stored]:
    """
    Everything stored under one run's label.

    Loki gives at most 5,000 entries a query: each page starts at the last time of the one before,
    and what both hold is counted once.
    """
    times = [millis(event) for event in events]
    start, end = min(times) * 1_000_000, (max(times) + 1) * 1_000_000
    found: dict[tuple[str, str, str], Stored] = {}
    while True:
        page = query(url, run_id, start, end)
        fresh = {key: stored for key, stored in page.items() if key not in found}
        found.update(fresh)
        if len(page) < 5_000 or not fresh:
            return list(found.values())
        start = max(int(time) for _, time, _ in page)


def query(url: str, run_id: str, start: int, end: int) -> dict[tuple[str, str, str], Stored]:
    """One page, oldest first, by stream, time and line: what makes an entry one of its own in Loki."""
    parameters = urllib.parse.urlencode(
        {"query": f'{{run="{run_id}"}}', "start": start, "end": end, "limit": 5_000, "direction": "forward"}
    )
    status, body = http(f"{url}/loki/api/v1/query_range?{parameters}", timeout=60)
    if status != 200:
        raise PeerError(f"Loki answers a query with HTTP {status}: {body[:300].decode(errors='replace')}")
    page = {}
    for stream in json.loads(body)["data"]["result"]:
        labels = json.dumps(stream["stream"], sort_keys=True)
        for time_ns, line in stream["values"]:
            page[labels, time_ns, line] = Stored(int(time_ns) // 1_000_000, json.loads(line))
    return page
