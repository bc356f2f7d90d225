"""What a home knows, decides and asks, whoever brings the readings and carries the commands away.

The running daemon and the experiments drive the same controller; only the clock and the ends differ.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace

from homectl.bridge.outbox import BATTERY_WINDOW, MAINS_WINDOW, Window
from homectl.control.alarms import alarms
from homectl.control.fire import cached
from homectl.control.grounds import grounds
from homectl.control.guard import Refusal, lowest, review
from homectl.control.overrides import KIND_OF, is_news
from homectl.control.pipeline import Moment, decide, explain, level_of, record_of
from homectl.control.settling import Settling
from homectl.control.state import ControlState
from homectl.dispatch import Dispatch
from homectl.home import (
    STATE,
    ActionRefused,
    Approved,
    Autonomy,
    Cause,
    Command,
    CommandState,
    Doubting,
    Home,
    Kind,
    Origin,
    Outcome,
    Quantity,
    Reading,
    Ruling,
    Setpoint,
    Setting,
    Target,
    Unlock,
    Verdict,
    Weighing,
    Wish,
    agrees,
    fitted,
    milliseconds,
)
from homectl.home_time import HomeTime, in_order
from homectl.ladder import Rungs
from homectl.orders import Orders
from homectl.parts import Parts
from homectl.safety_tick import SafetyTick

SAFETY_EVERY = 10.0
"""Seconds of the home's time between two safety ticks; every one of them is executed, however late."""

DECIDE_EVERY = 60.0

TRIGGERS = frozenset({Quantity.MOTION, Quantity.CONTACT, *STATE.values()})
"""Quantities whose change is worth a decision at once."""


