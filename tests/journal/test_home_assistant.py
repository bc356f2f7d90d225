"""A Home Assistant database becomes readings state by state, whatever its age; what cannot be one is counted."""

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.home import Area, Device, Home, Kind, LockState, Origin, Quantity, Reading
from homectl.journal import Journal
from homectl.journal.readers.any_log import Format, format_of, take_in
from homectl.journal.readers.home_assistant import readings
from homectl.journal.readers.rows import Tally
from tests.journal.recorder_file import Age, Said, written

ENTITIES: dict[str, frozenset[Kind]] = {
    "light.lamp": frozenset({Kind.LIGHT}),
    "switch.wall": frozenset({Kind.LIGHT}),
    "switch.plug": frozenset(),
    "climate.valve": frozenset({Kind.SETPOINT}),
    "lock.door": frozenset({Kind.LOCK}),
    "sensor.s": frozenset(),
    "sensor.hall_temperature": frozenset(),
    "binary_sensor.b": frozenset(),
    "binary_sensor.hall_motion": frozenset(),
}
HOME = Home(
    id="h",
    areas=(Area(id="hall"),),
    devices=tuple(
        Device(id=name.replace(".", "_"), area="hall", address=f"log:{name}", sets=sets)
        for name, sets in ENTITIES.items()
    ),
)
NINE = 1_704_096_000.25


def read(path: Path, home: Home = HOME) -> tuple[list[Reading], Tally]:
    tally = Tally()
    return [reading for row in readings(path, home, tally) for reading in row], tally


def values(path: Path) -> dict[Quantity, float]:
    return {reading.quantity: reading.value for reading in read(path)[0]}


def said(entity: str, state: str | None, at: float = NINE, **more: Any) -> Said:
    return Said(entity=entity, state=state, at=at, **more)


@pytest.mark.parametrize("age", Age)
@pytest.mark.parametrize(
    ("entity", "state", "attributes", "expected"),
    [
        ("binary_sensor.b", "on", {"device_class": "motion"}, {Quantity.MOTION: 1.0}),
        ("binary_sensor.b", "off", {"device_class": "occupancy"}, {Quantity.MOTION: 0.0}),
        ("binary_sensor.b", "on", {"device_class": "presence"}, {Quantity.MOTION: 1.0}),
        ("binary_sensor.b", "on", {"device_class": "door"}, {Quantity.CONTACT: 1.0}),
        ("binary_sensor.b", "off", {"device_class": "window"}, {Quantity.CONTACT: 0.0}),
        ("binary_sensor.b", "on", {"device_class": "opening"}, {Quantity.CONTACT: 1.0}),
        ("binary_sensor.b", "on", {"device_class": "smoke"}, {Quantity.SMOKE: 1.0}),
        ("binary_sensor.b", "on", {"device_class": "carbon_monoxide"}, {Quantity.CARBON_MONOXIDE: 1.0}),
        ("binary_sensor.hall_motion", "on", {}, {Quantity.MOTION: 1.0}),
        (
            "sensor.s",
            "21.5",
            {"device_class": "temperature", "unit_of_measurement": "°C"},
            {Quantity.TEMPERATURE: 21.5},
        ),
        ("sensor.s", "68", {"device_class": "temperature", "unit_of_measurement": "°F"}, {Quantity.TEMPERATURE: 20.0}),
        (
            "sensor.s",
            "293.15",
            {"device_class": "temperature", "unit_of_measurement": "K"},
            {Quantity.TEMPERATURE: 20.0},
        ),
        ("sensor.hall_temperature", "19", {}, {Quantity.TEMPERATURE: 19.0}),
        ("sensor.s", "40", {"device_class": "humidity", "unit_of_measurement": "%"}, {Quantity.HUMIDITY: 40.0}),
        (
            "sensor.s",
            "300",
            {"device_class": "illuminance", "unit_of_measurement": "lx"},
            {Quantity.ILLUMINANCE: 300.0},
        ),
        ("sensor.s", "1.5", {"device_class": "power", "unit_of_measurement": "kW"}, {Quantity.POWER: 1500.0}),
        ("sensor.s", "800", {"device_class": "carbon_dioxide", "unit_of_measurement": "ppm"}, {Quantity.CO2: 800.0}),
        ("sensor.s", "95", {"device_class": "battery", "unit_of_measurement": "%"}, {Quantity.BATTERY: 95.0}),
        (
            "light.lamp",
            "on",
            {"brightness": 51},
            {Quantity.LIGHT_ON: 1.0, Quantity.LIGHT_LEVEL: 0.2, Quantity.AVAILABLE: 1.0},
        ),
        ("light.lamp", "off", {"brightness": None}, {Quantity.LIGHT_ON: 0.0, Quantity.AVAILABLE: 1.0}),
        ("switch.wall", "on", {}, {Quantity.LIGHT_ON: 1.0, Quantity.AVAILABLE: 1.0}),
        ("switch.plug", "off", {}, {Quantity.SWITCH: 0.0, Quantity.AVAILABLE: 1.0}),
        (
            "climate.valve",
            "heat",
            {"temperature": 21, "current_temperature": 19.5, "hvac_action": "heating", "max_temp": 30},
            {Quantity.SETPOINT: 21, Quantity.TEMPERATURE: 19.5, Quantity.HEATING: 1, Quantity.AVAILABLE: 1},
        ),
        (
            "climate.valve",
            "auto",
            {"temperature": 68, "current_temperature": 59, "hvac_action": "idle", "max_temp": 95},
            {Quantity.SETPOINT: 20, Quantity.TEMPERATURE: 15, Quantity.HEATING: 0, Quantity.AVAILABLE: 1},
        ),
        ("climate.valve", "off", {"temperature": 7}, {Quantity.AVAILABLE: 1.0}),
        ("lock.door", "locked", {}, {Quantity.LOCK: LockState.LOCKED, Quantity.AVAILABLE: 1.0}),
        ("lock.door", "open", {}, {Quantity.LOCK: LockState.UNLOCKED, Quantity.AVAILABLE: 1.0}),
        ("lock.door", "jammed", {}, {Quantity.LOCK: LockState.JAMMED, Quantity.AVAILABLE: 1.0}),
        ("light.lamp", "unavailable", {}, {Quantity.AVAILABLE: 0.0}),
    ],
)
def test_a_state_is_told_in_our_words_and_units(
    tmp_path: Path, age: Age, entity: str, state: str, attributes: dict[str, Any], expected: dict[Quantity, float]
) -> None:
    path = written(tmp_path / "r.db", [said(entity, state, attributes=attributes)], age)
    assert format_of(path) is Format.RECORDER
    found, tally = read(path)
    assert {reading.quantity: reading.value for reading in found} == expected
    assert {reading.at for reading in found} == {NINE}
    assert (tally.rows, tally.taken) == (1, 1)


