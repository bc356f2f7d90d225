"""Scenario tests: a home, what happens in it and what is expected of homectl, tried on a virtual clock.

Not the scenarios of `config/scenarios`, which say what goes wrong in a simulated home.
"""

from homectl.scenario.file import Expected, Happening, Scenario, load
from homectl.scenario.judgement import Judged, judged
from homectl.scenario.stage import Performance, perform

__all__ = ["Expected", "Happening", "Judged", "Performance", "Scenario", "judged", "load", "perform"]
