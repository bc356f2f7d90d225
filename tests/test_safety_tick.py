"""The safety tick warms a freezing room and locks a forgotten door, and never throws a bolt on an open one."""

import itertools
import math
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.control.pipeline import Moment
from homectl.control.state import ControlState
from homectl.home import (
    Area,
    Autonomy,
    Cause,
    Command,
    CommandState,
    Device,
    History,
    Home,
    Kind,
    Lock,
    LockState,
    Origin,
    Outcome,
    Quantity,
    Reading,
    Ruling,
    Setpoint,
    Target,
    Verdict,
)
from homectl.safety_tick import SafetyTick

BOLT, VALVE = Target("bolt", Kind.LOCK), Target("valve", Kind.SETPOINT)
NOON = 1_000_000.0
HOME = Home(
    id="h",
    areas=(Area(id="hall"), Area(id="cellar")),
    devices=(
        Device(id="bolt", area="hall", sets=frozenset({Kind.LOCK}), battery=True, exterior=True, contact="door"),
        Device(id="door", area="hall", senses=frozenset({Quantity.CONTACT}), battery=True, exterior=True),
        Device(id="probe", area="cellar", senses=frozenset({Quantity.TEMPERATURE}), battery=True),
        Device(id="valve", area="cellar", sets=frozenset({Kind.SETPOINT}), battery=True),
    ),
)
CONTACTLESS = HOME.model_copy(
    update={"devices": (HOME.device("bolt").model_copy(update={"contact": None, "exterior": False}),)}
)
UNLOCKED, LOCKED = float(LockState.UNLOCKED), float(LockState.LOCKED)


def told(device: str, quantity: Quantity, value: float, at: float, origin: Origin = Origin.SENSED) -> Reading:
    return Reading(device=device, quantity=quantity, value=value, at=at, origin=origin)


def door(value: float, at: float) -> Reading:
    return told("door", Quantity.CONTACT, value, at)


def bolt(state: float, at: float, origin: Origin = Origin.PERSON) -> Reading:
    return told("bolt", Quantity.LOCK, state, at, origin)


class Watch:
    """A safety tick over a history, on its own clock, with autonomy off."""

    def __init__(self, *readings: Reading, started: float = NOON - 86_400, home: Home = HOME) -> None:
        self.home, self.history, self.state = home, History.of(readings), ControlState(started)
        self._tick, self._names = SafetyTick(), itertools.count()

    def at(self, at: float) -> list[Verdict]:
        moment = Moment(
            home=self.home,
            history=self.history,
            at=at,
            elapsed=at,
            state=self.state,
            limits=Limits(),
            autonomy=AutonomySettings(level=Autonomy.OFF),
            new_id=lambda: str(next(self._names)),
        )
        return self._tick.tick(moment)

    def commands(self, start: float, end: float) -> Iterator[tuple[float, Command]]:
        """Everything that is sent in a span, one tick every ten seconds."""
        at = start
        while at < end:
            yield from ((at, v.approved.command) for v in self.at(at) if v.approved is not None)
            at += 10.0

    def look_again(self) -> None:
        self._tick.look_again()

    def fail(self, command: Command, at: float) -> None:
        self.state.ended(Outcome(command=command, state=CommandState.EXPIRED, at=at), at)


def forgotten(closed: float = NOON, drawn: float = NOON - 60) -> tuple[Reading, ...]:
    """A door that was unlocked and opened, and then only closed."""
    return (bolt(LOCKED, drawn - 600), door(0, drawn - 900), bolt(UNLOCKED, drawn), door(1, drawn + 5), door(0, closed))


@pytest.mark.parametrize(("waited", "locks"), [(179.0, False), (180.0, True), (3000.0, True)])
def test_a_door_is_locked_three_minutes_after_it_was_closed(waited: float, locks: bool) -> None:
    watch = Watch(*forgotten())
    assert [v.approved is not None for v in watch.at(NOON + waited)] == ([True] if locks else [])


def test_the_lock_is_asked_for_safetys_sake_whatever_the_autonomy_level() -> None:
    (verdict,) = Watch(*forgotten()).at(NOON + 200)
    assert verdict.approved is not None
    assert verdict.approved.command.cause is Cause.SAFETY
    assert verdict.approved.command.setting == Lock()


