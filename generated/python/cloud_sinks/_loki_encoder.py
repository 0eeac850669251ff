"""How events look on their way to Grafana Loki."""

from ._loki_config import LokiSinkConfig
from .cloud_sink_base import Event, Records, dumps, value_text
from .cloud_sink_parts._streams import EventLabel, Label, StreamLabels, write_streams


class LokiEncoder:
    """Writes each event as an entry and each batch as entries grouped by their labels."""

    def __init__(self, config: LokiSinkConfig) -> None:
        self._service_name = config.service_name or None
        self._label_fields = [EventLabel(reference) for reference in config.label_fields]
        labels = [
            Label("service_name", self._service_name),
            *[Label(name, value) for name, value in config.labels.items()],
            *[Label(field.name) for field in self._label_fields],
        ]
        self._labels = StreamLabels(labels, config.max_streams, "overflow")

    def encode(self, event: Event) -> tuple[bytes, str]:
        """Return one record and its label set."""
        timestamp, line = str(event.timestamp), dumps(self._line(event)).decode()
        metadata: dict[str, str] = {"level": event.level}
        if event.logger:
            metadata["logger"] = event.logger
        if trace_id := value_text(event.context.get("trace_id")):
            metadata["trace_id"] = trace_id
        if span_id := value_text(event.context.get("span_id")):
            metadata["span_id"] = span_id
        if correlation_id := value_text(event.context.get("correlation_id")):
            metadata["correlation_id"] = correlation_id
        if request_id := value_text(event.context.get("request_id")):
            metadata["request_id"] = request_id
        return dumps([timestamp, line, metadata]), self._labels.group(self._label_values(event))

    def write_payload(self, records: Records) -> bytes:
        """Return the body that carries ``records``, before compression."""
        return write_streams(records)

    def _line(self, event: Event) -> dict[str, object]:
        """Return the line as an object."""
        line: dict[str, object] = {"level": event.level}
        if event.logger:
            line["logger"] = event.logger
        line["message"] = event.message
        if event.context:
            line["context"] = event.context
        if event.diagnostics:
            line["diagnostics"] = event.diagnostics
        if event.data:
            line["data"] = event.data
        return line

    def _label_values(self, event: Event) -> tuple[str | None, ...]:
        """Return what the event gives to labels that the settings leave open."""
        values: list[str | None] = []
        if self._service_name is None:
            values.append(value_text(event.diagnostics.get("service")))
        if self._label_fields:
            values.extend([field.value(event) for field in self._label_fields])
        return tuple(values)
