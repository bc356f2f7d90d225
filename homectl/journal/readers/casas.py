"""CASAS text logs: date, time, sensor and what it said, apart by blanks or tabs, told in the columns of a tidy CSV.

A sensor is known by its name's letters: M and MA motion, D a door's contact, T a temperature in °C, L and LS a lamp.
One that is called after its place (`Kitchen Kitchen ON`) is a door where it says OPEN or CLOSE, else motion. Nothing
in such a log says who switched a lamp: its origin is the home's `switched_by`, unknown where that is not said.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from homectl.home import LogError
from homectl.journal.readers.rows import TOO_LONG, Tally, check_packed, lines

LINE = re.compile(rb"\d{4}-\d\d-\d\d[ \t]+\d\d:\d\d:\d\d(\.\d+)?[ \t]+\S+[ \t]+\S")
NUMBERED = re.compile(r"([A-Z]{1,4})\d{1,4}")
NOWHERE = "Ignore"

KINDS = {"M": "motion", "MA": "motion", "D": "contact", "T": "temperature", "L": "lamp", "LS": "lamp"}
SAID: dict[str, dict[str, str]] = {
    "motion": {"ON": "1", "OFF": "0"},
    "contact": {"OPEN": "1", "CLOSE": "0", "CLOSED": "0"},
    "lamp": {"ON": "1", "OFF": "0"},
}
PRESENCE = frozenset({"PRESENT", "ABSENT"})
STATES = frozenset({word for words in SAID.values() for word in words}) | PRESENCE
MOST_FIELDS = 64
HOPELESS = 20_000
"""Lines without a single usable one, after which a file is no such log."""


def is_casas(start: bytes) -> bool:
    """Whether a log begins like a CASAS text."""
    return bool(LINE.match(start.lstrip(b"\xef\xbb\xbf\r\n\t ")))


def rows(path: Path, tally: Tally) -> Iterator[tuple[int, list[str]]]:
    """The lines as rows of a tidy CSV: (line number, ts, home, room, device, kind, value, unit).

    What a label says of an activity is not looked at. LogError for a file that is no such log.
    """
    check_packed(path)
    home, found = path.name.partition(".")[0], False
    for number, line in lines(path, tally):
        tally.rows += 1
        if line.startswith(TOO_LONG):
            tally.skip("a line that is too long", number)
        elif row := _row(line.decode("utf-8", "replace").split(None, MOST_FIELDS), home, number, tally):
            found = True
            yield number, row
        if not found and tally.rows >= HOPELESS:
            raise LogError(
                f"{path}: expected lines such as 2010-11-04 00:03:50.2 M003 ON, got {tally.rows:,} others; name a log"
            )


def _row(fields: list[str], home: str, number: int, tally: Tally) -> list[str] | None:
    """None for a line that was counted as skipped or left alone."""
    if len(fields) < 4 or not LINE.match(" ".join(fields[:4]).encode()):
        tally.skip("expected a date, a time, a sensor and what it said", number)
        return None
    at, (name, room, said) = f"{fields[0]}T{fields[1][:15]}", _told(fields[2:])
    kind, why = _kind(name, said)
    if kind is None:
        tally.leave(why, number)
        return None
    value = said if kind == "temperature" else SAID[kind].get(said)
    if value is None:
        tally.skip(f"expected {' or '.join(SAID[kind])} of a sensor of {kind}", number)
        return None
    return [at, home, room, name, kind, value, "C" if kind == "temperature" else ""]


def _told(fields: list[str]) -> tuple[str, str, str]:
    """The sensor, its room if the log says one, and what it said: the first word that is a state, else the next."""
    if NUMBERED.fullmatch(fields[0]):
        return fields[0], "", next((word for word in fields[1:] if word != NOWHERE), "").upper()
    place = next((place for place, word in enumerate(fields) if word.upper() in STATES), 1)
    names = list(dict.fromkeys(word for word in fields[: max(1, place)] if word != NOWHERE))
    return " ".join(names), names[0] if names else "", fields[place].upper()


def _kind(name: str, said: str) -> tuple[str | None, str]:
    """What a sensor tells; None and why it is left alone."""
    numbered = NUMBERED.fullmatch(name)
    if said in PRESENCE or (numbered and numbered[1] == "I"):
        return None, "an item sensor: whether a thing is in its place tells nothing of light, heat or doors"
    if numbered is None:
        return ("contact" if said in SAID["contact"] else "motion"), ""
    if numbered[1] == "LS" and said not in SAID["lamp"]:
        return None, "a light sensor: its numbers are in no unit that is known"
    kind = KINDS.get(numbered[1])
    return kind, "" if kind else "of a kind of sensor that nothing here uses"
