"""Levels of events: the names programs use, and numbers, as the names they stand for here."""

import enum
import re

from ._json import is_null, plain_text, text_of

_NAMES = {
    "trace": ("trace", "verbose", "finest", "finer", "silly"),
    "debug": ("debug", "dbg", "fine"),
    "info": ("info", "information", "informational", "notset", ""),
    "notice": ("notice",),
    "warning": ("warning", "warn", "wrn"),
    "error": ("error", "err", "severe"),
    "critical": ("critical", "crit", "fatal", "panic", "dpanic", "alert", "emerg", "emergency"),
    "audit": ("audit",),
    "security": ("security",),
}
_BY_WORD = {word: name for name, words in _NAMES.items() for word in words}

# As Python's logging numbers them; pino and bunyan have 60 for fatal.
_BY_NUMBER = ((50, "critical"), (40, "error"), (30, "warning"), (20, "info"), (10, "debug"))

# What logging calls a number without a name: `Level 15`.
_NUMBER = re.compile(r"(?:level )?([+-]?\d+(?:\.\d+)?)", re.ASCII | re.IGNORECASE)

# As fapilog writes them: the fast way.
LEVELS = {word.upper(): name for word, name in _BY_WORD.items()}


def read_level(value: object) -> str | None:
    """
    Return the name of a level of any type, in lower case; None when it is no level.

    None there is ``info``.  A word nobody knows is a level the application registered.
    """
    if is_null(value):
        return "info"
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, bool | dict | list | tuple | set | frozenset):
        return None
    if isinstance(value, int | float):
        return _of_number(value)
    text = plain_text(value)
    return level_of_text(text_of(value) if text is None else text)


def level_of_text(text: str) -> str:
    """Return the name of a level that a word or a number in words stands for, in lower case."""
    word = text.strip(" \t\r\n").lower()
    name = _BY_WORD.get(word)
    if name is not None:
        return name
    number = _NUMBER.fullmatch(word)
    return word if number is None else _of_number(float(number[1]))


def _of_number(number: float) -> str:
    """Return the name of a number; one between two names has the lower one."""
    if number == 0:
        return "info"
    for least, name in _BY_NUMBER:
        if number >= least:
            return name
    return "trace"
