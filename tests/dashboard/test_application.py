"""The API asks the home and nobody else, and every answer says what it means."""

import json
import math
import re
from typing import Any

import pytest
from pydantic import SecretStr

from homectl.home import Autonomy, HomeError, Kind, Light, Lock, Rung, Setpoint, Setting, Target, Unlock
from tests.dashboard.asking import answer
from tests.fakes import HEATING, LAMP, LOCK, PERSON, FakeHome, small_home


@pytest.mark.parametrize(
    ("path", "body", "target", "setting"),
    [
        ("lamp/light", {"on": True}, LAMP, Light(on=True)),
        ("lamp/light", {"on": True, "level": 0.4}, LAMP, Light(on=True, level=0.4)),
        ("lamp/light", {"on": True, "level": 1}, LAMP, Light(on=True, level=1.0)),
        ("lamp/light", {"on": False}, LAMP, Light(on=False)),
        ("valve/setpoint", {"celsius": 21.5}, HEATING, Setpoint(21.5)),
        ("bolt/lock", {"lock": True}, LOCK, Lock()),
    ],
)
def test_a_wish_reaches_the_home_as_a_setting(path: str, body: Any, target: Target, setting: Setting) -> None:
    home = FakeHome()
    said = answer(home, "POST", f"/api/targets/{path}", json=body)
    assert (said.status_code, home.asked) == (200, [(target, setting)])
    assert said.json() == {"command": home.outcomes[target].command.id}


