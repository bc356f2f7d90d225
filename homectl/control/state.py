"""What control remembers between two decisions: limiters, holds, mode, ladder, alarms, what is asked and has failed."""

from collections.abc import Iterable

from homectl.control.arbiter import Lease
from homectl.control.fire import Fire
from homectl.control.holds import Holds
from homectl.control.ladder import Ladder
from homectl.control.ledger import Ledger
from homectl.control.limits import HoldLimits
from homectl.control.overrides import KIND_OF, is_news, last_by_hand, origin_of
from homectl.home import Command, CommandState, History, ModeSpan, Origin, Outcome, Reading, Setting, Target, Wish

GIVE_UP = 600.0
"""Seconds for which a policy does not repeat a setting that a device did not confirm."""


class ControlState:
    """The memory of one running (or replayed) home. A new one has every limiter armed."""

    def __init__(self, started: float) -> None:
        """`started`: `Clock.elapsed` when this run began."""
        self.begin(started)
        self.holds = Holds()
        self.mode: ModeSpan | None = None
        self.granted: dict[Target, Lease] = {}  # what safety keeps the weaker from undoing
        self.fire = Fire()
        self.ladder = Ladder()
        self.interrupted = float("-inf")
        """When the link to the devices was last lost, UTC seconds: what they say first after it names nobody."""
        self._asked: dict[Target, Command] = {}
        self._failed: dict[Target, tuple[Wish, float]] = {}

    def begin(self, started: float) -> None:
        """Arm every limiter: nothing is known of what happened before."""
        self.started, self.ledger = started, Ledger(started)

    def issued(self, command: Command, elapsed: float) -> None:
        """An approved command goes out."""
        self.ledger.issued(command, elapsed)
        self.ladder.issued(command, elapsed)
        self._asked[command.target] = command

    def ended(self, outcome: Outcome, elapsed: float) -> None:
        """A command has reached its end; a device that did not obey is left in peace for a while."""
        command = outcome.command
        if self._asked.get(command.target) == command:
            del self._asked[command.target]
        if outcome.state in (CommandState.FAILED, CommandState.EXPIRED):
            self._failed[command.target] = (command.setting, elapsed + GIVE_UP)
        elif outcome.state is CommandState.CONFIRMED:
            self._failed.pop(command.target, None)

    def asked(self, target: Target) -> Wish | None:
        """What a target has been asked for and has not answered yet."""
        command = self._asked.get(target)
        return None if command is None else command.setting

    def has_given_up(self, target: Target, setting: Setting, elapsed: float) -> bool:
        """Whether the device lately failed to do just this."""
        failed, until = self._failed.get(target, (None, 0.0))
        return failed == setting and elapsed < until

    def attribute(
        self, reading: Reading, history: History, caused: Command | None, elapsed: float, limits: HoldLimits
    ) -> Origin:
        """Who made a reported state what it is; a person's change starts a hold at once."""
        origin = origin_of(reading, history, caused, self.interrupted)
        if origin is Origin.PERSON and reading.quantity in KIND_OF and is_news(reading, history):
            self.holds.touched(Target(reading.device, KIND_OF[reading.quantity]), elapsed, limits)
        return origin

    def recall(
        self, targets: Iterable[Target], history: History, at: float, elapsed: float, limits: HoldLimits
    ) -> None:
        """Hold again what people had changed by hand before this run began, for what is left of its time."""
        for target in targets:
            changed = last_by_hand(target, history, at)
            if changed is not None:
                self.holds.touched(target, elapsed - (at - changed), limits)
