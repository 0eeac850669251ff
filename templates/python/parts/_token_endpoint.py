"""
Asks token endpoints, and sorts what they say into a token, an outage or a refusal.

Redirects are never followed.  Plain http is for loopback and for the metadata services of the
clouds, and never goes through a proxy.  What comes with a token is never quoted, and of a refusal
only the ``error`` fields are, without the secrets that were sent.

Needs ``_credentials``, ``_http``, ``_scrub`` and ``_token``; no package beyond theirs.
"""

import errno
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from ..cloud_sink_base import Transient
from ._credentials import CredentialsContext, CredentialsError, outage, refused
from ._http import MAX_EXCERPT_CHARACTERS, HttpClient, HttpRequest, HttpResponse, retry_after
from ._scrub import scrub
from ._token import Issued

# Longest lifetime read from an answer; the cache believes less.
_MAX_LIFETIME_SECONDS = 366 * 24 * 60 * 60
# Bytes of a file with a key or a token that are read.
_MAX_FILE_BYTES = 64 * 1024

_STARTING = (404, 410)
_TEMPORARY_STATUSES = (408, 425, 429)
_TEMPORARY_CODES = ("temporarily_unavailable", "server_error", "slow_down")


class TokenEndpoint:
    """
    Where tokens come from: with TLS, or on this machine.

    Args:
        url:
            Its address.
        is_metadata:
            Whether it is a cloud's metadata service, which hands out tokens to whatever runs on
            the machine.

    Raises:
        CredentialsError: The address is something else.
    """

    def __init__(self, url: str, *, is_metadata: bool = False) -> None:
        self.url = url
        self.is_metadata = is_metadata
        try:
            # As the client that will send to it reads it.
            parts = httpx.URL(url)
            host = parts.host
        except (httpx.InvalidURL, UnicodeError, ValueError):
            message = "the token URL is not valid"
            raise refused(message) from None
        if parts.scheme not in ("https", "http") or not host:
            message = "the token URL is neither https nor http"
            raise refused(message)
        if parts.userinfo:
            message = "the token URL has a user name or password in it"
            raise refused(message)
        if parts.scheme == "http" and not _is_near(host, is_metadata=is_metadata):
            message = "the token URL is http, which would show the credentials: use https"
            raise refused(message)
        self.is_plain = parts.scheme == "http"
        self.name = f"token endpoint {f'[{host}]' if ':' in host else host}"


@dataclass(frozen=True)
class TokenRequest:
    """
    One request to a token endpoint; prints nothing of it.

    Attributes:
        headers: Headers beside those that every request has.
        form: Fields of the form that is posted; none: the endpoint is asked by GET.
        secrets: What no error may show.
    """

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Sequence[tuple[str, str]] = field(default=(), repr=False)
    secrets: Sequence[str] = field(default=(), repr=False)


class TokenClient:
    """
    Asks token endpoints for one scheme.

    Args:
        setting:
            The setting that errors name which a person has to cure.
        context:
            Clock and time for an answer.
    """

    def __init__(self, setting: str, context: CredentialsContext) -> None:
        self._setting = setting
        self._context = context

    def ask(self, endpoint: TokenEndpoint, request: TokenRequest) -> Issued[str]:
        """
        Ask once; the value of what is issued is that of an ``Authorization`` header.

        Raises:
            CredentialsError: No token came.
        """
        answer = self._exchange(endpoint, request)
        if answer.status != HTTPStatus.OK:
            raise self._refusal(endpoint, answer, request.secrets)
        try:
            return _issued(answer.body, self._context.clock())
        except _UnusableError as error:
            message = f"{endpoint.name}: HTTP 200 {error}"
            raise outage(message) from None

    def refused(self, what: str) -> CredentialsError:
        """Make the error of what a setting lacks."""
        return refused(f"`{self._setting}`: {what}")

    def _exchange(self, endpoint: TokenEndpoint, request: TokenRequest) -> HttpResponse:
        headers = {**request.headers, "accept": "application/json"}
        if request.form:
            headers["content-type"] = "application/x-www-form-urlencoded"
        # Asked once an hour or so: not worth a connection that is kept.
        connection = self._context.connection
        if endpoint.is_plain:
            connection = replace(connection, proxy=None)
        client = HttpClient(self._context.fetch_timeout, 1, endpoint.url, connection=connection)
        try:
            answer = client.send(
                HttpRequest(
                    "POST" if request.form else "GET",
                    endpoint.url,
                    headers,
                    _encode_form(request.form),
                )
            )
        finally:
            client.close()
        if isinstance(answer, Transient):
            message = f"{endpoint.name}: {answer.reason}"
            raise outage(message)
        return answer

    def _refusal(
        self, endpoint: TokenEndpoint, answer: HttpResponse, secrets: Sequence[str]
    ) -> CredentialsError:
        code, text = _read_refusal(answer.body)
        said = _said(answer.status, (code, text), secrets)
        status = answer.status
        is_outage = (
            status < 300  # noqa: PLR2004  a success without a token
            or status >= 500  # noqa: PLR2004
            or status in _TEMPORARY_STATUSES
            # Metadata services say so while they start.
            or (endpoint.is_metadata and status in _STARTING)
            or (code in _TEMPORARY_CODES and status >= 400)  # noqa: PLR2004
        )
        if is_outage:
            return outage(f"{endpoint.name}: {said}", retry_after(answer))
        if status < 400:  # noqa: PLR2004
            return self.refused(f"{endpoint.name} redirects, which is not followed: {said}")
        return self.refused(f"{endpoint.name} refused it: {said}")


