"""One attempt at Grafana Loki, and what its answers mean."""

from ._loki_config import LokiCompression, LokiSinkConfig
from .cloud_sink_base import (
    Batch,
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
from .cloud_sink_parts import _gzip, _uncompressed
from .cloud_sink_parts._basic_auth import basic_auth
from .cloud_sink_parts._http import HttpClient, HttpRequest, HttpResponse, describe, retry_after

_COMPRESS = {LokiCompression.GZIP: _gzip.compress, LokiCompression.NONE: _uncompressed.compress}


class LokiTransport:
    """Sends each batch as one request; usable from several threads."""

    def __init__(self, config: LokiSinkConfig, encoder: Encoder) -> None:
        self._encoder = encoder
        self._compress = _COMPRESS[config.compression]
        self.url = _ingest_url(config)
        self.headers = _headers(config)
        self.health_url = _health_url(config)
        self._client = HttpClient(
            config.timeout_seconds, config.max_in_flight, self.url, self.health_url
        )
        self._health_headers = dict(self.headers)
        self.headers["content-type"] = "application/json"
        if config.compression is not LokiCompression.NONE:
            self.headers["content-encoding"] = config.compression.value

    def send(self, batch: Batch) -> Outcome:
        """Perform one attempt."""
        if batch.body is None:
            batch.body = self._compress(self._encoder.write_payload(batch.records))
        answer = self._client.send(HttpRequest("POST", self.url, self.headers, batch.body))
        return answer if isinstance(answer, Transient) else classify(answer)

    def health_check(self) -> None:
        """
        Ask whether batches would be taken, as cheaply as the provider allows.

        Raises:
            HealthError: They would not.
        """
        request = HttpRequest("GET", self.health_url, self._health_headers)
        self._client.check(request, (200,))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _ingest_url(config: LokiSinkConfig) -> str:
    """Return where batches go."""
    base = config.url or ""
    return f"{base}/loki/api/v1/push"


def _health_url(config: LokiSinkConfig) -> str:
    """Return where the health check goes."""
    base = config.url or ""
    return f"{base}/ready"


def _headers(config: LokiSinkConfig) -> dict[str, str]:
    """Return the headers of every request, credentials included."""
    headers: dict[str, str] = {}
    if config.tenant_id:
        headers["x-scope-orgid"] = config.tenant_id
    if config.bearer_token:
        headers["authorization"] = "Bearer " + expose(config.bearer_token)
    elif config.username:
        headers["authorization"] = basic_auth(config.username, expose(config.password))
    return headers


def classify(response: HttpResponse) -> Outcome:
    """Return what an answer means for the events of its request."""
    match response.status:
        case 204:
            # Stored, or an exact duplicate of what is stored.
            return Delivered()
        case 200 | 260:
            # A 2xx that stores nothing. The operator has blocked ingestion
            # (`blockIngestionStatusCode`, 260 unless changed) and the data is discarded.
            return Rejected(describe(response))
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
        case 429:
            # Over the tenant's or the stream's rate, or too many streams. Loki sends no
            # Retry-After, and may have stored a part.
            return Throttled(describe(response), retry_after(response))
        case status if status in range(500, 600):
            # Trouble at Loki.
            return Transient(describe(response), retry_after(response))
        case _:
            return Rejected(describe(response))
