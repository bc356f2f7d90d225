"""Every command reaches exactly one end; a lock is sent once; nothing is sent late or twice where it must not be."""

import math
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homectl.bridge.outbox import BATTERY_WINDOW, MAINS_WINDOW, Outbox, Window
from homectl.control.guard import Situation, review
from homectl.home import (
    Approved,
    Cause,
    Command,
    CommandState,
    JournalError,
    Kind,
    Light,
    Lock,
    LockState,
    Outcome,
    Quantity,
    Reading,
    Setpoint,
    Target,
    Unlock,
    Wish,
)
from tests.control.test_guard import HOME, command, situation

LAMP, VALVE, BOLT = Target("lamp", Kind.LIGHT), Target("valve", Kind.SETPOINT), Target("bolt", Kind.LOCK)


class Line:
    """A wire that can be cut, and a book that cannot."""

    def __init__(self) -> None:
        self.up = True
        self.sent: list[tuple[Target, Wish]] = []
        self.stored: list[Command] = []

    def transmit(self, target: Target, setting: Wish) -> bool:
        if self.up:
            self.sent.append((target, setting))
        return self.up

    def outbox(self) -> Outbox:
        return Outbox(transmit=self.transmit, store=self.stored.append, window=window)


def window(target: Target) -> Window:
    return BATTERY_WINDOW if target == VALVE else MAINS_WINDOW


def approved(setting: Wish) -> Approved:
    person = isinstance(setting, Unlock)
    now, asked = situation(), command(setting, *((Cause.PERSON, "Ada") if person else ()))
    device = HOME.device(asked.target.device)
    verdict = review(asked, Situation(HOME, device, now.history, now.at, now.elapsed, now.ledger, now.limits))
    assert isinstance(verdict, Approved)
    return verdict


WISHES = [approved(Light(on=True, level=0.5)), approved(Light(on=False)), approved(Setpoint(20.5)), approved(Lock())]
UNLOCK = approved(Unlock())


def told(device: str, quantity: Quantity, value: float, *, live: bool = True) -> Reading:
    return Reading(device=device, quantity=quantity, value=value, at=1.0, live=live)


def states(outcomes: list[Outcome]) -> list[CommandState]:
    return [outcome.state for outcome in outcomes]


STEPS = st.one_of(
    st.tuples(st.just("submit"), st.sampled_from([*WISHES, UNLOCK])),
    st.tuples(st.just("wait"), st.floats(0, 400)),
    st.tuples(st.just("wire"), st.booleans()),
    st.tuples(
        st.just("report"),
        st.sampled_from(
            [
                told("lamp", Quantity.LIGHT_ON, 1.0),
                told("lamp", Quantity.LIGHT_ON, 0.0),
                told("lamp", Quantity.LIGHT_LEVEL, 0.5),
                told("valve", Quantity.SETPOINT, 20.5),
                told("valve", Quantity.SETPOINT, math.nan),
                told("bolt", Quantity.LOCK, LockState.LOCKED),
                told("bolt", Quantity.LOCK, LockState.JAMMED),
                told("bolt", Quantity.LOCK, LockState.UNLOCKED),
                told("bolt", Quantity.LOCK, LockState.LOCKED, live=False),
            ]
        ),
    ),
)


@given(st.lists(STEPS, max_size=60))
def test_every_command_reaches_exactly_one_end_and_a_lock_is_sent_at_most_once(steps: list[tuple[str, object]]) -> None:
    line = Line()
    outbox, real, ends, asked = line.outbox(), 0.0, [], 0
    for _, what in steps:
        if isinstance(what, Approved):
            asked += 1
            locks = sum(target == BOLT for target, _ in line.sent)
            ends += outbox.submit(what, real=real, at=real)
            assert sum(target == BOLT for target, _ in line.sent) - locks <= (what.command.target == BOLT)
        elif isinstance(what, bool):
            line.up = what
            locks = sum(target == BOLT for target, _ in line.sent)
            outbox.reconnected(real=real)
            assert sum(target == BOLT for target, _ in line.sent) == locks
        elif isinstance(what, Reading):
            ends += outbox.observe(what, real=real, at=real)
        elif isinstance(what, float):
            real += what
            ends += outbox.tick(real=real, at=real)
    ends += outbox.close(real=real, at=real)
    count = Counter(states(ends))
    assert count[CommandState.ASKED] == asked == len(line.stored)
    assert sum(number for state, number in count.items() if state.ended) == asked
    assert not outbox.open


