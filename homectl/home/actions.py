"""What a person may ask of a running home, and what a running home shows of itself."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from homectl.home.areas import Target
from homectl.home.commands import CommandState, Setting
from homectl.home.lessons import LearningWish


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


class TargetView(_Shown):
    """One controllable thing: what was asked of it, what became of that, and why."""

    target: str
    kind: str
    reported: str  # "on at 60 %", "21.0 °C", "locked", "unknown"
    asked: str = ""
    state: CommandState | None = None
    cause: str = ""
    detail: str = ""
    changed_by: str = ""  # "by hand", "homectl", "another automation", "" (not known)
    hold_left: float | None = None  # seconds until homectl may act again
    autonomy: str = ""
    decision: str = ""  # one sentence: the last decision and why


class DeviceView(_Shown):
    id: str
    name: str
    available: bool
    battery: float | None
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
    simulated: bool
    connected: bool
    policy: str  # "network base-1" or "rules"
    health: dict[str, Any]
    areas: tuple[AreaView, ...]
    pending: tuple[str, ...]  # devices nobody has placed
    alarms: tuple[str, ...] = ()  # what a person must know of, the most pressing first
    simulator: dict[str, Any]  # speed, paused, people → area; empty for a real home


class Actions(Protocol):
    """The only door to a running home: pages and commands ask here, and the guard still has the last word."""

    def view(self) -> HomeView:
        """The home as it is known now."""

    def changes(self) -> AsyncIterator[HomeView]:
        """The home now and after every change, the newest first when the listener is slow."""

    async def set(self, target: Target, setting: Setting) -> str:
        """Ask for a setting on a person's behalf: the command's id. Raises ActionRefused or DeviceUnknown."""

    async def hold(self, target: Target, minutes: float) -> None:
        """Keep homectl's hands off a target for a while."""

    async def resume(self, target: Target) -> None:
        """End a hold at once."""

    async def explain(self, target: Target) -> str:
        """The last decision about a target in one sentence."""

    async def learning(self, wish: LearningWish, days: Sequence[date] = ()) -> str:
        """Ask something of the home's learning, about some local days: what came of it. Raises ActionRefused."""

    async def simulate(self, control: str, arguments: dict[str, Any]) -> None:
        """Pass a control to the simulator of a simulated home; ActionRefused for a real one."""
