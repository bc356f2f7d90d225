"""A recorded log through the live decision path, and what that would have come to."""

from homectl.replay.engine import Passage, Trial, replay
from homectl.replay.report import Report, as_json

__all__ = ["Passage", "Report", "Trial", "as_json", "replay"]
