"""The home, its areas and its devices, and what each can sense and do."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from homectl.home.errors import DeviceUnknown
from homectl.home.modes import Mode, Modes
from homectl.home.readings import Origin, Quantity
from homectl.home.schedules import Schedule
from homectl.home.targets import Described, Identifier, Kind, Target


def _known_timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError("expected a time zone such as Europe/Berlin") from None
    return name


class Area(Described):
    """A room, or the outdoors."""

    id: Identifier
    name: str = ""
    outdoors: bool = False


class Device(Described):
    """One device as the home knows it. Without an area it is pending: seen, never commanded.

    `address` is how its network names it, `dialect:key`. `senses` and `sets` may be left empty in
    home.yaml: the device then says itself what it can do.
    """

    id: Identifier
    name: str = ""
    area: str | None = None
    address: str = ""
    senses: frozenset[Quantity] = frozenset()
    sets: frozenset[Kind] = frozenset()
    dimmable: bool = True
    coolest: float = Field(default=5.0, description="lowest setpoint the device takes, °C")
    warmest: float = Field(default=30.0, description="highest setpoint the device takes, °C")
    step: float = Field(default=0.5, gt=0, description="setpoint step, °C")
    battery: bool = False
    check_in: float | None = Field(default=None, gt=0, description="seconds between reports, if the device says so")
    exterior: bool = Field(default=False, description="a door or lock between the home and the outside")
    contact: str | None = Field(default=None, description="for a lock: the device that says its door is closed")
    unlocks: bool = Field(default=True, description="for a lock: whether a person with a PIN may unlock it")
    switched_by: Origin = Field(default=Origin.UNKNOWN, description="who switches it in a recorded log")

    @property
    def label(self) -> str:
        return self.name or self.id

    def targets(self) -> tuple[Target, ...]:
        return tuple(Target(self.id, kind) for kind in Kind if kind in self.sets)


def _strangers(
    where: tuple[int | str, ...], named: Iterable[str], known: list[str], what: str
) -> Iterator[InitErrorDetails]:
    """A finding, with its place, for every name that is none of the known ones."""
    for place, name in enumerate(named):
        if name not in known:
            said = PydanticCustomError("stranger", f"expected {what} of this home")
            yield InitErrorDetails(type=said, loc=(*where, place), input=name)


def _refuse(found: list[InitErrorDetails]) -> None:
    if found:
        raise ValidationError.from_exception_data("home", found)


class Home(Described):
    """A household: where it is, its areas and its devices. The content of home.yaml."""

    id: Identifier
    name: str = ""
    timezone: Annotated[str, AfterValidator(_known_timezone)] = "UTC"
    latitude: float = Field(default=50.0, ge=-90, le=90)
    longitude: float = Field(default=10.0, ge=-180, le=180)
    simulated: bool = Field(default=False, description="a simulated home owns its time and starts at auto")
    areas: tuple[Area, ...] = ()
    devices: tuple[Device, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    modes: Modes = Modes()

    @field_validator("schedules")
    @classmethod
    def _about_this_home(cls, schedules: tuple[Schedule, ...], info: ValidationInfo) -> tuple[Schedule, ...]:
        areas, devices = ([one.id for one in info.data.get(name, ())] for name in ("areas", "devices"))
        found = [
            wrong
            for place, schedule in enumerate(schedules)
            for wrong in (
                *_strangers((place, "areas"), schedule.areas, areas, "an area"),
                *_strangers((place, "devices"), schedule.devices, devices, "a device"),
            )
        ]
        _refuse(found)
        if len({schedule.id for schedule in schedules}) < len(schedules):
            raise ValueError("expected every schedule id once")
        return schedules

    @field_validator("modes")
    @classmethod
    def _in_this_home(cls, modes: Modes, info: ValidationInfo) -> Modes:
        areas = [area.id for area in info.data.get("areas", ())]
        named = [(mode, part) for mode in Mode if mode is not Mode.NONE for part in ("areas", "excluded")]
        _refuse(
            [
                wrong
                for mode, part in named
                for wrong in _strangers((mode.value, part), getattr(modes.of(mode), part), areas, "an area")
            ]
        )
        return modes

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        areas, devices = {area.id for area in self.areas}, {device.id: device for device in self.devices}
        if len(areas) < len(self.areas) or len(devices) < len(self.devices):
            raise ValueError("expected every area and device id once")
        for device in self.devices:
            if device.area is not None and device.area not in areas:
                raise ValueError(f"device {device.id}: expected an area of this home, got {device.area!r}")
            if device.contact is not None and device.contact not in devices:
                raise ValueError(
                    f"device {device.id}: expected a device of this home as contact, got {device.contact!r}"
                )
        return self

    @cached_property
    def by_id(self) -> dict[str, Device]:
        return {device.id: device for device in self.devices}

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """Everything that may be set: the targets of placed devices, in order."""
        return tuple(sorted(t for device in self.devices if device.area is not None for t in device.targets()))

    @cached_property
    def outdoors(self) -> frozenset[str]:
        """The ids of outdoor areas."""
        return frozenset(area.id for area in self.areas if area.outdoors)

    def device(self, name: str) -> Device:
        try:
            return self.by_id[name]
        except KeyError:
            raise DeviceUnknown(name, list(self.by_id)) from None

    def devices_in(self, area: str) -> tuple[Device, ...]:
        return tuple(device for device in self.devices if device.area == area)

    def targets_in(self, area: str) -> tuple[Target, ...]:
        return tuple(target for target in self.targets if self.by_id[target.device].area == area)

    def contact_of(self, lock: str) -> Device | None:
        """The contact sensor of a lock's door: the one named, else the only exterior one in the same area."""
        device = self.device(lock)
        if device.contact is not None:
            return self.device(device.contact)
        doors = [d for d in self.devices_in(device.area or "") if Quantity.CONTACT in d.senses and d.exterior]
        return doors[0] if len(doors) == 1 else None

    def with_device(self, device: Device) -> "Home":
        """The home once this device is known (again)."""
        return self.with_devices([device])

    def with_devices(self, devices: Iterable[Device]) -> "Home":
        """The home once these devices are known (again). ValueError if one stands in an area the home does not have."""
        known = self.by_id | {device.id: device for device in devices}
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return Home(**(fields | {"devices": tuple(known[name] for name in sorted(known))}))
