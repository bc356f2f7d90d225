"""What people said beforehand in a home under control: it counts at once, ends at once, and survives a restart."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import HoldLimits, Limits
from homectl.controller import Controller
from homectl.home import (
    ActionRefused,
    Autonomy,
    Cause,
    History,
    Hold,
    HoldKind,
    Home,
    Light,
    Lock,
    LockState,
    Mode,
    Origin,
    Quantity,
    Reading,
    Ruling,
    Setpoint,
    Setting,
    Target,
    ToldClock,
    wanted,
)
from homectl.journal import Journal
from homectl.parts import Parts
from tests.control.orders import home_with, local
from tests.fakes import HEATING, LAMP, LOCK
from tests.test_controller import Wish

LOW = {"on": True, "level": 0.4}
MORNING = {"name": "Morning", "start": "06:30", "end": "09:00", "areas": ["living"], "setpoint": 22.5}
EVENING = {
    "name": "Evening",
    "start": "18:00",
    "end": "22:00",
    "areas": ["kitchen"],
    "light": {"on": True, "level": 0.4},
}
NOON = "2026-01-13T12:00"
NUMBERS = count()


class Live:
    """A home whose devices obey at once, on a clock that is told; policies want what `wish` says."""

    def __init__(
        self,
        journal: Journal,
        home: Home,
        at: str | float = NOON,
        *,
        history: History | None = None,
        limits: Limits | None = None,
        level: Autonomy = Autonomy.AUTO,
        settle: bool = True,
    ) -> None:
        self.home, self.journal, self.wish = home, journal, Wish()
        self.clock = ToldClock(local(at, home) if isinstance(at, str) else at)
        self.sent: list[tuple[Target, Setting]] = []
        self.news: list[tuple[str, Quantity, float]] = []
        parts = Parts(
            clock=self.clock,
            real=self.clock.elapsed,
            history=history or History(),
            journal=journal,
            policy=self.wish,
            fallback=self.wish,
            limits=limits or Limits(),
            autonomy=AutonomySettings(level=level),
            new_id=lambda: f"c{next(NUMBERS)}",
        )
        self.control = Controller(home, parts, self._transmit)
        self.control.begin()
        if settle:
            self._settle()

    def _settle(self) -> None:
        for device, quantity, value in (
            ("lamp", Quantity.LIGHT_ON, 0.0),
            ("lamp", Quantity.LIGHT_LEVEL, 0.8),
            ("valve", Quantity.SETPOINT, 20.0),
            ("motion", Quantity.MOTION, 0.0),
            ("bolt", Quantity.LOCK, LockState.LOCKED),
            ("door", Quantity.CONTACT, 0.0),
        ):
            self.say(device, quantity, value)
        self.pass_time(1800)
        self.sent.clear()

    def _transmit(self, target: Target, setting: Setting) -> bool:
        self.sent.append((target, setting))
        self.news += [(target.device, quantity, value) for quantity, value in wanted(setting).items()]
        return True

    def say(self, device: str, quantity: Quantity, value: float) -> None:
        at = self.control.now()
        self.control.learn([Reading(device=device, quantity=quantity, value=value, at=at, origin=Origin.UNKNOWN)])

    def pass_time(self, seconds: float, step: float = 30.0) -> None:
        end = self.clock.now() + seconds
        while self.clock.now() < end:
            self.clock.tell(min(end, self.clock.now() + step))
            self.look()

    def look(self) -> None:
        """Everybody checks in, what is due is done, and devices answer."""
        self.say("climate", Quantity.TEMPERATURE, 19.0)
        self.control.tick()
        self.answer()
        self.control.pulse()

    def answer(self) -> None:
        news, self.news = self.news, []
        for said in news:
            self.say(*said)

    def until(self, at: str, step: float = 30.0) -> None:
        self.pass_time(local(at, self.home) - self.clock.now(), step)

    def mode(self, mode: Mode, hours: float | None = None, until: str = "", by: str = "anna") -> str:
        said = self.control.orders.mode(mode, hours, until, by, self.control.present())
        self.control.reconsider(self.home.targets)
        self.answer()
        return said

    def hold(self, target: Target, kind: HoldKind, minutes: float | None = None) -> str:
        return self.control.orders.hold(target, kind, minutes, "anna", self.control.present())

    def held(self, target: Target) -> Hold | None:
        return self.control.state.holds.hold(target, self.control.present())

    def again(self, after: float = 60.0) -> "Live":
        """The same home after a restart, once it may act again."""
        self.journal.flush()
        history = self.journal.history()
        history.unsee()
        return Live(self.journal, self.home, self.clock.now() + after, history=history, settle=False)


Begin = Callable[..., Live]


@pytest.fixture
def begin() -> Iterator[Begin]:
    with Journal.in_memory() as journal:

        def live(*schedules: dict[str, Any], at: str = NOON, home: Home | None = None, **more: Any) -> Live:
            return Live(journal, home or home_with(*schedules), at, **more)

        yield live


# --- schedules --------------------------------------------------------------------------------------------


def test_a_schedule_acts_at_its_boundary_enforces_its_level_and_lets_go_at_its_end(begin: Begin) -> None:
    home = begin(EVENING, at="2026-01-13T17:00")
    home.until("2026-01-13T17:59:59")
    assert home.sent == []
    home.until("2026-01-13T18:00")
    assert home.sent == [(LAMP, Light(True, 0.4))]
    assert home.control.sentence(LAMP) == (
        "Ceiling lamp: asked to be on at 40%, because the schedule “Evening” wants it until 22:00 (schedule)."
    )
    home.pass_time(300)
    assert home.control.sentence(LAMP) == (
        "Ceiling lamp: left alone, it is on at 40% already: the schedule “Evening” wants it until 22:00."
    )
    home.wish.settings = {LAMP: Light(False)}
    home.until("2026-01-13T21:59:59")
    assert home.sent[1:] == []
    home.until("2026-01-13T22:00")
    assert home.sent[1:] == [(LAMP, Light(False))]
    assert home.control.verdicts[LAMP].decision.cause is Cause.LEARNED


GAPS = [0.5, 1, 5, 20, 29, 30, 31, 34, 60, 119, 240, 269, 270, 271, 500, 539, 540, 541, 629, 630, 1439, 1441]
NIGHT = [500, 539, 540, 541, 570, 599, 600, 629, 630, 690]
"""Minutes of the home's time that pass between two looks; it is half past five in the afternoon at first."""


