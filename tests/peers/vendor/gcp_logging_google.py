"""google-cloud-logging writes entries to the stand-in over HTTP: texts, structures, a batch."""

import sys

from google.auth.credentials import Credentials
from google.cloud import logging


class Token(Credentials):
    """A token that is there already."""

    def __init__(self) -> None:
        super().__init__()
        self.token = "example-access-token"

    def refresh(self, request: object) -> None:
        """Nothing to refresh."""


URL, COUNT = sys.argv[1], int(sys.argv[2])

client = logging.Client(project="example-project", credentials=Token(), _use_grpc=False, client_options={"api_endpoint": URL})
log = client.logger("peers")
log.log_text("event 0", severity="INFO", insert_id="id-0", labels={"a": "b"})
log.log_struct({"message": "event 1", "n": 1}, severity="ERROR", trace="projects/example-project/traces/4bf92f3577b34da6a3ce929d0e0e4736")
for start in range(2, COUNT, 100):
    batch = log.batch()
    for index in range(start, min(start + 100, COUNT)):
        batch.log_struct({"message": f"event {index}", "nested": {"list": [1, None, "x"]}}, severity="NOTICE", insert_id=f"id-{index}")
    batch.commit()
