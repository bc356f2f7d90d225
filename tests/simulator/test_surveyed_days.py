from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import cycle, islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.days import AWAY, NIGHT, Doing, Stay
from simulator.household import draw_household
from simulator.people import Member
from simulator.surveyed_days import QUARTERS, SUNDAY, State, SurveyedDays, years

DAY = SUNDAY + timedelta(days=400)
YEAR = 364 * QUARTERS
A, H, Z = State.AWAY, State.HOME, State.ASLEEP


def one_day(seed: int, states: Sequence[State]) -> tuple[Member, list[Stay]]:
    """The day of the first member of a household in these states from NIGHT on, in hours of the day."""
    household = draw_household(seed)
    first = (DAY - SUNDAY).days % 364 * QUARTERS + int(NIGHT * 4)
    year = [State.ASLEEP] * YEAR
    year[first : first + QUARTERS] = states
    rooms = {room.id: room.kind for room in household.plan.rooms}
    days = SurveyedDays(household.family, rooms, {m.id: year for m in household.family.members}, seed)
    member = household.family.members[0]
    return member, [Stay(s.at / 3600, s.place, s.doing) for s in days.of(DAY, 0.0)[member.id]]


def in_spells(spells: Sequence[tuple[State, int]]) -> list[State]:
    """A day's quarter hours: the spells, and from the end anew."""
    some = [state for state, quarters in spells for _ in range(quarters)]
    return list(islice(cycle(some), QUARTERS))


DAYS = st.lists(st.tuples(st.sampled_from(State), st.integers(1, 40)), min_size=1, max_size=8).map(in_spells)


def state_at(stays: Sequence[Stay], hour: float) -> State:
    stay = [stay for stay in stays if stay.at <= hour][-1]
    return A if stay.place == AWAY else Z if stay.doing is Doing.ASLEEP else H


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 60), DAYS)
def test_a_day_is_whole_and_goes_forward(seed: int, asked: list[State]) -> None:
    _, stays = one_day(seed, asked)
    rooms = {room.id for room in draw_household(seed).plan.rooms} | {AWAY}
    assert stays[0].at == pytest.approx(NIGHT)
    assert all(one.at <= other.at for one, other in pairwise(stays))
    assert stays[-1].at < 24 + NIGHT
    assert {stay.place for stay in stays} <= rooms


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 60), DAYS)
def test_nobody_leaves_or_comes_back_unless_the_survey_says_so(seed: int, asked: list[State]) -> None:
    """Seen in the last minutes of each quarter hour, after the moment in it at which a state may begin."""
    _, stays = one_day(seed, asked)
    for quarter, state in enumerate(asked[:-1]):
        seen = state_at(stays, NIGHT + quarter / 4 + 0.2)
        assert (seen is A) == (state is A), f"{state} in quarter {quarter}, lived as {seen}"


@pytest.mark.parametrize(
    ("asked", "hour", "lived"),
    [
        ([Z] * 20 + [H] * 76, NIGHT + 2, Z),
        ([Z] * 20 + [H] * 76, NIGHT + 6, H),
        ([H] * 60 + [Z] * 36, NIGHT + 16, Z),
        ([A] * 40 + [Z] * 56, NIGHT + 11, Z),
        ([Z] * 96, 24 + NIGHT - 0.1, Z),
        ([A] * 96, 24 + NIGHT - 0.1, A),
    ],
)
def test_people_sleep_and_are_up_as_surveyed(asked: list[State], hour: float, lived: State) -> None:
    member, stays = one_day(7, asked)
    assert state_at(stays, hour) is lived
    assert {stay.place for stay in stays if stay.doing is Doing.ASLEEP} <= {member.room}


def test_who_goes_straight_from_bed_gets_dressed_first() -> None:
    _, stays = one_day(3, [Z] * 20 + [A] * 76)
    up = [stay for stay in stays if stay.doing is not Doing.ASLEEP and stay.place != AWAY]
    assert up[0].at < NIGHT + 5
    assert {stay.place for stay in up} >= {"bathroom", "hall"}


def test_a_surveyed_year_is_drawn_again_alike_and_differs_by_seed() -> None:
    pytest.importorskip("obgeneration", reason="needs obgeneration: pip install 'homectl[energyplus]'")
    family = draw_household(1).family
    first, again, other = years(family, 1), years(family, 1), years(family, 2)
    assert first == again != other
    assert all(len(year) >= YEAR for year in first.values())


def test_surveyed_people_sleep_at_night_and_are_out_by_day() -> None:
    pytest.importorskip("obgeneration", reason="needs obgeneration: pip install 'homectl[energyplus]'")
    night, noon = Counter[State](), Counter[State]()
    for seed in range(4):
        for year in years(draw_household(seed).family, seed).values():
            night.update(year[4 * 3 :: QUARTERS])
            noon.update(year[4 * 12 :: QUARTERS])
    assert night[Z] > 0.75 * night.total()
    assert 0.2 * noon.total() < noon[A] < 0.8 * noon.total()


def test_weekends_are_the_calendars() -> None:
    """The generator's first day is a Sunday, and so is ours."""
    assert SUNDAY.weekday() == 6
    assert (date(2025, 1, 5) - SUNDAY).days % 7 == 0
