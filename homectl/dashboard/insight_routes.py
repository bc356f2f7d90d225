"""What may be looked into besides the home itself: MQTT traffic, and what the policy reads."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi import Path as InPath

from homectl.dashboard.refusals import Answer
from homectl.home import ActionRefused, Actions, InputsView, Insight, Kind, Target, TrafficView

Name = Annotated[str, InPath(pattern=r"^[a-z0-9][a-z0-9_-]{0,47}$")]
Since = Annotated[int | None, Query(ge=0, le=2**53)]
REFUSALS: dict[int | str, dict[str, Any]] = {status: {"model": Answer} for status in (404, 409, 421, 422)}


def insight_routes(actions: Actions) -> APIRouter:
    """Nothing here changes anything. ActionRefused where a home cannot show its inside."""
    routes = APIRouter(prefix="/api", responses=REFUSALS)

    @routes.get("/traffic")
    async def traffic(since: Since = None) -> TrafficView:
        """The MQTT messages that homectl heard and sent after one of them, or the last few."""
        return _insight(actions).traffic(since)

    @routes.get("/targets/{device}/{kind}/inputs")
    async def inputs(device: Name, kind: Kind) -> InputsView:
        """What the policy reads for a target now, with ages, and what each of its heads says."""
        return await _insight(actions).inputs(Target(device, kind))

    return routes


def _insight(actions: Actions) -> Insight:
    if not isinstance(actions, Insight):
        raise ActionRefused("running homes only", "this page has no daemon whose inside it could show")
    return actions
