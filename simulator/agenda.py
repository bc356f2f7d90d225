"""What is to happen, and when: the simulated home's only notion of time."""

import heapq
from collections.abc import Callable

from homectl.home import milliseconds

Act = Callable[[], None]


class Agenda:
    """Acts ordered by time, and by the order of planning where times are equal. `now` is UTC seconds since 1970."""

    __slots__ = ("_count", "_heap", "now")

    def __init__(self, now: float) -> None:
        self.now = milliseconds(now)
        self._heap: list[tuple[float, int, Act]] = []
        self._count = 0

    def plan(self, at: float, act: Act) -> None:
        """Do something at a time; what lies in the past is done next."""
        self._count += 1
        heapq.heappush(self._heap, (max(milliseconds(at), self.now), self._count, act))

    def after(self, seconds: float, act: Act) -> None:
        self.plan(self.now + seconds, act)

    def run(self, until: float) -> None:
        """Let time pass up to and including `until`, doing everything that falls due."""
        heap = self._heap
        while heap and heap[0][0] <= until:
            self.now, _, act = heapq.heappop(heap)
            act()
        self.now = max(self.now, until)

    def run_on(self, until: float, enough: Callable[[], bool]) -> None:
        """The same, but stop once it is enough after all that falls due at one time."""
        heap = self._heap
        while heap and heap[0][0] <= until:
            at = heap[0][0]
            self.run(at)
            if enough():
                return
        self.now = max(self.now, until)
