"""A home is consistent, knows its targets, and never guesses which door a lock belongs to."""

import pytest
from pydantic import ValidationError

from homectl.home import Area, Device, DeviceUnknown, Home, Kind, Quantity, Target

AREAS = (Area(id="hall"), Area(id="kitchen"))


def door(name: str, area: str = "hall", *, exterior: bool = True) -> Device:
    return Device(id=name, area=area, senses=frozenset({Quantity.CONTACT}), exterior=exterior)


def lock(contact: str | None = None) -> Device:
    return Device(id="lock", area="hall", sets=frozenset({Kind.LOCK}), contact=contact)


@pytest.mark.parametrize(
    ("devices", "contact"),
    [
        ((lock("front"), door("front")), "front"),
        ((lock(), door("front")), "front"),
        ((lock(), door("front"), door("back")), None),
        ((lock(), door("front", exterior=False)), None),
        ((lock(), door("front", "kitchen")), None),
        ((lock(),), None),
    ],
)
def test_a_lock_knows_its_contact_only_when_there_is_no_doubt(devices: tuple[Device, ...], contact: str | None) -> None:
    found = Home(id="h", areas=AREAS, devices=devices).contact_of("lock")
    assert (found.id if found else None) == contact


def test_a_device_nobody_placed_is_no_target() -> None:
    lamp = Device(id="lamp", sets=frozenset({Kind.LIGHT}))
    assert Home(id="h", areas=AREAS, devices=(lamp,)).targets == ()
    placed = lamp.model_copy(update={"area": "hall"})
    home = Home(id="h", areas=AREAS, devices=(lamp,)).with_device(placed)
    assert home.targets == home.targets_in("hall") == (Target("lamp", Kind.LIGHT),)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "UPPER"},
        {"id": "a/b"},
        {"id": "h", "timezone": "Mars/Olympus"},
        {"id": "h", "areas": [{"id": "a"}, {"id": "a"}]},
        {"id": "h", "devices": [{"id": "d", "area": "nowhere"}]},
        {"id": "h", "devices": [{"id": "d", "contact": "nobody"}]},
        {"id": "h", "colour": "red"},
    ],
)
def test_an_inconsistent_home_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Home.model_validate(wrong)


def test_an_unknown_device_is_named_with_those_that_are_known() -> None:
    with pytest.raises(DeviceUnknown, match=r"'lamb'.*Known: lock"):
        Home(id="h", areas=AREAS, devices=(lock(),)).device("lamb")
