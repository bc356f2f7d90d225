"""How a running home is: what it counted, how quickly it decided, and how its parts are."""

import json
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from homectl.bridge.directory import Directory
from homectl.controller import Controller
from homectl.home import CommandState, Learning
from homectl.parts import Parts


class Health:
    """Of one home. `others`: further parts by name, each saying how it is."""

    def __init__(
        self,
        control: Controller,
        directory: Directory,
        parts: Parts,
        others: Mapping[str, Callable[[], dict[str, Any]]],
        learning: Learning | None,
    ) -> None:
        self._control, self._directory, self._parts = control, directory, parts
        self._others, self._learning = others, learning
        self._latencies: deque[float] = deque(maxlen=4096)

    def decided(self, seconds: float) -> None:
        """From hearing of something to having decided about it took so long."""
        self._latencies.append(seconds)

    def view(self) -> dict[str, Any]:
        latencies = sorted(self._latencies)
        at = {f"p{p}": round(1000 * latencies[len(latencies) * p // 100], 3) for p in (50, 99) if latencies}
        control = self._control
        return {
            **dict(sorted((control.counts + self._directory.counters).items())),
            "late readings": self._parts.history.late,
            "open commands": sum(outcome.state is CommandState.ASKED for outcome in control.outcomes.values()),
            "latency_ms": at,
            **{name: view() for name, view in self._others.items()},
            **({"learning": self._learning.view()} if self._learning is not None else {}),
        }

    def json(self) -> bytes:
        about = {"policy": self._parts.policy.name, "alarms": self._control.alarms()}
        return json.dumps(about | self.view()).encode()