@pytest.mark.parametrize("state", ["unavailable", "unknown"])
@pytest.mark.parametrize("entity", ["binary_sensor.hall_motion", "sensor.hall_temperature"])
def test_a_sensor_that_cannot_be_reached_does_not_know(tmp_path: Path, entity: str, state: str) -> None:
    (found,) = values(written(tmp_path / "r.db", [said(entity, state)])).values()
    assert math.isnan(found)


@pytest.mark.parametrize("age", Age)
@pytest.mark.parametrize(
    ("cause", "origin"),
    [
        ({"user": "u"}, Origin.PERSON),
        ({"user": "u", "parent": "p"}, Origin.PERSON),
        ({"context": "runs", "user": "u"}, Origin.PERSON),
        ({"context": "c", "parent": "p"}, Origin.AUTOMATION),
        ({"context": "runs"}, Origin.AUTOMATION),
        ({"context": "script"}, Origin.AUTOMATION),
        ({"context": "called"}, Origin.UNKNOWN),
        ({"context": "c"}, Origin.UNKNOWN),
        ({}, Origin.UNKNOWN),
    ],
)
def test_a_user_makes_it_a_persons_else_a_run_or_a_parent_an_automations_else_nobody_knows(
    tmp_path: Path, age: Age, cause: dict[str, str], origin: Origin
) -> None:
    runs = {"runs": "automation_triggered", "script": "script_started", "called": "call_service"}
    sensed = said("sensor.hall_temperature", "20", **cause)
    path = written(tmp_path / "r.db", [said("light.lamp", "on", **cause), sensed], age, runs)
    origins = {reading.quantity: reading.origin for reading in read(path)[0]}
    assert origins == {
        Quantity.LIGHT_ON: origin,
        Quantity.AVAILABLE: Origin.SENSED,
        Quantity.TEMPERATURE: Origin.SENSED,
    }


def test_where_nobody_knows_the_home_may_say_who_switches(tmp_path: Path) -> None:
    lamp = HOME.by_id["light_lamp"].model_copy(update={"switched_by": Origin.PERSON})
    found, _ = read(written(tmp_path / "r.db", [said("light.lamp", "on")]), HOME.with_device(lamp))
    assert found[0].origin is Origin.PERSON


