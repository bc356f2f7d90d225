"""The table of promises in SECURITY.md, from what the soak tests measured.

`python -m tests.promises FOLDER` writes it; each test noted its figures there through the fixture `measured`.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
BEGIN, END = "<!-- promises: written by make soak -->", "<!-- end of promises -->"

PROMISES: dict[str, str] = {
    "no unlock": "No decision unlocks, whatever a policy says it is and wants",
    "envelope": "No command leaves the envelope, no duty is missed: hostile policies, faults, restarts, clocks",
    "histories": "No history of people, policies, sensors and faults breaks a promise",
    "attribution": "No echo is taken for a person, and no person for an echo",
    "short cycles": "A policy's steps of a thermostat are a quarter of an hour apart, whatever restarts when",
    "four hundred days": "In 400 days with leap day, summer time and clocks that are set no safety tick is missed",
    "stuck thermometers": "Thermometers that stand still are found within a month",
    "sound thermometers": "Sound ones are not suspected",
    "memory": "A daemon's memory does not grow with what it hears",
    "power cuts": "A power cut loses no command, and no end of one, that was acknowledged; every image opens",
    "kill -9 of the journal's writer": "Killing the process that writes loses nothing acknowledged",
    "kill -9 of the daemon": "Killing the daemon loses no command it acknowledged",
    "corrupt journals": "Whatever has become of its journal, a home starts within 10 s and says what it salvaged",
    "full disk": "On a full disk commands are kept, telemetry is shed, and all is well within 10 s of room coming back",
    "full disk of a running home": "Its daemon answers at once meanwhile",
    "two daemons": "Of two daemons of one home the younger leaves within 10 s",
    "broker restarts": "After a restart of the broker a home is back within 5 s and leaks no thread and no file",
    "half-open link": "A half-open link is noticed within 15 s",
    "commands over a bad wire, QoS 0": "No command acts twice, or later than 10 s after its issue",
    "commands over a bad wire, QoS 1": "The same with acknowledgements",
    "malformed messages": "Malformed messages cost a counter, and the next good one waits no longer than 100 ms",
    "storm": "In a storm the newest messages win, and every dropped one is counted",
    "burst": "At 2,000 messages a second nothing is lost; of a burst beyond what can wait every dropped one is counted",
    "mutants": "A log that was tampered with is read, or refused in words, within 2 s and 64 MB",
    "overlap": "Overlapping exports, each twice, make the same journal as the whole",
    "clock steps": "However the clock is set, no safety tick is missed",
    "model not a number": "A home whose weights cannot be used is ready on rules within 5 s: not a number",
    "model nothing": "… missing",
    "model torn": "… cut off",
    "model noise": "… noise",
    "model other schema": "… for other features",
    "model no manifest": "… without a manifest",
}
"""By the name that tests note figures under, what is promised, in the order of the table."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one test came to."""

    promise: str
    test: str
    figures: Mapping[str, float]

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Measurement":
        return cls(str(content["promise"]), str(content["test"]), dict(content["figures"]))


def measurements(folder: Path) -> list[Measurement]:
    """Everything that was noted in a folder."""
    return [Measurement.of(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.json"))]


def table(found: Iterable[Measurement]) -> str:
    """One row for every promise; one that was not measured says so, and one that is not named here comes last."""
    known = {measurement.promise: measurement for measurement in found}
    names = [*PROMISES, *(name for name in known if name not in PROMISES)]
    rows = [f"| {PROMISES.get(name, name)} | {_figures(known.get(name))} |" for name in names]
    return "\n".join(["| promised | measured |", "|---|---|", *rows])


def _figures(measurement: Measurement | None) -> str:
    if measurement is None:
        return "not measured"
    return ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in measurement.figures.items())


def written(text: str, rows: str) -> str:
    """The text with these rows between its two marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{rows}\n\n{END}{after}"


def main(folder: Path) -> None:
    path = ROOT / "SECURITY.md"
    path.write_text(written(path.read_text(encoding="utf-8"), table(measurements(folder))), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
