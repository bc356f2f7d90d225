"""The people who may unlock: their names and PINs, and how often somebody may guess."""

from homectl.people.changes import changes, marks, recorded
from homectl.people.pins import Pins, objection
from homectl.people.register import Register
from homectl.people.step_up import Answer, StepUp
from homectl.people.tries import Tries

__all__ = ["Answer", "Pins", "Register", "StepUp", "Tries", "changes", "marks", "objection", "recorded"]
