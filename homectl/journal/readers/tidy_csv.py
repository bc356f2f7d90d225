"""Reads logs of the schema `ts,home,room,device,kind,value,unit` (.csv or .csv.gz) as readings of a known home."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from homectl.home import Device, Home, Kind, LockState, Origin, Quantity, Reading, milliseconds, plausible
from homectl.journal.readers.rows import Rows, Tally, rows

WORDS = {"on": 1.0, "off": 0.0, "true": 1.0, "false": 0.0, "open": 1.0, "closed": 0.0, "detected": 1.0, "clear": 0.0}
LOCK_WORDS = {state.name.lower(): float(state) for state in LockState}

UNITS: dict[Quantity, dict[str, float]] = {
    Quantity.TEMPERATURE: {"C": 1, "°C": 1},
    Quantity.SETPOINT: {"C": 1, "°C": 1},
    Quantity.HUMIDITY: {"%": 1},
    Quantity.ILLUMINANCE: {"lx": 1, "lux": 1},
    Quantity.POWER: {"W": 1, "kW": 1000},
    Quantity.CO2: {"ppm": 1},
    Quantity.BATTERY: {"%": 1},
    Quantity.LIGHT_LEVEL: {"%": 0.01},
}
"""How many of ours one of theirs is; an empty unit means ours."""

KINDS: dict[str, Quantity] = {
    "motion": Quantity.MOTION,
    "contact": Quantity.CONTACT,
    "temperature": Quantity.TEMPERATURE,
    "humidity": Quantity.HUMIDITY,
    "illuminance": Quantity.ILLUMINANCE,
    "power": Quantity.POWER,
    "co2": Quantity.CO2,
    "battery": Quantity.BATTERY,
    "smoke": Quantity.SMOKE,
    "carbon_monoxide": Quantity.CARBON_MONOXIDE,
    "setpoint": Quantity.SETPOINT,
    "lock": Quantity.LOCK,
    "switch": Quantity.SWITCH,
    "button": Quantity.ACTION,
    "activation": Quantity.ACTION,
}

SWITCHED = frozenset(
    {Quantity.SWITCH, Quantity.LIGHT_ON, Quantity.LIGHT_LEVEL, Quantity.SETPOINT, Quantity.LOCK, Quantity.ACTION}
)
LATEST = 4_102_444_800.0
"""2100-01-01: a later time in a log is a mistake."""


class Unusable(ValueError):
    """Why a row cannot be read."""


@dataclass(slots=True)
class Channel:
    """What one device and kind of the log are to us; without a quantity it is left alone for `reason`.

    `began` and `values` are the last instant and what it has told so far, with the moment given to each.
    """

    device: str
    kind: str
    quantity: Quantity | None
    origin: Origin = Origin.SENSED
    reason: str = ""
    began: float = float("-inf")
    values: set[tuple[float, str]] = field(default_factory=set)

    def moment(self, at: float, value: float, text: str) -> float | None:
        """The reading's own time; None for what this instant has told already."""
        if at != self.began:
            self.began, self.values = at, set()
        if (value, text) in self.values:
            return None
        self.values.add((value, text))
        return milliseconds(at + (len(self.values) - 1) / 1000)


def quantity_of(kind: str, device: Device, *, outdoors: bool) -> Quantity | None:
    """What a kind of row of this device tells; None to leave it alone."""
    lamp = Kind.LIGHT in device.sets
    match kind:
        case "switch" | "lamp" if lamp:
            return Quantity.LIGHT_ON
        case "level":
            return Quantity.LIGHT_LEVEL if lamp else None
        case "outdoor_temperature":
            return Quantity.TEMPERATURE if outdoors else None
    return KINDS.get(kind)


def readings(path: Path, home: Home, tally: Tally, rows: Rows = rows) -> Iterator[Reading]:
    """Every usable row as a reading, in the order of the file; the others are counted in `tally`.

    Devices are found by name, id or the address `log:NAME`. Times without a zone are the home's local time. Two values
    of one signal in one instant keep their order by a millisecond each; the same value again is counted once. `rows`
    are those of another log told in the columns of this one.
    """
    channels, clock = _Channels(home), _clock(home)
    for line, (ts, _, _, name, kind, text, unit) in rows(path, tally):
        channel = channels.of(name, kind)
        if channel.quantity is None:
            tally.leave(channel.reason, line)
            continue
        if channel.kind == "activation" and text.strip() == "0":
            tally.leave("the end of an activation", line)
            continue
        try:
            value, said = _value(channel.quantity, text, unit)
            moment = channel.moment(clock(ts), value, said)
        except Unusable as why:
            tally.skip(str(why), line)
            continue
        if moment is None:
            tally.repeated += 1
            continue
        tally.taken += 1
        yield Reading(
            device=channel.device,
            quantity=channel.quantity,
            value=value,
            at=moment,
            origin=channel.origin,
            text=said,
        )


class _Channels:
    """Which device and kind of the log is what, looked up once each."""

    def __init__(self, home: Home) -> None:
        self._home = home
        addressed = {d.address.removeprefix("log:"): d for d in home.devices if d.address.startswith("log:")}
        self._devices = {d.name: d for d in home.devices if d.name} | home.by_id | addressed
        self._known: dict[tuple[str, str], Channel] = {}

    def of(self, name: str, kind: str) -> Channel:
        channel = self._known.get((name, kind))
        if channel is None:
            channel = self._find(name, kind.strip().lower())
            if len(self._known) < 100_000:
                self._known[name, kind] = channel
        return channel

    def _find(self, name: str, kind: str) -> Channel:
        device = self._devices.get(name)
        if device is None:
            return Channel(name, kind, None, reason="of a device that the home does not have")
        quantity = quantity_of(kind, device, outdoors=device.area in self._home.outdoors)
        if quantity is None:
            return Channel(device.id, kind, None, reason="of a kind that nothing here uses")
        origin = device.switched_by if quantity in SWITCHED else Origin.SENSED
        return Channel(device.id, kind, quantity, origin)


def _clock(home: Home) -> Callable[[str], float]:
    """Text to UTC seconds; remembers the last answer, as logs repeat their times."""
    last: tuple[str, float] = ("", 0.0)

    def read(text: str) -> float:
        nonlocal last
        if text != last[0]:
            last = (text, _seconds(text, home))
        return last[1]

    return read


def _seconds(text: str, home: Home) -> float:
    try:
        time = datetime.fromisoformat(text.strip())
        seconds = (time if time.tzinfo else time.replace(tzinfo=home.zone)).timestamp()
    except (ValueError, OverflowError):
        raise Unusable("expected an ISO 8601 time") from None
    if not 0 <= seconds < LATEST:
        raise Unusable("expected a time between 1970 and 2100")
    return milliseconds(seconds)


def _value(quantity: Quantity, text: str, unit: str) -> tuple[float, str]:
    """The value in our unit and an action's text. A float's noise (19.599999999999998) is rounded away."""
    text = text.strip()
    if quantity is Quantity.ACTION:
        if not text:
            raise Unusable("expected an action's name")
        return 1.0, text[:64]
    scale = UNITS.get(quantity, {}).get(unit.strip(), None if unit.strip() else 1.0)
    if scale is None:
        raise Unusable(f"expected a known unit of {quantity}")
    value = round(_number(quantity, text) * scale, 6)
    if not plausible(quantity, value):
        raise Unusable(f"implausible {quantity}")
    return value, ""


def _number(quantity: Quantity, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        words = LOCK_WORDS if quantity is Quantity.LOCK else WORDS
        value = words.get(text.lower())
        if value is None:
            raise Unusable(f"expected a number as {quantity}") from None
        return value