class Controller:
    """One home under control. Call `begin` once its clock is right."""

    def __init__(self, home: Home, parts: Parts, transmit: Callable[[Target, Wish], bool]) -> None:
        """`transmit` puts a wish on its way and says whether it left."""
        self.home = home
        self.counts: Counter[str] = Counter()
        self.verdicts: dict[Target, Verdict] = {}
        self.state = ControlState(parts.clock.elapsed())
        self.deciding = False
        self._parts = parts
        self._safety = SafetyTick()
        self._settling = Settling()
        self.orders = Orders(self.state, parts.journal, self.counts)
        self.rungs = Rungs(self.state, parts.journal, self.counts)
        self._linked = True
        self._time = HomeTime(parts.clock, parts.history)
        self._dispatch = Dispatch(self.state, parts, self._time, self.counts, transmit=transmit, window=self._window)
        self._next_safety = self._next_decision = 0.0

    def begin(self) -> None:
        """Start deciding, with every limiter armed and what was by hand still held."""
        parts, elapsed = self._parts, self._parts.clock.elapsed()
        self.state.begin(elapsed)
        self._time.begin()
        self.state.recall(self.home.targets, parts.history, self.now(), elapsed, parts.limits.hold)
        self.state.fire.recall(self.home, parts.history, elapsed, parts.limits.ages)
        self.orders.recall(self.present())
        self.rungs.recall()
        parts.journal.record_start(self.now())
        self._next_safety, self._next_decision = elapsed, elapsed + DECIDE_EVERY - elapsed % DECIDE_EVERY
        self.deciding = True

    # --- learning ---------------------------------------------------------------------------------

    def learn(self, readings: Iterable[Reading]) -> set[str]:
        """Keep readings with their origins; the areas where something happened that is worth a decision."""
        areas: set[str] = set()
        amended: list[Reading] = []
        kept = [self._learn(reading, areas, amended) for reading in readings if not cached(reading)]
        self._parts.journal.append(kept)
        self._parts.journal.amend(amended)
        self.counts["readings"] += len(kept)
        return areas

    def _learn(self, reading: Reading, areas: set[str], amended: list[Reading]) -> Reading:
        """How a reading is to be remembered; `areas` and `amended` grow by what it changes."""
        parts = self._parts
        reading = in_order(reading, parts.history)
        self._time.hear_of(reading.at)
        now = self.now()
        known, news = parts.history.value(reading.device, reading.quantity, now), is_news(reading, parts.history)
        caused = self._dispatch.caused(reading, known)
        origin = self.state.attribute(reading, parts.history, caused, parts.clock.elapsed(), parts.limits.hold)
        kept = replace(reading, origin=origin)
        stands, before = parts.limits.hold.setpoint_stands, parts.history.sample(kept.device, kept.quantity, kept.at)
        remembered, *passed = self._settling.remembered(kept, before, news=news, stands=stands)
        amended += passed
        parts.history.append(kept)
        self._dispatch.heard(kept, known, caused, news=news)
        if origin is Origin.PERSON and caused is None and news:
            self._dispatch.give_way(reading.device)
            if (kind := KIND_OF.get(reading.quantity)) and reading.quantity is STATE[kind]:
                self.rungs.changed_by_person(Target(reading.device, kind), self.present())
        device = self.home.device(reading.device)
        if area := device.area:
            self.state.fire.hear(kept, parts.limits.ages.check_in(device), parts.clock.elapsed())
        if area and reading.quantity in TRIGGERS and reading.live and reading.value != known:
            areas.add(area)
        return remembered

    def note(self, readings: Sequence[Reading]) -> None:
        """Keep what a person said of a state, as they said it."""
        for reading in readings:
            self._parts.history.append(reading)
        self._parts.journal.append(readings)

    def now(self) -> float:
        """The home's time, UTC seconds."""
        return self._time.now()

    def elapsed(self) -> float:
        """Seconds of the home's time that only ever grow."""
        return self._time.elapsed()

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
        turned = self.orders.due(self.present()) if self._able else set()
        if self._able and self._next_decision <= elapsed:
            self._next_decision = elapsed + DECIDE_EVERY - elapsed % DECIDE_EVERY
            self._decide(self.home.targets)
        elif turned:
            self._decide(sorted(turned))

    def present(self) -> Moment:
        """The home as it is now."""
        return self._moment(self.now(), self._parts.clock.elapsed())

    def reconsider(self, targets: Sequence[Target]) -> None:
        """Decide for some targets now: a person has said something about them."""
        self._decide(targets)

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
        return self._carry_out(decide(self.present(), parts.policy, parts.fallback, targets))

    def _carry_out(self, verdicts: Sequence[Verdict]) -> bool:
        """Send what was approved first, then keep the record of everything."""
        approved = [verdict.approved for verdict in verdicts if verdict.approved is not None]
        try:
            self._submit_all(approved)
        finally:
            self._keep(verdicts)
        return bool(approved)

    def _submit_all(self, approved: Sequence[Approved]) -> None:
        """Every command counts as issued, so each is sent and gets its end even if the journal fails for another."""
        with ExitStack() as stack:  # calls all of them, the last one pushed first, and raises afterwards
            for one in reversed(approved):
                stack.callback(self._dispatch.submit, one)

    def _keep(self, verdicts: Sequence[Verdict]) -> None:
        for verdict in verdicts:
            self.verdicts[verdict.decision.target] = verdict
            if verdict.rule:
                self.counts[f"refused by {verdict.rule}"] += 1
        self.counts["decisions"] += len(verdicts)
        self._parts.journal.record_decisions([record_of(verdict) for verdict in verdicts], self.now())

    # --- commands ---------------------------------------------------------------------------------

    def ask(self, target: Target, setting: Setting, by: str = "") -> str:
        """A person's wish: the command's id; ActionRefused where the guard objects.

        A bolt that was just asked to lock is not asked twice: the id is that of the open command.
        """
        return self._ask(target, fitted(setting, self.home.device(target.device)), by)

    def unlock(self, target: Target, person: str) -> str:
        """Draw a bolt for a person whose PIN has been verified: the command's id; ActionRefused where it cannot be now.

        What cannot leave at once is refused and forgotten; a bolt that was just asked is not asked twice.
        """
        if not self._linked:
            raise ActionRefused("connection", "the broker cannot be reached just now, and nothing is kept for later")
        command = self._ask(target, Unlock(), person)
        outcome = self.outcomes[target]
        if outcome.command.id == command and outcome.state is CommandState.FAILED:
            raise ActionRefused("connection", "it could not be sent just now, and nothing is kept for later")
        return command

    def _ask(self, target: Target, setting: Wish, person: str = "") -> str:
        if not self.deciding:
            raise ActionRefused("running homes only", "this home has not been told its time yet, or is stopping")
        same = self._dispatch.open(target)
        if target.kind is Kind.LOCK and same is not None and same.setting == setting:
            return same.id
        parts = self._parts
        now, elapsed = self.now(), parts.clock.elapsed()
        wish = Command(
            id=parts.new_id(),
            target=target,
            setting=setting,
            cause=Cause.PERSON,
            issued=now,
            reason=f"{person or 'a person'} asked for it",
            person=person,
        )
        ruling = review(wish, self._moment(now, elapsed).situation(target))
        if isinstance(ruling, Refusal):
            raise ActionRefused(ruling.rule, ruling.finding)
        if not agrees(setting, STATE[target.kind], parts.history.value(target.device, STATE[target.kind], now)):
            self.rungs.changed_by_person(target, self.present())
        self.state.issued(wish, elapsed)
        self.state.holds.touched(target, elapsed, parts.limits.hold)
        try:
            self._dispatch.submit(ruling)
        finally:
            if isinstance(setting, Setpoint) and setting.celsius > lowest(
                self.home.device(target.device), parts.limits
            ):
                self._resume_heat(now)
        return wish.id

    def resume(self, target: Target, by: str = "") -> None:
        """A person ends the hold of a target; of a thermostat also that of heating after carbon monoxide."""
        heats = target.kind is Kind.SETPOINT
        if heats and self.state.fire.sounds(Quantity.CARBON_MONOXIDE, self.elapsed()):
            raise ActionRefused("no carbon monoxide bars heat", "a detector tells of it; air the rooms, call for help")
        self.orders.resume(target, self.present(), by)
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
            self._dispatch.reconnected()
            return
        self.state.interrupted = self.now()
        for signal, track in self._parts.history.tracks.items():
            if signal.quantity is Quantity.CONTACT:
                track.unsee()
        self._safety.look_again()

    def pulse(self) -> None:
        """End what has waited too long, ask again, commit what was learned. Call it a few times a second."""
        self._dispatch.pulse()
        self._parts.journal.flush()

    @property
    def outcomes(self) -> Mapping[Target, Outcome]:
        """What became of the newest command of each target."""
        return self._dispatch.outcomes

    def confirmed(self, target: Target) -> Sequence[Outcome]:
        """The last commands of a target that were obeyed, in the order of time."""
        return tuple(self._dispatch.confirmed.get(target, ()))

    @property
    def waiting(self) -> bool:
        """Whether a command has no end yet."""
        return self._dispatch.waiting

    def stop(self) -> None:
        """Close the books: what is still open has no confirmation."""
        self.deciding = False
        self._dispatch.stop()
        self._parts.journal.flush()

    def _window(self, target: Target) -> Window:
        return BATTERY_WINDOW if self.home.device(target.device).battery else MAINS_WINDOW

    def alarms(self) -> list[str]:
        """What a person must know of now."""
        return alarms(self._moment(self.now(), self.elapsed()))

    def level(self, target: Target) -> Autonomy:
        """How much policies may do about a target."""
        return level_of(target, self.present())

    def doubts(self) -> Mapping[str, str]:
        """Devices with a sensor that the policy does not believe, and why, from the verb on."""
        policy = self._parts.policy
        return policy.doubts(self.home, self._parts.history, self.now()) if isinstance(policy, Doubting) else {}

    def sentence(self, target: Target) -> str:
        """The last decision about a target in one sentence; empty before the first."""
        verdict = self.verdicts.get(target)
        if verdict is None:
            return ""
        why = self.rungs.why(target, self.present()) if verdict.ruling is Ruling.SUGGESTED else ""
        return " ".join(filter(None, (explain(record_of(verdict), self.home), why)))

    def explained(self, target: Target) -> str:
        """The last decision about a target, and what weighed most in it; empty before the first."""
        verdict, policy, parts = self.verdicts.get(target), self._parts.policy, self._parts
        said = self.sentence(target)
        if verdict is None or verdict.decision.cause is not policy.cause or not isinstance(policy, Weighing):
            return said
        factors = policy.factors(self.home, parts.history, verdict.decision.at, target)
        return " ".join(filter(None, (said, grounds(target.kind, factors))))
