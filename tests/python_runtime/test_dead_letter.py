"""The file that keeps what cannot be delivered."""

import asyncio
import fcntl
import itertools
import json
import os
import resource
import stat
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import UUID

import orjson
import pytest

from python.cloud_sink_base import DropReason, Paused, Record, Records, Rejected
from python.cloud_sink_base._dead_letter import DeadLetterFile
from python.cloud_sink_base._job import Failure
from support import PATIENCE, ScriptedSink, entry, eventually, settled, write_all

GOLDEN = (Path(__file__).parent.parent / "dead_letter/golden.ndjson").read_text(encoding="utf-8")


def test_lines_are_those_of_every_language(tmp_path: Path) -> None:
    expected = [json.loads(line) for line in GOLDEN.splitlines()]
    path = tmp_path / "dead"
    for line in expected:
        sink = ScriptedSink([Rejected(line["detail"])], dead_letter_path=path)
        write_all(sink, [line["entry"]])
        assert 1 == settled(sink).dead_lettered

    masked = []
    for text in path.read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        line["first_attempt"] = line["last_attempt"] = "masked"
        masked.append(orjson.dumps(line).decode())
    # As texts: the order of keys counts.
    assert GOLDEN.splitlines() == masked


@pytest.mark.parametrize(
    "given",
    [
        {"message": "no time"},
        {"timestamp": "at noon", "message": "no time that can be read"},
        {"timestamp": 1_790_000_000, "message": "a number", "data": {"n": 2**70, 3: {1, 2}}},
        entry(1, data={"nan": float("nan"), "deep": [[[]]], "when": UUID(int=1), "none": None}),
        entry(2, level="WARN", context=None, extra={"stray": True}),
        entry(3, message={"no": "text"}, logger=7),
        entry(4, data={"bad \udc80": "\udc81", "bytes": b"\xff"}),
    ],
)
def test_the_kept_entry_is_read_as_the_same_event(tmp_path: Path, given: dict[str, Any]) -> None:
    path = tmp_path / "dead"
    sent: list[bytes] = []
    for _ in range(2):
        sink = ScriptedSink([Rejected("no")], dead_letter_path=path)
        write_all(sink, [given])
        settled(sink)
        sent.extend(record.bytes for record in sink.scripted.sent[0])
        given = json.loads(path.read_text(encoding="utf-8").splitlines()[0])["entry"]

    assert sent[0] == sent[1]


def test_times_of_the_first_and_the_last_attempt_are_those_of_the_day(tmp_path: Path) -> None:
    records = Records.of([Record(b"1", 0)])
    failure = Failure(records, DropReason.REJECTED, "no", 2, (), 940.0, 999.5)
    clock = SimpleNamespace(monotonic=lambda: 1_000.0, time_ns=lambda: 1_795_439_551_559_000_000)

    with patch("python.cloud_sink_base._dead_letter.time", clock):
        DeadLetterFile(tmp_path / "dead", 10_000).keep("scripted", failure)

    line = json.loads((tmp_path / "dead").read_text(encoding="utf-8"))
    assert ("2026-11-23T13:11:31.559000000Z", "2026-11-23T13:12:31.059000000Z") == (
        line["first_attempt"],
        line["last_attempt"],
    )


def test_a_detail_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "dead"
    sink = ScriptedSink([Rejected("HTTP 4000 " + "é" * 10_000)], dead_letter_path=path)

    write_all(sink, [entry()])
    settled(sink)

    line = json.loads(path.read_text(encoding="utf-8"))
    assert (500, None) == (len(line["detail"]), line["status"])


def kept_in(path: Path) -> int:
    """How many of two refused events are in the file."""
    sink = ScriptedSink(itertools.repeat(Rejected("no")), dead_letter_path=path)
    write_all(sink, [entry(0), entry(1)])
    stats = settled(sink)
    assert 2 == stats.dead_lettered + stats.dropped.get("dead_letter_failed", 0)
    return stats.dead_lettered


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_folder_that_is_not_there_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "below" / "dead"

    assert 2 == kept_in(path)

    assert (0o700, 0o600) == (mode(path.parent), mode(path))


def test_a_file_that_others_could_read_is_made_private(tmp_path: Path) -> None:
    path = tmp_path / "dead"
    path.touch()
    path.chmod(0o666)

    assert 2 == kept_in(path)

    assert 0o600 == mode(path)


def test_a_folder_that_everybody_may_write_to_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)

    assert 0 == kept_in(tmp_path / "dead")

    assert not (tmp_path / "dead").exists()


def test_a_hard_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("as it was", encoding="utf-8")
    os.link(tmp_path / "precious", tmp_path / "dead")

    assert 0 == kept_in(tmp_path / "dead")

    assert "as it was" == (tmp_path / "precious").read_text(encoding="utf-8")


def test_a_folder_may_be_reached_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")

    assert 2 == kept_in(tmp_path / "link" / "dead")


@pytest.mark.parametrize("batch_size", [1, 100])
def test_a_full_disk_takes_whole_records(tmp_path: Path, batch_size: int) -> None:
    """The limit of a file's size stands for the size of a disk: it too takes a part of a write."""
    path = tmp_path / "dead"
    sink = ScriptedSink(
        itertools.repeat(Rejected("no")), dead_letter_path=path, batch_size=batch_size
    )
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, before[1]))
    try:
        write_all(sink, [entry(n) for n in range(100)])
        stats = settled(sink)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    text = path.read_text(encoding="utf-8")
    kept = [json.loads(line) for line in text.splitlines()]
    assert 0 < len(kept) < 100
    assert text.endswith("}\n")
    assert (len(kept), {"dead_letter_failed": 100 - len(kept)}) == (
        stats.dead_lettered,
        dict(stats.dropped),
    )


def test_a_file_replaced_while_its_lock_is_awaited_gets_nothing(tmp_path: Path) -> None:
    path = tmp_path / "dead"
    path.touch(0o600)
    old = path.open("rb")
    real = fcntl.flock

    def replaced(descriptor: int, operation: int) -> None:
        if os.fstat(descriptor).st_ino == os.fstat(old.fileno()).st_ino:
            path.unlink()
        real(descriptor, operation)

    with old, patch("fcntl.flock", replaced):
        assert 2 == kept_in(path)

        assert b"" == old.read()
    assert 2 == len(path.read_text(encoding="utf-8").splitlines())


def test_a_stop_waits_for_no_disk_that_is_busy(tmp_path: Path) -> None:
    path = tmp_path / "dead"
    answers = itertools.repeat(Paused("HTTP 401"))
    sink = ScriptedSink(answers, batch_size=1, exit_timeout_seconds=0.05, dead_letter_path=path)
    is_free, synced = threading.Event(), threading.Event()

    def sync(_: int) -> None:
        is_free.wait(PATIENCE)
        synced.set()

    async def run() -> None:
        for n in range(5):
            await sink.write(entry(n))
        eventually(lambda: sink._worker.is_failing)
        await sink.stop()

    with patch("os.fsync", sync):
        asyncio.run(run())
        stats, lines = sink.stats(), path.read_bytes().splitlines()
        is_free.set()
        assert synced.wait(PATIENCE)

    assert (5, 0, 5) == (stats.dead_lettered, stats.pending, len(lines))


def test_a_disk_that_fails_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sink = ScriptedSink([Rejected("no")], dead_letter_path=tmp_path / "dead")

    with patch("os.fsync", side_effect=OSError("worn out")):
        write_all(sink, [entry()])
        asyncio.run(sink.stop())

    assert 1 == sink.stats().dead_lettered
    eventually(lambda: "may not be on the disk: it could not be synced" in capsys.readouterr().err)
