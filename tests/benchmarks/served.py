"""A page of a home whose every device reports all the time, in a process of its own: python -m tests.benchmarks.served.

Prints its port and token; then, for every line it is told, what it has spent so far.
"""

import asyncio
import json
import sys
import time

from pydantic import SecretStr

from homectl.dashboard import Access, Server, Sessions
from homectl.home import Area, Device, Home, Kind, Quantity
from homectl.people import Tokens
from homectl.places import state_folder
from tests.fakes import FakeHome

DEVICES, HERTZ = 50, 5.0
TOKEN = "benchmark"
SORTS = (
    (frozenset({Quantity.LIGHT_ON, Quantity.LIGHT_LEVEL}), frozenset({Kind.LIGHT}), Quantity.LIGHT_LEVEL),
    (frozenset({Quantity.TEMPERATURE, Quantity.HUMIDITY}), frozenset[Kind](), Quantity.HUMIDITY),
    (frozenset({Quantity.SETPOINT, Quantity.TEMPERATURE}), frozenset({Kind.SETPOINT}), Quantity.TEMPERATURE),
)
"""What devices sense and set, and what of it they report all the time."""


def large_home() -> Home:
    """Ten areas with five devices each: lamps, sensors, thermostats."""
    devices = [
        Device(id=f"device{n}", area=f"area{n % 10}", address=f"x:{n}", senses=SORTS[n % 3][0], sets=SORTS[n % 3][1])
        for n in range(DEVICES)
    ]
    areas = tuple(Area(id=f"area{n}") for n in range(10))
    return Home(id="large", simulated=True, areas=areas, devices=tuple(devices))


class Busy(FakeHome):
    """Knows when each of its versions came about, in monotonic seconds."""

    def __init__(self) -> None:
        self.came: dict[int, float] = {}
        super().__init__(large_home())
        for number, device in enumerate(self.home.devices):
            for quantity in SORTS[number % 3][0]:
                self.report(device.id, quantity, 0.5)

    def changed(self) -> None:
        super().changed()
        self.came[self.version] = time.monotonic()


async def _report(home: Busy) -> None:
    """Every device in turn, each `HERTZ` times a second."""
    began, start, sent = time.monotonic(), home.clock.now(), 0
    while True:
        passed = time.monotonic() - began
        home.clock.tell(start + passed)
        while sent < passed * HERTZ * DEVICES:
            device = home.home.devices[sent % DEVICES]
            home.report(device.id, SORTS[sent % DEVICES % 3][2], sent % 997 / 997)
            sent += 1
        await asyncio.sleep(0.01)


async def serve() -> None:
    home = Busy()
    access = Access(Tokens(state_folder() / "none.tokens"), Sessions(time.time), time.monotonic, local=SecretStr(TOKEN))
    server = Server(home, 0, access)
    print(await server.start(), flush=True)
    reporting = asyncio.create_task(_report(home))
    while await asyncio.to_thread(sys.stdin.readline):
        came, home.came = home.came, {}
        print(json.dumps({"processor": time.process_time(), "clock": time.monotonic(), "came": came}), flush=True)
    reporting.cancel()
    await server.stop()


if __name__ == "__main__":
    asyncio.run(serve())
