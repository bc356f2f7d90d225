"""Which role each route needs. What is not here is an owner's, or, where it only reads, a viewer's."""

import re

from starlette.routing import compile_path

from homectl.home import Role

VIEWER, GUEST, RESIDENT, OWNER = Role.VIEWER, Role.GUEST, Role.RESIDENT, Role.OWNER

NEEDS: dict[str, Role | None] = {
    "GET /": None,
    "GET /static/{path:path}": None,
    "GET /healthz": None,
    "POST /api/session": None,
    "GET /api/session": VIEWER,
    "DELETE /api/session": VIEWER,
    "GET /readyz": VIEWER,
    "GET /metrics": VIEWER,
    "GET /api/openapi.json": VIEWER,
    "GET /api/home": VIEWER,
    "GET /api/events": VIEWER,
    "GET /api/targets/{device}/{kind}/explain": VIEWER,
    "GET /api/targets/{device}/{kind}/inputs": VIEWER,
    "GET /api/history/readings": VIEWER,
    "GET /api/history/decisions": VIEWER,
    "GET /api/logbook": VIEWER,
    "GET /api/model": VIEWER,
    "GET /api/traffic": RESIDENT,  # what devices say may hold the codes of a keypad
    "GET /api/ladder": VIEWER,
    "POST /api/targets/{device}/light": GUEST,
    "POST /api/targets/{device}/setpoint": GUEST,
    "POST /api/targets/{device}/{kind}/hold": GUEST,
    "POST /api/targets/{device}/{kind}/resume": GUEST,
    "POST /api/targets/{device}/{kind}/accept": RESIDENT,
    "POST /api/targets/{device}/{kind}/reject": RESIDENT,
    "POST /api/targets/{device}/lock": RESIDENT,
    "POST /api/targets/{device}/unlock": RESIDENT,
    "POST /api/mode": RESIDENT,
    "POST /api/simulator/{control}": RESIDENT,
    "POST /api/autonomy/{area}/{kind}": OWNER,
    "POST /api/learning/{wish}": OWNER,
}
"""None: anybody, for without it nobody could sign in."""

OF_DOORS: dict[str, Role | None] = {
    "POST /api/targets/{device}/lock/hold": RESIDENT,
    "POST /api/targets/{device}/lock/resume": RESIDENT,
}
"""Where what is asked is about a door: a lock that is held is not locked by what was learned."""

READING = frozenset({"GET", "HEAD", "OPTIONS"})

_Row = tuple[str, re.Pattern[str], Role | None]


def _row(route: str, role: Role | None) -> _Row:
    method, path = route.split(" ", 1)
    return method, compile_path(path)[0], role


_ROWS = [_row(route, role) for route, role in (NEEDS | OF_DOORS).items()]


def needed(method: str, path: str) -> Role | None:
    """The role that a request needs, the highest of every row that fits; None for what anybody may.

    A row fits as the router has it, for which a path may end in a line break.
    """
    asked = "GET" if method == "HEAD" else method
    fitting = [role for row, pattern, role in _ROWS if row == asked and pattern.match(path)]
    if not fitting:
        return VIEWER if method in READING else OWNER
    return max(fitting, key=lambda role: -1 if role is None else list(Role).index(role))
