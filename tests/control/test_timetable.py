"""What schedules want is a function of the time alone: across DST, with the sun, wherever one looks from."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.control.timetable import OVERTAKEN, Place, in_force, next_boundary, span_on, turned
from homectl.home import Home, Kind, Light, Lock, Setpoint, Setting, Target, Weekday
from homectl.home.sun import elevation
from tests.control.orders import home_with, local
from tests.fakes import HEATING, LAMP, LOCK

LIGHT = {"areas": ["kitchen"], "light": {"on": True, "level": 0.4}}
HEAT = {"areas": ["living"], "setpoint": 20.5}


def wanted(home: Home, at: str, target: Target = LAMP) -> Setting | None:
    span = in_force(home, local(at, home)).get(target)
    return None if span is None else span.setting


def spans(schedule: dict[str, Any], first: date, days: int, **fields: Any) -> list[tuple[datetime, datetime]]:
    """Local times from when to when a schedule counts, of each day that has one."""
    home = home_with(schedule, **fields)
    found = [span_on(home.schedules[0], Place.of(home), first + timedelta(days=n)) for n in range(days)]
    return [
        (datetime.fromtimestamp(span.start, home.zone), datetime.fromtimestamp(span.end, home.zone))
        for span in found
        if span is not None
    ]


@pytest.mark.parametrize(
    ("at", "setting"),
    [
        ("2026-01-13T06:29:59", None),  # a Tuesday
        ("2026-01-13T06:30", Setpoint(20.5)),
        ("2026-01-13T08:59:59", Setpoint(20.5)),
        ("2026-01-13T09:00", None),
        ("2026-01-17T07:00", None),  # a Saturday
    ],
)
def test_a_weekly_schedule_wants_its_setting_from_its_start_until_just_before_its_end(
    at: str, setting: Setting | None
) -> None:
    home = home_with({"days": list(Weekday)[:5], "start": "06:30", "end": "09:00", **HEAT})
    assert wanted(home, at, HEATING) == setting


@pytest.mark.parametrize(
    ("schedule", "target", "setting"),
    [
        (LIGHT, LAMP, Light(True, 0.4)),
        ({"devices": ["lamp"], "light": {"on": False}}, LAMP, Light(False)),
        (HEAT, HEATING, Setpoint(20.5)),
        ({"devices": ["bolt"], "lock": True}, LOCK, Lock()),
        ({"areas": ["living"], "light": {"on": True}}, LAMP, None),
    ],
)
def test_it_is_about_the_things_of_its_kind_that_it_names(
    schedule: dict[str, Any], target: Target, setting: Setting | None
) -> None:
    home = home_with({"start": "00:00", "end": "00:00", **schedule})
    assert wanted(home, "2026-01-13T12:00", target) == setting


def test_one_that_runs_past_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    home = home_with({"days": ["mon"], "start": "22:00", "end": "02:00", **LIGHT})
    asked = ("2026-01-12T01:00", "2026-01-12T23:00", "2026-01-13T01:59", "2026-01-13T02:00", "2026-01-13T23:00")
    assert [wanted(home, at) is not None for at in asked] == [False, True, True, False, False]


def test_of_two_the_one_that_began_later_counts_and_then_the_other_again() -> None:
    early = {"start": "18:00", "end": "23:00", "areas": ["kitchen"], "light": {"on": True}}
    home = home_with(early, {"start": "20:00", "end": "21:00", "devices": ["lamp"], "light": {"on": False}}, early)
    asked = ("19:00", "20:00", "21:00")
    found = [in_force(home, local(f"2026-01-13T{at}", home))[LAMP].schedule.id for at in asked]
    assert found == ["s2", "s1", "s2"]


@pytest.mark.parametrize(
    ("zone", "start", "end", "day", "hours"),
    [
        ("Europe/Berlin", "02:30", "04:00", "2026-03-29", 1.0),  # 02:30 is leapt over: from 03:00 on
        ("Europe/Berlin", "02:15", "02:45", "2026-03-29", None),  # wholly leapt over
        ("Europe/Berlin", "02:30", "04:00", "2026-10-25", 2.5),  # from the first 02:30 on
        ("Europe/Berlin", "01:00", "02:30", "2026-10-25", 1.5),  # until the first
        ("Europe/Berlin", "22:00", "06:00", "2026-03-28", 7.0),
        ("Europe/Berlin", "22:00", "06:00", "2026-10-24", 9.0),
        ("Europe/Berlin", "00:00", "00:00", "2026-10-25", 25.0),
        ("Africa/Cairo", "00:15", "02:00", "2026-04-24", 1.0),  # clocks leap over the first hour of the day
        ("Australia/Lord_Howe", "01:45", "03:00", "2026-04-05", 1.75),  # set back by half an hour at 02:00
    ],
)
def test_clocks_that_are_set_make_a_span_longer_or_shorter_and_never_double(
    zone: str, start: str, end: str, day: str, hours: float | None
) -> None:
    home = home_with({"start": start, "end": end, **HEAT}, timezone=zone)
    span = span_on(home.schedules[0], Place.of(home), date.fromisoformat(day))
    assert (None if span is None else (span.end - span.start) / 3600) == hours


PLACES = [
    ("Europe/Berlin", 52.5, 13.4),
    ("Pacific/Auckland", -36.8, 174.8),
    ("Pacific/Kiritimati", 1.9, -157.5),
    ("America/Anchorage", 61.2, -149.9),
    ("Pacific/Apia", -13.8, -171.8),
]


@pytest.mark.parametrize(("zone", "latitude", "longitude"), PLACES)
def test_the_sun_rises_and_sets_on_the_local_day_where_it_stands_at_the_horizon(
    zone: str, latitude: float, longitude: float
) -> None:
    place = {"timezone": zone, "latitude": latitude, "longitude": longitude}
    days = spans({"start": "sunrise", "end": "sunset", **LIGHT}, date(2026, 1, 1), 365, **place)
    assert [start.date() for start, _ in days] == [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    times = np.array([moment.timestamp() for span in days for moment in span])
    assert np.abs(elevation(latitude, longitude, times) + 0.83).max() < 0.4


@pytest.mark.parametrize(
    ("start", "end", "day", "shown"),
    [
        ("sunset - 00:30", "23:00", "2026-01-13", "15:49–23:00"),
        ("sunset", "21:00", "2026-06-20", None),  # the sun sets at 21:33
        ("06:30", "sunrise", "2026-01-13", "06:30–08:12"),
        ("06:30", "sunrise", "2026-06-20", None),  # it is up already
        ("22:00", "sunrise + 00:30", "2026-01-13", "22:00–08:41"),
        ("sunset", "sunrise", "2026-01-13", "16:19–08:11"),
        ("sunset + 06:00", "sunrise", "2026-06-20", "03:33–04:44"),
    ],
)
def test_the_sun_moves_a_span_and_leaves_none_where_it_has_overtaken_the_clock(
    start: str, end: str, day: str, shown: str | None
) -> None:
    found = spans({"start": start, "end": end, **LIGHT}, date.fromisoformat(day), 1, latitude=52.5, longitude=13.4)
    assert [f"{begin:%H:%M}–{over:%H:%M}" for begin, over in found] == ([] if shown is None else [shown])
    assert all((over - begin).total_seconds() <= OVERTAKEN for begin, over in found)


def test_where_the_sun_does_not_set_there_is_no_sunset_to_begin_with() -> None:
    tromso = {"timezone": "Europe/Oslo", "latitude": 69.6, "longitude": 18.9}
    assert spans({"start": "sunset", "end": "23:30", **LIGHT}, date(2026, 6, 10), 20, **tromso) == []
    home = home_with({"start": "sunset", "end": "23:30", **LIGHT}, **tromso)
    assert next_boundary(home, datetime(2026, 6, 10, tzinfo=UTC).timestamp()) is None


MINUTES = st.integers(0, 24 * 60 - 1).map(lambda minutes: f"{minutes // 60:02d}:{minutes % 60:02d}")
SUN = st.builds("{} {} {}".format, st.sampled_from(["sunrise", "sunset"]), st.sampled_from("+-"), st.just("01:30"))
EDGES = st.one_of(MINUTES, SUN, st.sampled_from(["sunrise", "sunset"]))
SCHEDULES = st.lists(
    st.fixed_dictionaries(
        {"start": EDGES, "end": EDGES, "days": st.lists(st.sampled_from(list(Weekday)), min_size=1, unique=True)}
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=60, deadline=None)
@given(SCHEDULES, st.sampled_from(PLACES[:2]), st.integers(1_767_225_600, 1_798_761_600), st.integers(1, 6 * 86_400))
def test_between_two_boundaries_nothing_changes_and_whatever_changes_has_one(
    edges: list[dict[str, Any]], where: tuple[str, float, float], start: int, ahead: int
) -> None:
    place = dict(zip(("timezone", "latitude", "longitude"), where, strict=True))
    home = home_with(*(LIGHT | edge for edge in edges), **place)
    at, later = float(start), float(start + ahead)
    before, after = in_force(home, at).get(LAMP), in_force(home, later).get(LAMP)
    turn = next_boundary(home, at)
    if turn is None or turn > later:
        assert before == after
        assert turned(home, at, later) == set()
    else:
        assert turned(home, at, later) == {LAMP}
        assert in_force(home, turn - 0.001).get(LAMP) == before
    assert next_boundary(home, at, Target("valve", Kind.SETPOINT)) is None


def test_a_home_without_schedules_wants_nothing_at_any_time() -> None:
    home = home_with()
    assert (in_force(home, 0.0), next_boundary(home, 0.0), turned(home, 0.0, 1e6)) == ({}, None, set())
