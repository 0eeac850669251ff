"""
Elasticsearch's server core, one node from its published jars, started by a few lines of our own.

It has data streams and, with two stubs, failure stores; it has no security, so nothing is asked of credentials.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import bulk
import jvm
from bulk import Cluster
from common import CACHE, HERE, Check, PeerError, Server, data_folder, free_port, of_sink
from events import compare, make_event, make_events
from sinks import Program, Wanted, programs

TITLE = "Elasticsearch"
WANTED = [Wanted("elasticsearch")]
SOURCE = HERE / "elasticsearch-server"
HOME = CACHE / "elasticsearch"

LOGGING = """\
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c] %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""

MODULE = """\
description=a type of field
version=1
name=match-only-text
java.version=21
elasticsearch.version={version}
classname=MatchOnlyText
"""


def install() -> str:
    """Fetch the jars, lay them out as the server wants them; its version."""
    home = jvm.java_home()
    jars = jvm.jars("elasticsearch")
    jar = next(jars.glob("elasticsearch-[0-9]*.jar"), None)
    if jar is None:
        raise PeerError("the jars hold no Elasticsearch")
    version = jar.stem.removeprefix("elasticsearch-")
    lay_out(jars, home, version)
    return version


def lay_out(jars: Path, home: Path, version: str) -> None:
    """Class path, modules, and the classes of our own."""
    shutil.rmtree(HOME, ignore_errors=True)
    netty = HOME / "modules" / "transport-netty4"
    library = HOME / "lib"
    for folder in (netty, library, HOME / "config"):
        folder.mkdir(parents=True)
    for jar in jars.glob("*.jar"):
        (netty if jar.name.startswith(("netty-", "transport-netty4-")) else library).joinpath(jar.name).hardlink_to(jar)
    transport = next(netty.glob("transport-netty4-*.jar"))
    shutil.unpack_archive(transport, HOME / "unpacked", "zip")
    for file in (HOME / "unpacked" / "META-INF" / "es-plugins" / "transport-netty4").iterdir():
        # Named modules want all of the distribution; without a name it runs from the class path.
        lines = [line for line in file.read_text().splitlines() if not line.startswith("modulename=")]
        (netty / file.name).write_text("\n".join(lines) + "\n")
    shutil.rmtree(HOME / "unpacked")
    (HOME / "config" / "log4j2.properties").write_text(LOGGING)
    own = HOME / "own"
    jvm.compile_java(home, [SOURCE / "Launcher.java", SOURCE / "FailureStore.java"], f"{library}/*", own)
    services = own / "META-INF" / "services"
    services.mkdir(parents=True)
    (services / "org.elasticsearch.features.FeatureSpecification").write_text("FailureStore\n")
    module = HOME / "modules" / "match-only-text"
    jvm.compile_java(home, [SOURCE / "MatchOnlyText.java"], f"{library}/*", HOME / "module-classes")
    module.mkdir()
    archive = shutil.make_archive(str(HOME / "match-only-text"), "zip", HOME / "module-classes")
    shutil.move(archive, module / "match-only-text.jar")
    (module / "plugin-descriptor.properties").write_text(MODULE.format(version=version))


def run(events: int) -> Iterator[Check]:
    """All checks for each language, against one node."""
    port, transport = free_port(), free_port()
    url = f"http://127.0.0.1:{port}"
    with data_folder("elasticsearch") as data:
        command = [str(jvm.java_home() / "bin" / "java"), "-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        command += ["--enable-native-access=ALL-UNNAMED", f"-Dlog4j2.configurationFile={HOME}/config/log4j2.properties"]
        command += ["-cp", f"{HOME}/own:{HOME}/lib/*", "Launcher", str(HOME), str(port), str(transport), str(data)]
        with Server("elasticsearch", command, f"{url}/_cluster/health?wait_for_status=yellow&timeout=1s"):
            cluster = Cluster("elasticsearch", url)
            cluster.ignore_the_disk()
            for sink, program in programs(WANTED[0]).items():
                cluster.make_template()
                yield from of_sink(sink, list(bulk.run(cluster, program, events)))
                cluster.make_template(data_stream_options={"failure_store": {"enabled": True}})
                yield from of_sink(sink, [tells_a_failure_store_apart(cluster, program, f"logs-failure-{sink.lower()}")])


def tells_a_failure_store_apart(cluster: Cluster, program: Program, stream: str) -> Check:
    """A document that the server puts into the failure store, with 201 and no error, is not delivered."""
    case = cluster.case(program, stream)
    events = make_events(50)
    odd = make_event(9_001, bulk.now(), "ERROR", "of another type")
    odd["data"]["index"] = "no number"

    shipment = program.ship([*events[:20], odd, *events[20:]], case.env)

    difference = compare(events, case.read(events))
    cluster.call("POST", f"/{stream}::failures/_refresh")
    failures = cluster.call("POST", f"/{stream}::failures/_search", {"size": 10})["hits"]["hits"]
    report = shipment.report
    return Check(
        "elasticsearch",
        "a document diverted to the failure store, answered 201, counts as refused",
        difference.empty and report["delivered"] == 50 and len(failures) == 1,
        f"{difference}; {report['delivered']} of 51 delivered, {len(failures)} in the failure store",
    )
