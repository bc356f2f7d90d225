"""Requests to a fake home's page without a socket."""

import asyncio
from typing import Any

import httpx

from homectl.dashboard import application
from homectl.home import Actions

OURS = {"X-Homectl": "1"}


class Face:
    """The page and API of one home; the asker is our own page unless `headers` say otherwise."""

    def __init__(self, actions: Actions) -> None:
        self.app = application(actions)

    def answer(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8124") as client:
                return await client.request(method, path, headers=OURS if headers is None else headers, **more)

        return asyncio.run(ask())


def answer(
    actions: Actions, method: str, path: str, headers: dict[str, str] | None = None, **more: Any
) -> httpx.Response:
    """One answer of a home that is asked nothing else."""
    return Face(actions).answer(method, path, headers, **more)
