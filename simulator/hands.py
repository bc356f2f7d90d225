"""What people do with lamps: on when they need one, off when they go, and back when something else meddled."""

from collections.abc import Callable

from homectl.home import Kind, Light, Origin
from simulator.days import Doing
from simulator.devices import Lamp
from simulator.house import BATHROOM, HALL, KITCHEN, LIVING, PORCH
from simulator.scene import Resident, Scene

BRIGHT = 1.6
"""How many times the needed daylight makes a burning lamp pointless."""

STAYS_ON = {LIVING: 0.6, KITCHEN: 0.75, BATHROOM: 0.85}
"""Where a lamp often burns on for whoever comes back, as a factor on being tidy."""

WAIT = 20.0
"""Seconds that somebody who is used to lamps coming on by themselves waits before reaching for the switch."""

Reach = Callable[[Resident], None]


class Hands:
    """Everybody's hands at the lamps of one home.

    People get used to a lamp that is switched for them, 0 not at all … 1: they wait for it when they come in, and
    leave it to itself when they go. It is earned slowly, and lost when it does the wrong thing or nothing.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.used_to = dict.fromkeys(scene.fittings.lamps, 0.0)

    # --- what they want -----------------------------------------------------------------------------

    def wish(self, lamp: Lamp) -> Light:
        """What the people awake in a lamp's room want of it."""
        scene, room = self.scene, lamp.room
        people = [r for r in scene.awake_in(room.plan.id) if r.settled]
        if not people or not self._dark(lamp):
            return Light(False)
        sleeper, paired = scene.sleeps_in(room.plan.id), any(other.cosy for other in room.lamps if other is not lamp)
        quiet = all(r.doing is Doing.CALM for r in people) and scene.hour >= scene.taste.cosy_from
        if lamp.cosy:
            return Light(quiet or sleeper, self._level())
        if sleeper or (quiet and paired):
            return Light(False)
        return Light(True, self._level())

    def wanted_in_passing(self, lamp: Lamp) -> bool:
        """Whether people who only walk through its room would want a lamp on."""
        passing = self.scene.taste.hall_lamp
        return passing != "never" and self._dark(lamp) and not (passing == "evening" and self.scene.hour < 16)

    def _dark(self, lamp: Lamp) -> bool:
        need = self.scene.taste.need[lamp.room.plan.kind]
        return lamp.room.daylight < (need * BRIGHT if lamp.on else need)

    def _level(self) -> float:
        hour, levels = self.scene.hour, self.scene.taste.levels
        if hour < 5.5 or hour >= 23:
            return levels[3]
        return levels[0] if hour < 9 else levels[1] if hour < 18 else levels[2]

    # --- when they act ------------------------------------------------------------------------------

    def entered(self, who: Resident) -> None:
        """Somebody has come into a room; they reach for the switch within seconds."""
        if who.doing is Doing.PASSING:
            if self.scene.taste.hall_lamp != "never":
                self._soon(who, 0.5, 2, self._pass_by)
        elif who.awake:
            used = max((self.used_to[lamp.id] for lamp in self._lamps(who.place)), default=0.0)
            self._soon(who, 1 + 0.4 * WAIT * used, 5 + WAIT * used, self.tend)

    def looked(self, who: Resident) -> None:
        """Somebody who has been in a room for a while looks up."""
        if who.settled:
            self.tend(who, patience=0.6)

    def meddled(self, lamp: Lamp) -> None:
        """Something else has changed a lamp: whoever is there notices after a while."""
        if self.wish(lamp).on == lamp.on:
            self.used_to[lamp.id] += 0.2 * (1 - self.used_to[lamp.id])
        here = [r for r in self.scene.residents if r.place == lamp.room.plan.id and r.doing is not Doing.PASSING]
        if here:
            self._soon(here[0], 4, 40, self._take_back)

    def left(self, room: str) -> None:
        """Somebody has left a room, and switches off unless others are there or they forget."""
        scene = self.scene
        if room not in scene.house.rooms or scene.awake_in(room):
            return
        kept = room == HALL and scene.taste.hall_lamp == "evening" and scene.hour > 16
        tidy = 0.97 if scene.sleeps_in(room) else scene.taste.tidy * STAYS_ON.get(room, 1.0)
        for lamp in self._lamps(room):
            careful = tidy * (1 - 0.85 * self.used_to[lamp.id])
            if lamp.on and not lamp.cut and not kept and scene.chance(careful):
                self.switch(lamp, Light(False))

    def lay_down(self, who: Resident) -> None:
        """Somebody goes to sleep: their room gets dark, and the last one up has a look at the rest."""
        scene = self.scene
        if not scene.awake_in(who.place):
            self._dark_room(who.place, 0.985)
        if scene.all_asleep and scene.hour > 18:
            for room in scene.house.rooms:
                if not scene.sleeps_in(room):
                    self._dark_room(room, scene.taste.bedtime_round)

    def last_out(self) -> None:
        """Nobody will be home."""
        for room in self.scene.house.rooms:
            if room != PORCH:
                self._dark_room(room, self.scene.taste.tidy_out)

    def switch(self, lamp: Lamp, light: Light) -> None:
        """A person's hand at the lamp, or at its wall switch."""
        scene = self.scene
        if not light.on and lamp.on and scene.chance(scene.taste.cuts):
            lamp.cut_at_wall()
        else:
            self.press(lamp, light)

    def press(self, lamp: Lamp, light: Light) -> None:
        """The same by the switch that a lamp listens to; a lamp that is cut first gets its power back."""
        if lamp.cut and not light.on:
            return
        self.scene.by_hand(lamp, Kind.LIGHT)
        if lamp.cut:
            lamp.restore()
        else:
            lamp.set(light, Origin.PERSON)

    # --- how they act -------------------------------------------------------------------------------

    def tend(self, who: Resident, patience: float = 0.96) -> None:
        """Make the lamps around somebody as they are wanted, if they bother."""
        for lamp in self._lamps(who.place):
            wish = self.wish(lamp)
            burning = lamp.on and not lamp.cut
            if wish.on != burning:
                # A lamp that burns for nothing is noticed less than one that is missing.
                if self.scene.chance(patience if wish.on else 0.35 * patience):
                    self.used_to[lamp.id] *= 0.85
                    self.switch(lamp, wish if lamp.dimmable else Light(wish.on))
            elif burning and _apart(lamp, wish) > 0.25 and self.scene.chance(0.35 * patience):
                self.switch(lamp, wish)

    def _take_back(self, who: Resident) -> None:
        """Undo what something else did to the lamps here where it is not wanted."""
        for lamp in self._lamps(who.place):
            if lamp.by is Origin.HOMECTL and not lamp.cut:
                wish = self.wish(lamp)
                if wish.on != lamp.on or _apart(lamp, wish) > 0.35:
                    self.used_to[lamp.id] *= 0.6
                    self.switch(lamp, wish if lamp.dimmable else Light(wish.on))

    def _pass_by(self, who: Resident) -> None:
        evening = self.scene.taste.hall_lamp == "evening"
        if self.scene.chance(0.9 if evening and self.scene.hour > 16 else 0.35):
            for lamp in self._lamps(who.place):
                if not lamp.on and self.wanted_in_passing(lamp):
                    self.switch(lamp, Light(True, self._level()) if lamp.dimmable else Light(True))

    def _dark_room(self, room: str, careful: float) -> None:
        for lamp in self._lamps(room):
            if lamp.on and not lamp.cut and self.scene.chance(careful):
                self.switch(lamp, Light(False))

    def _soon(self, who: Resident, low: float, high: float, act: Reach) -> None:
        turn = who.turn
        self.scene.agenda.after(self.scene.rng.uniform(low, high), lambda: act(who) if who.turn == turn else None)

    def _lamps(self, room: str) -> list[Lamp]:
        return [lamp for lamp in self.scene.fittings.lamps.values() if lamp.room.plan.id == room]


def _apart(lamp: Lamp, wish: Light) -> float:
    """How far the level of a lamp is from the one wanted, 0 … 1; 0 where either is off or there is no level."""
    if not (lamp.on and wish.on and lamp.dimmable) or wish.level is None:
        return 0.0
    return abs(lamp.level - wish.level)
