"""Who made a value what it is does not change when it is only said again."""

import numpy as np
import pytest

from homectl.home import ORIGIN_CODE, Origin, Track
from homectl.replay.labels import makers

P, U, A = Origin.PERSON, Origin.UNKNOWN, Origin.AUTOMATION


@pytest.mark.parametrize(
    ("values", "origins", "made"),
    [
        ([21, 21, 21], [P, U, A], [P, P, P]),
        ([21, 20, 20], [P, U, A], [P, U, U]),
        ([21, 21, 21], [A, P, U], [A, P, P]),
        ([21, float("nan"), 21], [P, U, U], [P, U, U]),
    ],
)
def test_a_value_keeps_its_maker_until_it_is_another_or_a_person_says_it_again(
    values: list[float], origins: list[Origin], made: list[Origin]
) -> None:
    codes = np.array([ORIGIN_CODE[origin] for origin in origins], dtype=np.int8)
    track = Track.of(np.arange(len(values), dtype=float), np.array(values), codes, np.ones(len(values), dtype=bool))
    assert [int(code) for code in makers(track)] == [ORIGIN_CODE[origin] for origin in made]