def test_check_ins_that_repeat_a_state_do_not_start_the_time_anew() -> None:
    watch = Watch(*forgotten(), door(0, NOON + 170), bolt(UNLOCKED, NOON + 175))
    assert [at for at, _ in watch.commands(NOON + 10, NOON + 300)][:1] == [NOON + 180]


@pytest.mark.parametrize(
    "later",
    [
        (door(1, NOON + 100),),
        (bolt(LOCKED, NOON + 100),),
        (door(math.nan, NOON + 100),),
        (bolt(math.nan, NOON + 100),),
        (bolt(LockState.LOCKING, NOON + 190),),
        (told("door", Quantity.AVAILABLE, 0.0, NOON + 100),),
    ],
    ids=["opened again", "locked", "contact lost its mind", "lock unknown", "bolt on its way", "contact gone"],
)
def test_nothing_is_thrown_on_a_door_that_is_not_known_closed_and_unlocked(later: tuple[Reading, ...]) -> None:
    assert not any(v.approved for v in Watch(*forgotten(), *later).at(NOON + 200))


def test_a_door_unlocked_by_hand_and_never_opened_is_locked_again_in_spite_of_the_hold() -> None:
    watch = Watch(door(0, NOON - 3000), door(1, NOON - 2000), door(0, NOON - 1990), bolt(UNLOCKED, NOON))
    watch.state.holds.start(BOLT, NOON + 600)
    assert [at for at, _ in watch.commands(NOON + 10, NOON + 200)] == [NOON + 180]


def test_what_a_person_has_just_asked_of_the_lock_is_not_asked_twice() -> None:
    watch = Watch(*forgotten())
    asked = Command(id="p", target=BOLT, setting=Lock(), cause=Cause.PERSON, issued=NOON + 175, reason="")
    watch.state.issued(asked, NOON + 175)
    assert watch.at(NOON + 180) == []
    watch.state.ended(Outcome(command=asked, state=CommandState.EXPIRED, at=NOON + 185), NOON + 185)
    assert watch.at(NOON + 204) == []
    assert [v.approved is not None for v in watch.at(NOON + 205)] == [True]


def test_a_lock_without_a_contact_is_left_alone() -> None:
    assert Watch(bolt(UNLOCKED, NOON), home=CONTACTLESS).at(NOON + 500) == []


def test_three_tries_half_a_minute_apart_and_then_the_lock_is_called_jammed_until_it_moves() -> None:
    watch = Watch(*forgotten())
    tries = []
    for at, command in watch.commands(NOON + 180, NOON + 900):
        tries.append(at - NOON)
        watch.fail(command, at + 5)
        watch.history.append(bolt(LockState.JAMMED if len(tries) == 3 else UNLOCKED, at + 6))
    assert tries == [180.0, 210.0, 240.0]
    (verdict,) = watch.at(NOON + 2000)
    assert (verdict.ruling, verdict.rule) == (Ruling.REFUSED, "lock is jammed")
    watch.history.append(bolt(LOCKED, NOON + 2010))
    watch.history.append(bolt(UNLOCKED, NOON + 2020))
    assert [at - NOON for at, _ in watch.commands(NOON + 2100, NOON + 2300)][:1] == [2200.0]


def test_a_crash_loop_earns_no_tries() -> None:
    verdicts = [v for start in range(200, 2000, 30) for v in Watch(*forgotten(), started=NOON + start).at(NOON + start)]
    assert verdicts
    assert not any(v.approved for v in verdicts)


def test_a_forgotten_door_is_locked_although_its_contact_checks_in_only_every_55_minutes() -> None:
    """The front door stands open for a while, is closed and forgotten; the lock reports hourly as well."""
    watch, closed = Watch(*forgotten(closed=NOON - 7000)), NOON + 20_000
    story = sorted(
        [door(0, NOON - 7000 + 3300 * n) for n in range(1, 5)]
        + [bolt(UNLOCKED, NOON - 7000 + 3600 * n) for n in range(1, 4)]
        + [bolt(LOCKED, NOON + 9000), bolt(UNLOCKED, NOON + 16_000), door(1, NOON + 16_010), door(1, NOON + 19_310)]
        + [door(0, closed + 3300 * n) for n in range(3)]
        + [bolt(UNLOCKED, closed + 3600 * n) for n in range(-1, 2)],
        key=lambda reading: reading.at,
    )
    now, sent = NOON + 9000, []
    for reading in [r for r in story if r.at > now]:
        sent += [at for at, _ in watch.commands(now, reading.at)]
        watch.history.append(reading)
        now = now + 10 * math.ceil((reading.at - now) / 10)
    assert not [at for at in sent if at < closed + 180]
    assert sent[0] == closed + 180


