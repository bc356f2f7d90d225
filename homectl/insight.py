"""What a running home's policy reads and says about a target now, for a person to look at."""

from homectl.controller import Controller
from homectl.home import FeatureView, HeadView, InputsView, Reads, Ruling, Target, Telling, Verdict, milliseconds
from homectl.parts import Parts

NOTHING_READ = "{policy} reads no vector: what it looks at is in its reasons."


def inputs_view(control: Controller, parts: Parts, target: Target) -> InputsView:
    """The facts, the answers and the guard's last word about a target."""
    at, policy, verdict = control.now(), parts.policy, control.verdicts.get(target)
    reads = policy.reads(control.home, parts.history, at, target) if isinstance(policy, Telling) else None
    said = reads or Reads(facts=(), answers=())
    return InputsView(
        at=at,
        policy=policy.name,
        features=tuple(
            FeatureView(name=fact.name, value=fact.value, unit=fact.unit, age=fact.age, missing=fact.missing)
            for fact in said.facts
        ),
        heads=tuple(HeadView(task=answer.task, said=answer.said) for answer in said.answers),
        change=said.change,
        guard=_word(verdict),
        record=None if verdict is None else f"{target}@{milliseconds(verdict.decision.at)}",
        note="" if reads is not None else NOTHING_READ.format(policy=policy.name),
    )


def _word(verdict: Verdict | None) -> str:
    """What the guard said of the last decision."""
    if verdict is None:
        return "nothing has been decided yet"
    match verdict.ruling:
        case Ruling.APPROVED:
            return "let through"
        case Ruling.REFUSED:
            return f"refused by {verdict.rule}: {verdict.reason}"
    return f"not asked ({verdict.ruling}): {verdict.reason}"
