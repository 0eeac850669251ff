"""
Keeps what was issued until it is about to end, and has one caller at a time renew it.

Needs ``_credentials`` and ``_http``; no package beyond theirs.
"""

import threading
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar

from ._credentials import CredentialsContext, CredentialsError, outage
from ._http import HttpRequest, HttpResponse

# How long before its end a token is renewed, or a quarter of its lifetime if that is shorter.
# Google's metadata server repeats the same token until less than this is left of it.
_RENEWAL_MARGIN = 225.0
# How long before its end a token is no longer sent, or a tenth of its lifetime if that is shorter:
# clocks differ, and the request takes a while to arrive.
_END_MARGIN = 10.0
# Longest lifetime believed; a longer one is renewed after this.
_MAX_LIFETIME = 24 * 60 * 60.0
# Age up to which a refusal of a token that was never taken is the backend's answer, not the
# token's fault.
_FRESH = 60.0
# Pause after a renewal that failed while the token still holds.
_RENEWAL_PAUSE = 15.0

_HTTP_UNAUTHORIZED = 401

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Issued(Generic[T_co]):
    """
    What an issuer handed out; prints nothing of it.

    Attributes:
        value: What it is.
        expires_at: Its end, in seconds since 1970; None: it has none.
    """

    value: T_co = field(repr=False)
    expires_at: float | None


class Issuer(Protocol[T_co]):
    """Where values come from; never retries, and bounds its waits by the time for fetching."""

    @property
    def name(self) -> str:
        """Who is asked, for error messages: ``token endpoint HOST``."""

    def issue(self) -> Issued[T_co]:
        """
        Ask for a new one.

        Raises:
            CredentialsError: None came.
        """


@dataclass(frozen=True)
class _Kept(Generic[T]):
    value: T = field(repr=False)
    issue: int
    issued_at: float
    renew_at: float
    ends_at: float
    is_accepted: bool = False


class Cache(Generic[T]):
    """The newest value an issuer handed out."""

    def __init__(self, issuer: Issuer[T], context: CredentialsContext) -> None:
        self._issuer = issuer
        self._clock = context.clock
        self._fetch_timeout = context.fetch_timeout
        self._lock = threading.Lock()
        # Held by whoever asks the issuer.
        self._flight = threading.Lock()
        self._kept: _Kept[T] | None = None
        # Fetches that have ended; the last one's number is the issue of what it brought.
        self._fetches = 0
        # What the last fetch came to when it brought nothing.
        self._failure: CredentialsError | None = None

    def get(self) -> tuple[T, int]:
        """
        Return a value that holds, and its issue.

        When it is about to end, one caller renews it and the others get the old one at once.  When
        there is none, all wait for the one that asks, and share what that comes to.

        Raises:
            CredentialsError: There is none that holds, and none was issued within the time for it.
        """
        kept, fetches = self._look()
        if kept is None:
            return self._fetched(fetches)
        if kept.renew_at <= self._clock():
            return self._renewed(kept)
        return kept.value, kept.issue

    def accepted(self, issue: int) -> None:
        """Hear that the backend has taken this issue."""
        with self._lock:
            if self._kept is not None and self._kept.issue == issue:
                self._kept = replace(self._kept, is_accepted=True)

    def refused(self, issue: int) -> bool:
        """Forget a refused issue unless it is fresh; tell whether another is worth a try."""
        now = self._clock()
        with self._lock:
            kept = self._kept
            if kept is not None and kept.issue == issue:
                # Before its issue: the system's clock was set back, and its age is not known.
                if not kept.is_accepted and 0 <= now - kept.issued_at < _FRESH:
                    return False
                self._kept = None
        return True

    def _renewed(self, old: _Kept[T]) -> tuple[T, int]:
        """Return a newer value if this caller is the one to renew it and succeeds, or the old."""
        if not self._flight.acquire(blocking=False):
            return old.value, old.issue
        try:
            kept, _ = self._look()
            if kept is not None and kept.issue != old.issue:
                return kept.value, kept.issue
            try:
                return self._fetch()
            except CredentialsError:
                # It still holds: what is wrong is told when it no longer does.
                pause = self._clock() + _RENEWAL_PAUSE
                with self._lock:
                    if self._kept is not None and self._kept.issue == old.issue:
                        self._kept = replace(self._kept, renew_at=pause)
                return old.value, old.issue
        finally:
            self._flight.release()

    def _fetched(self, seen: int) -> tuple[T, int]:
        if not self._flight.acquire(timeout=self._fetch_timeout):
            message = f"{self._issuer.name}: no answer within {self._fetch_timeout:g} s"
            raise outage(message)
        try:
            kept, fetches = self._look()
            if kept is not None:
                return kept.value, kept.issue
            if self._failure is not None and fetches != seen:
                raise CredentialsError(self._failure.outcome)
            return self._fetch()
        finally:
            self._flight.release()

    def _fetch(self) -> tuple[T, int]:
        """Ask the issuer.  Only whoever holds ``_flight`` calls this."""
        try:
            issued = self._issuer.issue()
        except CredentialsError as error:
            with self._lock:
                self._fetches += 1
                self._failure = error
            raise
        now = self._clock()
        with self._lock:
            self._fetches += 1
            self._failure = None
            self._kept = kept = _keep(issued, self._fetches, now)
        return kept.value, kept.issue

    def _look(self) -> tuple[_Kept[T] | None, int]:
        """Return the value that holds, and how many fetches have ended."""
        now = self._clock()
        with self._lock:
            if self._kept is not None and self._kept.ends_at <= now:
                self._kept = None
            return self._kept, self._fetches


def _keep(issued: Issued[T], issue: int, now: float) -> _Kept[T]:
    if issued.expires_at is None:
        never = float("inf")
        return _Kept(issued.value, issue, now, never, never)
    lifetime = min(max(issued.expires_at - now, 0.0), _MAX_LIFETIME)
    end = now + lifetime
    renew_at = end - min(_RENEWAL_MARGIN, lifetime / 4)
    return _Kept(issued.value, issue, now, renew_at, end - min(_END_MARGIN, lifetime / 10))


class TokenCredentials:
    """Credentials that are the value of the ``Authorization`` header."""

    def __init__(self, issuer: Issuer[str], context: CredentialsContext) -> None:
        self._cache = Cache(issuer, context)

    def authorize(self, request: HttpRequest) -> tuple[HttpRequest, int]:
        """
        Put the header into a request, and say which issue of it.

        Raises:
            CredentialsError: There is none.
        """
        value, issue = self._cache.get()
        return replace(request, headers={**request.headers, "authorization": value}), issue

    def is_refusal(self, response: HttpResponse) -> bool:
        """Tell whether an answer says that the backend did not take the credentials."""
        return response.status == _HTTP_UNAUTHORIZED

    def accepted(self, issue: int) -> None:
        """Hear that the backend has taken this issue."""
        self._cache.accepted(issue)

    def refused(self, issue: int) -> bool:
        """Hear that the backend has refused this issue; tell whether another is worth a try."""
        return self._cache.refused(issue)
