"""
Performs HTTP attempts with httpx.

Redirects are not followed, no cookie is kept, the response is read to a bound and never
decompressed, TLS is verified.  Retrying is the delivery runtime's work.
"""

import functools
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timezone
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from ..cloud_sink_base import HealthError, Transient, mute_own_requests
from ._deadline import Deadlines

# An answer longer than this has nothing to say that fits a log line.
MAX_RESPONSE_BYTES = 1024 * 1024
MAX_EXCERPT_CHARACTERS = 200
# Longest delay taken from a header.
MAX_RETRY_AFTER_SECONDS = 300.0
# `inf`, `nan`, signs and exponents are no delay.
_SECONDS = re.compile("[0-9][0-9.]*")


@dataclass(frozen=True)
class HttpRequest:
    """One request; its headers may hold credentials, so it prints none."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class HttpResponse:
    """
    What came back.

    Attributes:
        status: HTTP status.
        headers: Names in lower case.
        body: At most `MAX_RESPONSE_BYTES` of it.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


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
        proxied:
            Whether proxies are taken from the usual environment variables.
    """

    def __init__(
        self, timeout_seconds: float, max_connections: int, *urls: str, proxied: bool = True
    ) -> None:
        self._timeout_seconds = timeout_seconds
        self._deadlines = Deadlines(timeout_seconds)
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout_seconds),
            limits=httpx.Limits(max_connections=max_connections),
            follow_redirects=False,
            trust_env=proxied,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            verify=_trusted() if any(map(_is_https, urls)) else _trusting_nobody(),
        )
        mute_own_requests("httpx", "httpcore")

    def send(self, request: HttpRequest) -> HttpResponse | Transient:
        """
        Perform one attempt.

        Returns:
            The response whatever its status, or why there is none.
        """
        deadline = time.monotonic() + self._timeout_seconds
        headers = {"accept-encoding": "identity", **request.headers}
        try:
            with (
                self._deadlines.attempt(),
                self._client.stream(
                    request.method,
                    request.url,
                    headers=headers,
                    content=request.body,
                    extensions={"trace": self._deadlines.note},
                ) as response,
            ):
                return HttpResponse(
                    response.status_code,
                    dict(response.headers),
                    _read_bounded(response, deadline),
                )
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError) as error:
            # Of most, the text could quote a header, so only the type is told.
            name = type(error).__name__
            if isinstance(error, httpx.TimeoutException) or time.monotonic() >= deadline:
                return Transient(f"{name} after {self._timeout_seconds:g} s")
            if isinstance(error, httpx.NetworkError):
                return Transient(f"{name}: {error}"[:MAX_EXCERPT_CHARACTERS])
            return Transient(name)

    def check(self, request: HttpRequest, healthy: range | tuple[int, ...]) -> None:
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


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Read the certificates to trust, once: reading takes as long as twenty requests."""
    return httpx.create_ssl_context()


def _trusting_nobody() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _is_https(url: str) -> bool:
    return url[:6].lower() == "https:"


def retry_after(
    response: HttpResponse, name: str = "retry-after", now: float | None = None
) -> float | None:
    """
    Return the seconds a header asks to wait, a number or a date; at most 300 s.

    ``now`` is the time a date is compared with, in seconds since 1970; None: the system's.
    """
    text = response.headers.get(name.lower(), "").strip()
    if not text:
        return None
    try:
        if _SECONDS.fullmatch(text):
            seconds = float(text)
        else:
            moment = parsedate_to_datetime(text)
            if moment.tzinfo is None:  # HTTP's oldest form names no zone; all mean GMT
                moment = moment.replace(tzinfo=timezone.utc)
            seconds = moment.timestamp() - (time.time() if now is None else now)
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_SECONDS)


def describe(response: HttpResponse, text: str | None = None) -> str:
    """Return ``HTTP 400: text`` with the start of a text, or of the body, on one line."""
    excerpt = response.body.decode("utf-8", "replace") if text is None else text
    excerpt = "".join(c if c.isprintable() else " " for c in excerpt[:MAX_EXCERPT_CHARACTERS])
    return f"HTTP {response.status}: {excerpt.strip()}".removesuffix(": ")


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
