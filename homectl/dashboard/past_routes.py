"""The routes about a home's past: readings and decisions over time, the logbook, and the record of who decides."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.exceptions import HTTPException

from homectl.dashboard.refusals import Answer
from homectl.home import (
    MOST_POINTS,
    MOST_ROWS,
    DecisionsView,
    Kind,
    LogView,
    ModelView,
    Past,
    Quantity,
    SeriesView,
    Target,
)

REFUSALS: dict[int | str, dict[str, Any]] = {status: {"model": Answer} for status in (404, 421, 422, 503)}
FARTHEST = 253_370_764_800.0
"""UTC seconds that no home lives from or to."""

MOST_DAYS = 62

Time = Annotated[float | None, Query(ge=0, le=FARTHEST, allow_inf_nan=False, description="UTC seconds since 1970")]
Identifier = r"^[a-z0-9][a-z0-9_-]{0,47}$"


def past_routes(past: Past) -> APIRouter:
    """Everything here only reads, and every answer is bounded."""
    routes = APIRouter(prefix="/api", responses=REFUSALS, tags=["past"])

    @routes.get("/history/readings")
    async def readings(
        device: Annotated[str, Query(pattern=Identifier)],
        quantity: Quantity,
        since: Time = None,
        until: Time = None,
        points: Annotated[int, Query(ge=1, le=MOST_POINTS)] = 1000,
    ) -> SeriesView:
        """One signal over time, the lowest, highest and last of every stretch; the last day unless told otherwise."""
        _in_order(since, until)
        return await past.readings(device, quantity, since, until, points)

    @routes.get("/history/decisions")
    async def decisions(
        target: Annotated[str, Query(pattern=r"^([a-z0-9][a-z0-9_-]{0,47}/(light|setpoint|lock))?$")] = "",
        since: Time = None,
        until: Time = None,
        limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 200,
        idle: bool = False,
    ) -> DecisionsView:
        """What was decided of a target, or of all, the newest first; with `idle` also where it was left alone."""
        _in_order(since, until)
        device, _, kind = target.partition("/")
        asked = Target(device, Kind(kind)) if target else None
        return await past.decisions(asked, since, until, limit, idle=idle)

    @routes.get("/logbook")
    async def logbook(
        since: Time = None,
        until: Time = None,
        area: Annotated[str | None, Query(pattern=Identifier)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 100,
    ) -> LogView:
        """What was changed, to what, by whom, why and when, the newest first."""
        _in_order(since, until)
        return await past.logbook(since, until, area, limit)

    @routes.get("/model")
    async def model(days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 28) -> ModelView:
        """The record of who decides: accuracy by day, reliability, and what the nights' candidates came to."""
        return await past.model(days)

    return routes


def _in_order(since: float | None, until: float | None) -> None:
    if since is not None and until is not None and since >= until:
        raise HTTPException(422, f"expected since before until, got {since:.0f} and {until:.0f}")
