"""
Look at the built site as a reader does: in a browser, from the file system.

Every page: no error on the console, no request to anywhere, no sideways scroll at 360 px, every
link within the site leads somewhere, no violation that axe-core finds, in both palettes.  Once: search
finds each provider and each setting, tabs and palette work by keyboard, a tab's choice is remembered, rows of
tables are filtered, and the estimate of a guide's cost reckons.
"""

import argparse
import re
import sys
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlparse

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, TimeoutError, sync_playwright

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
# Main pages, for whoever looks at them.
SHOTS = ["index", "tutorial", "examples/cloud-sinks/datadog", "examples/cloud-sinks/elastic", "reference/providers", "reference/error-codes"]


class Findings:
    """What is wrong, a line each."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self.lines: list[str] = []

    def add(self, page: Path | str, text: str) -> None:
        name = page.relative_to(self.site) if isinstance(page, Path) else page
        self.lines.append(f"{name}: {text}")


def watch(page: Page, findings: Findings) -> None:
    """Report errors and requests of whatever is opened in this tab."""
    page.on("pageerror", lambda error: findings.add(page.url, f"error: {error}"))
    page.on(
        "console",
        lambda said: findings.add(page.url, f"console: {said.text}") if said.type == "error" else None,
    )

    def requested(url: str) -> None:
        if urlparse(url).scheme not in ("file", "data", "blob", "about"):
            findings.add(page.url, f"asks for {url}")

    page.on("request", lambda request: requested(request.url))


def anchors(page: Page) -> set[str]:
    return set(page.eval_on_selector_all("[id]", "all => all.map((one) => one.id)"))


def links(page: Page) -> list[str]:
    return page.eval_on_selector_all("a[href]", "all => all.map((one) => one.href)")


def check_links(site: Path, found: dict[Path, tuple[set[str], list[str]]], findings: Findings) -> None:
    for page, (_, targets) in found.items():
        for target in targets:
            address, anchor = urldefrag(target)
            if urlparse(address).scheme != "file":
                continue
            path = Path(unquote(urlparse(address).path))
            if path.is_dir():
                path /= "index.html"
            if path not in found:
                if not path.exists():
                    findings.add(page, f"{target} is not there")
            elif anchor and unquote(anchor) not in found[path][0]:
                findings.add(page, f"{target} has no such anchor")


def check_width(page: Page, path: Path, findings: Findings) -> None:
    page.set_viewport_size(PHONE)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        findings.add(path, f"scrolls sideways by {wide} px at {PHONE['width']} px")
    page.set_viewport_size(DESK)


def check_access(page: Page, path: Path, findings: Findings) -> None:
    # Its preloading asks for styles in a way that no file answers.
    for violation in Axe().run(page, options={"preload": False}).response["violations"]:
        where = violation["nodes"][0]["target"]
        findings.add(path, f"axe {violation['id']} ({violation['impact']}): {violation['help']}, {where}")


def switch_palette(page: Page) -> None:
    """As a reader does without a mouse."""
    page.locator("label[for^=__palette]:visible").first.focus()
    page.keyboard.press("Enter")


def check_tabs(page: Page, site: Path, findings: Findings) -> None:
    guide = site / "examples/cloud-sinks/datadog.html"
    page.goto(guide.as_uri())
    rust = page.locator(".tabbed-set > input").first
    rust.focus()
    page.keyboard.press("ArrowRight")
    labels = page.locator(".tabbed-set > input:checked + label, .tabbed-labels > label")
    if labels.count() == 0:
        findings.add(guide, "has no tabs")
    checked = page.eval_on_selector_all(
        ".tabbed-set", "sets => sets.map((set) => [...set.querySelectorAll(':scope > input')].findIndex((one) => one.checked))"
    )
    both = page.eval_on_selector_all(".tabbed-set", "sets => sets.map((set) => set.querySelectorAll(':scope > input').length)")
    if not all(choice == 1 for choice, count in zip(checked, both, strict=True) if count == 2):
        findings.add(guide, f"the arrow key does not choose the second tab everywhere: {checked}")
    page.goto((site / "examples/cloud-sinks/loki.html").as_uri())
    first = page.eval_on_selector(".tabbed-set", "set => [...set.querySelectorAll(':scope > input')].findIndex((one) => one.checked)")
    if first != 1:
        findings.add("loki", "the choice of a tab is not remembered on another page")


def settings(page: Page, site: Path, findings: Findings) -> list[str]:
    """The name of every setting of every guide."""
    names: set[str] = set()
    for guide in sorted((site / "examples/cloud-sinks").glob("*.html")):
        page.goto(guide.as_uri())
        names.update(
            page.eval_on_selector_all(
                "table", "all => all.filter((one) => one.tHead?.textContent.trim().startsWith('Setting'))"
                ".flatMap((one) => [...one.tBodies[0].rows].map((row) => row.cells[0].querySelector('code')?.textContent))"
                ".filter(Boolean)"
            )
        )
    if "batch_size" not in names:
        findings.add("search", "no settings to look for")
    return sorted(names)


def check_inputs(page: Page, site: Path, findings: Findings) -> None:
    """What the site's own script adds: rows by a word, and an estimate with the reader's numbers."""
    matrix = site / "reference/providers.html"
    page.goto(matrix.as_uri())
    page.locator(".table-filter input").first.fill("datadog")
    shown = page.locator("table").first.locator("tbody tr:visible").count()
    if shown != 1:
        findings.add(matrix, f"shows {shown} rows with `datadog`")
    guide = site / "examples/cloud-sinks/datadog.html"
    page.goto(guide.as_uri())
    for label, value in [("Events a second", "1000"), ("Bytes an event", "500"), ("Price of a GB", "0.1")]:
        page.get_by_label(label).fill(value)
    said = page.locator(".estimate output").text_content()
    if said != "1,296 GB in 30 days, 130 for them":
        findings.add(guide, f"estimates `{said}`")


def check_search(page: Page, site: Path, findings: Findings) -> None:
    index = (site / "examples/cloud-sinks/index.html").read_text()
    providers = sorted(set(re.findall(r"--provider ([a-z0-9_]+)", index)))
    if not providers:
        findings.add("search", "no providers to look for")
    names = settings(page, site, findings)
    page.goto((site / "index.html").as_uri())
    page.keyboard.press("Control+k")
    field = page.locator("[role=combobox]")
    for word in [*providers, *names, "retries_exhausted"]:
        field.fill(word.replace("_", " ") if word in providers else word)
        try:
            page.locator(f"[role=option][href*='h={word.split('_')[0]}']").first.wait_for(timeout=20_000)
        except TimeoutError:
            findings.add("search", f"finds nothing for `{word}`")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("site", type=Path)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--shots", type=Path, help="folder for pictures of the main pages")
    parser.add_argument("--whole", action="store_true", help="pictures of whole pages")
    parser.add_argument("--only", help="only pages whose path has this in it")
    given = parser.parse_args()
    site = given.site.resolve()
    findings = Findings(site)
    paths = [path for path in sorted(site.rglob("*.html")) if path.name != "404.html"]
    if given.only:
        paths = [path for path in paths if given.only in str(path)]
    found = {}
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
        page = browser.new_context(viewport=DESK).new_page()
        watch(page, findings)
        for path in paths:
            page.goto(path.as_uri())
            found[path] = anchors(page), links(page)
            check_width(page, path, findings)
            check_access(page, path, findings)
            name = str(path.relative_to(site).with_suffix(""))
            if name in SHOTS:
                switch_palette(page)
                check_access(page, path, findings)
                switch_palette(page)
            if given.shots and name in SHOTS:
                picture = given.shots / name.replace("/", "-")
                page.screenshot(path=f"{picture}-light.png", full_page=given.whole)
                switch_palette(page)
                page.screenshot(path=f"{picture}-dark.png", full_page=given.whole)
                switch_palette(page)
                page.set_viewport_size(PHONE)
                page.screenshot(path=f"{picture}-phone.png", full_page=given.whole)
                page.set_viewport_size(DESK)
        check_tabs(page, site, findings)
        check_inputs(page, site, findings)
        check_search(page, site, findings)
        browser.close()
    if not given.only:
        check_links(site, found, findings)
    for line in findings.lines:
        print(line)
    print(f"{len(paths)} pages, {len(findings.lines)} findings")
    return 1 if findings.lines else 0


if __name__ == "__main__":
    sys.exit(main())
