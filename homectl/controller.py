"""What a home knows, decides and asks, whoever brings the readings and carries the commands away.

The running daemon and the experiments drive the same controller; only the clock and the ends differ.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from homectl.bridge.outbox import BATTERY_WINDOW, MAINS_WINDOW, Outbox, Window
from homectl.control.autonomy import AutonomySettings
from homectl.control.guard import Refusal, review
from homectl.control.limits import Limits
from homectl.control.pipeline import Moment, decide, explain, record_of
from homectl.control.state import ControlState
from homectl.home import (
    STATE,
    ActionRefused,
    Approved,
    Cause,
    Clock,
    Command,
    CommandState,
    History,
    Home,
    Origin,
    Outcome,
    Policy,
    Quantity,
    Reading,
    Record,
    Setting,
    Target,
    Verdict,
    fitted,
    milliseconds,
)
from homectl.journal import Journal
from homectl.safety_tick import SafetyTick

SAFETY_EVERY = 10.0
"""Seconds of the home's time between two safety ticks; every one of them is executed, however late."""

DECIDE_EVERY = 60.0

AT_ONCE = 0.5
"""Seconds within which values of one signal count as having come at once."""

TRIGGERS = frozenset({Quantity.MOTION, Quantity.CONTACT, *STATE.values()})
"""Quantities whose change is worth a decision at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a controller is made of. `real` gives monotonic seconds for everything that is about transport."""

    clock: Clock
    real: Callable[[], float]
    history: History
    journal: Journal
    policy: Policy
    fallback: Policy
    limits: Limits
    autonomy: AutonomySettings
    new_id: Callable[[], str]


