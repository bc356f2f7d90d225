"""The file of the people who may unlock, beside the journal: for its owner's eyes only, and replaced whole."""

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from homectl.home import Actor, UsageError
from homectl.people.ledger import Ledger

NAME = re.compile(r"[^\W\d_][\w .'’-]{0,39}")

People = Mapping[str, str]
"""Names and their PINs, as argon2id."""


class Register:
    """The people of one home. Every question reads the file, so that who was removed is gone at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ledger = Ledger(path, word="people", meaning="the people of a home", lost="nobody can unlock")

    @classmethod
    def beside(cls, journal: Path) -> "Register":
        return cls(journal.with_suffix(".people"))

    def people(self) -> People:
        """Everybody; nobody where there is no file. HomeError for one that others may read, or that is no register."""
        return {name: str(pin) for name, pin in self._ledger.entries().items()}

    def find(self, name: str) -> tuple[str, str] | None:
        """Somebody as they are written, and their PIN; capitals make no difference."""
        wanted = key_of(name)
        return next(((known, pin) for known, pin in self.people().items() if key_of(known) == wanted), None)

    def stamp(self) -> tuple[int, int]:
        """Something that changes whenever the file does."""
        return self._ledger.stamp()

    def known(self, name: str) -> str:
        """Somebody as they are written; UsageError where there is nobody by that name."""
        return _known(name, self.people())

    def free(self, name: str) -> str:
        """A name that somebody new may have; UsageError where it is none, or somebody has it."""
        return _free(name, self.people())

    def add(self, name: str, pin: str) -> None:
        with self._ledger.changing() as people:
            people[_free(name, people)] = pin

    def change(self, name: str, pin: str) -> str:
        """Give somebody another PIN: their name as it is written."""
        with self._ledger.changing() as people:
            known = _known(name, people)
            people[known] = pin
        return known

    def remove(self, name: str) -> str:
        with self._ledger.changing() as people:
            known = _known(name, people)
            del people[known]
        return known


def key_of(name: str) -> str:
    """Names that are the same, written the same."""
    return unicodedata.normalize("NFC", name).strip().casefold()


def _free(name: str, people: People) -> str:
    name = unicodedata.normalize("NFC", name)
    if not NAME.fullmatch(name) or name != name.strip():
        raise UsageError("people: expected a name of up to 40 letters, digits and spaces that begins with a letter")
    if any(key_of(known) == key_of(name) for known in people):
        raise UsageError(f"people: {name} is there already; another PIN: homectl people pin {name}")
    if key_of(name).startswith("homectl") or key_of(name) in map(key_of, Actor):
        raise UsageError(f"people: the audit calls something else {name}; choose another name")
    return name


def _known(name: str, people: People) -> str:
    for known in people:
        if key_of(known) == key_of(name):
            return known
    raise UsageError(f"people: nobody by that name; known: {', '.join(sorted(people)) or 'nobody'}")
