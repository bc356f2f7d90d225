"""The home as a stream of server-sent events: every version is rendered once, for everybody who listens."""

import asyncio
import secrets
import time
from collections import Counter, deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress

from pydantic_core import to_json

from homectl.dashboard.differences import change
from homectl.home import Actions, HomeError, HomeView

PAUSE = 0.2
"""Least seconds between two events: at most five a second, whatever the home does."""

SILENCE = 5.0
"""Seconds without a change after which an event is sent anyway: the page sees that we live, revoked tokens end."""

KEPT = 100
"""Events that somebody may have missed and still be told."""

MOST, OF_ONE = 200, 60
"""Listeners there may be at once, and those of one account: nobody keeps others out by opening pages."""

RETRY = b"retry: 1000\n\n"
"""How soon, in milliseconds, a page comes back after a lost connection."""


class Broadcast:
    """The changes of one home. It follows the home while anybody listens.

    An id is that of this run and a number, so that one of an earlier run is never taken for one of this.
    """

    def __init__(self, actions: Actions, closing: asyncio.Event, silence: float = SILENCE) -> None:
        self._actions, self._closing, self._silence = actions, closing, silence
        self._run, self._number = secrets.token_hex(4), 0
        self._view: HomeView | None = None
        self._shown = float("-inf")
        self._whole: tuple[int, bytes] = (0, b"")
        self._kept: deque[tuple[int, bytes]] = deque(maxlen=KEPT)
        self._news = asyncio.Event()
        self._listeners: Counter[str] = Counter()
        self._following: asyncio.Task[None] | None = None

    async def listen(
        self, last: str = "", still: Callable[[], bool] = lambda: True, account: str = ""
    ) -> AsyncGenerator[bytes]:
        """The home after the event `last`, or the whole of it, and then every change.

        Ends with the home, when the server closes, or when the listener may listen no more, which `still` says.
        HomeError at once where too many of the account, or in all, listen already.
        """
        if self._listeners.total() >= MOST or self._listeners[account] >= OF_ONE:
            raise HomeError("as many pages as homectl serves follow this home already; close some of them")
        self._listeners[account] += 1
        try:
            yield RETRY
            self._follow()
            number = self._number_of(last)
            while still() and self._view is not None:
                news = self._news
                if missed := self._missed(number):
                    number = self._number
                    yield missed
                elif self._following is None or self._following.done():
                    return
                else:
                    await news.wait()
        finally:
            self._listeners[account] -= 1
            if not self._listeners.total():
                self._leave()

    def _follow(self) -> None:
        """Be up to date, and stay so."""
        if self._closing.is_set():
            return
        if time.monotonic() - self._shown > PAUSE:
            self._show(self._actions.view())
        if self._following is None or self._following.done():
            self._following = asyncio.create_task(self._stay(self._actions.changes()), name="broadcast")

    def _leave(self) -> None:
        following, self._following = self._following, None
        if following is not None:
            following.cancel()

    async def _stay(self, changes: AsyncIterator[HomeView]) -> None:
        closed = asyncio.create_task(_wait(self._closing))
        coming: asyncio.Task[HomeView | None] | None = None
        try:
            while True:
                coming = coming or asyncio.create_task(_next(changes))
                await asyncio.wait({coming, closed}, timeout=self._silence, return_when=asyncio.FIRST_COMPLETED)
                view: HomeView | None = self._actions.view()
                if coming.done():
                    view, coming = coming.result(), None
                if closed.done() or view is None:
                    return
                self._show(view)
                await asyncio.sleep(PAUSE)
        finally:
            closed.cancel()
            await _let_go(changes, coming)
            self._tell()

    def _show(self, view: HomeView) -> None:
        """The next event: what is different in this view, or all of it."""
        known = self._view
        same = known is not None and (known.version, known.at) == (view.version, view.at)
        if same and time.monotonic() - self._shown < self._silence:
            return
        different = None if known is None else change(known, view)
        self._view, self._number, self._shown = view, self._number + 1, time.monotonic()
        if different is None:
            event = self._as_whole()
        else:
            event = self._event(to_json(different, inf_nan_mode="null"), b"event: change\n")
        self._kept.append((self._number, event))
        self._tell()

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _missed(self, number: int | None) -> bytes:
        """What came after an event, or the whole view where that is unknown or no longer."""
        if number == self._number:
            return b""
        if number is None or not self._kept or number < self._kept[0][0] - 1:
            return self._as_whole()
        events = [event for one, event in self._kept if one > number]
        if len(events) == 1 or sum(map(len, events)) <= len(self._as_whole()):
            return b"".join(events)
        return self._as_whole()

    def _as_whole(self) -> bytes:
        assert self._view is not None
        if self._whole[0] != self._number:
            self._whole = self._number, self._event(self._view.model_dump_json().encode())
        return self._whole[1]

    def _event(self, data: bytes, kind: bytes = b"") -> bytes:
        return b"id: %b-%d\n%bdata: %b\n\n" % (self._run.encode(), self._number, kind, data)

    def _number_of(self, last: str) -> int | None:
        """Which of our events an id is; None for none of them."""
        run, _, number = last.partition("-")
        ours = run == self._run and number.isdecimal() and len(number) < 16 and 0 < int(number) <= self._number
        return int(number) if ours else None


async def begun(listening: AsyncGenerator[bytes]) -> AsyncIterator[bytes]:
    """The same, once it has begun: what it refuses is raised here, and who is let in is counted from here on."""
    first = await anext(listening)

    async def told() -> AsyncIterator[bytes]:
        async with aclosing(listening):
            yield first
            async for event in listening:
                yield event

    return told()


async def _next(changes: AsyncIterator[HomeView]) -> HomeView | None:
    return await anext(changes, None)


async def _wait(closing: asyncio.Event) -> None:
    await closing.wait()


async def _let_go(changes: AsyncIterator[HomeView], coming: "asyncio.Task[HomeView | None] | None") -> None:
    """Stop waiting for a change, and let the home know that nobody waits."""
    if coming is not None:
        coming.cancel()
        with suppress(asyncio.CancelledError):
            await coming
    if isinstance(changes, AsyncGenerator):
        await changes.aclose()
