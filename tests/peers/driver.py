"""Runs the peers named on the command line; see ``run``."""

from __future__ import annotations

import argparse
import platform
import signal
import sys
from datetime import date
from types import FrameType

import loki
import moto
from common import CACHE, LOGS, ROOT, Check, PeerError

PEERS = {"loki": loki, "moto": moto}
RECORD = ROOT / "docs" / "peer-results.md"


def main() -> int:
    """Exit status: 0 all checks passed, 1 one failed, 2 something is missing."""
    arguments = parse(sys.argv[1:])
    # SIGTERM as an exception, so that servers are ended on that way out too.
    signal.signal(signal.SIGTERM, interrupted)
    LOGS.mkdir(parents=True, exist_ok=True)
    for log in LOGS.glob("*.log"):
        log.unlink()
    versions, checks = {}, []
    try:
        for name in arguments.peers:
            versions[name] = PEERS[name].install()
        for name in arguments.peers:
            print(f"{name}: {versions[name]}", flush=True)
            for check in PEERS[name].run(arguments.events):
                mark = "ok  " if check.passed else "FAIL"
                print(f"  {mark} {check.sink}: {check.what}: {check.found}", flush=True)
                checks.append(check)
    except PeerError as error:
        print(f"error: {error}", file=sys.stderr)
        if error.hint:
            print(f"hint: {error.hint}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    table = markdown(versions, checks)
    print(f"\n{table}")
    failed = [check for check in checks if not check.passed]
    if arguments.record and not failed:
        RECORD.parent.mkdir(exist_ok=True)
        RECORD.write_text(HEAD + table)
        print(f"written to {RECORD.relative_to(ROOT)}")
    if failed:
        print(f"error: {len(failed)} of {len(checks)} checks failed; logs are in {LOGS.relative_to(ROOT)}", file=sys.stderr)
    return 1 if failed else 0


def parse(words: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="tests/peers/run", description="Ship events into real servers and read them back.")
    parser.add_argument("peers", nargs="*", metavar="peer", help=f"any of: {', '.join(PEERS)} (default: all)")
    parser.add_argument("--events", type=int, default=10_000, metavar="N", help="events to ship (default: 10,000)")
    parser.add_argument("--record", action="store_true", help=f"write the result to {RECORD.relative_to(ROOT)}")
    arguments = parser.parse_args(words)
    unknown = [name for name in arguments.peers if name not in PEERS]
    if unknown:
        parser.error(f"unknown peer `{unknown[0]}`; known are {', '.join(PEERS)}")
    if arguments.events < 1:
        parser.error("--events must be at least 1")
    arguments.peers = arguments.peers or list(PEERS)
    return arguments


def interrupted(_signal: int, _frame: FrameType | None) -> None:
    """Turn a signal into the exception that an interrupt at the terminal raises."""
    raise KeyboardInterrupt


HEAD = """\
# What real servers say

Written by `tests/peers/run loki moto --record`: the generated example programs, in Rust and in Python,
ship events into servers nobody here wrote, and what those give back is compared with what went in, id by id.

"""


def markdown(versions: dict[str, str], checks: list[Check]) -> str:
    """The result as a table."""
    lines = [f"Run on {date.today()}, {platform.system()} {platform.machine()}: "]
    lines[0] += "; ".join(f"{'Grafana Loki ' if name == 'loki' else ''}{version}" for name, version in versions.items()) + "."
    lines += ["", "| peer | sink | check | result | found |", "|---|---|---|---|---|"]
    for check in checks:
        cells = (check.peer, check.sink, check.what, "passed" if check.passed else "**failed**", check.found)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    CACHE.mkdir(parents=True, exist_ok=True)
    sys.exit(main())