@pytest.mark.parametrize("wish", [WISHES[3], UNLOCK])
def test_a_lock_is_stored_before_it_is_sent_and_never_queued(wish: Approved) -> None:
    line = Line()
    line.up = False
    outbox = line.outbox()
    assert states(outbox.submit(wish, real=0, at=0)) == [CommandState.ASKED, CommandState.FAILED]
    line.up = True
    outbox.reconnected(real=1)
    assert line.sent == []
    assert len(line.stored) == 1


@pytest.mark.parametrize("wish", [WISHES[3], UNLOCK])
def test_a_lock_that_the_book_does_not_take_is_not_sent(wish: Approved) -> None:
    def refuse(_: Command) -> None:
        assert line.sent == []
        raise JournalError("the disk is full")

    line = Line()
    outbox = Outbox(transmit=line.transmit, store=refuse, window=window)
    assert states(outbox.submit(wish, real=0, at=0)) == [CommandState.ASKED, CommandState.FAILED]
    outbox.reconnected(real=1)
    assert outbox.tick(real=10, at=10) == []
    assert line.sent == []


def test_a_forgotten_door_is_locked_once_also_where_the_book_does_not_take_it() -> None:
    def refuse(_: Command) -> None:
        raise JournalError("the disk is full")

    line = Line()
    outbox = Outbox(transmit=line.transmit, store=refuse, window=window)
    forgotten = Approved(replace(WISHES[3].command, cause=Cause.SAFETY))
    assert states(outbox.submit(forgotten, real=0, at=0)) == [CommandState.ASKED]
    outbox.reconnected(real=1)
    assert states(outbox.tick(real=10, at=10)) == [CommandState.EXPIRED]
    assert len(line.sent) == 1


@pytest.mark.parametrize(
    ("reports", "end"),
    [
        ([LockState.UNLOCKING], []),
        ([LockState.UNLOCKING, LockState.UNLOCKED], [CommandState.CONFIRMED]),
        ([LockState.LOCKED], []),
        ([LockState.JAMMED], [CommandState.FAILED]),
    ],
)
def test_an_unlock_is_confirmed_by_the_lock_alone(reports: list[LockState], end: list[CommandState]) -> None:
    outbox = Line().outbox()
    outbox.submit(UNLOCK, real=0, at=0)
    assert outbox.observe(told("bolt", Quantity.LOCK, LockState.UNLOCKED, live=False), real=1, at=1) == []
    for state in reports[:-1]:
        assert outbox.observe(told("bolt", Quantity.LOCK, state), real=1, at=1) == []
    assert outbox.caused(told("bolt", Quantity.LOCK, LockState.UNLOCKING), 1.0, real=1) == UNLOCK.command
    assert states(outbox.observe(told("bolt", Quantity.LOCK, reports[-1]), real=1, at=1)) == end


def test_a_light_is_confirmed_only_when_all_of_it_was_reported() -> None:
    outbox = Line().outbox()
    outbox.submit(WISHES[0], real=0, at=0)
    assert outbox.observe(told("lamp", Quantity.LIGHT_ON, 1.0), real=1, at=1) == []
    ended = outbox.observe(told("lamp", Quantity.LIGHT_LEVEL, 0.5), real=1, at=1)
    assert states(ended) == [CommandState.CONFIRMED]


@pytest.mark.parametrize(
    ("wish", "sent", "end"),
    [
        (WISHES[0], 3, CommandState.FAILED),
        (WISHES[2], 3, CommandState.FAILED),
        (WISHES[3], 1, CommandState.EXPIRED),
        (UNLOCK, 1, CommandState.EXPIRED),
    ],
)
def test_silence_ends_a_command_after_its_window(wish: Approved, sent: int, end: CommandState) -> None:
    line = Line()
    outbox, ends = line.outbox(), []
    outbox.submit(wish, real=0, at=0)
    for second in range(1, 1000):
        ends += outbox.tick(real=second, at=second)
    assert states(ends) == [end]
    assert len(line.sent) == sent


