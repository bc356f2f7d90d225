"""History and the model's record in a real Chromium, under the page's own strict policy."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, expect

from homectl.dashboard import Server
from homectl.home import Home
from homectl.journal import Journal
from tests.dashboard.doors import KEY, door
from tests.fakes import FakeHome, small_home
from tests.past.lived import NOW, live_a_day, remembered

pytestmark = pytest.mark.browser

VENDOR = Path("homectl/dashboard/static/vendor/uplot")
HOSTILE = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>"

Scheme = Literal["light", "dark"]
Scene = Callable[[Page], Awaitable[None]]


@asynccontextmanager
async def opened(
    browser: Browser,
    path: Path,
    home: Home,
    view: str,
    *,
    width: int = 1280,
    scheme: Scheme = "light",
) -> AsyncIterator[Page]:
    """A view of the page of a home that lived a day; nothing may go wrong in the browser meanwhile."""
    shown = FakeHome(home)
    with Journal.open(path, read_only=True) as journal:
        shown.history = journal.history()
    shown.clock.tell(NOW)
    wrong: list[str] = []
    with remembered(path, home) as past:
        server = Server(shown, 0, door(), past)
        address = f"http://127.0.0.1:{await server.start()}/"
        page = await browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(f"dialog {dialog.message}"))
        page.on("request", lambda r: None if r.url.startswith(address) else wrong.append(f"asked {r.url}"))
        await page.goto(f"{address}#token={KEY}")
        await expect(page.locator("[data-view]")).to_be_visible()
        await page.evaluate("view => { location.hash = `#/${view}` }", view)
        yield page
        await page.close()
        await server.stop()
    assert wrong == []


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "small.db"
    with Journal.open(path) as journal:
        live_a_day(journal)
    return path


@pytest.fixture
def see(runner: asyncio.Runner, browser: Browser, day: Path) -> Callable[..., None]:
    def run(view: str, scene: Scene, home: Home | None = None, width: int = 1280, scheme: Scheme = "light") -> None:
        async def play() -> None:
            async with opened(browser, day, home or small_home(), view, width=width, scheme=scheme) as page:
                await scene(page)

        runner.run(play())

    return run


async def look_at(page: Page, device: str, quantity: str) -> None:
    await page.locator('select[data-field="device"]').select_option(device)
    await page.locator('select[data-field="quantity"]').select_option(quantity)


def test_a_signal_is_drawn_and_its_extremes_are_said(see: Callable[..., None]) -> None:
    async def scene(page: Page) -> None:
        await look_at(page, "climate", "temperature")
        said = page.locator('[data-field="summary"]')
        await expect(said).to_contain_text("5.5 °C to 19.0 °C")
        await expect(said).to_contain_text("1440 readings in")
        plot = page.locator(".plot").first
        await expect(plot).to_have_attribute("aria-label", re.compile("5.5 °C to 19.0 °C"))
        assert await plot.locator("canvas").evaluate(DRAWN) > 500

    see("history", scene)


DRAWN = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let place = 3; place < data.length; place += 4) count += data[place] > 0;
  return count;
}"""
"""How many points of a canvas are not empty."""


def test_marking_a_part_looks_closer_and_buttons_do_the_same_by_keyboard(see: Callable[..., None]) -> None:
    async def scene(page: Page) -> None:
        await look_at(page, "climate", "temperature")
        said = page.locator('[data-field="summary"]')
        await expect(said).to_contain_text("1440 readings")
        await page.locator(".u-over").hover()
        box = await page.locator(".u-over").bounding_box()
        assert box is not None
        await page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 40)
        await page.mouse.down()
        await page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 60, steps=4)
        await page.mouse.up()
        await expect(said).to_contain_text("Tue 7 Jan, 06:0")
        await expect(said).to_contain_text("Tue 7 Jan, 12:0")
        await expect(page.get_by_role("button", name="Show the last day")).to_have_attribute("aria-pressed", "false")
        closer = page.get_by_role("button", name="Look closer")
        await closer.focus()
        await page.keyboard.press("Enter")
        await expect(said).to_contain_text("Tue 7 Jan, 07:30 to Tue 7 Jan, 10:30")
        await page.get_by_role("button", name="Earlier", exact=True).focus()
        await page.keyboard.press("Enter")
        await expect(said).to_contain_text("Tue 7 Jan, 06:0")
        await expect(said).to_contain_text("to Tue 7 Jan, 09:0")

    see("history", scene)


