"""Sinks that ship fapilog's events to log providers."""

from .cloudwatch_sink import CloudWatchSink, CloudWatchSinkConfig
from .loki_sink import LokiSink, LokiSinkConfig

__all__ = ["CloudWatchSink", "CloudWatchSinkConfig", "LokiSink", "LokiSinkConfig"]
