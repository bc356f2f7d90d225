"""The file of the people who may unlock, beside the journal: for its owner's eyes only, and replaced whole."""

import fcntl
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from homectl.home import Actor, HomeError, UsageError
from homectl.journal.generations import replace_file

NAME = re.compile(r"[^\W\d_][\w .'’-]{0,39}")
VERSION = 1

People = Mapping[str, str]
"""Names and their PINs, as argon2id."""


class Register:
    """The people of one home. Every question reads the file, so that who was removed is gone at once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def beside(cls, journal: Path) -> "Register":
        return cls(journal.with_suffix(".people"))

    def people(self) -> People:
        """Everybody; nobody where there is no file. HomeError for one that others may read, or that is no register."""
        try:
            exposed = self.path.stat().st_mode & 0o077
            said = json.loads(self.path.read_bytes())
            people = {str(name): str(pin) for name, pin in said["people"].items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise HomeError(
                f"{self.path}: expected the people of a home, got {type(error).__name__}; "
                f"nobody can unlock until it is restored, for example from {self.path.name}.1"
            ) from None
        if exposed:
            raise HomeError(f"{self.path}: expected it to be readable by its owner only; say: chmod 600 {self.path}")
        return people

    def find(self, name: str) -> tuple[str, str] | None:
        """Somebody as they are written, and their PIN; capitals make no difference."""
        wanted = key_of(name)
        return next(((known, pin) for known, pin in self.people().items() if key_of(known) == wanted), None)

    def stamp(self) -> tuple[int, int]:
        """Something that changes whenever the file does."""
        try:
            told = self.path.stat()
        except OSError:
            return (0, 0)
        return (told.st_ino, told.st_mtime_ns)

    def known(self, name: str) -> str:
        """Somebody as they are written; UsageError where there is nobody by that name."""
        return _known(name, self.people())

    def free(self, name: str) -> str:
        """A name that somebody new may have; UsageError where it is none, or somebody has it."""
        return _free(name, self.people())

    def add(self, name: str, pin: str) -> None:
        with self._changing() as people:
            people[_free(name, people)] = pin

    def change(self, name: str, pin: str) -> str:
        """Give somebody another PIN: their name as it is written."""
        with self._changing() as people:
            known = _known(name, people)
            people[known] = pin
            return known

    def remove(self, name: str) -> str:
        with self._changing() as people:
            known = _known(name, people)
            del people[known]
            return known

    @contextmanager
    def _changing(self) -> Iterator[dict[str, str]]:
        """The people, to be changed by one program at a time, and written when the block ends well."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".people.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            people = dict(self.people())
            yield people
            content = json.dumps({"version": VERSION, "people": people}, ensure_ascii=False, indent=1)
            replace_file(self.path, content.encode() + b"\n", keep=True)


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
