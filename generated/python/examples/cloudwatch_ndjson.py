"""
Ships NDJSON from standard input to Amazon CloudWatch Logs.

Settings come from the environment. A line that is no entry is counted and skipped. The last line of
the output is what became of the events, one JSON object.
"""

import asyncio
import json
import sys

from cloud_sinks import CloudWatchSink

# Longest wait for what is pending at the end.
STOP_SECONDS = 30.0


async def ship() -> bool:
    """Write every line; return whether everything accepted was delivered."""
    sink = CloudWatchSink()
    skipped = 0
    for line in sys.stdin.buffer:
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        if isinstance(entry, dict):
            await sink.write(entry)
        else:
            skipped += 1
    await sink.flush(STOP_SECONDS)
    await sink.stop()
    stats = sink.stats()
    if skipped:
        print(f"skipped {skipped} lines that are no entries", file=sys.stderr)
    print(json.dumps(stats.as_dict()))
    return stats.delivered == stats.accepted


if __name__ == "__main__":
    sys.exit(not asyncio.run(ship()))
