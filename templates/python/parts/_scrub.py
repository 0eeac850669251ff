"""Takes secrets out of text that others wrote: a server may quote what it was sent."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from urllib.parse import quote

_STARS = "***"
# Shorter ones are no secrets, and replacing them would garble what is said.
_SHORTEST_SECRET_BYTES = 4
_SECRET_HEADERS = ("authorization", "x-amz-security-token")


def scrub(text: str, secrets: Iterable[str]) -> str:
    """Return a text without these secrets, written plainly, percent-encoded or in base64."""
    for secret in secrets:
        raw = secret.encode()
        if len(raw) >= _SHORTEST_SECRET_BYTES:
            for form in (secret, quote(secret, safe=""), b64encode(raw).decode()):
                text = text.replace(form, _STARS)
    return text


def hide_headers(body: bytes, headers: Mapping[str, str]) -> bytes:
    """Take credentials that a request had out of a body, with and without the scheme's name."""
    values = [headers[name] for name in _SECRET_HEADERS if name in headers]
    if not values or not body:
        return body
    secrets = [form for value in values for form in (value, value.partition(" ")[2])]
    return scrub(body.decode("utf-8", "replace"), secrets).encode()
