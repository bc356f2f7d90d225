"""The home's health as Prometheus text."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from homectl.home import HomeView

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(view: HomeView) -> str:
    """Every finite number of `health` as a gauge `homectl_<path>{home="…"}`; what is not a number is left out."""
    gauges = dict(_gauges({"connected": view.connected, "view_version": view.version, **view.health}))
    lines = [
        f'# TYPE homectl_{name} gauge\nhomectl_{name}{{home="{view.id}"}} {value!r}\n'
        for name, value in sorted(gauges.items())
    ]
    return "".join(lines)


def _gauges(numbers: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, float]]:
    for key, value in numbers.items():
        name = path + re.sub(r"[^a-zA-Z0-9]+", "_", str(key)).strip("_").lower()
        if isinstance(value, Mapping):
            yield from _gauges(value, f"{name}_")
        elif isinstance(value, bool | int | float) and math.isfinite(value):
            yield name, float(value)
