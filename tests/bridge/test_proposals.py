"""A proposed home can be read as it is, and places nothing that only a person can place."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from homectl.bridge.dialects.announced import Announced
from homectl.bridge.dialects.values import label
from homectl.bridge.proposals import home_yaml, proposals
from homectl.home import Home, Kind, Quantity
from homectl.settings import read


def device(name: str = "lamp", ieee: str = "0x1", **more: Any) -> Announced:
    return Announced(address=f"zigbee2mqtt:{ieee}", name=name, **more)


def written(tmp_path: Path, *devices: Announced, groups: Any = ()) -> tuple[str, Home]:
    text = home_yaml(proposals(devices, groups), timezone="Europe/Berlin", source="a broker")
    file = tmp_path / "home.yaml"
    file.write_text(text, encoding="utf-8")
    return text, read(file, Home)


@pytest.mark.parametrize(
    ("name", "area"),
    [
        ("kitchen/ceiling", "kitchen"),
        ("Kitchen ceiling", "kitchen"),
        ("Lamp in the Living Room", "living_room"),
        ("livingroom_tv", "living_room"),
        ("front_door/lock", "hall"),
        ("main door/contact", "hall"),
        ("bedroom_2/bedroom_2_lamp", "bedroom_2"),
        ("Bedroom 2 lamp", "bedroom_2"),
        ("study/lamp", "study"),
        ("Küche/Decke", "kuche"),
        ("My den/lamp", "my_den"),
        ("0x00158d0001", ""),
        ("plug 3", ""),
        ("", ""),
    ],
)
def test_a_name_says_where_a_device_stands_or_nothing(name: str, area: str) -> None:
    assert proposals([device(name)])[0].area == area


def test_a_device_knows_better_than_its_group_and_the_group_better_than_its_name() -> None:
    groups = [{"friendly_name": "Kitchen lamps", "members": [{"ieee_address": "0X1"}, {"ieee_address": "0x2"}, 7, {}]}]
    found = proposals([device("hall/a"), device("hall/b", "0x2", area="Office"), device("hall/c", "0x3")], groups)
    assert [(p.area, p.reason) for p in found] == [
        ("kitchen", "it is in that group"),
        ("office", "it suggests so itself"),
        ("hall", "by its name"),
    ]


def test_a_device_in_the_groups_of_two_rooms_is_in_neither() -> None:
    groups = [{"friendly_name": room, "members": [{"ieee_address": "0x1"}]} for room in ("kitchen", "hall")]
    assert proposals([device()], groups)[0].area == ""


def test_a_lock_is_never_placed_and_its_contact_only_suggested(tmp_path: Path) -> None:
    lock = device("hall/lock", "0x1", kinds=frozenset({"lock"}), sets=frozenset({Kind.LOCK}))
    contact = device("hall/front contact", "0x2", senses=frozenset({Quantity.CONTACT}))
    text, home = written(tmp_path, lock, contact)
    assert home.device("hall_lock").area is None
    assert home.device("hall_lock").contact is None
    assert "# contact: hall_front_contact" in text
    assert home.targets == ()


def test_a_relay_is_not_made_a_lamp(tmp_path: Path) -> None:
    text, home = written(tmp_path, device("hall/plug", kinds=frozenset({"switch"}), relay=True))
    assert home.device("hall_plug").sets == frozenset()
    assert "# sets: [light]" in text


def test_an_id_does_not_say_the_room_twice(tmp_path: Path) -> None:
    _, home = written(tmp_path, device("hall/hall_lamp"), device("hall/lamp", "0x2"), device("hall/", "0x3"))
    assert [d.id for d in home.devices] == ["hall_lamp", "hall_lamp_2", "hall"]


def test_devices_of_one_name_get_ids_of_their_own(tmp_path: Path) -> None:
    _, home = written(tmp_path, *(device("lamp", f"0x{n}") for n in range(3)), device("Ω", "0x9"))
    assert [d.id for d in home.devices] == ["lamp", "lamp_2", "lamp_3", "device"]
    assert [d.address for d in home.devices][1] == "zigbee2mqtt:0x1"


NAMES = st.text(max_size=70) | st.sampled_from(
    ["0", "1e3", "yes", "null", "on", "2026-01-01", "1_0", "# a", "a: b", "- a"]
)


@given(st.lists(st.tuples(NAMES, NAMES, NAMES), max_size=3))
def test_whatever_devices_call_themselves_the_home_can_be_read(names: list[tuple[str, str, str]]) -> None:
    said = [(label(name), label(area), label(model)) for name, area, model in names]
    devices = [device(name, f"0x{n}", area=area, model=model) for n, (name, area, model) in enumerate(said)]
    text = home_yaml(proposals(devices), timezone="UTC", source="a broker")
    home = Home(**yaml.safe_load(text))
    assert [d.name for d in home.devices] == [one.name for one in devices]
