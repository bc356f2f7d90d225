"""Questions about the past are bounded, and nothing waits for them."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Awaitable, Iterable
from pathlib import Path

import pytest

from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.home import (
    AgeLimits,
    AreaUnknown,
    DeviceUnknown,
    HomeError,
    JournalDamaged,
    JournalError,
    Kind,
    Quantity,
    Ruling,
    Signal,
    Target,
)
from homectl.journal import Journal, PastReader
from homectl.past import Remembered
from homectl.past.remembered import MOST_WAITING
from homectl.policies import policy_of
from tests.fakes import LAMP, small_home
from tests.past.lived import DAY, HOUR, MIDNIGHT, NOW, journal_of_a_day, live_a_day, reading, remembered


def test_the_last_day_is_told_unless_another_time_is_asked_for(past: Remembered) -> None:
    told = asyncio.run(past.readings("climate", Quantity.TEMPERATURE, None, None, 100))
    assert (told.since, told.until, told.readings) == (NOW - DAY, NOW, 1440)
    assert len(told.times) <= 100
    assert min(low for low in told.low if low is not None) == 5.5  # one minute among a day's


def test_what_stood_before_a_span_is_known(past: Remembered) -> None:
    told = asyncio.run(past.readings("lamp", Quantity.LIGHT_ON, MIDNIGHT + 8 * HOUR, MIDNIGHT + 8.5 * HOUR, 10))
    assert (told.before, told.times) == (1.0, ())


def test_decisions_that_came_to_nothing_are_told_only_when_asked_for(past: Remembered) -> None:
    async def rulings(*, idle: bool) -> list[Ruling]:
        told = await past.decisions(LAMP, None, None, 100, idle=idle)
        return [one.ruling for one in told.decisions]

    came = [Ruling.APPROVED, Ruling.APPROVED, Ruling.SUGGESTED]
    assert asyncio.run(rulings(idle=False)) == came
    assert asyncio.run(rulings(idle=True)) == [*came, Ruling.NOTHING]


def test_decisions_are_told_in_words_page_by_page(past: Remembered) -> None:
    first = asyncio.run(past.decisions(None, None, None, 2))
    rest = asyncio.run(past.decisions(None, None, first.earlier, 100))
    said = [one.said for one in (*first.decisions, *rest.decisions)]
    assert said[1] == "Ceiling lamp: asked to be on, because somebody moves here (rules, 85% sure)."
    assert len(said) == 4
    assert rest.earlier is None


def test_nobody_by_that_name_is_told_of(past: Remembered) -> None:
    with pytest.raises(DeviceUnknown):
        asyncio.run(past.readings("toaster", Quantity.POWER, None, None, 10))
    with pytest.raises(DeviceUnknown):
        asyncio.run(past.decisions(Target("toaster", Kind.LIGHT), None, None, 10))
    with pytest.raises(AreaUnknown, match="Known: garden, hall, kitchen"):
        asyncio.run(past.logbook(None, None, "attic", 10))


def test_a_question_that_takes_too_long_ends_in_one_line(tmp_path: Path, day: Path) -> None:
    ticks = iter(range(1_000_000))
    past = Remembered(
        day,
        home=small_home,
        now=lambda: NOW,
        worked=lambda: 10.0 * next(ticks),  # every look at the clock is ten seconds later
        policy=policy_of("rules", Limits()),
        ages=AgeLimits(),
        autonomy=AutonomySettings(),
    )
    with pytest.raises(JournalError, match="took too long") as caught:
        asyncio.run(past.readings("climate", Quantity.TEMPERATURE, None, None, 100))
    past.close()
    assert "\n" not in str(caught.value)


def test_the_loop_goes_on_while_a_question_is_answered_and_a_crowd_is_turned_away(past: Remembered) -> None:
    release = threading.Event()

    async def crowd() -> list[BaseException | object]:
        began, loop = asyncio.Event(), asyncio.get_running_loop()

        def long(_: PastReader) -> None:
            loop.call_soon_threadsafe(began.set)
            release.wait(5)

        held = asyncio.create_task(past.ask(long))
        await began.wait()  # the loop turns though the question is not answered
        others = [asyncio.create_task(past.logbook(None, None, None, 1)) for _ in range(MOST_WAITING)]
        await asyncio.sleep(0.01)
        release.set()
        await held
        return list(await asyncio.gather(*others, return_exceptions=True))

    answers = asyncio.run(crowd())
    refused = [one for one in answers if isinstance(one, HomeError)]
    assert len(refused) == 1
    assert "ask again" in str(refused[0])


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("decisions", "confidence", "garbage"),
        ("decisions", "cause", "garbage"),
        ("audit", "actor", b"\xff"),
        ("modes", "until", 2**62),
        ("holds", "until", 9e300),
        ("lessons", "figures", "[]"),
        ("commands", "setting", b"\xff"),
    ],
)
def test_what_makes_no_sense_in_a_journal_is_an_answer_and_no_failure(
    tmp_path: Path, table: str, column: str, value: object
) -> None:
    path = journal_of_a_day(tmp_path / "small.db")
    with contextlib.closing(sqlite3.connect(path)) as other, other:
        other.execute(f"UPDATE {table} SET {column} = ?", (value,))
    with remembered(path) as past:
        asked = [past.decisions(None, None, None, 100), past.logbook(None, None, None, 100), past.model(28)]
        found = asyncio.run(_all(asked))
    failed = [one for one in found if isinstance(one, BaseException)]
    assert failed
    assert {type(one) for one in failed} == {JournalDamaged}


async def _all(asked: Iterable[Awaitable[object]]) -> list[object | BaseException]:
    return list(await asyncio.gather(*asked, return_exceptions=True))


def test_at_the_end_a_question_is_not_waited_for(past: Remembered) -> None:
    async def leave() -> None:
        began, loop = asyncio.Event(), asyncio.get_running_loop()

        def endless(reader: PastReader) -> int:
            loop.call_soon_threadsafe(began.set)
            return sum(len(reader.points(Signal("climate", Quantity.TEMPERATURE), 0, NOW, 1)) for _ in range(10**6))

        asked = asyncio.create_task(past.ask(endless))
        await began.wait()
        past.close()
        with pytest.raises(JournalError):
            await asyncio.wait_for(asked, 20)

    asyncio.run(leave())


def test_a_writer_never_waits_for_who_looks_back(tmp_path: Path) -> None:
    path = tmp_path / "small.db"
    with Journal.open(path) as journal:
        live_a_day(journal)
        with PastReader.open(path, lambda: False) as reader:
            signal = Signal("climate", Quantity.TEMPERATURE)
            before = reader.points(signal, MIDNIGHT, NOW + DAY, 2000)
            journal.append([reading("climate", Quantity.TEMPERATURE, 30.0, 24)])
            journal.flush()
            assert len(reader.points(signal, MIDNIGHT, NOW + DAY, 2000)) == len(before) + 1
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                reader._db.execute("DELETE FROM readings")
