"""What a person asks of a home's learning, granted or refused."""

from collections.abc import Iterable, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from homectl.home import ActionRefused, Event, LearningWish, Lesson
from homectl.journal import Journal
from homectl.learning.days import span_of_day
from homectl.learning.shelf import Shelf
from homectl.learning.standing import GIVEN, Standing


def granted(standing: Standing, wish: LearningWish, days: Sequence[date], at: float, shelf: Shelf) -> Lesson:
    """What a wish (any but NOW) changes; ActionRefused where there is nothing to change."""
    match wish:
        case LearningWish.PAUSE if not standing.paused:
            said = "nothing is learned until: homectl learn resume; who is in charge stays so"
            return Lesson(at=at, event=Event.PAUSED, said=said)
        case LearningWish.RESUME if standing.paused:
            return Lesson(at=at, event=Event.RESUMED, said="the next night is learned from again")
        case LearningWish.EXCLUDE if days:
            return _about(at, Event.EXCLUDED, "nothing is learned from", set(days))
        case LearningWish.INCLUDE if standing.excluded & set(days):
            return _about(at, Event.INCLUDED, "these days teach after all:", standing.excluded & set(days))
        case LearningWish.ROLLBACK:
            return _one_back(standing, at, shelf)
    refused = {
        LearningWish.PAUSE: "learning is paused already; to go on: homectl learn resume",
        LearningWish.RESUME: "learning is not paused; homectl learn status shows how it stands",
        LearningWish.EXCLUDE: "expected at least one day; name it: homectl learn exclude 2026-01-03..2026-01-07",
        LearningWish.INCLUDE: "none of these days is excluded; homectl learn status lists those that are",
    }
    raise ActionRefused("learning", refused.get(wish, f"{wish} is not for now"))


def _about(at: float, event: Event, said: str, days: Iterable[date]) -> Lesson:
    named = tuple(day.isoformat() for day in sorted(days))
    return Lesson(at=at, event=event, said=f"{said} {listed(named)}", days=named)


def listed(days: Sequence[str]) -> str:
    """A few days by name, many by their number and ends."""
    return ", ".join(days) if len(days) <= 3 else f"{len(days)} days from {days[0]} to {days[-1]}"


def _one_back(standing: Standing, at: float, shelf: Shelf) -> Lesson:
    """The model in charge gives way to the one before it; one in shadow to nobody."""
    number = standing.shadow if standing.champion == GIVEN else standing.champion
    if number is None:
        raise ActionRefused("learning", "no own model is in charge or in shadow; there is nothing to go back from")
    before = [n for n in standing.line if n != number]
    if before and not shelf.has(before[-1]):
        raise ActionRefused(
            "learning", f"the weights of own model {before[-1]} are no longer kept; forget or train anew"
        )
    back = f"own model {before[-1]}" if before else "the weights the home began with"
    said = f"own model {number} gives way; {back} decides from here on"
    return Lesson(at=at, event=Event.ROLLED_BACK, said=said, model=number)


def forget(
    journal: Journal, standing: Standing, days: Sequence[date], at: float, zone: ZoneInfo, shelf: Shelf
) -> list[Lesson]:
    """Delete what the journal and the shelf know of some local days; what was recorded about it.

    Own models that learned from one of them, or began as one that did, are dropped, to be made anew some night.
    """
    gone = journal.forget(span_of_day(day, zone) for day in days)
    named = tuple(day.isoformat() for day in days)
    dropped = [model.number for model in standing.models.values() if any(map(model.learned_from, days))]
    lessons = [
        Lesson(at=at, event=Event.FORGOTTEN, said=f"{listed(named)}, {gone} readings in all, deleted", days=named),
        *(
            Lesson(at=at, event=Event.DROPPED, said="it had learned from days that are forgotten", model=number)
            for number in dropped
            if number in standing.kept
        ),
    ]
    shelf.drop(dropped)
    journal.record_lessons(lessons)
    return lessons
