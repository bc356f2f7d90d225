"""Reads Home Assistant's recorder database (home-assistant_v2.db) and history exports as readings of a known home.

Who made a value what it is: a state whose context names a user is a person's; else one whose context has a parent, or
is that of an automation or script that ran, is an automation's; else it is unknown, as of a switch on the wall, unless
the home says who switches the device. What sensors and thermostats measure is sensed. An export names no contexts.

Every reading rests on one row alone, so that overlapping exports meet: a state is told where it is another one, not
where only attributes are new; times are cut to milliseconds, as exports do. A thing that is set and cannot be reached
is AVAILABLE 0; what a sensor does not know is NaN.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from homectl.home import Device, Home, Kind, Origin, Quantity, Reading
from homectl.journal.readers import history_csv, recorder_database
from homectl.journal.readers.entities import DOMAINS, Told, told
from homectl.journal.readers.rows import Tally
from homectl.journal.readers.state import State
from homectl.journal.readers.tidy_csv import LATEST, Unusable

SET: Final = frozenset({Quantity.LIGHT_ON, Quantity.LIGHT_LEVEL, Quantity.SWITCH, Quantity.SETPOINT, Quantity.LOCK})
"""What somebody makes so; the rest is sensed."""


def states(path: Path, tally: Tally) -> Iterator[State]:
    """The states of a file of either kind; LogError for another one."""
    with path.open("rb") as file:
        database = file.read(16) == b"SQLite format 3\0"
    return recorder_database.states(path, tally) if database else history_csv.states(path, tally)


def readings(path: Path, home: Home, tally: Tally) -> Iterator[tuple[Reading, ...]]:
    """The readings of each state that has any, in the order of the file; the other states are counted in `tally`.

    Devices are found by the address `log:ENTITY`, or where their name or id is the entity's id. Two states of an entity
    in one millisecond keep their order by a millisecond each.
    """
    devices, moments = _devices(home), defaultdict[str, _Moment](_Moment)
    for state in states(path, tally):
        device = devices.get(state.entity)
        try:
            found = _checked(state)
        except Unusable as why:
            tally.skip(str(why), state.line)
            continue
        if device is None or not found:
            tally.leave(_no_use(state, device), state.line)
            continue
        tally.taken += 1
        at = moments[device.id].of(state.at)
        yield tuple(_reading(device, one, at, state.maker) for one in found)


def _devices(home: Home) -> dict[str, Device]:
    addressed = {d.address.removeprefix("log:"): d for d in home.devices if d.address.startswith("log:")}
    return {d.name: d for d in home.devices if d.name} | home.by_id | addressed


def _checked(state: State) -> list[Told]:
    if not 0 <= state.at < LATEST:
        raise Unusable("expected a time between 1970 and 2100")
    return told(state)


def _no_use(state: State, device: Device | None) -> str:
    if state.said is None:
        return "the entity was removed"
    if device is None and told(state):
        return "of a device that the home does not have"
    known = device is not None and state.entity.partition(".")[0] in DOMAINS
    return "only attributes are new" if known and not state.turned else "of a kind that nothing here uses"


@dataclass(slots=True)
class _Moment:
    """The last millisecond of a device's states, and how many came in it before."""

    last: int = -1
    count: int = 0

    def of(self, at: float) -> float:
        moment = int(at * 1000)
        self.count = self.count + 1 if moment == self.last else 0
        self.last = moment
        return (moment + self.count) / 1000


def _reading(device: Device, one: Told, at: float, maker: Origin) -> Reading:
    quantity = Quantity.LIGHT_ON if one.quantity is Quantity.SWITCH and Kind.LIGHT in device.sets else one.quantity
    origin = Origin.SENSED
    if quantity in SET:
        origin = device.switched_by if maker is Origin.UNKNOWN else maker
    live = quantity is not Quantity.AVAILABLE
    return Reading(device=device.id, quantity=quantity, value=one.value, at=at, origin=origin, live=live)
