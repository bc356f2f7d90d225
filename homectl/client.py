"""Asks a running daemon over its HTTP API, as any program on this machine may."""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import date
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote

from pydantic import SecretStr, ValidationError

from homectl.home import (
    ActionRefused,
    Autonomy,
    HoldKind,
    HomeError,
    HomeView,
    LearningWish,
    LockedOut,
    Mode,
    PinRefused,
    Rung,
    Target,
)
from homectl.page_key import PageKey

TIMEOUT = 5.0
PATIENCE = 15.0
"""Seconds that an answer may take which waits for PINs to be looked at."""


NOBODY = (
    "The home asks who you are: run this as the user that runs the home, or give $HOMECTL_TOKEN a token of "
    "homectl token add"
)


class Client:
    """One daemon of this machine. Every call raises HomeError where nobody answers.

    Shows the token that $HOMECTL_TOKEN holds, or that the daemon has left for the programs of its user.
    """

    def __init__(self, port: int) -> None:
        self._port = port

    def home(self) -> HomeView:
        said = self._call("GET", "/api/home")
        try:
            return HomeView.model_validate(said)
        except ValidationError:
            raise HomeError(f"Another version of homectl answers on port {self._port}; use the same for both") from None

    def explain(self, target: Target) -> str:
        return self._word("explanation", "GET", f"/api/targets/{quote(str(target))}/explain")

    def set(self, target: Target, body: Mapping[str, Any]) -> str:
        """The id of the command; ActionRefused where the guard objects."""
        return self._word("command", "POST", f"/api/targets/{quote(str(target))}", body)

    def unlock(self, target: Target, person: str, pin: SecretStr) -> str:
        """The id of the command; PinRefused, LockedOut or ActionRefused where it is not let through."""
        body = {"person": person, "pin": pin.get_secret_value()}
        return self._word("command", "POST", f"/api/targets/{quote(target.device)}/unlock", body, PATIENCE)

    def hold(
        self, target: Target, minutes: float | None = None, kind: HoldKind = HoldKind.MINUTES, by: str = ""
    ) -> str:
        """Keep homectl's hands off a target, for so many minutes of the home's time or as its kind says."""
        body = {"kind": kind, "by": by} | ({} if minutes is None else {"minutes": minutes})
        return self._word("said", "POST", f"/api/targets/{quote(str(target))}/hold", body)

    def resume(self, target: Target) -> None:
        """End every hold on a target."""
        self._call("POST", f"/api/targets/{quote(str(target))}/resume", {})

    def accept(self, target: Target, by: str = "") -> str:
        """The id of the command that does what is suggested; ActionRefused where nothing is."""
        return self._word("command", "POST", f"/api/targets/{quote(str(target))}/accept", {"by": by})

    def reject(self, target: Target, by: str = "") -> str:
        """Say that a target is right as it is: how long it is held; ActionRefused where nothing is suggested."""
        return self._word("said", "POST", f"/api/targets/{quote(str(target))}/reject", {"by": by})

    def let(self, rung: Rung, level: Autonomy | None, by: str = "", *, force: bool = False) -> str:
        """Let homectl do so much on a rung: what counts now; ActionRefused where too little was measured for auto."""
        body = {"level": level, "by": by, "force": force}
        return self._word("said", "POST", f"/api/autonomy/{quote(rung.area)}/{rung.kind}", body)

    def mode(self, mode: Mode, hours: float | None = None, until: str = "", by: str = "") -> str:
        """Set or end a mode of the home: what that means; ActionRefused for an end that cannot be."""
        body = {"mode": mode, "until": until, "by": by} | ({} if hours is None else {"hours": hours})
        return self._word("said", "POST", "/api/mode", body)

    def simulate(self, control: str, arguments: Mapping[str, Any]) -> None:
        """Ask the simulator of a simulated home for something."""
        self._call("POST", f"/api/simulator/{control}", arguments)

    def learning(self, wish: LearningWish, days: Sequence[date]) -> str:
        """What came of something asked of the home's learning; ActionRefused where it cannot be."""
        body = {"days": [day.isoformat() for day in days]}
        return self._word("said", "POST", f"/api/learning/{wish}", body)

    def _word(self, name: str, method: str, path: str, body: Mapping[str, Any] | None = None, *more: float) -> str:
        """One text of an answer."""
        said = self._call(method, path, body, *more)
        if not isinstance(said, dict) or not isinstance(said.get(name), str):
            raise self._stranger()
        return str(said[name])

    def _stranger(self) -> HomeError:
        return HomeError(
            f"Something other than homectl answers on port {self._port} of this machine; name another with --port"
        )

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None, timeout: float = TIMEOUT) -> Any:
        key = PageKey.of(self._port) or PageKey(port=self._port, token="")
        token = os.environ.get("HOMECTL_TOKEN") or key.token
        asked = connection(key, timeout)
        headers = {"X-Homectl": "1", "Content-Type": "application/json"} if body is not None else {}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        try:
            asked.request(method, path, None if body is None else json.dumps(body), headers)
            answer = asked.getresponse()
            said = json.loads(answer.read() or b"null")
        except OSError as error:
            raise HomeError(
                f"No homectl answers on port {self._port} of this machine ({error.strerror or error}); "
                "start one with: homectl run, or name its page's port with --port"
            ) from None
        except (HTTPException, ValueError):
            raise self._stranger() from None
        finally:
            asked.close()
        if answer.status >= 400:
            raise _refused(answer.status, said, answer.getheader("Retry-After"))
        return said


def connection(key: PageKey, timeout: float) -> HTTPConnection:
    """To the page, encrypted where it has a certificate: then to nobody but who holds its key."""
    context = key.encrypted()
    if context is None:
        return HTTPConnection(key.host, key.port, timeout=timeout)
    return HTTPSConnection(key.host, key.port, timeout=timeout, context=context)


def _refused(status: int, said: Any, wait: str | None) -> HomeError:
    rule, finding = (said.get("rule", ""), said.get("finding", "")) if isinstance(said, dict) else ("", str(said))
    if status == 401 and rule == "token":
        return HomeError(NOBODY)
    if status == 429 and rule == "lock-out" and wait is not None and wait.isdecimal():
        return LockedOut(int(wait))
    if status == 401:
        return PinRefused(rule, finding)
    if status == 409:
        return ActionRefused(rule, finding)
    return HomeError(finding if rule == "device" else f"The daemon answered {status}: {finding}")
