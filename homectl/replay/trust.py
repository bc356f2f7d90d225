"""How far a policy can be trusted, as a report shows it: is it as sure as it says, and how sure does it have to be."""

from collections.abc import Sequence

from homectl.home import Kind
from homectl.replay import pictures
from homectl.replay.document import NOTHING, Fold, Part, Picture, Section, Table, Words
from homectl.replay.engine import Trial
from homectl.replay.report import Report
from homectl.replay.sentences import TASKS, advice, percent, tenths
from homectl.replay.sureness import Gate, Reliability

SURE = (
    "When I say that I am 80 % sure, 80 of 100 such moments should turn out so: points on the dashed line. The other "
    "picture shows how many of the changes I would have made were yours, too, if I had to be so sure before acting."
)


def trust(report: Report, *, drawn: bool) -> Sequence[Section]:
    """The section, if there is anything to say; UsageError where it is to be `drawn` and there is no matplotlib."""
    parts = [part for kind in report.totals() for part in _of(report, kind, drawn=drawn)]
    return (Section("How sure I have to be", (Words(SURE), *parts)),) if parts else ()


def needed(trial: Trial, kind: Kind) -> float:
    """How sure a policy has to be of a kind of thing to act by itself."""
    return trial.autonomy.enough(next(target for target in trial.home.targets if target.kind is kind))


def _of(report: Report, kind: Kind, *, drawn: bool) -> Sequence[Part]:
    found, gates = report.reliability(kind), report.gates(kind)
    if found.error is None:
        return ()
    task, least = TASKS[kind].capitalize(), needed(report.trial, kind)
    judged = any(gate.precision is not None for gate in gates)
    return (
        *(_drawn(kind, found, gates if judged else (), least) if drawn else ()),
        Words(advice(gates, least)),
        *([_table(task, gates)] if judged else []),
        Fold(f"{task}: how often it was so", (tenths(found),)),
    )


def _table(task: str, gates: Sequence[Gate]) -> Table:
    rows = tuple(
        (
            percent(gate.least, 1),
            f"{gate.right:,}",
            f"{gate.false:,}",
            f"{gate.unjudged:,}",
            NOTHING if gate.precision is None else percent(gate.right, gate.right + gate.false),
        )
        for gate in gates
    )
    return Table((f"{task}: sure at least", "As you did", "Wrong", "Open", "Right"), rows, frozenset(range(1, 5)))


def _drawn(kind: Kind, found: Reliability, gates: Sequence[Gate], least: float) -> Sequence[Picture]:
    task = TASKS[kind].capitalize()
    about = f"{task}: said and come true differ by {found.error:.1%} on average"
    first = Picture(f"{task}: am I as sure as I say?", about, pictures.reliability(found, f"said-{kind}"))
    if not gates:
        return (first,)
    seen = f"{task}: share of changes that were yours, too, by how sure I have to be"
    return (first, Picture(f"{task}: if I act from so sure on", seen, pictures.gates(gates, least, f"gate-{kind}")))
