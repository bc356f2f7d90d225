"""The demo as a person plays with it: the wire goes wrong and right again, and the home begins anew."""

from pathlib import Path

import pytest

from homectl.home import HomeView
from tests.end_to_end.daemons import needs_mosquitto
from tests.end_to_end.demo import RunningDemo

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180), needs_mosquitto]

CLIMATE = "living_climate"


def humidity(view: HomeView) -> float | None:
    values = (v for a in view.areas for d in a.devices if d.id == CLIMATE for v in d.values)
    return next((value.value for value in values if value.quantity == "humidity"), None)


def test_a_home_that_is_deceived_cut_off_and_begun_anew_is_seen_to_be_so(tmp_path: Path) -> None:
    with RunningDemo(tmp_path, "--seed", "5", "--policy", "rules", "--past", "0", "--speed", "60") as demo:
        first = demo.wait_for(lambda view: "plan" in view.simulator)
        demo.simulate("sense", {"device": CLIMATE, "quantity": "humidity", "value": 91.0})
        demo.wait_for(lambda view: humidity(view) == 91.0)
        demo.wait_for(lambda view: view.simulator.get("overridden") == {CLIMATE: {"humidity": 91.0}})
        demo.simulate("broker", {"fault": "reset", "seconds": 3.0})
        demo.wait_for(lambda view: not view.connected)
        lost = demo.wait_for(lambda view: view.connected and view.simulator.get("broker") == "none", within=30)
        assert lost.at > first.at
        demo.simulate("reset", {})
        anew = demo.wait_for(lambda view: view.at < lost.at and view.simulator.get("paused") is False, within=60)
        assert anew.simulator["overridden"] == {}
        assert anew.simulator["plan"] == first.simulator["plan"]
        demo.simulate("scenario", {"name": "fire"})
        fire = demo.wait_for(lambda view: view.id == "home-7" and view.simulator.get("paused") is False, within=60)
        assert any(device.id == "kitchen_detector" for area in fire.areas for device in area.devices)
    assert {path.name for path in (tmp_path / "data").glob("life-*")} == {"life-1", "life-2"}
