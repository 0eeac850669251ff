"""HTTP attempts whose credentials are fetched or computed, not written in a setting."""

from ..cloud_sink_base import Paused, Transient
from ._credentials import Credentials, send
from ._http import HttpRequest, HttpResponse, HttpTransport


class AuthorizedTransport(HttpTransport):
    """
    Sends each batch as one request with credentials; usable from several threads.

    Attributes:
        credentials: Puts them into requests; None: requests are sent as they are.
        checks_openly: The health check goes without.
    """

    credentials: Credentials | None = None
    checks_openly = False

    def _perform(self, request: HttpRequest) -> HttpResponse | Transient | Paused:
        is_open = self.checks_openly and request is self.health
        if self.credentials is None or is_open:
            return super()._perform(request)
        return send(self._client, self.credentials, request)
