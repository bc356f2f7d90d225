"""When to warm an area and when to let it cool: the wanted setpoint, who is expected, and how fast the area warms.

Two things the network cannot know by itself. An area is warmed no earlier than it takes while nobody is expected in it.
And a thermostat that nobody turns down follows, by as much, those of the home that people do turn down at night or on
leaving, but no further than its area can be warmed again in the time in which the network sees people coming.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from homectl.home import STATE, Kind, Target, Times
from models.decoding import LARGEST_STEP, WORTHWHILE, Wanted
from models.features import FEATURES, Array
from models.habits import COLUMNS
from models.memory import Memory
from models.steps import HOUR, PERSON, Flags, Ms, Steps, milliseconds_of
from models.tasks import SLICE
from models.thermal import height, hours_to, rate

FORESEEN = 1.5
"""Hours ahead for which the network sees warmth coming (`models.labels.PREHEAT`)."""

PATIENCE = 0.25
"""Hours between two looks that may matter: a thermostat is moved every quarter of an hour at most."""

UNLIKELY = 0.1
"""A smaller chance of somebody coming is no reason to warm an area yet."""

NEARLY = 0.5
"""K below comfort at which an area counts as warm."""

RESPECT = 8 * HOUR
"""How long what a person has set on a thermostat keeps it from following others."""

TOGETHER = 2 * HOUR
"""How long after the others were turned down a thermostat is still turned down with them."""

FOLLOWS = 0.85
"""How sure it is that following is wanted: in simulated homes people took back fewer than one such step in ten."""

STEP = 0.5
_ROUNDING = 1e-6
_AHEAD = np.array([0.5, 1.0, 2.0])
_HERE = [SLICE[name].start for name in ("presence_30", "presence_60", "presence_120")]
_COLUMN = {name: place for place, name in enumerate(FEATURES)}


class Plan(IntEnum):
    """What became of a wanted setpoint."""

    AS_WANTED = 0
    WAITS = 1  # it would be warmed too early
    FOLLOWS = 2  # it goes with the home's other thermostats


_CLAUSE: dict[int, str] = {
    Plan.WAITS: "nobody is expected here while it warms",
    Plan.FOLLOWS: "the heating elsewhere is turned down",
}


class Warmth(NamedTuple):
    """What warming an area would be, (times, targets)."""

    pace: Times  # K/h at full heat, midway to comfort; inf where it is not known
    here: Times  # chance that somebody is in the area before it could be warm


class Others(NamedTuple):
    """The home's thermostats that people turn down, (times, 1)."""

    down: Times  # K by which they are turned down at least, 0 without any and while one is on its way up
    since: Times  # ms since the last of them was


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a plan is made of, (times, targets); what is a question is asked only where it matters."""

    comfort: Times  # °C the household has when it is up and at home
    setback: Times  # °C it turns this thermostat down to
    others: Callable[[], Others]
    untouched: Callable[[], Flags]  # no person has set it lately
    warmth: Callable[[], Warmth]


NOBODY = Others(np.zeros((1, 1)), np.full((1, 1), np.inf))


class Planned(NamedTuple):
    """What is to be set, and why it may differ from what is wanted, (times, targets)."""

    wanted: Wanted
    plan: NDArray[np.int64]  # of Plan
    pace: Times  # as in Warmth; inf where nobody asked


def planned(wanted: Wanted, reported: Times, outlook: Outlook) -> Planned:
    """What is to be set instead of what is wanted where thermostats are `reported` to be set to, (times, targets)."""
    unruly = (outlook.comfort - outlook.setback < WORTHWHILE - _ROUNDING) & np.isfinite(reported)
    others = outlook.others() if unruly.any() else NOBODY
    follows, raises = unruly & (others.down >= WORTHWHILE - _ROUNDING), wanted.value > reported + _ROUNDING
    if follows.any():
        follows = follows & outlook.untouched()
    if not (raises | follows).any():
        return Planned(wanted, np.zeros(reported.shape, dtype=np.int64), np.full(reported.shape, np.inf))
    pace, here = outlook.warmth()
    lower = _down_to(np.maximum(outlook.comfort - others.down, outlook.comfort - FORESEEN * pace), reported)
    cases = [follows, raises & (here < UNLIKELY)]
    value = np.select(cases, [np.where(others.since <= TOGETHER, lower, reported), reported], wanted.value)
    confidence = np.select(cases, [FOLLOWS, 1 - here], wanted.confidence)
    plan = np.select(cases, [Plan.FOLLOWS, Plan.WAITS], Plan.AS_WANTED)
    return Planned(wanted._replace(value=value, confidence=confidence), plan, pace)


def _down_to(goal: Times, reported: Times) -> Times:
    """The next step down to a goal; what is reported where that is not worth it."""
    goal = np.ceil(goal / STEP - _ROUNDING) * STEP
    step = np.maximum(goal, np.ceil((reported - LARGEST_STEP) / STEP - _ROUNDING) * STEP)
    return np.where(reported - goal >= WORTHWHILE - _ROUNDING, step, reported)


def outlook(
    memory: Memory, times: Times, targets: Sequence[Target], rows: Array, medians: Times, logits: Array
) -> Outlook:
    """What is known of thermostats: `rows` and `logits` (times, targets, …), `medians` (times, targets)."""
    at = milliseconds_of(times)
    comfort = medians + rows[..., _COLUMN["usual_high"]]
    return Outlook(
        comfort=comfort,
        setback=medians + rows[..., _COLUMN["usual_low"]],
        others=lambda: _others(memory, at),
        untouched=lambda: _untouched(memory, at, targets),
        warmth=lambda: _warmth(memory, times, targets, rows, comfort, logits),
    )


def _warmth(
    memory: Memory, times: Times, targets: Sequence[Target], rows: Array, comfort: Times, logits: Array
) -> Warmth:
    pace, lead = np.empty(comfort.shape), np.empty(comfort.shape)
    for place, target in enumerate(targets):
        sun = np.asarray(height(rows[:, place, _COLUMN["sun"]].astype(np.float64)))
        fabric, air = memory.thermals.now(memory.home.device(target.device).area or "", times, sun)
        halfway = air._replace(inside=(air.inside + comfort[:, place]) / 2)
        pace[:, place], lead[:, place] = rate(fabric, halfway), hours_to(comfort[:, place] - NEARLY, fabric, air)
    chances = 1 / (1 + np.exp(-logits[..., _HERE].astype(np.float64)))
    watched = (rows[..., _COLUMN["motion_known"]] > 0) & np.isfinite(lead)
    here = np.where(watched, _within(chances, lead + PATIENCE), 1.0)
    return Warmth(np.where(np.isfinite(pace), pace, np.inf), here)


def in_words(planned: Planned, reported: Times) -> list[str]:
    """For each target at the first time a clause for a person, empty where there is nothing to add."""
    columns = (column[0].tolist() for column in (planned.plan, planned.wanted.value, reported, planned.pace))
    return [_CLAUSE.get(plan) or _warming(value > now, pace) for plan, value, now, pace in zip(*columns, strict=True)]


def _warming(raised: bool, pace: float) -> str:
    return f"it warms by {pace:.1f} °C an hour" if raised and 0 < pace < np.inf else ""


def _within(chances: Times, hours: Times) -> Times:
    """The chance within so many hours, from those within _AHEAD (…, 3)."""
    first, second, third = np.moveaxis(np.maximum.accumulate(chances, axis=-1), -1, 0)
    near = first + (second - first) * np.clip((hours - 0.5) / 0.5, 0.0, 1.0)
    chance: Times = near + (third - second) * np.clip(hours - 1.0, 0.0, 1.0)
    return chance


def _others(memory: Memory, at: Ms) -> Others:
    thermostats = [target for target in memory.home.targets if target.kind is Kind.SETPOINT]
    usual, medians = memory.habits(thermostats, at)
    low, high = (medians + usual[..., COLUMNS.index(name)] for name in ("usual_low", "usual_high"))
    now, before, since = (
        np.stack(part, axis=1) for part in zip(*(_move(memory, t, at) for t in thermostats), strict=True)
    )
    led = high - low >= WORTHWHILE - _ROUNDING
    down = np.where(led, np.where(now < before, high - now, 0.0), np.inf).min(axis=1, keepdims=True)
    age = np.where(led, at[:, None] - since, np.inf).min(axis=1, keepdims=True)
    return Others(np.where(np.isfinite(down), np.maximum(down, 0.0), 0.0), age)


def _move(memory: Memory, target: Target, at: Ms) -> tuple[Times, Times, Ms]:
    """What a thermostat is set to at each time, what it was set to before, and when that changed."""
    steps = _steps(memory, target)
    place = steps.place(at)
    since = steps.since[place]
    return steps.values[place], steps.values[np.maximum(steps.place(since - 1), 0)], since


def _untouched(memory: Memory, at: Ms, targets: Sequence[Target]) -> Flags:
    """Whether no person of the last RESPECT has made the setting what it is."""
    found = []
    for target in targets:
        steps = _steps(memory, target)
        place = steps.place(at)
        found.append((steps.makers[place] != PERSON) | (at - steps.since[place] >= RESPECT))
    return np.stack(found, axis=1)


def _steps(memory: Memory, target: Target) -> Steps:
    return Steps.of(memory.history, target.device, STATE[target.kind])
