"""The view of reasons in a real Chromium: decisions in words, suggestions answered, and the ladder with its gate."""

import pytest
from playwright.async_api import expect

from homectl.home import Autonomy, Cause, Decision, Kind, Light, Ruling, Rung, Setpoint, Verdict
from tests.dashboard.seen import See, Seen
from tests.fakes import HEATING, LAMP, NOON, FakeHome

pytestmark = pytest.mark.browser


def undecided() -> FakeHome:
    """The guard refused the lamp, and the heating is only suggested."""
    home = FakeHome()
    home.sentences[LAMP] = "Ceiling lamp: would be on (learned, 87% sure), refused by “flicker”: changed 20 s ago."
    home.suggestions = {HEATING: Setpoint(21.0)}
    on = Decision(
        target=LAMP, setting=Light(on=True), cause=Cause.LEARNED, confidence=0.87, reason="motion", at=NOON - 90
    )
    home.verdicts = {LAMP: Verdict(decision=on, ruling=Ruling.REFUSED, rule="flicker", reason="changed 20 s ago")}
    return home


def test_a_decision_is_told_with_how_sure_it_was_and_what_the_other_choice_was(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.go("why")
        lamp = seen.page.locator('[data-why="lamp/light"]')
        await expect(lamp.locator('[data-field="ruling"]')).to_have_text("refused by the guard, 2 min ago")
        said = "Would be on (learned, 87% sure), refused by “flicker”: changed 20 s ago."
        await expect(lamp.locator('[data-field="sentence"]')).to_have_text(said)
        await expect(lamp.locator('[data-field="sureness"]')).to_have_text(
            "On: 87 % sure. The other choice: off, 13 %."
        )
        await seen.button("What weighed in the decision about Ceiling lamp").click()
        await expect(lamp.locator('[data-field="explanation"]')).to_have_text(seen.home.sentences[LAMP])

    see(scene, undecided())


def test_a_suggestion_is_answered_where_its_reason_stands(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.go("why")
        valve = seen.page.locator('[data-why="valve/setpoint"]')
        await expect(valve.locator('[data-field="suggestion"]')).to_contain_text("Suggested: 21.0 °C")
        await valve.get_by_role("button", name="Yes, do what is suggested for Radiator").click()
        await expect(valve.locator('[data-field="suggestion"]')).to_be_hidden()
        assert seen.home.asked == [(HEATING, Setpoint(21.0))]

    see(scene, undecided())


@pytest.mark.parametrize(
    ("changes", "themselves"), [(114, "made 114 changes"), (1, "made one change"), (0, "made no changes")]
)
def test_where_nothing_was_proposed_nothing_is_said_to_have_been_foreseen(
    see: See, changes: int, themselves: str
) -> None:
    home = FakeHome()
    home.counted = dict.fromkeys(home.counted, 0) | {"changes": changes}

    async def scene(seen: Seen) -> None:
        await seen.go("why")
        evidence = seen.page.locator('[data-rung="kitchen light"] [data-field="agreement"]')
        await expect(evidence).to_have_text(f"Nothing was proposed; people {themselves} themselves.")

    see(scene, home)


def test_the_ladder_shows_its_gate_and_auto_beyond_it_needs_force(see: See) -> None:
    kitchen = Rung("kitchen", Kind.LIGHT)

    async def scene(seen: Seen) -> None:
        await seen.go("why")
        rung = seen.page.locator('[data-rung="kitchen light"]')
        await expect(rung).to_contain_text("9 of 12 proposals followed, 3 unanswered")
        await expect(rung.locator('[data-field="gate"]')).to_have_text(
            "For auto: 12 proposals were answered, 20 are needed."
        )
        await rung.get_by_role("combobox").select_option("auto")
        await seen.button("Set the level of Kitchen, lights").click()
        await expect(rung.locator('[data-field="answer"]')).to_have_text("Refused: too few proposals were followed")
        assert seen.home.levels == {}
        await seen.button("Let it anyway: Kitchen, lights").click()
        await expect(rung.locator('[data-field="level"]')).to_have_text("auto")
        assert seen.home.levels == {kitchen: Autonomy.AUTO}
        seen.excuse("409 (Conflict)")

    see(scene)


def test_what_asks_for_the_past_is_shown_only_where_it_is_remembered(see: See) -> None:
    home = undecided()
    home.remembers = False

    async def scene(seen: Seen) -> None:
        links = seen.page.get_by_role("navigation", name="Views").get_by_role("link")
        await expect(links.filter(visible=True)).to_have_text(["Home", "Why", "Simulator"])
        await seen.page.evaluate("location.hash = '#/history'")
        await expect(seen.view("home")).to_be_visible()
        await expect(seen.view("history")).to_have_count(0)
        await seen.go("why")
        await expect(seen.button("What weighed in the decision about Radiator")).to_be_visible()
        await expect(seen.page.get_by_text("Earlier", exact=True).filter(visible=True)).to_have_count(0)

    see(scene, home)


def test_the_past_is_offered_where_it_is_remembered(see: See) -> None:
    async def scene(seen: Seen) -> None:
        links = seen.page.get_by_role("navigation", name="Views").get_by_role("link")
        await expect(links).to_have_text(["Home", "Why", "History", "Model", "Simulator"])
        await seen.go("why")
        await expect(seen.page.get_by_text("Earlier", exact=True).filter(visible=True)).to_have_count(3)

    see(scene)
