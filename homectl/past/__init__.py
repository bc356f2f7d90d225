"""What a running home remembers: its readings and decisions over time, its logbook, and the record of who decides."""

from homectl.past.remembered import Remembered

__all__ = ["Remembered"]
