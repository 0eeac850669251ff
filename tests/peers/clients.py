"""
The vendors' own clients against this project's stand-in: what they send must be taken, every record of it.

The other way round of all other peers: it is the stand-in that is checked, so that it is no mirror of our own
mistakes.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import sinks
from common import CACHE, HERE, LOGS, Check, PeerError, http, virtual_environment

TITLE = "vendors' own clients, against the stand-in"
WANTED: list = []
REQUIREMENTS = HERE / "vendor" / "requirements.txt"
VENV = "clients-venv"


@dataclass(frozen=True)
class Client:
    """One client: the provider it speaks to, and the package that is the vendor's."""

    script: str
    package: str
    provider: str
    spec: str = ""
    # Records that the client sends of its own accord.
    of_its_own: int = 0


CLIENTS = [
    Client("cloudwatch_boto3", "boto3", "cloudwatch"),
    Client("gcp_logging_google", "google-cloud-logging", "gcp_logging", of_its_own=1),
    Client("azure_monitor_ingestion", "azure-monitor-ingestion", "azure_monitor"),
    Client("elasticsearch_py", "elasticsearch", "elasticsearch"),
    Client("opensearch_py", "opensearch-py", "opensearch"),
    Client("otlp_json", "opentelemetry-exporter-otlp-json-http", "otlp"),
    Client("otlp_protobuf", "opentelemetry-exporter-otlp-proto-http", "otlp_protobuf"),
    Client("datadog_client", "datadog-api-client", "datadog"),
    Client("splunk_handler_py", "splunk-handler", "splunk_hec"),
]


def install() -> str:
    """Install the clients; that they are pinned one by one stands in each row."""
    virtual_environment(VENV, REQUIREMENTS)
    return "versions in the rows"


def run(events: int) -> Iterator[Check]:
    """Each client sends to a stand-in of its own."""
    tool = sinks.tool()
    for client in CLIENTS:
        yield takes_everything(tool, client, events)


def takes_everything(tool: str, client: Client, count: int) -> Check:
    """Every request is taken, and every record is there."""
    with stand_in(tool, client) as url:
        python = CACHE / VENV / "bin" / "python"
        command = [str(python), str(HERE / "vendor" / f"{client.script}.py"), url, str(count)]
        clean = {key: os.environ[key] for key in sinks.KEPT if key in os.environ}
        done = subprocess.run(command, env=clean, capture_output=True, timeout=600, check=False)
        (LOGS / f"{client.script}.log").write_bytes(done.stdout + done.stderr)
        stats = json.loads(http(f"{url}/__mock/stats")[1])
        requests = [json.loads(line) for line in http(f"{url}/__mock/requests")[1].split(b"\n") if line]
    stored = stats["stored"] - client.of_its_own
    # What the client is refused on purpose, it expects and says.
    unexpected = [seen["problem"] for seen in requests if seen["problem"]] if done.returncode else []
    found = f"{stored:,} of {count:,} stored in {stats['requests']} requests"
    if done.returncode != 0:
        last = (done.stderr.decode(errors="replace").strip().splitlines() or ["nothing"])[-1]
        found += f"; the client fails: {last[:200]}; the stand-in: {(unexpected or ['nothing'])[0]}"
    what = f"{client.package} {pinned(client.package)} is understood, record by record"
    return Check(client.provider, what, done.returncode == 0 and stored == count, found, client.package)


def pinned(package: str) -> str:
    """The version that the requirements ask for."""
    for line in REQUIREMENTS.read_text().splitlines():
        name, found, version = line.partition("==")
        if found and name.strip() == package:
            return version.split()[0].rstrip("\\").strip()
    raise PeerError(f"{package} is not in {REQUIREMENTS.name}")


@contextlib.contextmanager
def stand_in(tool: str, client: Client) -> Iterator[str]:
    """A stand-in that is gone afterwards; its address."""
    source = ["--spec", str(sinks.ROOT / client.spec)] if client.spec else ["--provider", client.provider]
    command = [tool, "--color", "never", "mock", "--any-client", *source]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, start_new_session=True)
    guard = threading.Timer(900, process.kill)
    guard.start()
    try:
        if process.stdout is None:
            raise PeerError("the stand-in has no output")
        first = process.stdout.readline().decode()
        if " on http" not in first:
            raise PeerError(f"the stand-in says no address: {first!r}")
        # Read on, so that it never waits for a reader.
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield first.split(" on ")[1].split(",")[0]
    finally:
        guard.cancel()
        process.terminate()
        process.wait(20)
