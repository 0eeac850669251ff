"""
The OpenTelemetry Collector: OTLP's reference receiver, and receivers for Splunk's and Datadog's protocols
that other people wrote. What arrived is read from its file exporter.

Its Datadog receiver forgets attributes it does not know, so there the id is looked for in the message.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

from checks import Case, refuses_wrong_credentials, ships_everything
from common import CACHE, Check, Server, data_folder, free_port, go_build, http, of_sink
from events import Stored, compare, make_events, message_id
from sinks import Program, Wanted, programs

TITLE = "OpenTelemetry Collector"
MODULE = "go.opentelemetry.io/collector/otelcol"
CHANNEL = "0d20c1de-6f0e-4d61-9a3f-0c9a51f5a001"
WANTED = [
    Wanted("otlp"),
    Wanted("otlp_protobuf"),
    Wanted("splunk_hec"),
    Wanted("datadog"),
]

CONFIG = """\
extensions:
  ack: {{}}
  bearertokenauth: {{scheme: Splunk, token: example-token}}
receivers:
  otlp: {{protocols: {{http: {{endpoint: "127.0.0.1:{otlp}"}}}}}}
  splunk_hec: {{endpoint: "127.0.0.1:{hec}", ack: {{extension: ack}}, auth: {{authenticator: bearertokenauth}}}}
  datadog: {{endpoint: "127.0.0.1:{datadog}"}}
exporters:
  file: {{path: "{file}", flush_interval: 50ms}}
service:
  extensions: [ack, bearertokenauth]
  telemetry: {{metrics: {{level: none}}, logs: {{level: warn}}}}
  pipelines:
    logs: {{receivers: [otlp, splunk_hec, datadog], exporters: [file]}}
"""


def install() -> str:
    """Build it once; the version, as pinned in go.mod."""
    return go_build("otelcol", ".", MODULE, "about four minutes")


def run(events: int) -> Iterator[Check]:
    """All checks for each provider and language, each with a collector of its own."""
    for wanted in WANTED:
        for sink, program in programs(wanted).items():
            with collector() as (urls, read):
                yield from of_sink(sink, list(CHECKS[wanted.provider](program, urls, read, events)))


@contextlib.contextmanager
def collector() -> Iterator[tuple[dict[str, str], object]]:
    """A collector with nothing in it: the address of each receiver, and what reads its file."""
    ports = {name: free_port() for name in ("otlp", "hec", "datadog")}
    with data_folder("otelcol") as data:
        file = data / "logs.jsonl"
        config = data / "config.yaml"
        config.write_text(CONFIG.format(**ports, file=file))
        urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
        command = [str(CACHE / "bin" / "otelcol"), f"--config={config}"]
        with Server("otelcol", command, f"{urls['otlp']}/v1/logs"):
            yield urls, Reader(file)


class Reader:
    """Reads the file of the exporter, which is written some milliseconds after the answer."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def records(self, at_least: int) -> list[dict]:
        """Log records, once so many are there, or what is there after half a minute."""
        deadline = time.monotonic() + 30
        while True:
            text = self.file.read_text() if self.file.exists() else ""
            complete = text[: text.rfind("\n") + 1]
            found = [
                {**record, "resource": plain_map(resource["resource"].get("attributes", []))}
                for line in complete.split("\n")[:-1]
                for resource in json.loads(line)["resourceLogs"]
                for scope in resource["scopeLogs"]
                for record in scope["logRecords"]
            ]
            if len(found) >= at_least or time.monotonic() > deadline:
                return found
            time.sleep(0.05)


def plain_map(attributes: list[dict]) -> dict:
    """Attributes as an ordinary object."""
    return {each["key"]: plain(each.get("value", {})) for each in attributes}


def plain(value: dict) -> object:
    """One value of OTLP as an ordinary one."""
    if "kvlistValue" in value:
        return plain_map(value["kvlistValue"].get("values", []))
    if "arrayValue" in value:
        return [plain(each) for each in value["arrayValue"].get("values", [])]
    if "intValue" in value:
        return int(value["intValue"])
    return next(iter(value.values()), None)


