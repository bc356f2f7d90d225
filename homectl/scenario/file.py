"""What a file `*.scenario.yaml` says: a home, what happens at which times, and what is expected."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.home import Home, Kind, Mode, Quantity, Ruling, Setting, Target
from homectl.journal.runs import setting_in
from homectl.settings import read

NEVER = "unlock"
"""What can be forbidden altogether besides settings: that a bolt is drawn."""


def _target(text: str) -> str:
    device, _, kind = text.partition("/")
    if not device or kind not in [known.value for known in Kind]:
        raise ValueError(f"expected device/kind with a kind of {', '.join(Kind)}, such as hall_lamp/light")
    return text


def target_in(text: str) -> Target:
    device, _, kind = text.partition("/")
    return Target(device, Kind(kind))


Named = Annotated[str, AfterValidator(_target)]
Moment = Annotated[
    str,
    StringConstraints(pattern=r"^(\d{4}-\d\d-\d\d[T ])?([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?)?$"),
]
"""`18:42`, `18:42:05.250` or `2026-01-13T18:42`, in the home's own time; without a day, the next time it is so late."""


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Happening(_Declared):
    """One thing that happens: a device reports, or a person says something to homectl."""

    at: Moment
    device: str | None = Field(default=None, description="which device reports")
    reports: dict[Quantity, float] = Field(default={}, description="quantity → value, such as light_on: 1 by hand")
    ask: Named | None = Field(default=None, description="a target that a person sets through homectl")
    to: str = Field(default="", description="what it is asked to be: on, off, on at 40%, 21.0 °C, locked")
    hold: Named | None = Field(default=None, description="a target that a person holds")
    resume: Named | None = Field(default=None, description="a target whose holds a person ends")
    minutes: float | None = Field(default=None, gt=0, description="how long a hold lasts")
    mode: Mode | None = Field(default=None, description="the mode that a person sets")
    hours: float | None = Field(default=None, gt=0, description="how long it lasts")

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        told = [name for name in ("device", "ask", "hold", "resume", "mode") if getattr(self, name) is not None]
        if len(told) != 1:
            raise ValueError("expected one of device, ask, hold, resume and mode")
        if bool(self.device) != bool(self.reports):
            raise ValueError("expected a device with what it reports")
        if self.ask and setting_of(self.ask, self.to) is None:
            raise ValueError(f"expected `to` as a setting of {self.ask}, got {self.to!r}")
        return self


class Expected(_Declared):
    """One expectation: how a thing is, is never asked to be, is held, or what is decided about it."""

    at: Moment | None = Field(default=None, description="when; a span has from and to instead")
    start: Moment | None = Field(default=None, alias="from")
    end: Moment | None = Field(default=None, alias="to")
    target: Named | None = None
    is_: str | None = Field(default=None, alias="is", description="what it reports then, such as on or 21.0 °C")
    never: str | None = Field(default=None, description="what it is never asked to be; unlock: no bolt is drawn")
    held: bool | None = Field(default=None, description="whether a person's hold keeps homectl's hands off it")
    until: Moment | None = Field(default=None, description="when that hold ends, to the minute")
    decided: str | None = Field(default=None, description="what homectl wants it to be; empty: no opinion")
    ruling: Ruling | None = Field(default=None, description="what came of that decision")
    within: float = Field(default=60.0, ge=0, description="seconds by which a decision may be earlier or later")

    @model_validator(mode="after")
    def _is_one_expectation(self) -> Self:
        kinds = [name for name in ("is_", "never", "held", "decided") if getattr(self, name) is not None]
        if len(kinds) != 1:
            raise ValueError("expected one of is, never, held and decided")
        if self.target is None and self.never != NEVER:
            raise ValueError("expected a target, such as hall_lamp/light")
        if kinds != ["never"] and self.at is None:
            raise ValueError("expected `at`, a time")
        text = self.is_ if self.is_ is not None else self.never if self.never != NEVER else None
        if text and self.target and setting_of(self.target, text) is None and text != "unlocked":
            raise ValueError(f"expected a setting of {self.target}, such as on, 21.0 °C or locked, got {text!r}")
        return self


def setting_of(target: str, text: str) -> Setting | None:
    """The setting a text means for a target; None where it means none."""
    return setting_in(target_in(target).kind, text)


class Scenario(_Declared):
    """The content of a file. Paths are relative to it."""

    title: str
    home: Home | Path
    log: Path | None = Field(default=None, description="any log homectl reads; what it caused itself is left out")
    start: datetime = Field(alias="from", description="in the home's own time")
    end: datetime = Field(alias="to")
    warm_up: float = Field(
        default=0.0, ge=0, le=1440, description="minutes of the log before, in which it runs already"
    )
    policy: str = Field(default="rules", description="rules, base or a folder made by homectl train")
    autonomy: AutonomySettings = AutonomySettings()
    limits: Limits = Limits()
    happens: tuple[Happening, ...] = ()
    expect: tuple[Expected, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _has_an_end(self) -> Self:
        if not timedelta(0) < self.end.replace(tzinfo=None) - self.start.replace(tzinfo=None) <= timedelta(days=31):
            raise ValueError("expected `to` after `from`, within 31 days")
        return self

    def span(self, home: Home) -> tuple[float, float]:
        """From when to when, UTC seconds."""
        return self._utc(self.start, home), self._utc(self.end, home)

    def _utc(self, time: datetime, home: Home) -> float:
        return (time if time.tzinfo else time.replace(tzinfo=home.zone)).timestamp()

    def moment(self, text: str, home: Home) -> float:
        """A time of the file, UTC seconds."""
        if len(text) > len("18:42:05.250"):
            return self._utc(datetime.fromisoformat(text), home)
        begin = datetime.fromtimestamp(self.span(home)[0], home.zone)
        time = datetime.fromisoformat(f"{begin:%Y-%m-%d}T{text}").replace(tzinfo=home.zone)
        return (time if time >= begin else time + timedelta(days=1)).timestamp()


def load(path: Path) -> tuple[Scenario, Home]:
    """A file and the home it is about; ConfigError with every finding and its line."""
    scenario = read(path, Scenario)
    home = scenario.home if isinstance(scenario.home, Home) else read(path.parent / scenario.home, Home)
    return scenario, home
