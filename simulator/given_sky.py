"""The weather as somebody would have it, over the weather as it is."""

from datetime import UTC, datetime

from astral import Observer
from astral.sun import elevation

from simulator.weather import DIMMED, Place, Sky, clear_sky


class GivenSky:
    """A sky whose temperature and clouds may be told; what is not told is as it would have been."""

    def __init__(self, sky: Sky, place: Place) -> None:
        self._sky, self._observer = sky, Observer(place.latitude, place.longitude)
        self.outdoors: float | None = None
        self.cloud: float | None = None
        self.last: tuple[float, float, float] = (0.0, 0.0, 0.0)  # when it was last looked at, °C and lux then

    def at(self, at: float, /) -> tuple[float, float]:
        """Outdoor temperature in °C and horizontal illuminance in lux."""
        warm, light = self._sky.at(at)
        if self.cloud is not None:
            light = self._clear_at(at) * (1 - DIMMED * self.cloud)
        self.last = at, warm if self.outdoors is None else self.outdoors, light
        return self.last[1:]

    @property
    def cover(self) -> float | None:
        """How much of the sky was clouded over, 0 … 1; None in the dark, where nobody can tell."""
        at, _, light = self.last
        clear = self._clear_at(at)
        return round(min(1.0, max(0.0, (1 - light / clear) / DIMMED)), 2) if clear > 1.0 else None

    def _clear_at(self, at: float) -> float:
        return clear_sky(elevation(self._observer, datetime.fromtimestamp(at, UTC)))
