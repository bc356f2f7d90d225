"""Which devices hang where in a simulated home, and what the home's file says of them."""

from dataclasses import dataclass, field
from random import Random

from homectl.home import Area, Home, Kind, Quantity
from homectl.home import Device as Described
from simulator.agenda import Agenda
from simulator.devices import Bolt, Device, Door, Lamp, Settable, Valve
from simulator.house import BATHROOM, BEDROOM, HALL, KITCHEN, LIVING, PORCH, STUDY, Dwelling, Room
from simulator.people import Taste
from simulator.radio import Radio
from simulator.sensors import Climate, Detector, Motion, Plug
from simulator.weather import Place

DOOR, LOCK = "front_door", "front_door_lock"

CHANCE: dict[str, dict[str, float]] = {
    "motion": {HALL: 1, KITCHEN: 0.95, LIVING: 1, BEDROOM: 0.8, BATHROOM: 0.85, STUDY: 0.8, PORCH: 0.5},
    "eye": {HALL: 0.9, KITCHEN: 0.9, LIVING: 0.95, BEDROOM: 0.85, BATHROOM: 0.8, STUDY: 0.9, PORCH: 1},
    "climate": {HALL: 0.4, KITCHEN: 0.6, LIVING: 1, BEDROOM: 0.8, BATHROOM: 0.8, STUDY: 0.7, PORCH: 0.7},
    "co2": {LIVING: 0.5, BEDROOM: 0.25},
    "valve": {HALL: 0.2, KITCHEN: 0.4, LIVING: 1, BEDROOM: 0.6, BATHROOM: 0.5, STUDY: 0.6},
    "lamp": {HALL: 1, KITCHEN: 1, LIVING: 1, BEDROOM: 0.9, BATHROOM: 0.9, STUDY: 0.9, PORCH: 1},
    "cosy": {LIVING: 0.7, BEDROOM: 0.5},
    "dims": {HALL: 0.5, KITCHEN: 0.5, LIVING: 0.85, BEDROOM: 0.7, BATHROOM: 0.4, STUDY: 0.6, PORCH: 0.2},
}
"""How likely a room of a kind has a thing."""


@dataclass(slots=True)
class Fittings:
    """The devices of a home by id, those that look by room, and the home as its file describes it."""

    home: Home
    door: Door
    bolt: Bolt
    lamps: dict[str, Lamp] = field(default_factory=dict)
    valves: dict[str, Valve] = field(default_factory=dict)
    motion: dict[str, Motion] = field(default_factory=dict)  # by room
    climate: list[Climate] = field(default_factory=list)
    plugs: dict[str, Plug] = field(default_factory=dict)  # by room
    detectors: dict[str, Detector] = field(default_factory=dict)

    def devices(self) -> list[Device]:
        looking = [*self.motion.values(), *self.climate, *self.plugs.values(), *self.detectors.values()]
        return [self.door, *self.settable(), *looking]

    def hang(self, area: str, agenda: Agenda, radio: Radio, rng: Random) -> None:
        """Hang a detector of smoke and carbon monoxide into an area, on a stream of chance of its own."""
        name = f"{area}_detector"
        described = Described(
            id=name,
            name=_name(name),
            area=area,
            address=f"zigbee2mqtt:0x00124b00{rng.getrandbits(32):08x}",
            senses=frozenset({*Detector.SENSES, Quantity.BATTERY}),
            battery=True,
        )
        self.detectors[name] = Detector(name, agenda, radio, rng)
        self.home = self.home.with_device(described)

    def thermometers(self) -> list[Device]:
        return [*self.climate, *self.valves.values()]

    def settable(self) -> list[Settable]:
        return [*self.lamps.values(), *self.valves.values(), self.bolt]


def fit(
    identity: str, place: Place, taste: Taste, house: Dwelling, agenda: Agenda, radio: Radio, rng: Random
) -> Fittings:
    """Draw the devices of a home and put them in its rooms."""
    fitter = _Fitter(taste, agenda, radio, rng)
    door, bolt = fitter.front_door()
    fittings = Fittings(Home(id=identity), door, bolt)
    for room in house.rooms.values():
        fitter.lamps(room, fittings)
        fitter.heating(room, fittings)
        fitter.sensors(room, fittings)
    fittings.home = Home(
        id=identity,
        name=identity.replace("-", " ").capitalize(),
        timezone=place.timezone,
        latitude=place.latitude,
        longitude=place.longitude,
        simulated=True,
        areas=tuple(
            Area(id=r.id, name=_name(r.id), outdoors=r.outdoors) for r in (room.plan for room in house.rooms.values())
        ),
        devices=tuple(sorted(fitter.described, key=lambda device: device.id)),
    )
    return fittings


