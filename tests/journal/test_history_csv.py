"""A history export of Home Assistant becomes readings, of unknown hands and in our units."""

import gzip
from pathlib import Path

import pytest

from homectl.home import LogError, Origin, Quantity
from homectl.journal import Journal
from homectl.journal.readers.any_log import Format, format_of, take_in
from homectl.journal.readers.rows import UNSUSPICIOUS
from tests.journal.recorder_file import Said, written
from tests.journal.test_home_assistant import HOME, NINE, read

HEADER = "entity_id,state,last_changed"


def export(folder: Path, *rows: str, header: str = HEADER, name: str = "history.csv") -> Path:
    text = "\n".join([header, *rows]) + "\n"
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


@pytest.mark.parametrize("name", ["history.csv", "history.csv.gz"])
@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("light.lamp,on", {Quantity.LIGHT_ON: 1.0, Quantity.AVAILABLE: 1.0}),
        ("light.lamp,unavailable", {Quantity.AVAILABLE: 0.0}),
        ("binary_sensor.hall_motion,on", {Quantity.MOTION: 1.0}),
        ("sensor.hall_temperature,20.5", {Quantity.TEMPERATURE: 20.5}),
        ("lock.door,locked", {Quantity.LOCK: 1.0, Quantity.AVAILABLE: 1.0}),
    ],
)
def test_a_row_is_a_state(tmp_path: Path, name: str, row: str, expected: dict[Quantity, float]) -> None:
    path = export(tmp_path, f"{row},2024-01-01T08:00:00.250Z", name=name)
    assert format_of(path) is Format.HISTORY_CSV
    found, tally = read(path)
    assert {reading.quantity: reading.value for reading in found} == expected
    assert {reading.at for reading in found} == {NINE}
    assert Origin.PERSON not in {reading.origin for reading in found}
    assert (tally.rows, tally.taken) == (1, 1)


@pytest.mark.parametrize(
    ("row", "setpoint"),
    [("heat,{},19.5,heating,,,21", 21.0), ("heat,{},68,idle,,,68", 20.0), ("off,{},19,off,,,21", None)],
)
def test_a_thermostats_columns_are_read_and_one_that_wants_over_45_counts_in_fahrenheit(
    tmp_path: Path, row: str, setpoint: float | None
) -> None:
    header = f"{HEADER},current_temperature,hvac_action,target_temp_high,target_temp_low,temperature"
    found, _ = read(export(tmp_path, "climate.valve," + row.format("2024-01-01T08:00:00.250Z"), header=header))
    assert {r.quantity: r.value for r in found}.get(Quantity.SETPOINT) == setpoint


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("light.lamp,on", "expected 3 fields"),
        ('light.lamp,"on,2024-01-01T08:00:00Z', "expected 3 fields"),
        ("light.lamp,on,yesterday", "expected an ISO 8601 time with its zone"),
        ("light.lamp,on,2024-01-01T08:00:00", "expected an ISO 8601 time with its zone"),
        ("light.lamp,on,9999-01-01T08:00:01Z", "expected a time between 1970 and 2100"),
        ("light.lamp,on,1969-01-01T08:00:01Z", "expected a time between 1970 and 2100"),
        ("sensor.hall_temperature,=cmd(),2024-01-01T08:00:01Z", "expected a number as temperature"),
        ("sensor.hall_temperature,70,2024-01-01T08:00:01Z", "implausible temperature"),
        ("light.stranger,on,2024-01-01T08:00:01Z", "of a device that the home does not have"),
        (
            "binary_sensor.hall_motion,on,2024-01-01T08:30:00.000Z",
            "a mean, or the state at the beginning of the export",
        ),
        ("sensor.hall_temperature,19,2024-01-01T10:00:00.000Z", "a mean, or the state at the beginning of the export"),
    ],
)
def test_what_is_no_report_is_counted_with_its_reason_and_line(tmp_path: Path, row: str, reason: str) -> None:
    found, tally = read(export(tmp_path, "lock.door,locked,2024-01-01T08:00:00.250Z", row))
    assert len({reading.at for reading in found}) == 1
    assert (tally.skipped | tally.left_alone, tally.first) == ({reason: 1}, {reason: 3})
    assert (tally.rows, tally.taken) == (2, 1)


def test_overlapping_exports_meet_though_each_begins_with_the_state_of_its_beginning(tmp_path: Path) -> None:
    rows = [f"light.lamp,{'off' if n % 2 else 'on'},2024-01-01T08:{n:02}:07.{n:03}Z" for n in range(20)]
    first = export(tmp_path, "light.lamp,off,2024-01-01T08:00:00.000Z", *rows[:12], name="1.csv")
    second = export(tmp_path, "light.lamp,off,2024-01-01T08:08:00.000Z", *rows[8:], name="2.csv")
    with Journal.in_memory() as one, Journal.in_memory() as two:
        list(take_in(one, [export(tmp_path, *rows)], HOME))
        tallies = [tally for _, tally in take_in(two, [second, first, first, second], HOME)]
        assert one.hash() == two.hash()
        assert [tally.taken for tally in tallies] == [12, 8, 0, 0]


def test_an_export_and_the_database_it_is_of_tell_one_time(tmp_path: Path) -> None:
    database = written(tmp_path / "r.db", [Said(entity="light.lamp", state="on", at=1_704_096_000.2509)])
    exported = export(tmp_path, "light.lamp,on,2024-01-01T08:00:00.250Z")
    with Journal.in_memory() as journal:
        tallies = [tally for _, tally in take_in(journal, [database, exported], HOME)]
    assert [tally.taken for tally in tallies] == [1, 0]


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "history.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(f"{HEADER}\n".encode())
        for _ in range(2 * UNSUSPICIOUS >> 20):
            file.write(b"\0" * (1 << 20))
    assert format_of(path) is Format.HISTORY_CSV
    with pytest.raises(LogError, match="unpacks to more than"):
        read(path)
