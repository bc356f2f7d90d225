"""The running home: hears its devices, keeps its time, and answers people. It is handed its parts."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import SecretStr

from homectl.bridge.directory import Directory
from homectl.bridge.messages import Message
from homectl.bridge.simulated import People, Settled, Shown, SimulatedHome, Told
from homectl.bridge.traffic import NotedWire, Traffic
from homectl.bridge.wire import Wire
from homectl.controller import Controller
from homectl.health import Health
from homectl.home import (
    ActionRefused,
    Autonomy,
    DeviceUnknown,
    Event,
    HoldKind,
    HomeView,
    InputsView,
    Learning,
    LearningWish,
    MessageError,
    Mode,
    Rung,
    RungView,
    Setting,
    Target,
    TrafficView,
    Wish,
)
from homectl.insight import inputs_view
from homectl.parts import Parts
from homectl.people import StepUp
from homectl.seen import Seen
from homectl.suggestions import Suggestions
from homectl.told_time import ToldTime
from homectl.unlocking import Unlocking
from homectl.versions import Versions
from homectl.views import Knowledge, home_view, last_done, mode_view

log = logging.getLogger(__name__)

PULSE_EVERY = 0.25
HEALTH_EVERY = 10.0
DRAIN = 8.0
"""Real seconds a stopping home waits for devices to answer what was asked of them."""

EARLY = 20_000
"""Messages kept until a simulated home has said what time it is."""


class Daemon:
    """One home, running on one event loop. Implements Actions and Insight."""

    def __init__(
        self,
        parts: Parts,
        directory: Directory,
        wire: Wire,
        learning: Learning | None = None,
        others: Mapping[str, Callable[[], dict[str, Any]]] | None = None,
        *,
        step_up: StepUp,
        daily: Callable[[float], None] | None = None,
    ) -> None:
        """`others`: further parts by name, each saying how it is, for the home's health. `daily` is shown the time."""
        self._parts, self._directory, self._learning = parts, directory, learning
        self._daily = daily
        self._control = Controller(directory.home, parts, self._transmit)
        self._health = Health(self._control, directory, parts, others or {}, learning)
        self._traffic = Traffic()
        self._wire = NotedWire(wire, self._traffic, self._control.now)
        self._unlocking = Unlocking(self._control, parts.journal.audit, step_up, parts.real)
        self._suggestions = Suggestions(self._control)
        self._simulated = SimulatedHome(directory.home.id) if directory.home.simulated else None
        self._time = ToldTime(parts.clock, self._control.counts)
        self._seen = Seen()
        self._early: deque[Message] = deque(maxlen=EARLY)
        self._areas: set[str] = set()
        self._subscribed: tuple[str, ...] = ()
        self._asked: set[Target] = set()
        self._connected = False
        self._versions = Versions()
        self._topic = f"homectl/{directory.home.id}/"
        self._next_health = 0.0
        self._fault = ""
        self._control.connected(False)
        if self._simulated is None:
            self._control.begin()

    # --- the wire ---------------------------------------------------------------------------------

    def connected(self, up: bool) -> None:
        """The way to the devices is there or is lost. On coming: listen, and ask every device how it is."""
        self._connected = up
        if up:
            self._subscribed = ()
            self._asked.clear()
            self._listen()
        self._control.connected(up)
        self._versions.next()

    def hear(self, messages: Iterable[Message]) -> None:
        """Take in what arrived in order, then decide for the areas where something happened."""
        began, at = time.perf_counter(), self._control.now()
        for message in messages:
            self._traffic.note(message, at)
            self._shielded(self._hear, message, began)
        if self._simulated is None:
            self._settle(began)
        self._listen()
        self._versions.next()

    def _hear(self, message: Message, began: float) -> None:
        if self._simulated is not None:
            if self._hear_simulation(self._simulated, message, began):
                return
            if self._time.told is None:
                self._early.append(message)
                return
        self._learn(message)

    def _learn(self, message: Message) -> None:
        readings = self._directory.take(message, self._control.now())
        self._control.home = self._directory.home
        self._areas |= self._control.learn(readings)

    def _settle(self, began: float) -> None:
        """Everything that belongs together has been heard: decide."""
        areas, self._areas = self._areas, set()
        if areas:
            self._shielded(self._control.react, areas)
            self._health.decided(time.perf_counter() - began)
        self._shielded(self._control.tick)

    def _shielded(self, what: Callable[..., object], *about: object) -> None:
        """A fault in one part of the work is told once and counted; it stops no other part, least of all safety."""
        try:
            what(*about)
        except Exception as error:
            self._control.counts["faults"] += 1
            if (fault := repr(error)) != self._fault:
                log.exception("a part of the work failed; going on without it")
            self._fault = fault

    def _hear_simulation(self, simulated: SimulatedHome, message: Message, began: float) -> bool:
        """Follow a simulated home's time and steps; True where the message was about them."""
        try:
            said = simulated.decode(message)
        except MessageError as error:
            log.debug("%s", error)
            self._control.counts["simulator messages not understood"] += 1
            return True
        match said:
            case Told():
                self._tell(said)
            case Settled(seq=seq):
                self._settle(began)
                self._wire.publish(simulated.ack(seq))
            case People() | Shown():
                self._seen.take(said)
        return said is not None

    def _tell(self, told: Told) -> None:
        if self._time.follow(told):
            self._control.begin()
            while self._early:
                self._shielded(self._learn, self._early.popleft())

    def _listen(self) -> None:
        """Subscribe to what became known, and ask devices that were just met how they are."""
        own = self._simulated.subscriptions() if self._simulated else ()
        wanted = (*own, *self._directory.subscriptions())
        if wanted != self._subscribed:
            self._subscribed = wanted
            self._wire.subscribe(wanted)
        for target in self._directory.home.targets:
            if target in self._asked or not self._connected:
                continue
            for message in self._directory.ask(target):  # none before the device itself has been announced
                self._asked.add(target)
                self._wire.publish(message)

    def _transmit(self, target: Target, setting: Wish) -> bool:
        messages = self._directory.encode(target, setting)
        left = [self._wire.publish(message, expiry=10) for message in messages]
        return bool(left) and all(left)

    # --- running ----------------------------------------------------------------------------------

    async def run(self, stopping: asyncio.Event, beat: Callable[[float], None] = lambda _real: None) -> None:
        """Live until told to stop, then let open commands end and close the books.

        `beat` is called with monotonic seconds after every round, also where a part of it failed: a full disk is no
        reason to begin anew.
        """
        while not stopping.is_set():
            self._pulse()
            beat(time.monotonic())
            try:
                await asyncio.wait_for(stopping.wait(), PULSE_EVERY)
            except TimeoutError:
                continue
        self._control.deciding = False
        deadline = time.monotonic() + DRAIN
        while self._control.waiting and time.monotonic() < deadline:
            self._pulse()
            await asyncio.sleep(PULSE_EVERY)
        self._control.stop()
        self._wire.publish(Message(self._topic + "health", self._health.json(), retain=True, qos=1))

    def _pulse(self) -> None:
        """Transport time is real: retries, expiries, group commit; a real home's ticks as well."""
        self._shielded(self._control.pulse)
        self._shielded(self._unlocking.tick)
        if self._simulated is None:
            self._shielded(self._control.tick)
        if self._learning is not None and self._control.deciding:
            self._shielded(self._learn_at_night, self._learning)
        if self._daily is not None and self._control.deciding:
            self._shielded(self._daily, self._control.now())
        if time.monotonic() >= self._next_health:
            self._next_health = time.monotonic() + HEALTH_EVERY
            self._shielded(self._say_health)

    def _learn_at_night(self, learning: Learning) -> None:
        for lesson in learning.tick(self._control.now()):
            if lesson.event is Event.DRIFTED:
                self._control.rungs.drifted(lesson.said, self._control.present())

    def _say_health(self) -> None:
        self._wire.publish(Message(self._topic + "health", self._health.json(), retain=True))
        self._versions.next()

    # --- Actions ----------------------------------------------------------------------------------

    def view(self) -> HomeView:
        parts, control = self._parts, self._control
        known = Knowledge(
            home=control.home,
            history=parts.history,
            clock=control,
            limits=parts.limits,
            outcomes=control.outcomes,
            confirmed=control.confirmed,
            sentence=control.sentence,
            hold=lambda target: control.state.holds.hold(target, control.present()),
            autonomy=lambda target: str(control.level(target)),
            suggestion=self._suggestions.words,
            verdict=control.verdicts.get,
            doubts=control.doubts(),
        )
        return home_view(
            known,
            version=self._versions.number,
            connected=self._connected,
            policy=parts.policy.name,
            health=self._health.view(),
            pending=tuple(sorted(self._directory.pending)),
            alarms=tuple(control.alarms()),
            simulator=self._seen.view(self._time.told),
            mode=mode_view(control.state.mode, control.home, control.now()),
            remembers=True,
        )

    def changes(self) -> AsyncIterator[HomeView]:
        return self._versions.follow(self.view)

    async def set(self, target: Target, setting: Setting) -> str:
        self._known(target)
        command = self._control.ask(target, setting)
        self._versions.next()
        return command

    async def unlock(self, target: Target, person: str, pin: SecretStr) -> str:
        self._known(target)
        try:
            return await self._unlocking.unlock(target, person, pin)
        finally:
            self._versions.next()

    async def hold(
        self, target: Target, kind: HoldKind = HoldKind.MINUTES, minutes: float | None = None, by: str = ""
    ) -> str:
        self._known(target)
        self._running()
        said = self._control.orders.hold(target, kind, minutes, by, self._control.present())
        self._versions.next()
        return said

    async def resume(self, target: Target, by: str = "") -> None:
        self._known(target)
        self._running()
        self._control.resume(target, by)
        self._decide_anew([target])

    async def accept(self, target: Target, by: str = "") -> str:
        self._known(target)
        command = self._suggestions.accept(target, by)
        self._versions.next()
        return command

    async def reject(self, target: Target, by: str = "") -> str:
        self._known(target)
        self._running()
        said = self._suggestions.reject(target, by)
        self._versions.next()
        return said

    async def let(self, rung: Rung, level: Autonomy | None, by: str = "", *, force: bool = False) -> str:
        self._running()
        said = self._control.rungs.set(rung, level, by, self._control.present(), force=force)
        self._decide_anew(self._control.home.targets)
        return said

    async def mode(self, mode: Mode, hours: float | None = None, until: str = "", by: str = "") -> str:
        self._running()
        said = self._control.orders.mode(mode, hours, until, by, self._control.present())
        self._decide_anew(self._control.home.targets)
        return said

    def _running(self) -> None:
        """ActionRefused before a home knows its time, and once it is stopping."""
        if not self._control.deciding:
            raise ActionRefused("running homes only", "this home has not been told its time yet, or is stopping")

    def _decide_anew(self, targets: Sequence[Target]) -> None:
        self._shielded(self._control.reconsider, targets)
        self._versions.next()

    def missed(self, job: str) -> None:
        """A job of the calendar was missed and ran late."""
        self._control.counts[f"{job} ran late"] += 1

    def wake(self) -> None:
        """Something may be due now: look."""
        self._shielded(self._control.tick)
        self._versions.next()

    async def explain(self, target: Target) -> str:
        self._known(target)
        done, last = self._parts.journal.last_done(target), self._control.verdicts.get(target)
        said = (self._control.explained(target), last_done(done, last, self._control.home, self._control.now()))
        return " ".join(filter(None, said)) or f"{target}: nothing has been decided yet."

    async def ladder(self) -> Sequence[RungView]:
        return await self._control.rungs.views(self._control.present)

    async def learning(self, wish: LearningWish, days: Sequence[date] = ()) -> str:
        if self._learning is None:
            raise ActionRefused("learning", "this home runs on rules, which do not learn; name a network as its policy")
        said = self._learning.ask(wish, days, self._control.now())
        self._versions.next()
        return said

    async def simulate(self, control: str, arguments: dict[str, Any]) -> None:
        if self._simulated is None:
            raise ActionRefused("simulated homes only", "this home is real; its devices are moved by hand")
        if not self._wire.publish(self._simulated.control(control, arguments)):
            raise ActionRefused("connection", "the broker cannot be reached just now; try again")

    # --- Insight ----------------------------------------------------------------------------------

    def traffic(self, since: int | None) -> TrafficView:
        return self._traffic.since(since)

    async def inputs(self, target: Target) -> InputsView:
        self._known(target)
        return inputs_view(self._control, self._parts, target)

    def _known(self, target: Target) -> None:
        known = self._control.home.targets
        if target not in known:
            raise DeviceUnknown(str(target), [str(t) for t in known])