@pytest.mark.parametrize(
    ("path", "body", "status", "rule"),
    [
        ("valve/setpoint", {"celsius": 35}, 409, "setpoint_limits"),
        ("toaster/light", {"on": True}, 404, "device"),
        ("lamp/lock", {"lock": True}, 404, "device"),
        ("lamp/toaster", {"on": True}, 404, "request"),
        ("LAMP/light", {"on": True}, 404, "path"),
        ("lamp/light", {}, 422, "body"),
        ("lamp/light", {"on": "yes"}, 422, "body"),
        ("lamp/light", {"on": True, "level": 0}, 422, "body"),
        ("lamp/light", {"on": True, "level": 1.1}, 422, "body"),
        ("lamp/light", {"on": False, "level": 0.5}, 422, "body"),
        ("lamp/light", {"on": True, "colour": "red"}, 422, "body"),
        ("valve/setpoint", {"celsius": "21"}, 422, "body"),
        ("bolt/lock", {"lock": False}, 422, "body"),
        ("bolt/lock", {"unlock": True}, 422, "body"),
        ("bolt/unlock", {"lock": True}, 422, "body"),
        ("bolt/unlock", {"person": "Ada"}, 422, "body"),
        ("bolt/unlock", {"person": "Ada", "pin": 7391}, 422, "body"),
        ("bolt/unlock", {"person": "Ada", "pin": "7" * 65}, 422, "body"),
        ("bolt/unlock", {"person": "", "pin": "7391"}, 422, "body"),
        ("lamp/unlock", {"person": "Ada", "pin": "7391"}, 404, "device"),
        ("bolt/unlock", {"person": "Ada", "pin": "7392"}, 401, "pin"),
        ("bolt/unlock", {"person": "Ben", "pin": "7391"}, 401, "pin"),
        ("lamp/light/hold", {"minutes": 0}, 422, "body"),
        ("lamp/light/hold", {"minutes": 1e9}, 422, "body"),
        ("lamp/toaster/hold", {"minutes": 5}, 404, "path"),
        ("toaster/light/resume", {}, 404, "device"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_and_asks_nothing(path: str, body: Any, status: int, rule: str) -> None:
    home = FakeHome()
    said = answer(home, "POST", f"/api/targets/{path}", json=body)
    assert (said.status_code, said.json()["rule"]) == (status, rule)
    assert said.json()["finding"]
    assert home.asked == []
    assert home.holds == {}


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '{"celsius": NaN}', '{"celsius": Infinity}', '{"celsius": 1e999}', "21"]
)
def test_a_body_that_is_no_plain_json_object_is_refused(body: str) -> None:
    home = FakeHome()
    said = answer(
        home,
        "POST",
        "/api/targets/valve/setpoint",
        content=body,
        headers={"X-Homectl": "1", "Content-Type": "application/json"},
    )
    assert (said.status_code, said.json()["rule"], home.asked) == (422, "body", [])


def test_a_form_is_never_taken_for_json() -> None:
    home = FakeHome()
    headers = {"X-Homectl": "1", "Content-Type": "text/plain"}
    said = answer(home, "POST", "/api/targets/lamp/light", content='{"on": true}', headers=headers)
    assert (said.status_code, home.asked) == (422, [])


def test_a_hold_starts_and_ends_and_a_decision_explains_itself() -> None:
    home = FakeHome()
    home.sentences[LAMP] = "Left off: nobody is there."
    assert answer(home, "POST", "/api/targets/lamp/light/hold", json={"minutes": 5}).status_code == 200
    assert home.view().areas[0].devices[0].targets[0].hold_left == 300.0
    assert answer(home, "POST", "/api/targets/lamp/light/resume").status_code == 204
    assert home.holds == {}
    explained = answer(home, "GET", "/api/targets/lamp/light/explain").json()
    assert explained == {"explanation": "Left off: nobody is there."}


def test_a_suggestion_is_accepted_or_rejected_once() -> None:
    home = FakeHome()
    home.suggestions = {LAMP: Light(on=True), HEATING: Setpoint(21.0)}
    assert home.view().areas[0].devices[0].targets[0].suggestion == "on"
    assert answer(home, "POST", "/api/targets/lamp/light/accept", json={"by": "anna"}).is_success
    assert home.asked == [(LAMP, Light(on=True))]
    assert answer(home, "POST", "/api/targets/valve/setpoint/reject", json={}).status_code == 200
    assert HEATING in home.holds
    for target, verb in (("lamp/light", "accept"), ("valve/setpoint", "reject")):
        assert answer(home, "POST", f"/api/targets/{target}/{verb}", json={}).status_code == 409


@pytest.mark.parametrize(
    ("body", "status", "level"),
    [
        ({"level": "suggest"}, 200, Autonomy.SUGGEST),
        ({"level": None}, 200, None),
        ({"level": "auto"}, 409, "as before"),
        ({"level": "auto", "force": True}, 200, Autonomy.AUTO),
        ({"level": "always"}, 422, "as before"),
        ({}, 422, "as before"),
    ],
)
def test_a_level_is_set_by_area_and_kind(body: dict[str, Any], status: int, level: Autonomy | str | None) -> None:
    home, rung = FakeHome(), Rung("kitchen", Kind.LIGHT)
    assert answer(home, "POST", "/api/autonomy/kitchen/light", json=body).status_code == status
    assert home.levels.get(rung, "as before") == level


@pytest.mark.parametrize("kind", ["schedule", "empty", "resumed"])
def test_a_hold_can_be_of_every_kind_and_says_until_when(kind: str) -> None:
    home = FakeHome()
    body = {"kind": kind, "by": "anna"}
    assert answer(home, "POST", "/api/targets/lamp/light/hold", json=body).json() == {
        "said": "lamp/light is left alone"
    }
    shown = answer(home, "GET", "/api/home").json()["areas"][0]["devices"][0]["targets"][0]
    assert (shown["hold"]["kind"], shown["hold"]["by"], shown["hold"]["until"]) == (kind, "anna", None)
    assert shown["hold_left"] is None
    assert shown["hold"]["text"].startswith("until ") or kind == "schedule"


def test_a_mode_is_set_shown_and_ended() -> None:
    home = FakeHome()
    assert answer(home, "POST", "/api/mode", json={"mode": "party", "hours": 3, "by": "anna"}).status_code == 200
    shown = answer(home, "GET", "/api/home").json()["mode"]
    assert (shown["mode"], shown["by"]) == ("party", "anna")
    assert shown["text"].startswith("party until 15:30, set by anna: lamps hands off")
    assert answer(home, "POST", "/api/mode", json={"mode": "none"}).status_code == 200
    assert answer(home, "GET", "/api/home").json()["mode"]["text"] == ""


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("mode", {"mode": "fiesta"}, 422),
        ("mode", {}, 422),
        ("mode", {"mode": "away", "hours": 0}, 422),
        ("mode", {"mode": "away", "hours": 1, "until": "18:00"}, 422),
        ("mode", {"mode": "none", "until": "18:00"}, 422),
        ("mode", {"mode": "away", "by": "a\nb"}, 422),
        ("mode", {"mode": "away", "until": "yesterday"}, 409),
        ("targets/lamp/light/hold", {"kind": "empty", "minutes": 5}, 422),
        ("targets/lamp/light/hold", {"kind": "ever"}, 422),
        ("targets/valve/setpoint", {"celsius": 1e308}, 422),
        ("targets/valve/setpoint", {"celsius": -51}, 422),
    ],
)
def test_an_order_that_cannot_be_is_refused_and_changes_nothing(path: str, body: Any, status: int) -> None:
    home = FakeHome()
    said = answer(home, "POST", f"/api/{path}", json=body)
    assert (said.status_code, home.holds, home.span) == (status, {}, None)
    assert said.json()["finding"]


