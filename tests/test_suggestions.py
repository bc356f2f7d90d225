"""A suggestion is answered with yes or no, and both are labels."""

from collections.abc import Iterator

import pytest

from homectl.control.autonomy import rung_of
from homectl.home import ActionRefused, Autonomy, Cause, Kind, Light, Origin, Quantity, Setpoint, Target
from homectl.journal import Journal
from homectl.ladder import seen_on
from homectl.suggestions import STANDS, Suggestions
from tests.fakes import HEATING, LAMP, LOCK, small_home
from tests.test_orders import Live


@pytest.fixture
def home() -> Iterator[Live]:
    with Journal.in_memory() as journal:
        live = Live(journal, small_home(), level=Autonomy.SUGGEST)
        live.wish.settings = {LAMP: Light(True), HEATING: Setpoint(21.0)}
        live.pass_time(60)
        yield live


def origins(home: Live, device: str, quantity: Quantity) -> list[str]:
    home.journal.flush()
    track = home.journal.history().track(device, quantity)
    assert track is not None
    return [str(list(Origin)[code]) for code in track.origins]


def test_what_is_suggested_is_shown_until_it_lapses(home: Live) -> None:
    said = Suggestions(home.control)
    assert (said.words(LAMP), said.words(HEATING), said.words(LOCK)) == ("on", "21.0 °C", "")
    home.wish.settings = {}
    home.clock.tell(home.clock.now() + STANDS + 61)
    assert said.words(LAMP) == ""


def test_yes_is_a_persons_own_command_and_label(home: Live) -> None:
    Suggestions(home.control).accept(LAMP, "anna")
    assert home.sent == [(LAMP, Light(True))]
    assert home.control.outcomes[LAMP].command.cause is Cause.PERSON
    home.answer()
    assert origins(home, "lamp", Quantity.LIGHT_ON)[-1] == Origin.PERSON
    assert home.control.state.holds.left(LAMP, home.control.elapsed())


def test_no_is_a_label_for_what_is_and_a_hold(home: Live) -> None:
    said = Suggestions(home.control).reject(HEATING, "anna")
    assert said.startswith("valve/setpoint is left alone")
    assert home.sent == []
    assert origins(home, "valve", Quantity.SETPOINT)[-1] == Origin.PERSON
    home.pass_time(120)
    assert Suggestions(home.control).words(HEATING) == ""
    assert "held by a person" in home.control.verdicts[HEATING].reason


@pytest.mark.parametrize("answer", ["accept", "reject"])
def test_nothing_is_answered_twice_or_where_nothing_is_suggested(home: Live, answer: str) -> None:
    said = Suggestions(home.control)
    getattr(said, answer)(LAMP, "anna")
    for target in (LAMP, LOCK):
        with pytest.raises(ActionRefused, match="nothing is suggested"):
            getattr(said, answer)(target, "anna")


def test_a_hands_change_after_a_no_is_still_a_persons(home: Live) -> None:
    Suggestions(home.control).reject(LAMP, "anna")
    home.pass_time(60)
    home.say("lamp", Quantity.LIGHT_ON, 1.0)
    assert origins(home, "lamp", Quantity.LIGHT_ON)[-1] == Origin.PERSON
    assert LAMP.kind is Kind.LIGHT


@pytest.mark.parametrize("target", [LAMP, HEATING])
def test_a_no_counts_as_one_also_where_a_person_had_set_what_is(home: Live, target: Target) -> None:
    def declined() -> int:
        now = home.control.present()
        return seen_on(home.journal, rung_of(now.home, target), now).declined

    wishes, content = home.wish.settings, {LAMP: Light(False), HEATING: Setpoint(19.0)}
    home.wish.settings = dict(content)
    home.say("valve", Quantity.SETPOINT, 19.0)
    home.say("lamp", Quantity.LIGHT_ON, 1.0)
    home.say("lamp", Quantity.LIGHT_ON, 0.0)
    home.pass_time(6 * 3600, step=60)
    home.wish.settings, before = wishes, declined()
    home.pass_time(60)
    Suggestions(home.control).reject(target, "anna")
    home.wish.settings = dict(content)
    home.pass_time(3 * 3600, step=60)
    assert declined() == before + 1
