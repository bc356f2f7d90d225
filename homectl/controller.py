"""What a home knows, decides and asks, whoever brings the readings and carries the commands away.

The running daemon and the experiments drive the same controller; only the clock and the ends differ.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from homectl.bridge.outbox import BATTERY_WINDOW, MAINS_WINDOW, Outbox, Window
from homectl.control.alarms import alarms
from homectl.control.autonomy import AutonomySettings
from homectl.control.fire import cached
from homectl.control.guard import Refusal, review
from homectl.control.limits import Limits
from homectl.control.overrides import is_news
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
    Kind,
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

LEAP = 1.0
"""Seconds by which a clock that is set, not just corrected, leaps ahead."""

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
        self._linked = True
        self._lead = parts.history.newest() - parts.clock.elapsed()
        self._next_safety = self._next_decision = 0.0

    def begin(self) -> None:
        """Start deciding, with every limiter armed and what was by hand still held."""
        parts, elapsed = self._parts, self._parts.clock.elapsed()
        self.state.begin(elapsed)
        self._lead = max(self._lead, parts.clock.now() - elapsed)
        self.state.recall(self.home.targets, parts.history, self.now(), elapsed, parts.limits.hold)
        self.state.fire.recall(self.home, parts.history, elapsed, parts.limits.ages)
        self._next_safety, self._next_decision = elapsed, elapsed + DECIDE_EVERY - elapsed % DECIDE_EVERY
        self.deciding = True

    # --- learning ---------------------------------------------------------------------------------

    def learn(self, readings: Iterable[Reading]) -> set[str]:
        """Keep readings with their origins; the areas where something happened that is worth a decision."""
        areas: set[str] = set()
        kept = [self._learn(reading, areas) for reading in readings if not cached(reading)]
        self._parts.journal.append(kept)
        self.counts["readings"] += len(kept)
        return areas

    def _learn(self, reading: Reading, areas: set[str]) -> Reading:
        parts, real = self._parts, self._parts.real()
        reading = _after_the_last(reading, parts.history)
        self._lead_by(reading.at - parts.clock.elapsed())
        now = self.now()
        known, news = parts.history.value(reading.device, reading.quantity, now), is_news(reading, parts.history)
        caused = self._outbox.caused(reading, known, real=real)
        origin = self.state.attribute(reading, parts.history, caused, parts.clock.elapsed(), parts.limits.hold)
        kept = replace(reading, origin=origin)
        parts.history.append(kept)
        self._close(self._outbox.observe(kept, real=real, at=now))
        if origin is Origin.PERSON and caused is None and news:
            self._close(self._outbox.give_way(reading.device, real=real, at=now))
            if reading.quantity is Quantity.SETPOINT:
                self._resume_heat(now)
        device = self.home.device(reading.device)
        if area := device.area:
            self.state.fire.hear(kept, parts.limits.ages.check_in(device), parts.clock.elapsed())
        if area and reading.quantity in TRIGGERS and reading.live and reading.value != known:
            areas.add(area)
        return kept

    def now(self) -> float:
        """The home's time: the clock's, but never before what is known, and it passes steadily if that is set back."""
        elapsed = self._parts.clock.elapsed()
        self._lead_by(self._parts.clock.now() - elapsed)
        return milliseconds(elapsed + self._lead)

    def _lead_by(self, lead: float) -> None:
        """The home's time is at least so many seconds before what has elapsed; a leap of it is no time that passed."""
        leap, before = lead - self._lead, self._lead
        self._lead = max(self._lead, lead)
        if self.deciding and leap > LEAP:
            self._parts.history.leap(milliseconds(self._parts.clock.elapsed() + before), leap)

    def elapsed(self) -> float:
        """Seconds of the home's time that only ever grow."""
        return self._parts.clock.elapsed()

    # --- deciding ---------------------------------------------------------------------------------

    def react(self, areas: Iterable[str]) -> bool:
        """Decide for everything in some areas now; whether a command went out."""
        return self._decide([target for area in sorted(areas) for target in self.home.targets_in(area)])

    def tick(self) -> None:
        """Run every safety tick and minute decision that the home's time has made due, on what is known now."""
        elapsed = self._parts.clock.elapsed()
        while self._able and self._next_safety <= elapsed:
            self._next_safety += SAFETY_EVERY
            self.counts["safety ticks"] += 1
            self._carry_out(self._safety.tick(self._moment(self.now(), elapsed)))
        if self._able and self._next_decision <= elapsed:
            self._next_decision = elapsed + DECIDE_EVERY - elapsed % DECIDE_EVERY
            self._decide(self.home.targets)

    @property
    def _able(self) -> bool:
        return self.deciding and self._linked

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
        if not self._able or not targets:
            return False
        parts = self._parts
        moment = self._moment(self.now(), parts.clock.elapsed())
        return self._carry_out(decide(moment, parts.policy, parts.fallback, targets))

    def _carry_out(self, verdicts: Sequence[Verdict]) -> bool:
        """Send what was approved first, then keep the record of everything."""
        approved = [verdict.approved for verdict in verdicts if verdict.approved is not None]
        try:
            self._submit_all(approved)
        finally:
            self._keep([record_of(verdict) for verdict in verdicts])
        return bool(approved)

    def _submit_all(self, approved: Sequence[Approved]) -> None:
        """Every command counts as issued, so each is sent and gets its end even if the journal fails for another."""
        with ExitStack() as stack:  # calls all of them, the last one pushed first, and raises afterwards
            for one in reversed(approved):
                stack.callback(self._submit, one)

    def _keep(self, records: Sequence[Record]) -> None:
        for record in records:
            self.records[record.target] = record
            if record.rule:
                self.counts[f"refused by {record.rule}"] += 1
        self.counts["decisions"] += len(records)
        self._parts.journal.record_decisions(records)

    # --- commands ---------------------------------------------------------------------------------

    def ask(self, target: Target, setting: Setting) -> str:
        """A person's wish: the command's id; ActionRefused where the guard objects.

        A bolt that was just asked to lock is not asked twice: the id is that of the open command.
        """
        if not self.deciding:
            raise ActionRefused("running homes only", "this home has not been told its time yet, or is stopping")
        if target.kind is Kind.LOCK and (same := self._outbox.open.get(target)) is not None:
            return same.id
        parts = self._parts
        now, elapsed = self.now(), parts.clock.elapsed()
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
        try:
            self._submit(ruling)
        finally:
            if target.kind is Kind.SETPOINT:
                self._resume_heat(now)
        return wish.id

    def resume(self, target: Target) -> None:
        """A person ends the hold of a target; of a thermostat also that of heating after carbon monoxide."""
        heats = target.kind is Kind.SETPOINT
        if heats and self.state.fire.sounds(Quantity.CARBON_MONOXIDE, self.elapsed()):
            raise ActionRefused(
                "no carbon monoxide bars heat", "a detector tells of it; air the rooms and call for help"
            )
        self.state.holds.resume(target)
        if heats:
            self._resume_heat(self.now())

    def _resume_heat(self, now: float) -> None:
        """A person lets the heating go on, which is kept as their word on the detectors."""
        parts, held = self._parts, self.state.fire.heat_off
        after = milliseconds(now + 0.001)  # a journal keeps one word of a signal for each millisecond
        if not (held and self.state.fire.resume(parts.clock.elapsed())):
            return
        told = [d for d in self.home.devices if parts.history.track(d.id, Quantity.CARBON_MONOXIDE) is not None]
        clear = Reading(
            device="", quantity=Quantity.CARBON_MONOXIDE, value=0.0, at=after, origin=Origin.PERSON, live=False
        )
        self.learn([replace(clear, device=device.id) for device in told])

    def connected(self, up: bool) -> None:
        """The way to the devices is there (again), or is lost: then nothing is decided, and doors move unheard."""
        self._linked = up
        if up:
            self._outbox.reconnected(real=self._parts.real())
            return
        for signal, track in self._parts.history.tracks.items():
            if signal.quantity is Quantity.CONTACT:
                track.unsee()
        self._safety.look_again()

    def pulse(self) -> None:
        """End what has waited too long, ask again, commit what was learned. Call it a few times a second."""
        self._close(self._outbox.tick(real=self._parts.real(), at=self.now()))
        self._parts.journal.flush()

    @property
    def waiting(self) -> bool:
        """Whether a command has no end yet."""
        return bool(self._outbox.open)

    def stop(self) -> None:
        """Close the books: what is still open has no confirmation."""
        self.deciding = False
        self._close(self._outbox.close(real=self._parts.real(), at=self.now()))
        self._parts.journal.flush()

    def _submit(self, approved: Approved) -> None:
        command = approved.command
        self.counts[f"{command.target.kind} commands by {command.cause}"] += 1
        self._close(self._outbox.submit(approved, real=self._parts.real(), at=self.now()))

    def _close(self, outcomes: Sequence[Outcome]) -> None:
        """Take note of every outcome, then keep the ends: a journal that fails leaves nothing waiting for ever."""
        for outcome in outcomes:
            newest = self.outcomes.get(outcome.command.target)
            if outcome.state is not CommandState.SUPERSEDED or newest is None or newest.command == outcome.command:
                self.outcomes[outcome.command.target] = outcome
        ends = [outcome for outcome in outcomes if outcome.state.ended]
        for end in ends:
            self.state.ended(end, self.elapsed())
            self.counts[f"commands {end.state}"] += 1
        for end in ends:
            self._parts.journal.record_outcome(end)

    def _window(self, target: Target) -> Window:
        return BATTERY_WINDOW if self.home.device(target.device).battery else MAINS_WINDOW

    def alarms(self) -> list[str]:
        """What a person must know of now."""
        return alarms(self._moment(self.now(), self.elapsed()))

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
