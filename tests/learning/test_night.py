"""A real night on a simulated home: what is made of its days, what is judged, and what comes of it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from homectl.home import (
    Area,
    Device,
    Event,
    History,
    Home,
    HomeError,
    Kind,
    Lesson,
    Mode,
    ModeSpan,
    Origin,
    Quantity,
    Reading,
)
from homectl.journal import Journal
from homectl.learning import Child, Night, Plan, Shelf, Standing, forget, night
from homectl.learning.child import Work
from homectl.learning.night import NO_TORCH, TEACHING, Parts, Refine
from models import checkpoint
from models.dataset import Rows, rows_of
from models.features import FEATURES, Array
from models.network import Shape
from models.refine import refined
from models.train import Recipe, train
from simulator.household import draw_household
from simulator.record import record
from simulator.world import World

SEED, DAYS = 11, 12
SHORT = Plan(judge=3, stop=1, least=2, most=4, shadow=3)
ZONE = draw_household(SEED).zone
FIRST = date(2026, 1, 12)


def four_o_clock(day: int) -> float:
    """The night before the home's day of that number, 0 being the first of its journal."""
    on = FIRST + timedelta(days=day)
    return datetime(on.year, on.month, on.day, 4, tzinfo=ZONE).timestamp()


@dataclass(frozen=True)
class Household:
    """A simulated home's journal, and weights that know next to nothing."""

    path: Path
    given: Path

    @property
    def shelf(self) -> Shelf:
        return Shelf.beside(self.path)

    @property
    def standing(self) -> Standing:
        with Journal.open(self.path, read_only=True) as journal:
            return Standing.of(journal.lessons())

    def tonight(self, day: int, refine: Refine | None = None) -> Night:
        with Journal.open(self.path, read_only=True) as journal:
            made = Night.of(journal, self.path, self.given, four_o_clock(day))
        return replace(made, plan=SHORT, refine=refine)

    def night(self, day: int, refine: Refine | None = refined) -> list[Lesson]:
        """Live through a night, and keep what it came to."""
        lessons = night(self.tonight(day, refine))
        self.keep(*lessons)
        return lessons

    def keep(self, *lessons: Lesson) -> None:
        with Journal.open(self.path) as journal:
            journal.record_lessons(lessons)


def unlearned(rows: Rows, stop: Rows, start: Path) -> tuple[Mapping[str, Array], checkpoint.Manifest]:
    """What a night would make that spoils the weights it begins with."""
    weights, manifest = refined(rows, stop, start)
    rng = np.random.default_rng(0)
    heads = {n: a + rng.normal(0, 0.3, a.shape).astype(np.float32) for n, a in weights.items() if "heads." in n}
    return {**weights, **heads}, manifest


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Household:
    folder = tmp_path_factory.mktemp("household")
    start = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=ZONE).timestamp()
    with Journal.open(folder / "home.db") as journal:
        record(World(SEED, start=start), start + DAYS * 86_400, journal)
        rows = rows_of(journal.home(), journal.history(end=start + 3 * 86_400), number=0, seed=0, sampling=TEACHING)
    small = Shape(bins=8, width=48, head=16)
    net = train(rows, rows, Recipe(shape=small, epochs=1, steps_per_epoch=1, batch=256)).net
    manifest = checkpoint.Manifest(
        name="nothing",
        version=checkpoint.VERSION,
        features=FEATURES,
        tasks=checkpoint.tasks_now(),
        depth=net.shape.depth,
    )
    checkpoint.save(folder / "given", net.arrays(), manifest)
    return Household(folder / "home.db", folder / "given")


@pytest.fixture
def household(recorded: Household, tmp_path: Path) -> Household:
    """The same with a journal of one's own, and nothing learned yet."""
    (tmp_path / "home.db").write_bytes(recorded.path.read_bytes())
    return Household(tmp_path / "home.db", recorded.given)


