"""
Ends attempts that outlive their deadline.

An HTTP client's own limits hold for each read: response headers that trickle would keep an attempt
for ever.
"""

import socket
import threading
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

# The client's own limits come first: what they raise says more.
_GRACE_SECONDS = 1.0
# Longest between two looks.
_LOOK_SECONDS = 1.0


def _note_reads(stream: Any) -> None:  # noqa: ANN401  httpcore's, which has no public type
    """Have a connection remember when it last received something."""
    receive = stream.read

    def read(*arguments: Any, **named: Any) -> bytes:  # noqa: ANN401
        data: bytes = receive(*arguments, **named)
        stream.received_at = time.monotonic()
        return data

    stream.read = read


def is_answer(stream: object, asked_at: float) -> bool:
    """
    Tell whether what was read from a connection came after the question.

    Bytes that a peer sends beyond an answer would be taken for the answer to the next request on
    the connection.
    """
    return asked_at <= getattr(stream, "received_at", asked_at)


class Deadlines:
    """
    The attempts under way on the connections of one client.

    When one is late, all connections are shut down: the client does not say which is whose.
    """

    def __init__(self) -> None:
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._ends: dict[object, float] = {}
        self._lock = threading.Lock()
        self._is_watched = False

    @contextmanager
    def attempt(self, seconds: float) -> Iterator[None]:
        """Bound what happens within; a late attempt ends a second or two after its limit."""
        mark = object()
        with self._lock:
            self._ends[mark] = time.monotonic() + seconds + _GRACE_SECONDS
            if not self._is_watched:
                self._watch()
        try:
            yield
        finally:
            with self._lock:
                del self._ends[mark]

    def note(self, event: str, info: Mapping[str, Any]) -> None:
        """Remember a new connection: the ``trace`` extension of httpcore."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            stream = info["return_value"]
            _note_reads(stream)
            self.remember(stream.get_extra_info("socket"))

    def remember(self, connection: socket.socket | None) -> None:
        """Shut this connection down as well when an attempt is late."""
        if connection is not None:
            with self._lock:
                self._sockets.add(connection)

    def _watch(self) -> None:
        # A daemon: it holds up no program that ends, and a wait of its own bounds the end.
        thread = threading.Thread(target=self._run, name="http-deadlines", daemon=True)
        with suppress(RuntimeError):  # the interpreter is ending
            thread.start()
            self._is_watched = True

    def _run(self) -> None:
        """
        Look at the deadlines while there are any.

        Nobody calls this thread: an attempt that begins may end before those it waits for, and is
        found with the next look.
        """
        while True:
            with self._lock:
                now = time.monotonic()
                if not self._ends:
                    self._is_watched = False
                    return
                first = min(self._ends.values())
                late = first <= now
                connections = list(self._sockets) if late else []
            for connection in connections:
                with suppress(OSError):  # closed meanwhile
                    # Below TLS, whose own shutdown is not for another thread.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
            # A late attempt needs a moment to notice.
            time.sleep(0.05 if late else min(first - now, _LOOK_SECONDS))
