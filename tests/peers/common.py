"""
What every peer needs: paths, build steps, and server processes that always end.

Standard library only: the driver runs before anything is installed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
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


class NotRun(Exception):
    """A peer that cannot be had on this machine; the reason stands in the result table."""


@dataclass
class Check:
    """One line of the result table."""

    provider: str
    what: str
    passed: bool
    found: str
    sink: str = ""


def of_sink(sink: str, checks: list[Check]) -> list[Check]:
    """The checks, with the language of the sink they are about."""
    for check in checks:
        check.sink = sink
    return checks


def require(program: str, hint: str) -> str:
    """Path of a program, or why the peer is not run."""
    path = shutil.which(program)
    if path is None:
        raise NotRun(f"`{program}` is not installed; {hint}")
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


def go_build(name: str, package: str, module: str, how_long: str) -> str:
    """Build a server from the wrapper module ``NAME-server`` once; its version, as pinned in go.mod."""
    source = HERE / f"{name}-server"
    binary = CACHE / "bin" / name
    pins = [line.removeprefix("require").split() for line in (source / "go.mod").read_text().splitlines()]
    version = next(pin[1] for pin in pins if pin[:1] == [module])
    if not binary.exists():
        go = require("go", "Go 1.26 or newer builds it")
        print(f"building {name} {version} ({how_long}, once) …", flush=True)
        unfinished = binary.with_suffix(".part")
        binary.parent.mkdir(parents=True, exist_ok=True)
        run_logged(
            [go, "build", "-trimpath", "-ldflags=-s -w", "-o", str(unfinished), package],
            f"{name}-build.log",
            cwd=source,
            env={**os.environ, "GOFLAGS": "-p=2 -buildvcs=false -mod=readonly", "GOTOOLCHAIN": "local", "GOWORK": "off"},
        )
        unfinished.rename(binary)
    return version


@contextlib.contextmanager
def data_folder(name: str) -> Iterator[Path]:
    """A folder for a server's data that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=CACHE))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def http(
    url: str,
    data: bytes | None = None,
    headers: dict[str, str] | None = None,
    timeout: float = 30,
    method: str | None = None,
) -> tuple[int, bytes]:
    """Status and body; an error status is an answer, not an exception."""
    request = urllib.request.Request(url, data=data, headers=headers or {}, method=method)
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

    def start(self, timeout: float = 180) -> None:
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
                # A server that says 404 or 405 here is up as well: what is asked for is an answer.
                if http(self.ready_url, timeout=2)[0] < 500:
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
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
