"""The HTTP face of a running home: one page, a JSON API with OpenAPI, a stream of events."""

import asyncio
from collections.abc import Collection
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Request
from fastapi import Path as InPath
from fastapi.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from pydantic import BaseModel

from homectl.dashboard import metrics
from homectl.dashboard.access import Access
from homectl.dashboard.assets import AT, Assets
from homectl.dashboard.bodies import (
    AnswerBody,
    Arguments,
    DaysBody,
    HoldBody,
    LevelBody,
    LightBody,
    LockBody,
    ModeBody,
    SetpointBody,
    UnlockBody,
)
from homectl.dashboard.events import Broadcast, begun
from homectl.dashboard.insight_routes import insight_routes
from homectl.dashboard.ladder_routes import ladder_routes
from homectl.dashboard.past_routes import past_routes
from homectl.dashboard.refusals import Answer, answer_errors
from homectl.dashboard.roles import NEEDS
from homectl.dashboard.security import OURS, Security
from homectl.dashboard.session_routes import asker_of, entrant_of, session_routes
from homectl.home import Actions, HomeView, Kind, LearningWish, Past, Role, Rung, Target

ABOUT = (
    "What a person may ask of a running home, with a token as `Authorization: Bearer …`. "
    f"Every change needs the header `{OURS}: 1`, an unlock a PIN as well."
)
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Answer} for status in (400, 401, 403, 404, 409, 421, 422, 429, 503)
}

Name = Annotated[str, InPath(pattern=r"^[a-z0-9][a-z0-9_-]{0,47}$")]
Control = Annotated[str, InPath(pattern=r"^[a-z_]{1,32}$")]


class Issued(BaseModel):
    command: str


class Explained(BaseModel):
    explanation: str


class Said(BaseModel):
    said: str


class Ready(BaseModel):
    ready: bool


class Described(FastAPI):
    """Its description says which routes need a token."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            schema = super().openapi()
            schema["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            for path, methods in schema["paths"].items():
                for method, operation in methods.items():
                    role = NEEDS.get(f"{method.upper()} {path}", Role.OWNER)
                    operation["security"] = [] if role is None else [{"token": []}]
                    operation["x-role"] = role
        assert self.openapi_schema is not None
        return self.openapi_schema


def application(actions: Actions, access: Access, hosts: Collection[str] = (), past: Past | None = None) -> FastAPI:
    """The page and API of one home. Everything asked here goes through `actions`, and so past the guard.

    `access` says who may; `hosts` by which names besides the loopback's the page may be asked for. `past` is what the
    home remembers; None where nothing is kept.

    `app.state.closing` is an asyncio.Event that ends every stream when set.
    """
    app = Described(title="homectl", description=ABOUT, openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    app.state.closing = asyncio.Event()
    app.add_middleware(Security, access=access, hosts=hosts)
    answer_errors(app)
    app.include_router(session_routes(access))
    app.include_router(_home_routes(actions, access, app.state.closing))
    app.include_router(_target_routes(actions))
    app.include_router(ladder_routes(actions))
    app.include_router(insight_routes(actions))
    app.include_router(_health_routes(actions))
    if past is not None:
        app.include_router(past_routes(past))
    _page(app)
    return app


def _home_routes(actions: Actions, access: Access, closing: asyncio.Event) -> APIRouter:
    routes, broadcast = APIRouter(prefix="/api", responses=REFUSALS), Broadcast(actions, closing)

    @routes.get("/home", response_model=HomeView)
    async def home() -> Response:
        """The whole home as it is known now."""
        return Response(actions.view().model_dump_json(), media_type="application/json")

    @routes.get("/events", response_class=StreamingResponse)
    async def stream(request: Request) -> StreamingResponse:
        """Server-sent events: the whole home first, then as `change` what is different, at least every few seconds.

        Who comes back with the `Last-Event-ID` of a moment ago gets what was missed.
        """
        asker, last = entrant_of(request), request.headers.get("last-event-id", "")
        listening = broadcast.listen(last, lambda: access.still(asker), asker.account.name)
        return StreamingResponse(await begun(listening), media_type="text/event-stream")

    @routes.post("/mode")
    async def mode(body: ModeBody, request: Request) -> Said:
        """Set a mode of the home, or end it with none: what that means, in one sentence."""
        return Said(said=await actions.mode(body.mode, body.hours, body.until, asker_of(request, body.by)))

    @routes.post("/autonomy/{area}/{kind}")
    async def let(area: Name, kind: Kind, body: LevelBody, request: Request) -> Said:
        """Let homectl do so much by itself in an area about a kind of thing: what counts now, in one sentence."""
        by = asker_of(request, body.by)
        return Said(said=await actions.let(Rung(area, kind), body.level, by, force=body.force))

    @routes.post("/learning/{wish}")
    async def learning(wish: LearningWish, body: DaysBody) -> Said:
        """Ask something of the home's learning: what came of it, in one sentence."""
        return Said(said=await actions.learning(wish, body.days))

    @routes.post("/simulator/{control}", status_code=204)
    async def simulator(control: Control, arguments: Arguments | None = None) -> None:
        """Pass a control to the simulator of a simulated home; a real one refuses."""
        await actions.simulate(control, arguments or {})

    return routes