@pytest.mark.parametrize("age", Age)
def test_what_only_has_new_attributes_tells_only_those(tmp_path: Path, age: Age) -> None:
    dimmed = said("light.lamp", "on", NINE + 5, attributes={"brightness": 255}, changed=NINE, user="u")
    idle = said("light.lamp", "on", NINE + 6, changed=NINE)
    found, tally = read(written(tmp_path / "r.db", [said("light.lamp", "on"), dimmed, idle], age))
    assert [(r.quantity, r.value, r.at, r.origin) for r in found if r.quantity is not Quantity.AVAILABLE] == [
        (Quantity.LIGHT_ON, 1.0, NINE, Origin.UNKNOWN),
        (Quantity.LIGHT_LEVEL, 1.0, NINE + 5, Origin.PERSON),
    ]
    assert tally.left_alone == {"only attributes are new": 1}


def test_two_states_in_one_millisecond_keep_their_order(tmp_path: Path) -> None:
    states = [said("light.lamp", state, NINE + part) for state, part in (("on", 0.0001), ("off", 0.0002))]
    found, _ = read(written(tmp_path / "r.db", states))
    assert [(r.value, r.at) for r in found if r.quantity is Quantity.LIGHT_ON] == [(1.0, NINE), (0.0, NINE + 0.001)]


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (said("light.lamp", "bright"), "expected on or off"),
        (said("lock.door", "ajar"), "expected the state of a lock"),
        (said("sensor.hall_temperature", "warm"), "expected a number as temperature"),
        (said("sensor.hall_temperature", "=1+1"), "expected a number as temperature"),
        (said("sensor.hall_temperature", "1e999"), "expected a number as temperature"),
        (said("sensor.hall_temperature", "85"), "implausible temperature"),
        (said("sensor.hall_temperature", "9", attributes={"unit_of_measurement": "°R"}), "expected a known unit of"),
        (said("light.lamp", "on", attributes={"brightness": 999}), "implausible light_level"),
        (said("light.lamp", "on", at=-1.0), "expected a time between 1970 and 2100"),
        (said("light.lamp", "on", at=1e300), "expected a time between 1970 and 2100"),
        (said("light.lamp", "on", at=math.inf), "expected a time between 1970 and 2100"),
        (said("light.lamp", None), "the entity was removed"),
        (said("sun.sun", "up"), "of a kind that nothing here uses"),
        (said("light.stranger", "on"), "of a device that the home does not have"),
        (said("sensor.s", "3", attributes={"device_class": "duration"}), "of a kind that nothing here uses"),
    ],
)
def test_what_is_no_reading_is_counted_with_its_reason_and_the_rest_is_read(
    tmp_path: Path, state: Said, reason: str
) -> None:
    good = said("binary_sensor.hall_motion", "on")
    found, tally = read(written(tmp_path / "r.db", [good, state, state]))
    assert len(found) == 1
    ((why, count),) = (tally.skipped | tally.left_alone).items()
    assert why.startswith(reason)
    assert (count, tally.first[why], tally.rows, tally.taken) == (2, 2, 3, 1)


STATES = st.sampled_from(["on", "off", "unavailable", "unknown", "21", "locked", "heat", None])
ROWS = st.tuples(
    st.sampled_from([*ENTITIES, "sun.sun"]), STATES, st.integers(1, 60_000), st.sampled_from([None, "u"]), st.booleans()
).map(
    lambda it: said(
        it[0],
        it[1],
        NINE + it[2],
        user=it[3],
        changed=NINE if it[4] else None,
        attributes={"brightness": it[2] % 256, "temperature": it[2] % 30},
    )
)
EXPORTS = st.lists(ROWS, max_size=20, unique_by=lambda row: (row.entity, row.at)).map(
    lambda rows: sorted(rows, key=lambda row: row.at)
)


@settings(max_examples=25, deadline=None)
@given(rows=EXPORTS, cut=st.integers(0, 20), overlap=st.integers(0, 20), turned=st.booleans(), age=st.sampled_from(Age))
def test_overlapping_copies_in_any_order_give_the_same_journal_as_the_whole_and_every_state_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Said], cut: int, overlap: int, turned: bool, age: Age
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    parts = [
        written(folder / "1.db", rows[:cut], age),
        written(folder / "2.db", rows[max(0, cut - overlap) :], Age.NOW),
    ]
    whole = written(folder / "whole.db", rows, age)
    with Journal.in_memory() as one, Journal.in_memory() as two:
        list(take_in(one, [whole], HOME))
        tallies = [tally for _, tally in take_in(two, [*(parts[::-1] if turned else parts), *parts], HOME)]
        assert one.hash() == two.hash()
        for tally in tallies:
            out = sum(tally.skipped.values()) + sum(tally.left_alone.values())
            assert tally.rows == tally.taken + tally.repeated + out
        assert sum(tally.taken + tally.further for tally in tallies[2:]) == 0
