"""The generated sinks as programs: laid out with ``new-sink``, built once, run with events."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from common import CACHE, ROOT, PeerError, require, virtual_environment
from events import ndjson

RUST = CACHE / "sinks-rust"
PYTHON = CACHE / "sinks-python"
BUILD = CACHE / "build"

# The languages that are run; the command line narrows them.
LANGUAGES = ["Rust", "Python"]

# Nothing of this machine's own settings reaches a sink.
KEPT = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TMPDIR")


@dataclass(frozen=True)
class Wanted:
    """A sink that a peer asks for: of a built-in provider, or of a spec of ``tests/backends``."""

    provider: str
    spec: str = ""
    only: tuple[str, ...] = ("Rust", "Python")

    @property
    def languages(self) -> list[str]:
        """The languages it is run in."""
        return [language for language in LANGUAGES if language in self.only]


@dataclass
class Shipment:
    """What one run of a generated program said about itself."""

    report: dict
    seconds: float
    stderr: str

    @property
    def dropped(self) -> int:
        """Events dropped, for whatever reason."""
        dropped = self.report.get("dropped", {})
        return sum(dropped.values()) if isinstance(dropped, dict) else dropped

    @property
    def unaccounted(self) -> int:
        """Accepted events that no counter explains; 0 unless the runtime is wrong."""
        report = self.report
        return report["accepted"] - report["delivered"] - report["dead_lettered"] - self.dropped - report["pending"]


class Program:
    """An example program of a generated sink: NDJSON in, a report on the last line out."""

    def __init__(self, example: str, command: list[str], env: dict[str, str] | None = None) -> None:
        self.example = example
        self.command = command
        self.env = env or {}

    def start(self, env: dict[str, str]) -> subprocess.Popen[bytes]:
        """Start it with these settings and no others."""
        clean = {key: os.environ[key] for key in KEPT if key in os.environ}
        return subprocess.Popen(
            self.command,
            env={**clean, **self.env, **env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def ship(self, events: list[dict], env: dict[str, str], timeout: float = 300) -> Shipment:
        """Feed all events at once and wait for the report."""
        process = self.start(env)
        started = time.monotonic()
        return self.finish(process, started, ndjson(events), timeout)

    def finish(self, process: subprocess.Popen[bytes], started: float, rest: bytes, timeout: float = 300) -> Shipment:
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


def tool() -> str:
    """Path of `fapilog-gen`, built from this tree."""
    return built(["--bin", "fapilog-gen", "--locked"], ROOT, "fapilog-gen", {})


def lay_out(wanted: Iterable[Wanted]) -> None:
    """Write the sinks that are asked for as `new-sink` does, and build the Rust ones."""
    program = tool()
    rust = []
    for sink in sorted(set(wanted), key=lambda sink: sink.provider):
        source = ["--spec", str(ROOT / sink.spec)] if sink.spec else ["--provider", sink.provider]
        for language in sink.languages:
            folder = {"Rust": RUST, "Python": PYTHON}[language]
            command = [program, "--quiet", "new-sink", *source, "--lang", language.lower(), "--out", str(folder), "--force"]
            done = subprocess.run(command, capture_output=True, check=False)
            if done.returncode != 0:
                raise PeerError(f"`{sink.provider}` could not be generated:\n{done.stderr.decode(errors='replace')}")
        if "Rust" in sink.languages:
            rust += ["--example", f"{sink.provider}_ndjson"]
    virtual_environment("sinks-venv", ROOT / "tests" / "python" / "requirements.txt")
    if rust:
        # The versions that this repository is tested with, hashes included.
        if not (RUST / "Cargo.lock").exists():
            shutil.copyfile(ROOT / "Cargo.lock", RUST / "Cargo.lock")
        print("building the generated sinks (some minutes, once) …", flush=True)
        built(rust, RUST, "", {"CARGO_TARGET_DIR": str(BUILD), "CARGO_PROFILE_DEV_DEBUG": "0"})


def programs(sink: Wanted) -> dict[str, Program]:
    """The example in each language, ready to run."""
    example = f"{sink.provider}_ndjson"
    python = CACHE / "sinks-venv" / "bin" / "python"
    found = {
        "Rust": Program(example, [str(BUILD / "debug" / "examples" / example)]),
        "Python": Program(example, [str(python), str(PYTHON / "examples" / f"{example}.py")], {"PYTHONPATH": str(PYTHON)}),
    }
    return {language: found[language] for language in sink.languages}


def built(what: list[str], folder: Path, name: str, env: dict[str, str]) -> str:
    """Build with cargo; the path of the program called ``name``."""
    cargo = require("cargo", "Rust is installed from https://rustup.rs")
    command = [cargo, "build", "--quiet", *what, "--message-format=json"]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, env={**os.environ, **env}, check=False)
    if done.returncode != 0:
        raise PeerError(f"cargo could not build {' '.join(what)} in {folder.relative_to(ROOT.parent)}")
    executables = [message["executable"] for message in map(json.loads, done.stdout.splitlines()) if message.get("executable")]
    found = [path for path in executables if not name or Path(path).stem == name]
    if not found:
        raise PeerError(f"cargo built no program `{name}`")
    return found[0]
