"""The home as a stream of server-sent events: the whole view after every change, the latest wins."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from homectl.home import Actions, HomeView

PAUSE = 0.2
"""Least seconds between two views: at most five a second, whatever the home does."""

SILENCE = 5.0
"""Seconds without a change after which the view is sent anyway: its ages have grown, and the page sees we live."""

RETRY = b"retry: 1000\n\n"
"""How soon, in milliseconds, a page comes back after a lost connection."""


def frame(view: HomeView) -> bytes:
    """One event: the view as JSON, its version as id. Every view is whole, so resuming needs nothing missed."""
    return f"id: {view.version}\ndata: {view.model_dump_json()}\n\n".encode()


async def stream(actions: Actions, closing: asyncio.Event, silence: float = SILENCE) -> AsyncGenerator[bytes]:
    """The view now and after every change, until the listener leaves, the home ends or the server closes."""
    changes = actions.changes()
    closed = asyncio.create_task(_wait(closing))
    coming: asyncio.Task[HomeView | None] | None = None
    try:
        yield RETRY
        while True:
            coming = coming or asyncio.create_task(_next(changes))
            await asyncio.wait({coming, closed}, timeout=silence, return_when=asyncio.FIRST_COMPLETED)
            if closed.done():
                return
            view: HomeView | None = actions.view()
            if coming.done():
                view, coming = coming.result(), None
            if view is None:
                return
            yield frame(view)
            await asyncio.sleep(PAUSE)
    finally:
        closed.cancel()
        if coming is not None:
            coming.cancel()
        elif isinstance(changes, AsyncGenerator):
            await changes.aclose()


async def _next(changes: AsyncIterator[HomeView]) -> HomeView | None:
    return await anext(changes, None)


async def _wait(closing: asyncio.Event) -> None:
    await closing.wait()
