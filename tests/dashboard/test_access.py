"""Who may ask for what: nothing without a token but the way in, and each role no more than its own."""

import asyncio
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.datastructures import Headers

from homectl.dashboard import application
from homectl.dashboard.access import NotKnown
from homectl.dashboard.attempts import IN_ALL, PER_ADDRESS, WINDOW
from homectl.dashboard.roles import NEEDS, needed
from homectl.dashboard.sessions import LIFE
from homectl.home import Account, HomeError, Light, Role
from tests.dashboard.asking import OURS, Face
from tests.dashboard.doors import KEY, TOKENS, FakeAccounts, bearer, door
from tests.dashboard.lived import past
from tests.dashboard.test_security import BODIES, OUR_PAGE, filled, unchanged
from tests.fakes import LAMP, FakeHome

PATHS = application(FakeHome(), door(), past=past()).openapi()["paths"]
ROUTES = sorted(f"{method.upper()} {path}" for path, methods in PATHS.items() for method in methods)
PAGE = ["GET /", "GET /static/{path:path}", "GET /api/openapi.json"]
"""What the description leaves out."""

OPEN = ["GET /healthz", "POST /api/session"]


def asked(route: str) -> str:
    """A route with all that it cannot be asked without."""
    query = "?device=climate&quantity=temperature" if route == "/api/history/readings" else ""
    return filled(route) + query


