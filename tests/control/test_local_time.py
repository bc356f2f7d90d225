"""Local day and hour are the time zone's own, over every change of the clocks."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from homectl.control.local_time import local_time


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
def test_day_and_hour_are_those_of_the_zone(zone: str) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    times = start + np.arange(0.0, 365 * 86_400, 1801.25)
    clock = local_time(ZoneInfo(zone), times)
    walls = [datetime.fromtimestamp(at, ZoneInfo(zone)) for at in times]
    assert np.ravel(clock.day).tolist() == [
        wall.date().toordinal() - datetime(1970, 1, 1).toordinal() for wall in walls
    ]
    hours = [wall.hour + wall.minute / 60 + (wall.second + wall.microsecond / 1e6) / 3600 for wall in walls]
    np.testing.assert_allclose(clock.hour, hours, atol=1e-6)
    assert np.ravel(clock.weekend).tolist() == [wall.weekday() >= 5 for wall in walls]
    alone = [local_time(ZoneInfo(zone), at) for at in times.tolist()]
    np.testing.assert_array_equal([one.day for one in alone], clock.day)
    np.testing.assert_array_equal([one.hour for one in alone], clock.hour)
