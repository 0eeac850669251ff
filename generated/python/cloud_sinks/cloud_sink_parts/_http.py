"""
Performs HTTP attempts with httpx.

Redirects are not followed, no cookie is kept, the environment's proxies are not used, the response
is read to a bound and never decompressed, TLS is verified.  What of it is quoted holds no secret of
the sink.  Retrying is the delivery runtime's work.
"""

import functools
import re
import ssl
import time
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field, replace
from datetime import timezone
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import ClassVar, Protocol

import httpx
from pydantic import SecretStr

from ..cloud_sink_base import (
    Batch,
    Bisect,
    CloudSinkConfig,
    Delivered,
    Encoder,
    HealthError,
    Outcome,
    Partial,
    Paused,
    Records,
    Rejected,
    Split,
    Transient,
    Uncertain,
    expose,
    mute_own_requests,
)
from ._codecs import Codec
from ._connection import USUAL, Connection, connection_of
from ._deadline import Deadlines, is_answer
from ._scrub import Scrubber, parts_of_url, parts_of_value

# An answer longer than this has nothing to say that fits a log line.
MAX_RESPONSE_BYTES = 1024 * 1024
MAX_EXCERPT_CHARACTERS = 200
# More headers than this are no answer to a log request.
MAX_HEADERS = 1_000
# Longest delay taken from a header.
MAX_RETRY_AFTER_SECONDS = 300.0
# `inf`, `nan`, signs and exponents are no delay.
_NUMBER = re.compile("[0-9][0-9.]*")
_RESET = re.compile(r"(?:^|[,;])\s*(?:reset|t|w)\s*=\s*([0-9][0-9.]*)\s*(?:$|[,;])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PAGES = (b"<!doctype", b"<html")
_REDIRECTS = range(300, 400)
# What only the provider can say.
_VERDICTS = (Bisect, Delivered, Partial, Rejected, Uncertain)


@dataclass(frozen=True)
class HttpRequest:
    """One request; address and headers may hold credentials, so it prints none."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    events: int = 0


@dataclass(frozen=True)
class HttpResponse:
    """
    What came back.

    Attributes:
        status: HTTP status.
        headers: Names in lower case.
        body: At most `MAX_RESPONSE_BYTES` of it.
        events: Events in the request.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    events: int = 1


class HttpClient:
    """
    A connection pool for one sink, usable from several threads.

    Args:
        timeout_seconds:
            Bound of one attempt.
        max_connections:
            Connections held at once.
        urls:
            What requests are sent to; only where one of them is https can TLS be spoken.
        connection:
            TLS and proxy.

    Raises:
        ValueError: A file of the connection can no longer be used.
    """

    def __init__(
        self,
        timeout_seconds: float,
        max_connections: int,
        *urls: str,
        connection: Connection = USUAL,
    ) -> None:
        self.timeout_seconds = timeout_seconds
        self._deadlines = Deadlines()
        context = _context(urls, connection)
        proxy = connection.proxy_to(urls)
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout_seconds),
            limits=httpx.Limits(max_connections=max_connections),
            follow_redirects=False,
            # Proxies, and a `.netrc` with passwords: both are for settings to say.
            trust_env=False,
            proxy=None if proxy is None else _proxy(proxy, context),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            verify=context,
        )
        mute_own_requests("httpx", "httpcore")

    def send(self, request: HttpRequest, deadline: float | None = None) -> HttpResponse | Transient:
        """
        Perform one attempt.

        Args:
            request:
                What is sent.
            deadline:
                When it ends at the latest, on the monotonic clock; None: after the timeout.

        Returns:
            The response whatever its status, or why there is none.
        """
        now = time.monotonic()
        latest = now + self.timeout_seconds
        deadline = latest if deadline is None else min(deadline, latest)
        seconds = deadline - now
        if seconds <= 0:
            return self._late("no time was left for the request")
        headers = {"accept-encoding": "identity", **request.headers}
        fields = [(name.encode(), _field(text)) for name, text in headers.items()]
        try:
            with (
                self._deadlines.attempt(seconds),
                self._client.stream(
                    request.method,
                    request.url,
                    headers=fields,
                    content=request.body,
                    timeout=seconds,
                    extensions={"trace": self._deadlines.note},
                ) as response,
            ):
                if not is_answer(response.extensions.get("network_stream"), now):
                    response.extensions["network_stream"].close()
                    return Transient("an answer that came before the request")
                return HttpResponse(
                    response.status_code,
                    _read_headers(response),
                    _read_bounded(response, deadline),
                    request.events,
                )
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError) as error:
            # Of most, the text could quote a header, so only the type is told.
            name = type(error).__name__
            if isinstance(error, httpx.TimeoutException) or time.monotonic() >= deadline:
                return self._late(name)
            if isinstance(error, httpx.NetworkError):
                return Transient(f"{name}: {error}"[:MAX_EXCERPT_CHARACTERS])
            return Transient(name)

    def _late(self, what: str) -> Transient:
        return Transient(f"{what} after {self.timeout_seconds:g} s")

    def check(self, request: HttpRequest, healthy: Container[int]) -> None:
        """
        Perform a health check.

        Raises:
            HealthError: There was no answer, or one with another status than ``healthy``.
        """
        answer = self.send(request)
        if isinstance(answer, Transient):
            raise HealthError(answer.reason)
        if answer.status not in healthy:
            raise HealthError(describe(answer))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _proxy(url: str, context: ssl.SSLContext) -> httpx.Proxy:
    return httpx.Proxy(url, ssl_context=context if _is_https(url) else None)


