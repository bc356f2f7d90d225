"""A flat that EnergyPlus keeps warm or lets cool, under the weather of its files: all that is known of the engine here.

EnergyPlus 25.2, its reference models and its weather come with the wheel `pyenergyplus-lbnl`. The engine lives through
its time in a thread of its own and hands over minute by minute: it reports how warm it has got, and waits to be told
how many watts every room is given during the next minute.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any, Self

from homectl.home import HomeError, UsageError
from simulator.house import JOULES, TICK, Plan, Room, proportional
from simulator.reference_flat import divided, entries, fitted, flats, heat_of
from simulator.weather import Place, clear_sky

TIMEZONES = {
    "usa_co_boulder": "America/Denver",
    "usa_co_colorado_springs": "America/Denver",
    "usa_co_denver": "America/Denver",
    "usa_co_golden": "America/Denver",
    "usa_il_chicago": "America/Chicago",
    "usa_il_uiw": "America/Chicago",
    "usa_nj_newark": "America/New_York",
    "usa_ok_oklahoma": "America/Chicago",
    "usa_va_sterling": "America/New_York",
}
"""The weather files of the wheel whose winters ask for heating, and the clock of their places."""

BUILDING = "midrise_apartment"

BEFORE = 20.0
"""°C at which rooms are kept until somebody looks."""

STAY = timedelta(days=360)
"""How long one run of the engine lasts at most."""

DUSK, DULL = 3.0, 0.5
"""The weather files know no twilight: below this elevation of the sun (degrees) there is at least this share of a clear
sky's light."""

WARMTH, HEAT = "Zone Mean Air Temperature", ("OtherEquipment", "Power Level")
SITE = (
    "Site Outdoor Air Drybulb Temperature",
    "Site Exterior Horizontal Sky Illuminance",
    "Site Exterior Horizontal Beam Illuminance",
    "Site Solar Altitude Angle",
)
"""What is asked of the weather, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Station(Place):
    """A place whose typical year is known hour by hour."""

    file: Path
    offset: float  # hours by which its standard time is ahead of UTC


@dataclass(frozen=True, slots=True)
class Conditions:
    """At the end of one minute: °C and lux outdoors, °C in each room."""

    outdoors: float
    light: float
    rooms: tuple[float, ...]


def stations() -> list[Station]:
    """The weather stations of the wheel that have a winter."""
    files = _library()[1].weather_files
    return [_station(Path(files[name]), zone) for name, zone in TIMEZONES.items()]


def _station(file: Path, timezone: str) -> Station:
    with file.open(encoding="latin-1") as lines:
        _, *_, latitude, longitude, offset, _ = next(lines).split(",")
    return Station(
        timezone=timezone, latitude=float(latitude), longitude=float(longitude), file=file, offset=float(offset)
    )


def dwellings() -> list[str]:
    """The names of the reference building's flats."""
    return flats(entries(reference()))


def reference() -> str:
    """The text of the reference building's model."""
    return Path(_library()[1].ref_models[BUILDING]).read_text(encoding="latin-1")


class Flat:
    """A flat of the reference building with the rooms of a plan, from `began` (UTC seconds) on, and its weather.

    It is a dwelling and the sky over it. Where a room gets as `warm` (°C), somebody opens its windows. Its engine must
    be ended: use it as a context. In one process, let one flat live at a time.
    """

    def __init__(self, name: str, plan: Plan, station: Station, began: float, *, warm: float = 24.0) -> None:
        building = entries(reference())
        self.plan = fitted(building, name, plan)
        midnight, passed = _local(began, station.offset)
        model = divided(building, name, self.plan, warm, midnight, midnight + STAY)
        indoors = [room for room in self.plan.rooms if not room.outdoors]
        sizes = [room.heater for room in indoors]

        def keep(warmth: Sequence[float]) -> list[float]:
            return [size * proportional(BEFORE, warm) for size, warm in zip(sizes, warmth, strict=True)]

        self._engine = Engine(model, station.file, [room.id for room in indoors], passed, keep)
        self.rooms = {room.id: Room(room, BEFORE, BEFORE) for room in self.plan.rooms}
        self._indoors = [self.rooms[room.id] for room in indoors]
        self.heat = 0.0
        self._hear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the engine."""
        self._engine.stop()

    def at(self, _at: float, /) -> tuple[float, float]:
        """Outdoor temperature in °C and horizontal illuminance in lux, at the end of the last minute."""
        return self._now.outdoors, self._now.light

    def tick(self, outdoors: float, illuminance: float) -> None:
        """Let TICK seconds pass; the engine has its own weather, which `at` tells."""
        self.outdoors = outdoors
        for room in self.rooms.values():
            room.daylight = illuminance * room.plan.glazing
            if room.kept_at is not None:
                room.opening = proportional(room.kept_at, room.air)
        watts = [room.plan.heater * room.opening for room in self._indoors]
        self.heat += sum(watts) * TICK / JOULES
        self._engine.give([power + room.gains for power, room in zip(watts, self._indoors, strict=True)])
        self._hear()

    def _hear(self) -> None:
        self._now = now = self._engine.conditions()
        self.outdoors = now.outdoors
        for room in self.rooms.values():
            room.air = room.mass = now.outdoors
        for room, warm in zip(self._indoors, now.rooms, strict=True):
            room.air = room.mass = warm


def _local(began: float, offset: float) -> tuple[date, int]:
    """The day by a station's standard time, in the year of every run, and the minutes since its midnight."""
    moment = datetime.fromtimestamp(began, UTC) + timedelta(hours=offset)
    day = min(moment.day, 28) if moment.month == 2 else moment.day  # a typical year has no leap day
    return date(2025, moment.month, day), moment.hour * 60 + moment.minute


