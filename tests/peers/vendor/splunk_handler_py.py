"""splunk-handler, a handler of Python's logging, sends to the stand-in; not Splunk's own, but widely used."""

import logging
import sys

from splunk_handler import SplunkHandler

URL, COUNT = sys.argv[1], int(sys.argv[2])

host, port = URL.removeprefix("http://").split(":")
handler = SplunkHandler(
    host=host, port=port, token="example-token", index="main", protocol="http", verify=False, retry_count=0, queue_size=0
)
logger = logging.getLogger("peers")
logger.setLevel(logging.INFO)
logger.addHandler(handler)
for index in range(COUNT):
    logger.warning("event %d 🦀", index)
handler.shutdown()
