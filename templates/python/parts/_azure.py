"""
Microsoft Entra's access tokens.

For an app with a secret, for a workload whose cluster vouches for it, for the managed identity of a
machine or of App Service.

Needs ``_token`` and ``_token_endpoint`` with what those need; no package beyond theirs.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

from pydantic import SecretStr

from ..cloud_sink_base import expose
from ._credentials import CredentialsContext
from ._token import Issued, TokenCredentials
from ._token_endpoint import TokenClient, TokenEndpoint, TokenRequest, read_text

_AUTHORITY = "https://login.microsoftonline.com"
_MACHINE_IDENTITY = "http://169.254.169.254"
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True)
class ClientSecret:
    """
    An app with a secret.

    None stands for ``AZURE_TENANT_ID``, ``AZURE_CLIENT_ID``, ``AZURE_CLIENT_SECRET``, read whenever
    a token is asked for.
    """

    tenant_id: str | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None


@dataclass(frozen=True)
class Workload:
    """
    An app that trusts a token in a file, which is replaced every hour or so.

    None stands for ``AZURE_TENANT_ID``, ``AZURE_CLIENT_ID``, ``AZURE_FEDERATED_TOKEN_FILE``.
    """

    tenant_id: str | None = None
    client_id: str | None = None
    token_file: Path | None = None


@dataclass(frozen=True)
class Managed:
    """
    The identity of the machine or of the App Service the program runs on.

    Attributes:
        client_id: The user-assigned one with this id; None: the system-assigned one.
    """

    client_id: str | None = None


@dataclass(frozen=True)
class Environment:
    """Whatever the environment has: a secret, then a workload, then a managed identity."""


AzureIdentity: TypeAlias = ClientSecret | Workload | Managed | Environment


def app(
    *,
    tenant_id: str | None = None,
    client_id: str | None = None,
    client_secret: SecretStr | None,
) -> AzureIdentity:
    """Return the app whose secret is given, or whatever the environment has."""
    if client_secret is None:
        return Environment()
    return ClientSecret(tenant_id, client_id, client_secret)


@dataclass(frozen=True)
class AzureOptions:
    """
    Who asks, and for what.

    Attributes:
        setting: Setting that errors name: the one that holds the secret or the client id.
        identity: Who asks.
        scope: Scope, ``AUDIENCE/.default``.
        authority: Where apps ask; None: ``AZURE_AUTHORITY_HOST``, then the public cloud's.
    """

    setting: str
    identity: AzureIdentity
    scope: str
    authority: str | None = None


def credentials(options: AzureOptions, context: CredentialsContext) -> TokenCredentials:
    """Return bearer tokens for Azure's services."""
    return TokenCredentials(AzureIssuer(options, context), context)


class AzureIssuer:
    """Asks for tokens in the name of an identity."""

    name = "Azure's token endpoint"

    def __init__(self, options: AzureOptions, context: CredentialsContext) -> None:
        self._options = options
        self._context = context
        self._client = TokenClient(options.setting, context)

    def issue(self) -> Issued[str]:
        """
        Ask for a new one.

        Raises:
            CredentialsError: None came.
        """
        identity = self._options.identity
        if isinstance(identity, Environment):
            identity = self._found_identity()
        match identity:
            case ClientSecret(tenant_id, client_id, secret):
                return self._ask_with_secret(tenant_id, client_id, secret)
            case Workload(tenant_id, client_id, file):
                return self._ask_with_file(tenant_id, client_id, file)
        return self._ask_as_managed(identity.client_id)

    def _found_identity(self) -> ClientSecret | Workload | Managed:
        variable = self._context.variable
        if variable("AZURE_CLIENT_SECRET"):
            return ClientSecret()
        if variable("AZURE_FEDERATED_TOKEN_FILE"):
            return Workload()
        return Managed(variable("AZURE_CLIENT_ID"))

    def _ask_with_secret(
        self, tenant_id: str | None, client_id: str | None, secret: SecretStr | None
    ) -> Issued[str]:
        url, client_id = self._app(tenant_id, client_id)
        text = self._given(expose(secret), "AZURE_CLIENT_SECRET")
        return self._ask_for_app(url, client_id, [("client_secret", text)])

    def _ask_with_file(
        self, tenant_id: str | None, client_id: str | None, file: Path | None
    ) -> Issued[str]:
        url, client_id = self._app(tenant_id, client_id)
        file = file or Path(self._given(None, "AZURE_FEDERATED_TOKEN_FILE"))
        try:
            assertion = read_text(file)
        except (OSError, UnicodeDecodeError) as error:
            what = getattr(error, "strerror", None) or type(error).__name__
            message = f"cannot read the token file {file}: {what}"
            raise self._client.refused(message) from None
        proof = [("client_assertion_type", _ASSERTION_TYPE), ("client_assertion", assertion)]
        return self._ask_for_app(url, client_id, proof)

    def _ask_for_app(self, url: str, client_id: str, proof: list[tuple[str, str]]) -> Issued[str]:
        form = [
            ("grant_type", "client_credentials"),
            ("client_id", client_id),
            ("scope", self._options.scope),
            *proof,
        ]
        secrets = [value for _, value in proof]
        return self._client.ask(TokenEndpoint(url), TokenRequest(form=form, secrets=secrets))

    def _app(self, tenant_id: str | None, client_id: str | None) -> tuple[str, str]:
        """Return where an app asks, and its id."""
        tenant = quote(self._given(tenant_id, "AZURE_TENANT_ID"), safe="")
        authority = self._options.authority or self._context.variable("AZURE_AUTHORITY_HOST")
        authority = authority or _AUTHORITY
        if "://" not in authority:
            authority = f"https://{authority}"
        url = f"{authority.rstrip('/')}/{tenant}/oauth2/v2.0/token"
        return url, self._given(client_id, "AZURE_CLIENT_ID")

    def _ask_as_managed(self, client_id: str | None) -> Issued[str]:
        audience = self._options.scope.removesuffix("/.default")
        query = f"resource={quote(audience, safe='')}"
        if client_id:
            query += f"&client_id={quote(client_id, safe='')}"
        if url := self._context.variable("IDENTITY_ENDPOINT"):
            url = f"{url}?api-version=2019-08-01&{query}"
            name, value = "x-identity-header", self._app_service_key()
        else:
            base = self._context.variable("AZURE_POD_IDENTITY_AUTHORITY_HOST") or _MACHINE_IDENTITY
            base = base.rstrip("/")
            url = f"{base}/metadata/identity/oauth2/token?api-version=2018-02-01&{query}"
            name, value = "metadata", "true"
        endpoint = TokenEndpoint(url, is_metadata=True)
        return self._client.ask(endpoint, TokenRequest({name: value}, secrets=[value]))

    def _app_service_key(self) -> str:
        key = self._context.variable("IDENTITY_HEADER")
        if key is None or self._context.variable("IDENTITY_SERVER_THUMBPRINT"):
            # Their endpoints want a file's content, or a certificate that is pinned.
            message = "the managed identities of Azure Arc and Service Fabric are not supported"
            raise self._client.refused(message)
        return key

    def _given(self, setting: str | None, variable: str) -> str:
        """Return what the settings say, or else the environment."""
        given = setting or self._context.variable(variable)
        if not given:
            message = f"set it, or {variable}"
            raise self._client.refused(message)
        return given
