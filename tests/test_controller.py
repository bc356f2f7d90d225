"""A home under control: readings in, commands out, and every command with one end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.controller import Controller
from homectl.home import (
    ActionRefused,
    Cause,
    Command,
    CommandState,
    Forecast,
    History,
    Home,
    JournalError,
    Kind,
    Light,
    Lock,
    LockState,
    Origin,
    Outcome,
    Prediction,
    Quantity,
    Reading,
    Ruling,
    Setpoint,
    Setting,
    Target,
    Times,
    ToldClock,
    Unlock,
    wanted,
)
from homectl.journal import Journal
from homectl.parts import Parts
from tests.fakes import HEATING, LAMP, LOCK, NOON, small_home


@dataclass(slots=True)
class Wish:
    """A policy that wants what a test says."""

    settings: dict[Target, Setting] = field(default_factory=dict)
    name: str = "wish"
    cause: Cause = Cause.LEARNED

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        return []

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        known = [target for target in targets if target in self.settings]
        return [Prediction(target=t, setting=self.settings[t], confidence=0.99, why="a test") for t in known]


class Wall(ToldClock):
    """A clock that somebody can set back; what has elapsed only grows."""

    back = 0.0

    def now(self) -> float:
        return super().now() - self.back


class TornJournal(Journal):
    """A journal whose disk can be full for commands and their ends."""

    full = False

    def record_command(self, command: Command) -> None:
        self._refuse()
        super().record_command(command)

    def record_outcome(self, outcome: Outcome) -> None:
        self._refuse()
        super().record_outcome(outcome)

    def _refuse(self) -> None:
        if self.full:
            raise JournalError("the disk is full")


class Rig:
    """A controller whose devices answer when the test says so."""

    def __init__(self, journal: Journal, clock: ToldClock | None = None, history: History | None = None) -> None:
        self.clock, self.real, self.wish, self.journal = clock or ToldClock(NOON), 0.0, Wish(), journal
        self.sent: list[tuple[Target, Setting | Unlock]] = []
        self.link = True
        numbers = count()
        parts = Parts(
            clock=self.clock,
            real=lambda: self.real,
            history=history or History(),
            journal=journal,
            policy=self.wish,
            fallback=self.wish,
            limits=Limits(),
            autonomy=AutonomySettings(),
            new_id=lambda: f"c{next(numbers)}",
        )
        self.control = Controller(small_home(), parts, self._transmit)
        self.control.begin()

    def _transmit(self, target: Target, setting: Setting | Unlock) -> bool:
        self.sent.append((target, setting))
        return self.link

    def say(self, device: str, quantity: Quantity, value: float, *, live: bool = True) -> set[str]:
        reading = Reading(
            device=device, quantity=quantity, value=value, at=self.control.now(), origin=Origin.UNKNOWN, live=live
        )
        return self.control.learn([reading])

    def all_say(self) -> None:
        self.say("lamp", Quantity.LIGHT_ON, 0.0)
        self.say("valve", Quantity.SETPOINT, 20.0)
        self.say("valve", Quantity.TEMPERATURE, 19.0)
        self.say("door", Quantity.CONTACT, 0.0)
        self.say("bolt", Quantity.LOCK, LockState.UNLOCKED)

    def obey(self, target: Target, setting: Setting) -> None:
        """The device reports that it has done what was asked."""
        for quantity, value in wanted(setting).items():
            self.say(target.device, quantity, value)

    def pass_time(self, seconds: float, step: float = 10.0) -> None:
        until = self.clock.elapsed() + seconds
        while self.clock.elapsed() < until:
            self.clock.tell(min(until, self.clock.elapsed() + step))
            self.real += step
            self.control.pulse()
            self.control.tick()

    def states(self) -> dict[CommandState, int]:
        counted: dict[CommandState, int] = {}
        for (_, _, state), number in self.journal.commands().items():
            counted[state] = counted.get(state, 0) + number
        return counted


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with Journal.open(tmp_path / "h.db") as journal:
        rig = Rig(journal)
        rig.all_say()
        rig.pass_time(120)
        yield rig


@pytest.fixture
def settled(rig: Rig) -> Rig:
    """Long enough after the start that every limiter has opened, with devices heard again."""
    rig.wish.settings = {}
    rig.pass_time(1800, step=60)
    rig.all_say()
    return rig


def test_an_event_is_answered_at_once_and_confirmed_by_the_device(settled: Rig) -> None:
    settled.wish.settings = {LAMP: Light(True, 0.5)}
    assert settled.say("motion", Quantity.MOTION, 1.0) == {"kitchen"}
    assert settled.control.react({"kitchen"})
    assert settled.sent[-1] == (LAMP, Light(True, 0.5))
    settled.obey(LAMP, Light(True, 0.5))
    assert settled.control.outcomes[LAMP].state is CommandState.CONFIRMED
    assert not settled.control.waiting


def test_nothing_is_sent_by_a_policy_in_the_first_minute(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "h.db") as journal:
        rig = Rig(journal)
        rig.all_say()
        rig.wish.settings = {LAMP: Light(True)}
        rig.pass_time(50)
        assert not rig.control.react({"kitchen"})
        assert rig.control.verdicts[LAMP].rule == "start is over"
        assert rig.sent == []


def test_the_echo_of_our_own_command_is_not_a_person(settled: Rig) -> None:
    settled.wish.settings = {LAMP: Light(True)}
    settled.control.react({"kitchen"})
    settled.obey(LAMP, Light(True))
    assert settled.control.state.holds.left(LAMP, settled.clock.elapsed()) is None


def test_a_person_wins_at_once_and_is_left_alone(settled: Rig) -> None:
    settled.wish.settings = {LAMP: Light(True)}
    settled.control.react({"kitchen"})
    settled.obey(LAMP, Light(True))
    settled.pass_time(10)
    settled.say("lamp", Quantity.LIGHT_ON, 0.0)
    assert not settled.control.react({"kitchen"})
    assert "held by a person" in settled.control.verdicts[LAMP].reason
    settled.pass_time(29 * 60)
    assert len([s for s in settled.sent if s[0] == LAMP]) == 1
    settled.pass_time(3 * 60)
    assert len([s for s in settled.sent if s[0] == LAMP]) > 1


def test_a_persons_wish_passes_the_guard_or_is_refused_with_its_rule(settled: Rig) -> None:
    settled.control.ask(HEATING, Setpoint(22.0))
    assert settled.sent[-1] == (HEATING, Setpoint(22.0))
    with pytest.raises(ActionRefused, match="setpoint is within limits"):
        settled.control.ask(HEATING, Setpoint(35.0))
    with pytest.raises(ActionRefused, match="device takes it"):
        settled.control.ask(LAMP, Setpoint(20.0))
    settled.say("door", Quantity.CONTACT, 1.0)
    with pytest.raises(ActionRefused, match="the door is open"):
        settled.control.ask(LOCK, Lock())


def test_a_lock_is_asked_once_and_expires(settled: Rig) -> None:
    settled.say("bolt", Quantity.LOCK, LockState.LOCKED)
    settled.say("bolt", Quantity.LOCK, LockState.UNLOCKED)
    before = len(settled.sent)
    settled.control.ask(LOCK, Lock())
    settled.pass_time(20, step=1)
    assert settled.sent[before:] == [(LOCK, Lock())]
    assert settled.control.outcomes[LOCK].state is CommandState.EXPIRED


def test_a_door_left_unlocked_is_locked_by_the_safety_tick_alone(rig: Rig) -> None:
    rig.pass_time(900)
    assert (LOCK, Lock()) in rig.sent
    assert {cause for (kind, cause, _) in rig.journal.commands() if kind is Kind.LOCK} == {Cause.SAFETY}


def test_a_person_at_the_device_ends_what_was_asked_of_it(settled: Rig) -> None:
    settled.wish.settings = {HEATING: Setpoint(21.0)}
    settled.control.react({"living"})
    settled.say("valve", Quantity.SETPOINT, 18.0)
    assert settled.control.outcomes[HEATING].state is CommandState.SUPERSEDED
    settled.pass_time(60)
    assert settled.sent.count((HEATING, Setpoint(21.0))) == 1


def test_a_bolt_on_its_way_is_nobodys_hand(settled: Rig) -> None:
    settled.control.ask(LOCK, Lock())
    settled.control.state.holds.resume(LOCK)
    settled.say("bolt", Quantity.LOCK, LockState.LOCKING)
    settled.say("bolt", Quantity.LOCK, LockState.LOCKED)
    assert settled.control.outcomes[LOCK].state is CommandState.CONFIRMED


def test_a_lamp_that_does_not_dim_is_only_asked_to_be_on(settled: Rig) -> None:
    dim = settled.control.home.device("lamp").model_copy(update={"dimmable": False})
    settled.control.home = settled.control.home.with_device(dim)
    settled.control.ask(LAMP, Light(True, 0.4))
    assert settled.sent[-1] == (LAMP, Light(True))


def test_every_safety_tick_is_executed_after_a_jump(rig: Rig) -> None:
    before = rig.control._next_safety
    rig.clock.tell(rig.clock.now() + 3600.0)
    rig.control.tick()
    assert rig.control._next_safety - before == 3600.0


def test_every_command_has_exactly_one_end_when_the_home_stops(settled: Rig) -> None:
    settled.wish.settings = {LAMP: Light(True), HEATING: Setpoint(21.0)}
    settled.control.react({"kitchen", "living"})
    settled.control.ask(LAMP, Light(False))
    settled.control.stop()
    states = settled.states()
    assert states[CommandState.SUPERSEDED] == 1
    assert CommandState.ASKED not in states
    assert sum(states.values()) == len({*settled.journal._db.execute("SELECT id FROM commands")})


def test_decisions_are_kept_as_runs(settled: Rig) -> None:
    settled.wish.settings = {LAMP: Light(False)}
    settled.pass_time(1200, step=60)
    runs = settled.journal.decisions(LAMP)
    assert len(runs) == 1
    assert runs[0].ruling is Ruling.NOTHING
    assert runs[0].until - runs[0].since >= 1100


def test_two_values_in_one_millisecond_are_both_kept_and_the_last_one_counts(settled: Rig) -> None:
    settled.say("door", Quantity.CONTACT, 1.0)
    settled.say("door", Quantity.CONTACT, 0.0)
    settled.journal.flush()
    track = settled.journal.history().track("door", Quantity.CONTACT)
    assert track is not None
    assert list(track.values[-2:]) == [1.0, 0.0]
    settled.control.ask(LOCK, Lock())


def test_a_jump_in_time_does_not_throw_a_bolt_again_that_has_not_answered_yet(rig: Rig) -> None:
    rig.clock.tell(rig.clock.now() + 1800.0)
    rig.control.tick()
    assert rig.sent.count((LOCK, Lock())) == 1


def test_a_door_that_opened_while_a_safety_tick_was_due_keeps_its_bolt(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "h.db") as journal:
        rig = Rig(journal)
        rig.all_say()
        rig.clock.tell(NOON + 1000)
        rig.say("door", Quantity.CONTACT, 1.0)
        rig.control.tick()
        assert rig.sent == []


def test_a_clock_that_is_set_back_makes_nobody_blind(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "h.db") as journal:
        clock = Wall(NOON)
        rig = Rig(journal, clock)
        rig.all_say()
        rig.pass_time(100)
        clock.back = 3600.0
        before = rig.control.now()
        rig.say("door", Quantity.CONTACT, 1.0)
        rig.pass_time(600)
        assert rig.control.now() == before + 600
        assert rig.sent == []
        with pytest.raises(ActionRefused, match="the door is open"):
            rig.control.ask(LOCK, Lock())


def test_while_the_broker_is_away_no_try_is_spent_and_no_door_counts_as_closed(rig: Rig) -> None:
    rig.link = False
    rig.control.connected(False)
    rig.pass_time(900)
    assert rig.sent == []
    rig.link = True
    rig.control.connected(True)
    rig.pass_time(60)
    assert rig.sent == []
    rig.say("door", Quantity.CONTACT, 0.0)
    rig.pass_time(20)
    assert rig.sent == [(LOCK, Lock())]


def test_a_repeat_of_what_a_person_once_set_takes_nothing_back(settled: Rig) -> None:
    settled.say("valve", Quantity.SETPOINT, 19.0)
    settled.control.state.holds.resume(HEATING)
    settled.wish.settings = {HEATING: Setpoint(20.0)}
    settled.control.react({"living"})
    settled.say("valve", Quantity.SETPOINT, 19.0)
    assert settled.control.waiting
    settled.say("valve", Quantity.SETPOINT, 20.0)
    assert settled.control.outcomes[HEATING].state is CommandState.CONFIRMED
    assert settled.control.state.holds.left(HEATING, settled.clock.elapsed()) is None


def test_rounding_makes_no_hold_longer(settled: Rig) -> None:
    settled.say("lamp", Quantity.LIGHT_LEVEL, 0.2)
    settled.say("lamp", Quantity.LIGHT_LEVEL, 0.5)
    settled.pass_time(600)
    settled.say("lamp", Quantity.LIGHT_LEVEL, 0.504)
    assert settled.control.state.holds.left(LAMP, settled.clock.elapsed()) == 1200


def test_a_lamp_that_comes_on_at_its_own_level_was_not_dimmed_by_hand(settled: Rig) -> None:
    settled.say("lamp", Quantity.LIGHT_LEVEL, 0.3)
    settled.wish.settings = {LAMP: Light(True)}
    settled.control.react({"kitchen"})
    settled.say("lamp", Quantity.LIGHT_ON, 1.0)
    settled.say("lamp", Quantity.LIGHT_LEVEL, 1.0)
    assert settled.control.state.holds.left(LAMP, settled.clock.elapsed()) is None


def test_a_lamp_that_has_its_power_back_was_not_switched_by_hand(settled: Rig) -> None:
    settled.say("lamp", Quantity.AVAILABLE, 0.0)
    settled.pass_time(600)
    settled.say("lamp", Quantity.AVAILABLE, 1.0)
    settled.say("lamp", Quantity.LIGHT_ON, 1.0)
    assert settled.control.state.holds.left(LAMP, settled.clock.elapsed()) is None
    settled.say("lamp", Quantity.LIGHT_ON, 0.0)
    assert settled.control.state.holds.left(LAMP, settled.clock.elapsed()) == 1800


def test_what_a_device_says_first_after_the_broker_was_gone_names_nobody(settled: Rig) -> None:
    settled.control.connected(False)
    settled.pass_time(600)
    settled.control.connected(True)
    settled.say("lamp", Quantity.LIGHT_ON, 1.0)
    assert settled.control.state.holds.left(LAMP, settled.clock.elapsed()) is None
    settled.say("lamp", Quantity.LIGHT_ON, 0.0)
    assert settled.control.state.holds.left(LAMP, settled.clock.elapsed()) == 1800


@pytest.mark.parametrize(("on", "levels"), [(True, (0.2, 0.4, 0.6, 0.8, 1.0)), (False, (0.6, 0.5, 0.3, 0.1, 0.01))])
def test_a_lamp_that_fades_by_itself_is_nobodys_hand_until_it_has_come_to_rest(
    settled: Rig, on: bool, levels: tuple[float, ...]
) -> None:
    settled.say("lamp", Quantity.LIGHT_LEVEL, 0.8)
    settled.say("lamp", Quantity.LIGHT_ON, float(not on))
    settled.control.state.holds.resume(LAMP)
    settled.wish.settings = {LAMP: Light(on)}
    settled.control.react({"kitchen"})
    settled.say("lamp", Quantity.LIGHT_ON, float(on))
    for level in levels:
        settled.pass_time(1, step=1)
        settled.say("lamp", Quantity.LIGHT_LEVEL, level)
    assert settled.control.state.holds.left(LAMP, settled.clock.elapsed()) is None
    settled.pass_time(3, step=1)
    settled.say("lamp", Quantity.LIGHT_LEVEL, 0.9)
    assert settled.control.state.holds.left(LAMP, settled.clock.elapsed()) is not None


def test_a_hand_that_turns_a_lamp_back_while_it_fades_is_a_hand(settled: Rig) -> None:
    settled.wish.settings = {LAMP: Light(True)}
    settled.control.react({"kitchen"})
    settled.say("lamp", Quantity.LIGHT_ON, 1.0)
    for level in (0.2, 0.4, 0.6):
        settled.pass_time(1, step=1)
        settled.say("lamp", Quantity.LIGHT_LEVEL, level)
    settled.say("lamp", Quantity.LIGHT_LEVEL, 0.3)
    assert settled.control.state.holds.left(LAMP, settled.clock.elapsed()) is not None


def test_a_restart_still_holds_what_was_changed_by_hand(settled: Rig) -> None:
    settled.say("lamp", Quantity.LIGHT_ON, 1.0)
    settled.pass_time(600)
    settled.journal.flush()
    again = Rig(settled.journal, settled.clock, settled.journal.history())
    assert again.control.state.holds.left(LAMP, again.clock.elapsed()) == pytest.approx(1200, abs=0.01)
    assert again.control.state.holds.left(HEATING, again.clock.elapsed()) is None


def test_a_journal_that_fails_leaves_no_command_without_an_end(tmp_path: Path) -> None:
    with TornJournal.open(tmp_path / "h.db") as journal:
        assert isinstance(journal, TornJournal)
        rig = Rig(journal)
        rig.all_say()
        rig.pass_time(1800, step=60)
        rig.all_say()
        rig.wish.settings = {LAMP: Light(True), HEATING: Setpoint(21.0)}
        journal.full = True
        with pytest.raises(JournalError):
            rig.control.react({"kitchen", "living"})
        assert {target for target, _ in rig.sent} >= {LAMP, HEATING}
        rig.real += 1000
        with pytest.raises(JournalError):
            rig.control.pulse()
        journal.full = False
        assert not rig.control.waiting
        assert [rig.control.state.asked(target) for target in (LAMP, HEATING)] == [None, None]


def test_a_safety_tick_that_cannot_be_recorded_is_not_the_last(tmp_path: Path) -> None:
    with TornJournal.open(tmp_path / "h.db") as journal:
        assert isinstance(journal, TornJournal)
        rig = Rig(journal)
        rig.say("valve", Quantity.SETPOINT, 7.0)
        rig.say("valve", Quantity.TEMPERATURE, 5.0)
        journal.full = True
        rig.clock.tell(NOON + 300)
        with pytest.raises(JournalError):
            rig.control.tick()
        assert rig.control._next_safety == NOON + 10
        assert rig.sent == [(HEATING, Setpoint(10.0))]


def test_a_forgotten_door_is_locked_once_while_the_disk_is_full(tmp_path: Path) -> None:
    with TornJournal.open(tmp_path / "h.db") as journal:
        assert isinstance(journal, TornJournal)
        rig = Rig(journal)
        rig.all_say()
        journal.full = True
        rig.clock.tell(NOON + 300)
        rig.control.tick()
        assert rig.sent == [(LOCK, Lock())]
        journal.full = False
        rig.obey(LOCK, Lock())
        rig.pass_time(150)
        assert rig.sent == [(LOCK, Lock())]


def test_a_home_that_has_stopped_takes_no_more_wishes(settled: Rig) -> None:
    settled.control.stop()
    with pytest.raises(ActionRefused, match="stopping"):
        settled.control.ask(LAMP, Light(True))
    assert CommandState.ASKED not in settled.states()


def test_a_bolt_is_not_thrown_twice_by_a_hasty_finger(settled: Rig) -> None:
    settled.say("bolt", Quantity.LOCK, LockState.LOCKED)
    settled.say("bolt", Quantity.LOCK, LockState.UNLOCKED)
    before = len(settled.sent)
    assert settled.control.ask(LOCK, Lock()) == settled.control.ask(LOCK, Lock())
    assert settled.sent[before:] == [(LOCK, Lock())]


def test_a_hand_long_after_our_command_is_no_echo_however_fast_the_home_lives(settled: Rig) -> None:
    settled.wish.settings = {LAMP: Light(True)}
    settled.control.react({"kitchen"})
    settled.obey(LAMP, Light(True))
    settled.wish.settings = {}
    settled.say("lamp", Quantity.LIGHT_ON, 0.0)
    settled.clock.tell(settled.clock.now() + 3600)
    settled.say("lamp", Quantity.LIGHT_ON, 1.0)
    assert settled.control.state.holds.left(LAMP, settled.clock.elapsed()) == 1800
    sample = settled.journal.history().sample("lamp", Quantity.LIGHT_ON, settled.control.now())
    assert sample is not None
    assert sample.origin is Origin.PERSON
