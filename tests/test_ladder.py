"""The ladder of a home under control: up by a person as far as was measured, down by itself, and kept."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from homectl.control.autonomy import rung_of
from homectl.home import HOMECTL, ActionRefused, Autonomy, Kind, Light, Quantity, Ruling, Rung, local_words
from homectl.journal import Journal
from homectl.ladder import AGAIN, seen_on
from tests.fakes import LAMP, small_home
from tests.test_orders import Live

LAMPS = Rung("kitchen", Kind.LIGHT)
Begin = Callable[..., Live]


@pytest.fixture
def begin() -> Iterator[Begin]:
    with Journal.in_memory() as journal:
        yield lambda level=Autonomy.AUTO: Live(journal, small_home(), level=level)


def let(home: Live, level: Autonomy | None, *, force: bool = False) -> str:
    return home.control.rungs.set(LAMPS, level, "anna", home.control.present(), force=force)


def level(home: Live) -> str:
    home.control.reconsider([LAMP])
    return str(home.control.verdicts[LAMP].ruling)


def act_and_be_corrected(home: Live, times: int, *, apart: float = 900.0) -> None:
    """homectl switches the lamp on, and somebody switches it off at once, so often."""
    for _ in range(times):
        home.wish.settings = {LAMP: Light(True)}
        home.control.resume(LAMP)
        home.control.reconsider([LAMP])
        home.answer()
        home.clock.tell(home.clock.now() + 20)
        home.say("lamp", Quantity.LIGHT_ON, 0.0)
        home.wish.settings = {}
        home.pass_time(apart)


def propose_and_be_answered(home: Live, times: int, *, follow: bool) -> None:
    """homectl would switch the lamp on; somebody is there, and does so or not."""
    for _ in range(times):
        home.wish.settings = {LAMP: Light(True)}
        home.pass_time(60)
        home.say("motion", Quantity.MOTION, 1.0)
        if follow:
            home.say("lamp", Quantity.LIGHT_ON, 1.0)
        home.wish.settings = {LAMP: Light(follow)}  # as it is
        home.pass_time(60)
        home.say("motion", Quantity.MOTION, 0.0)
        home.pass_time(2000, step=60)
        home.wish.settings = {LAMP: Light(False)}
        if follow:
            home.say("lamp", Quantity.LIGHT_ON, 0.0)
        home.pass_time(2000, step=60)


def test_three_changes_taken_back_within_an_hour_step_down_with_a_record_saying_so(begin: Begin) -> None:
    home = begin()
    act_and_be_corrected(home, 2)
    assert home.control.state.ladder.steps == {}
    act_and_be_corrected(home, 1)
    (step,) = home.journal.orders.ladder().values()
    assert (step.rung, step.level, step.by) == (LAMPS, Autonomy.SUGGEST, HOMECTL)
    assert step.why == "people took back 3 of its changes within an hour"
    home.control.resume(LAMP)
    home.wish.settings = {LAMP: Light(True)}
    assert level(home) == Ruling.SUGGESTED
    assert home.control.sentence(LAMP).endswith(": people took back 3 of its changes within an hour.")


def test_a_correction_now_and_then_steps_nobody_down(begin: Begin) -> None:
    home = begin()
    act_and_be_corrected(home, 5, apart=2000.0)
    assert home.control.counts["changes taken back"] == 5
    assert home.control.state.ladder.steps == {}


@pytest.mark.parametrize(("asked", "steps_down"), [(Light(False), True), (Light(True), False)])
def test_a_wish_on_the_page_takes_back_as_a_hand_does_unless_it_is_the_same(
    begin: Begin, asked: Light, steps_down: bool
) -> None:
    home = begin()
    for _ in range(3):
        home.wish.settings = {LAMP: Light(True)}
        home.control.resume(LAMP)
        home.control.reconsider([LAMP])
        home.answer()
        home.clock.tell(home.clock.now() + 20)
        home.control.ask(LAMP, asked, "anna")
        home.answer()
        home.wish.settings = {}
        home.pass_time(600)
        home.say("lamp", Quantity.LIGHT_ON, 0.0)
        home.pass_time(600)
    assert (LAMPS in home.control.state.ladder.steps) == steps_down


def test_drift_steps_every_rung_at_auto_down(begin: Begin) -> None:
    home = begin()
    let(home, Autonomy.OBSERVE)
    home.control.rungs.drifted("people correct homectl more than they used to", home.control.present())
    found = {str(rung): step.level for rung, step in home.journal.orders.ladder().items()}
    suggest = Autonomy.SUGGEST
    assert found == {"kitchen light": Autonomy.OBSERVE, "living setpoint": suggest, "hall lock": suggest}


@pytest.mark.parametrize(("follow", "refused"), [(True, False), (False, True)])
def test_a_person_steps_up_to_auto_where_what_was_proposed_was_followed(
    begin: Begin, follow: bool, refused: bool
) -> None:
    home = begin(level=Autonomy.OBSERVE)
    with pytest.raises(ActionRefused, match="0 proposals were answered, 20 are needed; with force it can"):
        let(home, Autonomy.AUTO)
    propose_and_be_answered(home, 20, follow=follow)
    seen = seen_on(home.journal, LAMPS, home.control.present())
    assert (seen.followed, seen.declined, seen.unanswered) == ((20, 0, 0) if follow else (0, 20, 0))
    if refused:
        with pytest.raises(ActionRefused, match="0% of its proposals were followed, 80% are needed"):
            let(home, Autonomy.AUTO)
    else:
        assert let(home, Autonomy.AUTO) == "kitchen light is at auto now"


def test_force_and_every_way_down_need_no_measure(begin: Begin) -> None:
    home = begin(level=Autonomy.OBSERVE)
    assert let(home, Autonomy.AUTO, force=True) == "kitchen light is at auto now"
    for down in (Autonomy.SUGGEST, Autonomy.OBSERVE, Autonomy.OFF):
        assert let(home, down) == f"kitchen light is at {down} now"
    assert let(home, None) == "kitchen light is at observe now"


def test_back_to_what_is_configured_is_a_step_up_like_any_other(begin: Begin) -> None:
    home = begin()
    home.control.rungs.drifted("people correct homectl more than they used to", home.control.present())
    with pytest.raises(ActionRefused, match="cannot be at auto yet"):
        let(home, None)
    assert let(home, None, force=True) == "kitchen light is at auto now"


def test_a_level_survives_a_restart(begin: Begin) -> None:
    home = begin(level=Autonomy.OBSERVE)
    let(home, Autonomy.SUGGEST)
    again = home.again()
    again.wish.settings = {LAMP: Light(True)}
    again.look()
    assert level(again) == Ruling.OBSERVED or level(again) == Ruling.SUGGESTED
    assert again.control.state.ladder.steps[LAMPS].level is Autonomy.SUGGEST


@pytest.mark.parametrize("rung", [Rung("attic", Kind.LIGHT), Rung("kitchen", Kind.LOCK)])
def test_where_nothing_is_controlled_there_is_no_rung(begin: Begin, rung: Rung) -> None:
    home = begin()
    with pytest.raises(ActionRefused, match="such as hall lock, kitchen light, living setpoint"):
        home.control.rungs.set(rung, Autonomy.OFF, "anna", home.control.present())


def test_a_rung_is_shown_with_what_people_made_of_its_proposals_and_what_is_missing_for_auto(begin: Begin) -> None:
    home = begin(Autonomy.SUGGEST)
    propose_and_be_answered(home, 2, follow=True)
    shown = asyncio.run(home.control.rungs.views(home.control.present))
    lamps = next(rung for rung in shown if (rung.area, rung.kind) == ("kitchen", Kind.LIGHT))
    assert len(shown) == len({rung_of(home.control.home, target) for target in home.control.home.targets})
    assert (lamps.level, lamps.followed, lamps.answered, lamps.said) == (Autonomy.SUGGEST, 2, 2, "")
    assert (lamps.proposals_needed, lamps.short) == (20, "2 proposals were answered, 20 are needed")
    let(home, Autonomy.OBSERVE)
    assert kitchen(home)[0] is Autonomy.OBSERVE


def test_who_let_a_rung_how_and_when_is_said_without_a_reason_that_is_none(begin: Begin) -> None:
    home = begin(Autonomy.OBSERVE)
    now = home.clock.now()
    when = local_words(now, home.control.home.zone, now)
    let(home, Autonomy.SUGGEST)
    assert kitchen(home) == (Autonomy.SUGGEST, f"set by anna, {when}")
    let(home, Autonomy.AUTO, force=True)
    assert kitchen(home) == (Autonomy.AUTO, f"let by force by anna, {when}")
    home.control.rungs.drifted("people correct it more", home.control.present())
    assert kitchen(home) == (Autonomy.SUGGEST, f"set by homectl, {when}: people correct it more")


def kitchen(home: Live) -> tuple[Autonomy, str]:
    """How much is let to homectl of the kitchen's lamps, and who set that when and why."""
    rungs = asyncio.run(home.control.rungs.views(home.control.present))
    return next((rung.level, rung.said) for rung in rungs if rung.area == "kitchen")


def test_however_often_the_ladder_is_looked_at_it_is_looked_up_once_in_a_while(begin: Begin) -> None:
    home = begin(Autonomy.SUGGEST)
    propose_and_be_answered(home, 1, follow=True)
    asked: list[str] = []
    home.journal._db.set_trace_callback(lambda query: asked.append(query) if "FROM decisions" in query else None)

    async def crowd() -> None:
        for _ in range(2):
            looks = (home.control.rungs.views(home.control.present) for _ in range(20))
            first, *others = await asyncio.gather(*looks)
            assert all(other == first for other in others)
            assert len(asked) == len(home.control.home.targets)
            home.pass_time(AGAIN + 60, step=60)
            asked.clear()

    asyncio.run(crowd())
