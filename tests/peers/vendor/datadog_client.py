"""datadog-api-client submits logs to the stand-in, plain and compressed."""

import sys

from datadog_api_client import ApiClient, Configuration
from datadog_api_client.v2.api.logs_api import LogsApi
from datadog_api_client.v2.model.content_encoding import ContentEncoding
from datadog_api_client.v2.model.http_log import HTTPLog
from datadog_api_client.v2.model.http_log_item import HTTPLogItem

URL, COUNT = sys.argv[1], int(sys.argv[2])

configuration = Configuration(api_key={"apiKeyAuth": "example-api-key"})
configuration.server_index = 1
configuration.server_variables = {"name": URL.removeprefix("http://"), "protocol": "http"}
encodings = [None, ContentEncoding.GZIP, ContentEncoding.DEFLATE]
with ApiClient(configuration) as client:
    api = LogsApi(client)
    for number, start in enumerate(range(0, COUNT, 100)):
        items = [
            HTTPLogItem(
                ddsource="nginx", ddtags="env:staging,version:5.1", hostname="i-012345678", message=f"event {index}", service="payment"
            )
            for index in range(start, min(start + 100, COUNT))
        ]
        encoding = encodings[number % 3]
        api.submit_log(HTTPLog(items), **({"content_encoding": encoding} if encoding else {}))