def _context(urls: tuple[str, ...], connection: Connection) -> ssl.SSLContext:
    needs_tls = any(map(_is_https, (*urls, connection.proxy or "")))
    if connection.is_usual:
        return _trusted() if needs_tls else _trusting_nobody()
    is_usual = needs_tls and connection.ca_file is None
    context = httpx.create_ssl_context() if is_usual else _trusting_nobody()
    connection.apply(context)
    return context


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Read the certificates to trust, once: reading takes as long as twenty requests."""
    return httpx.create_ssl_context()


def _trusting_nobody() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _is_https(url: str) -> bool:
    return url[:6].lower() == "https:"


class Confirmation(Protocol):
    """Finds out whether the provider has stored what it took."""

    def confirm(
        self,
        ask: Callable[[HttpRequest], HttpResponse | Transient | Paused],
        batch: HttpRequest,
        answer: HttpResponse,
    ) -> Outcome:
        """Return what became of a batch that was answered as delivered."""

    def end(self) -> None:
        """Wait no longer."""


class HttpTransport:
    """
    Sends each batch as one request; usable from several threads.

    Args:
        config:
            Settings of the delivery.
        encoder:
            Makes bodies.
        codec:
            How bodies travel.
        request:
            What every request is like, its body aside.
        classify:
            What an answer means for the events of its request.
        health:
            The cheapest request that tells whether batches would be taken; None: there is none.
        healthy:
            Statuses of its answer that say so.
        max_wire_bytes:
            Bytes a body may have as it travels; a longer one is split before it is sent.
        confirmation:
            Says when a batch is delivered; None: the answer to it does.
    """

    credential_settings: ClassVar[tuple[str, ...]] = ()
    """Names of the settings that credentials are made of."""
    place_settings: ClassVar[tuple[str, ...]] = ()
    """Names of the settings that say where events go."""

    def __init__(  # noqa: PLR0913  all that tells one provider from another
        self,
        config: CloudSinkConfig,
        encoder: Encoder,
        codec: Codec,
        request: HttpRequest,
        classify: Callable[[HttpResponse], Outcome],
        health: HttpRequest | None = None,
        healthy: Container[int] = (),
        *,
        max_wire_bytes: int | None = None,
        confirmation: Confirmation | None = None,
    ) -> None:
        self._encoder = encoder
        self._codec = codec
        self._classify = classify
        self.request = request
        self.health = health
        self._healthy = healthy
        self._max_wire_bytes = max_wire_bytes
        self._confirmation = confirmation
        urls = [request.url] if health is None else [request.url, health.url]
        self._client = HttpClient(
            config.timeout_seconds, config.max_in_flight, *urls, connection=connection_of(config)
        )
        self._scrubber = Scrubber(_secrets(config, request))
        # A codec whose package is missing says so now, not with the first batch.
        codec.compress(b"")

    def address(self, _records: Records) -> tuple[str, Mapping[str, str]]:
        """Return URL and headers of the request that carries some records."""
        return self.request.url, self.request.headers

    def send(self, batch: Batch) -> Outcome:
        """Perform one attempt."""
        if batch.body is None:
            batch.body = self._codec.compress(self._encoder.write_payload(batch.records))
        if self._max_wire_bytes is not None and len(batch.body) > self._max_wire_bytes:
            return Split(f"a body of {len(batch.body)} bytes, {self._max_wire_bytes} are taken")
        url, headers = self.address(batch.records)
        if self._codec.name is not None:
            headers = {**headers, "content-encoding": self._codec.name}
        request = HttpRequest(self.request.method, url, headers, batch.body, len(batch))
        answer = self._ask(request)
        if isinstance(answer, Transient | Paused):
            return answer
        outcome = self._classify(answer)
        if isinstance(outcome, Paused):
            return replace(outcome, reason=self._told(answer.status, outcome.reason))
        if self._confirmation is None or not isinstance(outcome, Delivered):
            return outcome
        return self._confirmation.confirm(self._ask, request, answer)

    def health_check(self) -> None:
        """
        Ask whether batches would be taken, where the provider has a request that costs nothing.

        Raises:
            HealthError: They would not.
        """
        if self.health is None:
            return
        answer = self._ask(self.health)
        if isinstance(answer, Transient | Paused):
            raise HealthError(answer.reason)
        if answer.status not in self._healthy:
            raise HealthError(self._told(answer.status, describe(answer)))

    def close(self) -> None:
        """Close the connections."""
        if self._confirmation is not None:
            self._confirmation.end()
        self._client.close()

    def _told(self, status: int, reason: str) -> str:
        """Return the reason with the settings that an answer of this status is about."""
        names: tuple[str, ...] = ()
        match status:
            case 401:
                names = self.credential_settings
            case 403:
                names = (*self.credential_settings, *self.place_settings)
            case 400 | 404 | 405 | 410 | 421:
                names = self.place_settings
            case 407:
                names = ("proxy",)
            case status if status in _REDIRECTS:
                names = self.place_settings
        return f"{reason}; check `{'`, `'.join(names)}`" if names else reason

    def _ask(self, request: HttpRequest) -> HttpResponse | Transient | Paused:
        """Send a request; the body of the answer quotes no secret."""
        answer = self._perform(request)
        if isinstance(answer, HttpResponse):
            return replace(answer, body=self._scrubber.clean(answer.body))
        return answer

    def _perform(self, request: HttpRequest) -> HttpResponse | Transient | Paused:
        """Send a request as it is."""
        return self._client.send(request)


def without_path(base: str, path: str) -> str:
    """Return a base without the endpoint's own path, which comes along with a URL copied whole."""
    return base.removesuffix(path).rstrip("/")


