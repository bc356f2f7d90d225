"""Whoever connects and does not ask takes nothing from those who do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from homectl.dashboard import application
from homectl.dashboard.line import Line
from homectl.dashboard.security import ON_EVERY_ANSWER
from homectl.dashboard.server import Address, Served
from tests.dashboard.doors import door
from tests.fakes import FakeHome

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class Hasty(Line):
    most, patience = 3, 0.2


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    app = application(FakeHome(), door())
    server = Served(app, Address(0), app.state.closing, Hasty)
    yield await server.start()
    await server.stop()


async def said(port: int, sent: bytes) -> bytes:
    """All that is answered until the server cuts the line; b"" too where it does so without a word."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    try:
        return await rest(reader)
    finally:
        writer.close()


async def rest(reader: asyncio.StreamReader) -> bytes:
    try:
        return await asyncio.wait_for(reader.read(), 3)
    except ConnectionError:
        return b""


UNASKED = {
    "nothing": b"",
    "half a head": HEALTH[:-2],
    "half a body": b"POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Homectl: 1\r\nContent-Length: 90\r\n\r\n{",
}


@pytest.mark.parametrize("sent", UNASKED)
def test_who_does_not_ask_soon_is_cut_off(sent: str) -> None:
    async def ask() -> None:
        async with served() as port:
            assert await said(port, UNASKED[sent]) == b""

    asyncio.run(ask())


def test_who_asked_once_has_no_more_patience_the_second_time() -> None:
    async def ask() -> None:
        async with served() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(HEALTH)
            await reader.readuntil(b'{"ready":true}')
            writer.write(HEALTH[:20])
            assert await rest(reader) == b""

    asyncio.run(ask())


def test_of_too_many_at_once_the_latest_are_cut_off_and_there_is_room_again() -> None:
    async def ask() -> None:
        async with served() as port:
            lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(Hasty.most)]
            assert await said(port, HEALTH) == b""
            for _, writer in lines:
                writer.close()
            await asyncio.sleep(0.05)
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(HEALTH)
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
            writer.close()

    asyncio.run(ask())


def test_who_listens_is_not_cut_off() -> None:
    async def ask() -> None:
        home = FakeHome()
        app = application(home, door())
        server = Served(app, Address(0), app.state.closing, Hasty)
        port = await server.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        token = b"the token of this machine's programs"
        writer.write(b"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + token + b"\r\n\r\n")
        await reader.readuntil(b"data: ")
        await asyncio.sleep(3 * Hasty.patience)
        home.changed()
        await asyncio.wait_for(reader.readuntil(b"event: change"), 5)
        writer.close()
        await server.stop()

    asyncio.run(ask())


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9\r\n\r\n"])
def test_what_is_no_http_is_answered_like_everything_else(sent: bytes) -> None:
    async def ask() -> None:
        async with served() as port:
            head, _, body = (await said(port, sent)).partition(b"\r\n\r\n")
            told = dict(line.decode().split(": ", 1) for line in head.splitlines()[1:])
            assert head.startswith(b"HTTP/1.1 400")
            assert {name: told.get(name.lower()) for name in ON_EVERY_ANSWER} == ON_EVERY_ANSWER
            assert body == b'{"rule":"request","finding":"Invalid HTTP request received."}'

    asyncio.run(ask())
