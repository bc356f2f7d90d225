"""A table of devices becomes a home."""

from pathlib import Path

import pytest

from homectl.home import Device, Home, Kind, LogError, Origin, Quantity
from homectl.journal.readers.devices_csv import home_from_devices_csv, is_devices_csv
from tests.journal.test_areas_from_log import WORDS

HEADER = "device,area,role,switched_by\n"


def home(folder: Path, *rows: str) -> Home:
    path = folder / "flat.devices.csv"
    path.write_text(HEADER + "\n".join(rows), encoding="utf-8")
    return home_from_devices_csv(path, WORDS)


@pytest.mark.parametrize(
    ("row", "sets", "senses", "by"),
    [
        ("Desk,study,lamp (seasonal),person", {Kind.LIGHT}, {Quantity.LIGHT_ON}, Origin.PERSON),
        ("Table,study,lamp,rule", {Kind.LIGHT}, {Quantity.LIGHT_ON}, Origin.AUTOMATION),
        ("Valve,study,thermostat,", {Kind.SETPOINT}, {Quantity.SETPOINT}, Origin.UNKNOWN),
        ("Bolt,study,exterior lock,person", {Kind.LOCK}, {Quantity.LOCK}, Origin.PERSON),
        ("Printer,study,appliance,person", set(), set(), Origin.PERSON),
        ("Eye,study,motion and light sensor,", set(), {Quantity.MOTION, Quantity.ILLUMINANCE}, Origin.UNKNOWN),
        ("Door,study,exterior door (front),person", set(), {Quantity.CONTACT}, Origin.PERSON),
        ("Knob,study,button,person", set(), {Quantity.ACTION}, Origin.PERSON),
    ],
)
def test_a_role_says_what_a_device_can_do(
    tmp_path: Path, row: str, sets: set[Kind], senses: set[Quantity], by: Origin
) -> None:
    (device,) = home(tmp_path, row).devices
    assert (device.sets, device.senses, device.switched_by, device.area) == (sets, senses, by, "study")
    assert device.exterior == ("exterior" in row)


def test_a_sensor_inside_a_fridge_is_not_placed(tmp_path: Path) -> None:
    (device,) = home(tmp_path, "Cold,kitchen,appliance sensor (not room climate),").devices
    assert device.area is None


def test_outdoor_areas_are_known_by_word_or_role(tmp_path: Path) -> None:
    found = home(tmp_path, "a,garden,lamp,person", "b,north wall,outdoor climate sensor,", "c,hall,lamp,person")
    assert found.outdoors == {"garden", "north_wall"}


def test_names_that_fold_to_one_identifier_are_kept_apart(tmp_path: Path) -> None:
    found: tuple[Device, ...] = home(tmp_path, "A (1),hall,lamp,", "a 1,hall,lamp,").devices
    assert [device.id for device in found] == ["a_1", "a_1_2"]


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", HEADER.encode() + b"\xff\xff,hall,lamp,\n"])
def test_another_table_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(LogError) as refused:
        home_from_devices_csv(path, WORDS)
    assert "\n" not in str(refused.value)


def test_a_table_of_devices_is_told_from_a_home_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER, encoding="utf-8-sig")
    (tmp_path / "b.yaml").write_text("id: h\n", encoding="utf-8")
    assert [is_devices_csv(tmp_path / name) for name in ("a.csv", "b.yaml")] == [True, False]