def _secrets(config: CloudSinkConfig, request: HttpRequest) -> set[str]:
    """Return what a peer could quote of the settings, as they are and as requests have them."""
    secrets: set[str] = set()
    for name in type(config).model_fields:
        value = getattr(config, name)
        if isinstance(value, SecretStr):
            text = expose(value)
            secrets.update(parts_of_url(text) if "://" in text else (text,))
        elif isinstance(value, dict):
            texts = (expose(each) for each in value.values() if isinstance(each, SecretStr))
            secrets.update(part for text in texts for part in (text, *parts_of_value(text)))
    secrets.update(parts_of_value(request.headers.get("authorization", "")))
    return secrets


def never_from_a_page(
    classify: Callable[[HttpResponse], Outcome],
) -> Callable[[HttpResponse], Outcome]:
    """
    Return a reading of answers that takes no web page for a verdict about events.

    A page comes from a proxy or a portal in between, whatever its status says.
    """

    @functools.wraps(classify)
    def read(response: HttpResponse) -> Outcome:
        outcome = classify(response)
        if isinstance(outcome, _VERDICTS) and is_page(response):
            return Paused(describe(response))
        return outcome

    return read


def is_page(response: HttpResponse) -> bool:
    """Tell whether an answer is a web page."""
    kind = response.headers.get("content-type", "").lstrip().lower()
    start = response.body.lstrip()[:16].lower()
    return kind.startswith("text/html") or start.startswith(_PAGES)


