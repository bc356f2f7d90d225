"""The page is read by people, offline, at any width, by day and by night; what a log says is only text in it."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from homectl.cli import main
from homectl.home import Area, Home, Kind, Origin, Quantity, Reading
from homectl.replay.document import Document, Fact, Facts, Fold, Section, Table, Words
from homectl.replay.markdown import markdown
from homectl.replay.page import POLICY, page
from homectl.replay.report import Report
from homectl.replay.story import document, headline
from homectl.replay.strips import Strips
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.replay.scripts import BOLT, HEATING, HOME, LAMP, Script, told, trial

REAL = Path(__file__).parents[3] / "shared" / "data" / "tidy" / "house_n.csv.gz"
HOSTILE = "</title></style><script>alert(1)</script><img src=http://x.example/ onerror=alert(1)>" + "W" * 90
WIDTHS = (360, 1440)
PERSON, AUTOMATION = Origin.PERSON, Origin.AUTOMATION
ON, OFF = 1.0, 0.0


def hostile_home() -> Home:
    areas = tuple(Area(id=area.id, name=HOSTILE) for area in HOME.areas)
    devices = tuple(device.model_copy(update={"name": f"{device.id} {HOSTILE}\x00\n"}) for device in HOME.devices)
    return Home(id="h", areas=areas, devices=devices, name=HOSTILE)


def three_days() -> list[Reading]:
    """A lamp, a bolt and a thermostat that people see to, and an automation that they correct once."""
    found = []
    for start in range(0, 3 * 1440, 1440):
        found += [told("eye", Quantity.MOTION, value, start + m) for m, value in ((420, ON), (1380, OFF))]
        found += [told("lamp", Quantity.LIGHT_ON, ON, start + m, PERSON) for m in (425, 1080)]
        found += [told("lamp", Quantity.LIGHT_ON, OFF, start + m, PERSON) for m in (480, 1370)]
        found += [told("valve", Quantity.SETPOINT, c, start + m, PERSON) for m, c in ((430, 21.0), (1370, 17.0))]
        found += [told("valve", Quantity.TEMPERATURE, 19.0, start + m) for m in range(0, 1440, 60)]
        found += [told("bolt", Quantity.LOCK, v, start + m, PERSON) for m, v in ((440, 0.0), (1375, 1.0))]
        found += [told("door", Quantity.CONTACT, OFF, start + m) for m in range(0, 1440, 60)]
    found += [told("lamp", Quantity.LIGHT_ON, v, m, by) for m, v, by in ((700, ON, AUTOMATION), (705, OFF, PERSON))]
    return sorted(found, key=lambda reading: reading.at)


def told_document(home: Home = HOME, *, drawn: bool = True) -> tuple[Document, Report]:
    lamp = [(float(start + m), v, 0.9) for start in (0, 1440, 2880) for m, v in ((420, ON), (490, OFF), (900, ON))]
    heat = [(float(start + m), c, 0.85) for start in (0, 1440, 2880) for m, c in ((425, 21.0), (1360, 19.0))]
    asked = trial(Script({LAMP: lamp, HEATING: heat, BOLT: [(1370.0, 1.0, 0.97)]}), three_days(), 3 * 1440)
    asked = replace(asked, home=home)
    strips = Strips(home, asked.start, asked.end)
    report = Report(asked, [strips])
    assert list(report.run())
    return document(report, strips, notes=["Read me first."], log=["Read 9 of 9 rows."], drawn=drawn), report


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page(told_document(hostile_home())[0]), encoding="utf-8")
    return path


def test_the_page_is_the_same_every_time_and_asks_for_nothing() -> None:
    html = page(told_document()[0])
    assert html == page(told_document()[0])
    assert POLICY in html.replace("&#39;", "'")
    assert not re.search(r"https?:|<script|<link|<img|<iframe|src=|@import|url\((?!#)|\son[a-z]+=", html)
    assert set(re.findall(r'href="(.)', html)) == {"#"}
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', html)) <= set(ids)


def test_whatever_a_log_says_is_only_text() -> None:
    html = page(told_document(hostile_home())[0])
    for tag in ("<script", "<img", "</title></style>"):
        assert tag not in html
    assert "&lt;script&gt;alert(1)" in html
    text = markdown(told_document(hostile_home(), drawn=False)[0])
    assert not re.search(r"(?<!\\)<(script|img)", text)
    assert "\x00" not in html + text


def test_the_title_says_how_much_was_matched_and_the_lists_hold_every_miss() -> None:
    told_story, report = told_document()
    misses = sum(score.missed for score in report.totals().values())
    assert misses > 3
    assert f"Here are the {misses} misses." in told_story.title == headline(report)
    html, text = page(told_story), markdown(told_story)
    assert f"The {misses} misses" in html
    rows = re.search(rf"## The {misses} misses\n\n((?:\|.*\n)+)", text)
    assert rows is not None
    assert len(rows[1].splitlines()) == misses + 2
    assert {"switched it on", "locked it"} & set(re.findall(r"switched it on|locked it", rows[1]))
    assert "overrides avoided" in text


@pytest.mark.parametrize(
    ("minutes", "said"), [(3 * 1440, "In your last 3 days"), (2 * 1440, "In these 2 days"), (600, "In this day")]
)
def test_the_last_days_are_called_so_only_where_the_log_ends(minutes: float, said: str) -> None:
    report = Report(trial(Script({}), three_days(), minutes))
    assert list(report.run())
    assert headline(report).startswith(said)


def test_a_day_without_changes_says_so() -> None:
    asked = trial(Script({}), [told("lamp", Quantity.LIGHT_ON, ON, 0)], 100)
    strips = Strips(HOME, asked.start, asked.end)
    report = Report(asked, [strips])
    assert list(report.run())
    told_story = document(report, strips)
    assert "nobody changed anything" in told_story.title
    assert "never changes in this log" in page(told_story)


def test_markdown_shows_cells_as_they_stand() -> None:
    table = Table(("a|b", "*c*"), (("<x>", "`1|2`\n3"),), frozenset({1}))
    parts = (Words("_w_"), Facts((Fact("1", "x", "#n"),)), Fold("[f]", (table,)))
    said = markdown(Document(over="", title="# t", lead="l", sections=[Section("s", parts), Section("empty", ())]))
    assert said.splitlines() == [
        "# \\# t", "", "l", "", "## s", "", "\\_w\\_", "", "- 1 x (\\#n)", "", "### \\[f\\]", "",
        "| a\\|b | \\*c\\* |", "|---|---:|", "| \\<x\\> | \\`1\\|2\\`3 |",
    ]  # fmt: skip


def test_a_strip_shows_each_day_as_long_as_it_was_in_its_zone() -> None:
    home = Home(id="h", timezone="Europe/Vienna", areas=HOME.areas, devices=HOME.devices)
    asked = replace(trial(Script({LAMP: [(0, ON, 0.9)]}), three_days(), 3 * 1440), home=home)
    strips = Strips(home, asked.start, asked.end)
    report = Report(asked, [strips])
    assert list(report.run())
    (light,) = (s for s in strips.drawn(report.changes(), report.proposals()) if s.kind == Kind.LIGHT)
    assert [day.name for day in light.days][:3] == ["Tue 7 Jan", "Wed 8 Jan", "Thu 9 Jan"]
    second = light.days[1]
    assert [(round(24 * band.begin, 2), round(24 * band.end, 2)) for band in second.had] == [
        (round(1 + 425 / 60, 2), 9.0),
        (19.0, round(1 + 1370 / 60, 2)),
    ]
    assert [(band.begin, band.end, band.strength) for band in second.wished] == [(0.0, 1.0, 5)]
    assert len(second.made) == 4


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: install Debian's chromium to run this")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


def opened(browser: Browser, file: Path, width: int, scheme: str = "light") -> tuple[Page, list[str]]:
    """The page as shown, and everything it said or asked for beside itself."""
    shown, wrong = browser.new_page(viewport={"width": width, "height": 900}), list[str]()
    shown.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    shown.on("console", lambda message: wrong.append(message.text))
    shown.on("pageerror", lambda error: wrong.append(str(error)))
    shown.on("dialog", lambda dialog: wrong.append(dialog.message))
    shown.on("request", lambda request: wrong.append(request.url))
    shown.goto(file.as_uri())
    return shown, [one for one in wrong if one != file.as_uri()]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_of_a_hostile_log_is_quiet_and_fits_its_window(
    browser: Browser, file: Path, width: int, scheme: str
) -> None:
    shown, wrong = opened(browser, file, width, scheme)
    shown.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert wrong == []
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.evaluate("document.querySelectorAll('script, img, link, iframe').length") == 0
    expect(shown.get_by_role("heading", level=1)).to_contain_text("I would have matched you")
    expect(shown.locator(".strip")).to_have_count(3)
    assert len(shown.locator("figure svg").all()) >= 3
    shown.close()


@pytest.mark.browser
def test_letters_stand_out_from_what_is_behind_them_by_day_and_by_night(browser: Browser, file: Path) -> None:
    for scheme in ("light", "dark"):
        shown, _ = opened(browser, file, WIDTHS[1], scheme)
        ground = shown.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        for selector in ("h1", ".lead", "td", "th", ".quiet", "figure text", "figcaption"):
            style = "e => { const s = getComputedStyle(e); return e.closest('svg') ? s.fill : s.color }"
            ink = shown.locator(selector).first.evaluate(style)
            assert contrast(ink, ground) >= 4.5, (scheme, selector, ink, ground)
        shown.close()


@pytest.mark.browser
def test_it_is_printed_in_dark_ink_on_white_even_by_night(browser: Browser, file: Path) -> None:
    shown, _ = opened(browser, file, WIDTHS[1], "dark")
    shown.emulate_media(media="print", color_scheme="dark")
    ink, paper = (
        shown.evaluate(f"getComputedStyle(document.querySelector('{name}')).{style}")
        for name, style in (("h1", "color"), ("html", "backgroundColor"))
    )
    assert contrast(paper, "rgb(255, 255, 255)") == 1
    assert contrast(ink, paper) >= 7
    assert shown.pdf().startswith(b"%PDF")
    shown.close()


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_the_report_of_a_real_log_is_quiet_and_fits_its_window(browser: Browser, tmp_path: Path) -> None:
    if not REAL.exists():
        pytest.skip("the open data is not beside the repository")
    with gzip.open(REAL, "rt", encoding="utf-8") as whole:
        (tmp_path / "part.csv").write_text("".join(islice(whole, 30_000)), encoding="utf-8")
    words = ["replay", tmp_path / "part.csv", "--policy", "rules", "--report", tmp_path / "real.html", "--quiet"]
    assert main([str(word) for word in words]) == 0
    for width in WIDTHS:
        shown, wrong = opened(browser, tmp_path / "real.html", width)
        assert wrong == []
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        expect(shown.get_by_role("heading", level=1)).to_contain_text("I would have matched you")
        assert len(shown.locator(".strip .day").all()) > 7
        shown.close()


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio of two computed colours."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
