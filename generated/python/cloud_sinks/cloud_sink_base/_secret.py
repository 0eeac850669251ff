"""
Credentials that never print.

pydantic's ``SecretStr`` keeps a value out of ``repr``, logs and error texts; this adds where one
can come from, and the check that keeps it from breaking out of a request header.  White space
around it, such as a final line break, is no part of it, wherever it comes from.
"""

import os
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, SecretStr


def _resolve(value: object) -> object:
    """Follow ``{"env": NAME}`` and ``{"file": PATH}``, and cut white space around the text."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, SecretStr):
        return SecretStr(value.get_secret_value().strip())
    if not isinstance(value, dict):
        return value
    match value:
        case {"env": str(name), **rest} if not rest:
            text = os.environ.get(name, "").strip()
            if not text:
                # Not its name: that may be the secret itself, put there by mistake.
                message = "`env` names an environment variable that is not set"
                raise ValueError(message)
            return text
        case {"file": str(path), **rest} if not rest:
            try:
                text = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                message = f"cannot read the file: {type(error).__name__}"
                raise ValueError(message) from None
            if not text:
                message = "the file is empty"
                raise ValueError(message)
            return text
    message = "expected text, `{env: NAME}` or `{file: PATH}`"
    raise ValueError(message)


def _check(secret: SecretStr) -> SecretStr:
    """Refuse what no header can carry, without showing it."""
    text = secret.get_secret_value()
    if not text.isascii() or not text.isprintable():
        message = "a credential is printable ASCII"
        raise ValueError(message)
    return secret


Secret = Annotated[SecretStr, BeforeValidator(_resolve), AfterValidator(_check)]
"""A credential that can stand in a header; white space around it is cut."""


def expose(secret: SecretStr | None) -> str:
    """Return a credential's text, for the one place that sends it; empty when there is none."""
    return "" if secret is None else secret.get_secret_value()
