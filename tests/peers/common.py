"""
What every peer needs: paths, processes that always end, events, and the generated programs.

Standard library only: the driver runs before anything is installed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CACHE = ROOT / "target" / "peers"
LOGS = CACHE / "logs"


class PeerError(Exception):
    """Something needed for the run is missing or did not start; ``hint`` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass
class Check:
    """One line of the result table."""

    peer: str
    what: str
    passed: bool
    found: str
    sink: str = ""


def require(program: str, hint: str) -> str:
    """Path of a program, or an error that says how to get it."""
    path = shutil.which(program)
    if path is None:
        raise PeerError(f"`{program}` is not installed", hint)
    return path


def run_logged(command: list[str], log_name: str, **options: object) -> None:
    """Run a build step with its output in a log file; its last lines go into the error."""
    log = LOGS / log_name
    with log.open("wb") as out:
        status = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, check=False, **options).returncode
    if status != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise PeerError(f"`{' '.join(command[:3])} …` failed with status {status}:\n{tail}", f"see {log.relative_to(ROOT)}")


def virtual_environment(name: str, requirements: Path) -> Path:
    """Folder of an environment, made once for each state of the requirements; what makes it is said."""
    folder = CACHE / name
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    marker = folder / "installed"
    if not marker.exists() or marker.read_text() != digest:
        print(f"installing {requirements.relative_to(ROOT)} (about a minute, once) …", flush=True)
        run_logged([sys.executable, "-m", "venv", "--clear", str(folder)], f"{name}-install.log")
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "-r", str(requirements)]
        run_logged(pip, f"{name}-install.log")
        marker.write_text(digest)
    return folder


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def http(url: str, data: bytes | None = None, headers: dict[str, str] | None = None, timeout: float = 30) -> tuple[int, bytes]:
    """Status and body; an error status is an answer, not an exception."""
    request = urllib.request.Request(url, data=data, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


class Server:
    """A server process that is gone when the ``with`` block is left, whatever happened in it."""

    def __init__(self, name: str, command: list[str], ready_url: str, env: dict[str, str] | None = None) -> None:
        self.name = name
        self.command = command
        self.ready_url = ready_url
        self.env = {**os.environ, **(env or {})}
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, timeout: float = 60) -> None:
        """Start and wait until it answers."""
        log = (LOGS / f"{self.name}.log").open("ab")
        # A group of its own: an interrupt at the terminal must not end the server before the
        # sink has been told.
        self.process = subprocess.Popen(
            self.command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self.env, start_new_session=True
        )
        log.close()
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise PeerError(f"{self.name} ended with status {self.process.returncode}", f"see target/peers/logs/{self.name}.log")
            with contextlib.suppress(OSError):
                if http(self.ready_url, timeout=2)[0] == 200:
                    return
            time.sleep(0.05)
        self.stop()
        raise PeerError(f"{self.name} is not ready after {timeout:.0f} s", f"see target/peers/logs/{self.name}.log")

    def stop(self, force: bool = False) -> None:
        """End it: politely first unless ``force``."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGKILL if force else signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Shipment:
    """What one run of a generated program said about itself."""

    report: dict
    seconds: float
    stderr: str

    @property
    def unaccounted(self) -> int:
        """Accepted events that no counter explains; 0 unless the runtime is wrong."""
        report = self.report
        dropped = report.get("dropped", {})
        dropped = sum(dropped.values()) if isinstance(dropped, dict) else dropped
        return report["accepted"] - report["delivered"] - report["dead_lettered"] - dropped - report["pending"]


class Program:
    """An example program of a generated sink: NDJSON in, a report on the last line out."""

    def __init__(self, example: str, command: list[str], env: dict[str, str] | None = None) -> None:
        self.example = example
        self.command = command
        self.env = env or {}

    def start(self, env: dict[str, str]) -> subprocess.Popen[bytes]:
        """Start it with nothing of this machine's own cloud settings in its environment."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "LOKI_", "CLOUDWATCH_"))}
        return subprocess.Popen(
            self.command,
            env={**clean, **self.env, **env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def ship(self, events: list[dict], env: dict[str, str], timeout: float = 180) -> Shipment:
        """Feed all events at once and wait for the report."""
        process = self.start(env)
        started = time.monotonic()
        return self.finish(process, started, ndjson(events), timeout)

    def finish(self, process: subprocess.Popen[bytes], started: float, rest: bytes, timeout: float = 180) -> Shipment:
        """Feed the rest, close standard input, read the report."""
        try:
            out, err = process.communicate(rest, timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise PeerError(f"`{self.example}` did not end within {timeout:.0f} s") from None
        seconds = time.monotonic() - started
        stderr = err.decode(errors="replace")
        try:
            report = json.loads(out.splitlines()[-1])
        except (IndexError, ValueError):
            raise PeerError(f"`{self.example}` ended with status {process.returncode} and no report:\n{stderr}") from None
        return Shipment(report, seconds, stderr)


def programs(example: str) -> dict[str, Program]:
    """The example in each language, ready to run."""
    python = virtual_environment("sinks-venv", ROOT / "tests" / "python" / "requirements.txt") / "bin" / "python"
    package = ROOT / "generated" / "python"
    script = [str(python), str(package / "examples" / f"{example}.py")]
    return {
        "Rust": Program(example, [build(example)]),
        "Python": Program(example, script, {"PYTHONPATH": str(package)}),
    }


def build(example: str) -> str:
    """Path of the built example of the generated crate."""
    cargo = require("cargo", "install Rust from https://rustup.rs")
    command = [cargo, "build", "--quiet", "-p", "cloud-sinks", "--example", example, "--message-format=json"]
    built = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False)
    if built.returncode != 0:
        raise PeerError(f"cargo could not build the example `{example}`")
    for line in built.stdout.splitlines():
        message = json.loads(line)
        if message.get("executable") and message.get("target", {}).get("name") == example:
            return message["executable"]
    raise PeerError(f"cargo built no program for the example `{example}`")


def of_sink(sink: str, checks: list[Check]) -> list[Check]:
    """The checks, with the language of the sink they are about."""
    for check in checks:
        check.sink = sink
    return checks


def ndjson(events: list[dict]) -> bytes:
    """One event a line."""
    return b"".join(json.dumps(event, ensure_ascii=False).encode() + b"\n" for event in events)


LEVELS = ["DEBUG", "INFO", "INFO", "INFO", "WARNING", "ERROR", "CRITICAL", "AUDIT"]
MESSAGES = [
    "request served",
    "tab\tquote\" backslash\\ slash/",
    "line one\nline two\r\nline three",
    "naïve café – 東京 – 🦀",
    "control \u0001 and separator \u2028",
    "",
    "{\"looks\": \"like json\"}",
]


def make_events(count: int, spacing_ms: int = 40, seed: int = 7) -> list[dict]:
    """
    Entries as fapilog writes them, the newest some seconds ago.

    Neighbours are swapped here and there: applications with threads write so.
    """
    rng = random.Random(seed)
    first = datetime.now(timezone.utc) - timedelta(milliseconds=spacing_ms * count + 2000)
    events = []
    for index in range(count):
        moment = first + timedelta(milliseconds=spacing_ms * index)
        events.append(make_event(index, moment, rng.choice(LEVELS), rng.choice(MESSAGES)))
    for index in range(0, count - 1, 17):
        events[index], events[index + 1] = events[index + 1], events[index]
    return events


def make_event(index: int, moment: datetime, level: str, message: str) -> dict:
    """One entry."""
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    return {
        "timestamp": stamp,
        "level": level,
        "message": message,
        "logger": f"shop.module{index % 5}",
        "context": {"message_id": str(uuid.uuid4()), "correlation_id": None, "request_id": f"req-{index // 4}"},
        "diagnostics": {"origin": "native", "service": "shop", "env": "test", "host": "peer-host", "pid": 4711},
        "data": {"index": index, "order": {"id": index * 3, "items": [1, None, "x"]}, "price": 12.5, "paid": index % 2 == 0},
    }


def message_id(event: dict) -> str:
    """The identifier events are compared by."""
    return event["context"]["message_id"]


def millis(event: dict) -> int:
    """The event's own time, milliseconds since 1970."""
    moment = datetime.strptime(event["timestamp"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    return round((moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) / timedelta(milliseconds=1))


@dataclass
class Stored:
    """One event as the server gave it back."""

    millis: int
    line: dict


@dataclass
class Difference:
    """How what came back differs from what went in."""

    expected: int
    missing: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    duplicates: int = 0
    wrong_time: list[str] = field(default_factory=list)
    wrong_content: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Nothing is different."""
        return not (self.missing or self.foreign or self.duplicates or self.wrong_time or self.wrong_content)

    def __str__(self) -> str:
        if self.empty:
            return f"{self.expected:,} of {self.expected:,} ids, once each, times and content equal"
        parts = [f"{self.expected - len(self.missing):,} of {self.expected:,} ids"]
        for name in ("missing", "foreign", "wrong_time", "wrong_content"):
            found = getattr(self, name)
            if found:
                parts.append(f"{len(found)} {name.replace('_', ' ')} (first: {found[0]})")
        if self.duplicates:
            parts.append(f"{self.duplicates} duplicates")
        return ", ".join(parts)


def compare(events: list[dict], stored: list[Stored]) -> Difference:
    """Id by id: present, once, with its own time, and with all that was logged."""
    difference = Difference(len(events))
    found: dict[str, Stored] = {}
    counts: Counter[str] = Counter()
    for item in stored:
        identifier = item.line.get("context", {}).get("message_id") or item.line.get("message_id", "no id")
        counts[identifier] += 1
        found[identifier] = item
    difference.duplicates = sum(count - 1 for count in counts.values())
    for event in events:
        identifier = message_id(event)
        item = found.pop(identifier, None)
        if item is None:
            difference.missing.append(identifier)
            continue
        if item.millis != millis(event):
            difference.wrong_time.append(identifier)
        if not same_content(event, item.line):
            difference.wrong_content.append(identifier)
    difference.foreign.extend(found)
    return difference


def same_content(event: dict, line: dict) -> bool:
    """Message, level and every field of ``data`` are there, nested or at the top."""
    data = line.get("data", line)
    return (
        line.get("message") == event["message"]
        and str(line.get("level", "")).lower() == event["level"].lower()
        and all(data.get(key) == value for key, value in event["data"].items())
    )
