"""The logbook says what was changed, to what, by whom, why and when, each thing once."""

import asyncio
from pathlib import Path

import pytest

from homectl.home import (
    ASKED,
    FORCED,
    Act,
    Actor,
    Autonomy,
    Hold,
    HoldKind,
    Kind,
    LogRow,
    Origin,
    Quantity,
    Rung,
    Step,
)
from homectl.journal import Journal
from homectl.past import Remembered
from tests.fakes import LAMP, LOCK, NOON
from tests.past.lived import DAY, HOUR, MIDNIGHT, deed, live_a_day, reading, remembered

SAID = [
    "Radiator set to 17.0 °C, by homectl, learned (somebody moves here) [failed: no answer] 22:00",
    "Kitchen: light let to suggest, by homectl (people took back 3 of its changes within an hour) [] 19:00",
    "Ceiling lamp off, by hand () [] 18:06",
    "Ceiling lamp on, by homectl, by its rules (somebody moves here) [confirmed] 18:00",
    "Small home in away mode until 20:00, by Ada () [] 16:00",
    "Ceiling lamp left alone no longer, by Ben () [] 15:00",
    "Ceiling lamp left alone until the room is empty, by Ben () [] 14:00",
    "Front door lock unlocked, by somebody () [wrong PIN] 13:00",
    "Front door lock locked, by hand or keypad () [] 12:00",
    "Front door lock unlocked, by Ada () [confirmed] 10:00",
    "Ceiling lamp off, by homectl, by its rules (somebody moves here) [confirmed] 09:00",
    "Radiator set to 21.0 °C, by Ada () [confirmed] 08:00",
    "Ceiling lamp on at 60%, by hand () [] 07:00",
    "Own model 1 rejected, by homectl, at night (nothing gained beyond chance) [] 04:00",
]


def line(row: LogRow) -> str:
    return f"{row.what} {row.to}, {row.by} ({row.why}) [{row.became}] {row.local_time.split()[-1]}"


def test_a_day_reads_as_it_was(past: Remembered) -> None:
    book = asyncio.run(past.logbook(None, None, None, 100))
    assert [line(row) for row in book.rows] == SAID
    assert book.earlier is None


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 13, 14])
def test_page_by_page_every_row_comes_once(past: Remembered, limit: int) -> None:
    async def pages() -> list[LogRow]:
        found, until, more = [], None, True
        while more:
            book = await past.logbook(None, until, None, limit)
            assert len(book.rows) <= limit
            found += book.rows
            until, more = book.earlier, book.earlier is not None
        return found

    assert [line(row) for row in asyncio.run(pages())] == SAID


@pytest.mark.parametrize(("area", "what"), [("living", {"Radiator"}), ("hall", {"Front door lock"}), ("garden", set())])
def test_an_area_has_a_logbook_of_its_own(past: Remembered, area: str, what: set[str]) -> None:
    book = asyncio.run(past.logbook(None, None, area, 100))
    assert {row.what for row in book.rows} == what
    kitchen = asyncio.run(past.logbook(None, None, "kitchen", 1))
    assert [line(row) for row in kitchen.rows] == SAID[1:2]


@pytest.mark.parametrize("limit", [1, 2, 40])
def test_an_area_where_little_happens_is_told_of_however_much_happens_elsewhere(tmp_path: Path, limit: int) -> None:
    path = tmp_path / "small.db"
    with Journal.open(path) as journal:
        journal.orders.record_hold(Hold(target=LAMP, kind=HoldKind.RESUMED, by="Ben", since=NOON, until=None))
        journal.orders.record_step(Step(rung=Rung("kitchen", Kind.LIGHT), level=None, since=NOON, by="Ben", why=""))
        for number in range(60):
            at = NOON + 1 + number
            journal.orders.record_hold(Hold(target=LOCK, kind=HoldKind.RESUMED, by="Ada", since=at, until=None))
            journal.orders.record_step(Step(rung=Rung("hall", Kind.LOCK), level=None, since=at, by="Ada", why=""))
            journal.audit.record(deed("Ada", Act.LOCK, 13 + number / 60, "done"))
    with remembered(path) as past:
        rows = asyncio.run(past.logbook(None, None, "kitchen", limit)).rows
    assert {row.by for row in rows} == {"by Ben"}
    assert len(rows) == 2


@pytest.mark.parametrize(("since", "until"), [(0, 24), (7, 9), (8.5, 18), (18, 18.1), (23, 24)])
def test_a_span_has_its_start_and_not_its_end(past: Remembered, since: float, until: float) -> None:
    start, end = MIDNIGHT + since * HOUR, MIDNIGHT + until * HOUR
    whole = asyncio.run(past.logbook(None, None, None, 100)).rows
    book = asyncio.run(past.logbook(start, end, None, 100))
    assert book.rows == tuple(row for row in whole if start <= row.at < end)


def test_what_happened_before_the_oldest_reading_that_is_kept_is_told(tmp_path: Path) -> None:
    path = tmp_path / "small.db"
    with Journal.open(path) as journal:
        journal.audit.record(deed("Ada", Act.ADDED, -48, "done"))
        live_a_day(journal)
        journal.retain(MIDNIGHT + 23 * HOUR)
    with remembered(path) as past:
        book = asyncio.run(past.logbook(None, None, None, 100))
    said = [line(row) for row in book.rows]
    assert said[-1] == "Front door lock may unlock with a PIN, by Ada () [] 00:00"
    assert "Front door lock unlocked, by Ada () [confirmed] 10:00" in said


def test_who_asked_and_who_forced_is_said_once_and_no_reason_is_made_of_it(tmp_path: Path) -> None:
    path, rung = tmp_path / "small.db", Rung("kitchen", Kind.LIGHT)
    with Journal.open(path) as journal:
        journal.append([reading("lamp", Quantity.LIGHT_ON, 0.0, 0, Origin.UNKNOWN)])
        for hours, why in ((7, ASKED), (8, FORCED)):
            at = MIDNIGHT + hours * HOUR
            journal.orders.record_step(Step(rung=rung, level=Autonomy.AUTO, since=at, by="owner", why=why))
        journal.audit.record(deed(Actor.NAMELESS, Act.LOCK, 9, "confirmed"))
        journal.orders.record_hold(
            Hold(target=LAMP, kind=HoldKind.RESUMED, by="Ben", since=MIDNIGHT + 10 * HOUR, until=None)
        )
    with remembered(path) as past:
        book = asyncio.run(past.logbook(None, None, None, 100))
    assert [line(row) for row in book.rows] == [
        "Ceiling lamp left alone until somebody resumes it, by Ben () [] 10:00",
        "Front door lock locked, by a person () [confirmed] 09:00",
        "Kitchen: light let to auto by force, by owner () [] 08:00",
        "Kitchen: light let to auto, by owner () [] 07:00",
    ]


def test_before_the_first_reading_nothing_is_looked_for(past: Remembered) -> None:
    assert asyncio.run(past.logbook(None, MIDNIGHT - DAY, None, 10)).rows == ()
