"""A page that passes everything on is the daemon's page: its tokens, its refusals, its stream."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from homectl.dashboard import Address, Forwarder, Server
from homectl.dashboard.security import ON_EVERY_ANSWER
from homectl.home import Light, UsageError
from tests.dashboard.asking import OURS
from tests.dashboard.doors import KEY, bearer, door
from tests.fakes import LAMP, FakeHome


@asynccontextmanager
async def forwarded(home: FakeHome) -> AsyncIterator[httpx.AsyncClient]:
    """Asks a daemon's page at another address than its own."""
    server = Server(home, 0, door())
    forwarder = Forwarder(f"http://127.0.0.1:{await server.start()}", Address(0))
    base = f"http://127.0.0.1:{await forwarder.start()}"
    async with httpx.AsyncClient(base_url=base, timeout=30) as client:
        yield client
    await forwarder.stop()
    await server.stop()


def test_what_is_asked_reaches_the_home_for_who_may_ask() -> None:
    async def ask() -> None:
        home = FakeHome()
        async with forwarded(home) as client:
            assert "homectl" in (await client.get("/")).text
            assert (await client.get("/static/page.css")).headers["content-type"].startswith("text/css")
            assert (await client.get("/api/home")).status_code == 401
            path, body = "/api/targets/lamp/light", {"on": True}
            assert (await client.post(path, headers=bearer(), json=body)).status_code == 403
            assert (await client.post(path, headers=bearer() | OURS, json=body)).status_code == 200
            assert home.asked == [(LAMP, Light(on=True))]
            other = {"Origin": "http://evil.test"}
            assert (await client.post(path, headers=bearer() | OURS | other, json=body)).status_code == 403
            assert (await client.get("/api/home", headers={"Host": "evil.test"})).status_code == 421
            assert len(home.asked) == 1

    asyncio.run(ask())


def test_a_browser_signs_in_through_it() -> None:
    async def ask() -> None:
        async with forwarded(FakeHome()) as client:
            page = OURS | {"Origin": str(client.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
            assert (await client.post("/api/session", headers=page, json={"token": KEY})).status_code == 200
            assert (await client.get("/api/session")).json()["role"] == "owner"

    asyncio.run(ask())


def test_the_stream_comes_through_as_it_is_told() -> None:
    async def ask() -> None:
        home = FakeHome()
        async with forwarded(home) as client, client.stream("GET", "/api/events", headers=bearer()) as answer:
            data = (line.removeprefix("data: ") async for line in answer.aiter_lines() if line.startswith("data: "))
            assert json.loads(await anext(data))["id"] == "small"
            home.by_hand(LAMP, 1.0)
            assert "lamp" in json.loads(await anext(data))["devices"]

    asyncio.run(ask())


def test_without_its_daemon_it_says_so() -> None:
    async def ask() -> None:
        forwarder = Forwarder("http://127.0.0.1:9", Address(0))
        url = f"http://127.0.0.1:{await forwarder.start()}/api/home"
        async with httpx.AsyncClient() as client:
            said = await client.get(url, headers=bearer())
        await forwarder.stop()
        assert (said.status_code, said.json()["rule"]) == (503, "daemon")
        assert {name: said.headers.get(name) for name in ON_EVERY_ANSWER} == ON_EVERY_ANSWER

    asyncio.run(ask())


@pytest.mark.parametrize("url", ["", "8124", "127.0.0.1:8124", "ftp://127.0.0.1", "http://", "http://a/b"])
def test_a_daemon_is_named_by_its_url(url: str) -> None:
    with pytest.raises(UsageError, match="http://host:port"):
        Forwarder(url, Address(0))
