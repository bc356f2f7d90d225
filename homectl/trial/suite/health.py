"""Broken sensors in running homes: how soon the policy is silent about what rests on them, and how often for nothing.

Every home is simulated twice from the same seed, once with faults and once without: the second says what each sensor
should have said. Nobody controls the homes, so both live alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from homectl.home import ORIGIN_CODE, STATE, History, Home, Kind, Origin, Quantity, Target, Times
from homectl.trial.closed import watched
from homectl.trial.homes import DAY, UNSEEN, season
from homectl.trial.suite.stages import HIGHER, Check, Inputs, Json, Result, Settings, Stage
from models.policy import NetworkPolicy
from models.steps import Flags
from simulator.faults import AHEAD, Fault, Trouble
from simulator.world import World

MINUTE, HOUR = 60.0, 3600.0

PAST, APART, LASTS = 10.0, 2.0, 1.0
"""Days before the first fault, from one fault to the next, and that one lasts."""

PROMPT = 5 * MINUTE

HOMES, FIRST = 10, 400
"""How many homes, and the first's number among the unseen ones: no other stage judges by these."""

WRONG, STILL, LOST = 2.0, 2 * HOUR, 70 * MINUTE

COUNTED_FROM = {
    "offset": "the first report that is 10 °C off",
    "drift": "the first report that is 2 °C off",
    "flood": "the first of its reports, one every four seconds",
    "clock": "the first report with a wrong stamp",
    "silent": "70 minutes after its last word, of a sensor that checks in hourly",
    "stuck thermometer": "the first minute in which the truth is 2 °C away",
    "stuck moving": "two hours after anybody really moved",
    "stuck still": "the fourth setting by hand beside it that it did not see, or once half as much again has happened "
    "elsewhere as ever before between two of its own changes",
}
"""When there is something to notice, by kind of fault."""

TROUBLE = {kind: Trouble(kind.split()[0]) for kind in COUNTED_FROM}
_OF_AIR = ("offset", "drift", "stuck thermometer")


@dataclass(frozen=True, slots=True)
class Episode:
    """One fault: its kind, what it is about and when; UTC seconds of the truth."""

    kind: str
    fault: Fault
    affected: tuple[Target, ...]


def lived(seed: int, faults: Sequence[Fault], days: float) -> tuple[Home, History]:
    """What a home tells of itself for so many days."""
    world = World(seed, start=season(seed))
    for fault in faults:
        world.suffer(fault)
    return world.home, watched(world, days)


def episodes(seed: int, home: Home, good: History, past: float = PAST) -> list[Episode]:
    """One fault of each kind where the home has a sensor for it, each in another area; the wrong clock last."""
    rng, found = np.random.default_rng((seed, 11)), []
    free = {
        Quantity.TEMPERATURE: _places(home, Quantity.TEMPERATURE, Kind.SETPOINT),
        Quantity.MOTION: _places(home, Quantity.MOTION, Kind.LIGHT),
    }
    at = season(seed) + past * DAY
    for kind in COUNTED_FROM:
        places = free[Quantity.TEMPERATURE if kind in _OF_AIR else Quantity.MOTION]
        if kind == "clock" or not places:
            continue
        area = str(rng.choice(sorted(places)))
        device = str(rng.choice(places.pop(area)))
        begin = _begin(kind, good, device, at + rng.uniform(0, 0.9) * DAY)
        fault = Fault(trouble=TROUBLE[kind], device=device, at=begin, until=begin + LASTS * DAY)
        found.append(Episode(kind, fault, _affected(home, kind, area)))
        at += APART * DAY
    begin = at + rng.uniform(0, 0.9) * DAY
    clock = Fault(trouble=Trouble.CLOCK, at=begin, until=begin + 30 * DAY)
    return [*found, Episode("clock", clock, home.targets)]


