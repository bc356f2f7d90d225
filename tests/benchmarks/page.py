"""What the page costs its server, and how late its events are: 50 devices that report five times a second."""

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks.checks import Check, percentile
from tests.benchmarks.served import TOKEN

CLIENTS = (0, 1, 5, 50)
SHARE = 0.15
"""Of one core, for five tabs."""

SETTLING = 2.0


@dataclass
class Tab:
    """One listener: when it heard of which version, in monotonic seconds."""

    heard: list[tuple[int, float]] = field(default_factory=list)
    bytes: int = 0

    async def listen(self, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
        request = f"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
        writer.write(request.encode())
        try:
            while line := await reader.readline():
                self.bytes += len(line)
                if line.startswith(b"data: "):
                    self.heard.append((_version(line), time.monotonic()))
        finally:
            writer.close()


@dataclass(frozen=True, slots=True)
class Rate:
    """What reaches each tab in a second."""

    events: float
    bytes: float


def _version(data: bytes) -> int:
    """The version that an event is about, without reading all of it."""
    return int(data.split(b'"version":', 1)[1].split(b",", 1)[0])


def checks(seconds: float) -> tuple[list[Check], dict[str, float]]:
    """The share of a core and the delay of events by how many listen, each watched for so long."""
    figures: list[Check] = []
    spent: dict[str, float] = {}
    command = [sys.executable, "-m", "tests.benchmarks.served"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        port = int(server.stdout.readline())
        for clients in CLIENTS:
            share, delays, rate = asyncio.run(_watch(server, port, clients, seconds))
            must = SHARE if clients == 5 else None
            figures.append(Check(name=f"page with {clients} clients: share of a core", value=share, must=must))
            if clients:
                delay = 1000 * percentile(delays, 99)
                figures.append(Check(name=f"page with {clients} clients: event delay p99, ms", value=delay))
                spent[f"page with {clients} clients: kB/s to each"] = round(rate.bytes / 1000, 1)
                spent[f"page with {clients} clients: events a second to each"] = round(rate.events, 2)
        server.stdin.close()
    return figures, spent


async def _watch(
    server: subprocess.Popen[str], port: int, clients: int, seconds: float
) -> tuple[float, list[float], Rate]:
    tabs = [Tab() for _ in range(clients)]
    listening = [asyncio.create_task(tab.listen(port)) for tab in tabs]
    await asyncio.sleep(SETTLING)
    first, before = await asyncio.to_thread(_spent, server), sum(tab.bytes for tab in tabs)
    for tab in tabs:
        tab.heard.clear()
    await asyncio.sleep(seconds)
    last, after = await asyncio.to_thread(_spent, server), sum(tab.bytes for tab in tabs)
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    share = (last["processor"] - first["processor"]) / (last["clock"] - first["clock"])
    came = {int(version): at for version, at in last["came"].items()}
    delays = [delay for tab in tabs for delay in _delays(tab, came)]
    heard, watched = sum(len(tab.heard) for tab in tabs), seconds * max(1, clients)
    return share, delays, Rate(heard / watched, (after - before) / watched)


def _spent(server: subprocess.Popen[str]) -> dict[str, Any]:
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write("\n")
    server.stdin.flush()
    found: dict[str, Any] = json.loads(server.stdout.readline())
    return found


def _delays(tab: Tab, came: dict[int, float]) -> list[float]:
    """For every report how long it took until a tab heard of it or of a later one."""
    found: list[float] = []
    known = None
    for version, at in tab.heard:
        if known is not None:
            found += [at - came[one] for one in range(known + 1, version + 1) if one in came]
        known = version
    return found
