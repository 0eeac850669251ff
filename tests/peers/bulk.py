"""What is asked of the bulk API, of Elasticsearch and of OpenSearch alike."""

from __future__ import annotations

import json
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from checks import Case, ships_everything
from common import Check, PeerError, http
from events import Stored, compare, make_event, make_events, message_id, millis_of, ndjson
from sinks import Program

JSON = {"Content-Type": "application/json"}
# A list of a number and a text has no type of its own; left to guess, the server refuses the document.
MAPPINGS = {
    "properties": {
        "@timestamp": {"type": "date"},
        "fapilog.data.index": {"type": "integer"},
        "fapilog.data.order.items": {"type": "keyword"},
    }
}


@dataclass(frozen=True)
class Cluster:
    """A running node and the provider whose sink writes to it."""

    provider: str
    url: str

    def call(self, method: str, path: str, body: object = None) -> dict:
        """One request of this driver's own; anything but a success is an error."""
        data = None if body is None else json.dumps(body).encode()
        status, answer = http(f"{self.url}{path}", data, JSON, timeout=120, method=method)
        if status >= 300:
            raise PeerError(f"{method} {path} is answered with HTTP {status}: {answer[:400].decode(errors='replace')}")
        return json.loads(answer)

    def ignore_the_disk(self) -> None:
        """A machine whose disk is nearly full would get its shards refused."""
        self.call("PUT", "/_cluster/settings", {"persistent": {"cluster.routing.allocation.disk.threshold_enabled": False}})

    def make_template(self, **options: object) -> None:
        """What makes `logs-*` data streams: the one thing that a user must have, or that the server brings."""
        template = {"settings": {"number_of_replicas": 0}, "mappings": MAPPINGS, **options}
        body = {"index_patterns": ["logs-*"], "data_stream": {}, "priority": 500, "template": template}
        self.call("PUT", "/_index_template/peers", body)

    def case(self, program: Program, stream: str) -> Case:
        """The sink writing to a data stream."""
        case = Case(self.provider, program, {}, lambda _events: self.read(stream))
        case.env = case.setting(url=self.url, data_stream=stream)
        return case

    def read(self, stream: str) -> list[Stored]:
        """All documents of a data stream."""
        status, answer = http(f"{self.url}/{stream}/_refresh", b"", JSON, timeout=120)
        if status == 404:
            return []
        if status != 200:
            raise PeerError(f"{stream} is not refreshed: HTTP {status}: {answer[:400].decode(errors='replace')}")
        page = self.call("POST", f"/{stream}/_search?scroll=1m", {"size": 5000})
        found = []
        while page["hits"]["hits"]:
            found += [document(hit["_source"]) for hit in page["hits"]["hits"]]
            page = self.call("POST", "/_search/scroll", {"scroll": "1m", "scroll_id": page["_scroll_id"]})
        return found


def document(source: dict) -> Stored:
    """One document, under the names that the comparison knows."""
    line = {
        "message": source["message"],
        "level": source["log.level"],
        "context": source.get("fapilog.context", {}),
        "data": source.get("fapilog.data", {}),
    }
    return Stored(millis_of(source["@timestamp"]), line)


def run(cluster: Cluster, program: Program, events: int) -> Iterator[Check]:
    """All checks of one language's sink."""
    name = uuid.uuid4().hex[:12]
    yield from ships_everything(cluster.case(program, f"logs-all-{name}"), events)
    yield from stores_a_copy_once(cluster, program, f"logs-copy-{name}")
    yield from keeps_refused_documents_apart(cluster, program, f"logs-mapping-{name}")
    yield from halves_what_is_too_large(cluster, program, f"logs-size-{name}")
    yield from waits_for_a_blocked_index(cluster, program, f"logs-block-{name}")


def stores_a_copy_once(cluster: Cluster, program: Program, stream: str) -> list[Check]:
    """Events sent twice stand once, and the second time counts as delivered."""
    case = cluster.case(program, stream)
    events = make_events(300)

    first = program.ship(events, case.env)
    second = program.ship(events, case.env)

    difference = compare(events, case.read(events))
    delivered = [shipment.report["delivered"] for shipment in (first, second)]
    return [
        Check(
            cluster.provider,
            "events sent twice are stored once; 409 counts as delivered",
            difference.empty and delivered == [300, 300],
            f"{difference}; delivered {delivered[0]} and {delivered[1]}",
        )
    ]


def keeps_refused_documents_apart(cluster: Cluster, program: Program, stream: str) -> list[Check]:
    """Two documents with a field of another type are dead-lettered; the rest is stored."""
    case = cluster.case(program, stream)
    events = make_events(200)
    odd = [make_event(9_000 + number, now(), "ERROR", f"odd {number}") for number in (1, 2)]
    for event in odd:
        event["data"]["index"] = "no number"

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dead-letters.ndjson"
        mixed = [*events[:90], odd[0], *events[90:150], odd[1], *events[150:]]
        shipment = program.ship(mixed, case.setting(dead_letter_path=str(path)))
        kept = path.read_text() if path.exists() else ""
    difference = compare(events, case.read(events))
    report = shipment.report
    both = all(message_id(event) in kept for event in odd) and len(kept.splitlines()) == 2
    return [
        Check(
            cluster.provider,
            "two documents of the wrong type are dead-lettered, those beside them stored",
            difference.empty and both and report["delivered"] == 200 and report["dead_lettered"] == 2,
            f"{difference}; {report['delivered']} delivered, {report['dead_lettered']} dead-lettered in {report['requests']} requests",
        )
    ]


def now() -> datetime:
    """This moment."""
    return datetime.now(timezone.utc)


def halves_what_is_too_large(cluster: Cluster, program: Program, stream: str) -> list[Check]:
    """The server takes 1 MB a request; the sink's own limit is far above."""
    case = cluster.case(program, stream)
    events = make_events(3_000)

    shipment = program.ship(events, case.setting(batch_size="3000", batch_timeout_seconds="5"))

    difference = compare(events, case.read(events))
    report = shipment.report
    return [
        Check(
            cluster.provider,
            "requests above the server's 1 MB are halved after 413",
            difference.empty and report["delivered"] == 3_000 and report["splits"] > 0,
            f"{difference}; {report['splits']} splits, {report['requests']} requests",
        )
    ]


def waits_for_a_blocked_index(cluster: Cluster, program: Program, stream: str) -> list[Check]:
    """A full disk blocks an index: every document is answered 429, waits, and is stored afterwards."""
    case = cluster.case(program, stream)
    events = make_events(200)
    program.ship(events[:1], case.env)
    block = {"index.blocks.read_only_allow_delete": True}
    cluster.call("PUT", f"/{stream}/_settings", block)

    process = program.start(case.setting(retry_max_delay="1"))
    started = time.monotonic()
    feed = process.stdin
    if feed is None:
        raise PeerError("the program has no standard input")
    feed.write(ndjson(events[1:]))
    feed.flush()
    time.sleep(3)
    stored_meanwhile = len(case.read(events))
    cluster.call("PUT", f"/{stream}/_settings", {"index.blocks.read_only_allow_delete": None})
    shipment = program.finish(process, started, b"")

    difference = compare(events, case.read(events))
    report = shipment.report
    return [
        Check(
            cluster.provider,
            "documents wait while an index is blocked (429 for each) and are stored afterwards",
            difference.empty and stored_meanwhile == 1 and report["delivered"] == 199 and report["retries"] > 0,
            f"{difference}; {report['retries']} retries",
        )
    ]
