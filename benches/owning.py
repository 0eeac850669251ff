"""
Times the second run: update and check of three providers in both languages with ten edits.

    benches/run owning

Prints the median, the least and the most of each in milliseconds, and whether a run that has nothing to
do touches a file. The marks: update below 60 ms, check below 20 ms, no file touched.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

PROVIDERS = ("loki", "datadog", "cloudwatch")
LANGUAGES = {"rust": "rs", "python": "py"}
RUNS = 40


def run(tool: Path, *words: str, cwd: Path, code: int = 0) -> float:
    """Run the tool; how many milliseconds it took."""
    began = time.perf_counter()
    done = subprocess.run([tool, "--quiet", *words], cwd=cwd, capture_output=True, check=False)
    took = (time.perf_counter() - began) * 1000
    if done.returncode != code:
        sys.exit(f"{words}: {done.returncode}\n{done.stderr.decode()}")
    return took


def templates(source: Path, target: Path) -> None:
    """Templates of a version to come: a line more in each file that is copied as it is."""
    shutil.copytree(source, target)
    for path in target.rglob("*"):
        comment = {".rs": "// later\n", ".py": "# later\n"}.get(path.suffix)
        if comment:
            path.write_text(path.read_text() + comment)


def edit(root: Path) -> None:
    """Edit five files of each language."""
    for language, ending in LANGUAGES.items():
        files = sorted((root / language).rglob(f"cloud_sink_base/*.{ending}"))
        files = [path for path in files if path.read_text().count("\n") > 20][:5]
        for path in files:
            comment = "// mine\n" if ending == "rs" else "# mine\n"
            path.write_text(comment + path.read_text())


def say(name: str, times: list[float]) -> None:
    """Print one line of figures."""
    print(f"{name:34} {statistics.median(times):7.1f} {min(times):7.1f} {max(times):7.1f}")


def inodes(root: Path) -> dict[Path, tuple[int, int]]:
    """Which file of the project each path is, and when it was changed last."""
    files = (path for path in root.rglob("*") if path.is_file())
    paths = (path for path in files if ".fapilog-gen" not in path.parts)
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in paths}


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tool", type=Path)
    parser.add_argument("scratch", type=Path)
    arguments = parser.parse_args()
    tool, scratch = arguments.tool.resolve(), arguments.scratch
    later = scratch / "later"
    templates(Path(__file__).parent.parent / "templates", later)
    run(tool, "new-sink", "--provider", PROVIDERS[0], "--lang", "both", "--out", "all", cwd=scratch)
    for language in LANGUAGES:
        for provider in PROVIDERS[1:]:
            run(tool, "new-sink", "--provider", provider, "--out", f"all/{language}", cwd=scratch)
    edit(scratch / "all")
    shutil.copytree(scratch / "all", scratch / "kept", symlinks=True)

    print(f"{'milliseconds':34} {'median':>7} {'least':>7} {'most':>7}")
    say("check", [run(tool, "check", "all", cwd=scratch) for _ in range(RUNS)])
    options = ("--templates", str(later))
    say("check, all stale", [run(tool, *options, "check", "all", cwd=scratch, code=1) for _ in range(RUNS)])
    updates = []
    for _ in range(RUNS):
        shutil.rmtree(scratch / "all")
        shutil.copytree(scratch / "kept", scratch / "all", symlinks=True)
        updates.append(run(tool, *options, "update", "all", cwd=scratch))
    say("update with ten edits", updates)
    before = inodes(scratch / "all")
    say("update, nothing to do", [run(tool, *options, "update", "all", cwd=scratch) for _ in range(RUNS)])
    touched = [path for path, state in inodes(scratch / "all").items() if before.get(path) != state]
    print(f"files touched by a run with nothing to do: {len(touched)}")


if __name__ == "__main__":
    main()
