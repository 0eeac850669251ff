"""OpenSearch itself, one node from its published jars; without the security plugin, so nothing is asked of credentials."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import bulk
import jvm
from common import CACHE, Check, PeerError, Server, data_folder, of_sink
from sinks import Wanted, programs

TITLE = "OpenSearch"
WANTED = [Wanted("opensearch")]
RUNNER = "org.codelibs.opensearch.runner.OpenSearchRunner"

# One megabyte, so that the server has something to refuse.
CONFIG = """\
network.host: 127.0.0.1
node.processors: 1
http.max_content_length: 1mb
"""


def install() -> str:
    """Fetch the jars; the version of the server among them."""
    jvm.java_home()
    folder = jvm.jars("opensearch")
    jar = next(folder.glob("opensearch-[0-9]*.jar"), None)
    if jar is None:
        raise PeerError("the jars hold no OpenSearch")
    return jar.stem.removeprefix("opensearch-")


def run(events: int) -> Iterator[Check]:
    """All checks for each language, against one node."""
    # The runner serves one port above the base, and takes none above 9,299.
    base = next(port for port in range(9210, 9290) if is_free(port + 1))
    url = f"http://127.0.0.1:{base + 1}"
    with data_folder("opensearch") as data:
        (data / "conf").mkdir()
        (data / "conf" / "opensearch.yml").write_text(CONFIG)
        command = [str(jvm.java_home() / "bin" / "java"), "-Xms384m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        command += ["-cp", f"{CACHE / 'opensearch-jars'}/*", RUNNER, "-basePath", str(data / "run"), "-numOfNode", "1"]
        command += ["-baseHttpPort", str(base), "-confPath", str(data / "conf"), "-useLogger"]
        with Server("opensearch", command, f"{url}/_cluster/health?wait_for_status=yellow&timeout=1s"):
            cluster = bulk.Cluster("opensearch", url)
            cluster.ignore_the_disk()
            cluster.make_template()
            for sink, program in programs(WANTED[0]).items():
                yield from of_sink(sink, list(bulk.run(cluster, program, events)))


def is_free(port: int) -> bool:
    """Nobody listens there at this moment."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
