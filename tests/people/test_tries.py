"""How often somebody may guess, over restarts, power cuts and clocks that are set."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.home import HomeError
from homectl.people import Tries
from homectl.people.tries import FREE, LONGEST, lock_out

DAY = 86_400.0


class Clocks:
    real, wall = 1000.0, 1_700_000_000.0

    def wait(self, seconds: float) -> None:
        self.real += seconds
        self.wall += seconds


def opened(folder: Path, clocks: Clocks) -> Tries:
    """The counts of this folder; new ones have a secret under which no two names of these tests share a count."""
    if not (folder / "home.tries").exists():
        (folder / "home.tries").write_text(json.dumps({"secret": "00" * 16, "counts": {}}))
    return Tries(folder / "home.tries", real=lambda: clocks.real, wall=lambda: clocks.wall)


def guess(tries: Tries, clocks: Clocks, name: str = "Ada") -> bool:
    """A wrong PIN; whether it was looked at."""
    if tries.wait(name) > 0:
        return False
    tries.begin(name)
    return True


@pytest.mark.parametrize(
    ("wrong", "seconds"),
    [(1, 0), (4, 0), (5, 60), (6, 120), (7, 240), (8, 480), (9, 900), (10, 900), (10_000, 900)],
)
def test_the_fifth_wrong_pin_locks_out_for_a_minute_and_every_further_one_for_twice_as_long(
    wrong: int, seconds: float
) -> None:
    assert lock_out(wrong) == seconds


def test_while_somebody_is_locked_out_no_pin_is_looked_at(tmp_path: Path) -> None:
    clocks = Clocks()
    tries = opened(tmp_path, clocks)
    assert [guess(tries, clocks) for _ in range(7)] == [True] * 5 + [False] * 2
    assert tries.wait("Ada") == 60
    clocks.wait(59.9)
    assert not guess(tries, clocks)
    clocks.wait(0.2)
    assert guess(tries, clocks)
    assert tries.wait("Ada") == pytest.approx(120)


def test_a_right_pin_begins_the_count_anew(tmp_path: Path) -> None:
    clocks = Clocks()
    tries = opened(tmp_path, clocks)
    for _ in range(3):
        assert all(guess(tries, clocks) for _ in range(4))
        tries.begin("Ada")
        tries.right("Ada")
    assert tries.wait("Ada") == 0


def test_many_names_give_no_more_guesses_and_nobody_learns_which_of_them_exist(tmp_path: Path) -> None:
    clocks = Clocks()
    tries = opened(tmp_path, clocks)
    assert sum(guess(tries, clocks, f"name {n}") for n in range(100)) == FREE


def test_a_pin_of_ones_own_does_not_help_to_guess_anothers(tmp_path: Path) -> None:
    clocks = Clocks()
    tries, looked_at = opened(tmp_path, clocks), 0
    for _ in range(50):
        looked_at += guess(tries, clocks, "Victim of guesses")
        if tries.wait("Ada") == 0:
            tries.begin("Ada")
            tries.right("Ada")
    assert looked_at == FREE


@pytest.mark.parametrize(("step", "left"), [(0.0, 60.0), (30.0, 30.0), (61.0, 0.0), (-DAY, 60.0), (-5e8, 60.0)])
def test_a_lock_out_outlives_a_restart_whatever_happens_to_the_clock(tmp_path: Path, step: float, left: float) -> None:
    clocks = Clocks()
    tries = opened(tmp_path, clocks)
    for _ in range(5):
        guess(tries, clocks)
    clocks.wall += step
    clocks.real = 3.0  # another boot
    again = opened(tmp_path, clocks)
    assert again.wait("Ada") == pytest.approx(left)
    clocks.wait(left + 1)
    assert guess(again, clocks)
    assert again.wait("Ada") == pytest.approx(120)


def test_a_guess_is_counted_before_it_is_looked_at_so_pulling_the_plug_gains_nothing(tmp_path: Path) -> None:
    clocks = Clocks()
    for _ in range(5):
        tries = opened(tmp_path, clocks)
        assert tries.wait("Ada") == 0
        tries.begin("Ada")
    assert opened(tmp_path, clocks).wait("Ada") == 60


@pytest.mark.parametrize("content", ["", "{", "[]", '{"secret": "zz", "counts": {}}', '{"counts": {}}'])
def test_a_count_that_cannot_be_read_lets_nobody_guess(tmp_path: Path, content: str) -> None:
    (tmp_path / "home.tries").write_text(content)
    with pytest.raises(HomeError, match="until it is removed"):
        opened(tmp_path, Clocks()).wait("Ada")


def test_a_count_that_cannot_be_kept_lets_nobody_guess(tmp_path: Path) -> None:
    tries = Tries(tmp_path / "gone" / "home.tries", real=lambda: 0.0, wall=lambda: 0.0)
    with pytest.raises(HomeError, match="not looked at"):
        tries.begin("Ada")


def test_names_are_not_kept(tmp_path: Path) -> None:
    Tries(tmp_path / "home.tries", real=lambda: 0.0, wall=lambda: 0.0).begin("73914685")
    kept = (tmp_path / "home.tries").read_text()
    assert "73914685" not in kept
    assert (tmp_path / "home.tries").stat().st_mode & 0o777 == 0o600
    assert set(json.loads(kept)) == {"secret", "counts"}


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("guess"), st.sampled_from(["Ada", "Ben", "nobody"])),
        st.tuples(st.just("wait"), st.sampled_from([0.5, 59.0, 120.0, 901.0])),
        st.tuples(st.just("restart"), st.sampled_from([0.0, -3600.0])),
    ),
    min_size=20,
    max_size=120,
)


@settings(max_examples=30, deadline=None)
@given(steps=STEPS)
def test_no_way_of_waiting_and_restarting_gets_more_guesses_than_the_lock_outs_allow(
    steps: list[tuple[str, object]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, clocks, looked_at, passed = tmp_path_factory.mktemp("tries"), Clocks(), 0, 0.0
    tries = opened(folder, clocks)
    for what, more in steps:
        if what == "guess":
            looked_at += guess(tries, clocks, str(more))
        elif what == "wait":
            clocks.wait(float(str(more)))
            passed += float(str(more))
        else:
            clocks.wall += float(str(more))
            tries = opened(folder, clocks)
    most, spent = FREE, 60.0
    while spent <= passed:
        most, spent = most + 1, spent + lock_out(most + 1)
    assert looked_at <= most


def test_a_pin_of_four_digits_takes_a_hundred_days_to_try_through() -> None:
    assert (10_000 - FREE) * LONGEST / DAY >= 100
