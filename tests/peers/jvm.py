"""Servers that come as jars: a Java of 21 or newer, and jars copied by Maven and compared with their hashes."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from common import CACHE, HERE, NotRun, PeerError, require, run_logged

OLDEST = 21


def java_home() -> Path:
    """Home of a JDK that is new enough."""
    candidates = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    if found := shutil.which("javac"):
        candidates.append(Path(found).resolve().parent.parent)
    candidates += sorted(Path("/usr/lib/jvm").glob("*"))
    newest = max(((version(home), home) for home in candidates), default=(0, Path()))
    if newest[0] < OLDEST:
        raise NotRun(f"it needs a JDK of {OLDEST} or newer, and the newest here is {newest[0] or 'none'}")
    return newest[1]


def version(home: Path) -> int:
    """Major version of a JDK; 0 when there is none."""
    if not (home / "bin" / "javac").exists():
        return 0
    done = subprocess.run([str(home / "bin" / "javac"), "-version"], capture_output=True, check=False)
    found = re.search(rb"javac (\d+)", done.stdout + done.stderr)
    return int(found.group(1)) if found else 0


def jars(name: str) -> Path:
    """Folder with the jars of ``NAME-server/pom.xml``, each compared with the hash beside it."""
    source = HERE / f"{name}-server"
    folder = CACHE / f"{name}-jars"
    maven = require("mvn", "Maven 3.8 or newer fetches the jars")
    if not folder.exists():
        print(f"fetching the jars of {name} (about half a minute, once) …", flush=True)
        unfinished = folder.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        copy = ["dependency:copy-dependencies", f"-DoutputDirectory={unfinished}", "-DincludeScope=runtime"]
        run_logged([maven, "-q", "-B", "-f", str(source / "pom.xml"), *copy], f"{name}-jars.log")
        unfinished.rename(folder)
    compare(folder, source / "jars.sha256")
    return folder


def compare(folder: Path, hashes: Path) -> None:
    """The jars are those, and no others, that were there when the hashes were written."""
    found = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in sorted(folder.glob("*.jar"))}
    known = dict(reversed(line.split()) for line in hashes.read_text().splitlines())
    wrong = sorted(name for name in found.keys() | known.keys() if found.get(name) != known.get(name))
    if wrong:
        raise PeerError(
            f"{len(wrong)} jars differ from {hashes.name}, the first is {wrong[0]}",
            f"look at it, then remove {folder.relative_to(CACHE.parent.parent)}",
        )


def compile_java(home: Path, sources: list[Path], classpath: str, into: Path) -> None:
    """Compile a few classes."""
    into.mkdir(parents=True, exist_ok=True)
    run_logged([str(home / "bin" / "javac"), "-nowarn", "-d", str(into), "-cp", classpath, *map(str, sources)], f"{into.name}-javac.log")