def test_the_view_is_the_home_as_it_is_known_with_unknown_as_null() -> None:
    home = FakeHome()
    home.health = {**home.health, "late": math.nan}
    shown = answer(home, "GET", "/api/home").json()
    assert [area["id"] for area in shown["areas"]] == ["kitchen", "living", "hall", "garden"]
    assert shown["areas"][0]["devices"][0]["targets"][0]["reported"] == "off"
    assert shown["health"]["late"] is None


@pytest.mark.parametrize(
    ("control", "arguments"),
    [
        ("speed", {"speed": 60}),
        ("pause", {}),
        ("press", {"device": "lamp"}),
        ("move", {"person": "Ada", "area": "away"}),
    ],
)
def test_a_simulated_home_takes_controls_and_a_real_one_refuses_them(control: str, arguments: dict[str, Any]) -> None:
    simulated, real = FakeHome(), FakeHome(small_home(simulated=False))
    assert answer(simulated, "POST", f"/api/simulator/{control}", json=arguments).status_code == 204
    assert simulated.simulated == [(control, arguments)]
    said = answer(real, "POST", f"/api/simulator/{control}", json=arguments)
    assert (said.status_code, said.json()["rule"], real.simulated) == (409, "simulated", [])


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ('{"speed": NaN}', 422),
        ('{"speed": [1]}', 422),
        (json.dumps({"speed": "x" * 65}), 422),
        (json.dumps({f"k{n}": 1 for n in range(9)}), 422),
        ('{"speed": 2}', 204),
    ],
)
def test_arguments_of_a_control_are_few_plain_values(content: str, status: int) -> None:
    headers = {"X-Homectl": "1", "Content-Type": "application/json"}
    assert answer(FakeHome(), "POST", "/api/simulator/speed", content=content, headers=headers).status_code == status


class Broken(FakeHome):
    """A home whose links fail: one way it knows, and one it does not."""

    async def resume(self, target: Target, by: str = "") -> None:
        raise HomeError("The journal is full. Free some space.")

    async def unlock(self, target: Target, person: str, pin: SecretStr) -> str:
        raise KeyError(person, pin)

    async def explain(self, target: Target) -> str:
        raise KeyError("a secret of the inside")


