"""Sorts of rooms: the words they go by, and how long and how dark a lamp there may burn."""

import re
from functools import lru_cache
from typing import NamedTuple

from homectl.control.tuning import Tuning
from homectl.home import Home


class Room(NamedTuple):
    """A sort of room: the words that name it, when its lamps may go on, and when they go off.

    `dark`: lux of daylight below which a lamp is wanted. `by_day`, `by_night`: seconds of silence before it goes off.
    `often`: as in Tuning.
    """

    sort: str
    words: frozenset[str]
    opens: float
    closes: float
    dark: float
    by_day: float
    by_night: float
    often: int = Tuning().often

    def tuned(self, tuning: Tuning) -> "Room":
        day, night = self.by_day * tuning.patience_by_day, self.by_night * tuning.patience_by_night
        return self._replace(dark=self.dark * tuning.darkness, by_day=day, by_night=night, often=tuning.often)


PASSAGE = frozenset({"hall", "hallway", "corridor", "landing", "stairs", "entrance", "flur", "diele"})
BATH = frozenset({"bath", "bathroom", "toilet", "wc", "shower", "bad", "laundry", "utility"})
BEDROOM = frozenset({"bed", "bedroom", "nursery", "kids", "child", "children", "schlafzimmer"})
KITCHEN = frozenset({"kitchen", "küche", "kueche"})
ROOMS = (
    Room("passage", PASSAGE, 0.0, 24.0, 25.0, 300.0, 180.0),
    Room("bath", BATH, 0.0, 24.0, 80.0, 900.0, 600.0),
    Room("bedroom", BEDROOM, 15.0, 21.5, 50.0, 2400.0, 1200.0),
    Room("kitchen", KITCHEN, 5.0, 23.5, 80.0, 1800.0, 900.0),
)
OTHER_ROOM = Room("room", frozenset(), 6.0, 22.5, 60.0, 3600.0, 1800.0)
OUTDOORS = Room("outdoors", frozenset(), 0.0, 24.0, 12.0, 300.0, 300.0)


def room_of(home: Home, area: str) -> Room:
    """What sort of room an area is, by the words of its id and name."""
    if area in home.outdoors:
        return OUTDOORS
    name = next((place.name for place in home.areas if place.id == area), "")
    return _called(f"{area} {name}")


@lru_cache(maxsize=1000)
def _called(name: str) -> Room:
    words = set(re.findall(r"[^\W\d_]+", name.lower()))
    return next((room for room in ROOMS if room.words & words), OTHER_ROOM)