@pytest.mark.parametrize(
    ("gap", "first"),
    [
        *((gap, "2026-01-13T17:00") for gap in GAPS),
        *((gap, "2026-03-28T17:00") for gap in NIGHT),  # clocks leap over half past two
        *((gap, "2026-10-24T17:00") for gap in NIGHT),  # clocks show it twice
    ],
)
def test_whatever_a_clock_jumps_over_what_is_wanted_now_counts_and_what_was_missed_is_told(
    begin: Begin, gap: float, first: str
) -> None:
    night = {"start": "02:30", "end": "04:00", "devices": ["lamp"], "light": {"on": True, "level": 0.1}}
    home = begin(EVENING, night, at=first)
    home.wish.settings = {LAMP: Light(False)}
    home.pass_time(60 * gap, step=60 * gap)
    home.pass_time(60)
    clock = datetime.fromtimestamp(home.clock.now(), home.home.zone)
    shown = clock.hour + clock.minute / 60
    at_night = 2.5 <= shown < 4 or (clock.hour == 2 and clock.fold == 1)  # half past two came an hour ago
    wish = "on at 40%" if 18 <= shown < 22 else "on at 10%" if at_night else "off"
    last = home.control.verdicts[LAMP].decision
    assert (str(last.setting), last.cause) == (wish, Cause.LEARNED if wish == "off" else Cause.SCHEDULE)
    assert home.control.counts["schedule turns passed late"] == (1 if gap > 35 else 0)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2026-06-07"])
def test_a_span_that_begins_at_half_past_two_begins_once_whatever_clocks_do(begin: Begin, day: str) -> None:
    night = {"start": "02:30", "end": "06:00", "devices": ["lamp"], "light": {"on": True, "level": 0.1}}
    home = begin(night, at=f"{day}T00:30")
    home.until(f"{day}T05:59", step=60)
    assert home.sent == [(LAMP, Light(True, 0.1))]


def test_a_restart_in_the_middle_of_a_span_gives_the_right_setting(begin: Begin) -> None:
    home = begin(EVENING, at="2026-01-13T17:00")
    home.control.stop()
    again = home.again(after=5400)
    again.say("lamp", Quantity.LIGHT_ON, 0.0)
    again.pass_time(240)
    assert again.sent[0] == (LAMP, Light(True, 0.4))


def test_a_schedule_does_what_a_policy_may_not_and_waits_for_what_the_guard_asks(begin: Begin) -> None:
    home = begin(MORNING, at="2026-01-13T05:30", level=Autonomy.OBSERVE)
    home.until("2026-01-13T06:30")
    assert home.sent == [(HEATING, Setpoint(22.5))]  # 2.5 K at once, at a home where policies only watch
    off = begin(MORNING, at="2026-01-14T05:30", level=Autonomy.OFF)
    off.until("2026-01-14T06:31")
    assert off.sent == []
    assert "switched off" in off.control.sentence(HEATING)


