"""opensearch-py sends documents to the stand-in with its bulk helper."""

import sys
from datetime import datetime, timezone

from opensearchpy import OpenSearch, helpers

URL, COUNT = sys.argv[1], int(sys.argv[2])

client = OpenSearch(URL, http_compress=True, max_retries=0)
documents = (
    {
        "_op_type": "create",
        "_index": "logs-peers-default",
        "_id": f"id-{index}",
        "_source": {"@timestamp": datetime.now(timezone.utc).isoformat(), "message": f"event {index}", "nested": {"n": index}},
    }
    for index in range(COUNT)
)
stored, errors = helpers.bulk(client, documents, chunk_size=100)
assert (stored, errors) == (COUNT, []), (stored, errors)
