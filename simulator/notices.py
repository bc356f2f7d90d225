"""What a simulation says of its world beside what devices say, kept by the broker: each only where it has changed."""

from dataclasses import asdict
from typing import Any

from simulator.backstage import Backstage
from simulator.firmware import Spoken
from simulator.firmware.speech import packed
from simulator.floor import Doorway, floor_plan
from simulator.simulated import Simulated, Staged

TRUTH_EVERY, STATE_EVERY = 1.0, 0.5
"""Least real seconds between two of the same."""


class Notices:
    """`people`, `truth`, `state` (how things truly are) and `about` (what does not change) under a root.

    Times are real monotonic seconds.
    """

    def __init__(self, root: str, world: Simulated, backstage: Backstage) -> None:
        self._root, self._world, self._backstage = root, world, backstage
        self._staged = world if isinstance(world, Staged) else None
        self._kept: dict[str, str] = {}
        self._told = {"truth": float("-inf"), "state": float("-inf")}

    def forget(self) -> None:
        """Say everything anew: whoever kept it may be gone."""
        self._kept.clear()
        self.hasten()

    def hasten(self) -> None:
        """Say at the next chance what would have to wait."""
        self._told = dict.fromkeys(self._told, float("-inf"))

    def people(self) -> list[Spoken]:
        return self._changed("people", dict(self._world.people))

    def counted(self, now: float) -> list[Spoken]:
        """The truth by which control is judged, and how things are, as often as each may be said."""
        return [*self._truth(now), *self.state(now)]

    def state(self, now: float) -> list[Spoken]:
        if self._staged is None or not self._due("state", STATE_EVERY, now):
            return []
        return self._changed("state", asdict(self._staged.shown) | self._backstage.shown)

    def about(self) -> list[Spoken]:
        if self._staged is None:
            return []
        plan = floor_plan(self._staged.plan)
        about = {
            "seed": self._staged.seed,
            "scenarios": list(self._backstage.scenarios),
            "possible": self._staged.possible,
            "plan": {
                "areas": {name: asdict(place) for name, place in plan.areas.items()},
                "doors": [_doorway(door) for door in plan.doors],
            },
        }
        return self._changed("about", about)

    def _truth(self, now: float) -> list[Spoken]:
        if not self._due("truth", TRUTH_EVERY, now):
            return []
        return self._changed("truth", asdict(self._world.truth))

    def _due(self, name: str, every: float, now: float) -> bool:
        if now - self._told[name] < every:
            return False
        self._told[name] = now
        return True

    def _changed(self, name: str, value: object) -> list[Spoken]:
        payload = packed(value)
        if self._kept.get(name) == payload:
            return []
        self._kept[name] = payload
        return [Spoken(f"{self._root}/{name}", payload, True)]


def _doorway(door: Doorway) -> dict[str, Any]:
    return {name: value for name, value in asdict(door).items() if value != ""}
