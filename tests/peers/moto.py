"""
moto's CloudWatch Logs, SQS and Firehose: independent implementations that check order and, when told to, signatures.

It knows no limits, no throttling and no retention, and its rejectedLogEventsInfo is wrong, so
nothing of that is asked of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from collections.abc import Iterator

from checks import Case, refuses_wrong_credentials, ships_everything
from common import CACHE, HERE, ROOT, Check, PeerError, Server, free_port, http, of_sink, virtual_environment
from events import Stored, compare, make_events, millis_of
from sinks import Program, Wanted, programs

TITLE = "moto"
# SQS and Firehose as soon as there are such providers.
WANTED = [Wanted(name) for name in ("cloudwatch", "sqs", "firehose") if (ROOT / "providers" / f"{name}.yaml").exists()]
VENV = CACHE / "venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = HERE / "requirements.txt"
KEYS = {"AWS_ACCESS_KEY_ID": "example-id", "AWS_SECRET_ACCESS_KEY": "example-secret"}


def install() -> str:
    """Install moto; its version."""
    virtual_environment(VENV.name, REQUIREMENTS)
    return next(line.split("==")[1].strip() for line in REQUIREMENTS.read_text().splitlines() if line.startswith("moto"))


def run(events: int) -> Iterator[Check]:
    """All checks for each provider and language, against a moto of its own."""
    for wanted in WANTED:
        for sink, program in programs(wanted).items():
            port = free_port()
            url = f"http://127.0.0.1:{port}"
            command = [str(PYTHON), str(VENV / "bin" / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
            with Server("moto", command, f"{url}/moto-api/"):
                if wanted.provider == "cloudwatch":
                    yield from of_sink(sink, makes_and_fills_a_group(program, url, events))
                    # Last: from here on moto wants a valid signature on every request.
                    yield from of_sink(sink, signs_its_requests(program, url))
                else:
                    yield from of_sink(sink, fills_signed(wanted.provider, program, url, events))


def fills_signed(provider: str, program: Program, url: str, count: int) -> list[Check]:
    """A queue or a stream is filled by requests whose signatures moto checks; a wrong secret fills nothing."""
    name = f"peers-{uuid.uuid4().hex[:12]}"
    keys = reader(url, KEYS, "user", name)["keys"]
    check_signatures(url)
    env = {**keys, "AWS_REGION": "eu-central-1", "AWS_EC2_METADATA_DISABLED": "true"}
    if provider == "sqs":
        place = reader(url, keys, "queue", name)["url"]
        env |= {"SQS_SINK_URL": url, "SQS_SINK_QUEUE_URL": place}
        action = "messages"
    else:
        reader(url, keys, "stream", name)
        place, action = name, "objects"
        env |= {"FIREHOSE_SINK_URL": url, "FIREHOSE_SINK_STREAM": name}

    def read(_events: list[dict]) -> list[Stored]:
        lines = [json.loads(line) for line in reader(url, keys, action, place)["lines"]]
        return [Stored(millis_of(line["timestamp"]), line) for line in lines]

    case = Case(provider, program, env, read)
    # Ten messages a request, and half a second for each where signatures are checked.
    count = min(count, 300) if provider == "sqs" else count
    wrong = refuses_wrong_credentials(case, {"AWS_SECRET_ACCESS_KEY": "example-wrong-secret"}, "a wrong secret")
    return [wrong, *ships_everything(case, count)]


def check_signatures(url: str) -> None:
    """Every request from now on must be signed by a key that moto knows."""
    status, _ = http(f"{url}/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"})
    if status != 200:
        raise PeerError(f"moto does not switch its signature check on: HTTP {status}")


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


def makes_and_fills_a_group(program: Program, url: str, count: int) -> list[Check]:
    """Group, retention and stream come to be, and every event arrives once with its own time."""
    group = f"/peers/{uuid.uuid4().hex[:12]}"
    case = Case("cloudwatch", program, environment(url, group, KEYS), lambda _events: stored(reader(url, KEYS, "read", group)))

    checks = ships_everything(case, count)

    made = reader(url, KEYS, "read", group)
    found = f"retention {made['retention']} days, streams {', '.join(made['streams'])}"
    is_made = made["retention"] == 30 and made["streams"] == ["peer-1"]
    return [*checks, Check("cloudwatch", "group, retention and stream were created", is_made, found)]


def stored(group: dict) -> list[Stored]:
    """The events of a group."""
    return [Stored(event["timestamp"], json.loads(event["message"])) for event in group["events"]]


def signs_its_requests(program: Program, url: str) -> list[Check]:
    """With signatures checked, the right key delivers, and a wrong secret stores nothing."""
    group = f"/peers/{uuid.uuid4().hex[:12]}"
    keys = reader(url, KEYS, "user", group)["keys"]
    check_signatures(url)
    events = make_events(100)

    right = program.ship(events, environment(url, group, keys))
    difference = compare(events, stored(reader(url, keys, "read", group)))

    stolen = {**keys, "AWS_SECRET_ACCESS_KEY": "example-wrong-secret"}
    wrong = program.ship(make_events(10), environment(url, group, stolen))
    after = reader(url, keys, "read", group)
    return [
        Check(
            "cloudwatch",
            "signatures pass moto's SigV4 check",
            difference.empty and right.report["delivered"] == 100,
            str(difference),
        ),
        Check(
            "cloudwatch",
            "a wrong secret delivers nothing and loses no count",
            wrong.report["delivered"] == 0 and wrong.unaccounted == 0 and len(after["events"]) == 100,
            f"0 delivered, dropped: {json.dumps(wrong.report['dropped'])}",
        ),
    ]


def reader(url: str, keys: dict[str, str], *arguments: str) -> dict:
    """What boto3 says, from the virtual environment it is installed in."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    env = {**clean, **keys, "AWS_DEFAULT_REGION": "eu-central-1", "AWS_EC2_METADATA_DISABLED": "true"}
    command = [str(PYTHON), str(HERE / "aws_reader.py"), url, *arguments]
    done = subprocess.run(command, env=env, capture_output=True, check=False)
    if done.returncode != 0:
        raise PeerError(f"boto3 failed:\n{done.stderr.decode(errors='replace')}")
    return json.loads(done.stdout)