def retry_after(
    response: HttpResponse, name: str = "retry-after", now: float | None = None
) -> float | None:
    """
    Return the seconds a header asks to wait, a number or a date; at most 300 s.

    ``now`` is the time a date is compared with, in seconds since 1970; None: the system's.
    """
    text = _header(response, name)
    seconds = _number(text)
    if seconds is not None or not text:
        return _bounded(seconds)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:  # HTTP's oldest form names no zone; all mean GMT
        moment = moment.replace(tzinfo=timezone.utc)
    return _bounded(moment.timestamp() - (time.time() if now is None else now))


def retry_after_millis(response: HttpResponse, name: str) -> float | None:
    """Return the seconds to wait that a header gives in milliseconds; at most 300 s."""
    millis = _number(_header(response, name))
    return None if millis is None else _bounded(millis / 1000)


def retry_at(response: HttpResponse, name: str, now: float | None = None) -> float | None:
    """Return the seconds until a moment that a header gives in seconds since 1970; at most 300."""
    moment = _number(_header(response, name))
    if moment is None:
        return None
    return _bounded(moment - (time.time() if now is None else now))


def retry_at_reset(response: HttpResponse, name: str) -> float | None:
    """Return the seconds that a header has as ``reset=`` among its parameters; at most 300."""
    found = _RESET.search(_header(response, name))
    return None if found is None else _bounded(_number(found[1]))


def _header(response: HttpResponse, name: str) -> str:
    return response.headers.get(name.lower(), "").strip()


def _number(text: str) -> float | None:
    try:
        return float(text) if _NUMBER.fullmatch(text) else None
    except ValueError:
        return None


def _bounded(seconds: float | None) -> float | None:
    return None if seconds is None else min(max(seconds, 0.0), MAX_RETRY_AFTER_SECONDS)


def describe(response: HttpResponse, text: str | None = None) -> str:
    """Return ``HTTP 400: text`` with the start of a text, or of the body, on one line."""
    excerpt = response.body.decode("utf-8", "replace") if text is None else text
    return f"HTTP {response.status}: {printable(excerpt).strip()}".removesuffix(": ")


def printable(text: str) -> str:
    """Return the start of a text on one line."""
    return "".join(c if c.isprintable() else " " for c in text[:MAX_EXCERPT_CHARACTERS])


def _field(text: str) -> bytes:
    """Return a header's value; values of events may hold what would end it."""
    return _CONTROL.sub(" ", text).strip().encode()


def _read_headers(response: httpx.Response) -> dict[str, str]:
    """Return the headers, names in lower case; the client's own mapping takes quadratic time."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers.raw[:MAX_HEADERS]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _read_bounded(response: httpx.Response, deadline: float) -> bytes:
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) >= MAX_RESPONSE_BYTES:
            break
        # The client's timeouts hold for each read; a body that trickles would never end.
        if time.monotonic() > deadline:
            message = "response body"
            raise httpx.ReadTimeout(message)
    return bytes(body[:MAX_RESPONSE_BYTES])
