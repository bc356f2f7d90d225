"""The stream shows the home at once, after every change and in silence, and ends when it should."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from homectl.dashboard import Server
from homectl.dashboard.events import RETRY, stream
from homectl.home import HomeError, HomeView, Quantity
from tests.fakes import LAMP, FakeHome


def shown(event: bytes) -> dict[str, Any]:
    fields = dict(line.split(": ", 1) for line in event.decode().rstrip("\n").split("\n"))
    view: dict[str, Any] = json.loads(fields["data"])
    assert fields["id"] == str(view["version"])
    return view


def test_the_first_event_is_the_home_now_and_the_next_its_change() -> None:
    async def listen() -> None:
        home = FakeHome()
        events = stream(home, asyncio.Event())
        assert await anext(events) == RETRY
        assert shown(await anext(events)) == home.view().model_dump(mode="json")
        home.by_hand(LAMP, 1.0)
        lamp = shown(await anext(events))["areas"][0]["devices"][0]["targets"][0]
        assert (lamp["reported"], lamp["changed_by"]) == ("on at 60%", "by hand")

    asyncio.run(listen())


def test_a_slow_listener_gets_the_newest_view_and_none_between() -> None:
    async def listen() -> None:
        home = FakeHome()
        events = stream(home, asyncio.Event())
        await anext(events), await anext(events)
        for celsius in range(100):
            home.report("climate", Quantity.TEMPERATURE, float(celsius % 30))
        assert shown(await anext(events))["version"] == home.version

    asyncio.run(listen())


def test_in_silence_the_view_comes_again_with_its_ages_grown() -> None:
    async def listen() -> None:
        home = FakeHome()
        events = stream(home, asyncio.Event(), silence=0.01)
        await anext(events)
        before = shown(await anext(events))
        home.clock.tell(home.clock.now() + 60)
        assert shown(await anext(events))["at"] == before["at"] + 60

    asyncio.run(listen())


class Ending(FakeHome):
    """A home whose changes end after the first, and which notes when a listener has left."""

    def __init__(self) -> None:
        super().__init__()
        self.left = False

    async def changes(self) -> AsyncIterator[HomeView]:
        try:
            yield self.view()
        finally:
            self.left = True


def test_the_stream_ends_with_the_home_and_with_the_server_and_lets_go_when_its_listener_leaves() -> None:
    async def listen() -> None:
        assert len([event async for event in stream(Ending(), asyncio.Event())]) == 2
        closing = asyncio.Event()
        closing.set()
        assert [event async for event in stream(FakeHome(), closing)] == [RETRY]
        home = Ending()
        events = stream(home, asyncio.Event())
        await anext(events), await anext(events)
        await events.aclose()
        assert home.left

    asyncio.run(listen())


def test_a_server_streams_over_a_socket_and_ends_its_streams_when_it_stops() -> None:
    async def serve() -> None:
        home = FakeHome()
        server = Server(home, 0)
        port = await server.start()
        async with httpx.AsyncClient() as client, client.stream("GET", f"http://127.0.0.1:{port}/api/events") as said:
            assert said.headers["content-type"].startswith("text/event-stream")
            lines = said.aiter_lines()
            data = [line async for line in lines_until(lines, "data: ")]
            assert json.loads(data[-1].removeprefix("data: "))["id"] == "small"
            async with asyncio.timeout(5):
                await server.stop()
                assert [line async for line in lines if line] == []
        with pytest.raises(OSError, match="Connect call failed"):
            await asyncio.open_connection("127.0.0.1", port)
        await server.stop()

    asyncio.run(serve())


async def lines_until(lines: AsyncIterator[str], start: str) -> AsyncIterator[str]:
    async for line in lines:
        yield line
        if line.startswith(start):
            return


def test_a_taken_port_is_said_in_one_line_before_anything_is_served() -> None:
    async def serve() -> None:
        first = Server(FakeHome(), 0)
        port = await first.start()
        with pytest.raises(HomeError, match=f"The page needs port {port} on 127.0.0.1"):
            await Server(FakeHome(), port).start()
        await first.stop()

    asyncio.run(serve())
