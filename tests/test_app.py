"""One home, one daemon."""

from pathlib import Path

import pytest

from homectl.app import alone
from homectl.home import HomeError


def test_a_second_daemon_on_the_same_journal_is_turned_away(tmp_path: Path) -> None:
    with alone(tmp_path / "house.db"), pytest.raises(HomeError, match="stop it first"), alone(tmp_path / "house.db"):
        pass
    with alone(tmp_path / "house.db"):
        pass
