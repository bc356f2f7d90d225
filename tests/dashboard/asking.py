"""Requests to the page of a fake home with a past, without a socket."""

import asyncio
from typing import Any

import httpx

from homectl.dashboard import Access, application
from homectl.home import Actions
from tests.dashboard.doors import bearer, door
from tests.dashboard.lived import past

OURS = {"X-Homectl": "1"}


class Face:
    """The page and API of one home; the asker is our own page unless `headers` say otherwise.

    Who asks is the owner, unless `headers` or cookies say who else, or `stranger` that it is nobody.
    """

    def __init__(self, actions: Actions, access: Access | None = None, *, stranger: bool = False) -> None:
        self.app = application(actions, access or door(), hosts=("house.test",), past=past())
        self._usual = {} if stranger else bearer()

    def answer(
        self,
        method: str,
        path: str,
        headers: dict[str, str] | None = None,
        *,
        address: str = "127.0.0.1",
        scheme: str = "http",
        **more: Any,
    ) -> httpx.Response:
        said = self._usual | (OURS if headers is None else headers)

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=(address, 50000))
            async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://127.0.0.1:8124") as client:
                return await client.request(method, path, headers=said, **more)

        return asyncio.run(ask())


def answer(
    actions: Actions, method: str, path: str, headers: dict[str, str] | None = None, **more: Any
) -> httpx.Response:
    """One answer of a home that is asked nothing else."""
    return Face(actions).answer(method, path, headers, **more)
