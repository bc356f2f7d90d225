"""Who did that: over slow, doubled, rounded and restored reports homectl never takes its own echo for a person.

A lamp obeys late and passes on every change of its state by itself; a person turns it by hand. Each report is known to
be one or the other, and nothing here asks the outbox what it thinks.
"""

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count

import pytest

from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.controller import Controller
from homectl.home import (
    Area,
    Device,
    History,
    Home,
    Kind,
    Light,
    Origin,
    Quantity,
    Reading,
    Setting,
    Target,
    ToldClock,
    Unlock,
    milliseconds,
)
from homectl.journal import Journal
from homectl.parts import Parts
from tests.measured import Measured
from tests.test_controller import Wish

LAMP = Target("lamp", Kind.LIGHT)
HOME = Home(
    id="h",
    areas=(Area(id="hall"),),
    devices=(
        Device(
            id="lamp",
            area="hall",
            senses=frozenset({Quantity.LIGHT_ON, Quantity.LIGHT_LEVEL}),
            sets=frozenset({Kind.LIGHT}),
        ),
    ),
    simulated=True,
)
BEGIN = 1_000_000.0
ASKED, BY_HAND = (0.2, 0.5, 0.8), (0.05, 0.95)
"""Levels that homectl asks for, and those that a person sets: none lies on the way between two of the former."""

SLOWEST = 30.0
"""Seconds from a command until the lamp says the last of it."""


