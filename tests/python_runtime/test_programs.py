"""Programs that end, fork or freeze in their own way, with the real libraries."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support import PATIENCE, Answer, FakeServer, eventually

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"
COUNT = 25
DOWN: Answer = (503, {}, b"down")
ALL = list(range(COUNT))


def variables(server: FakeServer, end: float = PATIENCE, **more: object) -> dict[str, str]:
    path = os.pathsep.join(map(str, (HERE.parent.parent / "templates", HERE, PROGRAMS)))
    return {
        **os.environ,
        "PYTHONPATH": path,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PROGRAM_URL": server.url,
        "PROGRAM_COUNT": str(COUNT),
        "PROGRAM_END_SECONDS": str(end),
        **{f"PROGRAM_{name.upper()}": str(value) for name, value in more.items()},
    }


@contextmanager
def running(arguments: list[str], given: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run a program; what it writes to standard error is read by `end_of`."""
    with subprocess.Popen(
        [sys.executable, *arguments],
        env=given,
        cwd=PROGRAMS,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def end_of(process: subprocess.Popen[str]) -> str:
    _, errors = process.communicate(timeout=3 * PATIENCE)
    return errors


def run(how: str, given: dict[str, str]) -> tuple[int, str]:
    with running(["ends.py", how], given) as process:
        errors = end_of(process)
        return process.returncode, errors


def dead_letters(path: Path) -> list[int]:
    if not path.exists():
        return []
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert {"shutdown_deadline"} == {line["reason"] for line in lines}
    return sorted(line["entry"]["data"]["n"] for line in lines)


SIGNALS = [signal.SIGTERM, signal.SIGINT]
ENDS_BY_SIGNAL = [
    ("waits_for_a_signal", signal.SIGTERM, -signal.SIGTERM),
    ("waits_for_a_signal", signal.SIGINT, -signal.SIGINT),
    ("uvicorn_server", signal.SIGTERM, -signal.SIGTERM),
    ("uvicorn_server", signal.SIGINT, None),
    ("asyncio_sigterm", signal.SIGTERM, 143),
]
ENDS = [
    ("exits", 3),
    ("drains", -signal.SIGKILL),
    ("asyncio_run", 0),
    ("asyncio_run_writes", -signal.SIGKILL),
]


@pytest.mark.parametrize(("how", "number", "code"), ENDS_BY_SIGNAL)
@pytest.mark.parametrize("keeps", [True, False], ids=["dead letters", "fallback"])
def test_a_signal_in_an_outage_leaves_nothing_unreported(
    how: str, number: int, code: int | None, keeps: bool, server: FakeServer, tmp_path: Path
) -> None:
    server.answers = [DOWN] * 10_000
    dead = tmp_path / "dead"
    given = variables(server, 0.3, **({"dead_letters": dead} if keeps else {}))

    with running(["ends.py", how], given) as process:
        assert process.stdout is not None
        assert "ready\n" == process.stdout.readline(), end_of(process)
        process.send_signal(number)
        errors = end_of(process)

    assert code in (None, process.returncode), errors
    check_all_is_reported(dead, errors, keeps)


@pytest.mark.parametrize(("how", "code"), ENDS)
@pytest.mark.parametrize("keeps", [True, False], ids=["dead letters", "fallback"])
def test_an_end_in_an_outage_leaves_nothing_unreported(
    how: str, code: int, keeps: bool, server: FakeServer, tmp_path: Path
) -> None:
    server.answers = [DOWN] * 10_000
    dead = tmp_path / "dead"

    found, errors = run(how, variables(server, 0.3, **({"dead_letters": dead} if keeps else {})))

    assert code == found, errors
    check_all_is_reported(dead, errors, keeps)


def check_all_is_reported(dead: Path, errors: str, keeps: bool) -> None:
    lines = [json.loads(line) for line in errors.splitlines() if line.startswith('{"')]
    if keeps:
        assert ALL == dead_letters(dead), errors
        said = f"dead-lettered {COUNT} events, shutdown_deadline"
    else:
        whole = [line for line in lines if "record" in line]
        assert 10 == len(whole), errors
        said = f"dropped {COUNT - 10} more events, shutdown_deadline"
    assert said in " ".join(line.get("message", "") for line in lines), errors


def is_listening(address: Path) -> bool:
    """Return whether connections are taken; the file of a socket is there before."""
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(address)) == 0


def gunicorn(server: FakeServer, tmp_path: Path, end: float, *more: str) -> str:
    """Run gunicorn until the application has answered a request; return what it printed."""
    address = tmp_path / "socket"
    arguments = ["-m", "gunicorn", "--bind", f"unix:{address}", "--workers", "1", *more, "wsgi:app"]
    given = variables(server, end, dead_letters=tmp_path / "dead")
    with running(arguments, given) as process:
        eventually(lambda: is_listening(address) or process.poll() is not None)
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(PATIENCE)
            client.connect(str(address))
            client.sendall(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            answer = client.recv(1000)
        process.terminate()
        errors = end_of(process)
        assert b"HTTP/1.1 200 OK" == answer.splitlines()[0], errors
    return errors


PRELOAD = pytest.mark.parametrize("more", [(), ("--preload",)], ids=["", "preload"])


@PRELOAD
def test_gunicorn_delivers_everything(
    more: tuple[str, ...], server: FakeServer, tmp_path: Path
) -> None:
    errors = gunicorn(server, tmp_path, PATIENCE, *more)

    assert ALL == server.numbers(), errors


@PRELOAD
def test_gunicorn_in_an_outage_leaves_nothing_unreported(
    more: tuple[str, ...], server: FakeServer, tmp_path: Path
) -> None:
    server.answers = [DOWN] * 10_000

    errors = gunicorn(server, tmp_path, 0.3, *more)

    assert ALL == dead_letters(tmp_path / "dead"), errors


@pytest.mark.parametrize("owner", ["module", "process"])
def test_celery_processes_that_end_after_each_task_deliver_everything(
    owner: str, server: FakeServer, tmp_path: Path
) -> None:
    given = variables(server, folder=tmp_path, logger=owner)
    send = "import tasks; [tasks.work.delay(n) for n in range(3)]"
    subprocess.run([sys.executable, "-c", send], env=given, cwd=PROGRAMS, check=True)
    worker = ["-m", "celery", "-A", "tasks", "worker", "--concurrency", "1"]
    worker += ["--max-tasks-per-child", "1", "--without-gossip", "--without-mingle"]

    with running(worker, given) as process:
        eventually(lambda: [0, 1, 2] == server.numbers() or process.poll() is not None)
        process.terminate()
        errors = end_of(process)

    assert [0, 1, 2] == server.numbers(), errors


@pytest.mark.parametrize("how", ["forks", "fork", "forkserver", "spawn", "in_a_pool"])
def test_a_child_process_delivers_everything_once(how: str, server: FakeServer) -> None:
    code, errors = run(how, variables(server))

    assert (0, ALL) == (code, server.numbers()), errors


def test_a_flush_delivers_what_was_logged_before_the_process_is_frozen(server: FakeServer) -> None:
    with running(["ends.py", "freezes"], variables(server)) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for n in range(5):
            process.stdin.write(f"{n}\n")
            process.stdin.flush()
            assert f"True {n + 1}\n" == process.stdout.readline()
            # Frozen: what was delivered was delivered before.
            process.send_signal(signal.SIGSTOP)
            assert list(range(n + 1)) == server.numbers()
            process.send_signal(signal.SIGCONT)