def test_a_span_that_begins_in_another_year_says_which(see: Callable[..., None]) -> None:
    async def scene(page: Page) -> None:
        await look_at(page, "climate", "temperature")
        said = page.locator('[data-field="summary"]')
        await expect(said).to_contain_text("from Tue 7 Jan, 00:00 to Wed 8 Jan, 00:00")
        await page.get_by_role("button", name="Show the last year").click()
        await expect(said).to_contain_text("from Tue, 9 Jan 2024, 00:00 to Wed, 8 Jan 2025, 00:00")
        await page.get_by_text("As a table").click()
        await expect(page.get_by_role("row").nth(1).get_by_role("rowheader")).to_contain_text("Jan 2025")

    see("history", scene)


def test_decisions_are_marks_with_words_beside_them(see: Callable[..., None]) -> None:
    async def scene(page: Page) -> None:
        await look_at(page, "lamp", "light_on")
        decided = page.get_by_text("Decisions in this time (3)")
        await decided.click()
        await expect(page.get_by_text("Ceiling lamp: asked to be on, because somebody moves here")).to_be_visible()
        await page.get_by_text("As a table").click()
        await expect(page.get_by_role("row")).to_have_count(7)  # a head, and every reading of the lamp
        await look_at(page, "motion", "motion")
        await expect(decided).to_be_hidden()

    see("history", scene)


def test_the_logbook_reads_as_sentences_and_goes_on_with_more(see: Callable[..., None]) -> None:
    async def scene(page: Page) -> None:
        log = page.get_by_role("region", name="Logbook")
        rows = log.get_by_role("listitem")
        await expect(rows).to_have_count(14)
        await expect(rows.nth(2)).to_contain_text("Ceiling lamp off, by hand")
        await expect(rows.nth(0)).to_contain_text("failed: no answer")
        await log.get_by_label("Whose logbook").select_option("Hall")
        await expect(rows).to_have_count(3)
        await expect(log.get_by_role("button")).to_be_hidden()

    see("history", scene)


def test_the_record_is_drawn_and_told_in_tables(see: Callable[..., None]) -> None:
    async def scene(page: Page) -> None:
        await expect(page.locator('[data-field="policy"]')).to_have_text("Decided by rules")
        accuracy = page.get_by_role("region", name="Accuracy by day")
        await expect(accuracy.locator("figure").first).to_contain_text("1 of 2 right")
        await accuracy.get_by_text("Accuracy as a table").click()
        await expect(accuracy.get_by_role("row").nth(1)).to_contain_text("2025-01-07")
        await expect(accuracy.first).to_contain_text("only what was sure enough to be carried out")
        reliability = page.get_by_role("region", name="Reliability").first
        await expect(reliability).to_contain_text("also what was not sure enough to be carried out")
        await reliability.get_by_text("Reliability as a table").click()
        answers = ["Light55 %100 %1", "Light85 %0 %1", "Light90 %100 %1"]  # of which two were sure enough
        await expect(reliability.locator("tbody tr")).to_have_text(answers)
        await expect(reliability.get_by_role("img")).to_have_attribute(
            "aria-label", re.compile(r"85\s% said, 0 % happened, 1 time;")
        )
        nights = page.get_by_role("region", name="Nights and their candidates")
        await nights.get_by_text("Figures").click()
        await expect(nights.get_by_role("row").nth(1)).to_contain_text("−50.0 % (−60.0 to −40.0)")

    see("model", scene)


@pytest.mark.parametrize("view", ["history", "model"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_all_of_it_without_scrolling_sideways(see: Callable[..., None], view: str, scheme: str) -> None:
    async def scene(page: Page) -> None:
        await page.locator(".plot canvas").first.wait_for()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320

    see(view, scene, width=320, scheme=scheme)


def test_names_are_text_wherever_they_come_from(see: Callable[..., None]) -> None:
    home = small_home()
    lamp = home.device("lamp").model_copy(update={"name": HOSTILE})
    hostile = home.with_device(lamp).model_copy(update={"name": HOSTILE})

    async def scene(page: Page) -> None:
        await expect(page.get_by_role("region", name="Logbook").get_by_text(f"{HOSTILE} off").first).to_be_visible()
        await look_at(page, "lamp", "light_on")
        await page.get_by_text("Decisions in this time").click()
        await expect(page.get_by_text(f"{HOSTILE}: asked to be on")).to_be_visible()
        assert await page.locator("main img, main script").count() == 0

    see("history", scene, home=hostile)


def test_the_library_is_as_its_readme_says() -> None:
    told = dict(re.findall(r"\| (\S+) \| ([0-9a-f]{64}) \|", (VENDOR / "README.md").read_text(encoding="utf-8")))
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.glob("uPlot*")}
    assert found == told
    assert "MIT" in (VENDOR / "LICENSE").read_text(encoding="utf-8")