moments = st.integers(1, 400).map(float)
stories = st.lists(
    st.tuples(
        moments,
        st.sampled_from(
            [("door", Quantity.CONTACT, v) for v in (0.0, 1.0, math.nan)]
            + [("bolt", Quantity.LOCK, v) for v in (UNLOCKED, LOCKED, float(LockState.JAMMED), math.nan)]
        ),
    ),
    max_size=25,
)


@settings(max_examples=100, deadline=None)
@given(stories)
def test_whatever_happens_no_bolt_is_thrown_before_the_door_has_been_closed_for_its_time(
    story: list[tuple[float, tuple[str, Quantity, float]]],
) -> None:
    watch, now, closed = Watch(), NOON, None
    for wait, (device, quantity, value) in story:
        for at, command in watch.commands(now, now + wait):
            assert closed is not None
            assert at - closed >= 180
            assert command.setting == Lock()
        now += wait
        watch.history.append(told(device, quantity, value, now))
        if device == "door":
            closed = (closed if closed is not None else now) if value == 0.0 else None


def cellar(celsius: float, at: float = NOON - 60) -> Reading:
    return told("probe", Quantity.TEMPERATURE, celsius, at)


def valve(celsius: float, at: float = NOON - 90, origin: Origin = Origin.PERSON) -> Reading:
    return told("valve", Quantity.SETPOINT, celsius, at, origin)


@pytest.mark.parametrize(
    ("readings", "asked"),
    [
        ((valve(7), cellar(7.0)), None),
        ((valve(7), cellar(6.9)), 10.0),
        ((valve(7), cellar(6.9, NOON - 5 * 3600)), 10.0),
        ((valve(7), cellar(6.9, NOON - 200), cellar(8.9)), 10.0),
        ((valve(7), cellar(6.9, NOON - 200), cellar(9.0)), None),
        ((valve(7), cellar(6.9, NOON - 300), cellar(9.0, NOON - 200), cellar(7.0)), None),
        ((valve(7), cellar(6.9), cellar(math.nan, NOON - 50)), 10.0),
        ((valve(7), cellar(-127.0)), None),
        ((valve(21), cellar(6.0)), None),
        ((valve(7), cellar(6.0, NOON - 5 * 3600), told("valve", Quantity.TEMPERATURE, 19.0, NOON - 60)), None),
        ((cellar(6.0),), 10.0),
    ],
    ids=[
        "at the limit",
        "below it",
        "below it and stale",
        "not warm enough to let go",
        "released",
        "released and at the limit again",
        "last known below it",
        "no temperature at all",
        "heated already",
        "a fresh thermometer knows better",
        "setpoint not known",
    ],
)
def test_a_freezing_room_is_heated(readings: tuple[Reading, ...], asked: float | None) -> None:
    watch = Watch(*sorted(readings, key=lambda reading: reading.at))
    watch.state.holds.start(VALVE, NOON + 7200)
    commands = [v.approved.command.setting for v in watch.at(NOON) if v.approved is not None]
    assert commands == ([] if asked is None else [Setpoint(asked)])


def test_a_freezing_room_is_asked_once_while_the_valve_sleeps() -> None:
    watch = Watch(valve(7), cellar(5))
    assert len(list(watch.commands(NOON, NOON + 600))) == 1


HOUR = 3600.0


