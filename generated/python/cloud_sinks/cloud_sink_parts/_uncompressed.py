"""Leaves request bodies as they are."""

CONTENT_ENCODING: str | None = None


def compress(body: bytes) -> bytes:
    """Return the body."""
    return body
