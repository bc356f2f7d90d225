"""What the network reads and answers, in units that a person knows."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from homectl.home import Answer, Kind, Read
from models import habits, routines
from models.calendar import CLOCK
from models.features import FEATURES, UNKNOWN_AGE, Array
from models.steps import DAY, MINUTE
from models.tasks import SLICE, TASKS, Task

LONG = math.log1p(DAY / MINUTE) - 1e-3
"""As the logarithm of minutes: not in the last day, if ever."""

_PLAIN = {
    **dict.fromkeys(("sun", "sun_in_an_hour"), "°"),
    "hour": "h",
    **dict.fromkeys(("temperature", "outdoor_temperature", "home_temperature"), "°C"),
    **dict.fromkeys(("temperature_rise", "temperature_above_median", "usual_low", "usual_high"), "K"),
    **dict.fromkeys(("habit_setpoint", "habit_setpoint_lately", "habit_setpoint_ahead"), "K"),
    **dict.fromkeys(("warm_when_about", "warm_when_quiet"), "K"),
    "humidity": "%",
    "lamps_in_area": "lamps",
    **dict.fromkeys(("active_rooms_15", "active_rooms_60"), "rooms"),
    **dict.fromkeys((f"{whose}motion_{span}" for whose in ("", "other_", "home_") for span in (5, 15, 60)), "min"),
    "motion_since_closed": "min",
}
"""The unit of what stands in its column as it is."""

_LIGHTS = frozenset({"outdoor_light", "other_light"})
_AS_MINUTES = frozenset(
    name
    for name in FEATURES
    if ("since_" in name and name != "motion_since_closed") or name in ("on_when_about_known", "on_by_sun_known")
) | {"on_when_quiet_known"}

_KNOWN: dict[str, str] = {
    "motion_now": "motion_known",
    **{name: "front_known" for name in FEATURES if name.startswith("front_") and name != "front_known"},
    **{
        name: "door_known"
        for name in FEATURES
        if name.startswith("door_") and name not in ("door_known", "door_usually")
    },
    "habit_level": "habit_level_known",
    **{name: "habit_known" for name in habits.COLUMNS if name.startswith(("habit_on", "habit_setpoint", "habit_warm"))},
    **{name: "about_known" for name in routines.COLUMNS if name.startswith("about_") and name != "about_known"},
    **{name: f"{name}_known" for name in ("on_when_about", "on_by_sun", "on_when_quiet")},
    "temperature_rise": "temperature_age",
}
"""The column that says whether another one is known."""

_PLACE = {name: place for place, name in enumerate(FEATURES)}


def facts(row: Sequence[float]) -> list[Read]:
    """A row of the features, ages beside what they are ages of."""
    return [_fact(name, row) for name in FEATURES if not name.endswith("_age")]


def _fact(name: str, row: Sequence[float]) -> Read:
    value, age = row[_PLACE[name]], _age(name, row)
    unit, told = _PLAIN.get(name, ""), value
    if name in _AS_MINUTES:
        unit, told = "min", math.expm1(value)
    elif name in _LIGHTS:
        unit, told = "lx", math.expm1(value)
    elif name == "co2":
        unit, told = "ppm", 100 * value
    return Read(name=name, value=round(told, 3), unit=unit, age=age, missing=_missing(name, row, age))


def _age(name: str, row: Sequence[float]) -> float | None:
    """Seconds; None where it has none, or is not known."""
    if f"{name}_age" not in _PLACE:
        return None
    age = row[_PLACE[f"{name}_age"]]
    return None if age >= UNKNOWN_AGE - 1e-3 else round(60 * math.expm1(age), 1)


def _missing(name: str, row: Sequence[float], age: float | None) -> bool:
    if f"{name}_age" in _PLACE:
        return age is None
    if "since_" in name and name in _AS_MINUTES and row[_PLACE[name]] >= LONG:
        return True
    known = _KNOWN.get(name)
    if known is None or name in CLOCK:
        return False
    unknown = row[_PLACE[known]] >= UNKNOWN_AGE - 1e-3 if known.endswith("_age") else row[_PLACE[known]] <= 0
    return bool(unknown)


def answers(kind: Kind, logits: Array, median: float) -> list[Answer]:
    """What each head says that is asked of a kind of target, from its logits (EARLY,); `median` is the target's own."""
    asked = (task for task in TASKS if not task.late and task.kind in (None, kind))
    return [Answer(task=task.name, said=_said(task, logits[SLICE[task.name]], median)) for task in asked]


def _said(task: Task, logits: Array, median: float) -> dict[str, float]:
    if not task.bins:
        yes, no = WORDS.get(task.name, ("yes", "no"))
        chance = likely(float(logits[0]))
        return {yes: round(chance, 4), no: round(1 - chance, 4)}
    raised = np.exp(logits.astype(np.float64) - logits.max())
    chances = (raised / raised.sum()).tolist()
    label: Callable[[float], str] = (
        (lambda degrees: f"{median + degrees:.1f} °C") if task.kind is Kind.SETPOINT else (lambda level: f"{level:.0%}")
    )
    return {label(centre): round(chance, 4) for centre, chance in zip(task.bins, chances, strict=True)}


WORDS: Mapping[str, tuple[str, str]] = {
    "light_on": ("on", "off"),
    "lock_wanted": ("locked", "not locked"),
    **dict.fromkeys(("presence_30", "presence_60", "presence_120"), ("somebody here", "nobody here")),
    "door_opens_15": ("opens", "stays closed"),
}
"""What the two answers of a question mean."""


def likely(logit: float) -> float:
    """The probability of a logit."""
    return 1 / (1 + math.exp(-logit)) if logit >= 0 else math.exp(logit) / (1 + math.exp(logit))