class _UnusableError(Exception):
    """What is wrong with a success; quotes nothing of it."""


def _issued(body: bytes, now: float) -> Issued[str]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        message = "with a body that is no JSON object"
        raise _UnusableError(message)
    kind = answer.get("token_type")
    if isinstance(kind, str) and kind.lower() != "bearer":
        message = "with a `token_type` that is not Bearer"
        raise _UnusableError(message)
    token = answer.get("access_token")
    if not (isinstance(token, str) and token.isascii() and token.isprintable()) or (
        not token or " " in token
    ):
        message = "without a usable `access_token`"
        raise _UnusableError(message)
    lifetime, moment = map(_whole_seconds, (answer.get("expires_in"), answer.get("expires_on")))
    if lifetime is not None:
        expires_at = now + min(lifetime, _MAX_LIFETIME_SECONDS)
    elif moment is not None:
        # Azure's App Service tells the moment instead.
        expires_at = float(min(moment, now + _MAX_LIFETIME_SECONDS))
    else:
        message = "without a usable `expires_in`"
        raise _UnusableError(message)
    if expires_at <= now:
        message = "with a token that has ended already"
        raise _UnusableError(message)
    return Issued(f"Bearer {token}", expires_at)


def _whole_seconds(value: object) -> int | None:
    """Return a number of seconds above zero; Azure writes it as text."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:20])
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        seconds = int(value)
    except (ValueError, OverflowError):  # `NaN` and `Infinity`, which Python takes for JSON
        return None
    return seconds if seconds > 0 else None


def _read_refusal(body: bytes) -> tuple[str, str]:
    """Return what a refusal says in the fields that the standard and the vendors have for it."""
    try:
        answer: Any = json.loads(body)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(answer, dict):
        return "", ""
    error = answer.get("error")
    if isinstance(error, dict):
        return _text(error.get("status")), _text(error.get("message"))
    return _text(error), _text(answer.get("error_description"))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _said(status: int, parts: Sequence[str], secrets: Sequence[str]) -> str:
    """Return ``HTTP 401 Unauthorized: invalid_client: TEXT``, without secrets."""
    try:
        said = f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        said = f"HTTP {status}"
    for part in parts:
        # Before it is cut: half a secret would not be found.
        excerpt = scrub(part, secrets)[:MAX_EXCERPT_CHARACTERS]
        excerpt = "".join(c if c.isprintable() else " " for c in excerpt).strip()
        if excerpt:
            said += f": {excerpt}"
    return said


def _encode_form(fields: Sequence[tuple[str, str]]) -> bytes:
    pairs = (f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in fields)
    return "&".join(pairs).encode()


def _is_near(host: str, *, is_metadata: bool) -> bool:
    """Tell whether a host is this machine or, when asked for, its cloud's metadata service."""
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or (is_metadata and host == "metadata.google.internal")
    if address.version == 4:  # noqa: PLR2004  IPv4
        return address.is_loopback or (is_metadata and address.is_link_local)
    return str(address) == "::1"


def read_text(path: Path) -> str:
    """
    Return the text of a file with a key or a token, without space around it.

    It is read whenever it is needed, because such files are replaced while programs run.

    Raises:
        OSError: It cannot be read, or is something whose reading could wait for ever.
        UnicodeDecodeError: It is no text.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "not a regular file")
    with path.open("rb") as file:
        return file.read(_MAX_FILE_BYTES).decode().strip()
