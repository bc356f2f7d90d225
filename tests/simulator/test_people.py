from datetime import date, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest

from simulator.days import AWAY, NIGHT, Doing, Stay, day_of, draw_day, draw_stays, midnight
from simulator.house import HALL
from simulator.household import draw_household
from simulator.people import Family, Role

TUESDAY = date(2026, 1, 13)
FAMILIES = range(30)


def stays_of(seed: int, day: date = TUESDAY) -> dict[str, list[Stay]]:
    household = draw_household(seed)
    rooms = {room.id: room.kind for room in household.plan.rooms}
    together = draw_day(household.family, day, Random(f"{seed} {day}"))
    start = midnight(day, household.zone)
    return {
        member.id: draw_stays(member, together, rooms, start, Random(f"{seed} {member.id} {day}"))
        for member in household.family.members
    }


def family(seed: int) -> Family:
    return draw_household(seed).family


@pytest.mark.parametrize("seed", FAMILIES)
@pytest.mark.parametrize("weekday", [1, 5, 6])
def test_a_day_runs_from_night_to_night_without_gaps(seed: int, weekday: int) -> None:
    day = TUESDAY + timedelta(days=weekday - 1)
    household = draw_household(seed)
    start = midnight(day, household.zone)
    places = {room.id for room in household.plan.rooms} | {AWAY}
    for stays in stays_of(seed, day).values():
        assert stays[0].at == pytest.approx(start + NIGHT * 3600)
        assert (stays[0].doing, stays[-1].doing) == (Doing.ASLEEP, Doing.ASLEEP)
        assert all(a.at < b.at for a, b in pairwise(stays))
        assert stays[-1].at < start + (24 + NIGHT) * 3600
        assert {stay.place for stay in stays} <= places


@pytest.mark.parametrize("seed", FAMILIES)
def test_people_leave_and_come_back_through_the_hall(seed: int) -> None:
    for stays in stays_of(seed).values():
        for before, after in pairwise(stays):
            if AWAY in (before.place, after.place) and before.place != after.place:
                assert HALL in (before.place, after.place)


def test_the_same_day_is_the_same_and_another_is_not() -> None:
    assert stays_of(3) == stays_of(3)
    week = [[stay.at for stay in stays_of(3, TUESDAY + timedelta(days=d))["adult_1"]] for d in range(4)]
    assert all(len(a) != len(b) or a != [at - 86_400 for at in b] for a, b in pairwise(week))


def test_most_families_are_at_the_door_on_a_weekday_morning() -> None:
    busy = 0
    for seed in range(60):
        start = midnight(TUESDAY, draw_household(seed).zone)
        window = (start + 6.5 * 3600, start + 8.5 * 3600)
        at_door = [
            stay.at
            for stays in stays_of(seed).values()
            for before, stay in pairwise(stays)
            if stay.doing is Doing.DOOR or AWAY in (before.place, stay.place)
        ]
        busy += any(window[0] <= at <= window[1] for at in at_door)
    assert busy >= 54


def hours_of(stays: list[Stay], *doings: Doing) -> float:
    ends = [stay.at for stay in stays[1:]] + [stays[0].at + 86_400]
    return sum(end - stay.at for stay, end in zip(stays, ends, strict=True) if stay.doing in doings) / 3600


def test_office_days_are_spent_away_and_nights_at_home() -> None:
    office = []
    for seed in FAMILIES:
        people = {member.id: member for member in family(seed).members}
        for name, stays in stays_of(seed).items():
            assert 4 < hours_of(stays, Doing.ASLEEP) < 13
            assert hours_of(stays, Doing.AWAY) < 15
            if people[name].role is Role.OFFICE and people[name].works_away[TUESDAY.weekday()]:
                office.append(hours_of(stays, Doing.AWAY))
    assert len(office) > 20
    assert sum(hours > 6 for hours in office) / len(office) > 0.9


def test_families_differ_in_size_hours_and_taste() -> None:
    families = [family(seed) for seed in range(100)]
    assert {len(f.members) for f in families} == {1, 2, 3, 4, 5}
    assert len({f.taste.comfort["living"] for f in families}) >= 6
    assert 0.05 < sum(f.taste.night == 0 for f in families) / 100 < 0.4
    assert {role for f in families for role in (m.role for m in f.members)} == set(Role)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 24), (date(2026, 3, 29), 24), (date(2026, 10, 25), 24)])
def test_days_follow_the_clock_when_it_changes(day: date, hours: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    night = midnight(day, zone) + NIGHT * 3600
    assert day_of(night + 1, zone) == day
    assert day_of(night + (hours - 2) * 3600, zone) == day
