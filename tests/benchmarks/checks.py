"""One measured figure beside what it must be and what it aims at."""

from dataclasses import dataclass

LOWER, HIGHER = "≤", "≥"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A figure; `must` and `aim` are bounds on the side that `better` says. A value of None could not be measured."""

    name: str
    value: float | None
    must: float | None = None
    aim: float | None = None
    better: str = LOWER
    why: str = ""

    @property
    def ok(self) -> bool:
        """Nothing that must be is missed. An aim that is missed is shown, not failed."""
        return self.must is None or (self.value is not None and self._within(self.must))

    @property
    def aimed(self) -> bool | None:
        """Whether the aim is reached; None without an aim or a value."""
        return None if self.aim is None or self.value is None else self._within(self.aim)

    def _within(self, bound: float) -> bool:
        assert self.value is not None
        return self.value <= bound if self.better == LOWER else self.value >= bound

    def as_json(self) -> dict[str, object]:
        value = None if self.value is None else float(f"{self.value:.4g}")
        return {"name": self.name, "value": value, "must": self.must, "aim": self.aim, "ok": self.ok}


def percentile(values: list[float], percent: float) -> float:
    """The value below which this percentage lies; NaN of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else float("nan")
