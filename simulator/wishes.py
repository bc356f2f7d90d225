"""What the people of a simulated home wish and what they will do next: for judges and for the oracle, who may cheat.

No device tells any of it, and nothing that learns may look here.
"""

import math
from collections.abc import Iterator

from homectl.home import Kind, Lock, Setpoint, Setting, Target
from simulator.days import AWAY, Doing, Stay
from simulator.devices import Valve
from simulator.house import JOULES, TICK
from simulator.life import Life
from simulator.scene import Scene

LONGEST_WARM_UP = 6 * 3600.0
"""Seconds after which a heater that has not made it yet counts as too weak."""

STAYS_UP = 600.0
"""Seconds that somebody must be up at home for it to be worth while to warm the home before."""


class Wishes:
    """A read-only view of one world as it is when asked."""

    def __init__(self, scene: Scene, life: Life) -> None:
        self._scene, self._life = scene, life

    # --- now ----------------------------------------------------------------------------------------

    def of(self, target: Target) -> Setting | None:
        """What is wanted of a target now; None of a bolt that may be drawn."""
        scene, life = self._scene, self._life
        match target.kind:
            case Kind.LIGHT:
                return life.hands.wish(scene.fittings.lamps[target.device])
            case Kind.SETPOINT:
                return Setpoint(life.knobs.wanted(scene.fittings.valves[target.device]))
            case Kind.LOCK:
                return Lock() if scene.all_away or scene.all_asleep else None

    def passes(self, lamp: str) -> bool:
        """Whether somebody who only walks through the room of a lamp would like it on."""
        light, scene = self._scene.fittings.lamps[lamp], self._scene
        walking = any(who.doing is Doing.PASSING for who in scene.awake_in(light.room.plan.id))
        return walking and self._life.hands.wanted_in_passing(light)

    def comfort(self, target: Target) -> float:
        """The setpoint the household likes of a thermostat while somebody is up, °C."""
        return self._scene.taste.comfort[self._scene.fittings.valves[target.device].room.plan.kind]

    # --- ahead --------------------------------------------------------------------------------------

    @property
    def up_again(self) -> float:
        """When somebody will next be up at home for a while, UTC seconds: now if somebody is.

        Infinity where today's plan, which ends at three in the morning, says nothing of it.
        """
        now = self._scene.agenda.now
        spans = [span for plan in self._life.plans.values() for span in _up(plan)]
        found = [max(start, now) for start, end in spans if end > now and end - start >= STAYS_UP]
        return min(found, default=math.inf)

    def warm_up(self, target: Target, celsius: float) -> float:
        """Seconds of full heating until a thermostat's room has a temperature, by the physics of its house."""
        valve = self._scene.fittings.valves[target.device]
        air, mass, seconds = valve.room.air, valve.room.mass, 0.0
        while air < celsius and seconds < LONGEST_WARM_UP:
            air, mass = self._warmed(valve, air, mass)
            seconds += TICK
        return seconds

    def _warmed(self, valve: Valve, air: float, mass: float) -> tuple[float, float]:
        """Air and mass one tick later, the heater wide open and the doors closed."""
        plan = valve.room.plan
        to_mass = plan.tie * (air - mass)
        flow = plan.heater - plan.leak * (air - self._scene.house.outdoors) - to_mass
        return air + flow * TICK / (plan.air * JOULES), mass + to_mass * TICK / (plan.mass * JOULES)


def _up(plan: list[Stay]) -> Iterator[tuple[float, float]]:
    """Spans of one person's day at home and awake."""
    began = math.nan
    for stay in plan:
        up = stay.place != AWAY and stay.doing is not Doing.ASLEEP
        if up and math.isnan(began):
            began = stay.at
        elif not up and not math.isnan(began):
            yield began, stay.at
            began = math.nan
    if not math.isnan(began):
        yield began, math.inf
