"""Only what a policy did by itself can be taken back, once, and soon."""

import pytest

from homectl.control.ladder import BURST, Ladder
from homectl.home import TAKEN_BACK, Autonomy, Cause, Command, Kind, Light, Rung, Step, Target

LAMP, OTHER = Target("lamp", Kind.LIGHT), Target("other", Kind.LIGHT)
HALL = Rung("hall", Kind.LIGHT)


def command(cause: Cause, target: Target = LAMP) -> Command:
    return Command(id="c", target=target, setting=Light(True), cause=cause, issued=0.0, reason="")


@pytest.mark.parametrize("cause", Cause)
@pytest.mark.parametrize(("later", "soon"), [(0.0, True), (TAKEN_BACK, True), (TAKEN_BACK + 1, False)])
def test_a_policys_change_is_taken_back_within_half_an_hour(cause: Cause, later: float, soon: bool) -> None:
    ladder = Ladder()
    ladder.issued(command(cause), 100.0)
    expected = int(soon and cause in (Cause.LEARNED, Cause.RULES))
    assert ladder.changed_by_person(LAMP, HALL, 100.0 + later) == expected
    assert ladder.changed_by_person(LAMP, HALL, 100.0 + later) == 0


def test_what_a_person_asked_for_in_between_is_not_taken_back_by_the_next_hand() -> None:
    ladder = Ladder()
    ladder.issued(command(Cause.LEARNED), 0.0)
    ladder.issued(command(Cause.PERSON), 10.0)
    assert ladder.changed_by_person(LAMP, HALL, 20.0) == 0


def test_those_of_one_rung_within_an_hour_are_counted_together() -> None:
    ladder, found = Ladder(), []
    for at, target in ((0.0, LAMP), (600.0, OTHER), (BURST, LAMP), (BURST + 1, OTHER)):
        ladder.issued(command(Cause.LEARNED, target), at)
        found.append(ladder.changed_by_person(target, HALL, at))
    assert found == [1, 2, 3, 3]


def test_a_new_level_begins_anew_and_none_is_as_configured() -> None:
    ladder = Ladder()
    assert ladder.level(HALL, Autonomy.AUTO) is Autonomy.AUTO
    ladder.issued(command(Cause.LEARNED), 0.0)
    ladder.changed_by_person(LAMP, HALL, 1.0)
    for level, counts in ((Autonomy.SUGGEST, Autonomy.SUGGEST), (None, Autonomy.AUTO)):
        ladder.stand(Step(rung=HALL, level=level, since=0.0, by="ben", why=""))
        assert ladder.level(HALL, Autonomy.AUTO) is counts
    ladder.issued(command(Cause.LEARNED), 2.0)
    assert ladder.changed_by_person(LAMP, HALL, 3.0) == 1
