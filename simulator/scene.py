"""Who is where, and what they have around them: what people's hands need to know."""

from dataclasses import dataclass, field
from random import Random

from homectl.home import Kind, Origin
from simulator.agenda import Agenda
from simulator.days import AWAY, Doing
from simulator.devices import Settable
from simulator.fittings import Fittings
from simulator.house import Dwelling
from simulator.people import Member, Taste
from simulator.truth import Tally

REGRET = {Kind.LIGHT: 600.0, Kind.SETPOINT: 7200.0, Kind.LOCK: 600.0}
"""Seconds within which a change by hand takes back what homectl did, rather than answering a new moment."""


@dataclass(slots=True)
class Resident:
    """A person now."""

    member: Member
    place: str
    doing: Doing = Doing.ASLEEP
    until: float = 0.0  # when they next go somewhere else, UTC seconds
    sent_until: float = 0.0  # until then they stay where somebody has sent them
    turn: int = 0  # grows with every move, so that what was planned for the last place is dropped

    @property
    def awake(self) -> bool:
        return self.doing is not Doing.ASLEEP and self.place != AWAY

    @property
    def settled(self) -> bool:
        """Awake, and in a room to be there."""
        return self.awake and self.doing is not Doing.PASSING


@dataclass(slots=True)
class Scene:
    """One home's people, rooms and devices."""

    agenda: Agenda
    taste: Taste
    house: Dwelling
    fittings: Fittings
    residents: list[Resident]
    rng: Random  # people's hesitations and lapses
    tally: Tally = field(default_factory=Tally)
    midnight: float = 0.0

    @property
    def hour(self) -> float:
        """Hours since the local midnight of the day, which lasts until three in the morning."""
        return (self.agenda.now - self.midnight) / 3600

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def awake_in(self, room: str) -> list[Resident]:
        return [r for r in self.residents if r.place == room and r.awake]

    def sleeps_in(self, room: str) -> bool:
        return any(r.place == room and r.doing is Doing.ASLEEP for r in self.residents)

    @property
    def all_away(self) -> bool:
        return all(r.place == AWAY for r in self.residents)

    @property
    def all_asleep(self) -> bool:
        """Somebody is home, and nobody is awake."""
        return not self.all_away and not any(r.awake for r in self.residents)

    def by_hand(self, thing: Settable, kind: Kind) -> None:
        """Count a change that a person is about to make."""
        recent = self.agenda.now - thing.changed <= REGRET[kind]
        self.tally.by_hand(kind, undoes=recent and thing.by is Origin.HOMECTL)
