"""What the API tells of a home's past: always bounded, and an error in one line."""

import asyncio
from typing import Any

import httpx
import pytest

from homectl.dashboard import application
from homectl.home import MOST_POINTS
from homectl.past import Remembered
from tests.dashboard.asking import OURS
from tests.dashboard.doors import bearer, door
from tests.fakes import FakeHome
from tests.past.conftest import day, past
from tests.past.lived import DAY, MIDNIGHT

__all__ = ["day", "past"]


def answer(past: Remembered | None, path: str, **about: Any) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(application(FakeHome(), door(), past=past))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8124") as client:
            return await client.get(path, params=about, headers=OURS | bearer())

    return asyncio.run(ask())


@pytest.mark.parametrize("points", [1, 60, MOST_POINTS])
def test_a_plot_never_gets_more_points_than_it_asked_for(past: Remembered, points: int) -> None:
    about = {"device": "climate", "quantity": "temperature", "since": MIDNIGHT, "until": MIDNIGHT + DAY}
    told = answer(past, "/api/history/readings", **about, points=points).json()
    columns = [told[name] for name in ("times", "low", "high", "last")]
    assert {len(column) for column in columns} == {min(points, 1440)}
    assert (min(told["low"]), max(told["high"]), told["timezone"]) == (5.5, 18.99, "Europe/Berlin")


def test_decisions_logbook_and_model_answer(past: Remembered) -> None:
    decisions = answer(past, "/api/history/decisions", target="lamp/light", limit=2).json()
    assert [one["ruling"] for one in decisions["decisions"]] == ["approved", "approved"]
    book = answer(past, "/api/logbook", limit=1, area="hall").json()
    row = {key: book["rows"][0][key] for key in ("what", "to", "by", "became", "kind")}
    assert row == {
        "what": "Front door lock",
        "to": "unlocked",
        "by": "by somebody",
        "became": "wrong PIN",
        "kind": "lock",
    }
    assert book["earlier"] == book["rows"][0]["at"]
    model = answer(past, "/api/model", days=2).json()
    assert (model["policy"], model["days"], model["candidates"][0]["verdict"]) == ("rules", 2, "rejected")


@pytest.mark.parametrize(
    ("path", "about", "status", "finding"),
    [
        ("history/readings", {}, 422, "device"),
        ("history/readings", {"device": "climate"}, 422, "quantity"),
        ("history/readings", {"device": "climate", "quantity": "mood"}, 422, "quantity"),
        ("history/readings", {"device": "../etc", "quantity": "power"}, 422, "device"),
        ("history/readings", {"device": "toaster", "quantity": "power"}, 404, "toaster"),
        ("history/readings", {"device": "climate", "quantity": "temperature", "points": 2001}, 422, "points"),
        ("history/readings", {"device": "climate", "quantity": "temperature", "points": 0}, 422, "points"),
        ("history/readings", {"device": "climate", "quantity": "temperature", "since": "nan"}, 422, "since"),
        ("history/readings", {"device": "climate", "quantity": "temperature", "since": 2, "until": 1}, 422, "since"),
        ("history/readings", {"device": "climate", "quantity": "temperature", "until": 1e300}, 422, "until"),
        ("history/decisions", {"target": "lamp"}, 422, "target"),
        ("history/decisions", {"target": "lamp/unlock"}, 422, "target"),
        ("history/decisions", {"target": "toaster/light"}, 404, "toaster"),
        ("history/decisions", {"limit": 501}, 422, "limit"),
        ("logbook", {"limit": 501}, 422, "limit"),
        ("logbook", {"area": "cellar"}, 404, "cellar"),
        ("logbook", {"since": 5, "until": 5}, 422, "since"),
        ("model", {"days": 63}, 422, "days"),
        ("model", {"days": 0}, 422, "days"),
    ],
)
def test_what_cannot_be_told_is_refused_in_one_line(
    past: Remembered, path: str, about: dict[str, Any], status: int, finding: str
) -> None:
    said = answer(past, f"/api/{path}", **about)
    assert (said.status_code, set(said.json())) == (status, {"rule", "finding"})
    assert finding in said.json()["finding"]
    assert "\n" not in said.json()["finding"]


def test_a_home_that_keeps_nothing_has_no_past() -> None:
    assert answer(None, "/api/logbook").status_code == 404


def test_every_route_about_the_past_says_what_it_answers(past: Remembered) -> None:
    paths = answer(past, "/api/openapi.json").json()["paths"]
    told = {
        path: paths[path]["get"] for path in paths if path.startswith(("/api/history", "/api/logbook", "/api/model"))
    }
    assert set(told) == {"/api/history/readings", "/api/history/decisions", "/api/logbook", "/api/model"}
    for about in told.values():
        assert about["description"]
        assert "$ref" in about["responses"]["200"]["content"]["application/json"]["schema"]
