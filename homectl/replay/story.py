"""A report in words a household can read, whatever it is written as."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime

from homectl.home import Autonomy, Kind, Origin, Ruling, Target
from homectl.replay.document import NOTHING, Document, Fact, Facts, Part, Section, Strip, Table, Words
from homectl.replay.engine import MINUTE
from homectl.replay.report import DOES, Report, figures
from homectl.replay.score import Change, Fate, Score
from homectl.replay.sentences import (
    DONE,
    LISTED,
    TASKS,
    counted,
    did,
    listed,
    number,
    percent,
    silences,
    state,
    sure,
    would,
)
from homectl.replay.strips import Strips
from homectl.replay.trust import trust

LEVELS = {
    Autonomy.AUTO: "as if it had been let to act by itself",
    Autonomy.SUGGEST: "as if it had been let to suggest, and no more",
    Autonomy.OBSERVE: "as if it had only watched",
}

HOW = (
    "Nothing was really switched: what I would have done is never put into the log, so everything after it is as it "
    "was. A change of yours is matched if I would have made it in the ten minutes before you, or if I came to want the "
    "same within ten minutes before or after. A change of mine is right if you made it, too, within ten minutes; wrong "
    "if somebody was about and nobody did; and open if nobody was there to say. Only hours count in which you set "
    "something and somebody was about. “As it was” is what a home would score that never changes anything: "
    "where I agree with you less than that, I would have been of your mind less often than a machine that sleeps."
)
HEATING = (
    "Rooms are as warm as they were in the log. A thermostat calls for heat while its room is colder than what is set; "
    "an hour one degree below what you had set counts as one degree-hour colder."
)


def document(
    report: Report,
    strips: Strips,
    *,
    notes: Sequence[str] = (),
    log: Sequence[str] = (),
    more: Sequence[Section] = (),
    drawn: bool = True,
) -> Document:
    """The report; `notes` are to be read first, `log` says what was read, `more` are sections before the explanations.

    UsageError where it is to be `drawn` and there is no matplotlib.
    """
    told = _Told(report, strips)
    sections = [
        Section("At a glance", (told.facts(), *map(Words, notes), *told.whose())),
        *told.misses(),
        *told.wrong(),
        *told.days(),
        Section("Room by room", (told.table(), *told.heating())),
        *trust(report, drawn=drawn),
        *more,
        Section("What kept me from acting", (told.verdicts(), told.safety())),
        Section("How to read this", (Words(HOW), *(Words(line, quiet=True) for line in log))),
    ]
    return Document(over="homectl: your home, replayed", title=headline(report), lead=told.lead(), sections=sections)


def headline(report: Report) -> str:
    """The report in one line."""
    score, days = sum(report.totals().values(), Score()), max(1, round(report.days))
    which = "your last" if report.trial.end >= report.trial.history.newest() else "these"
    span = f"In {which} {days} days" if days > 1 else f"In {which.replace('these', 'this')} day"
    if not score.changes:
        return f"{span} nobody changed anything that I could have."
    misses = f"Here {'is' if score.missed == 1 else 'are'} the {counted(score.missed, 'miss', 'misses')}."
    matched = percent(score.changes - score.missed, score.changes)
    return f"{span} I would have matched you {matched}. {misses if score.missed else 'Nothing was missed.'}"


class _Told:
    """The parts of one report."""

    def __init__(self, report: Report, strips: Strips) -> None:
        self.report, self.home, self.strips = report, report.trial.home, strips
        self.done = DONE[report.trial.autonomy.level or Autonomy.AUTO]
        self.score = sum(report.totals().values(), Score())
        self.changes, self.proposals = report.changes(), report.proposals()

    def lead(self) -> str:
        trial, score = self.report.trial, self.score
        first, last = (f"{self._local(at):%a} {self._local(at).day} {self._local(at):%b %Y}" for at in self._span())
        level = LEVELS[trial.autonomy.level or Autonomy.AUTO]
        who = f"{self.home.name or self.home.id}, {first} to {last}. Decided by {trial.policy.name}, {level}."
        if not score.changes:
            return who
        few = f"{score.anticipated:,}" if score.anticipated else "None"
        made = f"{few} of your {score.changes:,} changes I would have {self.done} before you"
        more = f"; with {score.followed:,} more I came to want the same within ten minutes" if score.followed else ""
        return f"{who} {made}{more}."

    def facts(self) -> Facts:
        score, days = self.score, self.report.days
        shares = figures(score, days)
        facts = [
            Fact(
                percent(score.changes - score.missed, score.changes),
                "of your changes matched",
                f"{score.anticipated:,} {self.done} before you, {score.followed:,} agreed, {score.missed:,} missed",
            ),
            Fact(
                number(shares["false_per_day"]),
                "changes a day you would not have wanted",
                f"of {score.proposed:,} I would have {self.done} {score.matched:,} were right, {score.unjudged:,} open",
            ),
            Fact(
                percent(score.agreed, score.opinions),
                "of the time of your mind",
                f"a home that is left as it was: {percent(score.persisted, score.labelled)}",
            ),
            Fact(
                number(shares["flaps_per_hour"], 2),
                "changes of mind an hour",
                "within ten minutes, with nobody touching anything",
            ),
        ]
        if score.overrides:
            facts.append(
                Fact(f"{score.avoided:,} of {score.overrides:,}", "overrides avoided", "that automations made you make")
            )
        return Facts(tuple(facts))

    def whose(self) -> Sequence[Part]:
        """Who is meant by "you", where the log does not name a person."""
        labels = [scorer.labels for scorer in self.report.scorers.values()]
        unknown = [label for label in labels if label.origin is Origin.UNKNOWN]
        if not unknown:
            return ()
        which = "any" if len(unknown) == sum(label.origin is not None for label in labels) else "some"
        return (
            Words(
                f"The log does not say who made {which} of these changes, so an unknown hand counts as yours. Some of "
                "them may be another automation's.",
                quiet=True,
            ),
        )

    def misses(self) -> Sequence[Section]:
        missed = [change for change in reversed(self.changes) if change.fate is Fate.MISSED]
        if not missed:
            return ()
        silent = {one: self._silence(one) for one in missed[:LISTED] if one.wish != one.wish}
        rows = [(*self._where(one.at, one.target), did(one), self._wished(one, silent)) for one in missed]
        title = f"The {counted(len(missed), 'miss', 'misses')}"
        return (
            Section(title, (*silences(list(silent.values())), *listed(("When", "Where", "What", "You", "I"), rows))),
        )

    def _silence(self, change: Change) -> str:
        """Why the policy had no opinion just before a change, in its own words."""
        trial = self.report.trial
        at = MINUTE * (math.ceil(change.at / MINUTE) - 1)
        try:
            said = trial.policy.predict(trial.home, trial.history, at, [change.target])
        except (ArithmeticError, ValueError, LookupError):
            return ""
        return said[0].why if said and said[0].setting is None else ""

    def wrong(self) -> Sequence[Section]:
        wrong = [one for one in self.proposals if one.fate is Fate.WRONG]
        if not wrong:
            return ()
        rows = [
            (*self._where(d.at, d.target), would(one), state(d.target, one.state))
            for one in reversed(wrong)
            for d in (one.verdict.decision,)
        ]
        title = f"The {counted(len(wrong), 'change', 'changes')} you would not have wanted"
        return (Section(title, listed(("When", "Where", "What", "I would have", "You had it"), rows)),)

    def days(self) -> Sequence[Section]:
        drawn: list[Strip] = self.strips.drawn(self.changes, self.proposals)
        if not drawn:
            return ()
        return (Section("The last days, hour by hour", tuple(drawn)),)

    def table(self) -> Table:
        report, rows = self.report, []
        names = {area.id: area.name or area.id for area in self.home.areas}
        for line in report.lines():
            area, task = names.get(line.area, NOTHING), TASKS[line.task]
            if not line.by:
                rows.append((area, task, line.reason, *[NOTHING] * 7))
                continue
            score, shares = line.score, figures(line.score, report.days)
            rows.append(
                (
                    area,
                    task,
                    ", ".join(line.by),
                    f"{score.anticipated + score.followed:,} of {score.changes:,}",
                    percent(score.anticipated, score.changes),
                    f"{score.matched:,} / {score.wrong:,}",
                    number(shares["false_per_day"]),
                    percent(score.agreed, score.opinions),
                    percent(score.persisted, score.labelled),
                    number(shares["flaps_per_hour"], 2),
                )
            )
        columns = (
            "Area",
            "Task",
            "Set by",
            "Matched",
            "Before you",
            "Right / wrong",
            "Wrong a day",
            "Of your mind",
            "As it was",
            "Flaps an hour",
        )
        return Table(columns, tuple(rows), frozenset(range(3, 10)), narrow="cards")

    def heating(self) -> Sequence[Part]:
        if Kind.SETPOINT not in self.report.totals():
            return ()
        found = self.report.heating().figures(self.report.days)
        facts = (
            Fact(
                f"{number(found['would_heat_hours_per_day'])} h",
                "a day of calls for heat",
                f"as it was: {number(found['heating_hours_per_day'])} h, over all thermostats",
            ),
            Fact(number(found["colder_kelvin_hours_per_day"]), "degree-hours a day colder than you set", ""),
            Fact(number(found["warmer_kelvin_hours_per_day"]), "degree-hours a day warmer than you set", ""),
        )
        return (Facts(facts), Words(HEATING, quiet=True))

    def verdicts(self) -> Table:
        counts = self.report.verdicts()
        rows = tuple((name, f"{count:,}") for name, count in sorted(counts.items(), key=lambda item: -item[1]))
        return Table(("What became of a wish that was not so already", "Times"), rows, frozenset({1}))

    def safety(self) -> Table:
        must = [check for check in self.report.checks() if check["must"] is not None]
        rows = tuple((str(c["name"]), f"{c['value']:,}", "kept" if c["ok"] else "BROKEN") for c in must)
        return Table(("Safety: must never happen", "Times", ""), rows, frozenset({1}))

    def _where(self, at: float, target: Target) -> tuple[str, str, str]:
        device = self.home.device(target.device)
        area = next((a.name or a.id for a in self.home.areas if a.id == device.area), NOTHING)
        local = self._local(at)
        return f"{local:%a} {local.day} {local:%b, %H:%M}", area, device.label

    def _wished(self, change: Change, silent: Mapping[Change, str]) -> str:
        if change.wish != change.wish:
            why = silent.get(change)
            return f"had no opinion: {why}" if why else "had no opinion"
        if not change.wished:
            return f"wanted {state(change.target, change.wish)}, {sure(change.confidence)}"
        return f"wanted the same all along, but {self._why(change)}"

    def _why(self, change: Change) -> str:
        verdict, level = change.verdict, self.report.trial.autonomy.level or Autonomy.AUTO
        if verdict is None:
            return f"had not asked for it yet, {sure(change.confidence)}"
        if verdict.ruling in (Ruling.APPROVED, DOES[level]):
            done = "would have done it" if verdict.ruling is Ruling.APPROVED else "had proposed it"
            return f"{done} at {self._local(verdict.decision.at):%H:%M} already"
        if verdict.ruling is Ruling.REFUSED:
            return f"the guard said no: {verdict.rule}"
        if verdict.ruling is Ruling.NOTHING:
            return f"kept my hands off: {verdict.reason}"
        return f"was only {sure(change.confidence)}"

    def _local(self, at: float) -> datetime:
        return datetime.fromtimestamp(at, self.home.zone)

    def _span(self) -> tuple[float, float]:
        return self.report.trial.start, self.report.trial.end - 0.001
