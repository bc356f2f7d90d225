"""python -m tests.screenshots: every view of a running demo as a picture, phone and desktop, light and dark."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import ARGUMENTS, CHROMIUM
from tests.end_to_end.demo import RunningDemo

VIEWS = ("home", "why", "history", "model", "simulator")
WIDTHS = {"phone": 360, "desktop": 1440}
SCHEMES = ("light", "dark")
SHOWN = (("simulator", "light"), ("home", "dark"), ("why", "light"))
"""The views of the README, and how they are lit there."""

SMALL = {"width": 1120, "height": 760}
LIVED = 90.0
"""Real seconds that the demo lives before it is looked at, in which somebody comes home and lamps are lit."""

PATIENCE = 300.0
"""Real seconds that it may take to be ready: two weeks are lived first."""

DEMO = ("--speed", "60", "--seed", "5", "--past", "14", "--start", "2025-10-14T18:15")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path(".screenshots"), help="default: .screenshots")
    parser.add_argument("--readme", type=Path, default=None, metavar="DIR", help="write the README's pictures there")
    parser.add_argument("--lived", type=float, default=LIVED, metavar="SECONDS", help="default: %(default)g")
    args = parser.parse_args()
    for folder in filter(None, (args.folder, args.readme)):
        folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as work,
        RunningDemo(Path(work), *DEMO, within=PATIENCE) as demo,
        sync_playwright() as driver,
    ):
        time.sleep(args.lived)
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for path in pictures(browser, demo.page, args.folder):
            print(path)
        if args.readme is not None:
            for view, scheme in SHOWN:
                page = browser.new_page(viewport=SMALL, color_scheme=scheme)
                taken(page, demo.page, view, args.readme / f"{view}.png", whole=False)
        browser.close()
    return 0


def pictures(browser: Browser, address: str, folder: Path) -> Iterator[Path]:
    """Take every picture; the path of each."""
    for scheme in SCHEMES:
        for size, width in WIDTHS.items():
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            for view in VIEWS:
                path = folder / f"{view}-{size}-{scheme}.png"
                taken(page, address, view, path)
                yield path
            page.close()


def taken(page: Page, address: str, view: str, path: Path, *, whole: bool = True) -> None:
    """One view, once it has come to rest."""
    page.goto(address)
    page.locator("[data-view]").first.wait_for()
    page.evaluate("view => { location.hash = `#/${view}` }", view)
    page.locator(f'[data-view="{view}"]').wait_for()
    page.wait_for_timeout(2500)
    page.screenshot(path=path, full_page=whole)


if __name__ == "__main__":
    sys.exit(main())