def test_what_the_home_cannot_do_is_503_and_what_fails_inside_is_500_without_a_word_of_it() -> None:
    unable = answer(Broken(), "POST", "/api/targets/lamp/light/resume")
    assert (unable.status_code, unable.json()["finding"]) == (503, "The journal is full. Free some space.")
    failed = answer(Broken(), "GET", "/api/targets/lamp/light/explain")
    assert (failed.status_code, failed.json()["rule"]) == (500, "internal")
    assert "secret" not in failed.text


def test_readiness_is_the_link_to_the_broker_and_life_is_not() -> None:
    home = FakeHome()
    home.connected = False
    assert answer(home, "GET", "/readyz").status_code == 503
    assert answer(home, "GET", "/healthz").status_code == 200
    home.connected = True
    assert answer(home, "GET", "/readyz").json() == {"ready": True}


def test_a_person_with_a_pin_unlocks() -> None:
    home = FakeHome()
    said = answer(home, "POST", "/api/targets/bolt/unlock", json={"person": PERSON[0], "pin": PERSON[1]})
    assert (said.status_code, home.asked) == (200, [(LOCK, Unlock())])
    assert said.json() == {"command": home.outcomes[LOCK].command.id}


def test_too_many_wrong_pins_are_told_when_to_come_again() -> None:
    home = FakeHome()
    body = {"person": "Ada", "pin": "7392"}
    said = [answer(home, "POST", "/api/targets/bolt/unlock", json=body) for _ in range(6)]
    assert [one.status_code for one in said] == [401] * 5 + [429]
    assert len({one.text for one in said[:5]}) == 1
    assert said[0].headers["WWW-Authenticate"] == "PIN"
    assert said[5].headers["Retry-After"] == "60"
    assert said[5].json()["finding"] == "too many wrong PINs; try again in 60 s, or use the key"


@pytest.mark.parametrize("pin", ["73917391", "x" * 40 + "73917391" * 4, 73917391, ["73917391"], {"is": "73917391"}])
def test_no_answer_and_no_log_repeats_a_pin(pin: object, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        for home in (FakeHome(), Broken()):
            said = answer(home, "POST", "/api/targets/bolt/unlock", json={"person": "Ada", "pin": pin})
            assert said.status_code >= 400
            assert "7391" not in said.text
    assert "7391" not in caplog.text


def test_every_route_is_described_and_one_unlocks() -> None:
    paths = answer(FakeHome(), "GET", "/api/openapi.json").json()["paths"]
    assert {"/api/home", "/api/events", "/api/targets/{device}/lock", "/api/simulator/{control}"} <= set(paths)
    assert [path for path in paths if "unlock" in path] == ["/api/targets/{device}/unlock"]


@pytest.mark.parametrize("path", ["/", "/static/page.js", "/static/page.css", "/static/icon.svg"])
def test_the_page_is_served_from_the_package(path: str) -> None:
    assert answer(FakeHome(), "GET", path).status_code == 200


def test_a_browser_keeps_the_files_of_a_version_and_asks_for_the_page_anew() -> None:
    home = FakeHome()
    page = answer(home, "GET", "/")
    named = re.findall(r'"(/static/[^"]+)"', page.text)
    assert page.headers["Cache-Control"] == "no-store"
    assert any(path.endswith("/page.js") for path in named)
    for path in named:
        said = answer(home, "GET", path)
        assert (said.status_code, said.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
        assert said.headers["Content-Security-Policy"] == page.headers["Content-Security-Policy"]
        version, name = path.split("/")[2:]
        unversioned = answer(home, "GET", f"/static/{name}")
        assert (unversioned.content, unversioned.headers["Cache-Control"]) == (said.content, "no-store")
        for other in (version[::-1], f"{version}/{version}"):
            assert answer(home, "GET", f"/static/{other}/{name}").status_code == 404


@pytest.mark.parametrize("path", ["/static/../application.py", "/static/%2e%2e/application.py", "/static/", "/docs"])
def test_nothing_else_is_served(path: str) -> None:
    assert answer(FakeHome(), "GET", path).status_code == 404
