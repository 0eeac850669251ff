"""
The delivery settings every sink has, and where settings come from.

A value given in code or in fapilog's settings wins over the environment: it belongs to one sink, a
variable to the whole process.  An empty variable counts as unset.
"""

import difflib
import os
import re
from collections.abc import Iterable, Iterator
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Annotated, Any, ClassVar, NoReturn
from urllib.parse import unquote

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from ._secret import Secret

# Stands for any longer time, such as 1e300 for "no limit"; the same in the sinks in Rust.
_LONGEST_SECONDS = 10 * 365 * 86_400.0

# A socket does not wait longer: `poll` counts milliseconds in 31 bits, and wraps around.
_LONGEST_ATTEMPT_SECONDS = 2_000_000.0

_NOT_IN_URL = re.compile(r"""[^!-~]|["<>\\^`{|}]|%(?![0-9A-Fa-f]{2})""")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?\Z")
# Whoever takes the last label for a number takes the host for an IPv4 address.
_NUMBER = re.compile("[0-9]+|0[xX][0-9A-Fa-f]*")
_LAST_PORT = 65_535
_PAIR = re.compile(r"([^:=]*)([:=])(.*)", re.DOTALL)
_NO_BYTE = re.compile("%(?![0-9A-Fa-f]{2})")


def _bounded(seconds: float) -> float:
    return min(seconds, _LONGEST_SECONDS)


Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False), AfterValidator(_bounded)]
"""A duration that may be zero; a longer one than 10 years counts as that."""

PositiveSeconds = Annotated[float, Field(gt=0, allow_inf_nan=False), AfterValidator(_bounded)]
"""A duration above zero; a longer one than 10 years counts as that."""

AtLeastOne = Annotated[int, Field(ge=1)]
"""A count or a size."""


class Overflow(str, Enum):
    """What ``write`` does when the queue is full."""

    BLOCK = "block"
    """Waits up to ``block_timeout_seconds``, then raises ``SinkWriteError``."""
    DROP_NEWEST = "drop_newest"
    """Raises ``SinkWriteError`` at once."""
    DROP_OLDEST = "drop_oldest"
    """Drops the oldest events in the queue and reports them."""


class Env:
    """Names the environment variables of a setting; the first one set wins."""

    def __init__(self, *names: str) -> None:
        self.names = names


class EnvMilliseconds:
    """
    Names variables with whole milliseconds, for a setting in seconds; the first one set wins.

    They are looked at after the setting's own variables.
    """

    def __init__(self, *names: str) -> None:
        self.names = names

    def seconds(self) -> float | None:
        """
        Return what the variables say.

        Raises:
            ValueError: It is no whole number of milliseconds from 1.
        """
        found = next((name for name in self.names if os.environ.get(name, "").strip()), None)
        if found is None:
            return None
        text = os.environ[found].strip()
        if not text.isdecimal() or int(text) == 0:
            message = f"`{found}`: expected whole milliseconds, from 1"
            raise ValueError(message)
        return int(text) / 1_000


