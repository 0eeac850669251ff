"""A WSGI application with a logger of its module, run by gunicorn."""

from collections.abc import Callable, Iterable
from typing import Any

from common import log, make_logger

logger = make_logger()


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    log(logger)
    start_response("200 OK", [("content-length", "2")])
    return [b"ok"]
