"""Where learning stands follows from what happened to it, in order, and from nothing else."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homectl.home import Event, Lesson
from homectl.learning.standing import GIVEN, Standing


def lesson(event: Event, model: int | None = None, *days: str, start: int = 0, at: float = 0.0) -> Lesson:
    return Lesson(at=at, event=event, said=f"{event}", model=model, days=days, start=start)


def made(event: Event, model: int, start: int = 0, days: tuple[str, str] = ("2026-01-01", "2026-01-09")) -> Lesson:
    return lesson(event, model, *days, start=start)


SHADOWED, PROMOTED, REJECTED = (made(event, 1) for event in (Event.SHADOWED, Event.PROMOTED, Event.REJECTED))
SECOND = made(Event.PROMOTED, 2, start=1, days=("2026-01-05", "2026-01-16"))


@pytest.mark.parametrize(
    ("lessons", "champion", "shadow"),
    [
        ([], GIVEN, None),
        ([SHADOWED], GIVEN, 1),
        ([SHADOWED, lesson(Event.SCORED, 1)], GIVEN, 1),
        ([SHADOWED, lesson(Event.PROMOTED, 1)], 1, None),
        ([SHADOWED, lesson(Event.REJECTED, 1)], GIVEN, None),
        ([REJECTED], GIVEN, None),
        ([PROMOTED, SECOND], 2, None),
        ([PROMOTED, SECOND, made(Event.REJECTED, 3, start=2)], 2, None),
        ([PROMOTED, SECOND, lesson(Event.ROLLED_BACK, 2)], 1, None),
        ([PROMOTED, SECOND, lesson(Event.ROLLED_BACK, 2), lesson(Event.ROLLED_BACK, 1)], GIVEN, None),
        ([PROMOTED, SECOND, lesson(Event.DROPPED, 1)], 2, None),
        ([SHADOWED, lesson(Event.DROPPED, 1)], GIVEN, None),
        ([SHADOWED, lesson(Event.ROLLED_BACK, 1)], GIVEN, None),
    ],
)
def test_who_is_in_charge_and_who_in_shadow(lessons: list[Lesson], champion: int, shadow: int | None) -> None:
    standing = Standing.of(lessons)
    assert (standing.champion, standing.shadow) == (champion, shadow)


def test_a_model_is_numbered_anew_even_when_the_last_one_is_gone() -> None:
    assert Standing().next_number == 1
    assert Standing.of([SHADOWED, lesson(Event.DROPPED, 1)]).next_number == 2


def test_a_model_has_learned_from_what_its_ancestors_did() -> None:
    second = Standing.of([PROMOTED, SECOND]).models[2]
    assert (second.first, second.last) == (date(2026, 1, 1), date(2026, 1, 16))
    assert second.learned_from(date(2026, 1, 3))
    assert not second.learned_from(date(2026, 1, 17))


def test_pauses_and_excluded_days_are_kept_until_taken_back() -> None:
    lessons = [lesson(Event.PAUSED), lesson(Event.EXCLUDED, None, "2026-01-01", "2026-01-02")]
    standing = Standing.of(lessons)
    assert standing.paused
    assert standing.excluded == {date(2026, 1, 1), date(2026, 1, 2)}
    standing = standing.after(lesson(Event.RESUMED)).after(lesson(Event.INCLUDED, None, "2026-01-01"))
    assert not standing.paused
    assert standing.excluded == {date(2026, 1, 2)}


def test_the_reason_of_a_night_that_taught_nothing_holds_until_one_does() -> None:
    standing = Standing.of([Lesson(at=0, event=Event.SKIPPED, said="no torch")])
    assert standing.skipped == "no torch"
    assert standing.after(SHADOWED).skipped == ""


EVENTS = st.lists(st.tuples(st.sampled_from(list(Event)), st.integers(1, 4)), max_size=30)


@given(EVENTS)
def test_whatever_happens_nobody_is_in_charge_and_in_shadow_at_once(events: list[tuple[Event, int]]) -> None:
    standing = Standing.of(lesson(event, model, "2026-01-01", "2026-01-02") for event, model in events)
    assert standing.shadow not in standing.line
    assert len(set(standing.line)) == len(standing.line)
    assert standing.kept <= standing.models.keys()
