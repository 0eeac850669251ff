"""How events look on their way to Amazon CloudWatch Logs."""

from ._cloudwatch_config import CloudWatchSinkConfig
from .cloud_sink_base import Event, Records, dumps, ndjson, rfc3339_millis


class CloudWatchEncoder:
    """Writes each event as a record, which the SDK takes one by one."""

    def __init__(self, _config: CloudWatchSinkConfig) -> None:
        """Make an encoder; this provider's records do not depend on settings."""

    def encode(self, event: Event) -> tuple[bytes, None]:
        """Return one record."""
        record: dict[str, object] = {
            "timestamp": rfc3339_millis(event.timestamp),
            "level": event.level,
            "message": event.message,
        }
        if event.logger:
            record["logger"] = event.logger
        if event.context:
            record["context"] = event.context
        if event.diagnostics:
            record["diagnostics"] = event.diagnostics
        if event.data:
            record["data"] = event.data
        return dumps(record), None

    def write_payload(self, records: Records) -> bytes:
        """Return the body that carries ``records``, before compression."""
        # The SDK takes records one by one; this is how they look in a file.
        return ndjson(records)