def broken(seed: int, checkpoint: str | None, past: float = PAST) -> Json:
    """One home: what became of each episode, and how often the policy fell silent in the home without faults.

    `past` days pass before the first fault.
    """
    home = World(seed, start=season(seed)).home
    days = past + APART * len(COUNTED_FROM) + LASTS
    _, good = lived(seed, [], days)
    plan = episodes(seed, home, good, past)
    _, bad = lived(seed, [episode.fault for episode in plan], days)
    policy = NetworkPolicy.load(None if checkpoint is None else Path(checkpoint))
    quiet = policy.doubtful(home, good, season(seed) + np.arange(past * DAY, days * DAY, MINUTE), home.targets)
    return {
        "days": days - past,
        "false": int((np.diff(quiet.astype(int), axis=0, prepend=0) == 1).sum()),
        "episodes": [_noticed(policy, home, good, bad, episode) for episode in plan],
    }


def _noticed(policy: NetworkPolicy, home: Home, good: History, bad: History, episode: Episode) -> Json:
    """Minutes from the fault until there was something to notice, and until all that it touches was silent."""
    fault = episode.fault
    ahead = AHEAD if episode.kind == "clock" else 0.0
    times = fault.at + ahead + np.arange(MINUTE, LASTS * DAY, MINUTE)
    evident = _evident(episode, home, good, bad, times)
    silent: Flags = policy.doubtful(home, bad, times, episode.affected).min(axis=1)
    when = evident.argmax() if evident.any() else None
    prompt = when is not None and bool(silent[when : when + 1 + round(PROMPT / MINUTE)].any())
    return {
        "kind": episode.kind,
        "evident": None if when is None else int(when),
        "silent": int(silent.argmax()) if silent.any() else None,
        "prompt": prompt,
    }


def _evident(episode: Episode, home: Home, good: History, bad: History, times: Times) -> Flags:
    """Where there is something to notice, as COUNTED_FROM says."""
    device = episode.fault.device
    if episode.kind in ("clock", "flood"):
        return np.ones(len(times), dtype=bool)
    if episode.kind == "silent":
        heard = [s.at for track in bad.tracks_of(device) if (s := track.sample(episode.fault.at)) is not None]
        lost: Flags = np.asarray(times >= max(heard) + LOST)
        return lost
    quantity = Quantity.TEMPERATURE if episode.kind in _OF_AIR else Quantity.MOTION
    truth, said = _values(good, device, quantity, times), _values(bad, device, quantity, times)
    if episode.kind in _OF_AIR:
        off: Flags = np.abs(said - truth) >= (10.0 if episode.kind == "offset" else WRONG)
        return off
    if episode.kind == "stuck moving":
        moved = np.maximum.accumulate(np.where(truth > 0, times, episode.fault.at))
        return (said > 0) & (times - moved >= STILL)
    return _missed(home, good, bad, device, times)


def _missed(home: Home, good: History, bad: History, device: str, times: Times) -> Flags:
    """Where a still motion sensor has missed what COUNTED_FROM says."""
    area = home.device(device).area or ""
    motion = [d.id for d in home.devices if Quantity.MOTION in d.senses and d.area not in home.outdoors]
    others = np.sort(np.concatenate([np.empty(0), *(_changed(good, other) for other in motion if other != device)]))
    own = _changed(good, device)
    before = own[own < times[0]]
    ever = np.diff(np.searchsorted(others, before)).max(initial=0)
    last = _changed(bad, device)
    last = last[np.maximum(np.searchsorted(last, times) - 1, 0)]
    hands = np.sort(np.concatenate([np.empty(0), *(_by_hand(good, target) for target in home.targets_in(area))]))
    seen = np.searchsorted(others, times) - np.searchsorted(others, last)
    by_hand = np.searchsorted(hands, times) - np.searchsorted(hands, last)
    missed: Flags = (by_hand >= 4) | (seen > 1.5 * max(ever, 14))
    return missed


