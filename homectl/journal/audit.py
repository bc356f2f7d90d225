"""Who did what to a home's locks, and who may: rows in the journal that nobody can change unseen.

Rows are only ever added. Retention and forgetting leave them alone, for a chain with a piece cut out proves nothing.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from homectl.home import Act, Actor, CommandState, Deed, JournalError
from homectl.journal.chain import START, Finding, Head, Row, read_head, sealed, verified, write_head
from homectl.journal.rows import deed_of, ms

TEXTS = ("actor", "act", "target", "outcome", "detail")
DEEDS = "SELECT number, at, elapsed, actor, act, target, outcome, detail FROM audit ORDER BY number"
ROWS = """
SELECT number, CAST(at AS BLOB), CAST(elapsed AS BLOB), CAST(actor AS BLOB), CAST(act AS BLOB), CAST(target AS BLOB),
  CAST(outcome AS BLOB), CAST(detail AS BLOB), CAST(hash AS BLOB) FROM audit ORDER BY number
"""
"""Every field as its bytes, so that one that is no text any more can still be judged."""
ENDS = frozenset(str(state) for state in CommandState if state.ended)
MOST_WAITING = 10_000
"""Deeds that wait for a disk to take them; what comes after pushes the oldest out."""


class Audit:
    """The audit of an open journal. Its head lies beside the journal, in a file of its own."""

    def __init__(
        self,
        db: Callable[[], sqlite3.Connection],
        writing: Callable[[], AbstractContextManager[None]],
        head: Path | None,
    ) -> None:
        """`db` is the connection there is now, `writing` makes one durable piece of writing; `head` None: in memory."""
        self._db, self._writing, self._head = db, writing, head
        self._waiting: deque[Deed] = deque(maxlen=MOST_WAITING)

    @staticmethod
    def head_of(journal: Path) -> Path:
        """Where the head of a journal's audit lies."""
        return journal.with_suffix(".audit")

    def record(self, deed: Deed) -> None:
        """Durable when this returns. JournalError where the disk does not take it: then it waits for the next one."""
        self._waiting.append(deed)
        self.settle()

    def settle(self) -> None:
        """Write what waits, in order, and where the audit then ends."""
        if not self._waiting:
            return
        with self._writing():
            end = self._end()
            for deed in self._waiting:
                end = self._add(end, deed)
        self._waiting.clear()
        self._say_end(end)

    def resume(self, at: float, elapsed: float) -> None:
        """Begin a run: what the one before left without an end has ended.

        A chain that is not whole is told of in a row of its own, for good, before anything else is added.
        """
        if self._head is None:
            return
        head = read_head(self._head)
        said = verified(self._rows(), head).said
        if said and not said.startswith("broken"):
            text = f"found at start, with the head at row {head.number if head else 0}: {said}"
            broken = Deed(at=at, elapsed=elapsed, actor=Actor.HOMECTL, act=Act.BROKEN, target="audit", outcome="kept")
            self.record(replace(broken, detail=text))
        for deed in self._endless() if not said else ():
            self.record(replace(deed, at=at, elapsed=elapsed, outcome="expired", detail="unconfirmed at restart"))
        if not said and head is not None and head.number < (end := self._end()).number:
            self._say_end(end)

    def _endless(self) -> list[Deed]:
        """What was asked of locks and never came to an end."""
        asked: dict[tuple[str, Act], Deed] = {}
        for _, deed in self.deeds():
            if deed.outcome == CommandState.ASKED:
                asked[deed.target, deed.act] = deed
            elif deed.outcome in ENDS:
                asked.pop((deed.target, deed.act), None)
        return list(asked.values())

    def deeds(self) -> Iterator[tuple[int, Deed]]:
        """Every row with its number, the oldest first; JournalError where one cannot be read."""
        try:
            yield from self._deeds()
        except (sqlite3.Error, TypeError, ValueError) as error:
            raise JournalError(f"The audit cannot be read: {error}; see: homectl audit verify") from None

    def _deeds(self) -> Iterator[tuple[int, Deed]]:
        for number, *row in self._select(DEEDS):
            yield number, deed_of(tuple(row))

    def verify(self) -> Finding:
        """Whether every row is as it was written, and none is missing; JournalError where the file is damaged."""
        if self._head is None:
            raise JournalError("A journal in memory has no audit that could be verified; name a file")
        head = read_head(self._head)  # before the rows: a running home adds both
        try:
            return verified(self._rows(), head)
        except sqlite3.Error as error:
            raise JournalError(f"The journal is damaged: {error}; restore one") from None

    def _rows(self) -> Iterator[Row]:
        for number, *rest, seal in self._select(ROWS):
            yield Row(number, tuple(rest), seal)

    def _select(self, query: str) -> Iterator[tuple[Any, ...]]:
        known = self._db().execute("SELECT count(*) FROM sqlite_master WHERE name = 'audit'").fetchone()[0]
        return iter(self._db().execute(query) if known else ())

    def _end(self) -> Head:
        row = self._db().execute("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1").fetchone()
        return Head(0, START) if row is None else Head(*row)

    def _add(self, end: Head, deed: Deed) -> Head:
        number, times = end.number + 1, (ms(deed.at), ms(deed.elapsed))
        texts = tuple(str(getattr(deed, name)) for name in TEXTS)
        seal = sealed(end.hash, number, [*(str(time).encode() for time in times), *(text.encode() for text in texts)])
        self._db().execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (number, *times, *texts, seal))
        return Head(number, seal)

    def _say_end(self, end: Head) -> None:
        if self._head is None:
            return
        try:
            write_head(self._head, end)
        except OSError as error:
            raise JournalError(f"{self._head} cannot be written: {error.strerror}; make room on its disk") from error
