"""All devices of a simulated home, each in the way its address says."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from homectl.home import Home, Reading
from simulator.firmware.home_assistant import HomeAssistant
from simulator.firmware.speech import Heard, Spoken
from simulator.firmware.zigbee2mqtt import Zigbee2Mqtt


class Firmware:
    """Readings to messages and messages to what they ask. No I/O; remembers what each device last reported.

    Under `prefix` lie `zigbee2mqtt/…` (that program's base topic), `homeassistant/…` (the discovery
    prefix) and `devices/…` (the topics of devices that announce themselves). Raises ValueError for a
    device whose address is neither `zigbee2mqtt:…` nor `home_assistant:…`, or is used twice.
    """

    def __init__(self, home: Home, prefix: str) -> None:
        self._zigbee = Zigbee2Mqtt(home, f"{prefix}/zigbee2mqtt")
        self._others = HomeAssistant(home, f"{prefix}/homeassistant", f"{prefix}/devices")
        mute = [d.id for d in home.devices if d.id not in self._zigbee and d.id not in self._others]
        if mute:
            raise ValueError(f"expected an address zigbee2mqtt:… or home_assistant:… of {', '.join(mute)}")
        if len({device.address for device in home.devices}) < len(home.devices):
            raise ValueError("expected every device to have an address of its own")

    @property
    def will(self) -> Spoken:
        """What the broker says when the simulation vanishes."""
        return self._zigbee.will

    def announce(self) -> list[Spoken]:
        """Every device and whether it is there, retained; no states."""
        return [*self._zigbee.announce(), *self._others.announce()]

    def farewell(self) -> list[Spoken]:
        """What is said before leaving in good order."""
        return [*self._others.farewell(), *self._zigbee.farewell()]

    def note(self, readings: Iterable[Reading]) -> None:
        """Remember what devices reported while nobody was listening."""
        for reading in readings:
            self._network(reading.device).note(reading)

    def say(self, readings: Sequence[Reading]) -> list[Spoken]:
        """The messages of readings, in their order; what one device says at one time is said at once."""
        said: list[Spoken] = []
        for (device, _), together in groupby(readings, key=lambda reading: (reading.device, reading.at)):
            said += self._network(device).say(device, together)
        return said

    def _network(self, device: str) -> Zigbee2Mqtt | HomeAssistant:
        return self._zigbee if device in self._zigbee else self._others

    def subscriptions(self) -> list[str]:
        """The topics on which devices take commands and questions; no wildcard reaches what they say."""
        return [*self._zigbee.subscriptions(), *self._others.subscriptions()]

    def hear(self, topic: str, payload: bytes) -> Heard | None:
        """What a message asks; None where no device understands it. Never raises."""
        return self._zigbee.hear(topic, payload) or self._others.hear(topic, payload)