class Time:
    """Monotonic seconds that a test lets pass."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_every_route_has_a_role_in_the_table() -> None:
    assert {*ROUTES, *PAGE} == set(NEEDS)


def test_only_health_and_signing_in_are_for_anybody() -> None:
    assert [route for route in ROUTES if NEEDS[route] is None] == OPEN


@pytest.mark.parametrize("route", ROUTES)
def test_a_route_lets_in_its_role_and_those_above_and_nobody_else(route: str) -> None:
    method, path = route.split()
    role = NEEDS[route]
    if role is None or path == "/api/events":
        return
    home = FakeHome()
    home.suggestions = {LAMP: Light(on=True)}
    face, body = Face(home, stranger=True), BODIES.get(path, {}) if method == "POST" else None
    refused: dict[str, dict[str, str]] = {"nobody": {}, "not a token": bearer("x"), "a wrong one": bearer("owner-1.x")}
    refused |= {str(lower): bearer(TOKENS[lower]) for lower in Role if not lower.may(role)}
    for who, headers in refused.items():
        said = face.answer(method, asked(path), headers=OURS | headers, json=body)
        expected = (403, "role") if who in set(Role) else (401, "token")
        assert (who, said.status_code, said.json()["rule"]) == (who, *expected)
    assert unchanged(home)
    assert face.answer(method, asked(path), headers=OURS | bearer(TOKENS[role]), json=body).is_success


def test_a_route_that_nobody_thought_of_is_the_owner_s_where_it_changes_something() -> None:
    assert (needed("POST", "/api/new"), needed("PUT", "/api/home"), needed("GET", "/api/new")) == (
        Role.OWNER,
        Role.OWNER,
        Role.VIEWER,
    )


@pytest.mark.parametrize("route", ROUTES)
def test_however_a_path_is_written_it_takes_the_role_of_its_route(route: str) -> None:
    method, path = route.split()
    if (role := NEEDS[route]) is None or path == "/api/events":
        return
    face, body = Face(FakeHome(), stranger=True), BODIES.get(path, {}) if method == "POST" else None
    plain, query = filled(path), asked(path).removeprefix(filled(path))
    for way in (f"{plain}%0A", f"/{plain}", f"{plain}/", plain.replace("a", "%61")):
        written = way + query
        for lower in (lower for lower in Role if not lower.may(role)):
            said = face.answer(method, written, headers=OURS | bearer(TOKENS[lower]), json=body)
            assert (written, str(lower), said.is_success) == (written, str(lower), False)


def test_a_guest_or_viewer_cannot_unlock_set_a_mode_or_say_what_homectl_may_do() -> None:
    doors = ("targets/bolt/unlock", "targets/bolt/lock", "targets/bolt/lock/hold", "targets/bolt/lock/resume")
    for route in (*doors, "mode", "autonomy/kitchen/light", "learning/pause"):
        need = needed("POST", f"/api/{route}")
        assert need is not None
        assert not Role.GUEST.may(need)


def test_a_change_is_put_down_to_whose_token_it_is_whatever_is_said() -> None:
    home = FakeHome()
    face, said = Face(home, stranger=True), {"by": "by hand"}
    resident, owner = bearer(TOKENS[Role.RESIDENT]), bearer(TOKENS[Role.OWNER])
    assert face.answer("POST", "/api/targets/lamp/light/hold", headers=OURS | resident, json=said).is_success
    assert home.holds[LAMP].by == "resident-1"
    assert face.answer("POST", "/api/targets/lamp/light/resume", headers=OURS | resident, json=said).is_success
    assert home.resumed == [(LAMP, "resident-1")]
    assert face.answer("POST", "/api/mode", headers=OURS | owner, json={"mode": "away"} | said).is_success
    assert home.span is not None
    assert home.span.by == "owner-1"
    assert face.answer("POST", "/api/targets/lamp/light/hold", headers=OURS | bearer(), json={"by": "Ada"}).is_success
    assert home.holds[LAMP].by == "Ada"


def signed_in(face: Face, token: str = KEY, **more: Any) -> tuple[str, dict[str, str]]:
    """The whole cookie of a session, and the headers that show it."""
    said = face.answer("POST", "/api/session", headers=OUR_PAGE, json={"token": token}, **more)
    assert said.status_code == 200
    cookie = said.headers["Set-Cookie"]
    return cookie, {"Cookie": cookie.partition(";")[0]}


def test_a_token_is_traded_for_a_session_that_ends_when_one_signs_out() -> None:
    face = Face(FakeHome(), stranger=True)
    cookie, shown = signed_in(face, TOKENS[Role.GUEST])
    assert cookie.endswith("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict")
    assert TOKENS[Role.GUEST] not in cookie
    assert face.answer("GET", "/api/session", headers=shown).json() == {"name": "guest-1", "role": "guest"}
    assert face.answer("POST", "/api/targets/lamp/light", headers=OURS | shown, json={"on": True}).is_success
    assert face.answer("POST", "/api/mode", headers=OURS | shown, json={"mode": "away"}).status_code == 403
    out = face.answer("DELETE", "/api/session", headers=OUR_PAGE | shown)
    assert (out.status_code, "Max-Age=0" in out.headers["Set-Cookie"]) == (204, True)
    assert face.answer("GET", "/api/session", headers=shown).status_code == 401


def test_over_tls_a_session_travels_over_tls_only() -> None:
    face = Face(FakeHome(), stranger=True)
    page = OUR_PAGE | {"Origin": "https://127.0.0.1:8124"}
    said = face.answer("POST", "/api/session", headers=page, json={"token": KEY}, scheme="https")
    cookie = said.headers["Set-Cookie"]
    assert cookie.startswith("__Host-homectl-")
    assert cookie.endswith("; Secure")


def test_a_session_ends_by_itself_and_with_its_token() -> None:
    time, accounts = Time(), FakeAccounts()
    face = Face(FakeHome(), door(accounts, time), stranger=True)
    _, old = signed_in(face, TOKENS[Role.OWNER])
    time.now += LIFE - 1
    assert face.answer("GET", "/api/home", headers=old).status_code == 200
    time.now += 1
    assert face.answer("GET", "/api/home", headers=old).status_code == 401
    _, young = signed_in(face, TOKENS[Role.OWNER])
    token = bearer(TOKENS[Role.OWNER])
    assert face.answer("GET", "/api/home", headers=young).status_code == 200
    assert face.answer("GET", "/api/home", headers=token).status_code == 200
    del accounts.known[TOKENS[Role.OWNER]]
    assert face.answer("GET", "/api/home", headers=young).status_code == 401
    assert face.answer("GET", "/api/home", headers=token).status_code == 401


def test_a_token_is_looked_at_once_and_then_remembered() -> None:
    accounts = FakeAccounts()
    face = Face(FakeHome(), door(accounts), stranger=True)
    for _ in range(20):
        assert face.answer("GET", "/api/home", headers=bearer(TOKENS[Role.VIEWER])).status_code == 200
    assert accounts.looked_at == 1


GUESSERS = {
    "one address, one account": lambda n: ("10.0.0.1", "owner-1"),
    "one address, many accounts": lambda n: ("10.0.0.1", f"somebody-{n}"),
    "many addresses, one account": lambda n: (f"10.0.{n // 250}.{n % 250}", "owner-1"),
    "many addresses, many accounts": lambda n: (f"10.0.{n // 250}.{n % 250}", f"somebody-{n}"),
}


@pytest.mark.parametrize("guesser", GUESSERS)
def test_of_a_thousand_tokens_in_ten_minutes_ten_are_looked_at_and_the_owner_still_gets_in(guesser: str) -> None:
    async def guess() -> None:
        time, accounts, owner = Time(), FakeAccounts(), SecretStr(TOKENS[Role.OWNER])
        access = door(accounts, time)
        await access.sign_in(owner, "192.168.1.5")
        before, waits = accounts.looked_at, []
        for number in range(1000):
            address, account = GUESSERS[guesser](number)
            with pytest.raises(NotKnown) as refused:
                await access.entrant(Headers(bearer(f"{account}.guess-{number}")), "", address)
            waits.append(refused.value.wait)
            time.now += 0.59
        looked_at = accounts.looked_at - before
        assert PER_ADDRESS <= looked_at == waits.count(0.0) <= IN_ALL
        await access.sign_in(SecretStr(TOKENS[Role.OWNER]), "192.168.1.5")
        if guesser.startswith("one address"):
            await access.sign_in(SecretStr(TOKENS[Role.RESIDENT]), "192.168.1.99")

    asyncio.run(guess())


def test_who_waits_is_told_how_long_and_then_let_in() -> None:
    time = Time()
    face = Face(FakeHome(), door(real=time), stranger=True)
    for _ in range(PER_ADDRESS):
        assert face.answer("GET", "/api/home", headers=bearer("owner-1.no")).status_code == 401
    said = face.answer("GET", "/api/home", headers=bearer(TOKENS[Role.OWNER]))
    assert (said.status_code, said.json()["rule"], said.headers["Retry-After"]) == (429, "back-off", "600")
    assert face.answer("GET", "/api/home", headers=bearer(KEY)).status_code == 200
    time.now += WINDOW
    assert face.answer("GET", "/api/home", headers=bearer(TOKENS[Role.OWNER])).status_code == 200


def test_while_the_tokens_cannot_be_read_nobody_gets_in_and_nothing_counts_as_wrong() -> None:
    class Unreadable(FakeAccounts):
        broken = True

        def verify(self, token: SecretStr) -> Account | None:
            if self.broken:
                raise HomeError("home.tokens: expected the tokens of a home")
            return super().verify(token)

    accounts = Unreadable()
    face = Face(FakeHome(), door(accounts), stranger=True)
    for _ in range(IN_ALL + 1):
        assert face.answer("GET", "/api/home", headers=bearer(TOKENS[Role.OWNER])).status_code == 503
    accounts.broken = False
    assert face.answer("GET", "/api/home", headers=bearer(TOKENS[Role.OWNER])).status_code == 200


@pytest.mark.parametrize("token", ["", " ", "x" * 300, "é.\x7f", "owner-1"])
def test_no_token_at_all_is_nobody_s(token: str) -> None:
    face = Face(FakeHome(), stranger=True)
    headers = {"Authorization": f"Bearer {token}".encode()}
    assert face.answer("GET", "/api/home", headers=headers).status_code == 401  # type: ignore[arg-type]
    said = face.answer("POST", "/api/session", headers=OUR_PAGE, json={"token": token})
    assert said.status_code in (401, 422)
    assert "Set-Cookie" not in said.headers


def test_what_fails_is_one_line_of_the_log_however_its_path_is_written(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(FakeHome):
        async def ladder(self) -> Any:
            raise RuntimeError("broken")

    face = Face(Broken(), stranger=True)
    assert face.answer("GET", "/api/ladder%0A", headers=bearer()).status_code == 500
    (said,) = [record.getMessage() for record in caplog.records if "failed" in record.getMessage()]
    assert said == r"GET '/api/ladder\n' failed"
