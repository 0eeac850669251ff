"""
How a sink reaches its backend: TLS, a proxy, and when credentials may travel in clear.

The environment's own variables for proxies (``HTTP_PROXY``, ``ALL_PROXY``, …) are not read: a proxy
sees what is sent, so it is a setting.
"""

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, PrivateAttr, SecretStr, field_validator, model_validator

from ..cloud_sink_base import CloudSinkConfig, Secret, check_url, expose

_IPV4 = 4
_SWITCH = "dangerously_allow_plain_http"


def _check_proxy(proxy: SecretStr) -> SecretStr:
    check_url(expose(proxy), with_user=True)
    return proxy


class HttpSinkConfig(CloudSinkConfig):
    """
    The delivery settings, and how the sink connects.

    Attributes:
        ca_file: PEM file with the certificates to trust instead of the usual ones.
        client_cert_file: PEM file with the certificate the sink shows, and its chain.
        client_key_file: PEM file with the key of that certificate, not encrypted.
        proxy: URL of an HTTP proxy; one with user and password is fine, as the whole is a secret.
            This machine is reached without it, and the environment's proxies are not used.
        dangerously_allow_plain_http: Send credentials over ``http://`` to other machines, where
            whoever is in between can read them; the counters show it.
    """

    ca_file: Path | None = None
    client_cert_file: Path | None = None
    client_key_file: Path | None = None
    proxy: Annotated[Secret, AfterValidator(_check_proxy)] | None = None
    dangerously_allow_plain_http: bool = False

    _in_clear: bool = PrivateAttr(default=False)

    @field_validator("ca_file")
    @classmethod
    def _check_ca_file(cls, path: Path | None) -> Path | None:
        if path is not None:
            _trust(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), path)
        return path

    @field_validator("client_cert_file", "client_key_file")
    @classmethod
    def _check_is_readable(cls, path: Path | None) -> Path | None:
        if path is not None:
            _check_readable(path)
        return path

    @model_validator(mode="after")
    def _check_client_certificate(self) -> "HttpSinkConfig":
        cert, key = self.client_cert_file, self.client_key_file
        if (cert is None) != (key is None):
            message = (
                "`client_cert_file` and `client_key_file` need each other: set both or neither"
            )
            raise ValueError(message)
        if cert is not None and key is not None:
            _show(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), cert, key)
        return self

    @property
    def credentials_in_clear(self) -> bool:
        """Whether credentials travel where anyone in between can read them."""
        return self._in_clear

    def check_plain_http(
        self, urls: Mapping[str, str | SecretStr | None], *, has_credentials: bool
    ) -> None:
        """
        Refuse credentials that would travel in clear to another machine, unless that is allowed.

        Args:
            urls: Addresses by the settings they stand in; a secret one is a credential itself.
            has_credentials: Whether requests carry any.

        Raises:
            ValueError: They would.
        """
        for name, url in urls.items():
            is_secret = isinstance(url, SecretStr)
            text = expose(url) if isinstance(url, SecretStr) else url or ""
            if not (has_credentials or is_secret) or not _is_plain(text):
                continue
            if not self.dangerously_allow_plain_http:
                message = (
                    f"`{name}` is `http://` and not on this machine, so anyone in between could "
                    f"read the credentials: use `https://` (or set `{_SWITCH}`)"
                )
                raise ValueError(message)
            self._in_clear = True


@dataclass(frozen=True)
class Connection:
    """What a client needs of the settings; prints no secret."""

    ca_file: Path | None = None
    client_cert_file: Path | None = None
    client_key_file: Path | None = None
    proxy: str | None = field(default=None, repr=False)

    @property
    def is_usual(self) -> bool:
        """Whether TLS is as it is without settings."""
        return self.ca_file is None and self.client_cert_file is None

    def apply(self, context: ssl.SSLContext) -> None:
        """
        Trust and show what the settings say.

        Raises:
            ValueError: A file cannot be used; its text names setting and file.
        """
        if self.ca_file is not None:
            _trust(context, self.ca_file)
        if self.client_cert_file is not None and self.client_key_file is not None:
            _show(context, self.client_cert_file, self.client_key_file)

    def proxy_to(self, urls: Iterable[str]) -> str | None:
        """Return the proxy for these addresses; none for those of this machine."""
        return None if all(map(is_loopback, urls)) else self.proxy


USUAL = Connection()


def connection_of(config: CloudSinkConfig) -> Connection:
    """Return how a sink with these settings connects."""
    if not isinstance(config, HttpSinkConfig):
        return USUAL
    return Connection(
        config.ca_file,
        config.client_cert_file,
        config.client_key_file,
        expose(config.proxy) or None,
    )


def first_set(urls: Mapping[str, str | None]) -> dict[str, str]:
    """Return the first address that is set, of several in the order in which they count."""
    return next(({name: url} for name, url in urls.items() if url), {})


def is_loopback(url: str) -> bool:
    """Tell whether an address is on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost"
    # No IPv4 in the clothes of IPv6: versions of Python differ about it.
    return address.is_loopback if address.version == _IPV4 else str(address) == "::1"


def _is_plain(url: str) -> bool:
    return url.startswith("http://") and not is_loopback(url)


def _check_readable(path: Path) -> None:
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        message = f"cannot read `{path}`: {error.strerror}"
        raise ValueError(message) from None


def _trust(context: ssl.SSLContext, path: Path) -> None:
    _check_readable(path)
    try:
        context.load_verify_locations(cafile=path)
    except (ssl.SSLError, ValueError):
        message = f"`ca_file`: `{path}` holds no certificates in PEM"
        raise ValueError(message) from None


def _show(context: ssl.SSLContext, cert: Path, key: Path) -> None:
    _check_readable(cert)
    _check_readable(key)
    try:
        # A password of its own, or the library would ask on the terminal.
        context.load_cert_chain(cert, key, password=str)
    except (ssl.SSLError, ValueError) as error:
        if getattr(error, "reason", None) == "KEY_VALUES_MISMATCH":
            message = f"`client_key_file`: `{key}` is not the key of the certificate in `{cert}`"
        else:
            message = (
                f"`client_cert_file`, `client_key_file`: `{cert}` and `{key}` are no certificate "
                "and key in PEM, the key without a password"
            )
        raise ValueError(message) from None
