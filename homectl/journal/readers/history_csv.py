"""The states in a history export of Home Assistant: a CSV whose columns begin with entity_id,state,last_changed.

Such an export names no unit (what it says is taken to be in ours, but for thermostats that want over 45 °) and no cause
of anything. It begins with what every entity was at the beginning of its span, and for sensors may go on with means of
whole hours; neither is a report, so what stands first of its entity on a whole minute and what is a sensor's on a whole
hour is left alone.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from homectl.home import LogError, Origin
from homectl.journal.readers.rows import Tally, fields_of, text_lines
from homectl.journal.readers.state import NO_ATTRIBUTES, Attributes, State

COLUMNS: Final = ("entity_id", "state", "last_changed")
ATTRIBUTES: Final[tuple[str, ...]] = ("current_temperature", "hvac_action", "temperature")
MOST: Final = 100_000
"""Entities that an export may have."""

MOST_COLUMNS: Final = 64


def is_history(start: bytes) -> bool:
    """Whether the first bytes of a text are those of an export."""
    first = start.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0].decode("utf-8", "replace")
    return tuple(_names(first)[:3]) == COLUMNS


def states(path: Path, tally: Tally) -> Iterator[State]:
    """Every usable state in the order of the file; the others are counted in `tally`. LogError for another file."""
    with path.open("rb") as raw:
        numbered = text_lines(raw, path, tally)
        names = _names(next(numbered, (1, ""))[1])
        if tuple(names[:3]) != COLUMNS or len(names) > MOST_COLUMNS:
            raise LogError(f"{path}:1: expected the columns {','.join(COLUMNS)}; export the history once more")
        places: dict[str, int] = {name: names.index(name) for name in ATTRIBUTES if name in names}
        known: set[str] = set()
        for line, text in numbered:
            tally.rows += 1
            state = _state(line, fields_of(text), places)
            if isinstance(state, str):
                tally.skip(state, line)
            elif _is_report(state, known):
                yield state
            else:
                tally.leave("a mean, or the state at the beginning of the export", line)
            if len(known) > MOST:
                raise LogError(f"{path}: expected up to {MOST:,} entities; export fewer at once")


def _names(line: str) -> list[str]:
    return [name.strip().lower() for name in line.lstrip("\ufeff").split(",")]


def _state(line: int, fields: list[str], places: dict[str, int]) -> State | str:
    if len(fields) < len(COLUMNS):
        return "expected 3 fields"
    try:
        time = datetime.fromisoformat(fields[2].strip())
        at = time.timestamp() if time.tzinfo else None
    except (ValueError, OverflowError):
        at = None
    if at is None:
        return "expected an ISO 8601 time with its zone"
    attributes: Attributes = {n: fields[p] for n, p in places.items() if p < len(fields) and fields[p]}
    return State(line, fields[0], fields[1], at, attributes or NO_ATTRIBUTES, Origin.UNKNOWN, True)


def _is_report(state: State, known: set[str]) -> bool:
    first = state.entity not in known
    known.add(state.entity)
    return not (first and state.at % 60 == 0) and not (state.entity.startswith("sensor.") and state.at % 3600 == 0)
