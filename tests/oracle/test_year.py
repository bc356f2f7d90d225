"""Four hundred days, every safety tick of them: winters, summer time, a leap day, and clocks that are set."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from random import Random
from zoneinfo import ZoneInfo

import pytest

from homectl.home import (
    Area,
    Autonomy,
    Cause,
    Device,
    Forecast,
    History,
    Home,
    Kind,
    Light,
    LockState,
    Prediction,
    Quantity,
    Setpoint,
    Target,
    Times,
)
from tests.measured import Measured
from tests.oracle.causes import Causes
from tests.oracle.envelope import Envelope
from tests.oracle.stage import Stage, StepClock, described

DAY, HOUR, MINUTE, YEAR = 86_400.0, 3600.0, 60.0, 365 * 86_400.0
START = datetime(2027, 10, 25, 6, 30, tzinfo=ZoneInfo("Europe/Berlin"))
STEPS = {20: HOUR, 40: -HOUR, 90: YEAR, 91: -YEAR, 160: -YEAR, 220: HOUR, 300: -HOUR}
"""By how much the wall clock is set at noon of which day."""

RESTARTS = (33, 34, 127, 250)
AWAY = ((60, 75), (110, 118))
"""Days on which nobody is at home, with the heating off in the middle of winter."""


def cottage() -> Home:
    heats, locks = frozenset({Kind.SETPOINT}), frozenset({Kind.LOCK})
    return Home(
        id="h",
        timezone="Europe/Berlin",
        simulated=True,
        areas=(Area(id="hall"), Area(id="room")),
        devices=(
            Device(id="bolt", area="hall", sets=locks, battery=True, exterior=True, contact="door"),
            Device(id="door", area="hall", senses=frozenset({Quantity.CONTACT}), battery=True, exterior=True),
            Device(id="lamp", area="hall", sets=frozenset({Kind.LIGHT}), check_in=HOUR),
            Device(id="valve", area="room", sets=heats, battery=True),
        ),
    )


@dataclass
class Habits:
    """Comfort by day and less by night, a lamp in the evening."""

    zone: ZoneInfo
    name: str = "habits"
    cause: Cause = Cause.LEARNED

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        return []

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        hour = datetime.fromtimestamp(at, self.zone).hour
        found = []
        for target in targets:
            if target.kind is Kind.LIGHT:
                found.append(Prediction(target=target, setting=Light(18 <= hour < 23), confidence=1.0, why="habit"))
            elif target.kind is Kind.SETPOINT:
                now = history.value(target.device, Quantity.SETPOINT, at)
                wanted = 21.0 if 6 <= hour < 22 else 18.0
                step = max(now - 1.0, min(now + 1.0, wanted))
                found.append(Prediction(target=target, setting=Setpoint(step), confidence=1.0, why="habit"))
        return found


class Cottage(Stage):
    """A stage with weather and people; judged as it goes, so that nothing has to be kept."""

    def __init__(self) -> None:
        home, habits = cottage(), Habits(START.tzinfo)  # type: ignore[arg-type]
        self.turns = self.ticks = self.expected = 0
        self.frosts = self.locked = 0
        self.envelope, self.causes = Envelope(described(home)), Causes(described(home))
        clock = StepClock()
        clock.ahead = START.timestamp() - clock.t
        self.begun = clock.t
        super().__init__(home, habits, habits, Random(1), clock=clock)
        self.room = 19.5

    def turn(self) -> None:
        """As the daemon's; for the judges once a minute."""
        self.control.pulse()
        self.control.tick()
        self.turns += 1
        if self.turns % 6 == 0:
            self.log.append(("tick", self.clock.t))

    def start(self, level: Autonomy) -> None:
        self._count()
        super().start(level)
        self.begun = self.clock.t

    def _count(self) -> None:
        """Every ten seconds of a run, its first moment among them."""
        self.ticks += self.control.counts["safety ticks"]
        self.expected += math.floor((self.clock.t - self.begun) / 10) + 1

    def judged(self) -> list[str]:
        """Let the judges hear what happened since; what they found until now."""
        for t, events in groupby(self.log, key=lambda event: float(event[1])):
            self.causes.take_all(t, list(events))
        for event in self.log:
            self.envelope.take(event)
            self.frosts += event[0] == "sent" and event[4] == 10.0
            self.locked += event[0] == "sent" and event[4] == "lock"
        self.log.clear()
        return self.envelope.faults + self.causes.faults

    def day(self, number: int) -> None:
        """One day: people, weather, what the clock is set by, and housekeeping."""
        away = any(first <= number < last for first, last in AWAY)
        if any(number == first for first, _ in AWAY):
            self.start(Autonomy.OFF)
            self.by_hand("valve", Quantity.SETPOINT, 7.0)
        elif any(number == last for _, last in AWAY) or number in RESTARTS:
            self.start(Autonomy.AUTO)
        for quarter in range(96):
            if quarter == 48 and number in STEPS:
                self.set_clock(STEPS[number])
            self._weather(number + quarter / 96)
            if quarter in (8, 40) and not away:
                self._leave(forget=quarter == 8)
            self.pass_time(15 * MINUTE)
        at = self.control.now()
        self._journal.retain(at - DAY)
        self.history.forget_before(at - 2 * DAY)

    def _weather(self, day: float) -> None:
        """Winter begins at once; the room follows, and is heated while it is colder than wanted."""
        outdoors = 6.0 - 14.0 * math.cos(2 * math.pi * (day - 75) / 365) + 4 * math.sin(2 * math.pi * day)
        wanted = self.truth["valve", Quantity.SETPOINT]
        heating = float(self.room < wanted)
        self.room += (outdoors - self.room) * 0.02 + 1.0 * heating
        if heating != self.truth["valve", Quantity.HEATING]:
            self.truth["valve", Quantity.HEATING] = heating
            self.say("valve", Quantity.HEATING, heating)
        if abs(self.room - self.truth["valve", Quantity.TEMPERATURE]) >= 0.2:
            self.truth["valve", Quantity.TEMPERATURE] = round(self.room, 1)
            self.say("valve", Quantity.TEMPERATURE, round(self.room, 1))
        if round(day * 96) % 3 == 0:
            for device in self.home.devices:
                self.check_in(device.id)

    def _leave(self, *, forget: bool) -> None:
        """Somebody goes out, and locks or does not think of it."""
        self.by_hand("bolt", Quantity.LOCK, float(LockState.UNLOCKED))
        for value in (1.0, 0.0):
            self.truth["door", Quantity.CONTACT] = value
            self.say("door", Quantity.CONTACT, value)
            self.pass_time(20)
        if not forget:
            self.by_hand("bolt", Quantity.LOCK, float(LockState.LOCKED))


def lived(days: int) -> Cottage:
    stage = Cottage()
    for number in range(days):
        stage.day(number)
        assert stage.judged() == []
    stage._count()
    stage.close()
    return stage


def test_a_week_misses_no_safety_tick() -> None:
    stage = lived(4)
    assert stage.ticks == stage.expected > 4 * 8640
    assert stage.locked >= 4


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_four_hundred_days_miss_no_safety_tick(measured: Measured) -> None:
    end = datetime.fromtimestamp(START.timestamp() + 400 * DAY, UTC)
    assert START < datetime(2028, 2, 29, tzinfo=UTC) < end
    stage = lived(400)
    assert stage.ticks == stage.expected > 400 * 8640
    assert stage.locked >= 350
    assert stage.frosts >= 2
    missed = stage.expected - stage.ticks
    measured("four hundred days", safety_ticks=stage.ticks, missed=missed, frosts=stage.frosts, locked=stage.locked)
