"""
``PutLogEvents`` through boto3: one attempt per call, the place created on first use.

Credentials and region come from boto3's default chain.  Its own retries are off, because the
delivery runtime counts and spaces attempts.  Sequence tokens are never sent unless an old emulator
asks for one.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import boto3
from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
    AWSPreparedRequest,
    AWSResponse,
)
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
)
from fapilog.core import diagnostics
from urllib3.exceptions import HTTPError

from ..cloud_sink_base import (
    Batch,
    Bisect,
    HealthError,
    Outcome,
    Paused,
    Records,
    Throttled,
    Transient,
    mute_own_requests,
    unix_millis,
)
from ._aws_cloudwatch_classify import accepted, classify
from ._deadline import Deadlines

# An answer longer than this is none of CloudWatch's.
MAX_RESPONSE_BYTES = 1024 * 1024


@dataclass(frozen=True)
class CloudWatchOptions:
    """
    Where events go and how that place comes to be.

    Attributes:
        log_group: Log group.
        log_stream: Log stream within the group.
        region: Region; None: ``AWS_REGION``, ``AWS_DEFAULT_REGION``, the profile.
        endpoint_url: Replaces the region's endpoint, for private links, LocalStack and moto.
        create_log_group: Create the group when it is missing.
        create_log_stream: Create the stream when it is missing.
        retention_days: Days a group made by this sink keeps its events; None: for ever.  Other
            groups are left as they are.
        timeout_seconds: Limit of one call to the service.
        max_connections: Calls under way at once.
    """

    log_group: str
    log_stream: str
    region: str | None = None
    endpoint_url: str | None = None
    create_log_group: bool = True
    create_log_stream: bool = True
    retention_days: int | None = None
    timeout_seconds: float = 10.0
    max_connections: int = 4


class CloudWatchTransport:
    """Sends batches to one log stream; usable from several threads."""

    def __init__(self, options: CloudWatchOptions) -> None:
        self._options = options
        # Made on first use and again after an answer that blames the credentials, so that rotated
        # keys in a profile are read without a restart.
        self._client: Any = None
        self._client_lock = threading.Lock()
        # Held while the place is created: parallel batches find it missing at the same moment.
        self._creation_lock = threading.Lock()
        self._retention_due = False
        self._deadlines = Deadlines()

    def send(self, batch: Batch) -> Outcome:
        """Perform one attempt."""
        outcome = self._guard(lambda: self._attempt(batch))
        if isinstance(outcome, Paused):
            self.close()
        return outcome

    def health_check(self) -> None:
        """
        Do what the first batch would do, so that it needs no permission delivery does not need.

        Raises:
            HealthError: The place cannot be reached or made.
        """
        outcome = self._guard(self._check)
        if isinstance(outcome, Paused | Throttled | Transient):
            raise HealthError(outcome.reason)

    def close(self) -> None:
        """Forget the client and its credentials."""
        with self._client_lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _guard(self, work: Callable[[], Outcome]) -> Outcome:
        """Sort whatever a call raises into an outcome."""
        try:
            return work()
        except _NotCured as error:
            return error.outcome
        except ClientError as error:
            return _classified(error)
        except (
            NoCredentialsError,
            PartialCredentialsError,
            NoRegionError,
            ProfileNotFound,
        ) as error:
            return Paused(str(error))
        # An answer that is no text is no ValueError of botocore's own.
        except (BotoCoreError, HTTPClientError, OSError, UnicodeError) as error:
            return Transient(type(error).__name__)
        except ValueError as error:  # an endpoint URL that is none
            return Paused(type(error).__name__)

    def _connect(self) -> Any:  # noqa: ANN401  boto3's clients have no type at run time
        with self._client_lock:
            if self._client is None:
                options = self._options
                config = Config(
                    retries={"total_max_attempts": 1, "mode": "standard"},
                    connect_timeout=options.timeout_seconds,
                    read_timeout=options.timeout_seconds,
                    max_pool_connections=options.max_connections,
                )
                # A session of its own: the default one is not made for several threads.
                self._client = boto3.session.Session().client(
                    "logs",
                    region_name=options.region,
                    endpoint_url=options.endpoint_url,
                    config=config,
                )
                session = self._client._endpoint.http_session  # noqa: SLF001
                session._pool_classes_by_scheme.update(_pools(self._deadlines))  # noqa: SLF001
                self._client.meta.events.register("before-send.cloudwatch-logs", self._perform)
                mute_own_requests("boto3", "botocore", "urllib3")
            return self._client

    def _perform(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        """Send a request as botocore would, but read its answer to a bound and a deadline."""
        seconds = self._options.timeout_seconds
        deadline = time.monotonic() + seconds
        request.stream_output = True
        with self._deadlines.attempt(seconds):
            # It has the settings for TLS and proxies, and botocore has no other way to it.
            answer = self._client._endpoint.http_session.send(request)  # noqa: SLF001
            body = bytearray()
            try:
                for chunk in answer.raw.stream():
                    body += chunk
                    if len(body) > MAX_RESPONSE_BYTES or time.monotonic() > deadline:
                        raise ReadTimeoutError(endpoint_url=request.url)
            except HTTPError as error:
                raise ReadTimeoutError(endpoint_url=request.url, error=error) from error
            finally:
                # Of what was not read to its end the connection cannot be used again.
                if not answer.raw.isclosed():
                    answer.raw.close()
                answer.raw.release_conn()
        return AWSResponse(answer.url, answer.status_code, answer.headers, _Body(bytes(body)))

    def _attempt(self, batch: Batch) -> Outcome:
        """
        Send, and once more after each kind of answer that this side can cure.

        These are a missing place and a sequence token.
        """
        client = self._connect()
        options = self._options
        try:
            return self._put(client, batch.records)
        except ClientError as error:
            if _code(error) == "InvalidSequenceTokenException":
                expected = error.response.get("expectedSequenceToken")
                return self._put(client, batch.records, None if expected is None else str(expected))
            cures = options.create_log_group or options.create_log_stream
            if _code(error) != "ResourceNotFoundException" or not cures:
                raise
        self._ensure_place(client)
        try:
            return self._put(client, batch.records)
        except ClientError as error:
            if _code(error) == "ResourceNotFoundException" and options.create_log_stream:
                return Transient("the new log stream is not visible yet")
            raise

    def _put(self, client: Any, records: Records, token: str | None = None) -> Outcome:  # noqa: ANN401
        arguments: dict[str, Any] = {
            "logGroupName": self._options.log_group,
            "logStreamName": self._options.log_stream,
            "logEvents": [
                {"timestamp": unix_millis(stamp), "message": data.decode()}
                for stamp, data in zip(records.timestamps, records.bytes, strict=True)
            ],
        }
        if token is not None:
            arguments["sequenceToken"] = token
        try:
            answer = client.put_log_events(**arguments)
        except ParamValidationError as error:
            # boto3 refuses, say, a time before 1970 where the service would, and sends nothing.
            return Bisect(str(error.kwargs["report"]).partition("\n")[0])
        return _stored(answer, len(records))

    def _ensure_place(self, client: Any) -> None:  # noqa: ANN401
        """
        Create what the options allow: stream, or group, retention and stream.

        The stream is tried first: it is what is missing after every restart, the group only once.
        """
        options = self._options
        with self._creation_lock:
            if options.create_log_stream and self._create_stream(client):
                self._apply_retention(client)
                return
            if options.create_log_group:
                self._retention_due |= self._create_group(client)
                self._apply_retention(client)
            if options.create_log_stream and not self._create_stream(client):
                _give_up(Paused(f"log group `{options.log_group}` does not exist"))

    def _create_stream(self, client: Any) -> bool:  # noqa: ANN401
        """Return whether the stream exists now; if not, the group is missing."""
        options = self._options
        try:
            client.create_log_stream(
                logGroupName=options.log_group, logStreamName=options.log_stream
            )
        except ClientError as error:
            if _code(error) == "ResourceNotFoundException":
                return False
            if _code(error) != "ResourceAlreadyExistsException":
                raise
        return True

    def _create_group(self, client: Any) -> bool:  # noqa: ANN401
        """Return whether this call made the group."""
        try:
            client.create_log_group(logGroupName=self._options.log_group)
        except ClientError as error:
            if _code(error) != "ResourceAlreadyExistsException":
                raise
            return False
        return True

    def _apply_retention(self, client: Any) -> None:  # noqa: ANN401
        """
        Set the retention of a group this sink made.

        A refusal costs money, not events: it is reported and delivery goes on.
        """
        days = self._options.retention_days
        if not self._retention_due or days is None:
            return
        try:
            client.put_retention_policy(logGroupName=self._options.log_group, retentionInDays=days)
        except ClientError as error:
            outcome = _classified(error)
            if isinstance(outcome, Throttled | Transient):
                _give_up(outcome)
            # Looked up at the call: tests replace it.
            diagnostics.warn(
                "cloudwatch-sink",
                "log group is kept for ever",
                group=self._options.log_group,
                days=days,
                error=str(error)[:300],
            )
        self._retention_due = False

    def _check(self) -> Outcome:
        client = self._connect()
        group = self._options.log_group
        if self._options.create_log_stream:
            self._ensure_place(client)
            return accepted(0)
        found = client.describe_log_groups(logGroupNamePrefix=group, limit=1).get("logGroups", [])
        # A group sorts before every other group that starts with its name.
        if self._options.create_log_group or (found and found[0].get("logGroupName") == group):
            return accepted(0)
        return Paused(f"log group `{group}` does not exist")


def _pools(deadlines: Deadlines) -> dict[str, type]:
    """Return botocore's pools by scheme, with connections that end with a late attempt."""

    class Connection(AWSHTTPConnection):
        def connect(self) -> None:
            super().connect()
            deadlines.remember(self.sock)

    class TlsConnection(AWSHTTPSConnection):
        def connect(self) -> None:
            super().connect()
            deadlines.remember(self.sock)

    class Pool(AWSHTTPConnectionPool):
        ConnectionCls = Connection

    class TlsPool(AWSHTTPSConnectionPool):
        ConnectionCls = TlsConnection

    return {"http": Pool, "https": TlsPool}


@dataclass(frozen=True)
class _Body:
    """What was read of an answer, as botocore reads it."""

    data: bytes

    def stream(self) -> Iterator[bytes]:
        yield self.data


class _NotCured(Exception):  # noqa: N818  never leaves this module
    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


def _give_up(outcome: Outcome) -> NoReturn:
    raise _NotCured(outcome)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _classified(error: ClientError) -> Outcome:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    message = str(error.response.get("Error", {}).get("Message", ""))
    return classify(_code(error), int(status), message)


def _stored(answer: dict[str, Any], events: int) -> Outcome:
    """
    Read what an accepted request came to.

    A 200 counts only with something of CloudWatch's own in it: a proxy's bare 200 would otherwise
    pass for delivery.  Such an answer is repeated like any other lost one.
    """
    request_id = answer.get("ResponseMetadata", {}).get("RequestId")
    info = answer.get("rejectedLogEventsInfo")
    if request_id is None and "nextSequenceToken" not in answer and info is None:
        return Transient("HTTP 200 without a request id")
    info = info or {}
    return accepted(
        events,
        info.get("tooOldLogEventEndIndex"),
        info.get("expiredLogEventEndIndex"),
        info.get("tooNewLogEventStartIndex"),
    )