def _places(home: Home, quantity: Quantity, kind: Kind) -> dict[str, list[str]]:
    """The sensors of a quantity by area, where a target of a kind rests on them."""
    found: dict[str, list[str]] = {}
    for device in home.devices:
        if device.area and quantity in device.senses and any(t.kind is kind for t in home.targets_in(device.area)):
            found.setdefault(device.area, []).append(device.id)
    return found


def _affected(home: Home, kind: str, area: str) -> tuple[Target, ...]:
    """What rests on a sensor of an area; on one that tells of motion where none is, indoors, the locks too."""
    here = [t for t in home.targets_in(area) if t.kind is not Kind.LOCK]
    if kind in _OF_AIR:
        return tuple(target for target in here if target.kind is Kind.SETPOINT)
    loud = kind in ("flood", "stuck moving") and area not in home.outdoors
    return (*here, *(target for target in home.targets if loud and target.kind is Kind.LOCK))


def _begin(kind: str, good: History, device: str, at: float) -> float:
    """When a fault begins: where it is to stick, right after the sensor said so."""
    if not kind.startswith("stuck ") or kind == "stuck thermometer":
        return at
    track = good.tracks[next(s for s in good.tracks if s.device == device and s.quantity is Quantity.MOTION)]
    said = track.times[(track.times >= at) & (track.values == float(kind == "stuck moving"))]
    return float(said[0]) + 1 if len(said) else at


def _values(history: History, device: str, quantity: Quantity, times: Times) -> Times:
    track = history.track(device, quantity)
    assert track is not None
    values: Times = track.values[np.maximum(track.index(times), 0)]
    return values


def _changed(history: History, device: str) -> Times:
    """When a motion sensor said something else than before."""
    track = history.track(device, Quantity.MOTION)
    assert track is not None
    when: Times = track.times[np.diff(track.values, prepend=np.nan) != 0]
    return when


def _by_hand(history: History, target: Target) -> Times:
    track = history.track(target.device, STATE[target.kind])
    if track is None:
        return np.empty(0)
    changed = np.diff(track.values, prepend=np.nan) != 0
    when: Times = track.times[changed & (track.origins == ORIGIN_CODE[Origin.PERSON])]
    return when


def run(settings: Settings, inputs: Inputs) -> Result:
    """Break sensors of unseen homes."""
    count = 2 if settings.quick else HOMES
    named = None if settings.checkpoint is None else str(settings.checkpoint)
    jobs = {f"home-{n}": (UNSEEN + FIRST + n, named) for n in range(count)}
    homes = inputs.each(broken, jobs)
    return judged([homes[name] for name in sorted(homes)])


def judged(homes: Sequence[Json]) -> Result:
    """The homes' answers as figures and checks. Episodes in which nothing could be noticed do not count."""
    told = [episode for home in homes for episode in home["episodes"]]
    counted = [episode for episode in told if episode["evident"] is not None]
    days = sum(home["days"] for home in homes)
    share = _share([episode["prompt"] for episode in counted])
    false = sum(home["false"] for home in homes) / days if days else None
    return Result(
        checks=(
            Check(name="broken sensors silenced within 5 min", value=share, must=0.9, aim=0.95, better=HIGHER),
            Check(name="false silences per home-day", value=false, must=1.0, aim=0.2),
        ),
        figures={
            "home_days": days,
            "kinds": {kind: _figures(kind, [e for e in told if e["kind"] == kind]) for kind in COUNTED_FROM},
        },
    )


def _figures(kind: str, told: Sequence[Json]) -> Json:
    counted = [episode for episode in told if episode["evident"] is not None]
    waits = [episode["silent"] for episode in told if episode["silent"] is not None]
    return {
        "counted_from": COUNTED_FROM[kind],
        "episodes": len(told),
        "counted": len(counted),
        "within_5_min": _share([episode["prompt"] for episode in counted]),
        "median_minutes_from_the_fault": float(np.median(waits)) if waits else None,
        "never_silenced": sum(episode["silent"] is None for episode in told),
    }


def _share(flags: Sequence[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None


STAGE = Stage(name="health", about="sensors of running homes are broken", run=run)
