r"""
Takes secrets out of text that others wrote: a server may quote what it was sent.

A secret is found as it is, with any of its characters escaped as URLs (``%2B``) or JSON
(``\u002b``, ``\/``) escape them, in hexadecimal, and in base64, within something longer too.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

_STARS = b"***"
# Shorter ones are no secrets, and replacing them would garble what is said.
_SHORTEST_SECRET_BYTES = 4
# Fewer characters of base64 would be found where there is no secret.
_SHORTEST_BASE64 = 8
_SECRET_HEADERS = ("authorization", "x-amz-security-token")


class Scrubber:
    """Replaces some secrets by ``***``; prints none of them."""

    def __init__(self, secrets: Iterable[str]) -> None:
        raws = {secret.encode() for secret in secrets}
        # The longest first: one may hold another.
        kept = sorted((raw for raw in raws if len(raw) >= _SHORTEST_SECRET_BYTES), key=_longest)
        escaped = [_escaped(raw) for raw in kept]
        self._escaped = re.compile(b"|".join(escaped)) if escaped else None
        forms = {form for raw in kept for form in _forms(raw)}
        self._forms = sorted(forms, key=_longest)

    def clean(self, body: bytes) -> bytes:
        """Return a body without the secrets."""
        if self._escaped is None or not body:
            return body
        # Without an escape a search for the forms, which is far faster, finds them all.
        if b"%" in body or b"\\" in body:
            body = self._escaped.sub(_STARS, body)
        for form in self._forms:
            body = body.replace(form, _STARS)
        return body

    def clean_text(self, text: str) -> str:
        """Return a text without the secrets."""
        raw = text.encode("utf-8", "surrogateescape")
        return self.clean(raw).decode("utf-8", "surrogateescape")


def scrub(text: str, secrets: Iterable[str]) -> str:
    """Return a text without these secrets."""
    return Scrubber(secrets).clean_text(text)


def hide_headers(body: bytes, headers: Mapping[str, str]) -> bytes:
    """Take credentials that a request had out of a body, with and without the scheme's name."""
    values = [headers[name] for name in _SECRET_HEADERS if name in headers]
    if not values or not body:
        return body
    return Scrubber(form for value in values for form in parts_of_value(value)).clean(body)


def parts_of_value(value: str) -> tuple[str, ...]:
    """Return a header's value, and what follows the scheme's name in it."""
    return value, value.partition(" ")[2]


def parts_of_url(url: str) -> tuple[str, ...]:
    """Return a URL that is a secret, and the part of it that a request line has."""
    parts = urlsplit(url)
    return url, f"{parts.path}?{parts.query}" if parts.query else parts.path


def _longest(raw: bytes) -> tuple[int, bytes]:
    return -len(raw), raw


def _escaped(raw: bytes) -> bytes:
    return b"".join(map(_escaped_byte, raw))


def _escaped_byte(byte: int) -> bytes:
    char = re.escape(bytes([byte]))
    code = f"{byte:02x}".encode()
    return b"(?:\\\\?" + char + b"|(?i:%" + code + b"|\\\\u00" + code + b"))"


def _forms(raw: bytes) -> list[bytes]:
    hexadecimal = raw.hex().encode()
    forms = [raw, hexadecimal, hexadecimal.upper()]
    for shift in range(3):
        # Of the characters at both ends, other bytes decide too.
        start = (shift * 8 + 5) // 6
        whole = (shift + len(raw)) * 8 // 6
        standard = b64encode(b"\0" * shift + raw)[start:whole]
        if len(standard) >= _SHORTEST_BASE64:
            forms += [standard, standard.replace(b"+", b"-").replace(b"/", b"_")]
    return forms
