"""
The sink fapilog calls: everything between ``write`` and the delivery threads.

fapilog 0.18 shapes it: ``start`` comes late, more than once, or never; ``stop`` never; several
event loops write to one sink; nothing limits how long a ``write`` may take.
"""

import asyncio
import functools
import inspect
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Generic, NoReturn, TypeVar

import orjson
from fapilog.core.errors import SinkWriteError
from fapilog.plugins.utils import parse_plugin_config

from . import _processes
from ._drain import flush, flush_when_cancelled, give_up, speak_up
from ._encoder import Encoder, encode_event, json_array
from ._entry import EventTime
from ._event import Event
from ._job import Batch
from ._json import dumps
from ._limits import Limits
from ._loggers import hand_over, loggers_of
from ._making import explain, is_made_by_fapilog, not_installed
from ._outcome import Outcome
from ._record import Record, Records
from ._reporter import Reporter
from ._settings import CloudSinkConfig, Overflow
from ._stats import RefuseReason, Stats, Undelivered
from ._threads import in_thread
from ._transport import Transport
from ._worker import Worker

ConfigT = TypeVar("ConfigT", bound=CloudSinkConfig)

_POLL_SECONDS = 0.01
# fapilog expects an answer within 5 s.
_HEALTH_SECONDS = 4.5
# Connections that are still to be closed at a deadline get this much longer.
_CLOSE_SECONDS = 0.1

# Said once for each sink; docs/events.md of the generator names the times that are read.
_WITHOUT_TIME = {
    EventTime.MISSING: "an event has no `timestamp`: it gets the time at which it was accepted",
    EventTime.UNREADABLE: (
        "a `timestamp` cannot be read: the event gets the time at which it was accepted, and the "
        "value goes to its `data`"
    ),
}

# What a sink written by hand gives; none of it is awaited.
_BY_HAND = (
    "_initialize_client",
    "_transform_entry",
    "_send_batch",
    "_check_health",
    "_close_client",
)


