"""
VictoriaLogs: itself, and an independent reader of what the sinks of other providers send.

It says 200 to lines that it skips, so nothing here rests on an answer: all is read back. It knows neither
the limits nor the refusals of the protocols it imitates, and nothing of that is asked of it. Datadog's is
left out: VictoriaLogs refuses every attribute that is no text, which Datadog itself takes.
"""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from checks import Case, refuses_wrong_credentials, ships_everything, survives_an_outage
from common import CACHE, Check, PeerError, Server, data_folder, free_port, go_build, http, of_sink
from events import Stored, make_event, make_events, millis_of
from sinks import Program, Wanted, programs

TITLE = "VictoriaLogs"
MODULE = "github.com/VictoriaMetrics/VictoriaLogs"
PASSWORD = "example-password"


@dataclass(frozen=True)
class Reading:
    """How one protocol's sink is told to send here, and the names its events are stored under."""

    settings: dict[str, str]
    time: str = "_time"
    message: str = "_msg"
    level: str = "level"
    id: str = "context.message_id"
    data: str = ""


def readings(url: str) -> dict[str, Reading]:
    """Every provider that VictoriaLogs reads."""
    bulk = {"time": "@timestamp", "message": "message", "level": "log.level", "id": "fapilog.context.message_id", "data": "fapilog.data."}
    return {
        "victorialogs": Reading({"VICTORIALOGS_SINK_URL": url}),
        "loki": Reading({"LOKI_SINK_URL": f"{url}/insert"}, message="message", data="data."),
        "elasticsearch": Reading({"ELASTICSEARCH_SINK_URL": f"{url}/insert/elasticsearch"}, **bulk),
        "opensearch": Reading({"OPENSEARCH_SINK_URL": f"{url}/insert/elasticsearch"}, **bulk),
        "splunk_hec": Reading(
            {"SPLUNK_HEC_SINK_URL": url, "SPLUNK_HEC_SINK_TOKEN": "example-token"},
            level="event.level",
            id="event.context.message_id",
            data="event.",
        ),
        "otlp_protobuf": Reading({"OTEL_EXPORTER_OTLP_ENDPOINT": f"{url}/insert/opentelemetry"}, level="severity_text", id="message_id"),
    }


# `otlp` speaks JSON, which VictoriaLogs does not read.
WANTED = [Wanted(provider) for provider in readings("")]


def install() -> str:
    """Build it once; the version, as pinned in go.mod."""
    return go_build("victorialogs", f"{MODULE}/app/victoria-logs", MODULE, "about two minutes")


def run(events: int) -> Iterator[Check]:
    """All checks for each provider and language, each with a server of its own."""
    for wanted in WANTED:
        for sink, program in programs(wanted).items():
            with server() as (process, url):
                case = make_case(wanted.provider, program, url)
                yield from of_sink(sink, ships_everything(case, events))
                if wanted.provider == "victorialogs":
                    yield from of_sink(sink, keeps_what_would_be_skipped(case, url))
            if wanted.provider == "victorialogs":
                with server() as (process, url):
                    # Told to end, not killed: what it confirmed in its last seconds is in memory only.
                    yield from of_sink(sink, survives_an_outage(make_case(wanted.provider, program, url), process, killed=False))
                with server("-httpAuth.username=peer", f"-httpAuth.password={PASSWORD}") as (process, url):
                    case = make_case(wanted.provider, program, url)
                    case.env |= {"VICTORIALOGS_SINK_USERNAME": "peer", "VICTORIALOGS_SINK_PASSWORD": PASSWORD}
                    wrong = {"VICTORIALOGS_SINK_PASSWORD": "example-wrong"}
                    yield from of_sink(sink, [refuses_wrong_credentials(case, wrong, "a wrong password")])


@contextlib.contextmanager
def server(*flags: str) -> Iterator[tuple[Server, str]]:
    """A VictoriaLogs with a month of retention and nothing in it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    binary = str(CACHE / "bin" / "victorialogs")
    with data_folder("victorialogs") as data:
        command = [binary, f"-storageDataPath={data}", f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=30d", *flags]
        with Server("victorialogs", command, f"{url}/health") as process:
            yield process, url


def make_case(provider: str, program: Program, url: str) -> Case:
    """The provider's sink against this server."""
    reading = readings(url)[provider]
    return Case(provider, program, reading.settings, lambda _events: read_back(url, reading), same_flat)


def read_back(url: str, reading: Reading) -> list[Stored]:
    """All that is stored, under the names that the comparison knows."""
    credentials = base64.b64encode(f"peer:{PASSWORD}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}"}
    status, _ = http(f"{url}/internal/force_flush", headers=headers)
    if status != 200:
        raise PeerError(f"VictoriaLogs does not flush: HTTP {status}")
    status, body = http(f"{url}/select/logsql/query", b"query=*", headers, timeout=120)
    if status != 200:
        raise PeerError(f"VictoriaLogs answers a query with HTTP {status}: {body[:300].decode(errors='replace')}")
    return [stored(json.loads(line), reading) for line in body.splitlines()]


def stored(row: dict[str, str], reading: Reading) -> Stored:
    """One row. An empty message is stored as none at all, in words of the server's own."""
    message = row.get(reading.message, "")
    line = {
        "message": "" if message.startswith("missing _msg field") else message,
        "message_id": row.get(reading.id, "no id"),
        "level": row.get(reading.level, ""),
        "data": {name.removeprefix(reading.data): value for name, value in row.items() if name.startswith(reading.data)},
    }
    return Stored(millis_of(row[reading.time]), line)


def same_flat(event: dict, line: dict) -> bool:
    """Message, level and every field of ``data``: as text, by dotted name."""
    return (
        line["message"] == event["message"]
        and line["level"].lower() == event["level"].lower()
        and all(line["data"].get(name) == value for name, value in flat(event["data"]).items())
    )


def flat(data: dict, prefix: str = "") -> dict[str, str]:
    """Texts by dotted name; a list is one text."""
    found = {}
    for name, value in data.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{name}.")
        else:
            text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
            found[f"{prefix}{name}"] = text
    return found


def keeps_what_would_be_skipped(case: Case, url: str) -> list[Check]:
    """An event older than the sink's limit is not sent, and a long one is cut: the server skips nothing."""
    before = len(case.read([]))
    now = datetime.now(timezone.utc)
    good = make_events(50)
    too_old = make_event(9_001, now - timedelta(days=40), "ERROR", "forty days late")
    too_long = make_event(9_002, now, "ERROR", "x" * 400_000)

    shipment = case.program.ship([*good[:20], too_old, too_long, *good[20:]], case.env)

    report = shipment.report
    rows = case.read([])[before:]
    counters = http(f"{url}/metrics")[1].decode().splitlines()
    skipped = [
        line
        for line in counters
        if line.startswith(("vl_rows_dropped_total", "vl_too_long_lines_skipped_total")) and not line.endswith(" 0")
    ]
    return [
        Check(
            case.provider,
            "a line that is too long is cut and one that is too old is kept back: the server skips none",
            report["delivered"] == 51 and shipment.dropped + report["dead_lettered"] == 1 and len(rows) == 51 and not skipped,
            f"{report['delivered']} delivered, dropped {report['dropped']}, {len(rows)} stored, skipped by the server: {skipped or 'none'}",
        )
    ]
