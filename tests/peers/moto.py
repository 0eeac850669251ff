"""
moto's CloudWatch Logs: an independent implementation that checks order and, when told to, signatures.

It knows no limits, no throttling and no retention, and its rejectedLogEventsInfo is wrong, so
nothing of that is asked of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import uuid

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
    make_events,
    of_sink,
    programs,
    virtual_environment,
)

PEER = "moto (CloudWatch Logs)"
VENV = CACHE / "venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = HERE / "requirements.txt"
KEYS = {"AWS_ACCESS_KEY_ID": "example-id", "AWS_SECRET_ACCESS_KEY": "example-secret"}


def install() -> str:
    """Install moto; its version."""
    virtual_environment(VENV.name, REQUIREMENTS)
    wanted = [line.strip() for line in REQUIREMENTS.read_text().splitlines() if "==" in line]
    return ", ".join(line.replace("[server]", "").replace("==", " ") for line in wanted)


def run(events: int) -> list[Check]:
    """All checks for each language, against a moto of its own."""
    checks = []
    for sink, program in programs("cloudwatch_ndjson").items():
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        command = [str(PYTHON), str(VENV / "bin" / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
        with Server("moto", command, f"{url}/moto-api/"):
            checks += of_sink(sink, ships_everything(program, url, events))
            # Last: from here on moto wants a valid signature on every request.
            checks += of_sink(sink, signs_its_requests(program, url))
    return checks


def environment(url: str, group: str, keys: dict[str, str]) -> dict[str, str]:
    """Settings of the sink: its own, and what the AWS SDK reads."""
    return {
        **keys,
        "AWS_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "CLOUDWATCH_SINK_ENDPOINT_URL": url,
        "CLOUDWATCH_SINK_LOG_GROUP": group,
        "CLOUDWATCH_SINK_LOG_STREAM": "peer-1",
        "CLOUDWATCH_SINK_RETENTION_DAYS": "30",
    }


def ships_everything(program: Program, url: str, count: int) -> list[Check]:
    """Group, retention and stream come to be, and every event arrives once with its own time."""
    group = f"/peers/{uuid.uuid4().hex[:12]}"
    events = make_events(count)

    shipment = program.ship(events, environment(url, group, KEYS))

    stored = reader(url, KEYS, "read", group)
    difference = compare(events, [Stored(event["timestamp"], json.loads(event["message"])) for event in stored["events"]])
    return [
        Check(PEER, f"{count:,} events are stored as written", difference.empty, str(difference)),
        Check(
            PEER,
            "the sink's report says so",
            shipment.report["delivered"] == count and shipment.unaccounted == 0,
            f"{shipment.report['delivered']:,} delivered in {shipment.report['requests']} requests, {shipment.seconds:.1f} s",
        ),
        Check(
            PEER,
            "group, retention and stream were created",
            stored["retention"] == 30 and stored["streams"] == ["peer-1"],
            f"retention {stored['retention']} days, streams {', '.join(stored['streams'])}",
        ),
    ]


def signs_its_requests(program: Program, url: str) -> list[Check]:
    """With signatures checked, the right key delivers, and a wrong secret stores nothing."""
    group = f"/peers/{uuid.uuid4().hex[:12]}"
    keys = reader(url, KEYS, "user", group)["keys"]
    status, _ = http(f"{url}/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"})
    if status != 200:
        raise PeerError(f"moto does not switch its signature check on: HTTP {status}")
    events = make_events(100)

    right = program.ship(events, environment(url, group, keys))
    stored = reader(url, keys, "read", group)
    difference = compare(events, [Stored(event["timestamp"], json.loads(event["message"])) for event in stored["events"]])

    stolen = {**keys, "AWS_SECRET_ACCESS_KEY": "example-wrong-secret"}
    wrong = program.ship(make_events(10), environment(url, group, stolen))
    after = reader(url, keys, "read", group)
    return [
        Check(
            PEER,
            "signatures pass moto's SigV4 check",
            difference.empty and right.report["delivered"] == 100,
            str(difference),
        ),
        Check(
            PEER,
            "a wrong secret delivers nothing and loses no count",
            wrong.report["delivered"] == 0 and wrong.unaccounted == 0 and len(after["events"]) == 100,
            f"0 delivered, dropped: {json.dumps(wrong.report['dropped'])}",
        ),
    ]


def reader(url: str, keys: dict[str, str], *arguments: str) -> dict:
    """What boto3 says, from the virtual environment it is installed in."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    env = {**clean, **keys, "AWS_DEFAULT_REGION": "eu-central-1", "AWS_EC2_METADATA_DISABLED": "true"}
    command = [str(PYTHON), str(HERE / "cloudwatch_reader.py"), url, *arguments]
    done = subprocess.run(command, env=env, capture_output=True, check=False)
    if done.returncode != 0:
        raise PeerError(f"boto3 failed:\n{done.stderr.decode(errors='replace')}")
    return json.loads(done.stdout)
