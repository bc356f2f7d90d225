"""A day of a simulated home, lived as a daemon lives it, is decided once more from its journal: all the same."""

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.control.rules import Rules
from homectl.controller import Controller
from homectl.home import (
    Autonomy,
    Cause,
    HoldKind,
    HomeError,
    Kind,
    Light,
    Mode,
    Policy,
    Reading,
    Setpoint,
    Setting,
    Target,
    ToldClock,
    Unlock,
    Wish,
)
from homectl.journal import Journal
from homectl.parts import Parts
from homectl.replay.again import Deciding
from homectl.rerun import rerun, same
from homectl.trial.homes import DAY, season
from models.policy import NetworkPolicy
from simulator.world import World

SEED, STEP, PACE = 500, 6.0, 60.0
Meddling = dict[float, Callable[[Controller], object]]


class Life:
    """One home on the path of a daemon: told its time with every reading, it decides when a step has settled."""

    def __init__(self, world: World, journal: Journal, policy: Policy) -> None:
        history = journal.history()
        history.unsee()
        numbers, began = itertools.count(1), world.at
        self.world, self.clock = world, ToldClock(began)
        parts = Parts(
            clock=self.clock,
            real=lambda: self.clock.elapsed() / PACE,
            history=history,
            journal=journal,
            policy=policy,
            fallback=Rules(),
            limits=Limits(),
            autonomy=AutonomySettings(),
            new_id=lambda: f"{began:.0f}-{next(numbers)}",
        )
        self.heard: list[Reading] = []
        self.controller = Controller(world.home, parts, self._transmit)
        self.controller.begin()

    def _transmit(self, target: Target, setting: Wish) -> bool:
        assert not isinstance(setting, Unlock)
        self.heard += self.world.obey(target, setting)
        return True

    def go_on(self, seconds: float, meddling: Meddling) -> None:
        """Live for some seconds; people say what they say to homectl itself after so many of them."""
        began, later, areas = self.world.at, dict(meddling), set[str]()
        while self.world.at < began + seconds:
            self.heard += self.world.step(STEP)
            for reading in self.heard:
                self.clock.tell(reading.at)
                areas |= self.controller.learn([reading])
            self.heard.clear()
            self.clock.tell(self.world.at)
            self.controller.react(areas)
            areas = set()
            self.controller.tick()
            self.controller.pulse()
            for at in [at for at in later if began + at <= self.world.at]:
                later.pop(at)(self.controller)
        self.controller.stop()


def deciding(policy: Policy) -> Deciding:
    return Deciding(policy=policy, fallback=Rules(), limits=Limits(), autonomy=AutonomySettings())


def lived(journal: Journal, policy: Policy, days: float, meddling: Meddling, before: float = 0.25) -> World:
    """A home that was watched for some days, and then run twice, each time for half of the others."""
    world = World(SEED, start=season(SEED))
    journal.set_home(world.home)
    journal.append(sorted(world.reported.values(), key=lambda reading: reading.at))
    while world.at < season(SEED) + before * DAY:
        journal.append(world.step(60.0))
    for _ in range(2):
        world.step(60.0)  # nobody listens
        Life(world, journal, policy).go_on(days / 2 * DAY, meddling)
    return world


@pytest.mark.parametrize(
    ("policy", "days"), [(Rules(), 0.6), (NetworkPolicy.load(None), 0.1)], ids=["rules", "network"]
)
def test_every_decision_of_every_run_is_the_same_again(policy: Policy, days: float) -> None:
    with Journal.in_memory() as journal:
        home = lived(journal, policy, days, {}).home
        again = rerun(journal, home, deciding(policy), PACE)
        assert again.differences == ()
        assert (again.runs, again.decisions) == (2, journal.count_decisions())
        assert again.decisions > 40


def asks(device: str, setting: Setting) -> Callable[[Controller], object]:
    kind = Kind.LIGHT if isinstance(setting, Light) else Kind.SETPOINT
    return lambda controller: controller.ask(Target(device, kind), setting)


def holds(device: str, minutes: float) -> Callable[[Controller], object]:
    target = Target(device, Kind.LIGHT)
    return lambda home: home.orders.hold(target, HoldKind.MINUTES, minutes, "ada", home.present())


def is_away(controller: Controller) -> None:
    controller.orders.mode(Mode.AWAY, 0.2, "", "ada", controller.present())
    controller.reconsider(controller.home.targets)


def resumes(device: str) -> Callable[[Controller], object]:
    def do(controller: Controller) -> None:
        controller.resume(Target(device, Kind.LIGHT))
        controller.reconsider([Target(device, Kind.LIGHT)])

    return do


def test_what_people_said_to_homectl_is_said_again_at_its_time() -> None:
    said = {
        300.0: asks("living_lamp", Light(True, 0.4)),
        600.0: holds("hall_lamp", 30),
        903.0: is_away,
        2_000.0: resumes("hall_lamp"),
        2_400.0: asks("living_thermostat", Setpoint(22.5)),
    }
    with Journal.in_memory() as journal:
        home = lived(journal, Rules(), 0.1, said).home
        assert len(journal.runs.asked(0.0, 1e11)) == 4
        assert {record.cause for record in journal.decisions()} >= {Cause.MODE, Cause.RULES}
        assert rerun(journal, home, deciding(Rules()), PACE).differences == ()


def test_who_decides_otherwise_is_told_decision_by_decision() -> None:
    with Journal.in_memory() as journal:
        home = lived(journal, Rules(), 0.12, {}).home
        watching = replace(deciding(Rules()), autonomy=AutonomySettings(level=Autonomy.OBSERVE))
        found = rerun(journal, home, watching, PACE).differences
        approved = [record for record in journal.decisions() if record.command and record.cause is Cause.RULES]
        told = {(one.then.target, one.then.since) for one in found if one.then is not None}
        assert {(record.target, record.since) for record in approved} <= told
        record = approved[0]
        assert same(record, replace(record, command="another name"))
        assert not same(record, replace(record, confidence=record.confidence + 1e-15))
        assert not same(record, replace(record, until=record.until + 0.001))


def test_a_journal_that_says_nothing_of_when_it_decided_is_refused() -> None:
    with Journal.in_memory() as journal, pytest.raises(HomeError, match="does not say when"):
        rerun(journal, World(SEED, start=season(SEED)).home, deciding(Rules()))
