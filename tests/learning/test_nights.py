"""A running home learns once a night of its own time, and what comes of it decides who is in charge from then on."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from homectl.home import (
    ActionRefused,
    CheckpointMismatch,
    Event,
    HomeError,
    LearningWish,
    Lesson,
    Policy,
)
from homectl.journal import Journal
from homectl.learning import Nights, Shelf
from homectl.learning.standing import GIVEN
from tests.fakes import NOON, small_home
from tests.test_controller import Wish

DAY, HOUR = 86_400.0, 3600.0
DAYS = ("2025-01-01", "2025-01-05")


class Worked:
    """A night's work that is done when a test says what it came to."""

    def __init__(self) -> None:
        self.came_to: list[Lesson] | HomeError | None = None
        self.stopped = False

    def result(self) -> list[Lesson] | None:
        if isinstance(self.came_to, HomeError):
            raise self.came_to
        return self.came_to

    def stop(self) -> None:
        self.stopped = True


class House:
    """A home's nights with every work that was begun, and the policies that can be opened."""

    def __init__(self, folder: Path, *, hour: int | None = 4) -> None:
        self.journal = Journal.open(folder / "small.db")
        self.shelf = Shelf.beside(folder / "small.db")
        self.begun: list[tuple[float, Worked]] = []
        self.broken: set[int] = set()
        self.nights = Nights(
            self.journal, self.shelf, small_home().zone, hour=hour, begin=self._begin, policy=self._policy
        )

    def _begin(self, at: float) -> Worked:
        self.begun.append((at, Worked()))
        return self.begun[-1][1]

    def _policy(self, number: int) -> Policy:
        if number in self.broken:
            raise CheckpointMismatch(f"{number}: trained for other features")
        return Wish(name="base" if number == GIVEN else f"own-{number}")

    def make(self, *numbers: int) -> None:
        for number in numbers:
            self.shelf.path(number).mkdir(parents=True)

    def comes_to(self, *lessons: Lesson, at: float = NOON) -> None:
        """Tonight's work is begun if it is not, and comes to this."""
        if not self.begun or self.begun[-1][1].came_to is not None:
            self.nights.ask(LearningWish.NOW, (), at)
        self.begun[-1][1].came_to = list(lessons)
        self.nights.tick(at)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.journal.close()


def told(event: Event, model: int, start: int = 0) -> Lesson:
    return Lesson(at=NOON, event=event, said="as it was", model=model, days=DAYS, start=start)


def test_a_night_is_due_once_when_its_hour_passes_however_fast_time_goes(house: House) -> None:
    started = NOON + 14 * HOUR  # 02:30
    for at in (started, started + HOUR, started + 1.6 * HOUR, started + 1.7 * HOUR):
        house.nights.tick(at)
    assert [at for at, _ in house.begun] == [started + 1.6 * HOUR]
    house.comes_to()
    for at in (started + 20 * HOUR, started + 3.1 * DAY, started + 3.2 * DAY):
        house.nights.tick(at)
    assert [at for at, _ in house.begun[1:]] == [started + 3.1 * DAY]


def test_a_home_that_starts_in_the_evening_waits_for_its_night(house: House) -> None:
    house.nights.tick(NOON)
    house.nights.tick(NOON + 11 * HOUR)
    assert house.begun == []


def test_the_next_night_waits_for_the_last_one_s_work(house: House) -> None:
    for day in range(4):
        house.nights.tick(NOON + day * DAY)
    assert len(house.begun) == 1
    house.comes_to(at=NOON + 3 * DAY)
    house.nights.tick(NOON + 3 * DAY + 60)
    assert len(house.begun) == 2


@pytest.mark.parametrize(
    ("slept", "made_up_for"),
    [(6.0, False), (15.0, False), (17.0, True), (75.0, True)],
    ids=["the same evening", "before its hour", "over its hour", "for days"],
)
def test_a_home_that_did_not_run_at_its_hour_makes_up_for_it(tmp_path: Path, slept: float, made_up_for: bool) -> None:
    house = House(tmp_path)
    house.comes_to(told(Event.SHADOWED, 1), at=NOON)
    house.journal.close()
    again = House(tmp_path)
    again.nights.tick(NOON + slept * HOUR)
    again.nights.tick(NOON + slept * HOUR + 60)
    assert [at for at, _ in again.begun] == [NOON + slept * HOUR] * made_up_for
    again.journal.close()


@pytest.mark.parametrize("how", ["never", "paused"])
def test_without_nights_nothing_is_begun(tmp_path: Path, how: str) -> None:
    house = House(tmp_path, hour=None if how == "never" else 4)
    if how == "paused":
        house.nights.ask(LearningWish.PAUSE, (), NOON)
    for day in range(3):
        house.nights.tick(NOON + day * DAY)
    assert house.begun == []
    house.journal.close()


