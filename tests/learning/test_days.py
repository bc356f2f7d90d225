"""Days are the home's own: 23 to 25 hours long, and named as people write them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homectl.home import History, Mode, ModeSpan, Quantity, Reading, UsageError
from homectl.learning.days import day_of, days_of, days_told, ordinals, span_of_day, unusual_days

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Chatham", "UTC")


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ([], []),
        (["2026-02-28"], ["2026-02-28"]),
        (["2026-02-27..2026-03-01"], ["2026-02-27", "2026-02-28", "2026-03-01"]),
        (["2026-01-03", "2026-01-01..2026-01-01", "2026-01-03"], ["2026-01-01", "2026-01-03"]),
    ],
)
def test_days_and_ranges_are_understood(words: list[str], days: list[str]) -> None:
    assert [day.isoformat() for day in days_of(words)] == days


@pytest.mark.parametrize(
    "word", ["tomorrow", "2026-02-30", "3.1.2026", "2026-01-05..2026-01-03", "0001-01-01..9999-12-31", "..", ""]
)
def test_anything_else_is_refused_with_an_example(word: str) -> None:
    with pytest.raises(UsageError, match="got"):
        days_of([word])


@given(st.sampled_from(ZONES), st.floats(0, 4e9))
def test_a_time_lies_in_the_span_of_its_day(name: str, at: float) -> None:
    zone = ZoneInfo(name)
    start, end = span_of_day(day_of(at, zone), zone)
    assert start <= at < end
    assert 22 <= (end - start) / 3600 <= 26


@given(st.sampled_from(ZONES), st.lists(st.floats(1.6e9, 1.7e9), max_size=20))
def test_many_times_have_the_days_of_each(name: str, times: list[float]) -> None:
    zone = ZoneInfo(name)
    assert [date.fromordinal(int(n)) for n in ordinals(np.array(times), zone)] == [day_of(at, zone) for at in times]


def test_a_history_tells_of_the_days_on_which_anything_was_said() -> None:
    zone = ZoneInfo("Europe/Berlin")
    said = [span_of_day(date(2026, 3, day), zone)[0] + 60 for day in (28, 29, 31)]
    history = History.of(Reading(device="m", quantity=Quantity.MOTION, value=1.0, at=at) for at in said)
    assert [day.day for day in days_told(history, zone)] == [28, 29, 31]
    assert days_told(History(), zone) == ()


@pytest.mark.parametrize(
    ("mode", "since", "until", "days"),
    [
        (Mode.PARTY, "2026-03-28T20:00", "2026-03-29T02:00", [28, 29]),
        (Mode.GUEST, "2026-03-28T00:00", "2026-03-30T23:59", [28, 29, 30]),
        (Mode.VACATION, "2026-03-28T12:00", "2026-03-28T12:00", [28]),
        (Mode.CLEANING, "2026-03-28T09:00", "2026-03-28T12:00", [28]),
        (Mode.AWAY, "2026-03-28T09:00", "2026-03-30T12:00", []),
        (Mode.NONE, "2026-03-28T09:00", "2026-03-28T09:00", []),
    ],
)
def test_days_of_a_mode_that_is_unlike_others_are_left_out(mode: Mode, since: str, until: str, days: list[int]) -> None:
    zone = ZoneInfo("Europe/Berlin")
    start, end = (datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() for text in (since, until))
    span = ModeSpan(mode=mode, since=start, until=end, by="anna")
    assert sorted(day.day for day in unusual_days([span], zone)) == days
