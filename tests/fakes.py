"""A small running home that does what a test tells it: a real implementation of Actions without a broker."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any

from pydantic import SecretStr

from homectl.bridge.traffic import Traffic
from homectl.control.limits import Limits
from homectl.home import (
    BY_HAND,
    KIND,
    STATE,
    ActionRefused,
    Area,
    Autonomy,
    Cause,
    Command,
    CommandState,
    Device,
    DeviceUnknown,
    History,
    Hold,
    HoldKind,
    Home,
    HomeView,
    InputsView,
    Kind,
    LearningWish,
    LockedOut,
    LockState,
    Mode,
    ModeSpan,
    Origin,
    Outcome,
    PinRefused,
    Quantity,
    Reading,
    Rung,
    RungView,
    Setpoint,
    Setting,
    Target,
    ToldClock,
    TrafficView,
    Unlock,
    Verdict,
    Wish,
    wanted,
)
from homectl.views import Knowledge, home_view, mode_view
from tests.staged import after, staged

NOON = 1_736_249_400.0  # Tuesday 2025-01-07 12:30 in Berlin

PERSON = ("Ada", "7391")
"""Who may unlock the small home, and by which PIN."""

LAMP, HEATING, LOCK = Target("lamp", Kind.LIGHT), Target("valve", Kind.SETPOINT), Target("bolt", Kind.LOCK)


def small_home(*, simulated: bool = True) -> Home:
    """A kitchen, a living room and a hall, with a lamp, a thermostat, a lock and what they are judged by."""
    return Home(
        id="small",
        name="Small home",
        timezone="Europe/Berlin",
        simulated=simulated,
        areas=(
            Area(id="kitchen", name="Kitchen"),
            Area(id="living", name="Living room"),
            Area(id="hall", name="Hall"),
            Area(id="garden", name="Garden", outdoors=True),
        ),
        devices=(
            _device("lamp", "Ceiling lamp", "kitchen", Quantity.LIGHT_ON, Quantity.LIGHT_LEVEL, sets=Kind.LIGHT),
            _device("motion", "Motion sensor", "kitchen", Quantity.MOTION, Quantity.ILLUMINANCE, battery=True),
            _device("valve", "Radiator", "living", Quantity.SETPOINT, Quantity.TEMPERATURE, sets=Kind.SETPOINT),
            _device("climate", "Climate sensor", "living", Quantity.TEMPERATURE, Quantity.HUMIDITY, battery=True),
            _device("bolt", "Front door lock", "hall", Quantity.LOCK, sets=Kind.LOCK, battery=True, contact="door"),
            _device("door", "Front door", "hall", Quantity.CONTACT, battery=True, exterior=True),
            _device("outside", "Outdoor sensor", "garden", Quantity.TEMPERATURE, Quantity.ILLUMINANCE, battery=True),
        ),
    )


def _device(name: str, label: str, area: str, *senses: Quantity, sets: Kind | None = None, **more: Any) -> Device:
    address = f"zigbee2mqtt:{name}"
    able = frozenset() if sets is None else frozenset({sets})
    return Device(id=name, name=label, area=area, address=address, senses=frozenset(senses), sets=able, **more)


FIRST: dict[tuple[str, Quantity], float] = {
    ("lamp", Quantity.LIGHT_ON): 0.0,
    ("lamp", Quantity.LIGHT_LEVEL): 0.6,
    ("motion", Quantity.MOTION): 1.0,
    ("motion", Quantity.ILLUMINANCE): 84.0,
    ("motion", Quantity.BATTERY): 12.0,
    ("valve", Quantity.SETPOINT): 20.0,
    ("valve", Quantity.TEMPERATURE): 19.6,
    ("climate", Quantity.TEMPERATURE): 19.8,
    ("climate", Quantity.HUMIDITY): 47.0,
    ("bolt", Quantity.LOCK): LockState.UNLOCKED,
    ("door", Quantity.CONTACT): 0.0,
    ("outside", Quantity.TEMPERATURE): 3.2,
    ("outside", Quantity.ILLUMINANCE): 5200.0,
}
"""What the devices of the small home say at first."""


def _origin(cause: Cause) -> Origin:
    return Origin.PERSON if cause is Cause.PERSON else Origin.HOMECTL


class FakeHome:
    """Implements Actions and Insight. Nothing is confirmed before `confirm`, nothing fails before `fail`.

    `asked`, `simulated` and `learned` keep what was asked of the home, its simulator and its learning, in order.
    """

    def __init__(self, home: Home | None = None) -> None:
        self.home = home or small_home()
        self.clock = ToldClock(NOON)
        self.history = History()
        self.outcomes: dict[Target, Outcome] = {}
        self.holds: dict[Target, Hold] = {}
        self.span: ModeSpan | None = None
        self.sentences: dict[Target, str] = {}
        self.suggestions: dict[Target, Setting] = {}
        self.verdicts: dict[Target, Verdict] = {}
        self.levels: dict[Rung, Autonomy | None] = {}
        self.counted = {"followed": 9, "answered": 12, "unanswered": 3, "foreseen": 7, "changes": 11}
        self.health: dict[str, Any] = {"readings": 0, "commands": {"asked": 0}}
        self.connected = True
        self.remembers = True
        self.pending: tuple[str, ...] = ()
        self.alarms: tuple[str, ...] = ()
        self.simulator = staged()
        self.asked: list[tuple[Target, Wish]] = []
        self.resumed: list[tuple[Target, str]] = []
        self.obeyed: dict[Target, list[Outcome]] = {}
        self.wrong = 0
        self.simulated: list[tuple[str, dict[str, Any]]] = []
        self.learned: list[tuple[LearningWish, tuple[date, ...]]] = []
        self.passed = Traffic()
        self.version = 0
        self._changed = asyncio.Event()
        for (device, quantity), value in FIRST.items():
            if device in self.home.by_id:
                self.report(device, quantity, value, Origin.UNKNOWN)

    def view(self) -> HomeView:
        known = Knowledge(
            home=self.home,
            history=self.history,
            clock=self.clock,
            limits=Limits(),
            outcomes=self.outcomes,
            confirmed=lambda target: self.obeyed.get(target, []),
            sentence=lambda target: self.sentences.get(target, "Left as it is: nothing has been decided yet."),
            hold=self._hold,
            autonomy=lambda target: "auto" if self.home.simulated else "observe",
            suggestion=lambda target: str(self.suggestions.get(target, "")),
            verdict=self.verdicts.get,
        )
        return home_view(
            known,
            version=self.version,
            connected=self.connected,
            policy="rules",
            health=self.health,
            pending=self.pending,
            alarms=self.alarms,
            simulator=self.simulator if self.home.simulated else {},
            mode=mode_view(self.span, self.home, self.clock.now()),
            remembers=self.remembers,
        )

    async def changes(self) -> AsyncIterator[HomeView]:
        while True:
            changed = self._changed
            yield self.view()
            await changed.wait()

    async def set(self, target: Target, setting: Setting) -> str:
        self._known(target)
        if KIND[type(setting)] is not target.kind:
            raise ActionRefused("kind", f"{target} does not take {setting}.")
        if isinstance(setting, Setpoint) and not 7 <= setting.celsius <= 30:
            raise ActionRefused("setpoint_limits", f"{setting.celsius:g} °C is outside 7 to 30 °C.")
        self.asked.append((target, setting))
        self.ask(target, setting, Cause.PERSON)
        return self.outcomes[target].command.id

    async def unlock(self, target: Target, person: str, pin: SecretStr) -> str:
        self._known(target)
        if self.wrong >= 5:
            raise LockedOut(60.0)
        if (person, pin.get_secret_value()) != PERSON:
            self.wrong += 1
            raise PinRefused
        self.asked.append((target, Unlock()))
        self.ask(target, Unlock(), Cause.PERSON)
        return self.outcomes[target].command.id

    async def hold(
        self, target: Target, kind: HoldKind = HoldKind.MINUTES, minutes: float | None = None, by: str = ""
    ) -> str:
        self._known(target)
        until = self.clock.now() + 60 * (minutes or 30) if kind is HoldKind.MINUTES else None
        self.holds[target] = Hold(target=target, kind=kind, by=by, since=self.clock.now(), until=until)
        self.changed()
        return f"{target} is left alone"

    async def resume(self, target: Target, by: str = "") -> None:
        self._known(target)
        self.holds.pop(target, None)
        self.resumed.append((target, by))
        self.changed()

    async def accept(self, target: Target, by: str = "") -> str:
        return await self.set(target, self._answered(target))

    async def reject(self, target: Target, by: str = "") -> str:
        self._answered(target)
        return await self.hold(target, by=by)

    async def let(self, rung: Rung, level: Autonomy | None, by: str = "", *, force: bool = False) -> str:
        if level is Autonomy.AUTO and not force:
            raise ActionRefused("ladder", "too few proposals were followed")
        self.levels[rung] = level
        return f"{rung} is at {level} now"

    async def ladder(self) -> Sequence[RungView]:
        return [self._rung(target) for target in self.home.targets]

    async def mode(self, mode: Mode, hours: float | None = None, until: str = "", by: str = "") -> str:
        now = self.clock.now()
        if until == "yesterday":
            raise ActionRefused("mode", "expected an end after now")
        span = ModeSpan(mode=mode, since=now, until=now + 3600 * (hours or 1), by=by or "somebody")
        self.span = None if mode is Mode.NONE else span
        self.changed()
        return f"{mode} mode"

    async def explain(self, target: Target) -> str:
        self._known(target)
        return self.sentences.get(target, "Left as it is: nothing has been decided yet.")

    def traffic(self, since: int | None) -> TrafficView:
        return self.passed.since(since)

    async def inputs(self, target: Target) -> InputsView:
        self._known(target)
        said = self.sentences.get(target, "")
        now = self.clock.now()
        return InputsView(
            at=now, policy="rules", features=(), heads=(), change=None, guard=said, record=None, note="rules read none"
        )

    async def learning(self, wish: LearningWish, days: Sequence[date] = ()) -> str:
        if wish is LearningWish.ROLLBACK:
            raise ActionRefused("learning", "no own model is in charge.")
        self.learned.append((wish, tuple(days)))
        return f"{wish}: done"

    async def simulate(self, control: str, arguments: dict[str, Any]) -> None:
        if not self.home.simulated:
            raise ActionRefused("simulated", "This home is real; it has no simulator.")
        self.simulated.append((control, arguments))
        if control == "press":
            self._press(arguments["device"])
        self.simulator = after(self.simulator, control, arguments)
        self.changed()

    def ask(self, target: Target, setting: Wish, cause: Cause) -> None:
        """A command goes out and waits for its device."""
        now = self.clock.now()
        name = f"c{self.version}"
        command = Command(id=name, target=target, setting=setting, cause=cause, issued=now, reason="")
        self.outcomes[target] = Outcome(command=command, state=CommandState.ASKED, at=now)
        self.changed()

    def confirm(self, target: Target) -> None:
        """The device reports what was asked of it."""
        command = self.outcomes[target].command
        for quantity, value in wanted(command.setting).items():
            self.report(target.device, quantity, value, _origin(command.cause))
        self._end(target, CommandState.CONFIRMED, "")

    def fail(self, target: Target, detail: str = "unreachable") -> None:
        self._end(target, CommandState.FAILED, detail)

    def by_hand(self, target: Target, value: float) -> None:
        """A person changes a target at the device itself, which starts a hold."""
        now = self.clock.now()
        self.holds[target] = Hold(target=target, kind=HoldKind.MINUTES, by=BY_HAND, since=now, until=now + 1800.0)
        self.report(target.device, STATE[target.kind], value, Origin.PERSON)

    def report(self, device: str, quantity: Quantity, value: float, origin: Origin = Origin.SENSED) -> None:
        reading = Reading(device=device, quantity=quantity, value=value, at=self.clock.now(), origin=origin)
        self.history.append(reading)
        self.health = self.health | {"readings": self.health["readings"] + 1}
        self.changed()

    def pass_time(self, seconds: float) -> None:
        self.clock.tell(self.clock.now() + seconds)
        self.changed()

    def changed(self) -> None:
        """Wake every listener."""
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    def _rung(self, target: Target) -> RungView:
        """Twelve proposals were answered, nine of them as proposed; nobody can let it more before there are twenty."""
        area = self.home.device(target.device).area or ""
        level = self.levels.get(Rung(area, target.kind)) or Autonomy.SUGGEST
        short = "12 proposals were answered, 20 are needed"
        gate = {"proposals_needed": 20, "share_needed": 0.8, "short": short}
        return RungView(area=area, kind=target.kind, level=level, **self.counted, **gate)

    def _press(self, device: str) -> None:
        lamp = Target(device, Kind.LIGHT)
        self._known(lamp)
        lit = self.history.value(device, Quantity.LIGHT_ON, self.clock.now())
        self.by_hand(lamp, 0.0 if lit == 1.0 else 1.0)

    def _end(self, target: Target, state: CommandState, detail: str) -> None:
        command = self.outcomes[target].command
        outcome = Outcome(command=command, state=state, at=self.clock.now(), detail=detail)
        self.outcomes[target] = outcome
        if state is CommandState.CONFIRMED:
            self.obeyed.setdefault(target, []).append(outcome)
        self.changed()

    def _hold(self, target: Target) -> Hold | None:
        hold = self.holds.get(target)
        over = hold is not None and hold.until is not None and hold.until <= self.clock.now()
        return None if over else hold

    def _answered(self, target: Target) -> Setting:
        self._known(target)
        if target not in self.suggestions:
            raise ActionRefused("suggestions", "nothing is suggested for it now")
        return self.suggestions.pop(target)

    def _known(self, target: Target) -> None:
        if target not in self.home.targets:
            raise DeviceUnknown(str(target), [str(known) for known in self.home.targets])