def otlp(program: Program, urls: dict[str, str], reader: Reader, count: int, provider: str = "otlp") -> Iterator[Check]:
    """OTLP: everything, and the answer to ids that are no ids."""
    url = {"otlp": "OTLP_SINK_URL", "otlp_protobuf": "OTEL_EXPORTER_OTLP_ENDPOINT"}[provider]

    def read(events: list[dict]) -> list[Stored]:
        found = []
        for record in reader.records(len(events)):
            attributes = plain_map(record.get("attributes", []))
            line = {**attributes, "message": plain(record["body"]), "level": record["severityText"]}
            found.append(Stored(int(record["timeUnixNano"]) // 1_000_000, line))
        return found

    case = Case(provider, program, {url: urls["otlp"]}, read)
    yield from ships_everything(case, count)
    yield odd_trace_ids(case)


def odd_trace_ids(case: Case) -> Check:
    """A trace id that is none costs the event at most, never its neighbours."""
    before = len(case.read([]))
    events = make_events(60)
    for index, odd in ODD_IDS.items():
        events[index]["context"] |= {"trace_id": odd, "span_id": odd[:16]}
    # JSON carries any text as an id, and the Collector refuses it; protobuf has no room for such.
    refused = {10, 31} if case.provider == "otlp" else set()
    good = [event for index, event in enumerate(events) if index not in refused]

    shipment = case.program.ship(events, case.env)

    difference = compare(good, case.read([{}] * (before + len(good)))[before:], case.same)
    report = shipment.report
    what = (
        "events beside two whose trace id is none are stored; those two are refused"
        if refused
        else "events whose trace id is none are stored"
    )
    return Check(
        case.provider,
        what,
        difference.empty and report["delivered"] == len(good) and shipment.unaccounted == 0,
        f"{difference}; {report['delivered']} delivered, {report['dead_lettered']} dead-lettered, dropped {report['dropped']}",
    )


ODD_IDS = {10: "no-trace", 30: "", 31: "ZZ" * 16, 50: "4bf92f3577b34da6a3ce929d0e0e4736"}


def otlp_protobuf(program: Program, urls: dict[str, str], reader: Reader, count: int) -> Iterator[Check]:
    """The same as protobuf."""
    yield from otlp(program, urls, reader, count, "otlp_protobuf")


def splunk_hec(program: Program, urls: dict[str, str], reader: Reader, count: int) -> Iterator[Check]:
    """HEC behind a token, with acknowledgement switched on: a channel is asked for, and each request is acknowledged."""

    def read(events: list[dict]) -> list[Stored]:
        # The receiver reads seconds as a floating-point number, so nanoseconds are some hundred off.
        return [
            Stored((int(record["timeUnixNano"]) + 500_000) // 1_000_000, plain(record["body"])) for record in reader.records(len(events))
        ]

    settings = {"URL": urls["hec"], "TOKEN": "example-token", "CHANNEL": CHANNEL}
    case = Case("splunk_hec", program, {f"SPLUNK_HEC_SINK_{name}": value for name, value in settings.items()}, read)
    yield refuses_wrong_credentials(case, {"SPLUNK_HEC_SINK_TOKEN": "example-wrong"}, "a wrong token")
    yield from ships_everything(case, count)
    headers = {"Authorization": "Splunk example-token", "X-Splunk-Request-Channel": CHANNEL}
    status, body = http(f"{urls['hec']}/services/collector/ack", b'{"acks":[1,2,3,4,5]}', headers)
    yield Check(
        "splunk_hec",
        "the channel's acknowledgements are there",
        status == 200 and b"true" in body,
        f"HTTP {status} {body.decode().strip()}",
    )


def datadog(program: Program, urls: dict[str, str], reader: Reader, count: int) -> Iterator[Check]:
    """Datadog's logs: time, status, message, service, host, source and tags."""
    events = make_events(count)
    for event in events:
        event["message"] = f"{message_id(event)} {event['message']}"
    env = {"DATADOG_SINK_URL": urls["datadog"], "DATADOG_SINK_API_KEY": "example-api-key", "DATADOG_SINK_TAGS": "env:prod,team:shop"}

    shipment = program.ship(events, env)

    found = []
    for record in reader.records(count):
        message = plain(record["body"])
        attributes = {**record["resource"], **plain_map(record.get("attributes", []))}
        line = {"message_id": message[:36], "message": message, **attributes}
        found.append(Stored(attributes.get("timestamp", int(record.get("timeUnixNano", 0)) // 1_000_000), line))
    difference = compare(events, found, same_datadog)
    yield Check(
        "datadog", f"{count:,} events are stored: id, time, status, message, host, service, tags", difference.empty, str(difference)
    )
    report = shipment.report
    yield Check(
        "datadog",
        "the sink's report says so",
        report["delivered"] == count and shipment.unaccounted == 0,
        f"{report['delivered']:,} delivered in {report['requests']} requests, {shipment.seconds:.1f} s",
    )


STATUS = {"WARNING": "warn", "AUDIT": "notice"}


def same_datadog(event: dict, line: dict) -> bool:
    """What the receiver keeps of an event."""
    return (
        line["message"] == event["message"]
        and line["status"] == STATUS.get(event["level"], event["level"].lower())
        and line["service"] == "shop"
        and line["hostname"] == "peer-host"
        and line["ddtags"] == "env:prod,team:shop"
    )


CHECKS = {"otlp": otlp, "otlp_protobuf": otlp_protobuf, "splunk_hec": splunk_hec, "datadog": datadog}