@pytest.mark.parametrize(
    ("readings", "started", "held", "asked"),
    [
        ((valve(22, NOON - 9 * HOUR), cellar(20, NOON - 5.9 * HOUR)), NOON - 86_400, False, None),
        ((valve(22, NOON - 9 * HOUR), cellar(20, NOON - 6 * HOUR)), NOON - 86_400, False, 17.0),
        ((valve(22, NOON - 9 * HOUR), cellar(20, NOON - 6 * HOUR)), NOON - 86_400, True, None),
        ((valve(22, NOON - 9 * HOUR), cellar(20, NOON - 6 * HOUR)), NOON - 5 * HOUR, False, None),
        ((valve(17, NOON - 9 * HOUR), cellar(20, NOON - 6 * HOUR)), NOON - 86_400, False, None),
        ((cellar(20, NOON - 7 * HOUR), valve(22, NOON - HOUR)), NOON - 86_400, False, None),
        ((cellar(20, NOON - 9 * HOUR), valve(22, NOON - 8 * HOUR), valve(22, NOON - HOUR)), NOON - 86_400, False, None),
        ((valve(22, NOON - 9 * HOUR), cellar(20, NOON - 8 * HOUR), valve(22, NOON - HOUR)), NOON - 86_400, False, 17.0),
        (
            (
                valve(22, NOON - 9 * HOUR),
                cellar(20, NOON - 8 * HOUR),
                told("valve", Quantity.TEMPERATURE, 20, NOON - 5 * HOUR),
            ),
            NOON - 86_400,
            False,
            None,
        ),
        ((valve(22, NOON - 9 * HOUR),), NOON - 86_400, False, None),
        (
            (
                valve(22, NOON - 9 * HOUR),
                cellar(20, NOON - 8 * HOUR),
                cellar(math.nan, NOON - 7 * HOUR),
                told("probe", Quantity.BATTERY, 90, NOON - 10),
            ),
            NOON - 86_400,
            False,
            17.0,
        ),
        (
            (
                valve(22, NOON - 9 * HOUR),
                cellar(20, NOON - 8 * HOUR),
                told("probe", Quantity.BATTERY, 90, NOON - 10),
            ),
            NOON - 86_400,
            False,
            None,
        ),
    ],
    ids=[
        "silent for less than six hours",
        "for six hours",
        "held by a person",
        "restarted lately",
        "safe already",
        "set by a person since",
        "set since and repeated",
        "set before and repeated",
        "one of two is silent for less",
        "no thermometer ever",
        "alive but without a value",
        "unchanged but alive",
    ],
)
def test_a_room_whose_thermometer_fell_silent_gets_the_safe_setpoint(
    readings: tuple[Reading, ...], started: float, held: bool, asked: float | None
) -> None:
    watch = Watch(*readings, started=started)
    if held:
        watch.state.holds.start(VALVE, NOON + 60)
    commands = [v.approved.command.setting for v in watch.at(NOON) if v.approved is not None]
    assert commands == ([] if asked is None else [Setpoint(asked)])


heard = st.tuples(
    st.integers(0, 24 * 60),
    st.sampled_from(
        [
            *(
                (name, Quantity.TEMPERATURE, value)
                for name in ("probe", "valve")
                for value in (5.0, 8.0, 20.0, math.nan)
            ),
            *((name, Quantity.AVAILABLE, value) for name in ("probe", "valve") for value in (0.0, 1.0)),
            ("valve", Quantity.SETPOINT, 21.0),
            ("probe", Quantity.BATTERY, 80.0),
        ]
    ),
)


@settings(max_examples=60, deadline=None)
@given(life=st.lists(heard, max_size=12), told_at_once=st.booleans())
def test_what_is_remembered_of_warm_rooms_changes_no_verdict(
    life: list[tuple[int, tuple[str, Quantity, float]]], told_at_once: bool
) -> None:
    readings = [told(*what, NOON + 60 * minute + 3) for minute, what in sorted(life, key=lambda moment: moment[0])]
    one, other = (Watch(*readings if told_at_once else (), started=NOON - 10) for _ in range(2))
    for minute in range(0, 34 * 60, 7):
        at = NOON + 60.0 * minute
        if not told_at_once:
            for reading in readings:
                if at - 7 * 60 < reading.at <= at:
                    one.history.append(reading)
                    other.history.append(reading)
        other.look_again()
        assert [(v.ruling, v.reason) for v in one.at(at)] == [(v.ruling, v.reason) for v in other.at(at)]
