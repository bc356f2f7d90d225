"""Whether the sensors that a target rests on can be believed: explicit rules, and what they found in words.

Sensors are judged as of the last whole minute, by what was heard before it: live, once a minute, and in replay for all
minutes at once, by the same rules.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from homectl.home import STATE, AgeLimits, History, Home, Kind, Quantity, Signal, Target, Times
from models.rhythm import Rhythm
from models.signals import Asked, Switch, Values, choose
from models.steps import MINUTE, Flags, milliseconds_of
from models.streams import Hands, Stream
from models.usual import Sensor
from models.watched import LOUD, NOUN, Finding, Watched

SHARE = 3
"""Where several sensors are taken together, one in so many that cannot be believed is enough."""

CLOCK = "all was silent for hours, and the home's day has not shown since that the clock is right"

Pool = tuple[Signal, ...]
"""Sensors that are taken together."""


class Health:
    """The sensors of one home, and which targets rest on them."""

    _minute: float  # the last one whose findings are kept, ms
    _clock: bool  # whether the clock was in doubt then
    _findings: dict[Signal, float]
    _until: float  # the newest minute that was judged

    def __init__(self, home: Home, history: History) -> None:
        self.home, self.history = home, history
        self._tracks, self._forgotten = len(history.tracks), _forgotten(history)
        self._signals = _signals(home, history)
        self._moves = self._stream(Quantity.MOTION)
        light = self._stream(Quantity.ILLUMINANCE)
        self._reports = Stream(list(self._signals.values()), changes=False)
        self._hands = {area.id: self._hands_in(area.id) for area in home.areas}
        self._streams = (self._reports, self._moves, light, *self._hands.values())
        self._others = {Quantity.MOTION: self._moves, Quantity.CONTACT: self._moves, Quantity.ILLUMINANCE: light}
        self._heard = [*self._signals.values(), *(hand for stream in self._hands.values() for hand in stream.signals)]
        self._pools: dict[Target, tuple[Pool, ...]] = {}
        self._begin()

    def of(self, home: Home, history: History) -> "Health":
        """The health of a home's sensors: this one, if it is about them and nothing was forgotten since."""
        known = home is self.home and history is self.history and len(history.tracks) == self._tracks
        return self if known and _forgotten(history) == self._forgotten else Health(home, history)

    def doubtful(self, times: Times, targets: Sequence[Target]) -> Flags:
        """Whether each target rests on something that cannot be believed: (times, targets); `times` UTC seconds."""
        at = (milliseconds_of(times) // MINUTE * MINUTE).astype(np.float64)
        if not len(at):
            return np.empty((0, len(targets)), dtype=bool)
        self._listen(float(at.max()))
        pools = [self._rests_on(target) for target in targets]
        found = {s: self._watched[s].finding(at) for s in {s for some in pools for pool in some for s in pool}}
        clock = np.asarray(self._rhythm.doubtful(at)) > 0
        doubts = np.empty((len(at), len(targets)), dtype=bool)
        for column, some in enumerate(pools):
            doubts[:, column] = clock
            for pool in some:
                doubts[:, column] |= np.asarray(_doubted([found[s] for s in pool])) > 0
        return doubts

    def reasons(self, at: float, targets: Sequence[Target]) -> list[str]:
        """What each target rests on that cannot be believed, as a clause; empty where nothing is wrong."""
        self._turn_to(at)
        return [CLOCK if self._clock else self._reason(target) for target in targets]

    def doubts(self, at: float) -> dict[str, str]:
        """Devices with a sensor that cannot be believed, and what is wrong with it, from the verb on."""
        self._turn_to(at)
        wrong = {signal: self._finding(signal) for signal in self._signals}
        return {
            signal.device: self._watched[signal].said(Finding(int(finding)), self._minute)
            for signal, finding in wrong.items()
            if finding > 0
        }

    def _turn_to(self, at: float) -> None:
        """Judge as of the whole minute before a time (UTC seconds)."""
        minute = float(milliseconds_of(np.array([at]))[0] // MINUTE * MINUTE)
        if self._listen(minute) or minute != self._minute:
            self._minute, self._findings = minute, {}
            self._clock = float(np.asarray(self._rhythm.doubtful(minute))) > 0

    def _begin(self) -> None:
        """Judge everything anew."""
        self._watched = {signal: Watched(self._sensor(signal)) for signal in self._signals}
        self._rhythm = Rhythm(self._reports, self._moves)
        self._read = [1] * len(self._heard)
        self._until = self._minute = -np.inf
        self._clock, self._findings = False, {}

    def _listen(self, until: float) -> bool:
        """Hear what is new before a minute is judged; whether some of it is older than what was judged already."""
        heard = [(signal.follow(), read) for signal, read in zip(self._heard, self._read, strict=True)]
        late = any(len(signal.at) > read and signal.at[read] < self._until for signal, read in heard)
        if late:
            self._begin()
        if late or until > self._until:
            self._until = until
            self._read = [len(signal.at) for signal in self._heard]
            for stream in self._streams:
                stream.follow()
        return late

    def _reason(self, target: Target) -> str:
        for pool in self._rests_on(target):
            findings = [self._finding(signal) for signal in pool]
            if _doubted(findings):
                worst = max(range(len(pool)), key=lambda place: (findings[place] in LOUD, findings[place] > 0))
                return self._watched[pool[worst]].words(Finding(int(findings[worst])), self._minute)
        return ""

    def _finding(self, signal: Signal) -> float:
        found = self._findings.get(signal)
        if found is None:
            found = self._findings[signal] = float(np.asarray(self._watched[signal].finding(self._minute)))
        return found

    # --- what there is, and what rests on it ----------------------------------------------------------

    def _rests_on(self, target: Target) -> tuple[Pool, ...]:
        found = self._pools.get(target)
        if found is None:
            found = self._pools[target] = tuple(filter(None, map(tuple, self._pools_of(target))))
        return found

    def _pools_of(self, target: Target) -> Iterable[Pool]:
        area = self.home.device(target.device).area or ""
        motion = self._where(Quantity.MOTION, area) or self._indoors(Quantity.MOTION)
        match target.kind:
            case Kind.LIGHT:
                lux = self._where(Quantity.ILLUMINANCE)
                yield from (motion, self._where(Quantity.CONTACT, area))
                yield tuple(signal for signal in lux if self.home.device(signal.device).area != area)
            case Kind.SETPOINT:
                yield from (self._where(Quantity.TEMPERATURE, area), motion)
            case Kind.LOCK:
                doors = self._where(Quantity.CONTACT)
                yield tuple(signal for signal in doors if self.home.device(signal.device).exterior)
                yield self._indoors(Quantity.MOTION)

    def _where(self, quantity: Quantity, area: str | None = None) -> Pool:
        """The sensors of an area, or of all."""
        areas = {signal: self.home.device(signal.device).area for signal in self._signals}
        return tuple(s for s, where in areas.items() if s.quantity is quantity and area in (None, where))

    def _indoors(self, quantity: Quantity) -> Pool:
        found = self._where(quantity)
        return tuple(signal for signal in found if self.home.device(signal.device).area not in self.home.outdoors)

    def _stream(self, quantity: Quantity) -> Stream:
        return Stream([self._signals[signal] for signal in self._indoors(quantity)], changes=True)

    def _hands_in(self, area: str) -> Stream:
        """The lamps and thermostats of an area, set by hand."""
        settings = ((t.device, STATE[t.kind]) for t in self.home.targets_in(area) if t.kind is not Kind.LOCK)
        tracks = filter(None, (self.history.track(*setting) for setting in settings))
        return Stream([Hands(track) for track in tracks], changes=False)

    def _sensor(self, signal: Signal) -> Sensor:
        device, quantity = self.home.device(signal.device), signal.quantity
        outdoors = device.area in self.home.outdoors
        beside = [s for s in self._where(quantity, device.area) if s != signal]
        peers = beside or ([] if outdoors else [s for s in self._indoors(quantity) if s != signal])
        return Sensor(
            device=device,
            quantity=quantity,
            signal=self._signals[signal],
            check_in=1000 * AgeLimits().check_in(device),
            others=self._others.get(quantity),
            hands=self._hands[device.area or ""] if quantity is Quantity.MOTION else None,
            peers=tuple(self._signals[s] for s in peers) if quantity is Quantity.TEMPERATURE else (),
            together=bool(beside),
            outdoors=outdoors,
        )


def _signals(home: Home, history: History) -> dict[Signal, Values]:
    """What is watched of the placed devices, always in the same order."""
    found = {}
    for signal in sorted(history.tracks):
        device = home.by_id.get(signal.device)
        if signal.quantity in NOUN and device is not None and device.area is not None:
            kind = Switch if signal.quantity in (Quantity.MOTION, Quantity.CONTACT) else Values
            values = kind.of(history, *signal)
            if values is not None:
                found[signal] = values
    return found


def _doubted(findings: Sequence[Asked]) -> Asked:
    """1 where a pool of sensors with these findings cannot be believed, else 0."""
    wrong = loud = 0.0 * findings[0]
    for found in findings:
        wrong = wrong + choose(found > 0, 1.0, 0.0)
        loud = choose((found == LOUD[0]) | (found == LOUD[1]), 1.0, loud)
    return choose(wrong * SHARE >= len(findings), 1.0, loud)


def _forgotten(history: History) -> int:
    return sum(track.forgotten for track in history.tracks.values())
