import csv
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from homectl.home import HomeError
from simulator.house import JOULES, LIVING, TICK, proportional
from simulator.household import draw_household

pytest.importorskip("pyenergyplus", reason="needs EnergyPlus: pip install 'homectl[energyplus]'")

from simulator.energyplus import Engine, Flat, Station, dwellings, reference, stations
from simulator.reference_flat import divided, entries

START = datetime(2025, 1, 13, 12, tzinfo=UTC).timestamp()
"""Six in the morning in Chicago."""


def station(name: str = "Chicago") -> Station:
    return next(one for one in stations() if name in one.file.name)


def flat(name: str = "M N1 Apartment") -> Flat:
    return Flat(name, draw_household(0).plan, station(), START)


def lived(flat: Flat, minutes: int, opening: float) -> list[tuple[float, float, float]]:
    """Degrees and lux outdoors and degrees in the living room, minute by minute, with radiators open so far."""
    found = []
    for _ in range(minutes):
        for room in flat.rooms.values():
            room.opening = opening
        flat.tick(*flat.at(0.0))
        found.append((*flat.at(0.0), flat.rooms[LIVING].air))
    return found


def written(file: Path, month: int, day: int, hour: int) -> float:
    """The temperature that a weather file gives for an hour, which it counts from 1, °C."""
    with file.open(encoding="latin-1") as lines:
        rows = list(csv.reader(lines))[8:]
    return next(float(row[6]) for row in rows if [int(part) for part in row[1:4]] == [month, day, hour])


def test_a_morning_in_a_flat() -> None:
    """One engine, several claims: it costs a second to start."""
    with flat() as one:
        began = one.rooms[LIVING].air
        cold = lived(one, 60, 0.0)
        heat, radiators = one.heat, sum(room.plan.heater for room in one.rooms.values() if not room.plan.outdoors)
        warm = lived(one, 30, 1.0)
        given = one.heat
        rest = lived(one, 90, 0.0)

    assert heat == 0.0
    assert given == pytest.approx(radiators * 30 * TICK / JOULES), "heat is what the radiators gave"
    assert cold[-1][2] < began - 0.3, "a flat that nobody heats cools down"
    assert warm[-1][2] > cold[-1][2] + 2, "one that is heated warms up"
    outdoors, light = [minute[0] for minute in cold + warm + rest], [minute[1] for minute in cold + warm + rest]
    for hour in (7, 8, 9):
        assert outdoors[(hour - 6) * 60 - 1] == pytest.approx(written(station().file, 1, 13, hour), abs=0.01)
    assert light[0] < 0.1, "it is night at six"
    assert 1 < light[60] < 1000, "twilight at seven"
    assert max(light) > 3_000, "day at nine"


def test_a_thermostat_holds_what_it_is_set_to() -> None:
    with flat() as one:
        for _ in range(90):
            for room in one.rooms.values():
                room.opening = proportional(21.0, room.air)
            one.tick(*one.at(0.0))
        indoors = [room.air for room in one.rooms.values() if not room.plan.outdoors]
    assert all(20.0 < air < 21.5 for air in indoors)


def test_an_engine_ends_when_it_is_told() -> None:
    def alive() -> bool:
        return any(thread.name == "energyplus" for thread in threading.enumerate())

    one = flat()
    assert alive()
    one.close()
    assert not alive()


def test_what_the_engine_refuses_is_one_line() -> None:
    engine = Engine("Version,25.2; Building,;", station().file, [LIVING], 1, list)
    with pytest.raises(HomeError, match="EnergyPlus") as refusal:
        engine.conditions()
    assert "\n" not in str(refusal.value)
    assert "Severe" in str(refusal.value)


def test_a_room_that_the_engine_does_not_know_is_named() -> None:
    model = divided(
        entries(reference()), "M N1 Apartment", draw_household(0).plan, 24.0, date(2025, 1, 1), date(2025, 1, 9)
    )
    engine = Engine(model, station().file, ["attic"], 1, list)
    with pytest.raises(HomeError, match="does not know attic"):
        engine.conditions()


def test_stations_stand_where_their_clock_says() -> None:
    for place in stations():
        january = datetime(2025, 1, 15, tzinfo=place.zone)
        assert january.utcoffset() == timedelta(hours=place.offset)
        assert abs(place.longitude / 15 - place.offset) < 1


def test_a_building_has_flats_to_live_in() -> None:
    assert len(dwellings()) == 23
