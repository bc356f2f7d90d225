"""A replay's report as a table that people read."""

from rich.box import SIMPLE_HEAD
from rich.table import Table

from homectl.home import Home
from homectl.replay.report import Line, Report, figures, iso
from homectl.replay.score import Score

MEANING = (
    "Hours: set by somebody, with activity in the last 30 minutes, or within 10 minutes of the change. Agrees: its "
    "wish is the recorded state, in those hours in which it has one. As it was: the same for a policy that never "
    "changes anything; only changes tell the two apart. People's changes: it would have made so many in the 10 minutes "
    "before, and its wish turned to so many more within 10 minutes before or after. Right: a person made its change, "
    "too, within 10 minutes; false: the hour counts, and nobody did. What it would do is never put into the log."
)
RIGHT_ALIGNED = ("Hours", "Agrees", "As it\nwas", "People's changes\nmade + turned to", "Its changes")


def as_table(report: Report) -> Table:
    """The report for people: one row for each area and task; a dash and the reason where nobody has labelled it."""
    home = report.trial.home
    span = f"{report.days:,.0f} days from {iso(report.trial.start)[:10]}"
    title = f"{home.name or home.id}: {report.trial.policy.name}, {span}"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in ("Area", "Task", "Set by"):
        table.add_column(name)
    for name in (*RIGHT_ALIGNED, "False\na day", "Precision"):
        table.add_column(name, justify="right")
    for line in report.lines():
        table.add_row(*_cells(line, home, report.days))
    return table


def _cells(line: Line, home: Home, days: float) -> list[str]:
    names = {area.id: area.name or area.id for area in home.areas}
    head = [names.get(line.area, "–"), str(line.task)]
    if not line.by:
        return [*head, "–", "–", "–", "–", line.reason, "–", "–", "–"]
    score, shares = line.score, figures(line.score, days)
    return [
        *head,
        ", ".join(line.by),
        f"{score.labelled / 60:,.0f}",
        _percent(shares["agreement"]),
        _percent(shares["persistence"]),
        f"{score.anticipated:,} + {score.followed:,} of {score.changes:,}",
        f"{score.matched:,} right, {score.wrong:,} false",
        "–" if shares["false_per_day"] is None else f"{shares['false_per_day']:.1f}",
        _percent(shares["precision"]),
    ]


def legend(report: Report) -> list[str]:
    """What the columns mean, whose changes there were, and what the guard did."""
    origins = "; ".join(
        f"{kind}: " + ", ".join(f"{count:,} by {name}" for name, count in counts.items())
        for kind, counts in report.origins().items()
    )
    verdicts = ", ".join(f"{name} {count:,}" for name, count in report.verdicts().items())
    return [
        MEANING,
        steadiness(report),
        f"Changes of state in the log: {origins or 'none'}.",
        f"Wishes against the record: {verdicts or 'none'}.",
    ]


def steadiness(report: Report) -> str:
    """How often it changed its mind, what it would have spared people, and what it would have meant for heating."""
    score, heat = sum(report.totals().values(), Score()), report.heating().figures(report.days)
    said = [f"Changes of mind within ten minutes: {figures(score, report.days)['flaps_per_hour'] or 0:.2f} an hour."]
    if score.overrides:
        said.append(f"Overrides avoided: {score.avoided:,} of {score.overrides:,}.")
    if heat["heating_hours_per_day"] is not None:
        said.append(
            f"Thermostats would call for heat {heat['would_heat_hours_per_day']:.1f} h a day, as it was "
            f"{heat['heating_hours_per_day']:.1f} h, and be {heat['colder_kelvin_hours_per_day']:.1f} K·h a day colder "
            f"and {heat['warmer_kelvin_hours_per_day']:.1f} warmer than people set."
        )
    return " ".join(said)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
