"""The ladder of a running home: people step up as far as what was measured allows, homectl steps down by itself."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from math import inf

from homectl.control.agreement import Agreement, agreement
from homectl.control.autonomy import rung_of
from homectl.control.holds import SOMEBODY
from homectl.control.pipeline import Moment, level_of
from homectl.control.state import ControlState
from homectl.home import (
    ASKED,
    FORCED,
    HOMECTL,
    ActionRefused,
    Autonomy,
    Home,
    JournalError,
    Rung,
    RungView,
    Step,
    Target,
    local_words,
)
from homectl.journal import Journal

log = logging.getLogger(__name__)

LOOKED_BACK = 14 * 86_400.0
"""Seconds over which a policy's proposals are held beside what people did."""

AGAIN = 300.0
"""Seconds for which that is shown before it is looked up again: it takes long, and anybody may ask."""


class Rungs:
    """Every rung of one home under control; what is set is kept in its journal."""

    def __init__(self, state: ControlState, journal: Journal, counts: Counter[str]) -> None:
        self._state, self._journal, self._counts = state, journal, counts
        self._answers: dict[Rung, tuple[float, Agreement]] = {}
        self._looking = asyncio.Lock()

    def recall(self) -> None:
        """Begin with the levels that were set before this run."""
        for step in self._journal.orders.ladder().values():
            self._state.ladder.stand(step)

    def set(self, rung: Rung, level: Autonomy | None, by: str, now: Moment, *, force: bool = False) -> str:
        """A person lets homectl do so much on a rung, or (None) what is configured; what counts now, in one sentence.

        ActionRefused for a rung where there is nothing to control, and for auto, also as what is configured, where too
        few of its proposals were followed, unless by force.
        """
        targets = on_rung(now.home, rung)
        if not targets:
            known = ", ".join(sorted({str(rung_of(now.home, target)) for target in now.home.targets}))
            raise ActionRefused("ladder", f"expected an area and a kind that is controlled there, such as {known}")
        wanted = now.autonomy.of(now.home, rung) if level is None else level
        if wanted is Autonomy.AUTO and not force and level_of(targets[0], now) is not Autonomy.AUTO:
            seen = seen_on(self._journal, rung, now)
            if short := now.autonomy.short_of_auto(rung.kind, seen):
                raise ActionRefused("ladder", f"{rung} cannot be at auto yet: {short}; with force it can")
        why = FORCED if force else ASKED
        unkept = self._stand(Step(rung=rung, level=level, since=now.at, by=by or SOMEBODY, why=why))
        return f"{rung} is at {level_of(targets[0], now)} now{unkept}"

    def changed_by_person(self, target: Target, now: Moment) -> None:
        """A person changed a target themselves; too many of a policy's changes taken back end its being let."""
        rung = rung_of(now.home, target)
        taken = self._state.ladder.changed_by_person(target, rung, now.elapsed)
        self._counts["changes taken back"] += taken > 0
        if taken >= now.autonomy.take_backs:
            self._step_down(rung, f"people took back {taken} of its changes within an hour", now)

    def why(self, target: Target, now: Moment) -> str:
        """Why homectl may no more than suggest, where it stepped down by itself; else empty."""
        step = self._state.ladder.steps.get(rung_of(now.home, target))
        if step is None or step.by != HOMECTL:
            return ""
        return f"It may only suggest since {local_words(step.since, now.home.zone, now.at)}: {step.why}."

    async def views(self, now: Callable[[], Moment]) -> list[RungView]:
        """Every rung as a person reads it. Others have their turn between two targets, whoever asks how often."""
        home = now().home
        rungs = sorted({rung_of(home, target) for target in home.targets}, key=str)
        async with self._looking:
            return [self._view(rung, await self._seen(rung, now), now()) for rung in rungs]

    async def _seen(self, rung: Rung, now: Callable[[], Moment]) -> Agreement:
        """How people answered on a rung, as it was at most AGAIN ago."""
        at, found = self._answers.get(rung, (-inf, Agreement()))
        if abs(now().at - at) >= AGAIN:
            at, found = now().at, Agreement()
            for target in on_rung(now().home, rung):
                found += seen_of(self._journal, target, now())
                await asyncio.sleep(0)
            self._answers[rung] = at, found
        return found

    def _view(self, rung: Rung, seen: Agreement, now: Moment) -> RungView:
        step = self._state.ladder.steps.get(rung)
        return RungView(
            area=rung.area,
            kind=rung.kind,
            level=level_of(on_rung(now.home, rung)[0], now),
            said="" if step is None else _told(step, now),
            **{name: getattr(seen, name) for name in ("followed", "answered", "unanswered", "foreseen", "changes")},
            proposals_needed=now.autonomy.proposals,
            share_needed=now.autonomy.sure(rung.kind),
            short=now.autonomy.short_of_auto(rung.kind, seen),
        )

    def drifted(self, why: str, now: Moment) -> None:
        """People take back more than they used to, in all the home: every rung at auto steps down."""
        for rung in dict.fromkeys(rung_of(now.home, target) for target in now.home.targets):
            self._step_down(rung, why, now)

    def _step_down(self, rung: Rung, why: str, now: Moment) -> None:
        if not now.autonomy.steps_down or level_of(on_rung(now.home, rung)[0], now) is not Autonomy.AUTO:
            return
        self._counts["steps down the ladder"] += 1
        log.warning("%s steps down to suggest: %s", rung, why)
        self._stand(Step(rung=rung, level=Autonomy.SUGGEST, since=now.at, by=HOMECTL, why=why))

    def _stand(self, step: Step) -> str:
        """Why a restart would forget a step; empty if it would not. It counts all the same."""
        self._state.ladder.stand(step)
        try:
            self._journal.orders.record_step(step)
        except JournalError as error:
            log.error("%s; a restart would forget the level of %s", error, step.rung)
            return f"; a restart would forget it: {error}"
        return ""


def _told(step: Step, now: Moment) -> str:
    """Who set a level, when, and why where that is more than that they wished it."""
    said = f"by {step.by}, {local_words(step.since, now.home.zone, now.at)}"
    if step.why == FORCED:
        return f"let by force {said}"
    return f"set {said}" if step.why == ASKED else f"set {said}: {step.why}"


def on_rung(home: Home, rung: Rung) -> list[Target]:
    """The targets that stand on a rung."""
    return [target for target in home.targets if rung_of(home, target) == rung]


def seen_on(journal: Journal, rung: Rung, now: Moment) -> Agreement:
    """How people answered what was proposed on a rung in the last LOOKED_BACK seconds."""
    return sum((seen_of(journal, target, now) for target in on_rung(now.home, rung)), Agreement())


def seen_of(journal: Journal, target: Target, now: Moment) -> Agreement:
    """The same of one target."""
    start, sure = now.at - LOOKED_BACK, now.autonomy.enough(target)
    return agreement(now.home, target, journal.decisions(target, since=start), now.history, start, now.at, sure)
