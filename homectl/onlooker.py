"""A home that is only looked at: what its devices say. Without a daemon nobody decides, and nothing is asked."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date
from typing import Any, NoReturn

from pydantic import SecretStr

from homectl.bridge.directory import Directory
from homectl.bridge.messages import Message
from homectl.bridge.simulated import People, Shown, SimulatedHome, Told
from homectl.bridge.wire import Wire
from homectl.control.limits import Limits
from homectl.home import (
    ActionRefused,
    Autonomy,
    Clock,
    History,
    HoldKind,
    HomeView,
    LearningWish,
    MessageError,
    Mode,
    Rung,
    RungView,
    Setting,
    Target,
)
from homectl.home_time import HomeTime, in_order
from homectl.seen import Seen
from homectl.told_time import ToldTime
from homectl.versions import Versions
from homectl.views import Knowledge, home_view

NOBODY = "nobody: no daemon runs here"


class Onlooker:
    """Implements Actions: shows a home, and passes on the controls of a simulated one."""

    def __init__(self, directory: Directory, wire: Wire, clock: Clock, limits: Limits) -> None:
        self._directory, self._wire, self._limits = directory, wire, limits
        self._history, self._counts = History(), Counter[str]()
        self._time, self._told = HomeTime(clock, self._history), ToldTime(clock, self._counts)
        self._simulated = SimulatedHome(directory.home.id) if directory.home.simulated else None
        self._seen, self._versions = Seen(), Versions()
        self._connected = False
        self._subscribed: tuple[str, ...] = ()

    def connected(self, up: bool) -> None:
        """The way to the devices is there or is lost."""
        self._connected = up
        self._subscribed = ()
        if up:
            self._listen()
        self._versions.next()

    def hear(self, messages: Iterable[Message]) -> None:
        for message in messages:
            if not self._hear_simulation(message):
                self._learn(message)
        self._listen()
        self._versions.next()

    def _learn(self, message: Message) -> None:
        for reading in self._directory.take(message, self._time.now()):
            kept = in_order(reading, self._history)
            self._time.hear_of(kept.at)
            self._history.append(kept)
            self._counts["readings"] += 1

    def _hear_simulation(self, message: Message) -> bool:
        """Follow a simulated home's time, and keep what it shows; True where the message was about it."""
        if self._simulated is None:
            return False
        try:
            said = self._simulated.decode(message)
        except MessageError:
            self._counts["simulator messages not understood"] += 1
            return True
        if isinstance(said, Told):
            self._told.follow(said)
        elif isinstance(said, People | Shown):
            self._seen.take(said)
        return said is not None

    def _listen(self) -> None:
        own = self._simulated.subscriptions() if self._simulated else ()
        wanted = (*own, *self._directory.subscriptions())
        if wanted != self._subscribed and self._connected:
            self._subscribed = wanted
            self._wire.subscribe(wanted)

    # --- Actions ----------------------------------------------------------------------------------

    def view(self) -> HomeView:
        known = Knowledge(
            home=self._directory.home,
            history=self._history,
            clock=self._time,
            limits=self._limits,
            outcomes={},
            confirmed=lambda _target: (),
            sentence=lambda _target: "",
            hold=lambda _target: None,
            autonomy=lambda _target: "",
        )
        return home_view(
            known,
            version=self._versions.number,
            connected=self._connected,
            policy=NOBODY,
            health=dict(sorted((self._counts + self._directory.counters).items())),
            pending=tuple(sorted(self._directory.pending)),
            simulator=self._seen.view(self._told.told),
        )

    def changes(self) -> AsyncIterator[HomeView]:
        return self._versions.follow(self.view)

    async def set(self, target: Target, setting: Setting) -> str:
        _refuse(target, setting)

    async def unlock(self, target: Target, person: str, pin: SecretStr) -> str:
        _refuse(target, person, pin)

    async def hold(
        self, target: Target, kind: HoldKind = HoldKind.MINUTES, minutes: float | None = None, by: str = ""
    ) -> str:
        _refuse(target, kind, minutes, by)

    async def resume(self, target: Target, by: str = "") -> None:
        _refuse(target, by)

    async def accept(self, target: Target, by: str = "") -> str:
        _refuse(target, by)

    async def reject(self, target: Target, by: str = "") -> str:
        _refuse(target, by)

    async def let(self, rung: Rung, level: Autonomy | None, by: str = "", *, force: bool = False) -> str:
        _refuse(rung, level, by, force)

    async def mode(self, mode: Mode, hours: float | None = None, until: str = "", by: str = "") -> str:
        _refuse(mode, hours, until, by)

    async def ladder(self) -> Sequence[RungView]:
        return ()

    async def explain(self, target: Target) -> str:
        _refuse(target)

    async def learning(self, wish: LearningWish, days: Sequence[date] = ()) -> str:
        _refuse(wish, days)

    async def simulate(self, control: str, arguments: dict[str, Any]) -> None:
        if self._simulated is None:
            raise ActionRefused("simulated homes only", "this home is real; its devices are moved by hand")
        if not self._wire.publish(self._simulated.control(control, arguments)):
            raise ActionRefused("connection", "the broker cannot be reached just now; try again")


def _refuse(*_about: object) -> NoReturn:
    raise ActionRefused("daemon", "no daemon runs here, so nothing can be asked of this home; start one: homectl run")