def test_a_first_own_model_is_in_shadow_then_promoted_and_a_worse_challenger_is_rejected(household: Household) -> None:
    [first] = household.night(7)
    assert (first.event, first.model, first.start) == (Event.SHADOWED, 1, 0)
    assert first.days == ("2026-01-13", "2026-01-15")
    assert household.standing.champion == 0
    made = checkpoint.load(household.shelf.path(1))[1]
    assert (made.name, made.data["start"]) == ("own-1", "nothing")

    for day in (8, 9):
        [scored] = household.night(day)
        assert (scored.event, scored.model) == (Event.SCORED, 1)
        assert f"day {day - 7} of 3 in shadow" in scored.said
    assert household.standing.champion == 0
    [verdict] = household.night(10)
    assert (verdict.event, verdict.model) == (Event.PROMOTED, 1)
    assert verdict.figures["light_on"]["challenger"] < verdict.figures["light_on"]["champion"]
    assert 0 <= verdict.figures["light_on"]["agreement"] <= 1

    [second] = household.night(11, unlearned)
    assert (second.event, second.model, second.start) == (Event.REJECTED, 2, 1)
    assert second.said.startswith("worse: ")
    assert household.standing.champion == 1
    assert household.shelf.has(1)
    assert household.shelf.has(2)
    with Journal.open(household.path, read_only=True) as journal:
        kept = [lesson.event for lesson in journal.lessons()]
    assert kept == [Event.SHADOWED, Event.SCORED, Event.SCORED, Event.PROMOTED, Event.REJECTED]


@pytest.mark.parametrize(("day", "missing"), [(2, 5), (4, 3), (6, 1)])
def test_too_little_says_how_many_days_are_missing(household: Household, day: int, missing: int) -> None:
    [skipped] = household.night(day)
    assert skipped.event is Event.SKIPPED
    assert skipped.said.endswith(f"{missing} more to come")


def test_excluded_days_neither_teach_nor_judge(household: Household) -> None:
    assert [day.day for day in household.tonight(7).whole_days()] == [13, 14, 15, 16, 17, 18]
    household.keep(Lesson(at=0, event=Event.EXCLUDED, said="", days=("2026-01-14", "2026-01-18")))
    tonight = household.tonight(7)
    assert [day.day for day in tonight.whole_days()] == [13, 15, 16, 17]
    rows = tonight.rows(tonight.whole_days(), TEACHING)
    assert {datetime.fromtimestamp(at, ZONE).day for at in rows.at} == {13, 15, 16, 17}
    [skipped] = household.night(7)
    assert skipped.said.endswith("2 more to come")


def test_days_of_a_party_neither_teach_nor_judge(household: Household) -> None:
    """Those of a mode that is like other days do."""
    begin, end = four_o_clock(5) + 16 * 3600, four_o_clock(6) - 2 * 3600
    with Journal.open(household.path) as journal:
        for mode, since, until in ((Mode.AWAY, four_o_clock(3), four_o_clock(4)), (Mode.PARTY, begin, end)):
            journal.orders.record_mode(ModeSpan(mode=mode, since=since, until=until, by="anna"))
    left_out = {FIRST + timedelta(days=5), FIRST + timedelta(days=6)}
    before = [day for day in household.tonight(9).whole_days() if day in left_out]
    assert before == []
    assert FIRST + timedelta(days=3) in household.tonight(9).whole_days()


def test_people_who_start_to_take_things_back_are_told_of_once(tmp_path: Path) -> None:
    lamp = Device(id="lamp", area="hall", senses=frozenset({Quantity.LIGHT_ON}), sets=frozenset({Kind.LIGHT}))
    readings = [Reading(device="lamp", quantity=Quantity.LIGHT_ON, value=0.0, at=0.0, origin=Origin.PERSON)]
    for number in range(1, 600):
        back = Origin.PERSON if number > 400 and number % 2 else Origin.AUTOMATION
        for after, value, origin in ((0.0, 1.0, Origin.HOMECTL), (600.0, 0.0, back)):
            at = 7200.0 * number + after
            readings.append(Reading(device="lamp", quantity=Quantity.LIGHT_ON, value=value, at=at, origin=origin))
    tonight = Night(
        home=Home(id="h", areas=(Area(id="hall"),), devices=(lamp,)),
        history=History.of(readings),
        standing=Standing(),
        shelf=Shelf(tmp_path),
        given=tmp_path,
        at=7200.0 * 601,
    )
    drifted, _ = night(tonight)
    assert drifted.event is Event.DRIFTED
    assert "people take back 50% of what homectl does since 1970-02-0" in drifted.said
    again = night(replace(tonight, standing=Standing.of([drifted])))
    assert [lesson.event for lesson in again] == [Event.SKIPPED]


