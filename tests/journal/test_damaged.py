"""A journal that is damaged is said to be, whatever is asked of it: nobody is shown an error of SQLite's."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from homectl.home import JournalDamaged, JournalError, Origin, Quantity, Reading
from homectl.journal import Journal
from tests.fakes import LAMP, NOON, small_home

PAGE = 4096
QUESTIONS: tuple[Callable[[Journal], object], ...] = (
    Journal.home,
    Journal.history,
    lambda journal: journal.decisions(LAMP),
    Journal.lessons,
    Journal.newest,
    Journal.count,
    Journal.refusals,
    Journal.commands,
    lambda journal: journal.last_start(NOON),
    lambda journal: journal.orders.holds(),
    lambda journal: journal.orders.modes(),
    lambda journal: journal.orders.ladder(),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "h.db"
    with Journal.open(path) as journal:
        journal.set_home(small_home())
        journal.append(
            Reading(device="lamp", quantity=Quantity.LIGHT_ON, value=n % 2, at=NOON + 60 * n, origin=Origin.PERSON)
            for n in range(2000)
        )
    return path


def test_a_damaged_page_is_told_as_damage(path: Path) -> None:
    whole, dice, damaged = path.read_bytes(), Random(1), 0
    for page in range(1, len(whole) // PAGE):
        path.write_bytes(whole[: page * PAGE] + dice.randbytes(PAGE) + whole[(page + 1) * PAGE :])
        for question in QUESTIONS:
            try:
                with Journal.open(path, read_only=True) as journal:
                    question(journal)
            except JournalError as error:
                damaged += isinstance(error, JournalDamaged)
    assert damaged > len(QUESTIONS)


def test_a_home_that_makes_no_sense_is_damage(path: Path) -> None:
    with Journal.open(path) as journal:
        journal._db.execute("UPDATE about SET value = '{' WHERE name = 'home'")
        with pytest.raises(JournalDamaged, match="start its home, which salvages it"):
            journal.home()
