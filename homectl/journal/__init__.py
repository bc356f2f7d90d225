"""Recorded logs."""

from homectl.journal.journal import Journal

__all__ = ["Journal"]
