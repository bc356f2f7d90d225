"""Recorded logs."""

from homectl.journal.journal import Journal
from homectl.journal.resilient import ResilientJournal

__all__ = ["Journal", "ResilientJournal"]
