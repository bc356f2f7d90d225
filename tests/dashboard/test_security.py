"""No other page and no other host can ask for anything, whatever the route."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message

from homectl.dashboard import application
from homectl.dashboard.security import ON_EVERY_ANSWER
from homectl.home import Light
from tests.dashboard.asking import OURS, Face, answer
from tests.dashboard.doors import KEY, door
from tests.dashboard.lived import past
from tests.fakes import LAMP, PERSON, FakeHome

OUR_PAGE = {**OURS, "Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8124"}
FOREIGN: dict[str, dict[str, str]] = {
    "no header": {},
    "wrong header": {"X-Homectl": "yes"},
    "cross-site": {**OURS, "Sec-Fetch-Site": "cross-site"},
    "same-site": {**OURS, "Sec-Fetch-Site": "same-site"},
    "typed": {**OURS, "Sec-Fetch-Site": "none"},
    "foreign origin": {**OURS, "Origin": "http://evil.test"},
    "other port": {**OURS, "Origin": "http://127.0.0.1:9999"},
    "opaque origin": {**OURS, "Origin": "null"},
    "says same-origin from elsewhere": {**OUR_PAGE, "Origin": "http://evil.test"},
    "our page without our header": {"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8124"},
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HOSTS = [
    "evil.test",
    "house.test.evil.test",
    "house.test:8124:1",
    "127.0.0.1.evil.test",
    "127.0.0.1@evil.test",
    "localhost:80:80",
    "[::2]",
    "0.0.0.0",
    "",
    "localhost.",
]
BODIES: dict[str, Any] = {
    "/api/session": {"token": KEY},
    "/api/targets/{device}/light": {"on": True},
    "/api/targets/{device}/setpoint": {"celsius": 20},
    "/api/targets/{device}/lock": {"lock": True},
    "/api/targets/{device}/unlock": {"person": PERSON[0], "pin": PERSON[1]},
    "/api/targets/{device}/{kind}/hold": {"minutes": 5},
    "/api/targets/{device}/{kind}/resume": {},
    "/api/targets/{device}/{kind}/accept": {},
    "/api/targets/{device}/{kind}/reject": {},
    "/api/autonomy/{area}/{kind}": {"level": "suggest"},
    "/api/mode": {"mode": "away"},
    "/api/simulator/{control}": {},
    "/api/learning/{wish}": {"days": []},
}
DEVICE = {"light": "lamp", "setpoint": "valve", "lock": "bolt", "unlock": "bolt"}


PATHS = application(FakeHome(), door(), past=past()).openapi()["paths"]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def routes() -> list[str]:
    """Every path that the application itself says it has."""
    return sorted({*PATHS, "/", "/static/page.js", "/api/openapi.json"})


def changing_routes() -> list[str]:
    return sorted(path for path, methods in PATHS.items() if "post" in methods)


def filled(route: str) -> str:
    kind = route.rpartition("/")[2]
    return route.format(device=DEVICE.get(kind, "lamp"), kind="light", control="pause", wish="pause", area="kitchen")


def unchanged(home: FakeHome) -> bool:
    return not (home.asked or home.holds or home.simulated or home.learned or home.wrong or home.span or home.levels)


def test_the_matrix_below_covers_every_route_that_changes_something() -> None:
    assert changing_routes() == sorted(BODIES)


@pytest.mark.parametrize("route", sorted(BODIES))
def test_our_own_page_may_ask(route: str) -> None:
    home = FakeHome()
    home.suggestions = {LAMP: Light(on=True)}
    assert answer(home, "POST", filled(route), headers=OUR_PAGE, json=BODIES[route]).is_success


@pytest.mark.parametrize("method", METHODS)
def test_another_page_changes_nothing_whatever_it_asks_for(method: str) -> None:
    home = FakeHome()
    face = Face(home)
    asked = 0
    for route in set(routes()) - ({"/api/events"} if method in ("GET", "HEAD") else set()):
        for name, headers in FOREIGN.items():
            said = face.answer(method, filled(route), headers=headers, json=BODIES.get(route, {}))
            refused = method not in ("GET", "HEAD") or (route != "/" and name in ("cross-site", "same-site"))
            assert not refused or (route, name, said.status_code) == (route, name, 403)
            asked += 1
    assert unchanged(home)
    assert asked > 200


@pytest.mark.parametrize("route", sorted(BODIES))
def test_a_form_of_our_own_changes_nothing_either(route: str) -> None:
    home = FakeHome()
    said = answer(home, "POST", filled(route), headers={**OUR_PAGE, **FORM}, content="on=true&lock=true&mode=away")
    assert said.status_code in (204, 422)
    assert unchanged(home) or home.simulated == [("pause", {})]


@pytest.mark.parametrize("method", METHODS)
def test_a_foreign_host_is_answered_421_on_every_route(method: str) -> None:
    home = FakeHome()
    face = Face(home)
    for route in routes():
        said = face.answer(method, filled(route), headers={**OUR_PAGE, "Host": "evil.test"})
        assert (route, said.status_code) == (route, 421)
    assert unchanged(home)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("GET", "/api/home"), ("GET", "/metrics"), ("POST", "/api/simulator/pause")]
)
def test_a_foreign_host_is_answered_421(method: str, path: str) -> None:
    home = FakeHome()
    face = Face(home)
    for host in HOSTS:
        said = face.answer(method, path, headers={**OURS, "Host": host})
        assert (host, said.status_code, said.json()["rule"]) == (host, 421, "host")
    assert unchanged(home)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8124", "LOCALHOST", "[::1]:80", "House.test:8124"])
def test_loopback_and_a_configured_name_are_answered(host: str) -> None:
    assert answer(FakeHome(), "GET", "/api/home", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "CONNECT"])
def test_other_methods_change_nothing(method: str) -> None:
    home = FakeHome()
    said = answer(home, method, "/api/targets/lamp/light", headers=OUR_PAGE)
    assert (said.status_code, said.headers["Allow"]) == (405, "POST")
    assert unchanged(home)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/api/home", {"Authorization": "Bearer nobody.s"}, 401),
        ("POST", "/api/mode", OURS | {"Authorization": "Bearer guest-1.guests-secret"}, 403),
        ("GET", "/", {}, 200),
        ("GET", "/static/page.js", {}, 200),
        ("GET", "/api/home", {}, 200),
        ("GET", "/metrics", {}, 200),
        ("GET", "/nowhere", {}, 404),
        ("GET", "/", {"Host": "evil.test"}, 421),
        ("POST", "/api/home", OURS, 405),
        ("POST", "/api/simulator/pause", {}, 403),
        ("POST", "/api/simulator/pause", OURS, 204),
        ("POST", "/api/targets/lamp/light", OURS, 422),
        ("POST", "/api/targets/toaster/light/resume", OURS, 404),
    ],
)
def test_every_answer_carries_the_same_protection(method: str, path: str, headers: dict[str, str], status: int) -> None:
    said = answer(FakeHome(), method, path, headers=headers)
    assert said.status_code == status
    assert {name: said.headers.get(name) for name in ON_EVERY_ANSWER} == ON_EVERY_ANSWER
    assert said.headers["Cache-Control"] == "no-store"
    assert "access-control-allow-origin" not in said.headers


@pytest.mark.parametrize(
    ("size", "extra", "status"),
    [(64 * 1024, {}, 422), (64 * 1024 + 1, {}, 413), (0, {"Transfer-Encoding": "chunked"}, 411)],
)
def test_a_large_or_endless_body_is_refused_before_it_is_read(size: int, extra: dict[str, str], status: int) -> None:
    headers = {**OURS, "Content-Type": "application/json", **extra}
    said = answer(FakeHome(), "POST", "/api/targets/lamp/light", headers=headers, content=b" " * size)
    assert said.status_code == status


@pytest.mark.parametrize(("path", "hosts"), [("http://127.0.0.1/api/home", 1), ("/api/home", 0), ("/api/home", 2)])
def test_a_request_of_doubtful_address_is_answered_421(path: str, hosts: int) -> None:
    sent: list[Message] = []
    scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"host", b"127.0.0.1")] * hosts}

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(application(FakeHome(), door())(scope, receive, send))
    assert sent[0]["status"] == 421
