"""A CASAS text becomes readings by the letters of its sensors; every line is accounted for."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.home import Home, Kind, LogError, Origin, Quantity, Reading
from homectl.journal import Journal
from homectl.journal.readers.any_log import Format, format_of, guess, readings, take_in
from homectl.journal.readers.areas_from_log import Words
from homectl.journal.readers.rows import Tally

WORDS = Words.load(Path(__file__).parents[2] / "config" / "lamp_words.yaml")
NINE = 1_288_854_000.0  # 2010-11-04T00:00 in Los Angeles, seven hours behind UTC


def text(folder: Path, *lines: str, name: str = "flat.txt") -> Path:
    path = folder / name
    content = "".join(line + "\n" for line in lines).encode()
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def read(path: Path) -> tuple[list[Reading], Tally]:
    home, tally = guess([path], WORDS, timezone="America/Los_Angeles").home, Tally()
    return list(readings(path, home, tally)), tally


@pytest.mark.parametrize(
    ("said", "device", "quantity", "value"),
    [
        ("M003 ON", "m003", Quantity.MOTION, 1.0),
        ("M003\tOFF", "m003", Quantity.MOTION, 0.0),
        ("MA015 ON", "ma015", Quantity.MOTION, 1.0),
        ("M003 ON Meal_Preparation begin", "m003", Quantity.MOTION, 1.0),
        ("D001 OPEN", "d001", Quantity.CONTACT, 1.0),
        ("D001\tIgnore\tIgnore\tCLOSE\tControl4-Door", "d001", Quantity.CONTACT, 0.0),
        ("T002 21.5", "t002", Quantity.TEMPERATURE, 21.5),
        ("L004 ON", "l004", Quantity.LIGHT_ON, 1.0),
        ("LS004 OFF", "ls004", Quantity.LIGHT_ON, 0.0),
        ("Kitchen Kitchen ON Sleep", "kitchen", Quantity.MOTION, 1.0),
        ("OutsideDoor FrontDoor OPEN", "outsidedoor_frontdoor", Quantity.CONTACT, 1.0),
    ],
)
@pytest.mark.parametrize("gap", [" ", "\t"])
def test_a_sensor_is_what_its_letters_say(
    tmp_path: Path, said: str, device: str, quantity: Quantity, value: float, gap: str
) -> None:
    path = text(tmp_path, f"2010-11-04{gap}00:00:00.209589{gap}{said}")
    assert format_of(path) is Format.CASAS
    (found,), tally = read(path)
    assert (found.device, found.quantity, found.value, found.at) == (device, quantity, value, NINE + 0.21)
    assert (tally.rows, tally.taken) == (1, 1)


def test_a_lamp_may_be_set_and_nobody_knows_who_switched_it(tmp_path: Path) -> None:
    path = text(tmp_path, "2010-11-04 00:00:00 L004 ON", "2010-11-04 00:00:01 Kitchen Kitchen ON")
    home = guess([path], WORDS).home
    assert home.device("l004").sets == {Kind.LIGHT}
    assert home.device("kitchen").area == "kitchen"
    assert read(path)[0][0].origin is Origin.UNKNOWN


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2010-11-04 00:00:00 M003 ONc", "expected ON or OFF of a sensor of motion"),
        ("2010-11-04 00:00:00 D001 ON", "expected OPEN or CLOSE or CLOSED of a sensor of contact"),
        ("2010-11-04 00:00:00 T002 warm", "expected a number as temperature"),
        ("2010-11-04 00:00:00 T002 451", "implausible temperature"),
        ("2010-13-04 00:00:00 M003 ON", "expected an ISO 8601 time"),
        ("9999-11-04 00:00:00 M003 ON", "expected a time between 1970 and 2100"),
        ("2010-11-04 00:00:00 M003", "expected a date, a time, a sensor and what it said"),
        ("=cmd|' /C calc'!A0", "expected a date, a time, a sensor and what it said"),
        ("2010-11-04 00:00:00 M003 " + "x" * 2_000_000, "a line that is too long"),
    ],
)
def test_a_bad_line_is_skipped_with_its_reason_and_the_rest_is_read(tmp_path: Path, line: str, reason: str) -> None:
    good = ["2010-11-04 00:00:00 M003 ON", "2010-11-04 00:00:00 D001 OPEN", "2010-11-04 00:00:00 T002 20"]
    found, tally = read(text(tmp_path, *good, line, "2010-11-04 00:00:01 M003 OFF"))
    assert (len(found), tally.skipped, tally.first) == (4, {reason: 1}, {reason: 4})
    assert tally.rows == tally.taken + 1


@pytest.mark.parametrize(
    "said", ["I001 PRESENT", "I001 ABSENT", "LS013 7", "BATV102 9460", "AD1-A 2.8 x", "Shelf Shelf ABSENT"]
)
def test_a_sensor_of_no_use_is_left_alone_with_its_reason(tmp_path: Path, said: str) -> None:
    found, tally = read(text(tmp_path, "2010-11-04 00:00:00 M003 ON", f"2010-11-04 00:00:01 {said}"))
    left = sum(tally.left_alone.values()) + sum(tally.skipped.values())
    assert (len(found), left, tally.rows) == (1, 1, 2)


LINES = st.tuples(st.integers(0, 59), st.sampled_from(["M1 ON", "M1 OFF", "D1 OPEN", "I1 PRESENT", "M1 ONN", "L1 ON"]))


@settings(max_examples=30, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=30).map(sorted), st.integers(0, 30), st.integers(0, 30))
def test_overlapping_texts_give_the_same_journal_as_the_whole(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[int, str]], cut: int, overlap: int
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    written = ["2010-11-04 00:00:00 M1 ON", *(f"2010-11-04 00:01:{second:02}.5 {said}" for second, said in lines)]
    start = max(0, cut - overlap)
    while 0 < start < len(written) and written[start][:21] == written[start - 1][:21]:
        start -= 1  # a text begins with a whole instant
    whole = text(folder, *written, name="whole.txt.gz")
    parts = [text(folder, *written[:cut], name="1.txt"), text(folder, *written[start:], name="2.txt")]
    parts = [path for path in parts if path.stat().st_size]
    home = guess([whole], WORDS).home
    with Journal.in_memory() as one, Journal.in_memory() as two:
        list(take_in(one, [whole], home))
        tallies = [tally for _, tally in take_in(two, [*parts, *parts], home)]
        assert one.hash() == two.hash()
        for tally in tallies:
            left = sum(tally.skipped.values()) + sum(tally.left_alone.values())
            assert tally.rows == tally.lines_read == tally.taken + tally.repeated + left


def test_a_file_that_goes_on_as_something_else_is_given_up(tmp_path: Path) -> None:
    path = text(tmp_path, "2010-11-04 00:00:00 M003 odd", *["x"] * 30_000)
    with pytest.raises(LogError, match="got 20,000 others"):
        list(readings(path, Home(id="h"), Tally()))