class CloudSinkBase(Generic[ConfigT]):
    """
    A fapilog sink that batches, retries, keeps dead letters, counts and drains.

    Written by hand, a sink is a config class and three methods::

        class TeamSinkConfig(CloudSinkConfig):
            env_prefix = "TEAM_SINK_"
            url: str = "https://logs.example.com/ingest"
            token: Secret | None = None

        class TeamSink(CloudSinkBase[TeamSinkConfig]):
            name = "team"
            config_class = TeamSinkConfig

            def _initialize_client(self) -> None:
                token = self.config.token.get_secret_value() if self.config.token else ""
                self.client = httpx.Client(headers={"X-Token": token}, timeout=10)

            def _transform_entry(self, event: Event) -> dict[str, object]:
                return {**event.data, "t": event.timestamp // 1_000_000, "text": event.message}

            def _send_batch(self, batch: Batch) -> Outcome:
                answer = self.client.post(self.config.url, content=json_array(batch.records))
                return outcome_of_status(answer.status_code, f"HTTP {answer.status_code}")

    A generated sink gives `_make_encoder` and `_make_transport` instead.

    Delivery is at-least-once while the process lives: an attempt whose answer is lost is repeated.
    ``write`` either accepts an event or raises ``SinkWriteError`` within
    ``block_timeout_seconds`` of the moment the sink became full; an accepted event ends as
    delivered, dead-lettered, or dropped with a reason and a line on fapilog's fallback (`Stats`).

    Attributes:
        name: The plugin's name; not one of fapilog's own.
        config_class: Type of `config`.
        limits: What the provider accepts.
        needs: Modules the transport imports, with what installs each.
        config: The settings.
    """

    name: ClassVar[str]
    config_class: ClassVar[type[CloudSinkConfig]] = CloudSinkConfig
    limits: ClassVar[Limits] = Limits()
    needs: ClassVar[Mapping[str, str]] = {}

    config: ConfigT

    def __init__(
        self,
        config: ConfigT | dict[str, Any] | None = None,
        **settings: Any,  # noqa: ANN401  fapilog passes `sink_config.extra.<name>` as keywords
    ) -> None:
        """
        Make a sink from a config, a dict of settings, or settings as keywords.

        No connection is opened and no thread started.  A required setting that is missing does not
        raise, because fapilog would replace the sink by standard output: it is said on standard
        error, and each ``write`` will raise.

        Raises:
            pydantic.ValidationError: A setting is unknown or has a value that cannot work.
            TypeError: There are a config and keywords, or a sink written by hand has no
                `_send_batch`, or a coroutine function for one of its methods.
        """
        self._reporter = Reporter(self.name)
        try:
            self._make(config, settings)
        except Exception as error:
            if is_made_by_fapilog():
                why = explain(error)
                self._reporter.tell(f"cannot be made, and fapilog goes on without it: {why}")
            raise

    def _make(self, config: ConfigT | dict[str, Any] | None, settings: dict[str, Any]) -> None:
        _check_methods(type(self))
        if config is not None and settings:
            names = ", ".join(f"`{name}`" for name in settings)
            message = f"{names} beside a config: give a config or keywords, not both"
            raise TypeError(message)
        self.config = parse_plugin_config(self.config_class, config, **settings)  # type: ignore[assignment]
        self._encoder = self._make_encoder()
        self._limits = self._make_limits()
        self._full_since = 0.0
        self._keeps_entries = self.config.dead_letter_path is not None
        self._worker = Worker(self.config, self._limits, self._make_transport, self._reporter)
        self._make_watch = functools.partial(flush_when_cancelled, self._worker)
        _processes.register(self, self._worker)
        self._obstacle = self.config.missing() or not_installed(self.needs)
        if self._obstacle:
            self._reporter.tell(f"is not configured and takes no events: {self._obstacle}")
        for problem in self.config.unread_variables():
            self._reporter.tell(problem)
        if self.config.credentials_in_clear:
            self._reporter.tell("sends credentials unencrypted, as its settings allow")
        path = self.config.dead_letter_path
        # The last folder is made when it is needed; those above it have to be there.
        if path is not None and not os.path.isdir(path.parent.parent):  # noqa: PTH112  never raises
            above = path.parent.parent
            self._reporter.mistake(f"`dead_letter_path`: there is no folder `{above}`")

    # -- what fapilog calls ------------------------------------------------------------------

    async def start(self) -> None:
        """Get ready for events.  Optional, repeatable, never fails; nothing is sent."""
        await self._worker.loops.watch(self._make_watch)
        self._worker.ensure_thread()

    async def write(self, entry: dict[str, Any]) -> None:
        """
        Accept one entry for delivery.

        Raises:
            SinkWriteError: The entry was not accepted: the sink stayed full, is not configured, or
                the program is ending.  fapilog then shows it on its fallback.
        """
        worker = self._worker
        if self._obstacle:
            self._refuse(RefuseReason.NOT_CONFIGURED, f"is not configured: {self._obstacle}")
        if worker.is_closed:
            self._refuse(RefuseReason.CLOSED, "has been drained: the program is ending")
        try:
            event = Event.from_entry(entry)
            record = encode_event(self._encoder, event, self._limits)
            if self._keeps_entries:
                record.entry = event.to_entry(entry)
        except Exception as error:  # noqa: BLE001  an encoder written by hand can raise anything
            self._refuse(RefuseReason.NOT_ENCODABLE, "cannot encode an entry", error)
        if worker.offer(record):
            self._full_since = 0.0
        else:
            await self._wait_for_room(record)
        if event.time is not EventTime.READ:
            self._note_time(event.time)
        # Last: a caller that is cancelled here has been counted.
        if not worker.loops.is_watched():
            await worker.loops.watch(self._make_watch)

    async def write_serialized(self, view: Any) -> None:  # noqa: ANN401  fapilog's SerializedView
        """
        Accept one entry that fapilog has serialized; the record is the same as from `write`.

        Raises:
            SinkWriteError: As `write`, and when the bytes are no JSON object.
        """
        try:
            entry = orjson.loads(bytes(view.data))
            if not isinstance(entry, dict):
                self._refuse(RefuseReason.NOT_ENCODABLE, "a serialized entry is a JSON object")
        except (orjson.JSONDecodeError, AttributeError, TypeError, ValueError) as error:
            data = getattr(view, "data", None)
            self._reporter.warn(
                "write_serialized deserialization failed",
                reason="deserialize",
                error=str(error),
                data_size=len(data) if isinstance(data, bytes | memoryview) else 0,
            )
            self._refuse(RefuseReason.NOT_ENCODABLE, "cannot read a serialized entry", error)
        await self.write(entry)

    async def stop(self) -> None:
        """
        Deliver what is pending and release connections.

        What is left after ``exit_timeout_seconds`` is dead-lettered or dropped.  Repeatable, from
        any event loop; an event written later starts the sink again.
        """
        worker = self._worker
        deadline = time.monotonic() + self.config.exit_timeout_seconds
        if not await flush(worker, self.config.exit_timeout_seconds):
            await give_up(worker, "the sink was stopped")
        await speak_up(worker)
        try:
            left = max(deadline - time.monotonic(), _CLOSE_SECONDS)
            await in_thread(worker.release_transport, min(left, _HEALTH_SECONDS))
        except (asyncio.TimeoutError, RuntimeError) as error:
            # Something hangs in them, or the interpreter is ending and starts no thread.
            self._reporter.warn("connections are not closed", error=type(error).__name__)

    async def health_check(self) -> bool:
        """Tell whether the last attempt succeeded and the provider would answer, within 5 s."""
        if self._obstacle or self._worker.is_failing:
            return False

        def check() -> None:
            self._worker.transport().health_check()

        try:
            await in_thread(check, _HEALTH_SECONDS)
        except Exception as error:  # noqa: BLE001  every reason means the same
            self._reporter.warn("health check failed", error=type(error).__name__)
            return False
        return True

    # -- what applications call --------------------------------------------------------------

    async def flush(self, seconds: float = 5.0) -> bool:
        """
        Deliver what was accepted until now; return whether all of it was settled in time.

        What loggers hold comes first: events logged before are among those waited for.  Batches do
        not wait to fill; a wait the provider asked for, or before a retry, stays.
        """
        deadline = time.monotonic() + seconds
        handing = [hand_over(logger) for logger in loggers_of([self])]
        try:
            await asyncio.wait_for(asyncio.gather(*handing, return_exceptions=True), seconds)
        except asyncio.TimeoutError:
            return False
        return await flush(self._worker, deadline - time.monotonic(), hurries=False)

    def stats(self) -> Stats:
        """Return the counters as they are at this moment."""
        stats = self._worker.stats()
        return replace(stats, credentials_in_clear=self.config.credentials_in_clear)

    @property
    def on_undelivered(self) -> Callable[[Undelivered], None] | None:
        """
        Called with events that ended other than delivered, once for each group of them.

        On a delivery thread, or in ``write`` for what a full queue pushes out: it must not wait.
        What it raises is said once and ignored.
        """
        return self._reporter.listener

    @on_undelivered.setter
    def on_undelivered(self, listener: Callable[[Undelivered], None] | None) -> None:
        self._reporter.listener = listener

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled: a sink has threads and may hold secrets."""
        message = f"{type(self).__name__} is not pickled"
        raise TypeError(message)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"

    # -- what a sink written by hand overrides -----------------------------------------------

    def _initialize_client(self) -> None:
        """Make the client; called on a delivery thread before the first batch of a process."""

    def _transform_entry(self, event: Event) -> object:
        """Return an event as the provider wants it: any JSON value, or bytes."""
        return {
            "timestamp": event.timestamp,
            "level": event.level,
            "message": event.message,
            "logger": event.logger,
            "context": event.context,
            "diagnostics": event.diagnostics,
            "data": event.data,
        }

    def _send_batch(self, batch: Batch) -> Outcome:
        """Perform one attempt, within ``timeout_seconds``.  Blocking calls are fine here."""
        raise NotImplementedError

    def _check_health(self) -> None:
        """Raise `HealthError` when the provider would not take events."""

    def _close_client(self) -> None:
        """Release the client's connections."""

    # -- what a generated sink overrides -----------------------------------------------------

    def _make_encoder(self) -> Encoder:
        return _OwnEncoder(self)

    def _make_limits(self) -> Limits:
        """Return the limits, where they depend on settings."""
        return self.limits

    def _make_transport(self) -> Transport:
        self._initialize_client()
        return _OwnTransport(self)

    # -- accepting ---------------------------------------------------------------------------

    async def _wait_for_room(self, record: Record) -> None:
        config = self.config
        if config.overflow is Overflow.BLOCK:
            # One wait for all writes that find the sink full, not one for each: a drain hands over
            # what the logger holds one by one, and would take hours in an outage.
            self._full_since = self._full_since or time.monotonic()
            while time.monotonic() < self._full_since + config.block_timeout_seconds:
                try:
                    await asyncio.sleep(_POLL_SECONDS)
                except asyncio.CancelledError:
                    self._worker.refuse(RefuseReason.QUEUE_FULL)
                    raise
                if self._worker.offer(record):
                    self._full_since = 0.0
                    return
        self._refuse(RefuseReason.QUEUE_FULL, "is full")

    def _note_time(self, time: EventTime) -> None:
        """Count an event that has the time of its acceptance, and say once that there are some."""
        self._worker.count_without_time()
        self._reporter.mistake(_WITHOUT_TIME[time])

    def _refuse(
        self, reason: RefuseReason, message: str, cause: Exception | None = None
    ) -> NoReturn:
        self._worker.refuse(reason)
        text = f"{self.name} {message}"
        raise SinkWriteError(text, sink_name=self.name, cause=cause) from cause