class CloudSinkConfig(BaseModel):
    """
    How a sink batches, retries and bounds its memory; a provider adds its own settings.

    A setting is read from, in this order: the keyword, the environment variables of its `Env`, the
    variable ``env_prefix`` plus its name in capitals, its default.

    Attributes:
        batch_size: Events per request aimed for, cut to the provider's limit.
        batch_bytes: Bytes per request aimed for, counted as the provider does, cut to its limit.
        batch_timeout_seconds: Longest a batch that is not full waits for more events.  Zero sends
            at once.
        max_retries: Retries after the first attempt, counted only while the provider takes other
            requests: in an outage events are kept until ``delivery_timeout_seconds``.
        retry_base_delay: Longest first delay before a retry, seconds; doubles with each one.
        retry_max_delay: Longest delay before any retry, seconds.
        timeout_seconds: Limit of one attempt; more than 2,000,000 s count as that.
        delivery_timeout_seconds: Limit of all attempts of an event, from the first.
        max_in_flight: Requests sent and not yet answered; 1 where order across requests matters.
        queue_max_events: Events the sink holds, those under way included.
        queue_max_bytes: Bytes the sink holds, each event counted as its encoded length plus 64, and
            its entry where there is a dead-letter file.
        overflow: What ``write`` does when the sink holds that much.
        block_timeout_seconds: Longest ``write`` waits for room; while the sink stays full beyond
            it, every further ``write`` raises at once.
        dead_letter_path: File that keeps events which cannot be delivered, one JSON object a line;
            the sink holds each event's entry beside its record for it.  Its folder is made if it is
            missing, and refused if everybody may write to it.
            Without one, such events are dropped, counted, and shown on fapilog's fallback.
        dead_letter_max_bytes: Size the dead-letter file does not exceed.
        drain_timeout_seconds: Longest a logger's drain waits for deliveries of this sink; what is
            left then is dead-lettered or dropped, and reported, because the process may end next.
            While another logger uses the sink, what is left stays pending.
        exit_timeout_seconds: Longest the end of the program waits for deliveries of this sink;
            what is left then is dead-lettered or dropped, and reported.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        hide_input_in_errors=True,
        protected_namespaces=(),
    )

    env_prefix: ClassVar[str] = ""
    """What the variables of this sink start with: ``DATADOG_SINK_``.  Empty: none are read."""
    required: ClassVar[tuple[str, ...]] = ()
    """Settings without which ``write`` refuses every event."""

    batch_size: AtLeastOne = 1_000
    batch_bytes: AtLeastOne = 1_000_000
    batch_timeout_seconds: Seconds = 1.0
    max_retries: Annotated[int, Field(ge=0)] = 5
    retry_base_delay: PositiveSeconds = 0.5
    retry_max_delay: PositiveSeconds = 30.0
    timeout_seconds: PositiveSeconds = 10.0
    delivery_timeout_seconds: PositiveSeconds = 900.0
    max_in_flight: Annotated[int, Field(ge=1, le=64)] = 4
    queue_max_events: AtLeastOne = 100_000
    queue_max_bytes: AtLeastOne = 64 * 1024 * 1024
    overflow: Overflow = Overflow.BLOCK
    block_timeout_seconds: Seconds = 5.0
    dead_letter_path: Path | None = None
    dead_letter_max_bytes: Annotated[int, Field(ge=0)] = 100 * 1024 * 1024
    drain_timeout_seconds: Seconds = 2.5
    exit_timeout_seconds: Seconds = 5.0

    @model_validator(mode="before")
    @classmethod
    def _complete_from_environment(cls, given: Any) -> Any:  # noqa: ANN401  pydantic's contract
        if not isinstance(given, dict):
            return given
        cls._check_names(given)
        complete = {name: value for name, value in given.items() if value is not None}
        for name in cls.model_fields:
            given_name = cls._given_name(name)
            if given_name not in complete:
                text = _first_set(cls.variables(name))
                value = cls._in_seconds(name) if text is None else text
                if value is not None:
                    complete[given_name] = value
        return complete

    @classmethod
    def _in_seconds(cls, name: str) -> float | None:
        notes = cls.model_fields[name].metadata
        found = (note.seconds() for note in notes if isinstance(note, EnvMilliseconds))
        return next(found, None)

    @classmethod
    def _check_names(cls, given: dict[Any, Any]) -> None:
        known = [cls._given_name(name) for name in cls.model_fields]
        unknown = [str(name) for name in given if name not in known]
        if unknown:
            hints = [f"`{name}`{_did_you_mean(name, known)}" for name in unknown]
            message = f"no such setting: {', '.join(hints)}"
            kind, template = "unknown_setting", "{message}"  # braces in the message are no holes
            raise PydanticCustomError(kind, template, {"message": message})

    @field_validator("timeout_seconds")
    @classmethod
    def _bound_attempt(cls, seconds: float) -> float:
        return min(seconds, _LONGEST_ATTEMPT_SECONDS)

    @model_validator(mode="after")
    def _check_delays(self) -> "CloudSinkConfig":
        if self.retry_max_delay < self.retry_base_delay:
            message = "`retry_max_delay` must not be below `retry_base_delay`"
            raise ValueError(message)
        return self

    @classmethod
    def _given_name(cls, name: str) -> str:
        """Return what a setting is called where it is given: its attribute may have a `_` more."""
        return cls.model_fields[name].alias or name

    @classmethod
    def variables(cls, name: str) -> tuple[str, ...]:
        """Return the environment variables a setting is read from, in order."""
        metadata = cls.model_fields[name].metadata
        names = tuple(each for item in metadata if isinstance(item, Env) for each in item.names)
        own = f"{cls.env_prefix}{cls._given_name(name).upper()}"
        return names if not cls.env_prefix or own in names else (*names, own)

    @classmethod
    def all_variables(cls) -> set[str]:
        """Return the environment variables of all settings."""
        return {variable for name in cls.model_fields for variable in cls.variables(name)}

    @classmethod
    def unread_variables(cls) -> list[str]:
        """Say which variables look like settings of this sink, and are none."""
        if not cls.env_prefix:
            return []
        own = cls.all_variables()
        # One sink's prefix may begin another's.
        known = own.union(*(kind.all_variables() for kind in _kinds(CloudSinkConfig)))
        return [
            f"nothing reads the environment variable `{name}`{_did_you_mean(name, own)}"
            for name, value in os.environ.items()
            if value and name.startswith(cls.env_prefix) and name not in known
        ]

    @property
    def credentials_in_clear(self) -> bool:
        """Whether credentials travel where anyone in between can read them."""
        return False

    def missing(self) -> str | None:
        """Say which required settings are not set and where they can be; None when all are."""
        absent = [name for name in self.required if getattr(self, name) in (None, (), {})]
        if not absent:
            return None
        places = {name: ", ".join(self.variables(name)) or "none" for name in absent}
        return "; ".join(
            f"`{self._given_name(name)}` is not set (environment: {place})"
            for name, place in places.items()
        )

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled: the bytes would show the secrets."""
        message = f"{type(self).__name__} may hold secrets and is not pickled"
        raise TypeError(message)