def test_no_schedule_undoes_what_the_freeze_guard_asked_for(begin: Begin) -> None:
    cold = {"start": "00:00", "end": "00:00", "areas": ["living"], "setpoint": 7}
    home = begin(cold)
    home.until("2026-01-13T13:00")
    for _ in range(60):
        home.clock.tell(home.clock.now() + 10)
        home.say("climate", Quantity.TEMPERATURE, 6.0)
        home.say("valve", Quantity.TEMPERATURE, 6.0)
        home.control.tick()
        home.answer()
    assert home.sent[-1] == (HEATING, Setpoint(10.0))
    assert home.sent.count((HEATING, Setpoint(10.0))) == 1


def test_where_the_sun_did_not_set_for_weeks_its_first_setting_is_not_missed(begin: Begin) -> None:
    dusk = {"start": "sunset - 02:00", "end": "23:59", "devices": ["lamp"], "light": {"on": True}}
    tromso = home_with(dusk, timezone="Europe/Oslo", latitude=69.6, longitude=18.9)
    home = begin(home=tromso, at="2026-06-20T12:00")
    turns = []
    for _ in range(24 * 50):
        home.clock.tell(home.clock.now() + 3600)
        if home.control.orders.due(home.control.present()):
            turns.append(datetime.fromtimestamp(home.clock.now(), tromso.zone).date())
    assert turns[0] == date(2026, 7, 27)  # the midnight sun ends
    assert date(2026, 8, 1) in turns


# --- modes ------------------------------------------------------------------------------------------------


def test_a_mode_counts_at_once_says_why_and_ends_by_itself(begin: Begin) -> None:
    home = begin()
    home.say("bolt", Quantity.LOCK, LockState.UNLOCKED)
    home.control.state.holds.resume(LOCK)
    home.wish.settings = {LAMP: Light(True)}
    home.pass_time(90)
    said = home.mode(Mode.AWAY, hours=2)
    assert said.startswith("away mode until 14:31: lamps off")
    assert home.sent[1:] == [(LOCK, Lock()), (LAMP, Light(False)), (HEATING, Setpoint(17.0))]
    assert "because away mode, set by anna, lasts until 14:31" in home.control.sentence(HEATING)
    home.pass_time(7199)
    before = len(home.sent)
    home.pass_time(1)
    assert home.sent[before:] == [(LAMP, Light(True))]
    assert home.control.state.mode is None


def test_under_party_lamps_and_thermostats_are_left_alone_and_schedules_wait(begin: Begin) -> None:
    home = begin(EVENING, at="2026-01-13T17:00")
    home.mode(Mode.PARTY, until="19:00")
    home.wish.settings = {HEATING: Setpoint(21.0)}
    home.until("2026-01-13T18:59:59")
    assert home.sent == []
    assert home.control.sentence(LAMP) == (
        "Ceiling lamp: left alone, hands off: party mode, set by anna, lasts until 19:00."
    )
    home.until("2026-01-13T19:00")
    assert home.sent == [(LAMP, Light(True, 0.4)), (HEATING, Setpoint(21.0))]


def test_under_guest_what_is_learned_is_suggested_and_what_was_ordered_is_done(begin: Begin) -> None:
    home = begin(EVENING, at="2026-01-13T17:00")
    home.mode(Mode.GUEST)
    home.wish.settings = {HEATING: Setpoint(21.0)}
    home.until("2026-01-13T18:01")
    assert home.sent == [(LAMP, Light(True, 0.4))]
    assert home.control.verdicts[HEATING].ruling is Ruling.SUGGESTED


def test_safety_is_as_ever_in_every_mode(begin: Begin) -> None:
    for mode in Mode:
        home = begin(at="2026-01-13T11:00")
        home.mode(mode)
        home.say("bolt", Quantity.LOCK, LockState.UNLOCKED)
        home.pass_time(240)
        assert (LOCK, Lock()) in home.sent, mode
        home.control.stop()


@pytest.mark.parametrize(
    ("hours", "until"),
    [(None, "yesterday"), (None, "2026-01-13T12:29"), (None, "2028-01-01T00:00"), (9000.0, ""), (None, "sunset")],
)
def test_an_end_that_cannot_be_is_refused_and_changes_nothing(begin: Begin, hours: float | None, until: str) -> None:
    home = begin()
    with pytest.raises(ActionRefused, match="expected"):
        home.mode(Mode.AWAY, hours, until)
    assert home.control.state.mode is None
    assert home.journal.orders.modes() == []