def sinks() -> list[CloudSinkBase[Any]]:
    """Return the sinks of this process, those that fapilog made by name too."""
    return sorted(_processes.sinks, key=lambda sink: sink.name)


class _OwnEncoder:
    """The encoder of a sink written by hand."""

    def __init__(self, sink: CloudSinkBase[Any]) -> None:
        self._transform = sink._transform_entry  # noqa: SLF001

    def encode(self, event: Event) -> tuple[bytes, None]:
        value = self._transform(event)
        return (value if isinstance(value, bytes) else dumps(value)), None

    def write_payload(self, records: Records) -> bytes:
        return json_array(records)


class _OwnTransport:
    """The transport of a sink written by hand."""

    def __init__(self, sink: CloudSinkBase[Any]) -> None:
        self.send = sink._send_batch  # noqa: SLF001
        self.health_check = sink._check_health  # noqa: SLF001
        self.close = sink._close_client  # noqa: SLF001


def _check_methods(kind: type[CloudSinkBase[Any]]) -> None:
    """Refuse a sink written by hand that cannot deliver: later, it would look like an outage."""
    if not (_overrides(kind, "_send_batch") or _overrides(kind, "_make_transport")):
        message = f"`{kind.__name__}` has no `_send_batch`"
        raise TypeError(message)
    for name in _BY_HAND:
        if inspect.iscoroutinefunction(getattr(kind, name)):
            message = f"`{kind.__name__}.{name}` must be a plain `def`: nothing awaits it"
            raise TypeError(message)


def _overrides(kind: type[CloudSinkBase[Any]], method: str) -> bool:
    return getattr(kind, method) is not getattr(CloudSinkBase, method)
