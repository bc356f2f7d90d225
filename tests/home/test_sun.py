"""Our sun stands where astral's does."""

from datetime import UTC, datetime

import numpy as np
import pytest
from astral import Observer
from astral.sun import elevation as astral_elevation

from homectl.home.sun import elevation

START = datetime(2024, 1, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(52.5, 13.4), (-33.9, 151.2), (0.0, -78.5), (69.6, 18.9), (40.7, -74.0)]
)
def test_the_sun_is_within_a_twentieth_of_a_degree_of_astrals(latitude: float, longitude: float) -> None:
    times = START + np.arange(0.0, 3 * 365 * 86_400, 86_400 * 7.13)
    observer = Observer(latitude, longitude)
    theirs = [astral_elevation(observer, datetime.fromtimestamp(t, UTC), with_refraction=False) for t in times]
    assert np.abs(elevation(latitude, longitude, times) - theirs).max() < 0.05


def test_one_time_alone_has_the_same_sun_as_among_many() -> None:
    times = START + np.arange(0.0, 86_400, 977.0)
    alone = [elevation(48.0, 11.0, times[place : place + 1])[0] for place in range(len(times))]
    assert alone == elevation(48.0, 11.0, times).tolist()
