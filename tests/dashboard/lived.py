"""The past of a fake home: a day that was really kept, for as long as the tests run."""

import atexit
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from homectl.past import Remembered
from tests.past.lived import journal_of_a_day, remembered

_LEFT = ExitStack()
atexit.register(_LEFT.close)


@cache
def past() -> Remembered:
    folder = Path(_LEFT.enter_context(TemporaryDirectory(prefix="homectl-past-")))
    return _LEFT.enter_context(remembered(journal_of_a_day(folder / "small.db")))