def _kinds(kind: type[CloudSinkConfig]) -> Iterator[type[CloudSinkConfig]]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds(each)


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    return f" (did you mean `{close[0]}`?)" if close else ""


def _first_set(names: tuple[str, ...]) -> str | None:
    """Return a variable's text; white space alone is as good as nothing."""
    texts = (os.environ.get(name, "") for name in names)
    return next((text for text in texts if text.strip()), None)


def _split(text: str, expected: str) -> list[str]:
    # JSON, taken apart at its commas, would be taken for names nobody meant.
    if text.lstrip().startswith(("[", "{")):
        raise ValueError(expected)
    return [item.strip() for item in text.split(",") if item.strip()]


def _parse_list(value: object) -> object:
    expected = "expected a list of texts, `text,text` in the environment"
    return _split(value, expected) if isinstance(value, str) else value


def _parse_pairs(value: object) -> object:
    if not isinstance(value, str):
        return value
    expected = "expected texts by name, `key:value,key:value` in the environment"
    pairs: dict[str, str] = {}
    for item in _split(value, expected):
        found = _PAIR.fullmatch(item)
        if found is None:
            raise ValueError(expected)
        name, separator, text = found.groups()
        # As OpenTelemetry writes pairs; what comes first parts them.
        if separator == "=":
            try:
                text = _percent_decoded(text)
            except ValueError:
                raise ValueError(expected) from None
        pairs[name.strip()] = text.strip()
    return pairs


def _percent_decoded(text: str) -> str:
    """Return a text without its percent-encoding; a ``%`` that begins no byte is an error."""
    if _NO_BYTE.search(text):
        raise ValueError(text)
    return unquote(text, errors="strict")


def check_url(text: str, *, with_user: bool = False) -> str:
    """
    Return a URL without slashes at its end; the same rule as that of the sinks in Rust.

    Args:
        text: An absolute http or https URL.
        with_user: Whether it may have a user name and a password, as a proxy's may.

    Raises:
        ValueError: It is none.  The error quotes nothing of it: it may hold a password.
    """
    message = _problem_of_url(text, with_user=with_user)
    if message is not None:
        raise ValueError(message)
    return text.rstrip("/")


def _problem_of_url(text: str, *, with_user: bool) -> str | None:
    rest = text.removeprefix("https://")
    if rest == text:
        rest = text.removeprefix("http://")
    if rest == text:
        return "expected a URL that starts with `https://` or `http://`"
    if "?" in text or "#" in text:
        return "a query or fragment is not allowed in this URL"
    # In a path too: a password with a slash in it would end the host early.
    if not with_user and "@" in rest:
        return "user name and password do not belong in this URL"
    if _NOT_IN_URL.search(text):
        return "the URL has characters that must be percent-encoded"
    found = _AUTHORITY.match(rest.partition("/")[0].rpartition("@")[2])
    if found is None or not _is_host(found["host"]):
        return "the URL has no valid host"
    if found["port"] is not None and not 0 < int(found["port"]) <= _LAST_PORT:
        return "the URL has a port that is not from 1 to 65535"
    return None


def _is_host(host: str) -> bool:
    try:
        if host.startswith("["):
            # A zone is of one machine only, and clients read it differently.
            return "%" not in host and bool(IPv6Address(host[1:-1]))
        labels = host.removesuffix(".").split(".")
        if _NUMBER.fullmatch(labels[-1]):
            return bool(IPv4Address(host))
    except ValueError:
        return False
    return all(labels)


TextList = Annotated[tuple[str, ...], BeforeValidator(_parse_list)]
"""Texts; comma separated in the environment."""

TextMap = Annotated[dict[str, str], BeforeValidator(_parse_pairs)]
"""
Text to text, in the order given.

In the environment ``key:value,key:value``, or as OpenTelemetry writes it: ``key=value,key=value``,
values percent-encoded.
"""

SecretMap = Annotated[dict[str, Secret], BeforeValidator(_parse_pairs)]
"""Credentials by name, each as `Secret` takes one; in the environment as `TextMap`."""


def _check_whole_url(text: str) -> str:
    address, _, query = text.partition("?")
    check_url(address)
    if "#" in query:
        message = "a fragment is not allowed in this URL"
        raise ValueError(message)
    if _NOT_IN_URL.search(query):
        message = "the URL has characters that must be percent-encoded"
        raise ValueError(message)
    return text


EndpointUrl = Annotated[str, AfterValidator(check_url)]
"""Absolute http or https URL without user information, query or fragment."""

WholeUrl = Annotated[str, AfterValidator(_check_whole_url)]
"""Absolute http or https URL that is used as it is; a query may be in it."""