@pytest.mark.parametrize(("later", "ours"), [(1.0, True), (30.0, True), (30.1, False)])
def test_our_own_echo_is_known_for_a_moment_after_the_end(later: float, ours: bool) -> None:
    outbox = Line().outbox()
    outbox.submit(WISHES[1], real=0, at=0)
    report = told("lamp", Quantity.LIGHT_ON, 0.0)
    assert outbox.caused(report, 1.0, real=0) is not None
    outbox.observe(report, real=0, at=0)
    assert (outbox.caused(report, 0.0, real=later) is not None) is ours
    assert outbox.caused(told("lamp", Quantity.LIGHT_ON, 1.0), 0.0, real=0) is None


@pytest.mark.parametrize(("later", "ours"), [(6.1, True), (34.0, True), (34.1, False)])
def test_what_a_slow_lamp_does_half_a_minute_after_it_was_last_asked_is_still_our_doing(
    later: float, ours: bool
) -> None:
    outbox = Line().outbox()
    outbox.submit(WISHES[1], real=0, at=0)
    for second in (2.0, 4.0):
        outbox.tick(real=second, at=second)
    assert states(outbox.tick(real=6.0, at=6.0)) == [CommandState.FAILED]
    assert (outbox.caused(told("lamp", Quantity.LIGHT_ON, 0.0), 1.0, real=later) is not None) is ours


def test_once_a_slow_lamp_has_answered_what_came_before_explains_nothing() -> None:
    outbox = Line().outbox()
    outbox.submit(WISHES[1], real=0, at=0)
    outbox.submit(WISHES[0], real=1, at=1)
    outbox.tick(real=7.5, at=7.5)
    for quantity, value in ((Quantity.LIGHT_ON, 1.0), (Quantity.LIGHT_LEVEL, 0.5)):
        outbox.observe(told("lamp", quantity, value), real=20, at=20)
    assert outbox.caused(told("lamp", Quantity.LIGHT_ON, 0.0), 1.0, real=25) is None


def test_a_person_who_comes_between_is_not_taken_for_an_echo() -> None:
    outbox = Line().outbox()
    outbox.submit(WISHES[1], real=0, at=0)
    outbox.observe(told("lamp", Quantity.LIGHT_ON, 0.0), real=0, at=0)
    outbox.give_way("lamp", real=5, at=5)  # on, and off again
    assert outbox.caused(told("lamp", Quantity.LIGHT_ON, 0.0), 1.0, real=8) is None


def test_a_late_answer_to_the_command_before_the_open_one_is_still_ours() -> None:
    outbox = Line().outbox()
    outbox.submit(WISHES[1], real=0, at=0)
    outbox.submit(WISHES[0], real=1, at=1)
    assert outbox.caused(told("lamp", Quantity.LIGHT_ON, 0.0), 1.0, real=2) == WISHES[1].command
    assert outbox.caused(told("lamp", Quantity.LIGHT_ON, 1.0), 0.0, real=2) == WISHES[0].command


@pytest.mark.parametrize(
    ("wish", "before", "level", "later", "ours"),
    [
        (WISHES[0], 0.2, 0.4, None, True),  # on its way up to 0.5
        (WISHES[0], 0.9, 0.7, None, True),  # and down
        (WISHES[0], 0.2, 0.1, None, False),
        (WISHES[0], 0.2, 0.8, None, False),
        (WISHES[0], math.nan, 0.8, None, False),
        (WISHES[1], 0.8, 0.1, None, True),  # it fades out
        (WISHES[1], 0.8, 0.1, 2.0, True),
        (WISHES[1], 0.8, 0.1, 2.1, False),
    ],
)
def test_a_lamp_on_its_way_to_what_was_asked_is_nobodys_hand(
    wish: Approved, before: float, level: float, later: float | None, ours: bool
) -> None:
    outbox = Line().outbox()
    outbox.submit(wish, real=0, at=0)
    if later is not None:
        outbox.observe(told("lamp", Quantity.LIGHT_ON, 0.0), real=0, at=0)
    report = told("lamp", Quantity.LIGHT_LEVEL, level)
    assert (outbox.caused(report, before, real=later or 0.0) is not None) is ours
