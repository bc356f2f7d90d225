"""Recorded logs."""

from homectl.journal.journal import Journal
from homectl.journal.past import PastReader
from homectl.journal.resilient import ResilientJournal
from homectl.journal.rows import Turn

__all__ = ["Journal", "PastReader", "ResilientJournal", "Turn"]
