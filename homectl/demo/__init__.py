"""A simulated home run by a daemon over a real broker: three processes, watched and shown."""

from homectl.demo.outcome import Outcome, outcome_of
from homectl.demo.show import Show, ShowOptions

__all__ = ["Outcome", "Show", "ShowOptions", "outcome_of"]
