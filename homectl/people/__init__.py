"""The people who may unlock, their PINs and how often somebody may guess; and the tokens of those who may look in."""

from homectl.people.changes import changes, marks, recorded
from homectl.people.pins import Pins, objection
from homectl.people.register import Register
from homectl.people.step_up import Answer, StepUp
from homectl.people.tokens import Tokens
from homectl.people.tries import Tries

__all__ = ["Answer", "Pins", "Register", "StepUp", "Tokens", "Tries", "changes", "marks", "objection", "recorded"]