class Controller:
    """One home under control. Call `begin` once its clock is right."""

    def __init__(self, home: Home, parts: Parts, transmit: Callable[[Target, Setting], bool]) -> None:
        """`transmit` puts a setting on its way and says whether it left."""
        self.home = home
        self.counts: Counter[str] = Counter()
        self.outcomes: dict[Target, Outcome] = {}
        self.records: dict[Target, Record] = {}
        self.state = ControlState(parts.clock.elapsed())
        self.deciding = False
        self._parts = parts
        self._safety = SafetyTick()
        self._outbox = Outbox(transmit=transmit, store=parts.journal.record_command, window=self._window)
        self._heard = float("-inf")
        self._next_safety = self._next_decision = 0.0

    def begin(self) -> None:
        """Start deciding, with every limiter armed."""
        elapsed = self._parts.clock.elapsed()
        self.state.begin(elapsed)
        self._next_safety, self._next_decision = elapsed, elapsed + DECIDE_EVERY - elapsed % DECIDE_EVERY
        self.deciding = True

    # --- learning ---------------------------------------------------------------------------------

    def learn(self, readings: Iterable[Reading]) -> set[str]:
        """Keep readings with their origins; the areas where something happened that is worth a decision."""
        areas: set[str] = set()
        kept = [self._learn(reading, areas) for reading in readings]
        self._parts.journal.append(kept)
        self.counts["readings"] += len(kept)
        return areas

    def _learn(self, reading: Reading, areas: set[str]) -> Reading:
        parts, real = self._parts, self._parts.real()
        reading = _after_the_last(reading, parts.history)
        now = self._heard = max(self._now(), reading.at)
        caused = self._outbox.caused(reading, real=real)
        origin = self.state.attribute(reading, parts.history, caused, parts.clock.elapsed(), parts.limits.hold)
        known = parts.history.value(reading.device, reading.quantity, now)
        kept = replace(reading, origin=origin)
        parts.history.append(kept)
        self._close(self._outbox.observe(kept, real=real, at=now))
        if origin is Origin.PERSON and caused is None:
            self._close(self._outbox.give_way(reading.device, real=real, at=now))
        area = self.home.device(reading.device).area
        if area and reading.quantity in TRIGGERS and reading.live and reading.value != known:
            areas.add(area)
        return kept

    def _now(self) -> float:
        """The home's time, never before something it has told."""
        return max(self._parts.clock.now(), self._heard)

    # --- deciding ---------------------------------------------------------------------------------

    def react(self, areas: Iterable[str]) -> bool:
        """Decide for everything in some areas now; whether a command went out."""
        return self._decide([target for area in sorted(areas) for target in self.home.targets_in(area)])

    def tick(self) -> None:
        """Run every safety tick and minute decision that the home's time has made due."""
        parts = self._parts
        elapsed = parts.clock.elapsed()
        while self.deciding and self._next_safety <= elapsed:
            at = parts.clock.now() - (elapsed - self._next_safety)
            self._carry_out(self._safety.tick(self._moment(at, self._next_safety)))
            self._next_safety += SAFETY_EVERY
        if self.deciding and self._next_decision <= elapsed:
            self._next_decision = elapsed + DECIDE_EVERY - elapsed % DECIDE_EVERY
            self._decide(self.home.targets)

    def _moment(self, at: float, elapsed: float) -> Moment:
        parts = self._parts
        return Moment(
            home=self.home,
            history=parts.history,
            at=at,
            elapsed=elapsed,
            state=self.state,
            limits=parts.limits,
            autonomy=parts.autonomy,
            new_id=parts.new_id,
        )

    def _decide(self, targets: Sequence[Target]) -> bool:
        if not self.deciding or not targets:
            return False
        parts = self._parts
        moment = self._moment(self._now(), parts.clock.elapsed())
        return self._carry_out(decide(moment, parts.policy, parts.fallback, targets))

    def _carry_out(self, verdicts: Sequence[Verdict]) -> bool:
        """Send what was approved first, then keep the record of everything."""
        sent = False
        for verdict in verdicts:
            if verdict.approved is not None:
                sent = True
                self._submit(verdict.approved)
        records = [record_of(verdict) for verdict in verdicts]
        for record in records:
            self.records[record.target] = record
            if record.rule:
                self.counts[f"refused by {record.rule}"] += 1
        self.counts["decisions"] += len(records)
        self._parts.journal.record_decisions(records)
        return sent

    # --- commands ---------------------------------------------------------------------------------

    def ask(self, target: Target, setting: Setting) -> str:
        """A person's wish: the command's id; ActionRefused where the guard objects."""
        parts = self._parts
        now, elapsed = self._now(), parts.clock.elapsed()
        wish = Command(
            id=parts.new_id(),
            target=target,
            setting=fitted(setting, self.home.device(target.device)),
            cause=Cause.PERSON,
            issued=now,
            reason="a person asked for it",
        )
        ruling = review(wish, self._moment(now, elapsed).situation(target))
        if isinstance(ruling, Refusal):
            raise ActionRefused(ruling.rule, ruling.finding)
        self.state.issued(wish, elapsed)
        self.state.holds.touched(target, elapsed, parts.limits.hold)
        self._submit(ruling)
        return wish.id

    def reconnected(self) -> None:
        self._outbox.reconnected(real=self._parts.real())

    def pulse(self) -> None:
        """End what has waited too long, ask again, commit what was learned. Call it a few times a second."""
        self._close(self._outbox.tick(real=self._parts.real(), at=self._parts.clock.now()))
        self._parts.journal.flush()

    @property
    def waiting(self) -> bool:
        """Whether a command has no end yet."""
        return bool(self._outbox.open)

    def stop(self) -> None:
        """Close the books: what is still open has no confirmation."""
        self.deciding = False
        self._close(self._outbox.close(real=self._parts.real(), at=self._parts.clock.now()))
        self._parts.journal.flush()

    def _submit(self, approved: Approved) -> None:
        command = approved.command
        self.counts[f"{command.target.kind} commands by {command.cause}"] += 1
        self._close(self._outbox.submit(approved, real=self._parts.real(), at=self._parts.clock.now()))

    def _close(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            newest = self.outcomes.get(outcome.command.target)
            if outcome.state is not CommandState.SUPERSEDED or newest is None or newest.command == outcome.command:
                self.outcomes[outcome.command.target] = outcome
            if outcome.state.ended:
                self.state.ended(outcome, self._parts.clock.elapsed())
                self.counts[f"commands {outcome.state}"] += 1
                self._parts.journal.record_outcome(outcome)

    def _window(self, target: Target) -> Window:
        return BATTERY_WINDOW if self.home.device(target.device).battery else MAINS_WINDOW

    def sentence(self, target: Target) -> str:
        """The last decision about a target in one sentence; empty before the first."""
        record = self.records.get(target)
        return explain(record, self.home) if record else ""


def _after_the_last(reading: Reading, history: History) -> Reading:
    """Values of one signal in one millisecond keep their order by a millisecond each."""
    last = history.sample(reading.device, reading.quantity, reading.at + AT_ONCE)
    if last is None or last.at < reading.at or last.value == reading.value:
        return reading
    return replace(reading, at=milliseconds(last.at + 0.001))
