"""Texts from outside stay text, in every answer and on the page: none runs."""

import asyncio
import json

import pytest
from playwright.async_api import Browser, expect

from homectl.bridge.messages import Message
from homectl.dashboard import Server
from homectl.home import (
    Area,
    Cause,
    Device,
    FeatureView,
    HeadView,
    Home,
    HomeView,
    InputsView,
    Kind,
    Light,
    Quantity,
    Target,
)
from tests.dashboard.asking import Face, answer
from tests.dashboard.doors import KEY, door
from tests.dashboard.hostile import HOSTILE
from tests.dashboard.hostile_past import HostilePast
from tests.fakes import NOON, FakeHome


class Labelled(FakeHome):
    """A home whose model, with all that it reads and says, has names of somebody else's choice."""

    policy = ""

    async def inputs(self, target: Target) -> InputsView:
        read = {"value": 1.0, "age": 5.0, "missing": False}
        about = {"at": NOON, "policy": HOSTILE[2], "change": 0.5, "record": HOSTILE[3]}
        return InputsView(
            features=tuple(FeatureView(name=text, unit=text, **read) for text in HOSTILE),
            heads=tuple(HeadView(task=text, said={text: 0.5}) for text in HOSTILE),
            guard=HOSTILE[4],
            note=HOSTILE[5],
            **about,
        )

    def view(self) -> HomeView:
        return super().view().model_copy(update={"policy": self.policy})


def hostile_home() -> Labelled:
    """Every hostile text as the name of an area, a device, a person, as a sentence, an alarm and a device's answer."""
    lamp = frozenset({Kind.LIGHT})
    devices = tuple(
        Device(id=f"lamp{n}", name=text, area=f"a{n}", address=f"x:{n}", sets=lamp) for n, text in enumerate(HOSTILE)
    )
    areas = tuple(Area(id=f"a{n}", name=text) for n, text in enumerate(HOSTILE))
    home = Labelled(Home(id="small", name=HOSTILE[0], simulated=True, areas=areas, devices=devices))
    home.pending = home.alarms = HOSTILE
    home.simulator = {"speed": 1.0, "paused": False, "people": dict.fromkeys(HOSTILE, "away")}
    home.health = {"readings": 0, **dict.fromkeys(HOSTILE, "x"), "log": list(HOSTILE)}
    for device, text in zip(devices, HOSTILE, strict=True):
        (target,) = device.targets()
        home.sentences[target] = text
        home.ask(target, Light(on=True), Cause.RULES)
        home.fail(target, text)
        home.report(device.id, Quantity.LIGHT_ON, 1.0)
    for text in HOSTILE:
        home.passed.note(Message(text, text.encode()), NOON)
    home.policy = HOSTILE[0]
    return home


def test_an_answer_is_json_that_no_browser_takes_for_a_page() -> None:
    home = hostile_home()
    for path in ("/api/home", "/api/openapi.json", "/api/targets/lamp0/light/explain"):
        said = answer(home, "GET", path)
        assert said.headers["Content-Type"] == "application/json"
        assert said.headers["X-Content-Type-Options"] == "nosniff"
    shown = answer(home, "GET", "/api/home").json()
    assert [area["name"] for area in shown["areas"]] == list(HOSTILE)
    assert answer(home, "GET", "/metrics").headers["Content-Type"].startswith("text/plain")


FACE = Face(FakeHome())


@pytest.mark.parametrize("text", HOSTILE)
def test_no_refusal_is_a_page_either(text: str) -> None:
    said = FACE.answer("POST", f"/api/mode?{text}", json={"mode": text, "by": text})
    assert (said.status_code, said.headers["Content-Type"]) == (422, "application/json")
    json.loads(said.text)


MARKUP = (
    "body script, body iframe, body base, body meta, body link, body style, main img, main video, main audio, "
    "[onerror], [onload], [onfocus], [ontoggle], [onstart]"
)


@pytest.mark.browser
def test_none_of_them_runs_on_the_page(runner: asyncio.Runner, browser: Browser) -> None:
    wrong: list[str] = []

    async def play() -> None:
        home = hostile_home()
        server = Server(home, 0, door(), HostilePast())
        address = f"http://127.0.0.1:{await server.start()}/"
        page = await browser.new_page()
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: None if asked.url.startswith(address) else wrong.append(asked.url))
        await page.goto(f"{address}#token={KEY}")
        await expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE[0])
        for view in ("home", "why", "history", "model", "simulator"):
            await page.evaluate("view => { location.hash = `#/${view}` }", view)
            shown = page.locator(f'[data-view="{view}"]')
            await expect(shown).to_be_visible()
            for closed in await shown.locator("summary").all():
                await closed.evaluate("summary => { summary.parentElement.open = true }")
            for text in (HOSTILE[1], HOSTILE[-1]):
                await expect(shown.get_by_text(text, exact=False).first).to_be_attached()
            assert await page.locator(MARKUP).count() == 0
        await page.close()
        await server.stop()

    runner.run(play())
    assert wrong == []
