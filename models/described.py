"""What a target is: its kind, what its area is used for, and how many lamps there are."""

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from homectl.home import Area, Home, Kind, Target

AREA_KINDS: dict[str, tuple[str, ...]] = {
    "bedroom": ("bed", "sleep", "child", "kid", "nursery", "schlaf", "kinder"),
    "living": ("living", "lounge", "sofa", "tv", "wohn"),
    "kitchen": ("kitchen", "dining", "pantry", "küche", "kueche", "ess"),
    "bathroom": ("bath", "toilet", "wc", "shower", "bad"),
    "hall": ("hall", "entrance", "entry", "corridor", "stair", "porch", "flur", "diele"),
    "study": ("study", "office", "work", "büro", "buero"),
}
"""Kinds of areas by how the words in their names begin; the first that fits."""

TARGET = (
    *("is_light", "is_setpoint", "is_lock", *(f"in_{kind}" for kind in AREA_KINDS), "in_outdoors"),
    *("dimmable", "lamps_in_area"),
)


def described(home: Home, targets: Sequence[Target]) -> NDArray[np.float32]:
    """What a target is, (targets, TARGET)."""
    areas = {area.id: area for area in home.areas}
    lamps: dict[str, int] = {}
    for device in home.devices:
        if device.area is not None and Kind.LIGHT in device.sets:
            lamps[device.area] = lamps.get(device.area, 0) + 1
    rows = []
    for target in targets:
        device = home.device(target.device)
        area = areas[device.area or ""]
        kind, light = area_kind(area), target.kind is Kind.LIGHT
        own = [target.kind is kind for kind in (Kind.LIGHT, Kind.SETPOINT, Kind.LOCK)]
        place = [name == kind for name in (*AREA_KINDS, "outdoors")]
        rows.append([*own, *place, light and device.dimmable, min(lamps.get(area.id, 0), 6)])
    return np.array(rows, dtype=np.float32)


def area_kind(area: Area) -> str:
    """What kind of area this is by its name: a key of AREA_KINDS, `outdoors`, or empty."""
    return "outdoors" if area.outdoors else _kind_of_name(f"{area.id} {area.name}")


@lru_cache(maxsize=1024)
def _kind_of_name(name: str) -> str:
    spoken = re.findall(r"[^\W\d_]+", name.casefold())
    fits = ((kind, any(word.startswith(words) for word in spoken)) for kind, words in AREA_KINDS.items())
    return next((kind for kind, fit in fits if fit), "")
