"""What a report is made of, whatever it is written as: sections of words, facts, tables, strips and pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

NOTHING = "–"
"""A cell of a table in which there is nothing to say."""

UNKNOWN = -1
"""The strength of what is not known."""


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; a quiet one explains."""

    text: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure, what it is, and what to hold it against."""

    value: str
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    facts: tuple[Fact, ...]


Narrow = Literal["table", "cards", "lines"]
"""What becomes of a table on a telephone: nothing, a card for each row, or a line of words for each."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the columns in `numbers` are set to the right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()
    narrow: Narrow = "table"


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as SVG, with what it shows in words for who cannot see it."""

    title: str
    alt: str
    svg: str


@dataclass(frozen=True, slots=True)
class Band:
    """Part of a day, 0 … 1 from midnight to midnight, in which something stood at a strength of 1 … 5, or UNKNOWN."""

    begin: float
    end: float
    strength: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of a day, 0 … 1: a change, and what became of it (a word of `Fate`)."""

    at: float
    fate: str
    about: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a strip: what people had above, what the policy wished below, and the changes of either."""

    name: str
    had: tuple[Band, ...]
    wished: tuple[Band, ...]
    made: tuple[Mark, ...]
    proposed: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """The days of one kind of thing in one area. `meaning` says what strong and faint bands are."""

    title: str
    kind: str
    meaning: str
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """What is there to be opened."""

    title: str
    parts: tuple["Part", ...]


Part = Words | Facts | Table | Picture | Strip | Fold


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`over` stands above the title, `lead` below it."""

    over: str
    title: str
    lead: str
    sections: Sequence[Section] = field(default_factory=tuple)
