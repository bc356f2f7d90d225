"""What people made of what a policy did by itself: they let it be, or took it back."""

from collections.abc import Iterable

from homectl.control.agreement import by_people, during, same
from homectl.home import TAKEN_BACK, History, Record, Ruling, Target


def kept(
    target: Target, records: Iterable[Record], history: History, start: float, end: float
) -> list[tuple[Record, bool]]:
    """Every change of a target that was carried out from `start` to TAKEN_BACK before `end`, UTC seconds.

    It is kept if no person set something else within TAKEN_BACK. `records` may be of other targets as well; those
    whose command came to nothing are for the caller to leave out.
    """
    said = by_people(target, history, start, end)
    done = (record for record in records if record.target == target and record.ruling is Ruling.APPROVED)
    return [
        (
            one,
            all(same(one, change.value) for change in during(said, one.since, one.since + TAKEN_BACK)),
        )
        for one in sorted(done, key=lambda record: record.since)
        if start <= one.since <= end - TAKEN_BACK
    ]
