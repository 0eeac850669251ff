"""Zstandard, which needs a package of its own: only where it is chosen."""

from ._codecs import Codec

_LEVEL = 3


def _compress(body: bytes) -> bytes:
    import zstandard  # noqa: PLC0415  sinks that compress otherwise go without it

    # Made for each body: a compressor must not be used by two threads at once.
    return zstandard.ZstdCompressor(level=_LEVEL).compress(body)


ZSTD = Codec("zstd", _compress)
