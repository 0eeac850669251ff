"""What is asked of every sink at every peer, whatever it speaks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from common import Check, PeerError, Server
from events import Stored, compare, make_events, ndjson, same_content
from sinks import Program


@dataclass
class Case:
    """One sink at one server: its settings, and how what the server holds is read back."""

    provider: str
    program: Program
    env: dict[str, str]
    read: Callable[[list[dict]], list[Stored]]
    same: Callable[[dict, dict], bool] = same_content
    note: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """How the sink's own variables begin."""
        return f"{self.provider.upper()}_SINK_"

    def setting(self, **settings: str) -> dict[str, str]:
        """The case's settings and these."""
        return {**self.env, **{f"{self.prefix}{name.upper()}": value for name, value in settings.items()}}


def ships_everything(case: Case, count: int) -> list[Check]:
    """Every event arrives once, with its own time and content."""
    events = make_events(count)

    shipment = case.program.ship(events, case.env)

    difference = compare(events, case.read(events), case.same)
    return [
        Check(case.provider, f"{count:,} events are stored as written{case.note}", difference.empty, str(difference)),
        Check(
            case.provider,
            "the sink's report says so",
            shipment.report["delivered"] == count and shipment.unaccounted == 0,
            f"{shipment.report['delivered']:,} delivered in {shipment.report['requests']} requests, {shipment.seconds:.1f} s",
        ),
    ]


def refuses_wrong_credentials(case: Case, wrong: dict[str, str], what: str) -> Check:
    """Nothing is delivered, nothing is lost from the counts, and the sink says why."""
    events = make_events(10)

    shipment = case.program.ship(events, {**case.env, **wrong})

    report = shipment.report
    said = next((line for line in shipment.stderr.splitlines() if "paused" in line or "pauses" in line), "nothing")
    return Check(
        case.provider,
        f"{what} delivers nothing and loses no count",
        report["delivered"] == 0 and shipment.unaccounted == 0 and not case.read([]) and said != "nothing",
        f"{report['delivered']} delivered, {report['dropped']} dropped, said: {said.strip()[:160]}",
    )


def survives_an_outage(case: Case, server: Server, killed: bool = True) -> list[Check]:
    """The server ends while events flow, killed or told to, and comes back after three seconds."""
    events = make_events(2_000)
    env = case.setting(batch_size="100", batch_timeout_seconds="0.05", retry_max_delay="1")

    process = case.program.start(env)
    started = time.monotonic()
    feed = process.stdin
    if feed is None:
        raise PeerError("the program has no standard input")
    for start in range(0, 1_000, 100):
        feed.write(ndjson(events[start : start + 100]))
        feed.flush()
        time.sleep(0.1)
    server.stop(force=killed)
    feed.write(ndjson(events[1_000:1_900]))
    feed.flush()
    time.sleep(3)
    server.start()
    shipment = case.program.finish(process, started, ndjson(events[1_900:]))

    difference = compare(events, case.read(events), case.same)
    report = shipment.report
    return [
        Check(
            case.provider,
            f"2,000 events arrive although the server is {'killed' if killed else 'ended'} for 3 s",
            difference.empty,
            str(difference),
        ),
        Check(
            case.provider,
            "the sink noticed",
            report["retries"] > 0 and report["delivered"] == 2_000 and shipment.unaccounted == 0,
            f"{report['delivered']:,} delivered, {report['retries']} retries",
        ),
    ]
