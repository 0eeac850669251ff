"""Settings as they fill the holes of texts."""

from collections.abc import Mapping
from enum import Enum

from pydantic import SecretStr

from ..cloud_sink_base import dumps


def setting_text(value: object) -> str:
    """
    Return a setting as text; empty when it is not set.

    Numbers and booleans are written as JSON writes them, a list as ``text,text``, a map as
    ``key:value,key:value``.
    """
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return ",".join(f"{key}:{text}" for key, text in value.items())
    if isinstance(value, tuple):
        return ",".join(value)
    return dumps(value).decode()
