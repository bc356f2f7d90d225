"""A home guessed from a log says for each device why it is what and where it is."""

from pathlib import Path

import pytest

from homectl.home import Kind, LogError, Quantity
from homectl.journal.readers.areas_from_log import Guess, Words, guess_home
from tests.journal.test_tidy_csv import log

WORDS = Words.load(Path(__file__).parents[2] / "config" / "lamp_words.yaml")


def guess(folder: Path, *rows: str) -> Guess:
    return guess_home(
        [log(folder, *(f"2024-01-01T08:00:00Z,flat,{row}" for row in rows))], WORDS, timezone="Europe/Rome"
    )


def test_rooms_become_areas_without_case_and_floor(tmp_path: Path) -> None:
    found = guess(tmp_path, "1st/Bathroom,a,motion,1,", "gf/bathroom,b,motion,1,", "Living Room,c,motion,1,")
    assert [area.id for area in found.home.areas] == ["bathroom", "living"]
    assert found.home.timezone == "Europe/Rome"
    assert {device.id: device.area for device in found.home.devices} == {
        "a": "bathroom",
        "b": "bathroom",
        "c": "living",
    }


@pytest.mark.parametrize(
    ("room", "name", "area", "why"),
    [
        ("kitchen", "thing", "kitchen", "as the log says"),
        ("1st/floor", "Blue Room (wifi)", "blue", "is a whole floor"),
        ("garden", "Kitchen (fridge)", "kitchen", "though the log has it in garden"),
        ("", "thing", "home", "the log names no room"),
    ],
)
def test_a_device_stands_in_its_room_unless_its_own_name_says_better(
    tmp_path: Path, room: str, name: str, area: str, why: str
) -> None:
    found = guess(tmp_path, f"{room},{name},temperature,20,C", "kitchen,Kitchen (x),motion,1,")
    device = next(device for device in found.home.devices if device.name == name)
    assert device.area == area
    assert why in found.reasons[device.id]


@pytest.mark.parametrize(
    ("name", "kinds", "sets", "why"),
    [
        ("Ceiling lamps", ["switch"], {Kind.LIGHT}, "its name says so"),
        ("Bathroom (sink)", ["switch"], {Kind.LIGHT}, "called after a place"),
        ("X7", ["switch", "level"], {Kind.LIGHT}, "a level or a colour"),
        ("X7", ["switch", "color_temp"], {Kind.LIGHT}, "a level or a colour"),
        ("X7", ["switch"], set(), "left alone: nothing says"),
        ("Light of the fridge", ["switch"], set(), "left alone: its name is an appliance's"),
        ("Ceiling eye", ["switch", "motion"], set(), "it reports motion"),
        ("Valve", ["setpoint", "temperature"], {Kind.SETPOINT}, "a setpoint"),
        ("Front bolt", ["lock"], {Kind.LOCK}, "a bolt"),
        ("Thermometer", ["temperature"], set(), "sensor"),
    ],
)
def test_a_switch_is_a_lamp_only_for_a_stated_reason(
    tmp_path: Path, name: str, kinds: list[str], sets: set[Kind], why: str
) -> None:
    found = guess(tmp_path, *(f"hall,{name},{kind},1," for kind in kinds))
    (device,) = found.home.devices
    assert device.sets == sets
    assert why in found.reasons[device.id]


def test_a_lamp_that_reports_a_level_is_dimmable_and_a_main_door_leads_outside(tmp_path: Path) -> None:
    found = guess(
        tmp_path, "hall,lamp,switch,1,", "hall,lamp,level,1,", "hall,spot,switch,1,", "hall,Door (main),contact,1,"
    )
    by_id = found.home.by_id
    assert (by_id["lamp"].dimmable, by_id["spot"].dimmable) == (True, False)
    assert by_id["lamp"].senses == {Quantity.LIGHT_ON, Quantity.LIGHT_LEVEL}
    assert by_id["door_main"].exterior


def test_outdoor_areas_and_names_that_fold_to_one_identifier_are_kept_apart(tmp_path: Path) -> None:
    found = guess(tmp_path, "garden,Lamp!,switch,1,", "garden,lamp,switch,1,", "hall,s,outdoor_temperature,3,C")
    assert {area.id: area.outdoors for area in found.home.areas} == {"garden": True, "outdoors": True}
    assert sorted(found.home.by_id) == ["lamp", "lamp_2", "s"]


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    rows = ["hall,a,switch,1,", "kitchen,b,motion,1,", "Hall,c,temperature,1,C", "garden,a,level,1,"]
    assert guess(tmp_path, *rows) == guess(tmp_path, *reversed(rows))


def test_a_log_without_devices_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="expected rows"):
        guess(tmp_path)
