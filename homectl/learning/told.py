"""How a home's learning stands, for people and for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from homectl.home import Home, Lesson
from homectl.learning.days import day_of
from homectl.learning.standing import Standing
from homectl.learning.wishes import listed
from models.drift import Drift

MOST_SHOWN = 20
"""Of what happened, the last so many lines."""


def sentence(lesson: Lesson) -> str:
    which = f"own model {lesson.model} {lesson.event}" if lesson.model else str(lesson.event)
    return f"{which}: {lesson.said}"


@dataclass(frozen=True, slots=True)
class Told:
    """The home, where its learning stands, all that led there, and what its people make of homectl's changes."""

    home: Home
    standing: Standing
    lessons: Sequence[Lesson]
    drift: Drift
    unusual: frozenset[date] = frozenset()

    def text(self) -> str:
        """A few lines for a person."""
        standing = self.standing
        lines = [f"In charge: {self._model(standing.champion)}"]
        if standing.shadow is not None:
            lines.append(f"In shadow: {self._model(standing.shadow)}; it does not act yet")
        if standing.paused:
            lines.append("Paused: nothing is learned until: homectl learn resume")
        if standing.excluded:
            lines.append(f"Excluded: {listed(sorted(day.isoformat() for day in standing.excluded))}")
        if self.unusual:
            days = listed(sorted(day.isoformat() for day in self.unusual))
            lines.append(f"Not learned from, for the mode the home was in: {days}")
        lines.append(self._corrected())
        for lesson in self.lessons[-MOST_SHOWN:]:
            when = datetime.fromtimestamp(lesson.at, self.home.zone)
            lines.append(f"{when:%Y-%m-%d %H:%M}  {sentence(lesson)}")
        return "\n".join(lines)

    def json(self) -> str:
        """Everything, with the figures of every model."""
        standing, drift = self.standing, asdict(self.drift)
        said = {
            "in_charge": standing.champion,
            "line": standing.line,
            "in_shadow": standing.shadow,
            "paused": standing.paused,
            "excluded": sorted(day.isoformat() for day in standing.excluded),
            "drift": {name: None if value != value else value for name, value in drift.items()},
            "lessons": [asdict(lesson) for lesson in self.lessons],
        }
        return json.dumps(said, indent=1, ensure_ascii=False)

    def _model(self, number: int) -> str:
        model = self.standing.models.get(number)
        if model is None:
            return "the weights the home began with"
        return f"own model {number}, learned from {model.first} to {model.last}"

    def _corrected(self) -> str:
        drift = self.drift
        if not drift.samples:
            return "Corrections: homectl has changed nothing yet"
        known = drift.since == drift.since
        since = f" since {day_of(drift.since, self.home.zone)}, {drift.before:.0%} before" if known else ""
        alarm = "; more often than it used to be" if drift.alarm else ""
        share = f"{drift.rate:.0%} of what homectl changed is taken back"
        return f"Corrections: {share}{since} ({drift.samples} changes){alarm}"
