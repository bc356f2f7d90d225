"""Replay decides what the decision path decides when it is asked minute by minute."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.control.limits import Limits
from homectl.control.pipeline import Moment, already_so, decide, foresee
from homectl.control.rules import Rules
from homectl.control.state import ControlState
from homectl.home import (
    STATE,
    Cause,
    CommandState,
    Forecast,
    History,
    Home,
    LampWish,
    Light,
    LockState,
    Mode,
    ModeSpan,
    Origin,
    Outcome,
    Policy,
    Quantity,
    Reading,
    Ruling,
    Schedule,
    Setpoint,
    Setting,
    Target,
    Times,
    Verdict,
)
from homectl.journal import Journal
from homectl.replay.engine import BLOCK, Trial, replay
from homectl.replay.labels import touches
from simulator.record import record
from simulator.world import World
from tests.replay.scripts import BOLT, HEATING, HOME, LAMP, START, Script, told, trial

EVENING = START + 15 * 3600
APPROVED = Ruling.APPROVED

Said = tuple[float, Target, Setting | None, Cause, Ruling, str]


def replayed(asked: Trial) -> list[Said]:
    verdicts = [verdict for _, passages in replay(asked) for passage in passages for verdict in passage.verdicts]
    return sorted(map(said, verdicts), key=str)


def said(verdict: Verdict) -> Said:
    decision = verdict.decision
    return decision.at, decision.target, decision.setting, decision.cause, verdict.ruling, verdict.rule


def main_value(setting: Setting) -> float:
    match setting:
        case Light(on=on):
            return float(on)
        case Setpoint(celsius=celsius):
            return celsius
    return float(LockState.LOCKED)


class Slowly:
    """The same log asked one minute at a time, every target that is not thought to have obeyed."""

    def __init__(self, asked: Trial) -> None:
        self.asked, self.state, self.names = asked, ControlState(asked.start), count(1)
        self.hands = {target: list(touches(asked.history, target)) for target in asked.home.targets}
        self.runs: dict[Target, tuple[float, float]] = {}
        self.last: dict[Target, Verdict] = {}

    def verdicts(self) -> Iterator[Verdict]:
        for times in self.asked.blocks():
            for at in times:
                yield from self._minute(float(at))

    def _minute(self, at: float) -> Iterator[Verdict]:
        asked, targets = self.asked, self.asked.home.targets
        for target in targets:
            while self.hands[target] and self.hands[target][0] <= at:
                self.state.holds.touched(target, float(self.hands[target].pop(0)), asked.limits.hold)
        self.state.mode = asked.mode(at)
        now = Moment(
            home=asked.home,
            history=asked.history,
            at=at,
            elapsed=at,
            state=self.state,
            limits=asked.limits,
            autonomy=asked.autonomy,
            new_id=lambda: str(next(self.names)),
        )
        for foreseen in foresee(now, asked.policy, asked.fallback, targets):
            self._follow(foreseen.target, foreseen.setting, at)
        open_ones = [t for t in targets if t not in self.last or self.last[t].ruling is not Ruling.APPROVED]
        for verdict in decide(now, asked.policy, asked.fallback, open_ones):
            decision = verdict.decision
            if decision.setting is None or already_so(decision, asked.history, at):
                continue
            before = self.last.get(decision.target)
            self.last[decision.target] = verdict
            if verdict.approved is not None:
                self.state.ended(Outcome(command=verdict.approved.command, state=CommandState.CONFIRMED, at=at), at)
            if before is None or (before.ruling, before.rule) != (verdict.ruling, verdict.rule):
                yield verdict

    def _follow(self, target: Target, wish: Setting | None, at: float) -> None:
        """A run ends when the policy wants something else or the recorded state changes."""
        recorded = self.asked.history.value(target.device, STATE[target.kind], at)
        before = self.runs.get(target, (np.nan, np.nan))
        run = (before[0] if wish is None else main_value(wish), recorded)
        if not np.array_equal(run, before, equal_nan=True):
            self.runs[target] = run
            self.last.pop(target, None)


def slowly(asked: Trial) -> list[Said]:
    return sorted(map(said, Slowly(asked).verdicts()), key=str)


def recording(days: float, seed: int = 3) -> Trial:
    world = World(seed, start=EVENING)
    with Journal.in_memory() as journal:
        record(world, world.at + days * 86_400, journal)
        history = journal.history()
    rules = Rules(Limits())
    return Trial(
        home=world.home,
        history=history,
        policy=rules,
        fallback=rules,
        limits=Limits(),
        start=EVENING,
        end=EVENING + days * 86_400,
    )


@pytest.fixture(scope="module")
def simulated() -> Trial:
    return recording(3 / 24)


def fickle(targets: tuple[Target, ...], seed: int) -> Script:
    """Wishes something else of every target every few minutes, sometimes nothing, sometimes unsurely."""
    chance = np.random.default_rng(seed)
    lines: dict[Target, list[tuple[float, float, float]]] = {}
    for target in targets:
        values = {"light": [0.0, 1.0, np.nan], "setpoint": [19.0, 20.5, 21.0, 33.0, np.nan], "lock": [1.0, np.nan]}
        minutes = np.cumsum(chance.integers(1, 40, size=400))
        lines[target] = [
            (float(m), float(chance.choice(values[target.kind])), float(chance.choice([0.5, 0.85, 0.97])))
            for m in minutes
        ]
    return Script(lines)


def test_a_recording_replayed_by_rules_is_decided_as_minute_by_minute(simulated: Trial) -> None:
    quickly = replayed(simulated)
    assert quickly == slowly(simulated)
    assert sum(ruling is Ruling.APPROVED for *_, ruling, _ in quickly) >= 2


def test_a_fickle_policy_is_decided_as_minute_by_minute_too(simulated: Trial) -> None:
    policy: Policy = fickle(simulated.home.targets, 1)
    asked = replace(simulated, policy=policy, fallback=policy)
    quickly = replayed(asked)
    assert quickly == slowly(asked)
    assert {ruling for *_, ruling, _ in quickly} == {
        Ruling.APPROVED,
        Ruling.REFUSED,
        Ruling.SUGGESTED,
        Ruling.NOTHING,
    }


@pytest.mark.parametrize("seed", range(4))
def test_where_a_policy_doubts_its_fallback_decides_as_minute_by_minute(simulated: Trial, seed: int) -> None:
    policy = fickle(simulated.home.targets, seed)
    fallback = replace(fickle(simulated.home.targets, 10 + seed), cause=Cause.RULES)
    asked = replace(simulated, policy=policy, fallback=fallback)
    quickly = replayed(asked)
    assert quickly == slowly(asked)
    assert quickly != replayed(replace(asked, fallback=policy))


STEPS = st.lists(st.tuples(st.integers(0, 200), st.sampled_from([0.0, 1.0, float("nan")])), max_size=12)


@settings(max_examples=15, deadline=None)
@given(lamp=STEPS, door=STEPS, bolt=STEPS, seed=st.integers(0, 9))
def test_made_up_logs_are_decided_as_minute_by_minute(
    lamp: list[tuple[int, float]], door: list[tuple[int, float]], bolt: list[tuple[int, float]], seed: int
) -> None:
    readings: list[Reading] = []
    for device, quantity, steps in (
        ("lamp", Quantity.LIGHT_ON, lamp),
        ("door", Quantity.CONTACT, door),
        ("bolt", Quantity.LOCK, bolt),
    ):
        readings += [told(device, quantity, value, minute / 2, Origin.PERSON) for minute, value in steps]
    asked = trial(fickle((LAMP, HEATING, BOLT), seed), readings, 100)
    assert replayed(asked) == slowly(asked)


def test_what_is_replayed_never_reaches_the_history(simulated: Trial) -> None:
    before = {signal: track.values.tobytes() for signal, track in simulated.history.tracks.items()}
    replayed(simulated)
    assert {signal: track.values.tobytes() for signal, track in simulated.history.tracks.items()} == before


def test_where_the_blocks_end_makes_no_difference() -> None:
    lamp = [told("lamp", Quantity.LIGHT_ON, i % 2, i * 97, Origin.PERSON) for i in range(100)]
    asked = trial(fickle((LAMP,), 5), lamp, 3 * BLOCK)
    whole = replayed(asked)
    cut = 60 * (BLOCK // 2 + 7)
    shifted = replayed(replace(asked, start=asked.start - cut))
    assert whole
    assert whole == shifted


def test_a_policy_that_cannot_answer_is_replaced_by_the_fallback() -> None:
    class Broken(Script):
        def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
            raise ValueError("not a number")

    lamp = [told("lamp", Quantity.LIGHT_ON, 0, 0, Origin.PERSON)]
    asked = replace(trial(Broken({}), lamp, 30), fallback=Script({LAMP: [(5, 1.0, 0.9)]}))
    assert [(target, ruling) for _, target, *_, ruling, _ in replayed(asked)] == [(LAMP, Ruling.APPROVED)]


def test_years_without_a_reading_are_passed_over() -> None:
    far = 60 * 24 * 365 * 40.0
    lamp = [told("lamp", Quantity.LIGHT_ON, 1, minute, Origin.PERSON) for minute in (0, far)]
    asked = trial(Script({LAMP: []}), lamp, far)
    assert 0 < sum(len(times) for times in asked.blocks()) <= 4 * BLOCK


def ordered(asked: Trial, span: float) -> Trial:
    """The same with schedules, a mode that began a third of the way, and one that ended soon."""
    home = asked.home.model_copy(update={"schedules": schedules(asked.home)})
    third = asked.start + span / 3
    modes = (
        ModeSpan(mode=Mode.CLEANING, since=asked.start - 60, until=asked.start + span / 8, by="anna"),
        ModeSpan(mode=Mode.AWAY, since=third, until=third + span / 3, by="anna"),
        ModeSpan(mode=Mode.GUEST, since=third + span / 3, until=third + span / 2, by="anna"),
    )
    return replace(asked, home=home, modes=modes)


def schedules(home: Home) -> tuple[Schedule, ...]:
    areas = tuple(area.id for area in home.areas)
    night = Schedule(id="late", start="00:30", end="02:10", areas=areas[:1], light=LampWish(on=True))
    warm = Schedule(id="warm", start="00:05", end="01:00", areas=areas, setpoint=23.5)
    shut = Schedule(id="shut", start="16:10", end="17:05", areas=areas, lock=True)
    return night, warm, shut, night.model_copy(update={"id": "again", "start": "16:30", "end": "17:30"})


def test_what_people_had_ordered_is_replayed_as_minute_by_minute(simulated: Trial) -> None:
    asked = ordered(replace(simulated, policy=fickle(simulated.home.targets, 2)), simulated.end - simulated.start)
    quickly = replayed(asked)
    assert quickly == slowly(asked)
    assert {Cause.MODE, Cause.SCHEDULE, Cause.LEARNED} <= {cause for _, _, _, cause, *_ in quickly}


def test_a_schedule_that_is_over_leaves_a_replayed_home_to_its_policy() -> None:
    lamp = [told("lamp", Quantity.LIGHT_ON, 0, minute, Origin.SENSED) for minute in range(0, 180, 5)]
    evening = Schedule(id="s", start="00:30", end="01:00", devices=("lamp",), light=LampWish(on=True))
    home = HOME.model_copy(update={"schedules": (evening,)})
    asked = replace(trial(Script({LAMP: [(70, 0.0, 0.9), (90, 1.0, 0.9)]}), lamp, 180), home=home)
    found = [(round((at - START) / 60), cause) for at, _, _, cause, ruling, _ in replayed(asked) if ruling is APPROVED]
    assert found == [(30, Cause.SCHEDULE), (90, Cause.LEARNED)]
