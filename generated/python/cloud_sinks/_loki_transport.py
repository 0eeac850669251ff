"""One attempt at Grafana Loki, and what its answers mean."""

from ._loki_config import LokiCompression, LokiSinkConfig
from .cloud_sink_base import (
    Bisect,
    Delivered,
    Encoder,
    Outcome,
    Paused,
    Rejected,
    Split,
    Throttled,
    Transient,
    expose,
)
from .cloud_sink_parts._answers import has_text
from .cloud_sink_parts._basic_auth import basic_auth
from .cloud_sink_parts._codecs import GZIP, NONE
from .cloud_sink_parts._http import (
    HttpRequest,
    HttpResponse,
    HttpTransport,
    describe,
    never_from_a_page,
    retry_after,
    without_path,
)

_CODECS = {LokiCompression.GZIP: GZIP, LokiCompression.NONE: NONE}


class LokiTransport(HttpTransport):
    """Sends each batch as one request; usable from several threads."""

    credential_settings = ("bearer_token", "username", "password")
    place_settings = ("url",)

    def __init__(self, config: LokiSinkConfig, encoder: Encoder) -> None:
        headers = _headers(config)
        super().__init__(
            config,
            encoder,
            _CODECS[config.compression],
            HttpRequest(
                "POST",
                _ingest_url(config),
                headers | {"content-type": "application/json"},
            ),
            classify,
            HttpRequest("GET", _health_url(config), headers),
            (200,),
        )


def _ingest_url(config: LokiSinkConfig) -> str:
    """Return where batches go."""
    base = without_path(config.url or "", "/loki/api/v1/push")
    return f"{base}/loki/api/v1/push"


def _health_url(config: LokiSinkConfig) -> str:
    """Return where the health check goes."""
    base = without_path(config.url or "", "/loki/api/v1/push")
    return f"{base}/ready"


def _headers(config: LokiSinkConfig) -> dict[str, str]:
    """Return the headers of every request, credentials included."""
    headers: dict[str, str] = {}
    if config.tenant_id:
        headers["x-scope-orgid"] = config.tenant_id
    if config.bearer_token:
        headers["authorization"] = f"Bearer {expose(config.bearer_token)}"
    elif config.username:
        headers["authorization"] = basic_auth(config.username, expose(config.password))
    return headers


@never_from_a_page
def classify(response: HttpResponse) -> Outcome:
    """Return what an answer means for the events of its request."""
    match response.status:
        case 204:
            # Stored, or an exact duplicate of what is stored.
            return Delivered()
        case 260:
            # The operator has blocked ingestion for the tenant (`blockIngestionStatusCode`), and
            # Loki discards what is sent. Nothing is wrong with the events.
            return Paused(describe(response))
        case 200 if has_text(response, "blocked"):
            # The same, where the operator has set the status to 200.
            return Paused(describe(response))
        case 200:
            # Loki answers 204; stores that speak its push API answer 200.
            return Delivered()
        case 400:
            # Some entries are refused and the rest is stored, without naming which. Sending halves
            # again is harmless, because Loki drops exact duplicates.
            return Bisect(describe(response))
        case 401 | 403:
            # No tenant, or the gateway refuses the credentials.
            return Paused(describe(response))
        case status if status in range(300, 400) or status in (404, 405):
            # The address is wrong; a redirect is never followed.
            return Paused(describe(response))
        case 408:
            # A gateway gave up waiting.
            return Transient(describe(response), retry_after(response))
        case 413:
            # Over the limit of Loki or of the gateway.
            return Split(describe(response))
        case 422:
            # No streams in the request.
            return Rejected(describe(response))
        case 429:
            # Over the tenant's or the stream's rate, or too many streams. Loki sends no
            # Retry-After, and may have stored a part.
            return Throttled(describe(response), retry_after(response))
        case status if status in range(500, 600):
            # Trouble at Loki.
            return Transient(describe(response), retry_after(response))
        case 402 | 407:
            # The credentials are refused, or a quota is exhausted. The events are fine and are
            # kept.
            return Paused(describe(response))
        case 425:
            # The request took too long to arrive.
            return Transient(describe(response), retry_after(response))
        case _:
            return Paused(describe(response))
