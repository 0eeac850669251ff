"""
The Grafana Loki sink for fapilog.

Ships events to Grafana Loki, Grafana Cloud Logs, or anything that speaks Loki's push API.

Delivery is at-least-once while the process lives: an attempt whose answer is lost is repeated, so
Grafana Loki may store an event twice.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from ._loki_config import LokiCompression, LokiSinkConfig
from ._loki_encoder import LokiEncoder
from .cloud_sink_base import CloudSinkBase, Limits, Order, Oversize, Sizing, Transport

__all__ = ["LIMITS", "PLUGIN_METADATA", "LokiCompression", "LokiSink", "LokiSinkConfig"]

LIMITS = Limits(
    # No limit is known; this one bounds the work of one request.
    max_batch_events=1_000_000,
    # Loki's gRPC hop from distributor to ingester, 4 MiB in dskit's server defaults, below the
    # tenant burst of 6 MB, read 2026-11-23.
    max_batch_bytes=4_000_000,
    # Loki at 65e30f84, pkg/validation/limits.go (defaults an operator can change per tenant), read
    # 2026-11-23.
    max_event_bytes=262_144,
    counts_line=True,
    oversize=Oversize.DEAD_LETTER,
    order=Order.ACROSS_BATCHES,
    sizing=Sizing(batch=13, record=1, group=23),
)

PLUGIN_METADATA: dict[str, Any] = {
    "name": "cloud_loki",
    "version": "1.0.0",
    "plugin_type": "sink",
    "entry_point": "cloud_sinks.loki_sink:LokiSink",
    "description": "Ships events to Grafana Loki.",
    "author": "fapilog-gen",
    "compatibility": {"min_fapilog_version": "0.18.0"},
    "api_version": "1.0",
    "dependencies": ["httpx>=0.27"],
}


class LokiSink(CloudSinkBase[LokiSinkConfig]):
    """
    Ships events to Grafana Loki.

    Ships events to Grafana Loki, Grafana Cloud Logs, or anything that speaks Loki's push API.
    """

    name = "cloud_loki"
    config_class = LokiSinkConfig
    limits = LIMITS
    needs: ClassVar[Mapping[str, str]] = {"httpx": "cloud-sinks[loki]"}

    def _make_encoder(self) -> LokiEncoder:
        return LokiEncoder(self.config)

    def _make_transport(self) -> Transport:
        # Imported here, so that this module can be imported without its extra.
        from ._loki_transport import LokiTransport  # noqa: PLC0415

        return LokiTransport(self.config, self._encoder)
