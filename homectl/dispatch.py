"""What was approved, on its way to the devices; and what becomes of it: kept, counted, told to the audit."""

import logging
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence

from homectl.bridge.outbox import Outbox, Window
from homectl.control.deeds import of_outcome, of_report
from homectl.control.state import ControlState
from homectl.home import (
    Approved,
    Command,
    CommandState,
    Deed,
    JournalError,
    Outcome,
    Reading,
    Target,
    Unlock,
    Wish,
)
from homectl.home_time import HomeTime
from homectl.parts import Parts

log = logging.getLogger(__name__)

CONFIRMED = 8
"""The last commands of a target that are known to have been obeyed."""


class Dispatch:
    """The commands of one home under control, and the newest outcome of each target."""

    def __init__(
        self,
        state: ControlState,
        parts: Parts,
        time: HomeTime,
        counts: Counter[str],
        *,
        transmit: Callable[[Target, Wish], bool],
        window: Callable[[Target], Window],
    ) -> None:
        """`transmit` puts a wish on its way and says whether it left; `window`: how long a device may take."""
        self.outcomes: dict[Target, Outcome] = {}
        self.confirmed: defaultdict[Target, deque[Outcome]] = defaultdict(lambda: deque(maxlen=CONFIRMED))
        self._state, self._parts, self._time, self._counts = state, parts, time, counts
        self._outbox = Outbox(transmit=transmit, store=self._store, window=window)

    def submit(self, approved: Approved) -> None:
        """Send a command at once; what was still asked of its target is superseded."""
        command = approved.command
        self._counts[f"{command.target.kind} commands by {command.cause}"] += 1
        self._close(self._outbox.submit(approved, real=self._parts.real(), at=self._time.now()))

    def open(self, target: Target) -> Command | None:
        """What was asked of a target and has no end yet."""
        return self._outbox.open.get(target)

    @property
    def waiting(self) -> bool:
        """Whether a command has no end yet."""
        return bool(self._outbox.open)

    # --- what devices say -----------------------------------------------------------------------------

    def caused(self, reading: Reading, known: float) -> Command | None:
        """The command of ours that a report echoes; `known`: what the device said of that last."""
        return self._outbox.caused(reading, known, real=self._parts.real())

    def heard(self, reading: Reading, known: float, caused: Command | None, *, news: bool) -> None:
        """A report that is understood: it goes to the audit where no outcome tells of it, and may end a command."""
        if news and (caused is None or caused != self.open(caused.target)):
            self._note(of_report(reading, known, caused, self._parts.real()))
        self._close(self._outbox.observe(reading, real=self._parts.real(), at=self._time.now()))

    def give_way(self, device: str) -> None:
        """A person has just set a device by hand: nothing older is asked of it again."""
        self._close(self._outbox.give_way(device, real=self._parts.real(), at=self._time.now()))

    # --- as time passes -------------------------------------------------------------------------------

    def pulse(self) -> None:
        """End what has waited too long, and ask again for what has not."""
        self._close(self._outbox.tick(real=self._parts.real(), at=self._time.now()))

    def reconnected(self) -> None:
        """The way to the devices is there again."""
        self._outbox.reconnected(real=self._parts.real())

    def stop(self) -> None:
        """What is still open has no confirmation."""
        self._close(self._outbox.close(real=self._parts.real(), at=self._time.now()))

    def _close(self, outcomes: Sequence[Outcome]) -> None:
        """Take note of every outcome, then keep the ends: a journal that fails leaves nothing waiting for ever."""
        for outcome in outcomes:
            newest = self.outcomes.get(outcome.command.target)
            if outcome.state is not CommandState.SUPERSEDED or newest is None or newest.command == outcome.command:
                self.outcomes[outcome.command.target] = outcome
        ends = [outcome for outcome in outcomes if outcome.state.ended]
        for end in ends:
            self._state.ended(end, self._time.elapsed())
            self._counts[f"commands {end.state}"] += 1
            if end.state is CommandState.CONFIRMED:
                self.confirmed[end.command.target].append(end)
        for end in ends:
            self._parts.journal.record_outcome(end)
        for outcome in outcomes:
            if outcome.state.ended or not isinstance(outcome.command.setting, Unlock):
                self._note(of_outcome(outcome, self._parts.real()))

    def _store(self, command: Command) -> None:
        """Durable when it returns; an unlock is in the audit, too, before it is sent."""
        self._parts.journal.record_command(command)
        if isinstance(command.setting, Unlock):
            asked = Outcome(command=command, state=CommandState.ASKED, at=command.issued)
            deed = of_outcome(asked, self._parts.real())
            assert deed is not None
            self._parts.journal.audit.record(deed)

    def _note(self, deed: Deed | None) -> None:
        """Tell the audit, which keeps what it cannot write now for later: the home goes on."""
        if deed is None:
            return
        try:
            self._parts.journal.audit.record(deed)
        except JournalError as error:
            self._counts["audit rows that wait"] += 1
            log.error("%s; the audit waits for it", error)
