"""One journal of a day for all that only read it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from homectl.past import Remembered
from tests.past.lived import journal_of_a_day, remembered


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return journal_of_a_day(tmp_path_factory.mktemp("past") / "small.db")


@pytest.fixture
def past(day: Path) -> Iterator[Remembered]:
    with remembered(day) as found:
        yield found
