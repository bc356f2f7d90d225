"""What really happened in a simulated home: the counters by which control is judged."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from homectl.home import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Since the start. Minutes are counted at the end of each.

    `interventions` are all changes made by hand, by kind of target; `undone` those of them that took back, shortly
    after, what homectl had done. `lamp_on_away_minutes` counts each lamp that burns indoors.
    """

    minutes: int = 0
    occupied_dark_minutes: int = 0
    lamp_on_away_minutes: int = 0
    unlocked_away_minutes: int = 0
    unlocked_asleep_minutes: int = 0
    discomfort_kelvin_hours: float = 0.0
    heating_kwh: float = 0.0
    interventions: Mapping[str, int] = field(default_factory=dict)
    undone: Mapping[str, int] = field(default_factory=dict)
    device_changes: int = 0
    door_openings: int = 0
    thrown_open: int = 0  # commands to lock that came while the door stood open
    unlocks_asked: int = 0


@dataclass(slots=True)
class Tally:
    """The counters while they still count."""

    minutes: int = 0
    dark: int = 0
    lamps_away: int = 0
    unlocked_away: int = 0
    unlocked_asleep: int = 0
    discomfort: float = 0.0
    interventions: Counter[str] = field(default_factory=Counter)
    undone: Counter[str] = field(default_factory=Counter)

    def by_hand(self, kind: Kind, *, undoes: bool) -> None:
        """A person changed a target."""
        self.interventions[kind.value] += 1
        self.undone[kind.value] += undoes
