"""The versions of what is shown of a home: counted, and followed by those who look."""

import asyncio
from collections.abc import AsyncGenerator, Callable

from homectl.home import HomeView


class Versions:
    """Counts the changes of one home."""

    def __init__(self) -> None:
        self.number = 0
        self._changed = asyncio.Event()

    def next(self) -> None:
        """Something is different now."""
        self.number += 1
        self._changed.set()

    async def follow(self, view: Callable[[], HomeView]) -> AsyncGenerator[HomeView]:
        """The home as it is, and then anew after changes; several that come faster than they are read are one."""
        seen = -1
        while True:
            if seen == self.number:
                self._changed.clear()
                await self._changed.wait()
            seen = self.number
            yield view()
