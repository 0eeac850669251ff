"""Ways a request body travels: as it is, or compressed."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass

# Log text shrinks about fivefold at level 1 already; level 6 takes three times as long.
_GZIP_LEVEL = 1


@dataclass(frozen=True)
class Codec:
    """
    A content encoding.

    Attributes:
        name: Value of the header ``Content-Encoding``; None: the header is left out.
        compress: Makes a whole body; the same body always gives the same bytes.
    """

    name: str | None
    compress: Callable[[bytes], bytes]


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, _GZIP_LEVEL, mtime=0)


NONE = Codec(None, bytes)
GZIP = Codec("gzip", _gzip)
