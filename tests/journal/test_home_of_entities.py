"""A home guessed from Home Assistant's logs says of each entity what and where it is, and takes in all of its log."""

from pathlib import Path
from typing import Any

import pytest

from homectl.home import Kind, Quantity
from homectl.journal import Journal
from homectl.journal.readers.any_log import Guess, guess, take_in
from homectl.journal.readers.areas_from_log import Words
from homectl.journal.readers.home_of_entities import room_in
from tests.journal.recorder_file import written
from tests.journal.test_history_csv import export
from tests.journal.test_home_assistant import said

WORDS = Words.load(Path(__file__).parents[2] / "config" / "lamp_words.yaml")


def guessed(folder: Path, **entities: dict[str, Any]) -> Guess:
    states = [
        said(name.replace("__", "."), about.pop("state", "on"), attributes=about) for name, about in entities.items()
    ]
    return guess([written(folder / "r.db", states)], WORDS, timezone="Europe/Rome")


@pytest.mark.parametrize(
    ("text", "room"),
    [
        ("kitchen_ceiling", "kitchen"),
        ("lamp_living_room", "living room"),
        ("Bedroom 2 lamp", "bedroom 2"),
        ("master_bedroom_lamp", "master bedroom"),
        ("blue_room_lamp", "blue room"),
        ("Garden lamp", "garden"),
        ("Lampe Küche", "küche"),
        ("esp_1234", ""),
    ],
)
def test_a_room_is_read_from_an_id_or_a_name(text: str, room: str) -> None:
    assert room_in(text, WORDS) == room


@pytest.mark.parametrize(
    ("entity", "about", "sets", "area"),
    [
        ("light__kitchen_x7", {}, {Kind.LIGHT}, "kitchen"),
        ("light__x7", {"friendly_name": "Kitchen spot"}, {Kind.LIGHT}, "kitchen"),
        ("light__x7", {}, {Kind.LIGHT}, "home"),
        ("switch__hall_lamp", {}, {Kind.LIGHT}, "hall"),
        ("switch__hall_kettle", {}, set(), "hall"),
        ("climate__office_valve", {"state": "heat", "temperature": 20}, {Kind.SETPOINT}, "office"),
        ("lock__front_door", {"state": "locked"}, {Kind.LOCK}, "home"),
        ("binary_sensor__hall_motion", {"device_class": "motion"}, set(), "hall"),
        ("sensor__living_room_temperature", {"state": "20"}, set(), "living"),
        ("sensor__kitchen_fridge_temperature", {"state": "4"}, set(), None),
    ],
)
def test_an_entity_is_a_device_in_its_room(
    tmp_path: Path, entity: str, about: dict[str, Any], sets: set[Kind], area: str | None
) -> None:
    found = guessed(tmp_path, **{entity: about})
    (device,) = found.home.devices
    assert (device.address, device.sets, device.area) == (f"log:{entity.replace('__', '.')}", sets, area)
    assert found.reasons[device.id]
    assert found.home.timezone == "Europe/Rome"


def test_a_lamp_with_brightness_is_dimmable_and_a_front_door_leads_outside(tmp_path: Path) -> None:
    found = guessed(
        tmp_path,
        light__a={"brightness": 9},
        light__b={},
        binary_sensor__front_door={"device_class": "door"},
        climate__c={"state": "heat", "temperature": 20, "hvac_action": "idle"},
    ).home.by_id
    assert (found["light_a"].dimmable, found["light_b"].dimmable) == (True, False)
    assert found["binary_sensor_front_door"].exterior
    assert {Quantity.SETPOINT, Quantity.HEATING} <= found["climate_c"].senses


def test_a_guessed_home_takes_in_every_state_of_use_of_databases_and_exports(tmp_path: Path) -> None:
    states = [said("light.hall_lamp", "on"), said("sensor.hall_temperature", "20"), said("sun.sun", "up")]
    paths = [
        written(tmp_path / "r.db", states),
        export(tmp_path, "lock.front,locked,2024-01-01T08:00:00.250Z", "sun.sun,up,2024-01-01T08:00:00.250Z"),
    ]
    home = guess(paths, WORDS).home
    with Journal.in_memory() as journal:
        tallies = dict(take_in(journal, paths, home))
    assert [tally.taken for tally in tallies.values()] == [2, 1]
    assert all(tally.left_alone == {"of a kind that nothing here uses": 1} for tally in tallies.values())
