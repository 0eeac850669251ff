"""
Shared access signatures of Azure Event Hubs and Service Bus: made here, asked of nobody.

Source: "Generate a Shared Access Signature token", Azure Event Hubs.

Needs ``_token`` with what that needs; no package beyond theirs.
"""

import hmac
from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import quote

from pydantic import SecretStr

from ..cloud_sink_base import expose
from ._credentials import CredentialsContext
from ._token import Issued, TokenCredentials

_LIFETIME = 60 * 60


@dataclass(frozen=True)
class SasOptions:
    """
    What is signed, and with which key.

    Attributes:
        resource: What access is asked for: the URI of the namespace or the hub,
            ``https://NAMESPACE.servicebus.windows.net/HUB``.
        key_name: Name of the key, that of the shared access policy.
        key: The key, as the portal shows it.
    """

    resource: str
    key_name: str
    key: SecretStr


def credentials(options: SasOptions, context: CredentialsContext) -> TokenCredentials:
    """Return signatures that hold for an hour."""
    return TokenCredentials(SasIssuer(options, context), context)


class SasIssuer:
    """Signs for a resource."""

    name = "shared access signature"

    def __init__(self, options: SasOptions, context: CredentialsContext) -> None:
        self._options = options
        self._clock = context.clock

    def issue(self) -> Issued[str]:
        """Sign anew."""
        options = self._options
        now = self._clock()
        end = int(now) + _LIFETIME
        resource = quote(options.resource, safe="")
        digest = hmac.digest(expose(options.key).encode(), f"{resource}\n{end}".encode(), "sha256")
        signature = quote(b64encode(digest), safe="")
        key_name = quote(options.key_name, safe="")
        return Issued(
            f"SharedAccessSignature sr={resource}&sig={signature}&se={end}&skn={key_name}",
            now + _LIFETIME,
        )
