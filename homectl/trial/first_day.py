"""A household's first day: what homectl learns from its past, and what of it could be controlled today."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from homectl.captures.interpreter import LOGGED
from homectl.home import Event, Home, ModeSpan, Target
from homectl.journal import Journal
from homectl.learning import Night, night
from homectl.learning.days import day_of, midnight, unusual_days
from homectl.replay.document import Section, Table, Words
from homectl.replay.report import Report
from homectl.replay.sentences import counted, percent

SHOWN = 10
"""Days that are replayed where none had to be held out of learning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What came of learning: the checkpoint that decides, the time from which on days are replayed, and in words how
    it came to that."""

    weights: Path
    start: float
    said: str


def night_of(journal: Journal, path: Path, given: Path, modes: Sequence[ModeSpan]) -> Night:
    """The night after the last reading of the log in a journal; `modes` are those that its home was in."""
    tonight = Night.of(journal, path, given, journal.newest())
    return replace(tonight, unusual=unusual_days(modes, tonight.home.zone))


def learned(tonight: Night) -> Learned:
    """Learn from a log as a running home does at night, with its last days held out.

    The network that comes of it decides if it was better on those days than the weights that were given, and they are
    what is replayed then. Otherwise the given weights decide, which no day of the log has taught.
    """
    at, zone, plan, given = tonight.at, tonight.home.zone, tonight.plan, tonight.given
    outcome = night(tonight)[-1]
    last = midnight(day_of(at, zone) - timedelta(days=SHOWN - 1), zone)
    if outcome.model is None:
        return Learned(weights=given, start=last, said=f"Nothing was learned from your own days: {outcome.said}.")
    taught = f"A network learned from your days of {outcome.days[0]} to {outcome.days[-1]}"
    if outcome.event not in (Event.SHADOWED, Event.PROMOTED):
        said = f"{taught}, but does not decide: on the {plan.judge} days after, by log loss, {outcome.said}."
        return Learned(weights=given, start=last, said=said)
    judged = tonight.whole_days()[-plan.judge]
    said = f"{taught}, and decides: on the {plan.judge} days after, by log loss, {outcome.said}. "
    said += "They are replayed here, and taught it nothing."
    return Learned(weights=tonight.shelf.path(outcome.model), start=midnight(judged, zone), said=said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The things that people changed, with how often: those that homectl could command over MQTT, and the others."""

    within: tuple[tuple[Target, int], ...]
    beyond: tuple[tuple[Target, int], ...]

    @classmethod
    def of(cls, home: Home, changed: Iterable[tuple[Target, int]]) -> "Reach":
        """A device that is known by an MQTT address can be commanded; one that only a log has named cannot."""
        known = [(target, count) for target, count in changed if count]
        there = [one for one in known if spoken_to(home.device(one[0].device).address)]
        return cls(within=tuple(there), beyond=tuple(one for one in known if one not in there))

    def said(self) -> str:
        """The share in one sentence, and what to do about the rest in another."""
        things, changes = len(self.within) + len(self.beyond), sum(n for _, n in (*self.within, *self.beyond))
        if not things:
            return "You changed nothing in this log that homectl could learn, so there is nothing to control yet."
        if not self.beyond:
            count = counted(things, "thing", "things")
            return f"homectl could control today, over MQTT, all that you changed: {count}."
        if not self.within:
            return f"homectl could control none of what you changed today: no log says how it is reached. {NEXT}"
        share = percent(sum(n for _, n in self.within), changes)
        part = f"{len(self.within)} of the {things} things you changed, with {share} of your changes"
        return f"homectl could control a part of it today, over MQTT: {part}. {NEXT}"

    def section(self, home: Home) -> Section:
        """The same with the things by name."""
        names = {area.id: area.name or area.id for area in home.areas}
        rows = [
            (names.get(home.device(target.device).area or "", ""), home.device(target.device).label, f"{count:,}", way)
            for things, way in ((self.within, "over MQTT"), (self.beyond, "not yet"))
            for target, count in things
        ]
        table = Table(("Area", "What", "Your changes", "Within reach"), tuple(rows), frozenset({2}))
        return Section("What I could control today", (Words(self.said()), *([table] if rows else [])))


NEXT = (
    "What it cannot reach has to be on MQTT first: by Zigbee2MQTT, or by a bridge that announces it as Home Assistant "
    "discovery does. homectl devices shows what your broker announces."
)


def spoken_to(address: str) -> bool:
    """Whether an address is one of a network that homectl speaks to."""
    return bool(address) and not address.startswith(LOGGED)


def reach(report: Report) -> Reach:
    """What people changed in the whole log, that is what it can teach, in the order of the home."""
    labels = [scorer.labels for scorer in report.scorers.values()]
    counts = [(one.target, len(one.expressible(-math.inf, math.inf).times)) for one in labels]
    return Reach.of(report.trial.home, counts)
