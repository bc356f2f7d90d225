"""Whatever the API's own description allows is answered as it says, fails nowhere inside, and takes a token."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
)

from homectl.dashboard import application
from homectl.dashboard.attempts import WINDOW
from homectl.dashboard.roles import NEEDS
from tests.dashboard.asking import OURS
from tests.dashboard.doors import bearer, door
from tests.dashboard.lived import past
from tests.fakes import FakeHome

CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance, ignored_auth]
FEW = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
ENDLESS = "/api/events"


class Later:
    """Seconds of which so many pass between two looks that no wrong token counts; the back-off has tests of its own."""

    now = 0.0

    def __call__(self) -> float:
        self.now += WINDOW
        return self.now


def operations() -> dict[str, Any]:
    """Every route of the description that comes to an end, by its name."""
    app = application(FakeHome(), door(real=Later()), hosts=("testserver",), past=past())
    api: Any = schemathesis.openapi.from_asgi("/api/openapi.json", app, headers=bearer())
    found = [one.ok() for one in api.exclude(path=ENDLESS).get_all_operations()]
    return {f"{one.method.upper()} {one.path}": one for one in found}


OPERATIONS = operations()


def test_every_route_is_asked() -> None:
    undescribed = {"GET /", "GET /static/{path:path}", "GET /api/openapi.json"}
    assert {f"GET {ENDLESS}", *OPERATIONS} == set(NEEDS) - undescribed


@pytest.mark.parametrize("route", sorted(OPERATIONS))
def test_what_the_description_allows_is_answered_as_it_says(route: str) -> None:
    @FEW
    @given(case=OPERATIONS[route].as_strategy())
    def ask(case: Any) -> None:
        case.call_and_validate(checks=CHECKS, headers=OURS | bearer())

    ask()


@pytest.mark.parametrize("route", sorted(OPERATIONS))
def test_without_a_token_only_health_and_signing_in_answer(route: str) -> None:
    @settings(FEW, max_examples=2)
    @given(case=OPERATIONS[route].as_strategy())
    def ask(case: Any) -> None:
        status = case.call(headers=OURS).status_code
        if route == "POST /api/session":
            assert status in (401, 422)
        else:
            assert status == (200 if route == "GET /healthz" else 401)

    ask()
