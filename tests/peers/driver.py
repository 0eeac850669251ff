"""Runs the peers named on the command line; see ``run``."""

from __future__ import annotations

import argparse
import signal
import sys
from types import FrameType, ModuleType

import clickhouse
import clients
import elasticsearch
import loki
import moto
import opensearch
import otelcol
import results
import sinks
import victorialogs
from common import CACHE, LOGS, ROOT, Check, NotRun, PeerError

PEERS: dict[str, ModuleType] = {
    "loki": loki,
    "victorialogs": victorialogs,
    "otelcol": otelcol,
    "opensearch": opensearch,
    "elasticsearch": elasticsearch,
    "moto": moto,
    "clickhouse": clickhouse,
    "clients": clients,
}


def main() -> int:
    """Exit status: 0 all passed, 1 a check failed, 2 something is missing, 3 a peer was not run."""
    arguments = parse(sys.argv[1:])
    # SIGTERM as an exception, so that servers are ended on that way out too.
    signal.signal(signal.SIGTERM, interrupted)
    LOGS.mkdir(parents=True, exist_ok=True)
    try:
        outcomes = [run(name, arguments.events) for name in arguments.peers]
    except PeerError as error:
        print(f"error: {error}", file=sys.stderr)
        if error.hint:
            print(f"hint: {error.hint}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    failed = [check for outcome in outcomes for check in outcome.checks if not check.passed]
    if arguments.record:
        # A section of which something failed stays as it was: the record is what has been shown.
        results.record([outcome for outcome in outcomes if outcome.passed], list(PEERS))
        print(f"written to {results.RECORD.relative_to(ROOT)}")
    absent = [outcome for outcome in outcomes if outcome.reason]
    for outcome in absent:
        print(f"not run: {outcome.title}: {outcome.reason}", file=sys.stderr)
    if failed:
        print(f"error: {len(failed)} checks failed; logs are in {LOGS.relative_to(ROOT)}", file=sys.stderr)
        return 1
    return 3 if absent else 0


def run(name: str, events: int) -> results.Outcome:
    """Install a peer and run its checks, each said as it ends."""
    peer = PEERS[name]
    try:
        version = peer.install()
        sinks.lay_out(peer.WANTED)
    except NotRun as reason:
        return results.Outcome(name, peer.TITLE, reason=str(reason))
    print(f"{name}: {peer.TITLE} {version}", flush=True)
    checks: list[Check] = []
    for check in peer.run(events):
        mark = "ok  " if check.passed else "FAIL"
        print(f"  {mark} {check.provider} {check.sink}: {check.what}: {check.found}", flush=True)
        checks.append(check)
    return results.Outcome(name, peer.TITLE, version, checks)


def parse(words: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="tests/peers/run", description="Ship events into real servers and read them back.")
    parser.add_argument("peers", nargs="*", metavar="peer", help=f"any of: {', '.join(PEERS)} (default: all)")
    parser.add_argument("--events", type=int, default=10_000, metavar="N", help="events to ship (default: 10,000)")
    parser.add_argument("--lang", choices=["rust", "python"], help="sinks of one language only")
    parser.add_argument("--record", action="store_true", help=f"write the results to {results.RECORD.relative_to(ROOT)}")
    arguments = parser.parse_args(words)
    unknown = [name for name in arguments.peers if name not in PEERS]
    if unknown:
        parser.error(f"unknown peer `{unknown[0]}`; known are {', '.join(PEERS)}")
    if arguments.events < 1:
        parser.error("--events must be at least 1")
    if arguments.lang and arguments.record:
        parser.error("--record needs both languages")
    if arguments.lang:
        sinks.LANGUAGES[:] = [arguments.lang.capitalize()]
    arguments.peers = arguments.peers or list(PEERS)
    return arguments


def interrupted(_signal: int, _frame: FrameType | None) -> None:
    """Turn a signal into the exception that an interrupt at the terminal raises."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    CACHE.mkdir(parents=True, exist_ok=True)
    sys.exit(main())
