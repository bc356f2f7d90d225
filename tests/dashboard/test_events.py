"""The stream shows the home at once and then what changes, to everybody the same, and ends when it should."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from homectl.dashboard import Server
from homectl.dashboard.events import MOST, OF_ONE, RETRY, Broadcast, begun
from homectl.home import HomeError, HomeView, Quantity
from tests.dashboard.doors import TOKENS, FakeAccounts, bearer, door
from tests.fakes import LAMP, FakeHome, small_home


def fields(event: bytes) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in event.decode().rstrip("\n").split("\n"))


def said(event: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(fields(event)["data"])
    return found


def whole(event: bytes) -> bool:
    return "event" not in fields(event)


async def first(broadcast: Broadcast, last: str = "") -> tuple[AsyncIterator[bytes], bytes]:
    """A new listener, and the first thing it is told."""
    events = broadcast.listen(last)
    assert await anext(events) == RETRY
    return events, await anext(events)


def test_the_first_event_is_the_home_now_and_the_next_is_what_changed() -> None:
    async def listen() -> None:
        home = FakeHome()
        events, at_first = await first(Broadcast(home, asyncio.Event()))
        assert whole(at_first)
        assert said(at_first) == home.view().model_dump(mode="json")
        home.clock.tell(home.clock.now() + 7)
        home.by_hand(LAMP, 1.0)
        then = await anext(events)
        change = said(then)
        assert (fields(then)["event"], change["version"], change["at"]) == ("change", home.version, home.clock.now())
        assert list(change["devices"]) == ["lamp"]
        assert [value["quantity"] for value in change["devices"]["lamp"]["values"]] == ["light_on"]
        (lamp,) = change["devices"]["lamp"]["targets"]
        assert (lamp["reported"], lamp["changed_by"]) == ("on at 60%", "by hand")
        assert "areas" not in change

    asyncio.run(listen())


def test_everybody_hears_the_same_bytes_and_a_view_is_made_once() -> None:
    class Counting(FakeHome):
        views = 0

        def view(self) -> HomeView:
            self.views += 1
            return super().view()

    async def listen() -> None:
        home = Counting()
        broadcast = Broadcast(home, asyncio.Event())
        tabs = [await first(broadcast) for _ in range(5)]
        assert len({event for _, event in tabs}) == 1
        await asyncio.sleep(0.3)
        before = home.views
        home.by_hand(LAMP, 1.0)
        heard = [await anext(events) for events, _ in tabs]
        assert len(set(heard)) == 1
        assert home.views - before <= 2

    asyncio.run(listen())


def test_who_comes_back_is_told_what_was_missed_and_a_stranger_s_id_gets_everything() -> None:
    async def listen() -> None:
        home = FakeHome()
        broadcast = Broadcast(home, asyncio.Event())
        staying, at_first = await first(broadcast)
        leaving, _ = await first(broadcast)
        await leaving.aclose()  # type: ignore[attr-defined]
        home.by_hand(LAMP, 1.0)
        heard = await anext(staying)
        _, missed = await first(broadcast, fields(at_first)["id"])
        assert missed == heard
        for unknown in ("", "7", "0badcafe-1", fields(at_first)["id"].replace("-", "-9"), "x" * 100):
            assert whole((await first(broadcast, unknown))[1])

    asyncio.run(listen())


def test_a_slow_listener_gets_the_newest_view_and_none_between() -> None:
    async def listen() -> None:
        home = FakeHome()
        events, _ = await first(Broadcast(home, asyncio.Event()))
        for celsius in range(100):
            home.report("climate", Quantity.TEMPERATURE, float(celsius % 30))
        assert said(await anext(events))["version"] == home.version

    asyncio.run(listen())


def test_a_new_device_is_told_with_the_whole_home() -> None:
    async def listen() -> None:
        home = FakeHome()
        events, _ = await first(Broadcast(home, asyncio.Event()))
        home.home = small_home().with_device(home.home.device("lamp").model_copy(update={"name": "Another"}))
        home.changed()
        assert whole(await anext(events))

    asyncio.run(listen())


def test_in_silence_time_still_comes() -> None:
    async def listen() -> None:
        home = FakeHome()
        events, before = await first(Broadcast(home, asyncio.Event(), silence=0.01))
        home.clock.tell(home.clock.now() + 60)
        then = said(await anext(events))
        assert then["at"] == said(before)["at"] + 60
        assert "devices" not in then

    asyncio.run(listen())


def test_one_account_s_pages_leave_room_for_others_and_one_that_closes_for_another() -> None:
    async def listen() -> None:
        broadcast = Broadcast(FakeHome(), asyncio.Event())
        accounts = [f"account {number // OF_ONE}" for number in range(MOST)]
        asked = [broadcast.listen(account=account) for account in (*accounts, "another", accounts[0])]
        pages = await asyncio.gather(*map(begun, asked), return_exceptions=True)
        refused = [place for place, page in enumerate(pages) if isinstance(page, HomeError)]
        assert refused == [MOST, MOST + 1]
        for page in pages[:MOST]:
            assert await anext(page) == RETRY
        await pages[0].aclose()
        another = await begun(broadcast.listen(account="another"))
        with pytest.raises(HomeError, match="as many pages as homectl serves"):
            await begun(broadcast.listen(account="another"))
        assert await anext(another) == RETRY
        await another.aclose()
        await begun(broadcast.listen(account="another"))

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
        assert len([event async for event in Broadcast(Ending(), asyncio.Event()).listen()]) == 2
        closing = asyncio.Event()
        closing.set()
        assert [event async for event in Broadcast(FakeHome(), closing).listen()] == [RETRY]
        home = Ending()
        events, _ = await first(Broadcast(home, asyncio.Event()))
        await asyncio.sleep(0.01)
        await events.aclose()  # type: ignore[attr-defined]
        await asyncio.sleep(0.01)
        assert home.left

    asyncio.run(listen())


def test_a_server_streams_over_a_socket_and_ends_its_streams_when_it_stops() -> None:
    async def serve() -> None:
        server = Server(FakeHome(), 0, door())
        url = f"http://127.0.0.1:{await server.start()}/api/events"
        async with httpx.AsyncClient(headers=bearer()) as client, client.stream("GET", url) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            lines = answer.aiter_lines()
            data = [line async for line in lines_until(lines, "data: ")]
            assert json.loads(data[-1].removeprefix("data: "))["id"] == "small"
            async with asyncio.timeout(5):
                await server.stop()
                assert [line async for line in lines if line] == []
        async with httpx.AsyncClient() as client:
            with pytest.raises(httpx.ConnectError):
                await client.get(url)
        await server.stop()

    asyncio.run(serve())


def test_a_stream_ends_when_its_token_is_revoked() -> None:
    async def serve() -> None:
        accounts, home = FakeAccounts(), FakeHome()
        server = Server(home, 0, door(accounts))
        url = f"http://127.0.0.1:{await server.start()}/api/events"
        headers = bearer(TOKENS[next(iter(TOKENS))])
        async with httpx.AsyncClient(headers=headers) as client, client.stream("GET", url) as answer:
            lines = answer.aiter_lines()
            assert [line async for line in lines_until(lines, "data: ")]
            accounts.known.clear()
            home.by_hand(LAMP, 1.0)
            async with asyncio.timeout(5):
                assert len([line async for line in lines if line.startswith("data: ")]) <= 1
        await server.stop()

    asyncio.run(serve())


async def lines_until(lines: AsyncIterator[str], start: str) -> AsyncIterator[str]:
    async for line in lines:
        yield line
        if line.startswith(start):
            return


def test_a_taken_port_is_said_in_one_line_before_anything_is_served() -> None:
    async def serve() -> None:
        first = Server(FakeHome(), 0, door())
        port = await first.start()
        with pytest.raises(HomeError, match=f"The page needs port {port} on 127.0.0.1"):
            await Server(FakeHome(), port, door()).start()
        await first.stop()

    asyncio.run(serve())
