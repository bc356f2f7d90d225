"""What weighed is told in a sentence, and what hardly did is not."""

import pytest

from homectl.control.grounds import grounds
from homectl.home import Factor, Kind

BESIDE = "Beside other hours of the last week it moved the belief"


def factors(**shares: float) -> list[Factor]:
    return [Factor(about=about.replace("_", " "), share=share) for about, share in shares.items()]


@pytest.mark.parametrize(
    ("kind", "told", "sentence"),
    [
        (
            Kind.LIGHT,
            factors(motion_here=0.39, the_sun=-0.06, the_hour=0.019),
            f"{BESIDE} that it is wanted on: motion here +39%, the sun -6%.",
        ),
        (
            Kind.SETPOINT,
            factors(the_air_here=0.571, the_hour=-0.16, the_sun=0.09),
            f"{BESIDE} of the temperature wanted: the air here +0.6 °C, the hour -0.2 °C.",
        ),
        (Kind.LOCK, factors(a=0.5, b=0.4, c=0.3, d=0.2), f"{BESIDE} that it is wanted locked: a +50%, b +40%, c +30%."),
        (Kind.LIGHT, factors(the_sun=0.01), ""),
        (Kind.SETPOINT, factors(the_sun=0.09), ""),
        (Kind.LOCK, [], ""),
    ],
)
def test_what_moved_the_belief_is_told_most_first(kind: Kind, told: list[Factor], sentence: str) -> None:
    assert grounds(kind, told) == sentence
