"""What a person may ask of a running home, and what a running home shows of itself."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, SecretStr

from homectl.home.commands import CommandState, Setting
from homectl.home.decisions import Autonomy, Ruling
from homectl.home.holds import HoldKind
from homectl.home.ladder import Rung
from homectl.home.lessons import LearningWish
from homectl.home.modes import Mode
from homectl.home.targets import Kind, Target


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True)


class ValueView(_Shown):
    """One reported value, with its age in seconds of the home's time."""

    quantity: str
    value: float | None  # None: the device does not know
    text: str  # value with its unit, as a person reads it
    age: float
    fresh: bool
    origin: str


class HoldView(_Shown):
    """Why homectl leaves a target alone: times are the home's, UTC seconds; `left` and `until` None: not known yet."""

    kind: HoldKind
    by: str
    since: float
    until: float | None
    left: float | None
    text: str  # "for 25 min more", "until the room is empty"
    note: str = ""


class ModeView(_Shown):
    """The mode a home is in, who set it, and when it ends by itself."""

    mode: Mode = Mode.NONE
    by: str = ""
    since: float | None = None
    until: float | None = None
    text: str = ""  # "away until Tuesday 18:00, set by …"; empty for none


class VerdictView(_Shown):
    """The last decision about a target, and what the other choice was. `at` is the home's time, UTC seconds."""

    at: float
    ruling: Ruling
    setting: str  # what was wanted; empty: to leave it as it is
    other: str  # what would have been the other choice; empty where nothing was wanted
    cause: str
    confidence: float | None  # the probability that the household wants it; None: not known
    rule: str = ""  # of the guard that refused it
    reason: str = ""


class RungView(_Shown):
    """How much homectl may do in an area about a kind, who set it so, and what people made of its proposals."""

    area: str
    kind: Kind
    level: Autonomy
    said: str = ""  # who set the level, when and why; empty where it is as configured
    followed: int
    answered: int
    unanswered: int
    foreseen: int
    changes: int  # that people made, of which so many were foreseen
    proposals_needed: int  # answered ones, for a step up to auto
    share_needed: float  # of them followed
    short: str = ""  # what is missing for auto; empty: it may


class TargetView(_Shown):
    """One controllable thing: what was asked of it, what became of that, and why."""

    target: str
    kind: str
    reported: str  # "on at 60 %", "21.0 °C", "locked", "unknown"
    asked: str = ""
    state: CommandState | None = None
    cause: str = ""
    detail: str = ""
    again: dict[str, Any] | None = None  # what to ask to have another try; None where nothing failed that may be
    changed_by: str = ""  # "by hand", "a person, asked here", "homectl", "another automation", "" (not known)
    changed_at: float | None = None  # the home's time, UTC seconds; None where nobody knows
    changed_why: str = ""  # why homectl changed it
    hold_left: float | None = None  # seconds until homectl may act again; None where it may, or nobody knows when
    hold: HoldView | None = None  # None: homectl may act
    autonomy: str = ""
    suggestion: str = ""  # a setting that homectl would make and leaves to a person: accept or reject it
    unlocks: bool = False  # a lock that a person with a PIN can unlock
    decision: str = ""  # one sentence: the last decision and why
    verdict: VerdictView | None = None  # None before the first


class DeviceView(_Shown):
    """`doubt`: why homectl does not believe the fresh things that it says, as a clause; empty where it does."""

    id: str
    name: str
    available: bool
    battery: float | None
    doubt: str = ""
    values: tuple[ValueView, ...]
    targets: tuple[TargetView, ...]


class AreaView(_Shown):
    id: str
    name: str
    devices: tuple[DeviceView, ...]


class HomeView(_Shown):
    """The whole home at one time. `version` grows with every change."""

    id: str
    name: str
    version: int
    at: float
    local_time: str
    timezone: str  # "Europe/Berlin"
    simulated: bool
    connected: bool
    policy: str  # "network base-1" or "rules"
    health: dict[str, Any]
    areas: tuple[AreaView, ...]
    pending: tuple[str, ...]  # devices nobody has placed
    alarms: tuple[str, ...] = ()  # what a person must know of, the most pressing first
    simulator: dict[str, Any]  # speed, paused, people → area; empty for a real home
    mode: ModeView = ModeView()
    remembers: bool = False  # whether what has been can be asked for


class Actions(Protocol):
    """The only door to a running home: pages and commands ask here, and the guard still has the last word."""

    def view(self) -> HomeView:
        """The home as it is known now."""

    def changes(self) -> AsyncIterator[HomeView]:
        """The home now and after every change, the newest first when the listener is slow."""

    async def set(self, target: Target, setting: Setting) -> str:
        """Ask for a setting on a person's behalf: the command's id. Raises ActionRefused or DeviceUnknown."""

    async def unlock(self, target: Target, person: str, pin: SecretStr) -> str:
        """Draw a bolt for a person who gives their PIN: the command's id. Nothing else in homectl can unlock.

        Sent once, now or not at all. PinRefused or LockedOut where the PIN is not accepted, ActionRefused where the
        guard objects or the lock cannot be reached now.
        """

    async def hold(
        self, target: Target, kind: HoldKind = HoldKind.MINUTES, minutes: float | None = None, by: str = ""
    ) -> str:
        """Keep homectl's hands off a target, in one sentence until when; `minutes` None: as after a change by hand."""

    async def resume(self, target: Target, by: str = "") -> None:
        """End a hold at once, and decide anew."""

    async def accept(self, target: Target, by: str = "") -> str:
        """Do what is suggested, as a person's own wish: the command's id. ActionRefused where nothing is suggested."""

    async def reject(self, target: Target, by: str = "") -> str:
        """Say that a target is right as it is: it is held, and for how long, in one sentence.

        ActionRefused where nothing is suggested.
        """

    async def let(self, rung: Rung, level: Autonomy | None, by: str = "", *, force: bool = False) -> str:
        """Let homectl do so much by itself in an area about a kind, or (None) what is configured: what counts now.

        ActionRefused for auto where people did not follow enough of what it proposed, unless by force.
        """

    async def mode(self, mode: Mode, hours: float | None = None, until: str = "", by: str = "") -> str:
        """Set or, with NONE, end a mode of the home: what that means, in one sentence.

        It ends by itself after some hours, or at a local time such as 18:00 or 2026-01-05T18:00; without either after
        its own time. Raises ActionRefused for an end that is past or too far away.
        """

    async def ladder(self) -> Sequence[RungView]:
        """Every rung of the home, with how people answered what was proposed on it of late."""

    async def explain(self, target: Target) -> str:
        """The last decision about a target in one sentence."""

    async def learning(self, wish: LearningWish, days: Sequence[date] = ()) -> str:
        """Ask something of the home's learning, about some local days: what came of it. Raises ActionRefused."""

    async def simulate(self, control: str, arguments: dict[str, Any]) -> None:
        """Pass a control to the simulator of a simulated home; ActionRefused for a real one."""