def test_a_first_own_model_is_in_shadow_and_decides_nothing_until_it_is_promoted(house: House) -> None:
    house.comes_to(told(Event.SHADOWED, 1))
    assert (house.nights.in_charge.name, house.nights.view()["in shadow"]) == ("base", 1)
    house.comes_to(told(Event.SCORED, 1))
    assert house.nights.in_charge.name == "base"
    house.comes_to(told(Event.PROMOTED, 1))
    assert (house.nights.in_charge.name, house.nights.view()["own model"]) == ("own-1", 1)
    assert [lesson.event for lesson in house.journal.lessons()] == [Event.SHADOWED, Event.SCORED, Event.PROMOTED]


def test_a_rejected_challenger_changes_nothing(house: House) -> None:
    house.comes_to(told(Event.PROMOTED, 1))
    house.comes_to(told(Event.REJECTED, 2, start=1))
    assert house.nights.in_charge.name == "own-1"


def test_one_word_goes_back_one_model_and_then_to_the_first_weights(house: House) -> None:
    house.make(1, 2)
    house.comes_to(told(Event.PROMOTED, 1))
    house.comes_to(told(Event.PROMOTED, 2, start=1))
    assert "own model 1 decides" in house.nights.ask(LearningWish.ROLLBACK, (), NOON)
    assert house.nights.in_charge.name == "own-1"
    assert "began with" in house.nights.ask(LearningWish.ROLLBACK, (), NOON)
    assert house.nights.in_charge.name == "base"
    with pytest.raises(ActionRefused, match="nothing to go back"):
        house.nights.ask(LearningWish.ROLLBACK, (), NOON)


def test_a_restart_finds_the_same_model_in_charge(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.comes_to(told(Event.PROMOTED, 1))
    house.journal.close()
    again = House(tmp_path)
    assert again.nights.in_charge.name == "own-1"
    again.journal.close()


def test_a_model_that_cannot_be_read_is_dropped_for_the_one_before(house: House) -> None:
    house.comes_to(told(Event.PROMOTED, 1))
    house.broken = {2}
    house.comes_to(told(Event.PROMOTED, 2, start=1))
    assert house.nights.in_charge.name == "own-1"
    assert house.journal.lessons()[-1].event is Event.DROPPED


def test_work_that_fails_is_told_and_the_home_goes_on(house: House) -> None:
    house.nights.ask(LearningWish.NOW, (), NOON)
    house.begun[-1][1].came_to = HomeError("The night's work ended with 1")
    house.nights.tick(NOON)
    assert house.journal.lessons()[-1].said == "The night's work ended with 1; see the log"
    assert not house.nights.view()["working"]


def test_a_wish_ends_the_work_that_began_before_it(house: House) -> None:
    house.nights.ask(LearningWish.NOW, (), NOON)
    with pytest.raises(ActionRefused, match="under way"):
        house.nights.ask(LearningWish.NOW, (), NOON)
    said = house.nights.ask(LearningWish.EXCLUDE, (date(2025, 1, 3),), NOON)
    assert said == "nothing is learned from 2025-01-03"
    assert house.begun[0][1].stopped
    assert (house.nights.view()["days excluded"], house.nights.view()["working"]) == (1, False)


@pytest.mark.parametrize("wish", [LearningWish.RESUME, LearningWish.EXCLUDE, LearningWish.INCLUDE])
def test_a_wish_that_changes_nothing_is_refused_and_stops_no_work(house: House, wish: LearningWish) -> None:
    house.nights.ask(LearningWish.NOW, (), NOON)
    with pytest.raises(ActionRefused):
        house.nights.ask(wish, (), NOON)
    assert not house.begun[0][1].stopped


def test_the_shelf_keeps_the_line_and_a_few_others(house: House) -> None:
    for number in range(1, 9):
        house.make(number)
        house.comes_to(told(Event.PROMOTED, number, start=number - 1))
    for number in range(9, 13):
        house.make(number)
        house.comes_to(told(Event.REJECTED, number, start=8))
    assert {number for number in range(1, 13) if house.shelf.has(number)} == {4, 5, 6, 7, 8, 10, 11, 12}


def test_drift_is_a_warning_and_takes_nobody_out_of_charge(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.comes_to(told(Event.PROMOTED, 1))
    house.comes_to(Lesson(at=NOON, event=Event.DRIFTED, said="people take back 30 %", figures={"since": NOON}))
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert house.nights.in_charge.name == "own-1"
    assert house.nights.view()["corrected more often since"] == NOON
