"""Checks of settings beyond their types, for annotations in a config class."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from pydantic import SecretStr

from ..cloud_sink_base import check_url

# None is a setting that is not set; there is nothing to check then.
TextT = TypeVar("TextT", bound=str | SecretStr | None)
NumberT = TypeVar("NumberT", bound=int | None)
TextsT = TypeVar("TextsT", bound=tuple[str, ...] | Mapping[str, str])
MappingT = TypeVar("MappingT", bound=Mapping[str, SecretStr])
SecretT = TypeVar("SecretT", bound=SecretStr | None)

_NOT_A_NAME = frozenset(' "(),/:;<=>?@[\\]{}')


def only(characters: str) -> Callable[[TextT], TextT]:
    """Return a check for text of some characters, written as in a bracket: ``A-Za-z0-9._-``."""
    allowed = _expand(characters)

    def check(value: TextT) -> TextT:
        if not set(_text(value)) <= allowed:
            message = f"must have only characters of `{characters}`"
            raise ValueError(message)
        return value

    return check


def without(characters: str) -> Callable[[TextT], TextT]:
    """Return a check for text without any of some characters."""
    refused = frozenset(characters)

    def check(value: TextT) -> TextT:
        if refused.intersection(_text(value)):
            message = f"must not have any of `{characters}`"
            raise ValueError(message)
        return value

    return check


def not_prefix(prefix: str) -> Callable[[TextT], TextT]:
    """Return a check for text that does not start with ``prefix``."""

    def check(value: TextT) -> TextT:
        if _text(value).startswith(prefix):
            message = f"must not start with `{prefix}`"
            raise ValueError(message)
        return value

    return check


def one_of(*allowed: int) -> Callable[[NumberT], NumberT]:
    """Return a check for a number that is one of a few."""

    def check(value: NumberT) -> NumberT:
        if value is not None and value not in allowed:
            message = f"must be one of {', '.join(map(str, allowed))}, not {value}"
            raise ValueError(message)
        return value

    return check


def words(value: object) -> object:
    """Return the items of a text that commas and white space part, as in a variable."""
    return ",".join(value.split()) if isinstance(value, str) else value


def header_text(value: TextT) -> TextT:
    """
    Return text that can stand in a request header.

    Raises:
        ValueError: It cannot.
    """
    text = _text(value)
    if text != text.strip() or not text.isascii() or not text.isprintable():
        message = "must be printable ASCII without space around it: it stands in a header"
        raise ValueError(message)
    return value


def header_texts(value: TextsT) -> TextsT:
    """
    Return texts that can stand in a request header; a map's keys are headers of their own.

    Raises:
        ValueError: They cannot.
    """
    for name in value:
        if isinstance(value, Mapping):
            header_text(value[name])
            if not name or not _NOT_A_NAME.isdisjoint(name):
                message = f"{name!r} is no name of a header"
                raise ValueError(message)
        header_text(name)
    return value


def header_names(value: MappingT) -> MappingT:
    """
    Return a map whose keys are names of headers.

    Raises:
        ValueError: They are not.
    """
    for name in value:
        header_text(name)
        if not name or not _NOT_A_NAME.isdisjoint(name):
            message = f"{name!r} is no name of a header"
            raise ValueError(message)
    return value


def secret_url(value: SecretT) -> SecretT:
    """
    Return a URL that is a secret, without slashes at its end.

    Raises:
        ValueError: It is none.
    """
    if value is None:
        return value
    text = value.get_secret_value()
    if check_url(text) != text:
        message = "the URL ends with a slash: leave it out"
        raise ValueError(message)
    return value


def _text(value: str | SecretStr | None) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value or ""


def _expand(characters: str) -> frozenset[str]:
    """Return the characters a bracket names; a ``-`` at either end stands for itself."""
    expanded: set[str] = set()
    rest = characters
    while rest:
        first, following = rest[0], rest[1:]
        if len(following) > 1 and following[0] == "-":
            expanded.update(map(chr, range(ord(first), ord(following[1]) + 1)))
            rest = following[2:]
        else:
            expanded.add(first)
            rest = following
    return frozenset(expanded)
