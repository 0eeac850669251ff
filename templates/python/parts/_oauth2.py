"""
OAuth 2.0 client credentials (RFC 6749, section 4.4).

Needs ``_token`` and ``_token_endpoint`` with what those need, and ``_basic_auth``; no package
beyond theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote

from pydantic import SecretStr

from ..cloud_sink_base import expose
from ._basic_auth import basic_auth
from ._credentials import CredentialsContext
from ._token import Issued, TokenCredentials
from ._token_endpoint import TokenClient, TokenEndpoint, TokenRequest


class ClientAuthentication(Enum):
    """Where the client's id and secret stand in a request."""

    BODY = "body"
    """Fields ``client_id`` and ``client_secret`` of the form."""
    BASIC = "basic"
    """The ``Authorization`` header."""


@dataclass(frozen=True)
class OAuth2Options:
    """
    Who asks whom, and for what.

    Attributes:
        setting: Setting that errors name: the one that holds the secret.
        token_url: Token endpoint; https, except on this machine.
        client_id: Client id.
        client_secret: Client secret.
        authentication: Where the two stand.
        scope: Scopes, separated by spaces; None: the endpoint's default.
        audience: Audience, where the endpoint wants one.
        extra: Further fields of the form.
    """

    setting: str
    token_url: str
    client_id: str
    client_secret: SecretStr
    authentication: ClientAuthentication = ClientAuthentication.BODY
    scope: str | None = None
    audience: str | None = None
    extra: Sequence[tuple[str, str]] = ()


def credentials(options: OAuth2Options, context: CredentialsContext) -> TokenCredentials:
    """
    Return bearer tokens for a client with a secret.

    Raises:
        CredentialsError: The token URL is not valid.
    """
    return TokenCredentials(OAuth2Issuer(options, context), context)


class OAuth2Issuer:
    """Asks for tokens in the name of a client."""

    def __init__(self, options: OAuth2Options, context: CredentialsContext) -> None:
        self._options = options
        self._client = TokenClient(options.setting, context)
        self._endpoint = TokenEndpoint(options.token_url)
        self.name = self._endpoint.name

    def issue(self) -> Issued[str]:
        """
        Ask for a new one.

        Raises:
            CredentialsError: None came.
        """
        return self._client.ask(self._endpoint, self._request())

    def _request(self) -> TokenRequest:
        options = self._options
        client_id, secret = options.client_id, expose(options.client_secret)
        headers = {}
        form = [("grant_type", "client_credentials")]
        if options.authentication is ClientAuthentication.BASIC:
            value = basic_auth(quote(client_id, safe=""), quote(secret, safe=""))
            headers["authorization"] = value
        else:
            form += [("client_id", client_id), ("client_secret", secret)]
        if options.scope is not None:
            form.append(("scope", options.scope))
        if options.audience is not None:
            form.append(("audience", options.audience))
        return TokenRequest(headers, [*form, *options.extra], [secret])
