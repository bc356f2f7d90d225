"""Claims about what a page may look into: traffic, and what the policy reads."""

import pytest

from homectl.bridge.messages import Message
from homectl.home import HomeView
from tests.dashboard.asking import answer
from tests.fakes import LAMP, FakeHome


def test_traffic_is_told_since_a_message() -> None:
    home = FakeHome()
    for payload in (b'{"state":"ON"}', b'{"pin_code":"1234"}'):
        home.passed.note(Message("zigbee2mqtt/lamp", payload, retain=True), 12.5)
    first, second = answer(home, "GET", "/api/traffic").json()["messages"]
    assert (first["id"], first["direction"], first["topic"]) == (1, "in", "zigbee2mqtt/lamp")
    assert (first["payload"], first["retained"], first["bytes"], first["at"]) == ('{"state":"ON"}', True, 14, 12.5)
    assert "1234" not in second["payload"]
    assert answer(home, "GET", "/api/traffic?since=1").json() == {"messages": [second], "dropped": 0}


@pytest.mark.parametrize("since", ["-1", "x", "1e3", "99999999999999999999"])
def test_a_wrong_since_is_refused(since: str) -> None:
    assert answer(FakeHome(), "GET", f"/api/traffic?since={since}").status_code == 422


def test_inputs_are_told_of_a_target_that_there_is() -> None:
    found = answer(FakeHome(), "GET", f"/api/targets/{LAMP.device}/light/inputs")
    assert (found.status_code, found.json()["policy"], found.json()["note"]) == (200, "rules", "rules read none")
    assert answer(FakeHome(), "GET", "/api/targets/moon/light/inputs").status_code == 404


class Closed:
    """A home that shows itself and nothing more."""

    def __init__(self) -> None:
        self._home = FakeHome()

    def view(self) -> HomeView:
        return self._home.view()


@pytest.mark.parametrize("path", ["/api/traffic", f"/api/targets/{LAMP.device}/light/inputs"])
def test_a_home_that_cannot_show_its_inside_says_so(path: str) -> None:
    found = answer(Closed(), "GET", path)  # type: ignore[arg-type]
    assert found.status_code == 409
    assert "no daemon" in found.text


def test_a_control_may_give_something_back() -> None:
    home = FakeHome()
    sense = {"device": "motion", "quantity": "motion", "value": None}
    assert answer(home, "POST", "/api/simulator/sense", json=sense).status_code == 204
    assert home.simulated == [("sense", sense)]
