"""
The Python code of a generated package's guide, run as it is printed, under real fapilog.

`tests/python_generated.rs` runs this with pytest in a generated project that is installed.  Only the
provider's address is changed, to one on the loopback interface that stores everything, and limits
of time that the guide leaves at their defaults.
"""

import base64
import gzip
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import zstandard
from fapilog.core.presets import list_presets

GUIDE = Path(os.environ["GUIDE"])
ADDRESS = os.environ["GUIDE_ADDRESS_VARIABLE"]
# The limits of one attempt, of a drain and of the program's end, where no machine is slow enough to
# reach them.
PACKAGE = os.environ["GUIDE_PACKAGE"]
PATIENCE = {
    f"{ADDRESS.partition('_SINK_')[0]}_SINK_{limit}TIMEOUT_SECONDS": "60"
    for limit in ("", "DRAIN_", "EXIT_")
}
# The stand-in of the package, and the answer of its own tests.
STAND_IN = importlib.import_module(f"{PACKAGE}.cloud_sink_responder")
Responder = STAND_IN.Responder
ACCEPTED = importlib.import_module(f"test_{GUIDE.stem}_sink").ACCEPTED

# `adaptive` is a deprecated second name of `production`. What a preset changes is no provider's matter.
ALL_PRESETS = [name for name in list_presets() if name != "adaptive"]
PRESETS = ALL_PRESETS if "GUIDE_ALL_PRESETS" in os.environ else ["production"]

# Usages that make a sink and send nothing.
SILENT = {"Settings in code"}


def sections() -> dict[str, list[tuple[str, str]]]:
    """Blocks by heading, each with its language, in the order of the guide."""
    found: dict[str, list[tuple[str, str]]] = {}
    for part in GUIDE.read_text().split("\n## ")[1:]:
        title, _, text = part.partition("\n")
        found[title] = re.findall(r"```(\w+)\n(.*?)```", text, re.DOTALL)
    return found


def programs() -> list[tuple[str, str]]:
    """Every Python block with its heading; the one on presets once for each preset."""
    found = []
    for title, blocks in sections().items():
        for language, code in blocks:
            if language == "python" and title == "Presets":
                assert '"production"' in code
                found += [(title, code.replace("production", name)) for name in PRESETS]
            elif language == "python":
                found.append((title, code))
    return found


def environment(title: str, responder: Responder) -> dict[str, str]:
    """What the guide exports for a section: in its quick start and in the section itself."""
    text = "".join(
        code
        for heading in ("Quick start", title)
        for language, code in sections()[heading]
        if language == "sh"
    )
    exports = re.findall(r"^export (\w+)=(.*)$", text, re.MULTILINE)
    given = {name: value.strip("'").replace("…", "example") for name, value in exports}
    aws = {
        "AWS_ACCESS_KEY_ID": "example",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_REGION": "eu-central-1",
    }
    return os.environ | aws | PATIENCE | given | {ADDRESS: responder.url}


def at(responder: Responder, text: str) -> str:
    """Write the responder's address where a guide has the provider's."""
    quick_start = "".join(code for _, code in sections()["Quick start"])
    shown = re.findall(rf"export {ADDRESS}=(\S+)", quick_start)
    for address in [*shown, r"http://localhost:\d+"]:
        text = re.sub(address, responder.url, text)
    return text


def stored(responder: Responder) -> str:
    """What arrived, with what Firehose takes in base64."""
    text = b"".join(map(plain_body, responder.received)).decode("utf-8", "replace")
    return re.sub(
        r'"Data":"([^"]+)"',
        lambda found: base64.b64decode(found[1]).decode("utf-8", "replace"),
        text,
    )


def plain_body(request: Any) -> bytes:
    """Undo the compression that a request names."""
    match request.headers.get("content-encoding"):
        case None:
            return request.body
        case "gzip":
            return gzip.decompress(request.body)
        case "zstd":
            with zstandard.ZstdDecompressor().stream_reader(request.body) as reader:
                return reader.read()
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize(("title", "code"), programs())
def test_a_program_of_the_guide_runs_as_printed(title: str, code: str, tmp_path: Path) -> None:
    with STAND_IN.responding(ACCEPTED) as responder:
        for language, text in sections()[title]:
            if language == "yaml":
                (tmp_path / "logging.yaml").write_text(at(responder, text))

        ran = subprocess.run(  # noqa: S603
            [sys.executable, "-c", at(responder, code)],
            cwd=tmp_path,
            env=environment(title, responder),
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

        assert (0, "") == (ran.returncode, ran.stderr)
        arrived = stored(responder)
        assert arrived.count("order placed") == (0 if title in SILENT else 1)
        # A trace and a span.
        assert all(identifier in arrived for identifier in re.findall(r"\b[0-9a-f]{16,32}\b", code))
        if title == "Several sinks":
            assert ran.stdout.count("order placed") == 1


def test_the_guide_shows_every_usage() -> None:
    shown = {title for title, _ in programs()}

    assert {
        "Quick start",
        "Settings in code",
        "Loaded by fapilog",
        "By environment alone",
        "Several sinks",
        "Trace and span ids",
        "The async logger",
        "Presets",
    } == shown
    assert len(PRESETS) == sum(title == "Presets" for title, _ in programs())
