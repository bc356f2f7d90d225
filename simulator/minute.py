"""What happens once a minute: weather, rooms, sensors that look, appliances, and the counting."""

from random import Random

from simulator.days import AWAY, Doing
from simulator.house import BATHROOM, KITCHEN, LIVING, TICK, Room
from simulator.life import Life
from simulator.scene import Scene
from simulator.sensors import Climate, Motion
from simulator.truth import Tally, Truth
from simulator.weather import Sky

BODY = 80.0
"""Heat of one person at rest, W."""

BREATH = 0.3
"""Carbon dioxide one person breathes out, litres a minute; a sleeper two thirds of it."""

FRESH = 420.0
"""Carbon dioxide outdoors, ppm."""


class Minute:
    """One home's minute."""

    def __init__(self, scene: Scene, weather: Sky, life: Life, rng: Random) -> None:
        self.scene, self.weather, self.life, self._rng = scene, weather, life, rng
        self._before = (0.0, 0, 0, 0)
        parts = scene.fittings
        self._lookers: list[Motion | Climate] = [*parts.motion.values(), *parts.climate]
        self._valves = list(parts.valves.values())
        self._settable = parts.settable()
        self._air_change = rng.uniform(0.3, 0.8) / 60  # of a room's volume, a minute

    def pass_by(self) -> None:
        scene = self.scene
        outdoors, light = self.weather.at(scene.agenda.now)
        self._people_in_rooms()
        for valve in self._valves:
            valve.regulate()
        scene.house.tick(outdoors, light)
        for looker in self._lookers:
            looker.look()
        for room, plug in scene.fittings.plugs.items():
            watching = any(r.doing is Doing.CALM for r in scene.awake_in(room))
            plug.draw(watching and (scene.hour > 18.5 or scene.hour < 3))
        self._count()
        scene.agenda.after(TICK, self.pass_by)

    def _people_in_rooms(self) -> None:
        """Bodies warm, dampen and use up the air of their rooms."""
        damp = 33 + 0.8 * min(20.0, max(-5.0, self.scene.house.outdoors))
        for room in self.scene.house.rooms.values():
            room.gains = 40.0 if room.plan.kind in (KITCHEN, LIVING) else 0.0
            _breathe(room, damp, self._air_change)
        for who in self.scene.residents:
            if who.place != AWAY:
                room = self.scene.house.rooms[who.place]
                asleep = who.doing is Doing.ASLEEP
                room.gains += BODY
                room.co2 += BREATH * (0.67 if asleep else 1.0) / room.plan.volume * 1000
                wet = 1.2 if room.plan.kind == BATHROOM else 0.25 if room.plan.kind == KITCHEN else 0.03
                room.humidity = min(95.0, room.humidity + wet)

    def _count(self) -> None:
        scene, tally = self.scene, self.scene.tally
        tally.minutes += 1
        tally.dark += self._in_the_dark()
        if scene.all_away:
            tally.lamps_away += sum(
                lamp.lux > 0 for lamp in scene.fittings.lamps.values() if not lamp.room.plan.outdoors
            )
            tally.unlocked_away += not scene.fittings.bolt.locked
        else:
            tally.unlocked_asleep += scene.all_asleep and not scene.fittings.bolt.locked
            rooms = {who.place for who in scene.residents if who.place != AWAY and who.doing is not Doing.PASSING}
            tally.discomfort += sum(abs(self.life.knobs.felt(room)) for room in rooms) / 60

    def _in_the_dark(self) -> bool:
        """Somebody wants a lamp in their room and none is on."""
        rooms = {who.place for who in self.scene.residents if who.settled}
        lamps = self.scene.fittings.lamps.values()
        for room in rooms:
            there = [lamp for lamp in lamps if lamp.room.plan.id == room]
            if not any(lamp.lux for lamp in there) and any(self.life.hands.wish(lamp).on for lamp in there):
                return True
        return False

    # --- the account --------------------------------------------------------------------------------

    def count_from_here(self) -> None:
        """Begin the account anew."""
        self.scene.tally = Tally()
        self._before = self._running()

    def truth(self, unlocks_asked: int) -> Truth:
        tally = self.scene.tally
        heat, changes, openings, thrown = (now - then for now, then in zip(self._running(), self._before, strict=True))
        return Truth(
            minutes=tally.minutes,
            occupied_dark_minutes=tally.dark,
            lamp_on_away_minutes=tally.lamps_away,
            unlocked_away_minutes=tally.unlocked_away,
            unlocked_asleep_minutes=tally.unlocked_asleep,
            discomfort_kelvin_hours=round(tally.discomfort, 3),
            heating_kwh=round(heat, 3),
            interventions=dict(tally.interventions),
            undone=dict(tally.undone),
            device_changes=int(changes),
            door_openings=int(openings),
            thrown_open=int(thrown),
            unlocks_asked=unlocks_asked,
        )

    def _running(self) -> tuple[float, int, int, int]:
        parts = self.scene.fittings
        changes = sum(thing.changes for thing in self._settable)
        return self.scene.house.heat, changes, parts.door.openings, parts.bolt.thrown_open


def _breathe(room: Room, damp: float, air_change: float) -> None:
    room.co2 += (FRESH - room.co2) * air_change
    room.humidity += (damp - room.humidity) * air_change
