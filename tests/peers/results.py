"""The committed result table: a section for each peer, replaced when that peer is run and recorded."""

from __future__ import annotations

import platform
import re
from dataclasses import dataclass, field
from datetime import date

from common import ROOT, Check

RECORD = ROOT / "docs" / "peer-results.md"

HEAD = """\
# What real servers say

Written by `tests/peers/run --record`: the generated example programs, in Rust and in Python, ship events into
servers nobody here wrote, and what those give back is compared with what went in, id by id. `clients` is the
other way round: the vendors' own clients send to this project's stand-in.

"""


@dataclass
class Outcome:
    """What one peer came to: checks, or the reason it was not run."""

    name: str
    title: str
    version: str = ""
    checks: list[Check] = field(default_factory=list)
    reason: str = ""

    @property
    def passed(self) -> bool:
        """No check failed; true of a peer that was not run as well, which is recorded as that."""
        return all(check.passed for check in self.checks)


def record(outcomes: list[Outcome], order: list[str]) -> None:
    """Replace the sections of the peers that were run; the others stay as they are."""
    known = sections(RECORD.read_text()) if RECORD.exists() else {}
    for outcome in outcomes:
        known[outcome.name] = section(outcome)
    RECORD.write_text(HEAD + "\n".join(known[name] for name in order if name in known))


def sections(text: str) -> dict[str, str]:
    """The sections of a result table, by the peer's name."""
    parts = re.split(r"^## `([a-z]+)`", text, flags=re.MULTILINE)
    return {name: f"## `{name}`{rest.rstrip()}\n" for name, rest in zip(parts[1::2], parts[2::2], strict=True)}


def section(outcome: Outcome) -> str:
    """A peer's heading, version, date and table."""
    lines = [f"## `{outcome.name}`: {outcome.title}", ""]
    if outcome.reason:
        return "\n".join([*lines, f"**Not run** on {date.today()}: {outcome.reason}.", ""])
    lines += [f"{outcome.version}; run on {date.today()}, {platform.system()} {platform.machine()}.", ""]
    lines += ["| provider | sink | check | result | found |", "|---|---|---|---|---|"]
    for check in outcome.checks:
        cells = (check.provider, check.sink, check.what, "passed" if check.passed else "**failed**", check.found)
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines) + "\n"
