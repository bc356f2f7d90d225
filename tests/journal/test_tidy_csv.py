"""A log becomes readings row by row; what cannot be one is counted with its reason and line."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.home import Area, Device, Home, Kind, LogError, Origin, Quantity, Reading
from homectl.journal import Journal
from homectl.journal.readers.any_log import take_in
from homectl.journal.readers.rows import HEADER, UNSUSPICIOUS, Tally
from homectl.journal.readers.tidy_csv import readings

HOME = Home(
    id="h",
    timezone="Europe/Berlin",
    areas=(Area(id="hall"), Area(id="yard", outdoors=True)),
    devices=(
        Device(id="lamp", name="Hall (lamp)", area="hall", sets=frozenset({Kind.LIGHT}), switched_by=Origin.PERSON),
        Device(id="plug", name="Hall (plug)", area="hall", switched_by=Origin.AUTOMATION),
        Device(id="eye", name="Hall (eye)", area="hall"),
        Device(id="button", name="Hall (button)", area="hall", switched_by=Origin.PERSON),
        Device(id="bolt", area="hall", address="log:Front bolt", sets=frozenset({Kind.LOCK})),
        Device(id="station", area="yard"),
    ),
)
NINE = 1_704_096_000.0  # 2024-01-01T08:00Z, nine o'clock in Berlin


def log(folder: Path, *rows: str, name: str = "log.csv") -> Path:
    path = folder / name
    text = "\n".join([",".join(HEADER), *rows]) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def read(path: Path) -> tuple[list[Reading], Tally]:
    tally = Tally()
    return list(readings(path, HOME, tally)), tally


@pytest.mark.parametrize(
    ("row", "device", "quantity", "value", "origin"),
    [
        ("Hall (lamp),switch,1,", "lamp", Quantity.LIGHT_ON, 1.0, Origin.PERSON),
        ("Hall (lamp),switch,OFF,", "lamp", Quantity.LIGHT_ON, 0.0, Origin.PERSON),
        ("Hall (lamp),level,40,%", "lamp", Quantity.LIGHT_LEVEL, 0.4, Origin.PERSON),
        ("Hall (plug),switch,1,", "plug", Quantity.SWITCH, 1.0, Origin.AUTOMATION),
        ("eye,temperature,19.599999999999998,C", "eye", Quantity.TEMPERATURE, 19.6, Origin.SENSED),
        ("eye, Motion ,1,", "eye", Quantity.MOTION, 1.0, Origin.SENSED),
        ("eye,power,0.5,kW", "eye", Quantity.POWER, 500.0, Origin.SENSED),
        ('"Hall (eye)",contact,open,', "eye", Quantity.CONTACT, 1.0, Origin.SENSED),
        ("Front bolt,lock,locked,", "bolt", Quantity.LOCK, 1.0, Origin.UNKNOWN),
        ("station,outdoor_temperature,-3,°C", "station", Quantity.TEMPERATURE, -3.0, Origin.SENSED),
    ],
)
def test_a_row_is_read_in_our_units_with_the_origin_its_device_has(
    tmp_path: Path, row: str, device: str, quantity: Quantity, value: float, origin: Origin
) -> None:
    found, tally = read(log(tmp_path, f"2024-01-01T08:00:00Z,h,Hall,{row}"))
    assert found == [Reading(device=device, quantity=quantity, value=value, at=NINE, origin=origin)], tally
    assert (tally.rows, tally.taken) == (1, 1)


@pytest.mark.parametrize("ts", ["2024-01-01T08:00:00Z", "2024-01-01T09:00:00", "2024-01-01T03:00:00-05:00"])
def test_times_with_and_without_a_zone_meet(tmp_path: Path, ts: str) -> None:
    found, _ = read(log(tmp_path, f"{ts},h,Hall,eye,motion,1,"))
    assert found[0].at == NINE


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2024-01-01T08:00:00Z,h,Hall,eye,motion,1", "expected 7 fields"),
        ('2024-01-01T08:00:00Z,h,Hall,"eye,motion,1,', "expected 7 fields"),
        ("yesterday,h,Hall,eye,motion,1,", "expected an ISO 8601 time"),
        ("1969-12-31T23:00:00Z,h,Hall,eye,motion,1,", "expected a time between 1970 and 2100"),
        ("9999-12-31T23:00:00Z,h,Hall,eye,motion,1,", "expected a time between 1970 and 2100"),
        ("2024-01-01T08:00:00Z,h,Hall,eye,temperature,warm,C", "expected a number as temperature"),
        ("2024-01-01T08:00:00Z,h,Hall,eye,temperature,=1+1,C", "expected a number as temperature"),
        ("2024-01-01T08:00:00Z,h,Hall,eye,temperature,nan,C", "implausible temperature"),
        ("2024-01-01T08:00:00Z,h,Hall,eye,temperature,85.0,C", "implausible temperature"),
        ("2024-01-01T08:00:00Z,h,Hall,eye,temperature,20,K", "expected a known unit of temperature"),
        ("2024-01-01T08:00:00Z,h,Hall,eye,motion,1e999,", "implausible motion"),
        ("2024-01-01T08:00:00Z,h,Hall,button,button,,", "expected an action's name"),
        ("x" * 70_000, "expected 7 fields"),
    ],
)
def test_a_bad_row_is_skipped_with_reason_and_line_and_the_rest_is_read(tmp_path: Path, row: str, reason: str) -> None:
    good = "2024-01-01T08:00:00Z,h,Hall,eye,motion,1,"
    found, tally = read(log(tmp_path, good, row, row, good.replace(",1,", ",0,")))
    assert (len(found), tally.skipped, tally.first) == (2, {reason: 2}, {reason: 3})
    assert tally.rows == tally.taken + tally.repeated + 2
    assert any(reason in line and "line 3" in line for line in tally.lines())


@pytest.mark.parametrize("row", ["stranger,motion,1,", "eye,level,1,", "station,outdoor_smell,1,", "eye,activation,0,"])
def test_a_row_of_no_use_is_left_alone_and_counted(tmp_path: Path, row: str) -> None:
    found, tally = read(log(tmp_path, f"2024-01-01T08:00:00Z,h,Hall,{row}"))
    assert (found, sum(tally.left_alone.values()), tally.skipped) == ([], 1, {})


def test_two_values_in_one_instant_keep_their_order_and_a_repeated_one_is_counted_once(tmp_path: Path) -> None:
    rows = [f"2024-01-01T08:00:00Z,h,Hall,lamp,switch,{value}," for value in (1, 0, 1)]
    found, tally = read(log(tmp_path, *rows))
    assert [(r.at, r.value) for r in found] == [(NINE, 1.0), (NINE + 0.001, 0.0)]
    assert tally.repeated == 1


def test_actions_keep_their_names_and_names_that_begin_alike_stay_apart(tmp_path: Path) -> None:
    rows = [f"2024-01-01T08:00:00Z,h,Hall,button,button,{name}," for name in ("single_left", "single_right")]
    found, _ = read(log(tmp_path, *rows))
    assert [(r.text, r.value, r.origin) for r in found] == [
        ("single_left", 1.0, Origin.PERSON),
        ("single_right", 1.0, Origin.PERSON),
    ]


@pytest.mark.parametrize("name", ["log.csv", "log.csv.gz"])
def test_a_packed_log_reads_like_a_plain_one(tmp_path: Path, name: str) -> None:
    found, tally = read(log(tmp_path, "2024-01-01T08:00:00Z,h,Hall,eye,motion,1,", name=name))
    assert len(found) == 1
    assert tally.share == 1.0


def test_a_packed_log_that_breaks_off_is_read_up_to_there(tmp_path: Path) -> None:
    rows = [f"2024-01-01T08:{m:02}:{s:02}Z,h,Hall,eye,illuminance,{m * s},lx" for m in range(60) for s in range(60)]
    path = log(tmp_path, *rows, name="log.csv.gz")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    found, tally = read(path)
    assert 0 < len(found) < 3600
    assert "breaks off" in tally.lines()[0]


@pytest.mark.parametrize("filling", [b"\0", b"\n", b"a,"])
def test_a_bomb_is_refused(tmp_path: Path, filling: bytes) -> None:
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write((",".join(HEADER) + "\n").encode())
        for _ in range(2 * UNSUSPICIOUS >> 20):
            file.write((filling * (1 << 20))[: 1 << 20])
    with pytest.raises(LogError, match="unpacks to more than"):
        read(path)


@pytest.mark.parametrize("content", [b"", b"a,b\n", b"\x1f\x8b\x08", b"\xff\xfe\x00", b"ts;home\n1;2\n"])
def test_what_is_no_such_log_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    with pytest.raises(LogError, match="expected the header") as refused:
        read(path)
    assert "\n" not in str(refused.value)


ROW = st.tuples(
    st.integers(0, 59), st.sampled_from(["eye,motion,1,", "eye,motion,0,", "lamp,switch,1,", "lamp,switch,0,"])
).map(lambda it: f"2024-01-01T08:{it[0]:02}:00Z,h,Hall,{it[1]}")


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(ROW, max_size=40).map(sorted), cut=st.integers(0, 40), overlap=st.integers(0, 40))
def test_overlapping_exports_give_the_same_journal_as_the_whole(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str], cut: int, overlap: int
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    start = max(0, cut - overlap)
    while 0 < start < len(rows) and rows[start][:20] == rows[start - 1][:20]:
        start -= 1  # an export begins with a whole instant
    parts = [log(folder, *rows[:cut], name="1.csv"), log(folder, *rows[start:], name="2.csv")]
    whole = log(folder, *rows, name="whole.csv")
    with Journal.in_memory() as one, Journal.in_memory() as two:
        list(take_in(one, [whole], HOME))
        tallies = [tally for _, tally in take_in(two, [*parts, *parts], HOME)]
        assert one.hash() == two.hash()
        assert all(tally.rows == tally.taken + tally.repeated for tally in tallies)
        assert sum(tally.taken for tally in tallies[2:]) == 0


@settings(max_examples=150, deadline=None)
@given(junk=st.binary(max_size=300), at=st.integers(0, 200))
def test_no_damage_to_a_log_raises_anything_but_a_log_error(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int
) -> None:
    folder = tmp_path_factory.mktemp("junk")
    path = log(folder, *["2024-01-01T08:00:00Z,h,Hall,eye,motion,1,"] * 3)
    data = path.read_bytes()
    path.write_bytes(data[:at] + junk + data[at:])
    try:
        _, tally = read(path)
    except LogError:
        return
    left_out = sum(tally.skipped.values()) + sum(tally.left_alone.values())
    assert tally.rows == tally.taken + tally.repeated + left_out
