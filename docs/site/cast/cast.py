"""A picture of a real run, for the README: the tutorial's spec with its mistakes, and without them."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[3]
# Rich's own frame asks for fonts from elsewhere; this one has no frame.
FORMAT = """<svg class="rich-terminal" viewBox="0 0 {terminal_width} {terminal_height}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>TITLE</title>
<style>.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; line-height: {line_height}px; }}
{styles}</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>{lines}</defs>
<rect width="{terminal_width}" height="{terminal_height}" rx="8" fill="#292929"/>
<g transform="translate(9, 9)">{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g>
</svg>
"""
WIDTH = 100


def main() -> None:
    program, target = sys.argv[1:]
    tutorial = (ROOT / "docs/tutorial.md").read_text()
    blocks = re.findall(r"```(yaml|json)\n(.*?)```", tutorial, re.DOTALL)
    spec = next(text for language, text in blocks if language == "yaml")
    event = next(text for language, text in blocks if language == "json")
    console = Console(record=True, width=WIDTH, file=open("/dev/null", "w"), force_terminal=True)  # noqa: SIM115
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "app.ndjson").write_text(event)

        def run(*words: str) -> None:
            result = subprocess.run(
                [program, "--color", "always", *words], cwd=folder, check=False, text=True, timeout=60,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )
            if result.returncode not in (0, 1):
                sys.exit(result.stdout)
            console.print(Text.assemble(("$ ", "dim"), (f"fapilog-gen {' '.join(words)}", "bold")))
            console.print(Text.from_ansi(result.stdout.rstrip("\n") + "\n"))

        (folder / "hearth.yaml").write_text(spec)
        run("validate", "hearth.yaml")
        right = spec.replace("max_batch_byte:", "max_batch_bytes:").replace("outcome: retry", "outcome: throttled")
        (folder / "hearth.yaml").write_text(right)
        run("validate", "hearth.yaml")
        run("preview", "--spec", "hearth.yaml", "--input", "app.ndjson")
        run("preview", "--spec", "hearth.yaml", "--answer", "429")
    title = "fapilog-gen names two mistakes in a spec, then shows the request that a sink would send"
    picture = console.export_svg(code_format=FORMAT.replace("TITLE", title), unique_id="run")
    if "url(http" in picture or "@font-face" in picture:
        sys.exit("the picture would ask for something from elsewhere")
    Path(target).write_text(re.sub(r"[ \t]+\n", "\n", picture))


main()
