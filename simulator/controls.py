"""What may be asked of a simulated home from outside: its time, its people's hands, its mains switch."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from homectl.home import Home, Kind, MessageError, Quantity, Reading
from simulator.faults import Trouble, Wire
from simulator.simulated import Simulated, Staged

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


class Keypad(Control):
    """Somebody who knows the code at the keypad of a lock; the code itself is nobody's business."""

    device: Name
    locked: bool


class Sense(Control):
    """What a sensor says from now on, whatever it measures; null gives it back."""

    device: Name
    quantity: Quantity = Field(strict=False)
    value: float | None


class Fault(Control):
    """Something goes wrong with a device, or without one with the home: for so many minutes, or until it is mended."""

    kind: Trouble = Field(strict=False)
    device: Annotated[str, StringConstraints(max_length=64)] = ""
    minutes: float | None = Field(default=None, gt=0, le=LONGEST / 60)


class Mend(Control):
    """All that is wrong with a device, or without one with the home, is over."""

    device: Annotated[str, StringConstraints(max_length=64)] = ""


class Weather(Control):
    """What it is like outdoors, °C, and how much of the sky is clouded over; null gives it back."""

    outdoors: float | None = Field(default=None, ge=-40, le=50)
    cloud: float | None = Field(default=None, ge=0, le=1)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("expected `outdoors` or `cloud`")
        return self


class Broker(Control):
    """The way between the daemon and its broker goes wrong for so many real seconds."""

    fault: Wire = Field(strict=False)
    seconds: float = Field(default=10.0, gt=0, le=600)


class Reset(Control):
    """The home begins anew as it once began, or the home of another seed."""

    seed: int | None = Field(default=None, ge=0, le=2**31)


class Scenario(Control):
    """The home begins anew as a scenario has it."""

    name: Name


class Record(Control):
    """Write down from now on what devices say, or end that."""

    on: bool


CONTROLS: dict[str, type[Control]] = {
    kind.__name__.lower(): kind
    for kind in (
        *(Speed, Pause, Resume, Stop, Step, Jump),
        *(Press, Turn, Bolt, Keypad, Move, Cut, Restore),
        *(Sense, Fault, Mend, Weather),
        *(Broker, Reset, Scenario, Record),
    )
}
"""Every control by the last level of its topic."""

NEEDS: dict[type[Control], Kind] = {
    Press: Kind.LIGHT,
    Turn: Kind.SETPOINT,
    Bolt: Kind.LOCK,
    Keypad: Kind.LOCK,
}


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
    if isinstance(control, Press | Turn | Bolt | Keypad | Cut | Restore | Sense) or (
        isinstance(control, Fault | Mend) and control.device
    ):
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
    return _pretended(control, world)


def _pretended(control: Control, world: Simulated) -> list[Reading]:
    """What no hand does: a sensor that is deceived, a device that breaks, the weather."""
    if not isinstance(world, Staged):
        name = type(control).__name__.lower()
        raise MessageError(f"{name}: expected a control of time: what has been recorded cannot be changed.")
    match control:
        case Keypad(device=device, locked=locked):
            return world.key_in(device, locked)
        case Sense(device=device, quantity=quantity, value=value):
            return world.sense(device, quantity, value)
        case Fault(kind=kind, device=device, minutes=minutes):
            return world.strike(device, kind, None if minutes is None else 60 * minutes)
        case Mend(device=device):
            return world.mend(device)
        case Weather():
            return world.weather(**control.model_dump(exclude_unset=True))
    raise MessageError(f"Expected a hand's work, got {type(control).__name__.lower()}.")
