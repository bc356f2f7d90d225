"""The two lives of a command.

A lock command, to lock or to unlock, is one shot: stored durably (that of safety as far as the disk takes it), then
sent once, expired after its window, never queued or sent again.
A light or setpoint is a desired state: sent, then stored, sent again within its window until the device's own report
confirms it; the latest wish wins. Nothing is believed that the device has not reported.

Windows run on `real` seconds, monotonic whatever the home's clock does; `at` is the home's time, kept in outcomes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from homectl.bridge.echoes import SETTLES, Past, comes_with, on_its_way, says, says_all, since
from homectl.home import (
    Approved,
    Cause,
    Command,
    CommandState,
    JournalError,
    Kind,
    Lock,
    LockState,
    Outcome,
    Quantity,
    Reading,
    Target,
    Wish,
    agrees,
    wanted,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Seconds: how long a device may take to confirm, how often it is asked again meanwhile, and how long after it was
    last asked it may still obey, though it was given up."""

    confirm: float
    every: float
    late: float


LOCK_WINDOW = Window(confirm=10.0, every=10.0, late=60.0)
MAINS_WINDOW = Window(confirm=6.0, every=2.0, late=30.0)
BATTERY_WINDOW = Window(confirm=900.0, every=300.0, late=900.0)


@dataclass(slots=True)
class _Open:
    command: Command
    window: Window
    sent: float
    until: float
    reported: dict[Quantity, float] = field(default_factory=dict)

    def confirmed(self) -> bool:
        setting = self.command.setting
        return all(q in self.reported and agrees(setting, q, self.reported[q]) for q in wanted(setting))