def test_a_mode_and_a_hold_survive_a_restart_and_what_has_ended_does_not_come_back(begin: Begin) -> None:
    home = begin()
    home.mode(Mode.VACATION, hours=100)
    home.hold(LAMP, HoldKind.RESUMED)
    home.hold(HEATING, HoldKind.MINUTES, 5)
    home.say("bolt", Quantity.LOCK, LockState.UNLOCKED)  # by hand
    home.control.orders.resume(LOCK, home.control.present())
    home.control.stop()
    again = home.again(after=400)
    mode = again.control.state.mode
    assert mode is not None
    assert (mode.mode, mode.by) == (Mode.VACATION, "anna")
    kinds = [hold.kind if (hold := again.held(target)) else None for target in (LAMP, HEATING, LOCK)]
    assert kinds == [HoldKind.RESUMED, None, None]
    again.mode(Mode.NONE)
    again.control.stop()
    assert again.again().control.state.mode is None


# --- holds ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [HoldKind.MINUTES, HoldKind.SCHEDULE, HoldKind.EMPTY])
def test_when_a_hold_ends_the_home_decides_anew_at_once_and_restores_nothing(begin: Begin, kind: HoldKind) -> None:
    home = begin(EVENING, at="2026-01-13T12:00")
    home.hold(LAMP, kind, 20 if kind is HoldKind.MINUTES else None)
    home.wish.settings = {LAMP: Light(True, 0.7)}
    home.pass_time(600)
    assert home.sent == []
    assert "held by a person" in home.control.sentence(LAMP)
    home.wish.settings = {LAMP: Light(True, 0.9)}
    left = {HoldKind.MINUTES: 600.0, HoldKind.SCHEDULE: 5.5 * 3600 - 600, HoldKind.EMPTY: 300.0}[kind]
    while home.held(LAMP) is not None:
        home.clock.tell(home.clock.now() + 10.0)
        left -= 10
        if left % 600 == 0:
            home.say("motion", Quantity.MOTION, 0.0)
        home.control.tick()
    assert left == 0
    expected = Light(True, 0.4) if kind is HoldKind.SCHEDULE else Light(True, 0.9)
    assert home.sent == [(LAMP, expected)]


def test_a_hold_stands_above_mode_and_schedule_and_they_take_over_within_one_tick(begin: Begin) -> None:
    home = begin(EVENING, at="2026-01-13T17:00")
    home.until("2026-01-13T18:00")
    home.say("lamp", Quantity.LIGHT_ON, 0.0)  # a hand, for half an hour
    home.until("2026-01-13T18:29:59")
    assert home.sent == [(LAMP, Light(True, 0.4))]
    home.pass_time(1)
    assert home.sent[1:] == [(LAMP, Light(True, 0.4))]
    home.hold(LAMP, HoldKind.MINUTES, 60)
    home.mode(Mode.AWAY)
    home.pass_time(3599)
    assert LAMP not in [target for target, _ in home.sent[2:]]
    assert "held by a person" in home.control.sentence(LAMP)
    home.pass_time(1)
    assert (LAMP, Light(False)) in home.sent[2:]


def test_resuming_decides_anew_and_is_remembered(begin: Begin) -> None:
    home = begin()
    home.say("lamp", Quantity.LIGHT_ON, 1.0)  # by hand
    assert home.held(LAMP) is not None
    home.control.orders.resume(LAMP, home.control.present())
    home.control.stop()
    assert home.again().held(LAMP) is None


def test_a_hold_by_hand_of_a_restart_is_of_the_kind_that_is_set(begin: Begin) -> None:
    limits = Limits(hold=HoldLimits(light_until=HoldKind.SCHEDULE))
    home = begin(EVENING, at="2026-01-13T12:00", limits=limits)
    home.say("lamp", Quantity.LIGHT_ON, 1.0)
    assert home.held(LAMP) == Hold(
        target=LAMP,
        kind=HoldKind.SCHEDULE,
        by="by hand",
        since=home.clock.now(),
        until=local("2026-01-13T18:00", home.home),
    )


def test_a_hold_counts_even_where_the_disk_does_not_take_it_and_that_is_said(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "h.db") as journal:
        home = Live(journal, home_with())
        journal.flush()
        journal._db.execute("PRAGMA query_only = ON")  # as a disk that has become read-only
        said = home.hold(LAMP, HoldKind.MINUTES, 30)
        assert "a restart would forget it" in said
        assert home.held(LAMP) is not None
        journal._db.execute("PRAGMA query_only = OFF")
