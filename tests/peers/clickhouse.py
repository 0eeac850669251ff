"""ClickHouse: named here so that the result table says it was not run."""

from __future__ import annotations

from collections.abc import Iterator

from common import Check, NotRun

TITLE = "ClickHouse"
WANTED: list = []


def install() -> str:
    """There is none to install."""
    raise NotRun("no current server is in a package registry (Debian's is of 2018), and the embedded engine has no HTTP interface")


def run(_events: int) -> Iterator[Check]:
    """Never reached."""
    yield from ()