class Outbox:
    """Every open command, at most one per target."""

    def __init__(
        self,
        *,
        transmit: Callable[[Target, Wish], bool],
        store: Callable[[Command], None],
        window: Callable[[Target], Window],
    ) -> None:
        """`transmit` says whether the setting left; `store` is durable when it returns."""
        self._transmit, self._store, self._window = transmit, store, window
        self._open: dict[Target, _Open] = {}
        self._past: dict[Target, list[Past]] = {}  # since the last one that was answered, and that

    @property
    def open(self) -> Mapping[Target, Command]:
        return {target: entry.command for target, entry in self._open.items()}

    def submit(self, approved: Approved, *, real: float, at: float) -> list[Outcome]:
        """Send an approved command; an open one for the same target is superseded."""
        command = approved.command
        target = command.target
        outcomes = (
            [self._end(target, CommandState.SUPERSEDED, real, at, "a newer wish")] if target in self._open else []
        )
        window = LOCK_WINDOW if target.kind is Kind.LOCK else self._window(target)
        self._open[target] = _Open(command, window, real, real + window.confirm)
        outcomes.append(Outcome(command=command, state=CommandState.ASKED, at=at))
        if target.kind is Kind.LOCK:
            if finding := self._once(command):
                outcomes.append(self._end(target, CommandState.FAILED, real, at, finding))
        else:
            self._transmit(target, command.setting)
            self._store(command)
        return outcomes

    def _once(self, command: Command) -> str:
        """Store a lock's command and send it; why it was not sent, empty where it was. It is not open any longer.

        A forgotten door is locked also where that cannot be kept: a disk that is full leaves no home open.
        """
        try:
            self._store(command)
        except JournalError as error:
            if not (command.cause is Cause.SAFETY and isinstance(command.setting, Lock)):
                return f"not sent, for it could not be kept: {error}"
        return "" if self._transmit(command.target, command.setting) else "not connected, and never queued"

    def observe(self, reading: Reading, *, real: float, at: float) -> list[Outcome]:
        """A device's live report: it confirms when everything wanted has been reported; a jam fails."""
        if not reading.live:
            return []
        self._fades(reading, real)
        entry = next((e for t, e in self._open.items() if t.device == reading.device and _concerns(e, reading)), None)
        if entry is None:
            self._answered_late(reading, real, at)
            return []
        entry.reported[reading.quantity] = reading.value
        if entry.confirmed():
            return [self._end(entry.command.target, CommandState.CONFIRMED, real, at, "")]
        if reading.quantity is Quantity.LOCK and reading.value == LockState.JAMMED:
            return [self._end(entry.command.target, CommandState.FAILED, real, at, "jammed")]
        return []

    def _fades(self, reading: Reading, real: float) -> None:
        """A lamp that was only switched has said which brightness it has come to."""
        for past in self._past.get(Target(reading.device, Kind.LIGHT), [])[-1:]:
            settling = real - max(past.real, past.faded) <= SETTLES
            if settling and comes_with(past.command, reading) and reading.value != past.level:
                past.level, past.faded = reading.value, real

    def give_way(self, device: str, *, real: float, at: float) -> list[Outcome]:
        """A person has just set a device by hand: nothing older is asked of it again."""
        for target, past in self._past.items():
            if target.device == device:
                past[:] = [one for one in past if not one.answered]
        open_here = [target for target in self._open if target.device == device and target.kind is not Kind.LOCK]
        return [self._end(target, CommandState.SUPERSEDED, real, at, "a person set it by hand") for target in open_here]

    def tick(self, *, real: float, at: float) -> list[Outcome]:
        """End what has waited too long, ask the others again when it is time."""
        outcomes = []
        for target, entry in list(self._open.items()):
            if real >= entry.until:
                lock = target.kind is Kind.LOCK
                state = CommandState.EXPIRED if lock else CommandState.FAILED
                outcomes.append(self._end(target, state, real, at, "no confirmation" if lock else "unreachable"))
            elif target.kind is not Kind.LOCK and real - entry.sent >= entry.window.every:
                self._again(entry, real)
        return outcomes

    def reconnected(self, *, real: float) -> None:
        """Ask again for every light and setpoint that is still open."""
        for target, entry in self._open.items():
            if target.kind is not Kind.LOCK and real < entry.until:
                self._again(entry, real)

    def close(self, *, real: float, at: float) -> list[Outcome]:
        """The home stops: what is still open has no confirmation."""
        return [self._end(t, CommandState.EXPIRED, real, at, "unconfirmed at stop") for t in list(self._open)]

    def caused(self, reading: Reading, before: float, *, real: float) -> Command | None:
        """The command of ours that this report echoes: it says what was asked, now or a moment ago.

        `before` is what the device said of that quantity last, NaN if nothing. A device may still answer commands from
        before the open one, but none from before one that it has answered.
        """
        for target in (Target(reading.device, kind) for kind in Kind):
            entry = self._open.get(target)
            if entry and (says(entry.command, reading) or on_its_way(entry.command, reading, before)):
                return entry.command
            for past in reversed(self._past.get(target, [])):
                if past.explains(reading, before, real=real, alone=entry is None):
                    return past.command
        return None

    def _answered_late(self, reading: Reading, real: float, at: float) -> None:
        """A device has done what it was given up for."""
        for target, past in self._past.items():
            if target.device != reading.device:
                continue
            for place in reversed(range(len(past))):
                one = past[place]
                if not one.answered and real - one.real <= one.late and says_all(one.command, reading):
                    before = since(past[:place], {reading.quantity: reading.value}, real)
                    self._past[target] = [
                        *before,
                        replace(one, answered=True, real=real, at=at, late=one.late + one.real - real),
                        *past[place + 1 :],
                    ]
                    break

    def _again(self, entry: _Open, real: float) -> None:
        entry.sent = real
        self._transmit(entry.command.target, entry.command.setting)

    def _end(self, target: Target, state: CommandState, real: float, at: float, detail: str) -> Outcome:
        entry = self._open.pop(target)
        answered = state is CommandState.CONFIRMED
        late = entry.sent + entry.window.late - real
        past = self._past.get(target, [])
        before = since(past, entry.reported, real) if answered else [one for one in past if one.may_explain(real)]
        self._past[target] = [*before, Past(entry.command, answered, real, at, late)]
        return Outcome(command=entry.command, state=state, at=at, detail=detail)


def _concerns(entry: _Open, reading: Reading) -> bool:
    return reading.quantity in wanted(entry.command.setting)
