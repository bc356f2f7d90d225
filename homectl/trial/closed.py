"""A policy in charge of a simulated home: every decision goes the way it goes in a running one."""

import itertools
from contextlib import nullcontext
from dataclasses import dataclass

from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.control.rules import Rules
from homectl.controller import Controller
from homectl.home import History, Policy, Reading, Setting, Target, ToldClock, Unlock, Wish
from homectl.journal import Journal
from homectl.parts import Parts
from homectl.trial.homes import DAY
from simulator.truth import Truth
from simulator.world import World


@dataclass(frozen=True, slots=True)
class Sent:
    """One setting that reached a device."""

    at: float
    target: Target
    setting: Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """What became of a home under a policy: the simulator's counters before and after, and what was done."""

    before: Truth
    after: Truth
    counts: dict[str, int]
    sent: tuple[Sent, ...]


def watched(world: World, days: float) -> History:
    """What a home tells of itself while it lives for so many days without homectl."""
    history = History.of(sorted(world.reported.values(), key=lambda reading: reading.at))
    end = world.at + days * DAY
    while world.at < end:
        for reading in world.step(min(60.0, max(1.0, end - world.at))):
            history.append(reading)
    return history


def closed_loop(world: World, policy: Policy, seconds: float, *, past: float = 0.0, step: float = 10.0) -> Lived:
    """Let a policy run a simulated home for some seconds, after `past` days in which it only watched."""
    return in_charge(world, watched(world, past), policy, seconds, step=step)


def in_charge(
    world: World,
    history: History,
    policy: Policy,
    seconds: float,
    *,
    step: float = 10.0,
    fallback: Policy | None = None,
    kept: Journal | None = None,
) -> Lived:
    """Let a policy that knows a home's history run it for some seconds; the rules or another fallback are behind it.

    `kept`: a journal for what is heard and decided.
    """
    with nullcontext(kept) if kept is not None else Journal.in_memory() as journal:
        clock, numbers = ToldClock(world.at), itertools.count(1)
        parts = Parts(
            clock=clock,
            real=clock.elapsed,
            history=history,
            journal=journal,
            policy=policy,
            fallback=fallback or Rules(),
            limits=Limits(),
            autonomy=AutonomySettings(steps_down=False),  # every policy compared keeps its level
            new_id=lambda: f"trial-{next(numbers)}",
        )
        sent: list[Sent] = []
        heard: list[Reading] = []

        def transmit(target: Target, setting: Wish) -> bool:
            if isinstance(setting, Unlock):
                return False  # nobody gives a PIN in an experiment
            sent.append(Sent(world.at, target, setting))
            heard.extend(world.obey(target, setting))
            return True

        controller = Controller(world.home, parts, transmit)
        controller.begin()
        before, end = world.truth, world.at + seconds
        while world.at < end:
            heard.extend(world.listen(max(1.0, min(step, end - world.at))))
            clock.tell(world.at)
            _follow(controller, heard)
            controller.pulse()
        controller.stop()
        return Lived(before=before, after=world.truth, counts=dict(controller.counts), sent=tuple(sent))


def _follow(controller: Controller, heard: list[Reading]) -> None:
    """Learn what was heard, decide, and learn what that caused at once."""
    while heard:
        news, heard[:] = list(heard), []
        controller.react(controller.learn(news))
    controller.tick()
    if heard:
        controller.learn(heard)
        heard.clear()
