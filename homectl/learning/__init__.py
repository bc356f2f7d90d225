"""A home that learns from its own days: models of its own, made at night, judged before they may act."""

from homectl.learning.child import Child
from homectl.learning.in_charge import InCharge
from homectl.learning.night import Night, Plan, night
from homectl.learning.nights import Nights
from homectl.learning.shelf import Shelf
from homectl.learning.standing import OwnModel, Standing
from homectl.learning.wishes import forget, granted

__all__ = [
    "Child",
    "InCharge",
    "Night",
    "Nights",
    "OwnModel",
    "Plan",
    "Shelf",
    "Standing",
    "forget",
    "granted",
    "night",
]
