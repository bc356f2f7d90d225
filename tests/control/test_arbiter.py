"""The strongest lease that counts decides a target, whatever the order they come in; what has ended falls through."""

from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homectl.control.arbiter import STRONGEST_FIRST, Lease, Level, objection, winner, winners
from homectl.home import Cause, Decision, Kind, Light, Lock, Setpoint, Setting, Target

LAMP, OTHER = Target("lamp", Kind.LIGHT), Target("other", Kind.LIGHT)
ON, OFF = Light(on=True), Light(on=False)


def decision(cause: Cause, target: Target = LAMP) -> Decision:
    return Decision(target=target, setting=ON, cause=cause, confidence=1.0, reason="", at=0.0)


def lease(level: Level, setting: Setting | None = ON, since: float = 0.0, until: float = 10.0) -> Lease:
    return Lease(target=LAMP, level=level, setting=setting, since=since, until=until, why=level.name)


@pytest.mark.parametrize(("one", "two"), list(permutations(Cause, 2)))
def test_of_two_causes_the_stronger_wins(one: Cause, two: Cause) -> None:
    strongest = min(one, two, key=STRONGEST_FIRST.index)
    assert winners([decision(one), decision(two)])[LAMP].cause is strongest


def test_targets_do_not_compete_with_each_other() -> None:
    found = winners([decision(Cause.RULES), decision(Cause.SAFETY, OTHER)])
    assert [found[LAMP].cause, found[OTHER].cause] == [Cause.RULES, Cause.SAFETY]


def test_every_cause_has_its_rank() -> None:
    assert set(STRONGEST_FIRST) == set(Cause)
    assert STRONGEST_FIRST == (
        Cause.SAFETY,
        Cause.PERSON,
        Cause.MODE,
        Cause.SCHEDULE,
        Cause.LEARNED,
        Cause.RULES,
    )


@pytest.mark.parametrize(("one", "two"), list(permutations(Level, 2)), ids=str)
@pytest.mark.parametrize("wish", [ON, None], ids=["a wish", "hands off"])
def test_of_two_levels_the_stronger_wins_until_its_lease_ends(one: Level, two: Level, wish: Setting | None) -> None:
    strong, weak = sorted((one, two))
    found = [
        lease(one, wish, until=5.0 if one is strong else 10.0),
        lease(two, wish, until=5.0 if two is strong else 10),
    ]
    assert [getattr(winner(found, at), "level", None) for at in (0.0, 4.9, 5.0, 9.9, 10.0)] == [
        strong,
        strong,
        weak,
        weak,
        None,
    ]


LEASES = st.builds(
    lease,
    st.sampled_from(Level),
    st.sampled_from([ON, OFF, None]),
    st.integers(-5, 15).map(float),
    st.integers(-5, 15).map(float),
)


@given(st.lists(LEASES, max_size=8), st.integers(-6, 16).map(float), st.randoms())
def test_the_winner_counts_now_and_nothing_stronger_does(found: list[Lease], at: float, dice: Random) -> None:
    best = winner(found, at)
    alive = [one for one in found if one.since <= at < one.until]
    assert (best is None) == (not alive)
    if best is not None:
        assert best in alive
        assert all(one.level >= best.level for one in alive)
        shuffled = list(found)
        dice.shuffle(shuffled)
        again = winner(shuffled, at)
        assert again is not None
        assert again.level is best.level


@given(st.lists(LEASES, max_size=8), st.sampled_from([Cause.MODE, Cause.SCHEDULE, Cause.LEARNED, Cause.RULES]))
def test_only_a_stronger_lease_that_says_otherwise_objects(found: list[Lease], cause: Cause) -> None:
    against = objection(found, ON, cause, 3.0)
    rank = STRONGEST_FIRST.index(cause)
    others = [
        one for one in found if STRONGEST_FIRST.index(one.level.cause) < rank and one.counts(3.0) and one.setting != ON
    ]
    assert (against is None) == (not others)
    if against is not None:
        assert against.level == min(one.level for one in others)


@pytest.mark.parametrize(
    ("level", "asked", "wish", "allowed"),
    [
        (Level.FREEZE, Setpoint(10.0), Setpoint(16.0), True),  # warmer than safety asks is safe
        (Level.FREEZE, Setpoint(10.0), Setpoint(10.0), True),
        (Level.FREEZE, Setpoint(10.0), Setpoint(7.0), False),
        (Level.MODE, Setpoint(17.0), Setpoint(20.0), False),
        (Level.HOLD, None, Setpoint(20.0), False),
        (Level.FIRE, None, Lock(), False),
        (Level.MODE, OFF, OFF, True),
    ],
)
def test_a_lease_allows_what_it_asks_and_safety_more_warmth(
    level: Level, asked: Setting | None, wish: Setting, allowed: bool
) -> None:
    assert lease(level, asked).allows(wish) is allowed
