"""A PIN worth having, kept as something else."""

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from homectl.people import Pins, objection
from homectl.people.pins import HASHER

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.mark.parametrize("pin", ["7391", "739146", "739146852013", "0907", "1357902"])
def test_a_pin_of_four_to_twelve_digits_is_one(pin: str) -> None:
    assert objection(SecretStr(pin)) is None


@pytest.mark.parametrize(
    "pin",
    [
        *("", "739", "7391468520137", "73a1", "７３９１", "7391\n", " 7391", "-391", "7.39"),
        *("0000", "999999", "1234", "4321", "0123", "7890", "987654", "2468", "1212", "123123", "12121"),
        *("1987", "2024", "2580", "1379"),
    ],
)
def test_what_would_be_guessed_first_is_no_pin_and_not_repeated_to_whoever_sees_the_screen(pin: str) -> None:
    said = objection(SecretStr(pin))
    assert said is not None
    assert len(pin) < 3 or pin not in said


def test_pins_are_kept_as_argon2id_with_at_least_the_memory_and_passes_of_rfc_9106() -> None:
    assert HASHER.type.name == "ID"
    assert (HASHER.memory_cost, HASHER.time_cost) >= (64 * 1024, 3)
    kept = Pins().hash(SecretStr("7391"))
    assert kept.startswith("$argon2id$v=19$m=65536,t=3")
    assert "7391" not in kept.rpartition("p=")[2].partition("$")[0]
    assert Pins().match(kept, SecretStr("7391"))


@given(st.from_regex(r"[0-9]{4,12}", fullmatch=True), st.from_regex(r"[0-9]{4,12}", fullmatch=True))
def test_a_pin_matches_its_own_hash_and_no_other(one: str, other: str) -> None:
    pins = Pins(QUICK)
    kept = pins.hash(SecretStr(one))
    assert pins.match(kept, SecretStr(one))
    assert pins.match(kept, SecretStr(other)) is (one == other)
    assert not pins.match(None, SecretStr(one))


@pytest.mark.parametrize("kept", ["", "7391", "$argon2id$", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA"])
def test_what_is_no_hash_matches_nothing(kept: str) -> None:
    assert not Pins(QUICK).match(kept, SecretStr("7391"))
