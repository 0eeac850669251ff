"""Grafana Loki itself: built from the Go module, started alone, read back with query_range."""

from __future__ import annotations

import json
import urllib.parse
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

from checks import Case, ships_everything, survives_an_outage
from common import CACHE, Check, PeerError, Server, data_folder, free_port, go_build, http, of_sink
from events import Stored, compare, make_event, make_events, message_id, millis
from sinks import Program, Wanted, programs

TITLE = "Grafana Loki"
WANTED = [Wanted("loki")]

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
    module = "github.com/grafana/loki/v3"
    return go_build("loki", f"{module}/cmd/loki", module, "about nine minutes")


def run(events: int) -> Iterator[Check]:
    """All checks for each language, against one Loki."""
    with data_folder("loki") as data:
        port, grpc_port = free_port(), free_port()
        config = data / "loki.yaml"
        config.write_text(CONFIG.format(port=port, grpc_port=grpc_port, data=data))
        url = f"http://127.0.0.1:{port}"
        with Server("loki", [str(CACHE / "bin" / "loki"), f"-config.file={config}"], f"{url}/ready") as server:
            for sink, program in programs(WANTED[0]).items():
                yield from of_sink(sink, ships_everything(case(program, url), events))
                yield from of_sink(sink, stores_the_good_ones(case(program, url), data / sink))
                yield from of_sink(sink, survives_an_outage(case(program, url), server))


def case(program: Program, url: str) -> Case:
    """The sink with a label of its own, which keeps one check's events apart from another's."""
    run_id = uuid.uuid4().hex[:12]
    env = {"LOKI_SINK_URL": url, "LOKI_SINK_LABELS": f"run:{run_id}"}
    return Case("loki", program, env, lambda events: read_back(url, run_id, events))


def stores_the_good_ones(case: Case, data: Path) -> list[Check]:
    """Loki answers 400 and stores the rest: the refused two are found and kept apart."""
    events = make_events(200)
    now = datetime.now(timezone.utc)
    too_old = make_event(9_001, now - timedelta(hours=48), "ERROR", "two days late")
    too_long = make_event(9_002, now, "ERROR", "x" * 100_000)
    mixed = [*events[:70], too_old, *events[70:140], too_long, *events[140:]]
    data.mkdir()
    dead_letters = data / "dead-letters.ndjson"

    shipment = case.program.ship(mixed, case.setting(dead_letter_path=str(dead_letters)))

    difference = compare(events, case.read(mixed))
    kept = dead_letters.read_text() if dead_letters.exists() else ""
    both_kept = all(message_id(event) in kept for event in (too_old, too_long)) and len(kept.splitlines()) == 2
    report = shipment.report
    return [
        Check("loki", "good events beside refused ones are stored", difference.empty, str(difference)),
        Check(
            "loki",
            "a late and an overlong event are dead-lettered",
            both_kept and report["dead_lettered"] == 2 and report["delivered"] == 200 and shipment.unaccounted == 0,
            f"{report['delivered']} delivered, {report['dead_lettered']} dead-lettered, {report['splits']} splits",
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
