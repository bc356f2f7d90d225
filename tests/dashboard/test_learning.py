"""What a person asks of a home's learning goes through the same door as everything else."""

from datetime import date
from typing import Any

import pytest

from homectl.home import LearningWish
from tests.dashboard.asking import answer
from tests.fakes import FakeHome


@pytest.mark.parametrize(
    ("wish", "body", "days"),
    [
        ("pause", {}, ()),
        ("now", {"days": []}, ()),
        ("exclude", {"days": ["2026-01-03", "2026-01-04"]}, (date(2026, 1, 3), date(2026, 1, 4))),
    ],
)
def test_a_wish_reaches_the_home_s_learning(wish: str, body: Any, days: tuple[date, ...]) -> None:
    home = FakeHome()
    said = answer(home, "POST", f"/api/learning/{wish}", json=body)
    assert (said.status_code, said.json()) == (200, {"said": f"{wish}: done"})
    assert home.learned == [(LearningWish(wish), days)]


@pytest.mark.parametrize(
    ("wish", "body", "status", "rule"),
    [
        ("rollback", {}, 409, "learning"),
        ("forget", {"days": ["2026-01-03"]}, 404, "path"),
        ("unlearn", {}, 404, "path"),
        ("exclude", {"days": ["3.1.2026"]}, 422, "body"),
        ("exclude", {"days": ["2026-02-30"]}, 422, "body"),
        ("exclude", {"days": [7]}, 422, "body"),
        ("exclude", {"days": "2026-01-03"}, 422, "body"),
        ("exclude", {"day": "2026-01-03"}, 422, "body"),
    ],
)
def test_what_cannot_be_is_refused_and_asks_nothing(wish: str, body: Any, status: int, rule: str) -> None:
    home = FakeHome()
    said = answer(home, "POST", f"/api/learning/{wish}", json=body)
    assert (said.status_code, said.json()["rule"]) == (status, rule)
    assert home.learned == []


def test_another_page_s_wish_is_turned_away() -> None:
    home = FakeHome()
    assert answer(home, "POST", "/api/learning/pause", headers={}, json={}).status_code == 403
    assert home.learned == []