def _target_routes(actions: Actions) -> APIRouter:
    routes = APIRouter(prefix="/api/targets/{device}", responses=REFUSALS)

    @routes.post("/light")
    async def light(device: Name, body: LightBody) -> Issued:
        """Ask a lamp to be on or off; what becomes of it is seen in the home's view."""
        return Issued(command=await actions.set(Target(device, Kind.LIGHT), body.setting()))

    @routes.post("/setpoint")
    async def setpoint(device: Name, body: SetpointBody) -> Issued:
        """Ask a thermostat for a temperature."""
        return Issued(command=await actions.set(Target(device, Kind.SETPOINT), body.setting()))

    @routes.post("/lock")
    async def lock(device: Name, body: LockBody) -> Issued:
        """Ask a lock to lock."""
        return Issued(command=await actions.set(Target(device, Kind.LOCK), body.setting()))

    @routes.post("/unlock")
    async def unlock(device: Name, body: UnlockBody) -> Issued:
        """Ask a lock to unlock, now or never, for a person who gives their PIN."""
        return Issued(command=await actions.unlock(Target(device, Kind.LOCK), body.person, body.pin))

    @routes.post("/{kind}/accept")
    async def accept(device: Name, kind: Kind, body: AnswerBody, request: Request) -> Issued:
        """Do what is suggested."""
        return Issued(command=await actions.accept(Target(device, kind), asker_of(request, body.by)))

    @routes.post("/{kind}/reject")
    async def reject(device: Name, kind: Kind, body: AnswerBody, request: Request) -> Said:
        """Say that it is right as it is: for how long it is held, in one sentence."""
        return Said(said=await actions.reject(Target(device, kind), asker_of(request, body.by)))

    @routes.post("/{kind}/hold")
    async def hold(device: Name, kind: Kind, body: HoldBody, request: Request) -> Said:
        """Keep homectl's hands off for some minutes, until a schedule turns, the room is empty, or until resumed."""
        by = asker_of(request, body.by)
        return Said(said=await actions.hold(Target(device, kind), body.kind, body.minutes, by))

    @routes.post("/{kind}/resume", status_code=204)
    async def resume(device: Name, kind: Kind, request: Request) -> None:
        """End a hold at once."""
        await actions.resume(Target(device, kind), asker_of(request, ""))

    @routes.get("/{kind}/explain")
    async def explain(device: Name, kind: Kind) -> Explained:
        """The last decision and why, in one sentence."""
        return Explained(explanation=await actions.explain(Target(device, kind)))

    return routes


def _health_routes(actions: Actions) -> APIRouter:
    routes = APIRouter()

    @routes.get("/healthz")
    async def alive() -> Ready:
        """The daemon's loop answers."""
        return Ready(ready=True)

    @routes.get("/readyz", responses={503: {"model": Ready}})
    async def ready() -> JSONResponse:
        """The daemon is connected to its broker."""
        connected = actions.view().connected
        return JSONResponse({"ready": connected}, status_code=200 if connected else 503)

    @routes.get("/metrics", response_class=PlainTextResponse)
    async def numbers() -> Response:
        """The home's health as Prometheus text."""
        return Response(metrics.exposition(actions.view()), media_type=metrics.MEDIA_TYPE)

    return routes


def _page(app: FastAPI) -> None:
    assets = Assets()
    whole = assets.page()

    @app.get("/", include_in_schema=False)
    async def page() -> Response:
        return whole

    app.mount(AT, assets)
