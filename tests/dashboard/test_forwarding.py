"""A page that passes everything on is the daemon's page: its tokens, its refusals, its stream."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from homectl.dashboard import Address, Forwarder, Server
from homectl.dashboard.forwarding import Forwarding
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


@pytest.mark.parametrize(("scheme", "ends"), [("http", "; SameSite=Strict"), ("https", "; SameSite=Strict; Secure")])
def test_where_it_is_encrypted_a_session_travels_encrypted_only(scheme: str, ends: str) -> None:
    async def ask() -> None:
        server = Server(FakeHome(), 0, door())
        passing_on = httpx.ASGITransport(Forwarding(f"http://127.0.0.1:{await server.start()}"))
        async with httpx.AsyncClient(transport=passing_on, base_url=f"{scheme}://127.0.0.1:8124") as client:
            said = await client.post("/api/session", headers=OURS, json={"token": KEY})
        await server.stop()
        assert (said.status_code, said.headers["Set-Cookie"].endswith(ends)) == (200, True)

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


@pytest.mark.parametrize(
    "url", ["", "8124", "127.0.0.1:8124", "ftp://127.0.0.1", "http://", "http://a/b", "http://a:99999", "http://a:b"]
)
def test_a_daemon_is_named_by_its_url(url: str) -> None:
    with pytest.raises(UsageError, match="http://host:port"):
        Forwarder(url, Address(0))


def test_a_secret_in_the_url_is_refused_and_not_said_again() -> None:
    with pytest.raises(UsageError, match="without a user or a password") as refused:
        Forwarder("http://ada:canary@127.0.0.1:8124", Address(0))
    assert "canary" not in str(refused.value)


LIGHT = {"path": "/api/targets/lamp/light", "content": b'{"on":true}'}
ASKS: dict[str, dict[str, Any]] = {
    "a length that comes to nothing": {"method": "GET", "path": "/api/home", "headers": {"Content-Length": "90000"}},
    "pieces": {
        "method": "GET",
        "path": "/api/home",
        "headers": {"Transfer-Encoding": "chunked"},
        "content": b"0\r\n\r\n",
    },
    "a question whether to go on": {"method": "POST", **LIGHT, "headers": {"Expect": "100-continue"}},
}


@pytest.mark.parametrize("ask", ASKS)
def test_a_body_that_is_odd_is_answered_as_the_daemon_answers_it(ask: str) -> None:
    async def run() -> None:
        about = ASKS[ask]
        content = about.get("content", b"")
        length = {} if about["method"] == "GET" else {"Content-Length": str(len(content))}
        more = {"Content-Type": "application/json", "Connection": "close", **length, **about["headers"]}
        async with forwarded(FakeHome()) as client:
            lines = {"Host": f"127.0.0.1:{client.base_url.port}", **bearer(), **OURS, **more}
            head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
            reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
            writer.write(f"{about['method']} {about['path']} HTTP/1.1\r\n{head}\r\n".encode() + content)
            async with asyncio.timeout(20):
                said = (await reader.readuntil(b"\r\n\r\n")).removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
                said = said or await reader.readuntil(b"\r\n\r\n")
            writer.close()
        assert said.startswith(b"HTTP/1.1 200 OK")
        assert b"x-frame-options: deny" in said.lower()

    asyncio.run(run())


@pytest.mark.parametrize("answer", [b"SSH-2.0\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Le"])
def test_what_is_no_daemon_is_said_to_be_none(answer: bytes) -> None:
    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async def ask() -> None:
        async with await asyncio.start_server(other, "127.0.0.1", 0) as server:
            forwarder = Forwarder(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", Address(0))
            url = f"http://127.0.0.1:{await forwarder.start()}/api/home"
            async with httpx.AsyncClient() as client:
                said = await client.get(url, headers=bearer())
            await forwarder.stop()
        assert (said.status_code, said.json()["rule"]) == (502, "daemon")
        assert {name: said.headers.get(name) for name in ON_EVERY_ANSWER} == ON_EVERY_ANSWER

    asyncio.run(ask())


def test_a_stream_ends_where_its_daemon_does_and_nothing_is_said_to_have_failed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\ndata: \r\n")
        writer.close()

    async def ask() -> None:
        async with await asyncio.start_server(other, "127.0.0.1", 0) as server:
            forwarder = Forwarder(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", Address(0))
            url = f"http://127.0.0.1:{await forwarder.start()}/api/events"
            async with httpx.AsyncClient() as client:
                assert (await client.get(url, headers=bearer())).text == "data: "
            await forwarder.stop()

    asyncio.run(ask())
    assert [record.levelname for record in caplog.records if record.name.startswith("uvicorn")] == []
