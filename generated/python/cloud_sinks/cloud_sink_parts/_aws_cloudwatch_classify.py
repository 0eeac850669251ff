"""
What an answer of CloudWatch Logs means, without any I/O.

The status alone says little here: throttling, a missing group and a bad batch are all HTTP 400.
The error's code word decides, the status only where the word is unknown.
"""

from ..cloud_sink_base import (
    Bisect,
    Delivered,
    Outcome,
    Partial,
    Paused,
    RejectedItem,
    Split,
    Throttled,
    Transient,
)

# Codes that mean "slow down": the SDKs' shared throttle list, without `LimitExceededException`,
# which counts resources and does not pass by waiting a moment.
# Source: botocore 1.44.5, retry handler, read 2026-11-24.
_THROTTLED = frozenset(
    (
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "SlowDown",
        "PriorRequestNotComplete",
    )
)

# Codes of trouble on the service's side, and of races between two writers.
_TRANSIENT = frozenset(
    (
        "ServiceUnavailableException",
        "ServiceUnavailable",
        "InternalFailure",
        "InternalServerError",
        "InternalServerException",
        "RequestTimeout",
        "RequestTimeoutException",
        "OperationAbortedException",
        # No longer sent by AWS; an emulator that still counts tokens lost a race with itself.
        "InvalidSequenceTokenException",
    )
)

# Codes that say nothing about the events: credentials, clock, permissions, quota, a missing place,
# or an endpoint that is not CloudWatch Logs.
_PAUSED = frozenset(
    (
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "InvalidAccessKeyId",
        "AccessDenied",
        "AccessDeniedException",
        "NotAuthorized",
        "OptInRequired",
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "LimitExceededException",
        "ResourceNotFoundException",
        "UnknownOperationException",
    )
)

# Codes for a batch in which some event is bad; the answer does not say which.
_BISECT = frozenset(("InvalidParameterException", "ValidationException", "SerializationException"))


def classify(code: str, status: int, message: str) -> Outcome:
    """
    Sort a service error into an outcome by its code word.

    ``code`` may carry a namespace (``com.amazonaws…#Word``) or a link after a colon; it may be
    empty for an answer that is not from AWS.
    """
    word = code.rsplit("#", 1)[-1].split(":", 1)[0]
    reason = describe(word, status, message)
    if word == "DataAlreadyAcceptedException":
        return Delivered()
    if word in _THROTTLED or status == 429:  # noqa: PLR2004
        return Throttled(reason)
    if word in _TRANSIENT or status >= 500 or status == 408:  # noqa: PLR2004
        return Transient(reason)
    # A redirect is not followed: it comes from a portal in between, never from the service.
    if word in _PAUSED or status in (401, 403) or 300 <= status < 400:  # noqa: PLR2004
        return Paused(reason)
    if status == 413:  # noqa: PLR2004
        return Split(reason)
    if word in _BISECT:
        return Bisect(reason)
    # Nobody knows what it says of the events, so they are kept.
    return Paused(reason)


def describe(word: str, status: int, message: str) -> str:
    """Return ``HTTP 400 ThrottlingException: Rate exceeded``, at most 200 characters of it."""
    reason = f"HTTP {status} {word}".rstrip()
    if not message:
        return reason
    return reason + ": " + "".join(c if c.isprintable() else " " for c in message[:200])


def accepted(
    events: int,
    too_old_end: int | None = None,
    expired_end: int | None = None,
    too_new_start: int | None = None,
) -> Outcome:
    """
    Return the outcome of an accepted request: all stored, or all but the named ranges.

    Both ends are exclusive, the start is inclusive.

    Source: CloudWatch Logs API, ``RejectedLogEventsInfo``, read 2026-11-24.
    """
    old = _position(too_old_end, 0, events)
    expired = _position(expired_end, 0, events)
    new = _position(too_new_start, events, events)
    rejected: list[RejectedItem] = []
    for index in range(events):
        if index < old:
            rejected.append(RejectedItem(index, "older than 14 days"))
        elif index < expired:
            rejected.append(RejectedItem(index, "older than the log group's retention"))
        elif index >= new:
            rejected.append(RejectedItem(index, "more than two hours ahead"))
    return Partial(rejected) if rejected else Delivered()


def _position(index: int | None, absent: int, events: int) -> int:
    return absent if index is None else min(max(index, 0), events)
