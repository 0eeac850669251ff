"""Programs that end without a drain."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from support import HANG, OK, PATIENCE, Answer, FakeServer

HERE = Path(__file__).parent
WAYS = {"falls_off": 0, "sys_exit": 3, "exception": 1, "async": 0, "direct": 0}


def environment() -> dict[str, str]:
    """What programs need to find the runtime."""
    path = os.pathsep.join((str(HERE.parent.parent / "templates"), str(HERE)))
    return {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def run(
    url: str, how: str, attempt: float = PATIENCE, end: float = PATIENCE
) -> subprocess.CompletedProcess[str]:
    """Run the program, with limits for one attempt and for its end."""
    return subprocess.run(
        [sys.executable, str(HERE / "exit_program.py"), url, how, str(attempt), str(end)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=3 * PATIENCE,
        check=False,
    )


@pytest.mark.parametrize("how", WAYS)
def test_a_program_that_ends_delivers_everything(how: str, server: FakeServer) -> None:
    done = run(server.url, how)

    assert WAYS[how] == done.returncode, done.stderr
    assert list(range(120)) == server.numbers(), done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_program_ends_in_bounded_time_when_the_server_hangs(server: FakeServer) -> None:
    server.answers = [HANG] * 100

    done = run(server.url, "falls_off", attempt=0.5, end=5)

    lines = [line for line in done.stderr.splitlines() if '"n":' in line]
    assert 10 == len(lines), done.stderr[-2000:]
    assert "dropped 110 more events, shutdown_deadline: the program ended" in done.stderr
    why = "shutdown_deadline: the program ended; the last attempt: ReadTimeout after 0.5 s"
    assert f'"error":"{why}"' in lines[0]


def test_a_process_that_was_stopped_for_a_minute_goes_on(server: FakeServer) -> None:
    asked, answers = threading.Event(), threading.Event()

    def late(_: object) -> Answer:
        asked.set()
        answers.wait(PATIENCE)
        return OK

    server.answers = [late]
    program = [sys.executable, str(HERE / "stopped_program.py"), server.url]
    with subprocess.Popen(
        program, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert asked.wait(PATIENCE)
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        answers.set()
        process.send_signal(signal.SIGCONT)
        told, _ = process.communicate("go on\n", timeout=3 * PATIENCE)

    stats = json.loads(told)
    assert stats["is_balanced"]
    assert (100, {}, 0) == (stats["delivered"], stats["dropped"], stats["pending"])
    # A lost answer may have led to a second copy.
    assert set(range(100)) == set(server.numbers())


def given_up(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines on what was left: ten events whole, the sum of the others."""
    return [line for line in done.stderr.splitlines() if "shutdown_deadline: the" in line]


ALL_GIVEN_UP = 11


def test_an_interrupted_end_still_tells_what_was_not_sent(server: FakeServer) -> None:
    server.answers = [HANG] * 100

    done = run(server.url, "interrupted", end=1)

    assert ALL_GIVEN_UP == len(given_up(done)), done.stderr[-2000:]
    assert "KeyboardInterrupt" in done.stderr


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_a_process_of_multiprocessing_delivers_everything(method: str, server: FakeServer) -> None:
    done = run(server.url, f"process_{method}")

    assert 0 == done.returncode, done.stderr
    assert list(range(120)) == server.numbers(), done.stderr


def test_a_client_that_never_comes_to_be_does_not_hold_up_the_end(server: FakeServer) -> None:
    done = run(server.url, "made", end=1)

    assert ALL_GIVEN_UP == len(given_up(done)), done.stderr[-2000:]


def test_connections_are_closed_at_the_end(server: FakeServer) -> None:
    done = run(server.url, "says_closed")

    assert "closed\n" == done.stdout


def test_connections_that_never_close_do_not_hold_up_the_end(server: FakeServer) -> None:
    done = run(server.url, "closed")

    assert list(range(120)) == server.numbers(), done.stderr


def test_an_attempt_does_not_hold_up_the_end_where_no_thread_starts(server: FakeServer) -> None:
    server.answers = [HANG] * 100

    # An attempt takes longer than the program is waited for.
    done = run(server.url, "no_threads", attempt=100 * PATIENCE, end=1)

    assert ALL_GIVEN_UP == len(given_up(done)), done.stderr[-2000:]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_child_does_not_send_again_what_its_parent_holds(server: FakeServer) -> None:
    done = run(server.url, "fork")

    assert list(range(120)) == server.numbers(), done.stderr
