"""OpenTelemetry's exporter of OTLP as protobuf over HTTP sends log records to the stand-in."""

import logging
import sys

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource

URL, COUNT = sys.argv[1], int(sys.argv[2])

provider = LoggerProvider(resource=Resource.create({"service.name": "peers"}))
provider.add_log_record_processor(
    BatchLogRecordProcessor(OTLPLogExporter(compression=Compression.Gzip, endpoint=f"{URL}/v1/logs"), max_queue_size=max(COUNT, 512))
)
logger = logging.getLogger("peers")
logger.setLevel(logging.DEBUG)
logger.addHandler(LoggingHandler(logger_provider=provider))
levels = [logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL]
for index in range(COUNT):
    logger.log(levels[index % 5], "event %d 🦀", index, extra={"number": index, "text": "x", "flag": True})
assert provider.force_flush(60_000)
provider.shutdown()
