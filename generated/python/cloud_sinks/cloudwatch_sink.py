"""
The Amazon CloudWatch Logs sink for fapilog.

Ships events to a log group of Amazon CloudWatch Logs through the AWS SDK.

Delivery is at-least-once while the process lives: an attempt whose answer is lost is repeated, so
Amazon CloudWatch Logs may store an event twice.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from ._cloudwatch_config import CloudWatchSinkConfig
from ._cloudwatch_encoder import CloudWatchEncoder
from .cloud_sink_base import CloudSinkBase, Limits, Order, Oversize, Sizing, Transport

__all__ = ["LIMITS", "PLUGIN_METADATA", "CloudWatchSink", "CloudWatchSinkConfig"]

LIMITS = Limits(
    # CloudWatch Logs API, PutLogEvents, as in the service model of botocore 1.44.5, read
    # 2026-11-23.
    max_batch_events=10_000,
    max_batch_bytes=1_048_576,
    # fluent-bit pull request 11027 and otel-contrib issue 48557, the largest message accepted since
    # 2025-04, read 2026-11-23.
    max_event_bytes=1_000_000,
    oversize=Oversize.DEAD_LETTER,
    # CloudWatch Logs API, PutLogEvents, as in the service model of botocore 1.44.5, read
    # 2026-11-23.
    max_span_seconds=86_400,
    order=Order.WITHIN_BATCH,
    sizing=Sizing(batch=0, record=26),
)

PLUGIN_METADATA: dict[str, Any] = {
    "name": "cloudwatch_logs",
    "version": "1.0.0",
    "plugin_type": "sink",
    "entry_point": "cloud_sinks.cloudwatch_sink:CloudWatchSink",
    "description": "Ships events to Amazon CloudWatch Logs.",
    "author": "fapilog-gen",
    "compatibility": {"min_fapilog_version": "0.18.0"},
    "api_version": "1.0",
    "dependencies": ["boto3>=1.35"],
}


class CloudWatchSink(CloudSinkBase[CloudWatchSinkConfig]):
    """Ships events to a log group of Amazon CloudWatch Logs through the AWS SDK."""

    name = "cloudwatch_logs"
    config_class = CloudWatchSinkConfig
    limits = LIMITS
    needs: ClassVar[Mapping[str, str]] = {"boto3": "cloud-sinks[cloudwatch]"}

    def _make_encoder(self) -> CloudWatchEncoder:
        return CloudWatchEncoder(self.config)

    def _make_transport(self) -> Transport:
        # Imported here, so that this module can be imported without its extra.
        from .cloud_sink_parts._aws_cloudwatch_logs import (  # noqa: PLC0415
            CloudWatchOptions,
            CloudWatchTransport,
        )

        config = self.config
        options = CloudWatchOptions(
            log_group=config.log_group or "",
            log_stream=config.log_stream,
            region=config.region,
            endpoint_url=config.endpoint_url,
            create_log_group=config.create_log_group,
            create_log_stream=config.create_log_stream,
            retention_days=config.retention_days,
            timeout_seconds=config.timeout_seconds,
            max_connections=config.max_in_flight,
        )
        return CloudWatchTransport(options)
