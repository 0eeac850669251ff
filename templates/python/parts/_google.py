"""
Google's access tokens: for a service account's key, or for whatever the program runs as.

Without a key in the settings the sources are Google's application default credentials, in their
order: ``GOOGLE_APPLICATION_CREDENTIALS``, the file of ``gcloud auth application-default login``,
the metadata server.  Key files hold a service account or a user; federated and impersonated
accounts are refused by name.  google-auth reads the key and signs; the request is made here,
because google-auth retries and sleeps where nobody can stop it.

Needs ``_token`` and ``_token_endpoint`` with what those need; packages: ``google-auth>=2.38``.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.auth import crypt, jwt
from pydantic import SecretStr

from ..cloud_sink_base import expose
from ._credentials import CredentialsContext
from ._token import Issued, TokenCredentials
from ._token_endpoint import TokenClient, TokenEndpoint, TokenRequest, read_text

_TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105  an address
_METADATA_HOST = "metadata.google.internal"
_ASSERTION_LIFETIME = 60 * 60
# google-auth leaves these without types.
_SIGNER: Any = crypt.RSASigner
_encode: Any = jwt.encode


@dataclass(frozen=True)
class GoogleOptions:
    """
    Who asks, and for what.

    Attributes:
        setting: Setting that errors name: the one that holds the key.
        scope: Scopes, separated by spaces.
        key: A service account's key as it is downloaded: its JSON, or the file that holds it;
            None: application default credentials.
    """

    setting: str
    scope: str
    key: SecretStr | Path | None = None


def credentials(options: GoogleOptions, context: CredentialsContext) -> TokenCredentials:
    """Return bearer tokens for Google's services."""
    return TokenCredentials(GoogleIssuer(options, context), context)


class GoogleIssuer:
    """Asks for tokens in the name of an account."""

    name = "Google's token endpoint"

    def __init__(self, options: GoogleOptions, context: CredentialsContext) -> None:
        self._options = options
        self._context = context
        self._client = TokenClient(options.setting, context)

    def issue(self) -> Issued[str]:
        """
        Ask for a new one.

        Raises:
            CredentialsError: None came.
        """
        key = self._options.key
        if key is None:
            key = self._default_key_file()
            if key is None:
                return self._ask_metadata_server()
        text = self._read(key) if isinstance(key, Path) else expose(key)
        try:
            info = json.loads(text)
        except (ValueError, RecursionError):
            info = None
        match info:
            case {"type": "service_account", "client_email": str(), "private_key": str()}:
                assertion = self._assertion(info)
                form = [
                    ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                    ("assertion", assertion),
                ]
                return self._post(info, form, assertion)
            case {
                "type": "authorized_user",
                "client_id": str(client_id),
                "client_secret": str(secret),
                "refresh_token": str(token),
            }:
                form = [
                    ("grant_type", "refresh_token"),
                    ("client_id", client_id),
                    ("client_secret", secret),
                    ("refresh_token", token),
                ]
                return self._post(info, form, secret, token)
            case {"type": str(kind)} if kind not in ("service_account", "authorized_user"):
                message = "the key is neither a `service_account` nor an `authorized_user`"
                raise self._client.refused(message)
        # Neither the parser's error nor the text: both may hold a piece of the key.
        message = "the key is not the JSON that Google hands out"
        raise self._client.refused(message)

    def _post(
        self, info: Mapping[str, Any], form: list[tuple[str, str]], *secrets: str
    ) -> Issued[str]:
        endpoint = TokenEndpoint(_token_url(info))
        return self._client.ask(endpoint, TokenRequest(form=form, secrets=secrets))

    def _ask_metadata_server(self) -> Issued[str]:
        host = self._context.variable("GCE_METADATA_HOST") or _METADATA_HOST
        scopes = self._options.scope.replace(" ", ",")
        endpoint = TokenEndpoint(
            f"http://{host}/computeMetadata/v1/instance/service-accounts/default/token"
            f"?scopes={scopes}",
            is_metadata=True,
        )
        return self._client.ask(endpoint, TokenRequest({"metadata-flavor": "Google"}))

    def _default_key_file(self) -> Path | None:
        variable = self._context.variable
        if path := variable("GOOGLE_APPLICATION_CREDENTIALS"):
            return Path(path)
        if folder := variable("CLOUDSDK_CONFIG"):
            found = Path(folder)
        elif os.name == "nt" and (folder := variable("APPDATA")):
            found = Path(folder, "gcloud")
        elif folder := variable("HOME"):
            found = Path(folder, ".config", "gcloud")
        else:
            return None
        found /= "application_default_credentials.json"
        return found if found.is_file() else None

    def _read(self, path: Path) -> str:
        try:
            return read_text(path)
        except (OSError, UnicodeDecodeError) as error:
            what = getattr(error, "strerror", None) or type(error).__name__
            message = f"cannot read the key file {path}: {what}"
            raise self._client.refused(message) from None

    def _assertion(self, info: Mapping[str, Any]) -> str:
        """Return what the account says of itself, signed with its key (RFC 7523)."""
        now = int(self._context.clock())
        claims = {
            "iss": info["client_email"],
            "scope": self._options.scope,
            "aud": _token_url(info),
            "iat": now,
            "exp": now + _ASSERTION_LIFETIME,
        }
        try:
            signer = _SIGNER.from_service_account_info(info)
            assertion: bytes = _encode(signer, claims)
        except (ValueError, TypeError):
            # Why is not told, because it could quote the key.
            message = "its `private_key` is no RSA key in PEM"
            raise self._client.refused(message) from None
        return assertion.decode()


def _token_url(info: Mapping[str, Any]) -> str:
    url = info.get("token_uri")
    return url if isinstance(url, str) else _TOKEN_URL
