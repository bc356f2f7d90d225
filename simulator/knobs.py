"""What people do with the knobs of the heating: by habit, and when they are too cold or too warm."""

from homectl.home import Kind, Origin
from simulator.devices import Valve
from simulator.house import BATHROOM, KITCHEN, LIVING
from simulator.scene import Resident, Scene

TENDED = (LIVING, BATHROOM, KITCHEN)
"""Rooms whose knob belongs to the habit of going to bed and going out, in this order; the first two found."""

COLD, WARM = 0.9, 1.4
"""Kelvin below and above what they like at which people do something."""

SUMMER = 4.0
"""Kelvin above the temperature outdoors that nobody blames on the heating."""


class Knobs:
    """Everybody's hands at the heating of one home."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        by_kind = {valve.room.plan.kind: valve for valve in scene.fittings.valves.values()}
        self.tended = [by_kind[kind] for kind in TENDED if kind in by_kind][:2]

    def wanted(self, valve: Valve) -> float:
        """The setpoint this household wants of a valve now, °C."""
        scene = self.scene
        comfort = scene.taste.comfort[valve.room.plan.kind]
        if scene.all_away:
            return comfort - scene.taste.away
        return comfort - scene.taste.night if scene.all_asleep else comfort

    def felt(self, room: str) -> float:
        """Kelvin by which a room is too warm (positive) or too cold for the people in it; 0 within what they accept."""
        scene = self.scene
        place = scene.house.rooms[room]
        if place.plan.outdoors:
            return 0.0
        asleep = not scene.awake_in(room)
        comfort = scene.taste.comfort[place.plan.kind]
        low = comfort - COLD - (max(scene.taste.night, 1.5) if asleep else 0.0)
        high = max(comfort + WARM + (1.0 if asleep else 0.0), scene.house.outdoors + SUMMER)
        return min(0.0, place.air - low) + max(0.0, place.air - high)

    def entered(self, who: Resident) -> None:
        """Somebody up or back home puts the heating where it belongs."""
        scene = self.scene
        for valve in self._valves(who.place):
            if who.settled and self.wanted(valve) - valve.setpoint >= 1.0:
                habit = valve in self.tended and valve.by is Origin.PERSON
                if scene.chance(scene.taste.diligent * (0.8 if habit else 0.25)):
                    self._turn(valve, self.wanted(valve))

    def looked(self, who: Resident) -> None:
        """Somebody notices that it is too cold or too warm; where the knob is right already, they wait."""
        scene = self.scene
        if not who.settled or who.place not in scene.house.rooms:
            return
        felt = self.felt(who.place)
        for valve in self._valves(who.place):
            off = self.wanted(valve) - valve.setpoint
            if felt * off < 0 and abs(off) >= 0.5 and scene.chance(scene.taste.hands_on):
                self._turn(valve, self.wanted(valve))

    def to_bed(self) -> None:
        """The last one up turns the heating down for the night."""
        if self.scene.taste.night:
            self._down(self.scene.taste.diligent)

    def last_out(self, hours: float) -> None:
        """Nobody will be home for so long."""
        if self.scene.taste.away and hours > 1.5:
            self._down(self.scene.taste.diligent * 0.8)

    def turn(self, valve: Valve, celsius: float) -> None:
        """A person's hand at the knob."""
        self.scene.by_hand(valve, Kind.SETPOINT)
        valve.turn(celsius)

    def _down(self, careful: float) -> None:
        if self.scene.chance(careful):
            for valve in self.tended:
                if valve.setpoint - self.wanted(valve) >= 1.0:
                    self._turn(valve, self.wanted(valve))

    def _turn(self, valve: Valve, celsius: float) -> None:
        """Turn it as people do: now and then half a degree off."""
        self.turn(valve, celsius + (self.scene.rng.choice((-0.5, 0.5)) if self.scene.chance(0.12) else 0.0))

    def _valves(self, room: str) -> list[Valve]:
        return [valve for valve in self.scene.fittings.valves.values() if valve.room.plan.id == room]
