"""Values as text, for lines, labels and the holes of texts."""

from base64 import b64encode

import orjson

from ..cloud_sink_base import dumps, rfc3339_nanos, value_text

_MICROS = len("2026-01-02T03:04:05.678901")
_MILLIS = len("2026-01-02T03:04:05.678")
_NANOS = len("2026-01-02T03:04:05.678901234")


def base64_text(value: object) -> str | None:
    """Return a value's text in base64; None for nothing and for empty text."""
    text = value_text(value)
    return base64_of(text) if text else None


def base64_of(text: str) -> str:
    """Return a text in base64."""
    return b64encode(text.encode()).decode()


def json_text(value: object, append: str = "") -> str:
    """Return the JSON text of a value and what follows it."""
    return dumps(value).decode() + append


def part_text(part: dict[str, object]) -> str | None:
    """Return a part of an event as JSON text; None when it is empty."""
    return dumps(part).decode() if part else None


def one_line(*texts: str | None) -> bytes:
    """Return texts one after the other as one line; None leaves nothing."""
    line = "".join([text for text in texts if text])
    return line.replace("\r", " ").replace("\n", " ").encode()


def unix_micros_as_millis(nanos: int) -> orjson.Fragment:
    """Return milliseconds since 1970 as a JSON number with three decimals."""
    micros = nanos // 1_000
    sign = "-" if micros < 0 else ""
    return orjson.Fragment(f"{sign}{abs(micros) // 1000}.{abs(micros) % 1000:03d}")


def rfc3339_micros(nanos: int) -> str:
    """Return ``2026-01-02T03:04:05.678901Z``."""
    return rfc3339_nanos(nanos)[:_MICROS] + "Z"


def spaced_millis(nanos: int) -> str:
    """Return ``2026-01-02 03:04:05.678``, UTC."""
    return rfc3339_nanos(nanos)[:_MILLIS].replace("T", " ")


def spaced_nanos(nanos: int) -> str:
    """Return ``2026-01-02 03:04:05.678901234``, UTC."""
    return rfc3339_nanos(nanos)[:_NANOS].replace("T", " ")