# --- the engine ---------------------------------------------------------------------------------------


class Engine:
    """One run of EnergyPlus, a minute at a time: `conditions`, `give`, `conditions`, `give` …

    Until so many minutes have `passed` since the first midnight, `keep` says how many watts the rooms are given.
    """

    def __init__(
        self,
        model: str,
        weather: Path,
        rooms: Sequence[str],
        passed: int,
        keep: Callable[[Sequence[float]], Sequence[float]],
    ) -> None:
        self._api = _library()[0].EnergyPlusAPI()
        self._rooms, self._before, self._keep = rooms, max(1, passed), keep
        self._reports: SimpleQueue[Conditions | HomeError] = SimpleQueue()
        self._watts: SimpleQueue[Sequence[float] | None] = SimpleQueue()
        self._handles: tuple[list[int], list[int], list[int]] = ([], [], [])
        self._over, self._unknown = False, ""
        self._thread = Thread(target=self._live, args=(model, weather), name="energyplus", daemon=True)
        self._thread.start()

    def conditions(self) -> Conditions:
        """Wait for the minute that passes."""
        found = self._reports.get()
        if isinstance(found, HomeError):
            self._reports.put(found)
            raise found
        return found

    def give(self, watts: Sequence[float]) -> None:
        """Let the next minute begin, with so many watts for each room."""
        self._watts.put(watts)

    def stop(self) -> None:
        self._watts.put(None)
        self._thread.join()

    def _live(self, model: str, weather: Path) -> None:
        """The thread: run to the end, and say how it ended."""
        try:
            trouble = self._run(model, weather)
        except OSError as error:
            trouble = str(error)
        over = f"A flat lives for {STAY.days} days, and they are over; begin another world"
        gave_up = f"EnergyPlus gave up on a flat: {trouble}; check the wheel pyenergyplus-lbnl and the disk"
        self._reports.put(HomeError(gave_up if trouble else over))

    def _run(self, model: str, weather: Path) -> str:
        """What went wrong; nothing, if the run was stopped or came to its end."""
        runtime, states = self._api.runtime, self._api.state_manager
        state = states.new_state()
        runtime.set_console_output_status(state, False)
        for name in SITE:
            self._api.exchange.request_variable(state, name, "Environment")
        for room in self._rooms:
            self._api.exchange.request_variable(state, WARMTH, room)
        runtime.callback_end_zone_timestep_after_zone_reporting(state, self._step)
        with tempfile.TemporaryDirectory(prefix="homectl-") as folder:
            path = Path(folder) / "flat.idf"
            path.write_text(model, encoding="latin-1")
            code = runtime.run_energyplus(state, ["-d", folder, "-w", str(weather), str(path)])
            trouble = _complaint(Path(folder) / "eplusout.err") if code else ""
        states.delete_state(state)
        return self._unknown or trouble

    def _step(self, state: int) -> None:
        """A minute has passed in the engine."""
        exchange = self._api.exchange
        if self._over or not exchange.api_data_fully_ready(state):
            return
        if not self._handles[0]:
            self._grip(state)
        watts = None if self._unknown else self._answer(self._sense(state), exchange.warmup_flag(state))
        if watts is None:
            self._over = True
            self._api.runtime.stop_simulation(state)
            return
        for handle, power in zip(self._handles[-1], watts, strict=True):
            exchange.set_actuator_value(state, handle, power)

    def _answer(self, minute: Conditions, warming_up: bool) -> Sequence[float] | None:
        """The watts for the next minute; none to end."""
        self._before -= not warming_up
        if warming_up or self._before > 0:
            return self._keep(minute.rooms)
        self._reports.put(minute)
        return self._watts.get()

    def _sense(self, state: int) -> Conditions:
        site, air, _ = self._handles
        value = self._api.exchange.get_variable_value
        outdoors, diffuse, beam, sun = (value(state, handle) for handle in site)
        rooms = tuple(value(state, handle) for handle in air)
        return Conditions(outdoors, max(diffuse + beam, DULL * clear_sky(sun) if sun < DUSK else 0.0), rooms)

    def _grip(self, state: int) -> None:
        """Ask by what numbers the engine knows the weather's values, the rooms' temperatures and their heat."""
        exchange = self._api.exchange
        site = [exchange.get_variable_handle(state, name, "Environment") for name in SITE]
        air = [exchange.get_variable_handle(state, WARMTH, room) for room in self._rooms]
        heat = [exchange.get_actuator_handle(state, *HEAT, heat_of(room)) for room in self._rooms]
        self._handles = site, air, heat
        if min(*site, *air, *heat) < 0:
            self._unknown = f"it does not know {', '.join(self._rooms)} or their weather"


def _complaint(errors: Path) -> str:
    """The first serious line of the engine's error file."""
    lines = errors.read_text(encoding="latin-1").splitlines() if errors.exists() else []
    serious = (line for line in lines if "** Severe" in line or "**  Fatal" in line)
    return " ".join(next(serious, "it ended without a word").replace("*", " ").split())


def _library() -> tuple[Any, Any]:
    """The wheel's engine and its data; imported when a flat is wanted."""
    try:
        from pyenergyplus import api, dataset
    except ImportError as error:
        raise UsageError("A flat in EnergyPlus needs its wheel; pip install 'homectl[energyplus]'") from error
    return api, dataset
