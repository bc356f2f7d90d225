"""The file of the people who may unlock: private, whole, one generation kept, and read anew every time."""

import json
from pathlib import Path

import pytest

from homectl.home import HomeError, UsageError
from homectl.people import Register


@pytest.fixture
def register(tmp_path: Path) -> Register:
    made = Register.beside(tmp_path / "home.db")
    made.add("Ada", "hash of Ada's")
    return made


def test_people_are_found_however_their_name_is_capitalised_and_gone_once_removed(register: Register) -> None:
    assert register.find("ada ") == ("Ada", "hash of Ada's")
    assert register.find("Ben") is None
    assert Register(register.path).remove("ADA") == "Ada"
    assert register.find("Ada") is None
    assert register.people() == {}


def test_only_its_owner_can_read_it_and_the_generation_before_is_kept(register: Register) -> None:
    register.add("Ben", "hash of Ben's")
    before = register.path.with_name("home.people.1")
    assert {path.stat().st_mode & 0o777 for path in (register.path, before)} == {0o600}
    assert list(json.loads(before.read_text())["people"]) == ["Ada"]
    assert list(register.people()) == ["Ada", "Ben"]


NO_NAMES = ["", " Ada", "7391", "_", "a" * 41, "A/b", "A\nb", "Ada\x1b[0m", "-", "ADA", "Ada"]
WORDS_OF_THE_AUDIT = ["Somebody", "homectl", "Homectl people", "unknown", "by hand or keypad"]


@pytest.mark.parametrize("name", [*NO_NAMES, *WORDS_OF_THE_AUDIT])
def test_a_name_begins_with_a_letter_and_is_nobody_elses(register: Register, name: str) -> None:
    with pytest.raises(UsageError):
        register.add(name, "hash")
    assert list(register.people()) == ["Ada"]


@pytest.mark.parametrize("name", ["Änne", "Jean-Luc", "O'Neil", "Dr. B 2", "李雷"])
def test_names_are_written_as_people_write_them(register: Register, name: str) -> None:
    register.add(name, "hash")
    assert register.find(name) == (name, "hash")


def test_another_pin_is_for_somebody_who_is_there(register: Register) -> None:
    assert register.change("ada", "another") == "Ada"
    assert register.find("Ada") == ("Ada", "another")
    with pytest.raises(UsageError, match="known: Ada"):
        register.change("Ben", "another")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"people": []}', '{"people": null}', "\xff"])
def test_a_file_that_is_no_register_lets_nobody_in(register: Register, content: str) -> None:
    register.path.write_text(content, encoding="latin-1")
    with pytest.raises(HomeError, match=r"home\.people\.1"):
        register.find("Ada")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_lets_nobody_in(register: Register, mode: int) -> None:
    register.path.chmod(mode)
    with pytest.raises(HomeError, match="chmod 600"):
        register.find("Ada")


def test_its_stamp_changes_with_it(register: Register) -> None:
    stamps = {register.stamp()}
    register.change("Ada", "another")
    stamps.add(register.stamp())
    register.path.unlink()
    stamps.add(register.stamp())
    assert len(stamps) == 3