class _Fitter:
    """Makes devices and writes each down as the home's file would."""

    def __init__(self, taste: Taste, agenda: Agenda, radio: Radio, rng: Random) -> None:
        self.taste, self.agenda, self.radio, self.rng = taste, agenda, radio, rng
        self.described: list[Described] = []
        self._announces = rng.random() < 0.5  # some of this home's devices speak Home Assistant's way

    def front_door(self) -> tuple[Door, Bolt]:
        door = Door(DOOR, self.agenda, self.radio, self._own(DOOR))
        bolt = Bolt(LOCK, self.agenda, self.radio, self._own(LOCK), door=door)
        senses = frozenset({Quantity.CONTACT, Quantity.BATTERY})
        self._describe(DOOR, HALL, senses, battery=True, exterior=True, check_in=3600.0)
        self._describe(
            LOCK,
            HALL,
            frozenset({Quantity.LOCK, Quantity.BATTERY}),
            sets=frozenset({Kind.LOCK}),
            battery=True,
            exterior=True,
            contact=DOOR,
            check_in=3600.0,
            announced=0.2,
        )
        return door, bolt

    def lamps(self, room: Room, fittings: Fittings) -> None:
        kind = room.plan.kind
        names = [f"{room.plan.id}_lamp"] if self._has("lamp", kind) else []
        names += [f"{room.plan.id}_{'bedside' if kind == BEDROOM else 'floor'}_lamp"] if self._has("cosy", kind) else []
        for name in names:
            cosy, dims = not name.endswith(f"{room.plan.id}_lamp"), self._has("dims", kind)
            fittings.lamps[name] = Lamp(
                name, self.agenda, self.radio, self._own(name), room=room, dimmable=dims, cosy=cosy
            )
            senses = {Quantity.LIGHT_ON} | ({Quantity.LIGHT_LEVEL} if dims else set())
            self._describe(
                name,
                room.plan.id,
                frozenset(senses),
                sets=frozenset({Kind.LIGHT}),
                dimmable=dims,
                check_in=3600.0,
                announced=0.35,
            )

    def heating(self, room: Room, fittings: Fittings) -> None:
        kind = room.plan.kind
        if kind == PORCH:
            return
        comfort = self.taste.comfort[kind]
        room.air = room.mass = comfort - 0.5 * self.taste.night
        if not self._has("valve", kind):
            room.kept_at = comfort
            return
        name = f"{room.plan.id}_thermostat"
        wall = kind == LIVING and self._announces and self.rng.random() < 0.7  # one on the wall, always awake
        fittings.valves[name] = Valve(
            name, self.agenda, self.radio, self._own(name), room=room, setpoint=comfort, battery=not wall
        )
        senses = {Quantity.SETPOINT, Quantity.TEMPERATURE, Quantity.HEATING} | (set() if wall else {Quantity.BATTERY})
        self._describe(
            name,
            room.plan.id,
            frozenset(senses),
            sets=frozenset({Kind.SETPOINT}),
            battery=not wall,
            check_in=3600.0,
            announced=1.0 if wall else 0.0,
        )

    def sensors(self, room: Room, fittings: Fittings) -> None:
        where, kind = room.plan.id, room.plan.kind
        if self._has("motion", kind):
            eye, clear = self._has("eye", kind), self.rng.choice((60.0, 90.0, 90.0, 120.0, 180.0))
            name = f"{where}_motion"
            fittings.motion[where] = Motion(
                name, self.agenda, self.radio, self._own(name), room=room, clear=clear, eye=eye
            )
            senses = {Quantity.MOTION, Quantity.BATTERY} | ({Quantity.ILLUMINANCE} if eye else set())
            self._describe(name, where, frozenset(senses), battery=True)
        if self._has("climate", kind):
            name, co2 = f"{where}_climate", self._has("co2", kind)
            fittings.climate.append(Climate(name, self.agenda, self.radio, self._own(name), room=room, co2=co2))
            extra = {Quantity.CO2} if co2 else {Quantity.BATTERY}
            self._describe(
                name,
                where,
                frozenset({Quantity.TEMPERATURE, Quantity.HUMIDITY} | extra),
                battery=not co2,
                check_in=3600.0 if co2 else None,
                announced=0.4,
            )
        if kind == LIVING and self.rng.random() < 0.7:
            name = f"{where}_plug"
            fittings.plugs[where] = Plug(name, self.agenda, self.radio, self._own(name))
            self._describe(name, where, frozenset({Quantity.POWER}), check_in=3600.0)

    def _has(self, thing: str, kind: str) -> bool:
        return self.rng.random() < CHANCE[thing].get(kind, 0.0)

    def _own(self, name: str) -> Random:
        """A device's own stream of chance, so that what one does never changes what another does."""
        return Random(f"{self.rng.random()} {name}")

    def _describe(
        self,
        name: str,
        area: str,
        senses: frozenset[Quantity],
        *,
        sets: frozenset[Kind] = frozenset(),
        dimmable: bool = True,
        battery: bool = False,
        exterior: bool = False,
        contact: str | None = None,
        check_in: float | None = None,
        announced: float = 0.0,
    ) -> None:
        by_discovery = self._announces and self.rng.random() < announced
        key = f"home_assistant:{name}" if by_discovery else f"zigbee2mqtt:0x00124b00{self.rng.getrandbits(32):08x}"
        self.described.append(
            Described(
                id=name,
                name=_name(name),
                area=area,
                address=key,
                senses=senses,
                sets=sets,
                dimmable=dimmable,
                battery=battery,
                exterior=exterior,
                contact=contact,
                check_in=check_in,
            )
        )


def _name(identity: str) -> str:
    return identity.replace("_", " ").capitalize()
