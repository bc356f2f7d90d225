"""The ladder over HTTP: how much is let to homectl, and what people made of its proposals."""

from fastapi import APIRouter

from homectl.home import Actions, RungView


def ladder_routes(actions: Actions) -> APIRouter:
    routes = APIRouter(prefix="/api")

    @routes.get("/ladder")
    async def ladder() -> list[RungView]:
        """Every rung with the agreement that a step up rests on, of the last fourteen days."""
        return list(await actions.ladder())

    return routes
