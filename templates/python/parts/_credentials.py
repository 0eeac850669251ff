"""
Sends requests that carry credentials, whatever the scheme.

They are fetched when first needed, renewed ahead of their end, and once more when the backend
refuses those it took before.  A scheme is a file of its own (``_oauth2``, ``_google``, ``_azure``,
``_sas``, ``_sigv4``).

Needs ``_http``, ``_scrub`` and ``_token``; no package beyond theirs.
"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from ..cloud_sink_base import HealthError, Paused, Transient
from ._connection import USUAL, Connection
from ._http import HttpClient, HttpRequest, HttpResponse, describe
from ._scrub import hide_headers


class CredentialsError(Exception):
    """
    Why there are no credentials; shows none of them.

    Attributes:
        outcome: `Transient` when whoever issues them cannot be asked or makes no sense, `Paused`
            when they are wrong or missing and a person has to change a setting.
    """

    def __init__(self, outcome: Transient | Paused) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


def outage(reason: str, retry_after: float | None = None) -> CredentialsError:
    """Make the error of an issuer that cannot be asked."""
    return CredentialsError(Transient(reason, retry_after))


def refused(reason: str) -> CredentialsError:
    """Make the error of credentials that are wrong or missing."""
    return CredentialsError(Paused(reason))


@dataclass(frozen=True)
class CredentialsContext:
    """
    What a scheme takes from around it.

    Attributes:
        timeout_seconds: Limit of an attempt; fetching credentials takes at most half of it.
        clock: Seconds since 1970.
        environment: The process's variables, unless a test brings its own.
        connection: TLS and proxy, for whoever issues credentials too.
    """

    timeout_seconds: float
    clock: Callable[[], float] = field(default=time.time, repr=False)
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    connection: Connection = USUAL

    @property
    def fetch_timeout(self) -> float:
        """Longest time that fetching takes: the other half is for the request itself."""
        return self.timeout_seconds / 2

    def variable(self, name: str) -> str | None:
        """Return an environment variable that is set to something."""
        return self.environment.get(name) or None


class Credentials(Protocol):
    """Puts credentials into requests; usable from several threads."""

    def authorize(self, request: HttpRequest) -> tuple[HttpRequest, int]:
        """
        Put credentials into a request as it will be sent, and say which issue of them.

        Waits for them when there are none that hold, at most half an attempt's timeout.

        Raises:
            CredentialsError: There are none.
        """

    def is_refusal(self, response: HttpResponse) -> bool:
        """Tell whether an answer says that the backend did not take the credentials."""

    def accepted(self, issue: int) -> None:
        """Hear that the backend has taken this issue."""

    def refused(self, issue: int) -> bool:
        """
        Hear that the backend has refused this issue.

        Returns:
            Whether the request is worth sending again, with others.  If not, these were fresh, and
            the refusal is the backend's answer.
        """


def send(
    client: HttpClient, credentials: Credentials, request: HttpRequest
) -> HttpResponse | Transient | Paused:
    """
    Send a request with credentials, and a second time when the backend refuses old ones.

    All of it together takes no longer than the client's timeout.

    Returns:
        The response whatever its status, or why there is none.
    """
    seconds = client.timeout_seconds
    deadline = time.monotonic() + seconds
    try:
        issue, answer = _send_once(client, credentials, request, deadline)
        if isinstance(answer, Transient) or not credentials.is_refusal(answer):
            return answer
        if not credentials.refused(issue):
            return answer
        if time.monotonic() + seconds / 2 > deadline:
            # Fetching may take half of an attempt.
            return Transient(f"{describe(answer)} (no time was left for other credentials)")
        return _send_once(client, credentials, request, deadline)[1]
    except CredentialsError as error:
        return error.outcome


def check(
    client: HttpClient,
    credentials: Credentials,
    request: HttpRequest,
    healthy: range | tuple[int, ...],
) -> None:
    """
    Perform a health check.

    Raises:
        HealthError: There was no answer, or one with another status than ``healthy``.
    """
    answer = send(client, credentials, request)
    if isinstance(answer, Transient | Paused):
        raise HealthError(answer.reason)
    if answer.status not in healthy:
        raise HealthError(describe(answer))


def _send_once(
    client: HttpClient, credentials: Credentials, request: HttpRequest, deadline: float
) -> tuple[int, HttpResponse | Transient]:
    request, issue = credentials.authorize(request)
    answer = client.send(request, deadline)
    if isinstance(answer, Transient):
        return issue, answer
    if 200 <= answer.status < 300:  # noqa: PLR2004  a success
        credentials.accepted(issue)
        return issue, answer
    # Refusals are quoted in log lines, and some backends quote what they were sent.
    return issue, replace(answer, body=hide_headers(answer.body, request.headers))
