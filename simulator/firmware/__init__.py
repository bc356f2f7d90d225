"""How simulated devices speak: written without a look at homectl's own dialects, so that a wrong scale shows."""

from simulator.firmware.firmware import Firmware
from simulator.firmware.speech import Asked, Get, Heard, Spoken, Unlock

__all__ = ["Asked", "Firmware", "Get", "Heard", "Spoken", "Unlock"]
