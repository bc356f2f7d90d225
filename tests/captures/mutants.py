"""A small whole file of every kind of log that is read, and what becomes of one that is damaged or made to harm."""

import gzip
import random
from collections.abc import Callable
from pathlib import Path

from homectl.home import Area, Device, Home, Kind, Quantity, Reading
from homectl.journal import Journal
from homectl.journal.exchange import write_parquet
from tests.captures.test_captures import LIST, z2m_log
from tests.journal.recorder_file import Age, written
from tests.journal.test_home_assistant import NINE, said

HOME = Home(
    id="h",
    areas=(Area(id="hall"),),
    devices=(Device(id="lamp", area="hall", sets=frozenset({Kind.LIGHT})), Device(id="eye", area="hall")),
)
STATES = [
    said(entity, state, NINE + number)
    for number in range(20)
    for entity, state in (("light.lamp", "on"), ("binary_sensor.hall_motion", "off"), ("sensor.hall_temperature", "2"))
]
TIDY = "ts,home,room,device,kind,value,unit\n" + "".join(
    f"2026-01-12T00:{minute:02}:00.250Z,h,hall,Hall ({device}),{kind},{minute},{unit}\n"
    for minute in range(20)
    for device, kind, unit in (("lamp", "switch", ""), ("eye", "temperature", "C"), ("eye", "motion", ""))
)
HISTORY = "entity_id,state,last_changed\n" + "".join(
    f"{entity},{value},2024-01-01T08:00:{second:02}.250Z\n"
    for second in range(20)
    for entity, value in (("light.lamp", "on"), ("binary_sensor.hall_motion", "on"), ("sensor.hall_temperature", "20"))
)
CASAS = "".join(
    f"2010-11-04 00:{minute:02}:50.2 M003 ON\n2010-11-04 00:{minute:02}:51 T001 21.5\n" for minute in range(20)
)
STATED = '{"state":"ON","brightness":%d,"occupancy":true,"temperature":19.5}'
CAPTURE = f"1700000000.5 1 zigbee2mqtt/bridge/devices {LIST}\n" + "".join(
    f"17000000{second:02}.5 0 zigbee2mqtt/Kitchen lamp 1 {STATED % second}\n" for second in range(1, 20)
)
PLAIN = f"zigbee2mqtt/bridge/devices {LIST}\n" + f"zigbee2mqtt/Kitchen lamp 1 {STATED % 7}\n" * 20
KEPT = '{"0x00124b0000000001":{"state":"ON","last_seen":1700000000000},"0x02":{"temperature":20,"occupancy":false}}'


def originals(folder: Path) -> dict[str, bytes]:
    """The bytes of a whole file of every kind."""
    journal, parquet = folder / "whole.db", folder / "whole.parquet"
    with Journal.open(journal) as open_journal:
        open_journal.set_home(HOME)
        open_journal.append(
            Reading(device=device, quantity=quantity, value=float(second % 2), at=NINE + second)
            for second in range(60)
            for device, quantity in (("lamp", Quantity.LIGHT_ON), ("eye", Quantity.MOTION), ("eye", Quantity.CO2))
        )
        write_parquet(open_journal, parquet)
    recorders = {f"recorder of {age.name}": written(folder / f"{age.name}.db", STATES, age).read_bytes() for age in Age}
    texts = {"tidy": TIDY, "history": HISTORY, "casas": CASAS, "capture": CAPTURE, "plain": PLAIN, "state": KEPT}
    whole = {name: text.encode() for name, text in texts.items()} | recorders
    whole |= {"journal": journal.read_bytes(), "parquet": parquet.read_bytes(), "log": z2m_log(folder).read_bytes()}
    return whole | {f"{name}, gzipped": gzip.compress(whole[name], 1) for name in ("tidy", "capture", "casas")}


def _flipped(data: bytearray, chance: random.Random, _others: list[bytes]) -> None:
    for _ in range(chance.choice([1, 4, 40])):
        data[chance.randrange(len(data))] = chance.randrange(256)


def _cut(data: bytearray, chance: random.Random, _others: list[bytes]) -> None:
    del data[chance.randrange(len(data)) :]


def _torn(data: bytearray, chance: random.Random, _others: list[bytes]) -> None:
    start = chance.randrange(len(data))
    del data[start : start + chance.choice([1, 16, 1024])]


def _doubled(data: bytearray, chance: random.Random, _others: list[bytes]) -> None:
    start = chance.randrange(len(data))
    data[start:start] = data[start : start + chance.choice([1, 64, 4096])] * chance.choice([1, 3, 50])


def _grafted(data: bytearray, chance: random.Random, others: list[bytes]) -> None:
    other = chance.choice(others)
    low = chance.randrange(len(other))
    place = chance.randrange(len(data))
    data[place : place + chance.choice([0, 64])] = other[low : low + chance.choice([16, 512, 8192])]


ODD = [b"\0", b"\xff\xfe", b"9" * 400, b"-1e999", b"NaN", b"=cmd|'/C calc'!A0", b"../" * 20, b'"', b"\r\n", b"[" * 3000]
ODD += [
    b'{"a":' * 2000,
    "İ\u202e".encode() * 99,
    b"9999-12-31T23:59:59Z",
    b"0000-00-00",
    b"\x1b[2J",
    b",,,,,,,",
    b"\n" * 5000,
]


def _odd(data: bytearray, chance: random.Random, _others: list[bytes]) -> None:
    for _ in range(chance.choice([1, 3])):
        place = chance.randrange(len(data))
        data[place : place + chance.choice([0, 1, 8])] = chance.choice(ODD)


WAYS: list[Callable[[bytearray, random.Random, list[bytes]], None]] = [_flipped, _cut, _torn, _doubled, _grafted, _odd]


def mutant(whole: dict[str, bytes], chance: random.Random) -> tuple[str, bytes]:
    """One of the files after something was done to it, once or a few times; which one, and what it is now."""
    name, others = chance.choice(sorted(whole)), list(whole.values())
    data = bytearray(whole[name])
    for _ in range(chance.choice([1, 1, 2, 5])):
        if data:
            chance.choice(WAYS)(data, chance, others)
    made = bytes(data)
    return name, gzip.compress(made, 1) if chance.random() < 0.05 else made
