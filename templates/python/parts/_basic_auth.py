"""HTTP basic authentication."""

from base64 import b64encode


def basic_auth(username: str, password: str) -> str:
    """Return the value of the ``Authorization`` header."""
    return "Basic " + b64encode(f"{username}:{password}".encode()).decode()
