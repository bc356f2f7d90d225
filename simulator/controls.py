"""What may be asked of a simulated home from outside: its time, its people's hands, its mains switch."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from homectl.home import Home, Kind, MessageError, Reading
from simulator.simulated import Simulated

LONGEST = 31 * 86_400.0
"""The farthest jump, seconds."""

LARGEST = 4096
"""The most bytes of one control."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Control(BaseModel):
    """The arguments of one control; unknown keys and numbers written as text are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Speed(Control):
    """Simulated seconds for every real one."""

    speed: float = Field(ge=0.1, le=3600)


class Pause(Control):
    pass


class Resume(Control):
    pass


class Stop(Control):
    pass


class Step(Control):
    """Let so much time pass at once, also while paused."""

    seconds: float = Field(default=60.0, ge=1, le=3600)


class Jump(Control):
    """Fast-forward, every step executed: to a time (UTC seconds), or by so many seconds."""

    to: float | None = None
    seconds: float | None = Field(default=None, ge=1, le=LONGEST)

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.to is None) == (self.seconds is None):
            raise ValueError("expected either `to` or `seconds`")
        return self


class Press(Control):
    """The wall switch of a lamp."""

    device: Name


class Turn(Control):
    """The knob of a thermostat."""

    device: Name
    celsius: float = Field(ge=0, le=45)


class Bolt(Control):
    """The thumb-turn of a lock."""

    device: Name
    locked: bool


class Move(Control):
    """A person goes to an area, or `away`."""

    person: Name
    area: Name


class Cut(Control):
    """A device loses its mains."""

    device: Name


class Restore(Control):
    """A device has its mains back."""

    device: Name


CONTROLS: dict[str, type[Control]] = {
    kind.__name__.lower(): kind
    for kind in (Speed, Pause, Resume, Stop, Step, Jump, Press, Turn, Bolt, Move, Cut, Restore)
}
"""Every control by the last level of its topic."""

NEEDS: dict[type[Control], Kind] = {Press: Kind.LIGHT, Turn: Kind.SETPOINT, Bolt: Kind.LOCK}


def read(name: str, payload: bytes) -> Control:
    """A control as it was sent, an empty payload being no arguments; MessageError says what is wrong with it."""
    kind = CONTROLS.get(name)
    if kind is None:
        raise MessageError(f"Expected a control of {', '.join(sorted(CONTROLS))}, got {name[:40]!r}.")
    if len(payload) > LARGEST:
        raise MessageError(f"{name}: expected at most {LARGEST} bytes, got {len(payload)}.")
    try:
        return kind.model_validate_json(payload.strip() or b"{}")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "arguments"
        raise MessageError(f"{name}: {place}: {first['msg']}.") from None


def checked(control: Control, home: Home, people: dict[str, str]) -> Control:
    """The control, if what it names is in this home; DeviceUnknown or MessageError otherwise."""
    if isinstance(control, Press | Turn | Bolt | Cut | Restore):
        device = home.device(control.device)
        need = NEEDS.get(type(control))
        if need is not None and need not in device.sets:
            raise MessageError(f"{device.id}: expected a device with a {need}.")
    if isinstance(control, Move):
        if control.person not in people:
            raise MessageError(f"Expected a person of {', '.join(sorted(people))}, got {control.person!r}.")
        places = {"away", *(area.id for area in home.areas)}
        if control.area not in places:
            raise MessageError(f"Expected an area of {', '.join(sorted(places))}, got {control.area!r}.")
    return control


def by_hand(control: Control, world: Simulated) -> list[Reading]:
    """Let somebody in the home do it: what devices report at once. MessageError for a control of time."""
    match control:
        case Press(device=device):
            return world.press(device)
        case Turn(device=device, celsius=celsius):
            return world.turn(device, celsius)
        case Bolt(device=device, locked=locked):
            return world.bolt(device, locked)
        case Move(person=person, area=area):
            return world.move(person, area)
        case Cut(device=device):
            return world.cut(device)
        case Restore(device=device):
            return world.restore(device)
    raise MessageError(f"Expected a hand's work, got {type(control).__name__.lower()}.")