def test_without_torch_a_home_says_so_once_and_goes_on(household: Household) -> None:
    [skipped] = household.night(7, None)
    assert (skipped.event, skipped.said) == (Event.SKIPPED, NO_TORCH)
    assert household.night(8, None) == []
    assert household.standing.champion == 0


def test_a_night_in_which_nothing_is_gained_makes_no_challenger(household: Household) -> None:
    def stubborn(rows: Rows, stop: Rows, start: Path) -> tuple[Mapping[str, Array], checkpoint.Manifest]:
        raise ValueError("no task was answered better after learning from them")

    [skipped] = household.night(7, stubborn)
    assert "2026-01-13 to 2026-01-15 taught nothing: no task was answered better" in skipped.said
    assert not household.shelf.has(1)


def test_a_model_that_cannot_be_read_any_more_is_dropped(household: Household) -> None:
    household.keep(
        Lesson(at=four_o_clock(7), event=Event.SHADOWED, said="", model=1, days=("2026-01-13", "2026-01-15"))
    )
    [dropped] = household.night(8)
    assert (dropped.event, dropped.model) == (Event.DROPPED, 1)
    assert household.standing.shadow is None


def test_days_that_are_forgotten_take_every_model_with_them_that_learned_from_them(household: Household) -> None:
    days = [("2026-01-13", "2026-01-15"), ("2026-01-16", "2026-01-18"), ("2026-01-17", "2026-01-18")]
    for number, (start, (first, last)) in enumerate(zip((0, 1, 0), days, strict=True), start=1):
        household.keep(
            Lesson(at=0, event=Event.PROMOTED, said="", model=number, start=start, days=(first, last)),
        )
        household.shelf.path(number).mkdir(parents=True)
    with Journal.open(household.path) as journal:
        before = journal.count()
        lessons = forget(journal, household.standing, [date(2026, 1, 14)], 1.0, ZONE, household.shelf)
        assert journal.lessons()[-len(lessons) :] == lessons
        assert journal.count() < before
        assert [one for one in journal.readings() if datetime.fromtimestamp(one.at, ZONE).day == 14] == []
    assert [lesson.model for lesson in lessons] == [None, 1, 2]
    assert [household.shelf.has(number) for number in (1, 2, 3)] == [False, False, True]
    assert household.standing.line == (3,)


@over(st.integers(0, 80), st.builds(Plan, judge=st.integers(1, 9), stop=st.integers(1, 5), most=st.integers(4, 50)))
def test_every_day_has_one_use_and_the_latest_judge(count: int, plan: Plan) -> None:
    days = tuple(FIRST + timedelta(days=number) for number in range(count + plan.needed))
    parts = Parts.of(days, plan)
    assert (len(parts.judge), len(parts.stop)) == (plan.judge, plan.stop)
    assert plan.least <= len(parts.learn) <= plan.most
    assert (*parts.learn, *parts.stop, *parts.judge) == days[-sum(map(len, parts)) :]


def came_to(work: Work) -> list[Lesson]:
    while (lessons := work.result()) is None:
        time.sleep(0.05)
    return lessons


def test_a_night_s_work_is_done_by_a_process_of_its_own_which_changes_no_journal(household: Household) -> None:
    before = household.path.read_bytes()
    [skipped] = came_to(Child(household.path, household.given, four_o_clock(4)))
    assert (skipped.event, skipped.at) == (Event.SKIPPED, four_o_clock(4))
    assert skipped.said == "too little to learn from: 3 whole days known, 14 needed, 11 more to come"
    assert household.path.read_bytes() == before


def test_work_that_cannot_be_done_is_an_error_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="ended with 1"):
        came_to(Child(tmp_path / "absent.db", tmp_path, 0.0))
