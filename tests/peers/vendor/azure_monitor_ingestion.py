"""azure-monitor-ingestion uploads rows to the stand-in; it splits and compresses as it likes."""

import sys
import time
from datetime import datetime, timezone

from azure.core.credentials import AccessToken
from azure.monitor.ingestion import LogsIngestionClient


class Token:
    """A token that is there already."""

    def get_token(self, *_scopes: str, **_options: object) -> AccessToken:
        """The same for every scope."""
        return AccessToken("example-token", int(time.time()) + 3600)


URL, COUNT = sys.argv[1], int(sys.argv[2])

client = LogsIngestionClient(URL, Token())
rows = [{"TimeGenerated": datetime.now(timezone.utc).isoformat(), "Message": "x" * 700, "Number": index} for index in range(COUNT)]
# Plain HTTP is for this stand-in alone; the client asks to be told so.
client.upload("dcr-00000000000000000000000000000000", "Custom-Peers_CL", rows, enforce_https=False)