@dataclass
class Story:
    """A lamp and its home over some minutes, driven by what is due next."""

    seed: int
    journal: Journal
    false: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    by_hand: int = 0

    def __post_init__(self) -> None:
        self.dice, self.clock, self.wish = random.Random(self.seed), ToldClock(BEGIN), Wish()
        self.due: list[tuple[float, int, Callable[[], None]]] = []
        self.numbers, self.on, self.level, self.rounding, self.turn = count(), False, 0.5, 0.0, 0
        self.touched = self.busy_until = self.hears_at = -1.0
        self.history, self.powered = History(), True
        parts = Parts(
            clock=self.clock,
            real=self.clock.elapsed,
            history=self.history,
            journal=self.journal,
            policy=self.wish,
            fallback=self.wish,
            limits=Limits(),
            autonomy=AutonomySettings(),
            new_id=lambda: f"c{next(self.numbers)}",
        )
        self.control = Controller(HOME, parts, self._transmit)

    # --- the lamp -------------------------------------------------------------------------------------

    def _transmit(self, _: Target, setting: Setting | Unlock) -> bool:
        """It hears at once or later, gets there at once or step by step, and says so at once or later."""
        assert isinstance(setting, Light)
        hears, fades = self.dice.choice((0.1, 1.0, self.dice.uniform(0, 20))), self.dice.choice((0, 0, 3))
        self.busy_until = max(self.busy_until, self.clock.elapsed() + SLOWEST)
        self.hears_at = max(self.hears_at, self.clock.elapsed() + hears)  # one after the other
        self._after(self.hears_at - self.clock.elapsed(), lambda: self._obey(setting, fades))
        return True

    def _obey(self, setting: Light, fades: int) -> None:
        if not self.powered:
            return
        start, goal = self.level, self.level if setting.level is None else setting.level
        self.on, self.turn = setting.on, self.turn + 1
        steps = fades + 1 if setting.on else 1
        for step in range(1, steps + 1):
            level = start + (goal - start) * step / steps
            self._after(step - 1.0, partial(self._become, level, self.turn))

    def _become(self, level: float, turn: int) -> None:
        """A newer command ends what an older one began."""
        if turn == self.turn and self.powered:
            self.level, self.rounding = level, self.dice.choice((-2, 0, 0, 2)) / 254
            self._say(by_hand=False)

    def _say(self, *, by_hand: bool, live: bool = True) -> None:
        """The whole state, rounded as its scale happens to, once or twice, now or in a moment."""
        said = {Quantity.LIGHT_ON: float(self.on)}
        if self.on:
            said[Quantity.LIGHT_LEVEL] = min(1.0, max(0.004, self.level + self.rounding))
        for _ in range(self.dice.choice((1, 1, 1, 2)) if self.powered else 0):
            self._after(0.0, lambda: self._hear(said, by_hand=by_hand, live=live))

    def _hear(self, said: dict[Quantity, float], *, by_hand: bool, live: bool) -> None:
        news = by_hand and self.touched < 0
        for quantity, value in said.items():
            self.control.learn(
                [Reading(device="lamp", quantity=quantity, value=value, at=self.control.now(), live=live)]
            )
        makers = {self.history.sample("lamp", quantity, self.control.now()) for quantity in said}
        person = any(one is not None and one.origin is Origin.PERSON for one in makers)
        if news:
            self.touched = self.clock.elapsed()
            self.by_hand += 1
            if not person:
                self.missed.append(f"{said} at {self.clock.elapsed() - BEGIN:.1f}")
        elif person and self.touched < 0:
            self.false.append(f"{said} at {self.clock.elapsed() - BEGIN:.1f}")

    # --- what happens -----------------------------------------------------------------------------------

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        heapq.heappush(self.due, (milliseconds(self.clock.elapsed() + seconds), next(self.numbers), act))

    def _want(self) -> None:
        on = self.dice.random() < 0.6
        level = self.dice.choice((None, *ASKED)) if on else None
        self.wish.settings[LAMP] = Light(on, level)
        self.control.react({"hall"})

    def _touch(self) -> None:
        """A person sets a level that nobody else would, once nothing is on its way any more."""
        if self.clock.elapsed() < self.busy_until or self.touched >= 0:
            return
        self.wish.settings.clear()
        self.on, self.turn, self.level = (
            True,
            self.turn + 1,
            self.dice.choice([x for x in BY_HAND if abs(x - self.level) > 0.04]),
        )
        self._say(by_hand=True)

    def _republish(self) -> None:
        self._say(by_hand=False)

    def _reconnect(self) -> None:
        """Nobody can tell what happens meanwhile from what a lamp says first when it is heard again."""
        self.busy_until = max(self.busy_until, self.clock.elapsed() + 2.5)
        self.control.connected(False)
        self._after(2.0, lambda: self.control.connected(True))
        self._after(2.1, lambda: self._say(by_hand=False, live=False))
        self._after(2.2, lambda: self._say(by_hand=False))

    def _flip(self) -> None:
        self.busy_until = max(self.busy_until, self.clock.elapsed() + 0.01)
        self._available(False)
        self._available(True)
        self._say(by_hand=False)

    def _lose_power(self) -> None:
        """It is gone, and comes on by itself, as bright as it can, when its power is back."""
        self.busy_until = max(self.busy_until, self.clock.elapsed() + 20.0)
        self.powered = False
        self._available(False)
        self._after(10.0, lambda: self._available(True))
        self._after(11.0, self._come_on)

    def _come_on(self) -> None:
        self.powered, self.on, self.level, self.turn = True, True, 1.0, self.turn + 1
        self._say(by_hand=False)

    def _available(self, there: bool) -> None:
        at = self.control.now()
        self.control.learn([Reading(device="lamp", quantity=Quantity.AVAILABLE, value=float(there), at=at)])

    def tell(self) -> None:
        self._say(by_hand=False)
        self._run(1.0)
        self.control.begin()
        self._run(3600.0)
        for _ in range(self.dice.randrange(1, 7)):
            self._after(self.dice.uniform(0, 180), self._want)
        for act, most in (
            (self._touch, 3),
            (self._republish, 3),
            (self._reconnect, 2),
            (self._flip, 2),
            (self._lose_power, 1),
        ):
            for _ in range(self.dice.randrange(most + 1)):
                self._after(self.dice.uniform(0, 300), act)
        self._run(360.0)
        self.control.stop()

    def _run(self, seconds: float) -> None:
        """Whatever is asked on the way may make something due before what is next."""
        end = milliseconds(self.clock.elapsed() + seconds)
        while self.clock.elapsed() < end or (self.due and self.due[0][0] <= end):
            following = min(end, self.due[0][0]) if self.due else end
            soon = min(following, self.clock.elapsed() + 1.0) if self.control.waiting else following
            if soon > self.clock.elapsed():
                self.clock.tell(soon)
                self.control.pulse()
            while self.due and self.due[0][0] <= self.clock.elapsed():
                heapq.heappop(self.due)[2]()


def told(seeds: Sequence[int]) -> int:
    """How often a person was seen in so many stories; fails with the story in which somebody was taken for another."""
    seen = 0
    for seed in seeds:
        with Journal.in_memory() as journal:
            story = Story(seed, journal)
            story.tell()
        assert not story.false, f"seed {seed}: homectl took its own echo for a person: {story.false}"
        assert not story.missed, f"seed {seed}: homectl did not notice a person: {story.missed}"
        seen += story.by_hand
    return seen


def test_nobody_is_taken_for_somebody_else_in_three_hundred_stories() -> None:
    assert told(range(300)) > 60


def test_power_cuts_and_slow_retries_that_once_misled_it_do_not() -> None:
    """Found among the first thirty thousand stories: most of them a lamp that obeys what was asked again before."""
    assert told([4713, 11816, 20471, 22244, 24712, 27616]) >= 3


@pytest.mark.soak
def test_nobody_is_taken_for_somebody_else_in_ten_thousand_stories(measured: Measured) -> None:
    by_hand = told(range(10_000))
    measured("attribution", histories=10_000, changes_by_hand=by_hand, false=0, missed=0)
    assert by_hand > 2_000
